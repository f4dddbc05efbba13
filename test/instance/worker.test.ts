/** The engine in a thread of its own, as the editor has it, answers as the one in-process does. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startEngineWorker } from '../../src/engine/client.ts';
import { rejected, seededBytes, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

describe('engine in its worker', () => {
  it('answers the same, however long the answer is', async () => {
    const files = Object.fromEntries(Array.from({ length: 1300 }, (_, at) => [`many/${at % 2}/file-${at}`, `${at}`]));
    const { folder, engine } = await bench.instance({ ...files, 'large.bin': seededBytes(1, 3_000_001) });
    const { id } = await engine.take({});
    fs.rmSync(path.join(folder, 'many/0'), { recursive: true });
    writeFiles(folder, { 'many/1/file-1': 'other', new: '' });
    const worker = startEngineWorker({ folder });
    try {
      const all = { state: id, path: '', recursive: true };
      assert.deepEqual(await worker.ls(all), await engine.ls(all));
      assert.deepEqual(await worker.diff({ a: id }), await engine.diff({ a: id }));
      assert.deepEqual(await worker.find({ pattern: 'file-*' }), await engine.find({ pattern: 'file-*' }));
      const whole = { state: id, path: 'large.bin' };
      assert.deepEqual(Buffer.from(await worker.read(whole)), seededBytes(1, 3_000_001));
      const piece = { ...whole, offset: 1_000_000, length: 10 };
      assert.deepEqual(Buffer.from(await worker.read(piece)), seededBytes(1, 3_000_001).subarray(1_000_000, 1_000_010));
      await rejected(worker.read({ state: id, path: 'none' }), 'not-found');

      const part = await worker.changes({ a: id, limit: 2, after: 'many/0/file-998' });
      assert.deepEqual(part.counts, { added: 1, changed: 1, removed: 651, moved: 0 });
      assert.deepEqual(
        part.changes.map(({ change, path: at }) => [change, at]),
        [
          ['changed', 'many/1/file-1'],
          ['added', 'new'],
        ],
      );

      const plan = await worker.planRestore({ state: id }, { items: { limit: 1, about: ['new', 'many/0/file-0'] } });
      const full = await engine.planRestore({ state: id });
      assert.deepEqual(plan.counts, full.counts);
      assert.deepEqual(
        plan.items,
        full.items.filter((item, at) => at === 0 || ['new', 'many/0', 'many', 'many/0/file-0'].includes(item.path)),
      );
      const done = await worker.executeRestore(
        { request: plan.request, snapshot: plan.snapshot, from: plan.from },
        { items: { limit: 0 } },
      );
      assert.deepEqual([done.counts, done.items], [full.counts, []]);
      assert.deepEqual((await engine.diff({ a: id })).removed, []);
    } finally {
      await worker.dispose();
    }
  });

  it('reads tables there too', async () => {
    const { folder, engine } = await bench.instance();
    const db = new DatabaseSync(path.join(folder, 'app.db'));
    db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (9007199254740993)');
    db.close();
    await engine.take({ name: 'then' });
    const worker = startEngineWorker({ folder });
    try {
      assert.deepEqual(await worker.tables({ state: 'then' }), await engine.tables({ state: 'current' }));
      const { rows } = await worker.tableRows({ state: 'then', database: 'app.db', table: 't' });
      assert.deepEqual(rows, [[{ integer: '9007199254740993' }]]);
    } finally {
      await worker.dispose();
    }
  });

  it('is cancelled, and tells its progress, also where the options are all there is to say', async () => {
    const { folder, engine } = await bench.instance({ a: 'a' });
    await engine.take({});
    const worker = startEngineWorker({ folder });
    const options = { signal: new AbortController().signal, onProgress: () => undefined };
    try {
      const calls = [() => worker.list(options), () => worker.storage(options), () => worker.compact(options), () => worker.links(options)];
      for (const call of calls) assert.ok(await call());
      await rejected(worker.detach(options), 'refused');
      await rejected(worker.planUndo(options), 'not-found');
    } finally {
      await worker.dispose();
    }
  });
});
