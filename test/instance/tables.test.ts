import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { EngineApi } from '../../src/engine/api.ts';
import type { Cell, TableDiff } from '../../src/engine/tablesApi.ts';
import { rejected, seededBytes, Workbench } from '../support/folders.ts';
import { editRows, makeTable, rowEdits, twoTables } from '../support/randomTables.ts';
import { makeShop } from '../support/shop.ts';

const bench = new Workbench();

async function withDatabase(run: (db: DatabaseSync) => void): Promise<{ folder: string; file: string; engine: EngineApi }> {
  const { folder, engine } = await bench.instance();
  const file = path.join(folder, 'app.db');
  change(file, run);
  return { folder, file, engine };
}

function change(file: string, run: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    run(db);
  } finally {
    db.close();
  }
}

describe('tables of a state', () => {
  afterEach(() => bench.clear());

  it('are listed with columns, keys, counts and sizes, from a snapshot as from the folder', async () => {
    const { engine, file } = await withDatabase(makeShop);
    await engine.take({ name: 'shop' });
    const [shop, ...others] = await engine.tables({ state: 'shop' });
    assert.deepEqual(others, []);
    assert.deepEqual(await engine.tables({ state: 'current' }), [shop]);
    assert.equal(shop!.problem, null);
    const table = (name: string) => shop!.tables.find((one) => one.name === name)!;
    const counts = shop!.tables.filter(({ kind }) => kind === 'table').map(({ name, rows }) => [name, rows]);
    assert.deepEqual(counts, [
      ['Album', 100],
      ['Artist', 20],
      ['Log', 1000],
      ['Playlist', 2],
      ['PlaylistTrack', 100],
      ['Setting', 3],
      ['Track', 1000],
    ]);
    const track = table('Track');
    assert.deepEqual(
      track.columns.map(({ name, type, notNull, default: value, key, generated }) => [name, type, notNull, value, key, generated]),
      [
        ['TrackId', 'INTEGER', false, null, 1, null],
        ['Name', 'TEXT', true, null, 0, null],
        ['AlbumId', 'INTEGER', false, null, 0, null],
        ['Milliseconds', 'INTEGER', true, null, 0, null],
        ['Price', 'NUMERIC(10,2)', false, '0.99', 0, null],
        ['Minutes', '', false, null, 0, 'virtual'],
      ],
    );
    assert.deepEqual(
      track.indexes.map(({ name, unique, columns }) => [name, unique, columns]),
      [
        ['LongTrack', true, ['Name', 'TrackId']],
        ['TrackByAlbum', false, ['AlbumId', 'Name']],
      ],
    );
    assert.deepEqual(
      track.triggers.map(({ name }) => name),
      ['Logged'],
    );
    assert.deepEqual(table('Album').foreignKeys, [
      { columns: ['ArtistId'], parent: 'Artist', parentColumns: ['ArtistId'], onUpdate: 'NO ACTION', onDelete: 'CASCADE' },
    ]);
    assert.deepEqual([table('Setting').strict, table('Setting').withoutRowid, table('Long tracks').kind], [true, true, 'view']);
    assert.match(table('Search').together!, /virtual table \(fts5\), which travels with its file/);
    assert.match(table('Place_node').together!, /belongs to a virtual table/);
    change(file, (db) => {
      const size = (name: string): number => Number(db.prepare('SELECT sum(pgsize) AS n FROM dbstat WHERE name = ?').get(name)!['n'] ?? 0);
      const own = ['Track', 'LongTrack', 'TrackByAlbum'].reduce((sum, name) => sum + size(name), 0);
      assert.equal(track.bytes, own);
    });
    const [quick] = await engine.tables({ state: 'shop', database: 'app.db', counts: false });
    assert.deepEqual(
      quick!.tables,
      shop!.tables.map((one) => ({ ...one, rows: null, bytes: null })),
    );
  });

  it('values are exact, and told apart by their form', async () => {
    const { engine } = await withDatabase((db) =>
      db.exec(`CREATE TABLE v (a);
        INSERT INTO v VALUES (NULL), (1), (1.0), (0.1), ('1'), (9007199254740993), (-9223372036854775808), (9e999), (-0.0),
          (x''), (x'00ff'), (''), ('a' || char(0) || 'b'), (CAST(x'61ff' AS TEXT)), (zeroblob(100000)), (printf('%.*c', 100000, 'ä'))`),
    );
    const { rows } = await engine.tableRows({ state: 'current', database: 'app.db', table: 'v' });
    const cells = rows.map(([cell]) => cell);
    assert.deepEqual(cells.slice(0, 14), [
      null,
      1,
      { real: '1.0' },
      0.1,
      '1',
      { integer: '9007199254740993' },
      { integer: '-9223372036854775808' },
      { real: 'Infinity' },
      { real: '-0.0' },
      { blob: '', bytes: 0 },
      { blob: '00ff', bytes: 2 },
      '',
      'a\0b',
      { text: 'a\uFFFD', bytes: 2 },
    ] satisfies Cell[]);
    assert.deepEqual(cells[14], { blob: '00'.repeat(4096), bytes: 100_000 });
    const long = cells[15] as { text: string; bytes: number };
    assert.deepEqual([long.text, long.bytes], ['ä'.repeat(2048), 200_000]);
  });

  it('pages go through all rows, each once, whatever the key', async () => {
    const { engine } = await withDatabase((db) => {
      makeShop(db);
      db.exec(`CREATE TABLE hidden (rowid, _rowid_, oid);
        INSERT INTO hidden SELECT Name, TrackId, 1 FROM Track LIMIT 25;
        CREATE TABLE mixed (a TEXT COLLATE NOCASE, b INTEGER, c, PRIMARY KEY (a, b DESC, c)) WITHOUT ROWID;
        INSERT INTO mixed SELECT 'k' || TrackId % 3, TrackId / 4, TrackId FROM Track`);
    });
    for (const [table, count] of Object.entries({
      Track: 1000,
      PlaylistTrack: 100,
      hidden: 25,
      mixed: 1000,
      'Long tracks': 334,
      Search: 1000,
    })) {
      const found: string[] = [];
      let after: string | undefined;
      for (let page = 0; page <= count; page++) {
        const { rows, next } = await engine.tableRows({ state: 'current', database: 'app.db', table, limit: 33, ...(after && { after }) });
        found.push(...rows.map((row) => JSON.stringify(row)));
        if (next === null) break;
        after = next;
      }
      const { rows: all } = await engine.tableRows({ state: 'current', database: 'app.db', table, limit: 5000 });
      assert.deepEqual(
        found,
        all.map((row) => JSON.stringify(row)),
        table,
      );
      assert.equal(found.length, count, table);
    }
    const request = { state: 'current', database: 'app.db', table: 'Track' };
    for (const after of ['', 'null', '[]', '[{"i":"x"}]', '[1]', '[{"b":"0"}]'])
      await rejected(engine.tableRows({ ...request, after }), 'usage');
    await rejected(engine.tableRows({ ...request, limit: -1 }), 'usage');
    await rejected(engine.tableRows({ ...request, table: 'none' }), 'not-found');
    await rejected(engine.tableRows({ ...request, database: '../app.db' }), 'usage');
    await rejected(engine.tableRows({ ...request, database: 'none.db' }), 'not-found');
  });

  it('a stored database is read piece by piece, also where it is cut into chunks', async () => {
    const { engine, folder } = await withDatabase((db) => {
      db.exec('PRAGMA page_size = 1024; CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB); BEGIN');
      const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
      for (let i = 0; i < 1500; i++) insert.run(i, seededBytes(i, 500 + i));
      db.exec('COMMIT');
    });
    assert.ok(fs.statSync(path.join(folder, 'app.db')).size > 1_500_000);
    await engine.take({ name: 'then' });
    const request = { database: 'app.db', table: 't', limit: 2000 };
    const stored = await engine.tableRows({ ...request, state: 'then' });
    assert.deepEqual(stored, await engine.tableRows({ ...request, state: 'current' }));
    assert.equal(stored.rows.length, 1500);
    assert.deepEqual(stored.rows[7], [7, { blob: seededBytes(7, 507).toString('hex'), bytes: 507 }]);
  });

  it('what is no database, encrypted or damaged is named with the reason, and hides no other', async () => {
    const { engine, folder, file } = await withDatabase(makeShop);
    const whole = fs.readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 100, 2000);
    const broken = Buffer.from(whole);
    broken.fill(0xaa, Math.floor(whole.length / 8192) * 4096, whole.length);
    const files: Record<string, Buffer> = {
      'secret.db': seededBytes(1, 8192),
      'text.sqlite': Buffer.from('no database'),
      'noise.bin': seededBytes(2, 4096),
      'header.dat': Buffer.concat([whole.subarray(0, 16), seededBytes(3, 4080)]),
      'schema.db': damaged,
      'short.db': whole.subarray(0, 5000),
      'half.db': broken,
      'empty.db': Buffer.alloc(0),
    };
    for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), bytes);
    await engine.take({ name: 'all' });
    const found = await engine.tables({ state: 'all' });
    assert.deepEqual(await engine.tables({ state: 'current' }), found);
    const problems = Object.fromEntries(found.map((one) => [one.path, one.problem]));
    assert.deepEqual(Object.keys(problems), ['app.db', 'half.db', 'header.dat', 'schema.db', 'secret.db', 'short.db', 'text.sqlite']);
    assert.equal(problems['app.db'], null);
    assert.match(problems['secret.db']!, /encrypted, or no SQLite database/);
    assert.match(problems['text.sqlite']!, /encrypted, or no SQLite database/);
    for (const name of ['half.db', 'header.dat', 'schema.db', 'short.db'])
      assert.match(problems[name]!, /damaged|header|could not be counted/, name);
    assert.equal(found.find((one) => one.path === 'half.db')!.tables.length, found[0]!.tables.length);
    await rejected(engine.tables({ state: 'all', database: 'noise.bin' }), 'refused');
    await rejected(engine.tableRows({ state: 'all', database: 'secret.db', table: 't' }), 'damaged');
  });
});

