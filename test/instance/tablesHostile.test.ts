/** Databases from strangers: nothing in them may run without end, reach outside, or hide what else there is. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rejected, Workbench } from '../support/folders.ts';
import { forgeDefinition } from '../support/judge.ts';

const bench = new Workbench();

function make(file: string, ...statements: readonly string[]): void {
  const db = new DatabaseSync(file);
  for (const sql of statements) db.exec(sql);
  db.close();
}

const PAGE = 512;
const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)`;

/** Lets each inner page of a table lead to the next inner page alone, whatever cell is followed: 12 levels of 20 and more ways each. */
function tangle(file: string): void {
  const bytes = fs.readFileSync(file);
  const page = (number: number): Buffer => bytes.subarray((number - 1) * PAGE, number * PAGE);
  const numbers = Array.from({ length: bytes.length / PAGE - 1 }, (_, at) => at + 2);
  const inner = numbers.filter((number) => page(number)[0] === 5).slice(0, 13);
  const leaf = numbers.find((number) => page(number)[0] === 13)!;
  assert.equal(inner.length, 13);
  for (const [at, number] of inner.entries()) {
    const child = inner[at + 1] ?? leaf;
    const own = page(number);
    own.writeUInt32BE(child, 8);
    for (let cell = 0; cell < own.readUInt16BE(3); cell++) own.writeUInt32BE(child, own.readUInt16BE(12 + cell * 2));
  }
  fs.writeFileSync(file, bytes);
}

describe('tables of strangers', () => {
  afterEach(() => bench.clear());

  it('pages that lead everywhere, a view without end: both are given up', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'tangled.db');
    make(
      file,
      `PRAGMA page_size = ${PAGE}`,
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a)',
      `${many} INSERT INTO t SELECT i, hex(randomblob(20)) FROM n`,
    );
    await engine.take({ name: 'whole' });
    tangle(file);
    make(
      path.join(folder, 'endless.db'),
      `CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`,
    );
    const found = await engine.tables({ state: 'current' });
    assert.deepEqual(
      found.map(({ path: at, problem }) => [at, problem === null]),
      [
        ['endless.db', true],
        ['tangled.db', false],
      ],
    );
    await engine.tableRows({ state: 'current', database: 'tangled.db', table: 't', limit: 10 });
    await assert.rejects(engine.diffTable({ a: 'whole', database: 'tangled.db', table: 't' }), { code: 'damaged' });
    const endless = await rejected(engine.tableRows({ state: 'current', database: 'endless.db', table: 'v' }), 'damaged');
    assert.match(endless.message, /“endless\.db” in current: reading it does not come to an end\./);
  });

  it('what nobody here knows is named: a module, a collation, a function; nothing outside is reached', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'strange.db');
    fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    make(
      file,
      'CREATE TABLE t (a)',
      'INSERT INTO t VALUES (1)',
      `CREATE VIEW loads AS SELECT load_extension('evil')`,
      `CREATE VIEW reads AS SELECT readfile('secret.txt')`,
      `CREATE VIEW writes AS SELECT writefile('made.txt', 'x')`,
      'CREATE VIEW gone AS SELECT * FROM "not there"',
      'CREATE VIRTUAL TABLE odd USING rtree(id, a, b)',
      'CREATE TABLE sorted (a)',
    );
    forgeDefinition(file, 'odd', 'CREATE VIRTUAL TABLE odd USING nobody_knows(a)');
    forgeDefinition(file, 'sorted', 'CREATE TABLE sorted (a TEXT COLLATE nobodys PRIMARY KEY) WITHOUT ROWID');
    const [strange] = await engine.tables({ state: 'current' });
    assert.deepEqual(
      [strange!.problem, strange!.tables.map(({ name }) => name).filter((name) => !name.startsWith('odd_'))],
      [null, ['gone', 'loads', 'odd', 'reads', 'sorted', 't', 'writes']],
    );
    for (const table of ['loads', 'reads', 'writes', 'gone', 'odd', 'sorted'])
      await rejected(engine.tableRows({ state: 'current', database: 'strange.db', table }), 'refused');
    assert.deepEqual((await engine.tableRows({ state: 'current', database: 'strange.db', table: 't' })).rows, [[1]]);
    assert.equal(fs.existsSync(path.join(folder, 'made.txt')), false);
  });

  it('a database in UTF-16 is named, for it can’t be read here', async () => {
    const { folder, engine } = await bench.instance();
    make(path.join(folder, 'wide.db'), `PRAGMA encoding = 'UTF-16le'`, 'CREATE TABLE t (a)');
    const [wide] = await engine.tables({ state: 'current' });
    assert.match(wide!.problem!, /UTF-16|text encoding|unsupported/);
  });

  it('a long comparison is cancelled, and lets others have their turn', async () => {
    const { folder, engine } = await bench.instance();
    const file = path.join(folder, 'long.db');
    make(file, 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)', `${many.replace('20000', '300000')} INSERT INTO t SELECT i, i FROM n`);
    await engine.take({ name: 'then' });
    make(file, 'UPDATE t SET a = 0 WHERE id % 1000 = 0');
    const cancel = new AbortController();
    let turns = 0;
    const beat = setInterval(() => {
      if ((turns += 1) === 2) cancel.abort();
    }, 1);
    await assert.rejects(engine.diffTable({ a: 'then', database: 'long.db', table: 't' }, { signal: cancel.signal }), {
      code: 'cancelled',
    });
    clearInterval(beat);
    assert.deepEqual((await engine.diffTable({ a: 'then', database: 'long.db', table: 't', limit: 0 })).counts, {
      added: 0,
      removed: 0,
      changed: 300,
    });
  });
});
