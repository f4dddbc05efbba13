/** Restores where nobody watches: what goes is read just before. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Progress } from '../../src/base/progress.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { moveNew } from '../../src/instance/aside.ts';
import { readFiles, rejected, seededBytes, Workbench, writeFiles } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';
import { makeFullTree } from '../support/fullTree.ts';

const bench = new Workbench();
const large = seededBytes(1, 3_000_000);

/** Changes bytes of a file so that its size and time stay as they are. */
function editSecretly(full: string, at = 0): void {
  const { atime, mtimeNs } = fs.statSync(full, { bigint: true });
  const bytes = fs.readFileSync(full);
  bytes[at]! ^= 1;
  const fd = fs.openSync(full, 'r+');
  fs.writeSync(fd, bytes, at, 1, at);
  fs.closeSync(fd);
  fs.utimesSync(full, atime, new Date(Number(mtimeNs / 1_000_000n)));
}

/** Calls `edit` once the automatic snapshot has been taken, and before anything is changed. */
function meanwhile(edit: () => void): { onProgress: (progress: Progress) => void } {
  let isDone = false;
  const onProgress = ({ phase }: Progress): void => {
    if (phase !== 'write' || isDone) return;
    isDone = true;
    edit();
  };
  return { onProgress };
}

describe('instance: a careful restore', () => {
  afterEach(() => bench.clear());

  /** The snapshot `one`, and other content now, with whole seconds as times. */
  async function changed(): Promise<{ folder: string; engine: EngineApi }> {
    const { folder, engine } = await bench.instance({ a: 'a1', 'b/c': 'c1', large, gone: 'gone' });
    fs.symlinkSync('a', path.join(folder, 'link'));
    await engine.take({ name: 'one' });
    writeFiles(folder, { a: 'a2', 'b/c': 'c2', large: seededBytes(2, 3_000_000), new: 'new', 'more/new': 'new' });
    fs.rmSync(path.join(folder, 'gone'));
    fs.rmSync(path.join(folder, 'link'));
    fs.symlinkSync('b', path.join(folder, 'link'));
    for (const name of ['a', 'b/c', 'large', 'new', 'more/new']) fs.utimesSync(path.join(folder, name), 1_700_000_000, 1_700_000_000);
    return { folder, engine };
  }

  it('is a restore: of everything that a workspace can hold', async () => {
    const folder = bench.folder();
    makeFullTree(folder, bench.folder(), 3_000_000);
    fs.rmSync(path.join(folder, 'specials'), { recursive: true }); // pipes and sockets are in no snapshot
    const engine = bench.engine(folder);
    await engine.init();
    const before = readManifest(folder);
    await engine.take({ name: 'full' });
    for (const name of fs.readdirSync(folder, { encoding: 'buffer' })) {
      if (name.toString() === '.snapstage') continue;
      fs.rmSync(Buffer.concat([Buffer.from(`${folder}/`), name]), { recursive: true });
    }
    writeFiles(folder, { 'in the way': 'x' });
    const { problems } = await engine.restore({ state: 'full', careful: true });
    assert.deepEqual(problems, []);
    assert.deepEqual(manifestDifferences(before, readManifest(folder)), []);
    await engine.undo();
    assert.deepEqual(Object.keys(readFiles(folder)), ['in the way']);
    assert.deepEqual((await engine.verify({})).damage, []);
  });

  it('leaves an edit that kept size and time, in small and large files, replaced and deleted ones', async () => {
    const { folder, engine } = await changed();
    const edited = ['a', 'large', 'new'].map((name) => path.join(folder, name));
    const edit = meanwhile(() => edited.forEach((full, i) => editSecretly(full, i === 1 ? 2_900_000 : 0)));
    const { problems } = await engine.restore({ state: 'one', careful: true }, edit);
    assert.deepEqual(
      problems.map(({ path: at, reason }) => [at, reason]).toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
      ['a', 'large', 'new'].map((name) => [name, 'changed in the meantime; left as it is']),
    );
    const now = readFiles(folder);
    assert.deepEqual([now['a'], now['b/c'], now['gone'], now['link'], now['more/']], ['`2', 'c1', 'gone', '-> a', undefined]);
    assert.equal(fs.readFileSync(path.join(folder, 'large'))[2_900_000], seededBytes(2, 3_000_000)[2_900_000]! ^ 1);
    assert.deepEqual(fs.readdirSync(path.join(folder, '.snapstage/journal')), ['done']);
  });

  it('leaves what came to the path of something new', async () => {
    const { folder, engine } = await changed();
    const edit = meanwhile(() => writeFiles(folder, { gone: 'mine' }));
    const { problems } = await engine.restore({ state: 'one', careful: true }, edit);
    assert.deepEqual(problems, [{ path: 'gone', reason: 'changed in the meantime; left as it is' }]);
    assert.equal(readFiles(folder)['gone'], 'mine');
  });

  for (const how of ['finish', 'undo'] as const) {
    it(`that was killed while something was aside has it again before “${how}”`, async () => {
      const { folder, engine } = await changed();
      const before = readFiles(folder);
      const stop = new AbortController();
      const onProgress = ({ phase }: Progress): void => {
        if (phase === 'finish' && fs.existsSync(path.join(folder, '.snapstage/journal/restore'))) stop.abort();
      };
      await rejected(engine.restore({ state: 'one', careful: true }, { signal: stop.signal, onProgress }), 'cancelled');
      const aside = path.join(folder, '.snapstage/journal/aside');
      fs.mkdirSync(aside, { recursive: true });
      // As it is left when the process ends right after moving: one path is empty, the other has been taken, a third is not known.
      const put = (name: string, content: string): void =>
        fs.writeFileSync(path.join(aside, createHash('sha256').update(name).digest('hex')), content);
      put('more/new', 'an edit of the last moment');
      put('a', 'another');
      put('never heard of', 'left where it is');
      await engine.recover(how);
      const now = readFiles(folder);
      const snapshots = await engine.list();
      if (how === 'undo') assert.deepEqual(now, before);
      assert.equal(fs.readdirSync(aside).length, 1);
      const recovery = snapshots.find(({ reason }) => reason === 'before recovery')!;
      const read = async (at: string): Promise<string> => Buffer.from(await engine.read({ state: recovery.id, path: at })).toString();
      assert.equal(await read('new'), 'an edit of the last moment');
      assert.equal(await read('a (from before)'), 'another');
      assert.deepEqual((await engine.verify({})).damage, []);
    });
  }
});

describe('instance: a move to where nothing is', () => {
  afterEach(() => bench.clear());

  it('moves files and links, and nothing onto anything', () => {
    const folder = bench.folder();
    writeFiles(folder, { a: 'a', b: 'b', 'sub/': '' });
    fs.symlinkSync('nowhere', path.join(folder, 'link'));
    assert.deepEqual(
      [moveNew(folder, 'a', 'sub/a'), moveNew(folder, 'link', 'sub/link'), moveNew(folder, 'b', 'sub/a')],
      [true, true, false],
    );
    assert.equal(moveNew(folder, 'b', 'sub/link'), false);
    assert.deepEqual(readFiles(folder), { b: 'b', 'sub/': '', 'sub/a': 'a', 'sub/link': '-> nowhere' });
    assert.throws(() => moveNew(folder, 'b', 'none/b'), { code: 'ENOENT' });
  });
});