describe('tables compared', () => {
  afterEach(() => bench.clear());

  it('finds what a naive comparison finds', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'app.db');
    await fc.assert(
      fc.asyncProperty(twoTables, rowEdits, async ([table], edits) => {
        fs.rmSync(file, { force: true });
        change(file, (db) => makeTable(db, table));
        const before = naiveRows(file, table.name);
        await engine.take({ name: 'then' });
        change(file, (db) => editRows(db, table.name, edits));
        const after = naiveRows(file, table.name);
        const diff = await engine.diffTable({ a: 'then', database: 'app.db', table: table.name, limit: 100 });
        assert.deepEqual(diff.schema, []);
        assert.deepEqual(told(diff), naive(before, after, diff.by === 'key' ? diff.key : undefined));
        const { id } = (await engine.list())[0]!;
        await engine.delete([id]);
      }),
      { numRuns: Number(process.env['SNAPSTAGE_RUNS'] ?? 40) },
    );
  });

  it('counts equal rows where there is no key, and tells types apart', async () => {
    const { engine, file } = await withDatabase((db) =>
      db.exec(`CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x'), (NULL, NULL), (2, 'y'), ('A', 1)`),
    );
    await engine.take({ name: 'then' });
    change(file, (db) =>
      db.exec(
        `DELETE FROM t WHERE rowid < 3; UPDATE t SET a = 2.0 WHERE a = 2; UPDATE t SET a = 'a' WHERE a = 'A'; INSERT INTO t VALUES (NULL, NULL)`,
      ),
    );
    const diff = await engine.diffTable({ a: 'then', database: 'app.db', table: 'T' });
    assert.equal(diff.by, 'row');
    assert.deepEqual(diff.counts, { added: 3, removed: 4, changed: 0 });
    const sorted = (rows: readonly (readonly Cell[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(sorted(diff.added), ['["a",1]', '[null,null]', '[{"real":"2.0"},"y"]']);
    assert.deepEqual(sorted(diff.removed), ['["A",1]', '[1,"x"]', '[1,"x"]', '[2,"y"]']);
  });

  it('keys that hold NULL, or changed their order, are no keys; other columns are named', async () => {
    const { engine, file } = await withDatabase((db) =>
      db.exec(`CREATE TABLE n (k TEXT PRIMARY KEY, v); INSERT INTO n VALUES (NULL, 1), (NULL, 2), ('a', 3);
        CREATE TABLE c (k TEXT PRIMARY KEY, v, gone); INSERT INTO c VALUES ('a', 1, 2), ('b', 2, 2); CREATE INDEX i ON c (v)`),
    );
    await engine.take({ name: 'then' });
    change(file, (db) =>
      db.exec(`UPDATE n SET v = 9 WHERE v = 2; DROP TABLE c;
        CREATE TABLE c (k TEXT COLLATE NOCASE PRIMARY KEY, come, V); INSERT INTO c VALUES ('A', 1, 1), ('b', 2, 2)`),
    );
    const nulls = await engine.diffTable({ a: 'then', database: 'app.db', table: 'n' });
    assert.deepEqual([nulls.by, nulls.added, nulls.removed], ['row', [[null, 9]], [[null, 2]]]);
    const other = await engine.diffTable({ a: 'then', database: 'app.db', table: 'c' });
    assert.equal(other.by, 'row');
    assert.deepEqual(other.columns, ['k', 'v']);
    assert.deepEqual([other.added, other.removed], [[['A', 1]], [['a', 1]]]);
    assert.deepEqual(other.schema, ['column “v” changed', 'column “gone” removed', 'column “come” added', 'index “i” removed']);
  });

  it('a table that only one state has is added or removed; a window shows a part', async () => {
    const { engine, file, folder } = await withDatabase((db) => db.exec('CREATE TABLE old (a); INSERT INTO old VALUES (1), (2), (3)'));
    await engine.take({ name: 'then' });
    change(file, (db) => db.exec('DROP TABLE old; CREATE TABLE new (a INTEGER PRIMARY KEY); INSERT INTO new VALUES (1), (2), (3)'));
    const old = await engine.diffTable({ a: 'then', database: 'app.db', table: 'old', skip: 1, limit: 1 });
    assert.deepEqual([old.counts, old.removed, old.schema], [{ added: 0, removed: 3, changed: 0 }, [[2]], ['the table was removed']]);
    const back = await engine.diffTable({ a: 'current', b: 'then', database: 'app.db', table: 'old' });
    assert.deepEqual([back.counts.added, back.schema], [3, ['the table was added']]);
    fs.rmSync(path.join(folder, 'app.db'));
    assert.equal((await engine.diffTable({ a: 'then', database: 'app.db', table: 'old' })).counts.removed, 3);
    await rejected(engine.diffTable({ a: 'then', database: 'app.db', table: 'none' }), 'not-found');
    await rejected(engine.diffTable({ a: 'then', database: 'none.db', table: 'old' }), 'not-found');
  });
});

type Named = Readonly<Record<string, string>>;

/** Every row of a table as texts that tell types apart. */
function naiveRows(file: string, table: string): Named[] {
  const rows: Named[] = [];
  change(file, (db) => {
    const list = db.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
    list.setReadBigInts(true);
    const columns = db.prepare(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0`).all(table);
    for (const row of list.all()) rows.push(Object.fromEntries(columns.map(({ name }) => [String(name), shown(row[String(name)])])));
  });
  return rows;
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `blob ${Buffer.from(value).toString('hex')}`;
  return `${typeof value} ${Object.is(value, -0) ? '0' : String(value)}`;
}

function shownCell(cell: Cell): string {
  if (cell === null) return 'object null';
  if (typeof cell === 'string') return `string ${cell}`;
  if (typeof cell === 'number') return Number.isInteger(cell) ? `bigint ${cell}` : `number ${cell}`;
  if ('integer' in cell) return `bigint ${cell.integer}`;
  if ('real' in cell) return `number ${Number(cell.real) === 0 ? '0' : String(Number(cell.real))}`;
  return 'blob' in cell ? `blob ${cell.blob}` : `string ${cell.text}`;
}

interface Naive {
  readonly added: string[];
  readonly removed: string[];
  readonly changed: string[];
}

function naive(before: readonly Named[], after: readonly Named[], key: readonly string[] | undefined): Naive {
  const text = (row: Named): string => JSON.stringify(Object.values(row));
  if (key === undefined) {
    const rest = after.map(text);
    const removed = before.map(text).filter((row) => {
      const at = rest.indexOf(row);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
    return { added: rest.sort(), removed: removed.sort(), changed: [] };
  }
  const keyOf = (row: Named): string => JSON.stringify(key.map((name) => row[name]));
  const later = new Map(after.map((row) => [keyOf(row), row]));
  const earlier = new Set(before.map(keyOf));
  return {
    added: after
      .filter((row) => !earlier.has(keyOf(row)))
      .map(text)
      .sort(),
    removed: before
      .filter((row) => !later.has(keyOf(row)))
      .map(text)
      .sort(),
    changed: before
      .filter((row) => later.has(keyOf(row)) && text(later.get(keyOf(row))!) !== text(row))
      .map((row) => `${text(row)} ${text(later.get(keyOf(row))!)}`)
      .sort(),
  };
}

function told({ added, removed, changed, counts }: TableDiff): Naive {
  const text = (cells: readonly Cell[]): string => JSON.stringify(cells.map(shownCell));
  assert.deepEqual([added.length, removed.length, changed.length], [counts.added, counts.removed, counts.changed]);
  return {
    added: added.map(text).sort(),
    removed: removed.map(text).sort(),
    changed: changed.map(({ before, after }) => `${text(before)} ${text(after)}`).sort(),
  };
}
