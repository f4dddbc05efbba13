import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { rejected, Workbench } from '../support/folders.ts';
import { judge } from '../support/judge.ts';
import { makeTable, quoted, twoTables } from '../support/randomTables.ts';

const bench = new Workbench();

function inDatabase(file: string, run: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    run(db);
  } finally {
    db.close();
  }
}

describe('tables: restore of one', function () {
  this.timeout(120_000);
  afterEach(() => bench.clear());

  it('any table is as it was, judged by another SQLite, and nothing else has changed; undo brings back what was there', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'any.db');
    await fc.assert(
      fc.asyncProperty(twoTables, fc.constantFrom('DELETE', 'WAL'), fc.nat(3), async ([then, now], journal, drop) => {
        for (const name of ['any.db', 'any.db-wal', 'any.db-shm', 'any.db-journal']) fs.rmSync(path.join(folder, name), { force: true });
        inDatabase(file, (db) => {
          db.exec(`PRAGMA journal_mode = ${journal}`);
          makeTable(db, then);
          db.exec(`CREATE TABLE "another one" (a); INSERT INTO "another one" VALUES (1), (2)`);
        });
        const { id } = await engine.take({});
        const before = judge(file, then.name);
        assert.equal(before.rows.length, then.rows.length);
        inDatabase(file, (db) => {
          db.exec(`DROP TABLE ${quoted(then.name)}`);
          // The same name with other columns and rows, or no table at all.
          if (drop > 0) makeTable(db, now);
        });
        const [changed, another] = [judge(file, then.name), judge(file, 'another one')];
        await engine.restoreTable({ state: id, database: 'any.db', table: then.name });
        assert.deepEqual(judge(file, then.name), before);
        assert.deepEqual(judge(file, 'another one'), another);
        if (JSON.stringify(changed) === JSON.stringify(before)) return;
        await engine.undo();
        assert.deepEqual(judge(file, then.name), changed);
        assert.deepEqual(judge(file, 'another one'), another);
      }),
      { numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 25) },
    );
  });

  it('without a difference nothing is done, and no snapshot is left', async () => {
    const { folder, engine } = await bench.instance();
    inDatabase(path.join(folder, 'a.db'), (db) => db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'));
    const { id } = await engine.take({});
    const outcome = await engine.restoreTable({ state: id, database: 'a.db', table: 't' });
    assert.deepEqual(outcome, { counts: { add: 0, change: 0, remove: 0 }, schema: [] });
    assert.equal((await engine.list()).length, 1);
    await rejected(engine.restoreTable({ state: id, database: 'a.db', table: 'none' }), 'not-found');
  });
});
