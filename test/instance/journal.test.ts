/** What becomes of a restore whose records are damaged, or whose snapshots others want to delete. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { removeTree } from '../../src/instance/diskFolder.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { SnapshotFiles } from '../../src/store/snapshots.ts';
import { FaultyFiles, systemError, type Operation } from '../support/faultyFiles.ts';
import { readFiles, rejected, Workbench, writeFiles } from '../support/folders.ts';
import { command } from '../support/command.ts';

const bench = new Workbench();
const files = { 'a.txt': 'a1', 'sub/b.txt': 'b1' };
const first = { ...files, 'sub/': '' };

describe('instance: journal', () => {
  afterEach(() => bench.clear());

  /** An instance with the snapshot `first`, something else in the folder now, and an engine that shows its operations. */
  async function changed(
    before: (operation: Operation, store: DiskFiles, folder: string) => void,
  ): Promise<{ folder: string; engine: EngineApi }> {
    const { folder, engine } = await bench.instance(files);
    await engine.take({ name: 'first' });
    writeFiles(folder, { 'a.txt': 'a2', 'new.txt': 'new' });
    const store = new DiskFiles(path.join(folder, '.snapstage'));
    const own = openEngine({ folder, files: new FaultyFiles(store, (operation) => before(operation, store, folder)) });
    return { folder, engine: own };
  }
  const now = { ...first, 'a.txt': 'a2', 'new.txt': 'new' };
  const isIntent = ({ kind, name }: Operation): boolean => kind === 'write' && name === 'journal/restore';

  for (const [how, damage] of [
    ['torn', (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2)],
    ['empty', (): Buffer => Buffer.alloc(0)],
    ['changed', (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))],
  ] as const) {
    it(`whose record of an interrupted restore is ${how} says so, and keeps the way back`, async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'new.txt': 'new' });
      const cancel = new AbortController();
      const intent = path.join(folder, '.snapstage/journal/restore');
      const onProgress = ({ phase }: { phase: string }): void => {
        if (phase === 'finish' && fs.existsSync(intent)) cancel.abort();
      };
      await rejected(engine.restore({ state: 'first' }, { signal: cancel.signal, onProgress }), 'cancelled');
      const safety = (await engine.status({})).interrupted!.safety!;
      const half = readFiles(folder);
      fs.writeFileSync(intent, damage(fs.readFileSync(intent)));
      const bytes = fs.readFileSync(intent);

      for (const call of [
        () => engine.status({ changes: false }),
        () => engine.restore({ state: 'first' }),
        () => engine.undo(),
        () => engine.recover('finish'),
        () => engine.recover('undo'),
        () => engine.delete([safety]),
      ]) {
        const error = await rejected(call(), 'damaged');
        assert.equal(error.details['part'], 'journal/restore');
        assert.match(error.message, new RegExp(`${safety.slice(0, 8)}.*“verify”`));
      }
      assert.deepEqual([readFiles(folder), fs.readFileSync(intent)], [half, bytes]);
      const report = await engine.verify({});
      assert.deepEqual(
        report.damage.map(({ part, healed }) => [part, healed]),
        [['journal/restore', false]],
      );
      assert.match(report.damage[0]!.problem, new RegExp(safety.slice(0, 8)));
      assert.deepEqual((await engine.verify({})).damage, []);
      assert.deepEqual(fs.readdirSync(path.dirname(intent)), []);
      await engine.restore({ state: safety });
      assert.deepEqual(readFiles(folder), now);
    });
  }

  it('whose record of the last restore is damaged says so to who wants to undo it', async () => {
    const { folder, engine } = await bench.instance(files);
    await engine.take({ name: 'first' });
    writeFiles(folder, { 'a.txt': 'a2' });
    const { safety } = await engine.restore({ state: 'first' });
    const done = path.join(folder, '.snapstage/journal/done');
    fs.truncateSync(done, 30);
    assert.equal((await engine.status({})).undo, null);
    for (const call of [() => engine.undo(), () => engine.planUndo()])
      assert.match((await rejected(call(), 'damaged')).message, new RegExp(safety!.id.slice(0, 8)));
    assert.equal((await engine.verify({})).damage.length, 1);
    await rejected(engine.undo(), 'not-found');
  });

  it('keeps its snapshot from being deleted before the intent says that it is needed', async () => {
    let asked = 0;
    const { folder, engine } = await changed((operation, store, at) => {
      if (!isIntent(operation)) return;
      asked += 1;
      const ids = new SnapshotFiles(store).list().snapshots.flatMap(({ id, record }) => (record.kind === 'automatic' ? [id] : []));
      const { status, stderr } = spawnSync(process.execPath, [command, 'delete', ids[0]!, '--yes', '-C', at], { encoding: 'utf8' });
      assert.equal(status, 3, stderr);
    });
    const { safety } = await engine.restore({ state: 'first' });
    assert.equal(asked, 1);
    assert.deepEqual(readFiles(folder), first);
    await engine.undo();
    assert.deepEqual(readFiles(folder), now);
    const plan = await engine.planDelete([safety!.id]);
    assert.deepEqual(plan.blocked, []);
    await engine.dispose();
  });

  for (const which of ['manual', 'automatic'] as const) {
    it(`refuses before the first change when its ${which} snapshot is gone by then`, async () => {
      const { folder, engine } = await changed((operation, store) => {
        if (!isIntent(operation)) return;
        const snapshots = new SnapshotFiles(store);
        for (const { id, record } of snapshots.list().snapshots) if (record.kind === which) snapshots.remove(id);
      });
      const error = await rejected(engine.restore({ state: 'first' }), 'not-found');
      assert.match(error.message, /nothing was changed/);
      assert.deepEqual(readFiles(folder), now);
      assert.equal((await engine.status({})).interrupted, null);
      assert.deepEqual(fs.readdirSync(path.join(folder, '.snapstage/journal')), []);
      assert.deepEqual(
        (await engine.list()).map(({ kind }) => kind),
        which === 'manual' ? [] : ['described'],
      );
      await engine.dispose();
    });
  }

  it('shows no interrupted restore when the intent is there but could not be made durable', async () => {
    let began = false;
    const { folder, engine } = await changed((operation, store) => {
      if (!isIntent(operation) || began) return;
      began = true;
      store.write(operation.name, Buffer.from('renamed into place, and then its folder is not flushed'), false);
      throw systemError('EIO', 'journal');
    });
    await rejected(engine.restore({ state: 'first' }), 'io');
    assert.deepEqual(readFiles(folder), now);
    assert.equal((await engine.status({})).interrupted, null);
    assert.deepEqual(
      (await engine.list()).map(({ kind }) => kind),
      ['described'],
    );
    await engine.restore({ state: 'first' });
    assert.deepEqual(readFiles(folder), first);
    await engine.dispose();
  });
});

describe('removal of a folder', () => {
  afterEach(() => bench.clear());

  it('is complete, whatever the names and permissions, and stays inside', () => {
    const base = bench.folder();
    writeFiles(base, { 'keep/this': 'x', 'gone/a/b/c': '1', 'gone/empty/': '', 'gone/locked/in/f': '2' });
    const gone = path.join(base, 'gone');
    fs.symlinkSync(path.join(base, 'keep'), path.join(gone, 'link'));
    if (process.platform === 'linux') fs.writeFileSync(Buffer.concat([Buffer.from(`${gone}/`), Buffer.of(0xff, 0x41)]), '');
    for (const name of ['locked/in', 'locked', 'a']) fs.chmodSync(path.join(gone, name), 0o400);
    removeTree(gone);
    removeTree(gone);
    assert.deepEqual(readFiles(base), { 'keep/': '', 'keep/this': 'x' });
  });
});
