import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Work } from '../../../src/base/work.ts';
import { currentPages, NO_PAGES } from '../../../src/instance/tables/pageSource.ts';
import { copyImage, mergeRows, putTables, writeExtract, type RowChoice } from '../../../src/space/merge/tables/images.ts';
import { Workbench } from '../../support/folders.ts';
import { forgeDefinition, judge } from '../../support/judge.ts';
import { makeTable, twoTables } from '../../support/randomTables.ts';
import { makeShop } from '../../support/shop.ts';

const bench = new Workbench();
const work = (): Work => new Work();

function database(folder: string, name: string, make: string | ((db: DatabaseSync) => void)): string {
  const file = path.join(folder, name);
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    if (typeof make === 'string') db.exec(make);
    else make(db);
  } finally {
    db.close();
  }
  return file;
}

async function extract(folder: string, name: string, table: string, to: string): Promise<string> {
  const file = path.join(folder, to);
  using pages = currentPages(folder, name);
  await writeExtract(file, { name: table, pages }, work());
  return file;
}

function rowsOf(file: string, sql: string): unknown[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row).join(' '));
  } finally {
    db.close();
  }
}

describe('space: tables as files', () => {
  afterEach(() => bench.clear());

  it('an extract holds one table with its rows, indexes and triggers, and nothing else; the same bytes each time', async () => {
    const folder = bench.folder();
    const shop = database(folder, 'shop.db', makeShop);
    for (const table of ['Track', 'Album', 'PlaylistTrack', 'Setting', 'Playlist']) {
      const file = await extract(folder, 'shop.db', table, `${table}.db`);
      assert.deepEqual(judge(file, table), judge(shop, table), table);
      assert.deepEqual(rowsOf(file, `SELECT DISTINCT tbl_name FROM sqlite_schema WHERE tbl_name <> 'sqlite_sequence'`), [table]);
      const again = await extract(folder, 'shop.db', table, `${table} again.db`);
      assert.ok(fs.readFileSync(again).equals(fs.readFileSync(file)), table);
    }
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => /-(wal|shm|journal)$/.test(name)),
      [],
    );
  });

  it('put into another database it is there as it was, and the other tables stay', async () => {
    const folder = bench.folder();
    const shop = database(folder, 'shop.db', makeShop);
    await extract(folder, 'shop.db', 'Track', 'track.db');
    const target = database(folder, 'mine.db', (db) => {
      makeShop(db);
      db.exec(`DELETE FROM Track WHERE TrackId % 3 = 0; UPDATE Track SET Name = 'mine'; DELETE FROM Log; DROP INDEX TrackByAlbum`);
    });
    const others = ['Album', 'Log', 'Playlist'].map((table) => judge(target, table));
    await (async () => {
      using pages = currentPages(folder, 'mine.db');
      copyImage(pages, path.join(folder, 'copy.db'), work());
      using track = currentPages(folder, 'track.db');
      await putTables(path.join(folder, 'copy.db'), [{ name: 'Track', pages: track }], work());
    })();
    assert.deepEqual(judge(path.join(folder, 'copy.db'), 'Track'), judge(shop, 'Track'));
    assert.deepEqual(
      ['Album', 'Log', 'Playlist'].map((table) => judge(path.join(folder, 'copy.db'), table)),
      others,
    );
    assert.deepEqual(rowsOf(target, 'SELECT DISTINCT Name FROM Track'), ['mine'], 'the original is as it was');
  });

  it('whatever the table, extracting and putting it back changes nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(twoTables, async ([one, other]) => {
        const folder = bench.folder();
        const source = database(folder, 'source.db', (db) => makeTable(db, one));
        const target = database(folder, 'target.db', (db) => makeTable(db, other));
        const file = await extract(folder, 'source.db', one.name, 'extract.db');
        assert.deepEqual(judge(file, one.name), judge(source, one.name));
        using pages = currentPages(folder, 'extract.db');
        await putTables(target, [{ name: one.name, pages }], work());
        assert.deepEqual(judge(target, one.name), judge(source, one.name));
        await bench.clear();
      }),
      { numRuns: 60 },
    );
  });

  it('tables that refer to each other come together, or not at all', async () => {
    const folder = bench.folder();
    database(folder, 'shop.db', makeShop);
    const target = database(folder, 'mine.db', 'CREATE TABLE own (a)');
    await extract(folder, 'shop.db', 'Album', 'album.db');
    await extract(folder, 'shop.db', 'Artist', 'artist.db');
    using album = currentPages(folder, 'album.db');
    using artist = currentPages(folder, 'artist.db');
    const [child, parent] = [
      { name: 'Album', pages: album },
      { name: 'Artist', pages: artist },
    ];
    await assert.rejects(putTables(target, [child], work()), { code: 'refused', message: /foreign keys/ });
    await assert.rejects(putTables(target, [child, { name: 'Nothing', pages: artist }], work()), { code: 'not-found' });
    assert.deepEqual(rowsOf(target, 'SELECT name FROM sqlite_schema'), ['own']);
    await putTables(target, [child, parent], work());
    assert.deepEqual(rowsOf(target, 'SELECT count(*) FROM Album JOIN Artist USING (ArtistId)'), ['100']);
  });

  it('refuses what can’t travel alone, what would break keys, and what is forged', async () => {
    const folder = bench.folder();
    database(folder, 'shop.db', makeShop);
    for (const table of ['Long tracks', 'Search', 'Place_node'])
      await assert.rejects(extract(folder, 'shop.db', table, `no ${table}`), { code: 'refused' });
    await assert.rejects(extract(folder, 'shop.db', 'Nothing', 'none'), { code: 'not-found' });
    database(folder, 'few.db', 'CREATE TABLE Artist (ArtistId INTEGER PRIMARY KEY, Name); INSERT INTO Artist VALUES (1, 1)');
    using few = currentPages(folder, 'few.db');
    const before = fs.readFileSync(path.join(folder, 'shop.db'));
    await assert.rejects(putTables(path.join(folder, 'shop.db'), [{ name: 'Artist', pages: few }], work()), {
      code: 'refused',
      message: /foreign keys/,
    });
    const forged = database(folder, 'forged.db', 'CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    forgeDefinition(forged, 't', 'CREATE TABLE t (a); DROP TABLE Artist');
    using bad = currentPages(folder, 'forged.db');
    await assert.rejects(putTables(path.join(folder, 'shop.db'), [{ name: 't', pages: bad }], work()), { code: 'damaged' });
    fs.writeFileSync(path.join(folder, 'noise.db'), Buffer.alloc(8192, 7));
    using noise = currentPages(folder, 'noise.db');
    await assert.rejects(putTables(path.join(folder, 'shop.db'), [{ name: 't', pages: noise }], work()), { code: 'damaged' });
    assert.ok(fs.readFileSync(path.join(folder, 'shop.db')).equals(before), 'nothing was changed');
  });

  describe('merged by row', () => {
    interface Sides {
      readonly mine: string;
      readonly base?: string;
      readonly incoming: string;
    }

    async function merged(sides: Sides, choose: RowChoice = () => 'mine'): Promise<string> {
      const folder = bench.folder();
      const file = database(folder, 'copy.db', sides.mine);
      for (const [name, sql] of Object.entries(sides)) database(folder, name, sql as string);
      using mine = currentPages(folder, 'mine');
      using incoming = currentPages(folder, 'incoming');
      using base = sides.base === undefined ? NO_PAGES : currentPages(folder, 'base');
      await mergeRows(file, { mine, base, incoming }, 't', choose, work());
      return file;
    }

    const make = (key: string, rows: string): string => `CREATE TABLE t (id ${key}, a, b); CREATE INDEX i ON t (a);
      CREATE TABLE log (what); CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END; INSERT INTO t VALUES ${rows}; DELETE FROM log`;

    for (const key of ['INTEGER PRIMARY KEY', 'TEXT NOT NULL PRIMARY KEY', 'INTEGER PRIMARY KEY AUTOINCREMENT']) {
      it(`with ${key}: rows and cells of both, conflicts as chosen`, async () => {
        const sides = {
          base: make(key, `(1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4), (5, 'e', 5), (6, 'f', 6)`),
          mine: make(key, `(1, 'mine', 1), (2, 'b', 20), (3, 'c', 3), (4, 'm', 4), (5, 'm', 5), (10, 'new', 0)`),
          incoming: make(key, `(1, 'a', 1), (2, 'B', 2), (4, 'i', 4), (5, 'i', 5), (6, 'F', 6), (11, 'sent', 0)`),
        };
        const file = await merged(sides, ([id]) => (id === 4n || id === '4' ? 'incoming' : 'mine'));
        const rows = ['1 mine 1', '2 B 20', '4 i 4', '5 m 5', '10 new 0', '11 sent 0'];
        assert.deepEqual(rowsOf(file, 'SELECT * FROM t ORDER BY CAST(id AS INTEGER)'), rows);
        assert.deepEqual(rowsOf(file, 'SELECT * FROM log'), [], 'no trigger ran');
        assert.deepEqual(rowsOf(file, 'PRAGMA integrity_check'), ['ok']);
        if (key.endsWith('AUTOINCREMENT')) assert.deepEqual(rowsOf(file, 'SELECT seq FROM sqlite_sequence'), ['11']);
        const all = await merged(sides, () => 'incoming');
        assert.deepEqual(rowsOf(all, 'SELECT id FROM t WHERE id = 6'), ['6'], 'a row that I deleted comes back where theirs is chosen');
      });
    }

    it('refuses what has no key, other columns, or breaks a constraint, and changes nothing', async () => {
      const plain = { mine: 'CREATE TABLE t (a); INSERT INTO t VALUES (1)', incoming: 'CREATE TABLE t (a)' };
      await assert.rejects(merged(plain), { code: 'refused', message: /no key/ });
      const more = { mine: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)', incoming: 'CREATE TABLE t (id INTEGER PRIMARY KEY)' };
      await assert.rejects(merged(more), { code: 'refused', message: /columns differ/ });
      const unique = (rows: string): string => `CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE); INSERT INTO t VALUES ${rows}`;
      await assert.rejects(merged({ mine: unique(`(1, 'x')`), incoming: unique(`(2, 'x')`) }), { code: 'refused', message: /UNIQUE/ });
    });

    it('gives the rows that a map would', async () => {
      const version = fc.dictionary(fc.constantFrom('1', '2', '3'), fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('x', 'y')), {
        noNullPrototype: true,
      });
      await fc.assert(
        fc.asyncProperty(
          version,
          version,
          version,
          fc.constantFrom('mine' as const, 'incoming' as const),
          async (mine, base, incoming, chosen) => {
            const sql = (rows: typeof mine): string =>
              `CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); ${Object.entries(rows)
                .map(([id, [a, b]]) => `INSERT INTO t VALUES (${id}, '${a}', '${b}');`)
                .join('')}`;
            const file = await merged({ mine: sql(mine), base: sql(base), incoming: sql(incoming) }, () => chosen);
            const expected = ['1', '2', '3'].flatMap((id) => {
              const [m, b, i] = [mine[id], base[id], incoming[id]];
              const row = pick(m, b, i, chosen);
              return row === undefined ? [] : [`${id} ${row.join(' ')}`];
            });
            assert.deepEqual(rowsOf(file, 'SELECT * FROM t'), expected);
            await bench.clear();
          },
        ),
        { numRuns: 80 },
      );
    });

    type Cells = readonly string[] | undefined;

    function pick(m: Cells, b: Cells, i: Cells, chosen: 'mine' | 'incoming'): Cells {
      const isSame = (one: Cells, other: Cells): boolean => one?.join() === other?.join();
      if (isSame(m, b)) return i;
      if (isSame(i, b) || isSame(m, i)) return m;
      const isJoint =
        m !== undefined && b !== undefined && i !== undefined && m.every((cell, at) => cell === b[at] || i[at] === b[at] || cell === i[at]);
      if (!isJoint) return chosen === 'mine' ? m : i;
      return m.map((cell, at) => (cell === b[at] ? i[at]! : cell));
    }
  });
});
