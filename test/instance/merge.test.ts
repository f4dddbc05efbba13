/** A folder that becomes what is put together from its own state. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SoloCrew } from '../../src/base/crew.ts';
import type { Progress } from '../../src/base/progress.ts';
import { Work } from '../../src/base/work.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { Restorer, stateOf } from '../../src/instance/restore.ts';
import { RestoreWorker } from '../../src/instance/restoreWorker.ts';
import { StatCache } from '../../src/instance/statCache.ts';
import { Taker } from '../../src/instance/take.ts';
import { TakeWorker } from '../../src/instance/takeWorker.ts';
import { Claims } from '../../src/store/claims.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { ObjectWriter } from '../../src/store/objectWriter.ts';
import type { Session } from '../../src/store/sessions.ts';
import type { StoredSnapshot } from '../../src/store/snapshots.ts';
import { Store } from '../../src/store/store.ts';
import { decodeTree, encodeTree, type TreeEntry } from '../../src/store/tree.ts';
import { readFiles, rejected, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

/** Opens the instance below its engine, for one piece of work. */
async function within<T>(folder: string, run: (store: Store, session: Session, restorer: Restorer) => Promise<T>): Promise<T> {
  const [files, host] = [new DiskFiles(path.join(folder, '.snapstage')), nodeHost()];
  const taker = new Taker(folder, new StatCache(), async () => new SoloCrew(new TakeWorker(files, host)));
  const restorer = new Restorer(folder, taker, async () => new SoloCrew(new RestoreWorker(files)));
  const store = new Store(files, host);
  using session = store.begin('write');
  try {
    return await run(store, session, restorer);
  } finally {
    store.close();
  }
}

/** Stores the state's root with other entries in it. Returns its id. */
function rewritten(store: Store, mine: StoredSnapshot, change: (entries: readonly TreeEntry[]) => readonly TreeEntry[]): Buffer {
  const { files, host, index, reader } = store;
  const writer = new ObjectWriter({ files, index, reader, claims: Claims.forObjects(100), newName: () => host.randomHex(16), level: 3 });
  const entries = decodeTree(Buffer.from(reader.get(Buffer.from(mine.record.root, 'hex'))));
  const root = writer.put(encodeTree(change(entries)), 'meta');
  writer.finish();
  store.reload();
  return root;
}

/** Every entry under a name of its own once more, but one. */
const doubled = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
  entries.filter(({ name }) => name !== 'gone').flatMap((entry) => [entry, { ...entry, name: `${entry.name} too` }]);

describe('instance: a merge', () => {
  afterEach(() => bench.clear());

  const content = { a: 'a', gone: 'gone', 'sub/b': 'b' };
  const after = { a: 'a', 'a too': 'a', 'sub/': '', 'sub/b': 'b', 'sub too/': '', 'sub too/b': 'b' };

  const merge = (folder: string, before: () => void = () => undefined) =>
    within(folder, (store, session, restorer) => {
      const incoming = stateOf(store, store.snapshots.list().snapshots[0]!);
      const make = async (mine: StoredSnapshot): Promise<Buffer> => {
        const root = rewritten(store, mine, doubled);
        before();
        return root;
      };
      return restorer.merge(store, session, { incoming, make, reason: 'before a delivery' }, new Work());
    });

  it('makes the folder so, between two snapshots, and is undone like a restore', async () => {
    const { folder, engine } = await bench.instance(content);
    await engine.take({ name: 'first' });
    writeFiles(folder, { a: 'edited' });
    const merged = await merge(folder);
    assert.deepEqual(merged!.problems, []);
    assert.deepEqual(readFiles(folder), { ...after, a: 'edited', 'a too': 'edited' });
    const [made, safety] = await engine.list();
    assert.deepEqual([made?.reason, made?.files, made?.bytes, made?.kind], ['as delivered', 4, 14, 'automatic']);
    assert.deepEqual([safety?.reason, safety?.id], ['before a delivery', merged!.safety.id]);
    assert.deepEqual((await engine.status({})).changes, { added: [], changed: [], removed: [], moved: [] });
    await engine.undo();
    assert.deepEqual(readFiles(folder), { ...content, a: 'edited', 'sub/': '' });
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('leaves no snapshot when there is nothing to do, or when what is to be can’t be made', async () => {
    const { folder, engine } = await bench.instance(content);
    await engine.take({});
    await within(folder, async (store, session, restorer) => {
      const incoming = stateOf(store, store.snapshots.list().snapshots[0]!);
      const same = async (mine: StoredSnapshot): Promise<Buffer> => Buffer.from(mine.record.root, 'hex');
      assert.equal(await restorer.merge(store, session, { incoming, make: same, reason: 'r' }, new Work()), undefined);
      const failing = async (): Promise<Buffer> => {
        throw new Error('can’t be');
      };
      await assert.rejects(restorer.merge(store, session, { incoming, make: failing, reason: 'r' }, new Work()), /can’t be/);
      const unknown = async (): Promise<Buffer> => Buffer.alloc(32, 7);
      await rejected(restorer.merge(store, session, { incoming, make: unknown, reason: 'r' }, new Work()), 'damaged');
    });
    assert.equal((await engine.list()).length, 1);
    assert.deepEqual(readFiles(folder), { ...content, 'sub/': '' });
  });

  it('leaves what was edited while it was put together, and says so', async () => {
    const { folder, engine } = await bench.instance(content);
    await engine.take({});
    const merged = await merge(folder, () => writeFiles(folder, { gone: 'edited', 'a too': 'mine' }));
    assert.deepEqual(
      merged!.problems.map(({ path: at }) => at).toSorted((a, b) => (a < b ? -1 : 1)),
      ['a too', 'gone'],
    );
    assert.deepEqual(readFiles(folder), { ...after, gone: 'edited', 'a too': 'mine' });
    await engine.undo();
    assert.deepEqual(readFiles(folder), { ...content, 'sub/': '', gone: 'gone' });
  });

  it('that was interrupted is finished or undone like a restore', async () => {
    for (const how of ['finish', 'undo'] as const) {
      const { folder, engine } = await bench.instance(content);
      await engine.take({});
      const intent = path.join(folder, '.snapstage/journal/restore');
      const onProgress = ({ phase }: Progress): void => {
        if (phase === 'finish' && fs.existsSync(intent)) work.cancel.cancel();
      };
      const work = new Work({ onProgress });
      const stopped = within(folder, (store, session, restorer) => {
        const incoming = stateOf(store, store.snapshots.list().snapshots[0]!);
        const make = async (mine: StoredSnapshot): Promise<Buffer> => rewritten(store, mine, doubled);
        return restorer.merge(store, session, { incoming, make, reason: 'before a delivery' }, work);
      });
      await rejected(stopped, 'cancelled');
      assert.notEqual((await engine.status({ changes: false })).interrupted, null);
      await engine.recover(how);
      assert.deepEqual(readFiles(folder), how === 'finish' ? after : { ...content, 'sub/': '' });
      assert.equal(fs.existsSync(intent), false);
    }
  });
});
