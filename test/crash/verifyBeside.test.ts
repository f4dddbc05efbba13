/** Others work on a store while it is verified: what they do at any moment of that, and what they leave undone, is no damage. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { Work } from '../../src/base/work.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { compact } from '../../src/store/compact.ts';
import { PACK_FOLDER, packFile } from '../../src/store/pack.ts';
import { listTrash } from '../../src/store/reservations.ts';
import { Store } from '../../src/store/store.ts';
import { FaultyFiles, MemoryFiles } from '../support/faultyFiles.ts';
import { makeState, tempFolder } from './scene.ts';

const DONE = 'journal/done';
const DEAD = packFile('d'.repeat(32));

describe('what others do while a store is verified', () => {
  let folder: string;
  let template: ReadonlyMap<string, Buffer>;

  before(async () => {
    folder = tempFolder('verify-beside');
    const files = new MemoryFiles();
    const engine = openEngine({ folder, files });
    await engine.init();
    makeState(folder, { 'a.txt': 'the first content of a\n', gone: 'this one goes\n'.repeat(300) });
    await engine.take({ name: 'first', description: 'with labels' });
    makeState(folder, { 'a.txt': 'the second content of a\n', b: 'b is new\n' });
    await engine.take({});
    await engine.restore({ state: 'first', paths: ['a.txt'] });
    await engine.dispose();
    template = files.contents;
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const opened = (files: MemoryFiles): Store => new Store(files, nodeHost());
  const onePack = (files: MemoryFiles): string => packFile(files.list(PACK_FOLDER)[0]!);
  const half = (pack: Buffer): Buffer => pack.subarray(0, pack.length >> 1);

  function compacted(files: MemoryFiles): void {
    const store = opened(files);
    using session = store.begin('write');
    compact(store, session, new Work());
    store.close();
  }

  function deleteFirst(files: MemoryFiles): void {
    const { snapshots } = opened(files);
    snapshots.remove(snapshots.list().snapshots.find(({ labels }) => labels.name === 'first')!.id);
  }

  /** Each makes the store what it is when the verification begins, and returns what happens then. */
  const doings: Readonly<Record<string, (files: MemoryFiles) => () => void>> = {
    'who is at work ends, where somebody else has died while writing a pack': (files) => {
      files.contents.set(DEAD, half(files.contents.get(onePack(files))!));
      const session = opened(files).begin('write');
      return () => session[Symbol.dispose]();
    },
    'who writes a pack ends it': (files) => {
      const name = onePack(files);
      const whole = files.contents.get(name)!;
      files.contents.set(name, half(whole));
      const records = [...files.contents].filter(([one]) => one.startsWith('snapshots/') || one === DONE);
      for (const [one] of records) files.contents.delete(one);
      const session = opened(files).begin('write');
      return () => {
        files.contents.set(name, whole);
        for (const [one, bytes] of records) files.contents.set(one, bytes);
        session[Symbol.dispose]();
      };
    },
    'a snapshot with labels is deleted': (files) => () => deleteFirst(files),
    'a snapshot is deleted, and its packs compacted': (files) => () => {
      deleteFirst(files);
      compacted(files);
    },
    'packs that waited for somebody go': (files) => {
      const session = opened(files).begin('read');
      deleteFirst(files);
      compacted(files);
      assert.ok(listTrash(files).length > 0);
      return () => {
        session[Symbol.dispose]();
        compacted(files);
      };
    },
    'the way back of a restore is forgotten': (files) => {
      assert.ok(files.contents.has(DONE));
      return () => files.remove(DONE);
    },
  };

  for (const [name, doing] of Object.entries(doings))
    it(`is no damage: ${name}`, async () => {
      let at = 1;
      for (let count = at; count >= at; at++) {
        const files = new MemoryFiles(template);
        const happens = doing(files);
        count = 0;
        const seen = new FaultyFiles(files, () => {
          count += 1;
          if (count === at) happens();
        });
        const engine = openEngine({ folder, files: seen });
        const { damage } = await engine.verify({ readData: true });
        assert.deepEqual(damage, [], `at operation ${at}`);
        await engine.dispose();
      }
      assert.ok(at > 50);
    });
});
