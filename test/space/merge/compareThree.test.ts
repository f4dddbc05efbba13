import assert from 'node:assert/strict';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Work } from '../../../src/base/work.ts';
import { currentPages, NO_PAGES, type PageSource } from '../../../src/instance/tables/pageSource.ts';
import { Sandbox } from '../../../src/instance/tables/sandbox.ts';
import { compareThree, type RowChange, type ThreeTables } from '../../../src/space/merge/tables/compareThree.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();
const ALL = { skip: 0, limit: 1000 };

/** Compares the table `t` of three databases made by these statements. */
async function compare(
  sql: { readonly mine: string; readonly base?: string; readonly incoming: string },
  window = ALL,
  only?: readonly RowChange[],
): Promise<ThreeTables> {
  const folder = bench.folder();
  const pages = (name: string, statements: string | undefined): PageSource => {
    if (statements === undefined) return NO_PAGES;
    const db = new DatabaseSync(path.join(folder, name));
    db.exec(statements);
    db.close();
    return currentPages(folder, name);
  };
  using mine = pages('mine', sql.mine);
  using base = pages('base', sql.base);
  using incoming = pages('incoming', sql.incoming);
  using sandbox = await Sandbox.open(new Work(), mine, incoming, base);
  return await compareThree(sandbox, 't', window, only && new Set(only));
}

const KEYED = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES';
const PLAIN = 'CREATE TABLE t (a, b); INSERT INTO t VALUES';

