import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { rejected, Workbench } from '../support/folders.ts';
import { dump, forgeDefinition, judge } from '../support/judge.ts';
import { SnapstageError } from '../../src/base/errors.ts';
import { makeShop } from '../support/shop.ts';
import { editRows, makeTable, quoted, rowEdits, twoTables } from '../support/randomTables.ts';

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
  const runs = Number(process.env['SNAPSTAGE_RUNS'] ?? 25);
  this.timeout(60_000 + runs * 3000);
  afterEach(() => bench.clear());

  it('any table is as it was, judged by another SQLite, and nothing else has changed; undo brings back what was there', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'any.db');
    await fc.assert(
      fc.asyncProperty(twoTables, fc.constantFrom('DELETE', 'WAL'), fc.nat(5), rowEdits, async ([then, now], journal, what, edits) => {
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
          // Other rows, or the same name with other columns, or no table at all.
          if (what > 1) return editRows(db, then.name, edits);
          db.exec(`DROP TABLE ${quoted(then.name)}`);
          if (what > 0) makeTable(db, now);
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
      { numRuns: runs },
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

  it('a shop’s tables: keys of every form, indexes, triggers and counters; values that are hard to hand over', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'shop.db');
    inDatabase(file, (db) => {
      makeShop(db);
      db.exec(`CREATE TABLE hard (a, b); INSERT INTO hard VALUES (x'', ''), (CAST(x'61ff62' AS TEXT), 'a' || char(0)), (-0.0, 1.0),
        (9223372036854775807, zeroblob(70000)); DELETE FROM Album WHERE AlbumId = 100`);
    });
    const tables = ['Artist', 'Album', 'Track', 'Playlist', 'PlaylistTrack', 'Setting', 'Log', 'hard'];
    const before = tables.map((table) => judge(file, table));
    const dumped = tables.map((table) => dump(file, table));
    const { id } = await engine.take({});
    inDatabase(file, (db) => {
      db.exec(`UPDATE Artist SET Name = 'x'; DELETE FROM Album WHERE AlbumId > 50; DROP INDEX LongTrack; DROP TRIGGER Logged;
        ALTER TABLE Track ADD COLUMN Extra; UPDATE Track SET Extra = 1; DELETE FROM PlaylistTrack; DELETE FROM Setting; DELETE FROM Log;
        UPDATE Playlist SET Note = 2.5; DELETE FROM hard; UPDATE sqlite_sequence SET seq = 7; CREATE INDEX new ON Track (Name)`);
    });
    const plan = await engine.planTableRestore({ state: id, database: 'shop.db', table: 'Track' });
    assert.deepEqual(plan.counts, { add: 0, change: 0, remove: 0 });
    assert.deepEqual(plan.schema, ['column “Extra” removed', 'index “new” removed', 'index “LongTrack” added', 'trigger “Logged” added']);
    for (const table of tables) await engine.restoreTable({ state: id, database: 'shop.db', table });
    assert.deepEqual(
      tables.map((table) => judge(file, table)),
      before,
    );
    assert.deepEqual(
      tables.map((table) => dump(file, table)),
      dumped,
    );
    for (const table of ['Search', 'Search_data', 'Long tracks']) {
      await rejected(engine.restoreTable({ state: id, database: 'shop.db', table }), 'refused');
    }
  });

  it('is refused where it would break foreign keys, and names them; what was broken before is no reason', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'keys.db');
    inDatabase(file, (db) =>
      db.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO parent VALUES (1, 'a'), (2, 'b');
        CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent ON DELETE CASCADE); INSERT INTO child VALUES (10, 1);
        CREATE TABLE lost (id INTEGER PRIMARY KEY, parent REFERENCES nowhere); INSERT INTO lost VALUES (1, 1)`),
    );
    const { id } = await engine.take({});
    inDatabase(file, (db) =>
      db.exec(`INSERT INTO parent VALUES (3, 'c'); INSERT INTO child VALUES (11, 3), (12, 99); UPDATE lost SET parent = 2`),
    );
    const now = ['parent', 'child', 'lost'].map((table) => judge(file, table));
    const error = await rejected(engine.restoreTable({ state: id, database: 'keys.db', table: 'parent' }), 'refused');
    assert.deepEqual(error.details['broken'], [{ table: 'child', row: 11, parent: 'parent' }]);
    assert.match(error.message, /row 11 of “child” would refer to nothing in “parent”/);
    assert.deepEqual(
      ['parent', 'child', 'lost'].map((table) => judge(file, table)),
      now,
    );
    assert.deepEqual((await engine.list()).length, 1, 'its automatic snapshot is gone again');
    await rejected(engine.undo(), 'not-found');

    await engine.restoreTable({ state: id, database: 'keys.db', table: 'lost' });
    await engine.restoreTable({ state: id, database: 'keys.db', table: 'child' });
    await engine.restoreTable({ state: id, database: 'keys.db', table: 'parent' });
    assert.deepEqual(judge(file, 'child').rows.length, 1, 'no deletion cascaded');
    inDatabase(file, (db) => db.exec('DELETE FROM parent WHERE id = 1; DELETE FROM child'));
    const broken = await rejected(engine.restoreTable({ state: id, database: 'keys.db', table: 'child' }), 'refused');
    assert.match(broken.message, /row 10 of “child”/);
  });

  it('waits for a lock, and says so when it does not go; nothing is changed then', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'app.db');
    inDatabase(file, (db) => db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'));
    const { id } = await engine.take({});
    inDatabase(file, (db) => db.exec('UPDATE t SET a = 2'));
    // Another process: locks of this one would end when the file is read.
    const holder = spawn(process.execPath, [
      '-e',
      `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(process.argv[1]);
       db.exec('BEGIN IMMEDIATE'); process.stdout.write('held'); process.stdin.on('end', () => db.exec('ROLLBACK')).resume()`,
      file,
    ]);
    await once(holder.stdout, 'data');
    const error = await rejected(engine.restoreTable({ state: id, database: 'app.db', table: 't' }), 'busy');
    assert.match(error.message, /lock did not go/);
    assert.equal((await engine.list()).length, 1);
    const ended = once(holder, 'close');
    holder.stdin.end();
    await ended;
    assert.deepEqual(judge(file, 't').rows.length, 1);
    const { counts } = await engine.restoreTable({ state: id, database: 'app.db', table: 't' });
    assert.deepEqual(counts, { add: 1, change: 0, remove: 1 });
  });

  it('a plan holds for the database that it was made for; a database that is ignored, or not there, or a link', async () => {
    const { folder, engine } = await bench.instance();
    fs.mkdirSync(path.join(folder, 'data'));
    const file = path.join(folder, 'data/app.db');
    inDatabase(file, (db) => db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'));
    const { id } = await engine.take({});
    fs.writeFileSync(path.join(folder, '.snapstageignore'), 'data/\n');
    inDatabase(file, (db) => db.exec('UPDATE t SET a = 2'));
    const request = { state: id, database: 'data/app.db', table: 't' };
    const plan = await engine.planTableRestore(request);
    inDatabase(file, (db) => db.exec('UPDATE t SET a = 3'));
    await rejected(engine.executeTableRestore(plan), 'stale-plan');
    const { safety } = await engine.executeTableRestore(await engine.planTableRestore(request));
    const rows = await engine.tableRows({ ...request, state: safety!.id });
    assert.deepEqual(rows.rows, [[3]], 'what was ignored is in the automatic snapshot');
    await engine.undo();
    assert.deepEqual((await engine.tableRows({ ...request, state: 'current' })).rows, [[3]]);

    fs.renameSync(file, path.join(folder, 'other.db'));
    const missing = await rejected(engine.restoreTable(request), 'not-found');
    assert.match(String(missing.details['next']), /restore STATE data\/app\.db/);
    assert.equal(fs.existsSync(file), false);
    if (process.platform === 'win32') return;
    fs.symlinkSync('../other.db', file);
    await rejected(engine.restoreTable(request), 'usage');
    await rejected(engine.tableRows({ ...request, state: 'current' }), 'usage');
  });

  it('a forged definition is refused, and does nothing', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'app.db');
    const forgeries = [
      `CREATE TABLE t (a); DROP TABLE precious`,
      `CREATE TABLE other (a)`,
      `CREATE TABLE t AS SELECT * FROM precious`,
      `CREATE TABLE t (a, b AS (load_extension('x')))`,
      `CREATE TRIGGER t AFTER INSERT ON precious BEGIN DELETE FROM precious; END`,
    ];
    for (const forged of forgeries) {
      fs.rmSync(file, { force: true });
      inDatabase(file, (db) => {
        db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE precious (a); INSERT INTO precious VALUES (1)');
      });
      forgeDefinition(file, 't', forged);
      const { id } = await engine.take({});
      fs.rmSync(file);
      inDatabase(file, (db) =>
        db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (2); CREATE TABLE precious (a); INSERT INTO precious VALUES (1)'),
      );
      const [t, precious] = [judge(file, 't'), judge(file, 'precious')];
      await assert.rejects(
        engine.restoreTable({ state: id, database: 'app.db', table: 't' }),
        (error) => error instanceof SnapstageError,
        forged,
      );
      assert.deepEqual([judge(file, 't'), judge(file, 'precious')], [t, precious], forged);
    }
  });

  it('names that look like options, hold quotes or colons; a name that is taken by a view', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, '--x.db');
    const names = ['--json', `"; DROP TABLE t; --`, 'a:b', `it's`, '', 'main.t', 'ünï'];
    inDatabase(file, (db) => {
      for (const name of names) db.exec(`CREATE TABLE ${quoted(name)} (${quoted(name)}); INSERT INTO ${quoted(name)} VALUES (1)`);
    });
    const before = names.map((name) => judge(file, name));
    const { id } = await engine.take({});
    inDatabase(file, (db) => {
      for (const name of names) db.exec(`DELETE FROM ${quoted(name)}`);
    });
    for (const table of names) await engine.restoreTable({ state: id, database: '--x.db', table });
    assert.deepEqual(
      names.map((name) => judge(file, name)),
      before,
    );
    inDatabase(file, (db) => db.exec(`DROP TABLE "a:b"; CREATE VIEW "a:b" AS SELECT 1`));
    await rejected(engine.restoreTable({ state: id, database: '--x.db', table: 'a:b' }), 'refused');
  });
});
