/** A folder with everything in it, taken and restored, judged by a comparison that uses nothing of Snapstage. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi } from '../../src/engine/api.ts';
import { makeFullTree, git, type FullTree } from '../support/fullTree.ts';
import { Workbench } from '../support/folders.ts';
import { manifestDifferences, readManifest, type Manifest } from '../support/manifest.ts';
import { mutate } from './mutations.ts';
import { skip } from '../rig/skip.ts';

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e6);

describe('instance: a folder with everything', () => {
  before(function () {
    if (process.platform === 'win32') skip(this, 'links, permissions and pipes of this kind are POSIX');
  });
  const bench = new Workbench();
  let folder: string;
  let outside: string;
  let engine: EngineApi;
  let tree: FullTree;
  let original: Manifest;
  const isSpecial = (name: string): boolean => tree.specials.includes(name);

  before(async () => {
    folder = bench.folder();
    outside = bench.folder();
    fs.writeFileSync(path.join(outside, 'sentinel'), 'untouched');
    tree = makeFullTree(folder, outside);
    engine = bench.engine(folder);
    const rootTime = fs.lstatSync(folder);
    await engine.init();
    fs.utimesSync(folder, rootTime.atime, rootTime.mtime);
    original = readManifest(folder);
  });
  after(() => bench.clear());
  afterEach(() => assert.deepEqual(fs.readdirSync(outside), ['sentinel'], 'something was written outside'));

  it('is taken without touching a byte of it, and names what it leaves out', async () => {
    const taken = await engine.take({ name: 'everything' });
    assert.deepEqual(manifestDifferences(original, readManifest(folder)), []);
    assert.deepEqual(taken.excluded, [
      { path: 'specials/pipe', reason: 'a named pipe' },
      { path: 'specials/socket', reason: 'a socket' },
    ]);
    assert.deepEqual([taken.partial, taken.unreadable, taken.evidence, taken.consistency], [false, [], [], 'consistent']);
    const count = (kind: string): number => [...original].filter(([name, entry]) => name !== '' && entry.kind === kind).length;
    assert.deepEqual([taken.files, taken.folders, taken.links], [count('file'), count('folder'), count('link')]);
    assert.equal(taken.bytes, Number([...original.values()].reduce((sum, entry) => sum + entry.size, 0n)));
  });

  it('is the same state when taken again, from times alone as well', async () => {
    const entries = async (): Promise<unknown> => engine.ls({ state: 'latest', path: '', recursive: true });
    const first = await entries();
    const again = await engine.take({});
    assert.equal(again.addedBytes, 0);
    assert.deepEqual(await entries(), first);
    await sleep(2200); // from now on, times are old enough to be trusted
    await engine.take({});
    const trusted = await engine.take({});
    assert.equal(trusted.addedBytes, 0);
    assert.deepEqual(await entries(), first);
    assert.deepEqual((await engine.status({})).changes, { added: [], changed: [], removed: [], moved: [] });
  });

  it('comes back exactly in a new folder', async () => {
    const to = bench.place();
    const outcome = await engine.restore({ state: 'everything', to });
    assert.deepEqual(outcome.problems, []);
    assert.equal(outcome.safety, undefined);
    assert.deepEqual(manifestDifferences(original, readManifest(to), { onlyFirst: isSpecial }), []);
    for (const repository of ['repos/lib', 'repos/app']) git(path.join(to, repository), 'fsck', '--full', '--strict');
    assert.deepEqual(fs.readdirSync(path.dirname(to)), ['place'], 'something was left beside');
  });

  for (const round of [0, 1, 2]) {
    it(`comes back exactly in place after many changes, and the changes come back by undo (seed ${seed + round})`, async () => {
      mutate(folder, seed + round, 150);
      const changed = readManifest(folder);
      assert.notDeepEqual(manifestDifferences(original, changed), []);
      const outcome = await engine.restore({ state: 'everything' });
      assert.deepEqual(outcome.problems, []);
      assert.deepEqual(manifestDifferences(original, readManifest(folder)), []);
      for (const repository of tree.repositories) git(path.join(folder, repository), 'fsck', '--full', '--strict');

      const undone = await engine.undo();
      assert.deepEqual(undone.problems, []);
      const anyTime = (name: string): boolean => name === '';
      assert.deepEqual(manifestDifferences(changed, readManifest(folder), { anyTime }), []);
      const again = await engine.restore({ state: 'everything' });
      assert.deepEqual(again.problems, []);
    });
  }

  it('becomes a full new instance', async () => {
    const to = bench.place();
    const report = await engine.clone({ state: 'everything', to });
    const anyTime = (name: string): boolean => name === '';
    assert.deepEqual(manifestDifferences(original, readManifest(to), { onlyFirst: isSpecial, anyTime }), []);
    assert.equal(report.folder, to);
    const clone = bench.engine(to);
    assert.equal((await clone.list()).length, 1);
    const deep = await clone.verify({ readData: true });
    assert.deepEqual(deep.damage, []);
    assert.deepEqual(await entriesOf(clone, 'latest'), await entriesOf(engine, 'everything'));
  });

  it('is stored soundly', async () => {
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });
});

/** All entries; a folder's id is left out, because it tells names of one file from another's by their inodes. */
async function entriesOf(engine: EngineApi, state: string): Promise<unknown[]> {
  const entries = await engine.ls({ state, path: '', recursive: true });
  return entries.map((entry) => (entry.kind === 'folder' ? { ...entry, id: '' } : entry));
}