describe('space: three versions of a table', () => {
  afterEach(() => bench.clear());

  it('tells by key which rows and cells each side changed', async () => {
    const found = await compare({
      base: `${KEYED} (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4), (5, 'e', 5), (6, 'f', 6), (7, 'g', 7)`,
      mine: `${KEYED} (1, 'a', 1), (2, 'mine', 2), (3, 'c', 30), (4, 'm', 4), (6, 'F', 6), (7, 'same', 7), (10, 'mine', NULL)`,
      incoming: `${KEYED} (1, 'sent', 1), (2, 'b', 2), (3, 'C', 3), (4, 'i', 4), (5, 'e', 50), (7, 'same', 7), (11, 'sent', NULL)`,
    });
    assert.deepEqual([found.by, found.columns, found.key], ['key', ['id', 'a', 'b'], ['id']]);
    assert.deepEqual(found.counts, { mine: 2, incoming: 2, joint: 1, conflict: 3 });
    const told = found.rows.map(({ mine, base, incoming, change, cells }) => [
      (mine ?? base ?? incoming)![0],
      change,
      cells.mine,
      cells.incoming,
    ]);
    assert.deepEqual(told, [
      [1, 'incoming', [], [1]],
      [2, 'mine', [1], []],
      [3, 'joint', [2], [1]],
      [4, 'conflict', [1], [1]],
      [5, 'conflict', [0, 1, 2], [2]],
      [6, 'conflict', [1], [0, 1, 2]],
      [10, 'mine', [0, 1, 2], []],
      [11, 'incoming', [], [0, 1, 2]],
    ]);
    const [, , joint] = found.rows;
    assert.deepEqual(
      [joint!.mine, joint!.base, joint!.incoming],
      [
        [3, 'c', 30],
        [3, 'c', 3],
        [3, 'C', 3],
      ],
    );
    assert.deepEqual(found.rows[4]!.mine, null);
  });

  it('without a key, or with keys that are missing, counts whole rows', async () => {
    for (const make of [PLAIN, 'CREATE TABLE t (a PRIMARY KEY, b); INSERT INTO t VALUES (NULL, NULL),']) {
      const found = await compare({
        base: `${make} ('x', 1), ('y', 1)`,
        mine: `${make} ('x', 1), ('m', 1)`,
        incoming: `${make} ('x', 1), ('y', 1), ('i', 1)`,
      });
      assert.deepEqual([found.by, found.counts], ['row', { mine: 2, incoming: 1, joint: 0, conflict: 0 }]);
      const told = found.rows.map(({ mine, base, incoming }) => [mine?.[0], base?.[0], incoming?.[0]]);
      assert.deepEqual(
        told.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
        [
          ['m', undefined, undefined],
          [undefined, 'y', 'y'],
          [undefined, undefined, 'i'],
        ],
      );
    }
    const twice = await compare({ base: `${PLAIN} (1, 1)`, mine: `${PLAIN} (1, 1), (1, 1)`, incoming: 'CREATE TABLE t (a, b)' });
    assert.deepEqual([twice.counts, twice.rows.length], [{ mine: 0, incoming: 0, joint: 0, conflict: 2 }, 2]);
  });

  it('without a base what both have differently is in conflict', async () => {
    const sides = { mine: `${KEYED} (1, 'x', 1), (2, 'm', 1), (3, 's', 1)`, incoming: `${KEYED} (1, 'y', 1), (3, 's', 1), (4, 'i', 1)` };
    for (const base of [undefined, 'CREATE TABLE other (a)', 'CREATE VIEW t AS SELECT 1 AS id']) {
      const found = await compare({ ...sides, ...(base === undefined ? {} : { base }) });
      assert.deepEqual(
        found.rows.map(({ change }) => change),
        ['conflict', 'mine', 'incoming'],
      );
    }
  });

  it('tells a part at a time, and only the changes asked for; counts are of all', async () => {
    const rows = (change: (i: number) => string): string =>
      `${KEYED} ${Array.from({ length: 30 }, (_, i) => `(${i}, '${change(i)}', 1)`).join()}`;
    const sql = { base: rows(() => 'b'), mine: rows((i) => (i % 2 === 0 ? 'm' : 'b')), incoming: rows((i) => (i % 3 === 0 ? 'i' : 'b')) };
    const ids = (found: ThreeTables): unknown => found.rows.map(({ mine }) => mine![0]);
    const page = await compare(sql, { skip: 2, limit: 3 });
    assert.deepEqual([ids(page), page.counts], [[3, 4, 6], { mine: 10, incoming: 5, joint: 0, conflict: 5 }]);
    const conflicts = await compare(sql, { skip: 1, limit: 2 }, ['conflict']);
    assert.deepEqual([ids(conflicts), conflicts.counts], [[6, 12], page.counts]);
  });

  it('values are told apart by their types, keys as the table does', async () => {
    const types = await compare({ base: `${KEYED} (1, 1, '1')`, mine: `${KEYED} (1, 1, '1')`, incoming: `${KEYED} (1, 1.0, 1)` });
    assert.deepEqual(
      types.rows.map(({ cells }) => cells.incoming),
      [[1, 2]],
    );
    const folded = 'CREATE TABLE t (a TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, b) WITHOUT ROWID; INSERT INTO t VALUES';
    const keys = await compare({ base: `${folded} ('Key', 1)`, mine: `${folded} ('Key', 2)`, incoming: `${folded} ('KEY', 1)` });
    assert.deepEqual([keys.rows.length, keys.rows[0]!.change, keys.rows[0]!.cells], [1, 'joint', { mine: [1], incoming: [0] }]);
  });

  it('says what is different about the definitions, and compares the columns that all have', async () => {
    const found = await compare({
      base: `${KEYED} (1, 'a', 1)`,
      mine: `${KEYED} (1, 'a', 1); ALTER TABLE t ADD COLUMN own; CREATE INDEX i ON t (a)`,
      incoming: 'CREATE TABLE t (id INTEGER PRIMARY KEY, B, c); INSERT INTO t VALUES (1, 2, 3)',
    });
    assert.deepEqual(found.columns, ['id', 'b']);
    assert.deepEqual(found.schema.mine, ['column “own” added', 'index “i” added']);
    assert.ok(found.schema.incoming.includes('column “a” removed'));
    assert.deepEqual(
      found.rows.map(({ change, cells }) => [change, cells.incoming]),
      [['incoming', [1]]],
    );
  });

  it('refuses what has no rows of its own, and says when there is none', async () => {
    const table = `${KEYED} (1, 1, 1)`;
    await assert.rejects(compare({ mine: 'CREATE VIEW t AS SELECT 1', incoming: table }), { code: 'refused' });
    await assert.rejects(compare({ mine: table, incoming: 'CREATE VIRTUAL TABLE t USING fts5(a)' }), { code: 'refused' });
    await assert.rejects(compare({ mine: table, incoming: 'CREATE TABLE u (a)' }), { code: 'not-found' });
  });

  it('agrees with a comparison of maps', async () => {
    const version = fc.dictionary(
      fc.constantFrom('1', '2', '3', '4'),
      fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('x', 'y')),
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(version, version, version, fc.boolean(), async (mine, base, incoming, isRowid) => {
        const make = (rows: typeof mine): string => {
          const values = Object.entries(rows).map(
            ([id, cells]) => `INSERT INTO t VALUES (${isRowid ? id : `'${id}'`}, '${cells[0]}', '${cells[1]}');`,
          );
          return `CREATE TABLE t (id ${isRowid ? 'INTEGER PRIMARY KEY' : 'TEXT NOT NULL PRIMARY KEY'}, a, b); ${values.join('')}`;
        };
        const found = await compare({ mine: make(mine), base: make(base), incoming: make(incoming) });
        const expected = ['1', '2', '3', '4'].flatMap((id) => {
          const [m, b, i] = [mine[id], base[id], incoming[id]].map((cells) => cells?.join(''));
          if (m === i) return [];
          if (m === b || i === b) return [[id, m === b ? 'incoming' : 'mine']];
          const isJoint =
            m !== undefined &&
            b !== undefined &&
            i !== undefined &&
            [0, 1].every((at) => m[at] === b[at] || i[at] === b[at] || m[at] === i[at]);
          return [[id, isJoint ? 'joint' : 'conflict']];
        });
        const told = found.rows.map((row) => [JSON.stringify((row.mine ?? row.incoming ?? row.base)![0]).replaceAll('"', ''), row.change]);
        assert.deepEqual(told, expected);
        await bench.clear();
      }),
      { numRuns: 150 },
    );
  });
});
