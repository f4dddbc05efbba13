/** The commands about tables: against an engine of plain values, and the real program on a real database. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DatabaseInfo, TableDiff, TableInfo } from '../../src/engine/tablesApi.ts';
import { makeShop } from '../support/shop.ts';
import { fakeEngine, runFake, snapshot, tableDiff, tableOutcome, tablePlan } from './fakes.ts';
import { command } from '../support/command.ts';

const orders: TableInfo = {
  name: 'orders',
  kind: 'table',
  sql: 'CREATE TABLE orders (id)',
  columns: [],
  withoutRowid: false,
  strict: false,
  indexes: [],
  triggers: [],
  foreignKeys: [],
  together: null,
  rows: 1234,
  bytes: 8192,
};
const databases: readonly DatabaseInfo[] = [
  {
    path: 'app.db',
    size: 9000,
    tables: [
      orders,
      { ...orders, name: 'f', kind: 'virtual', rows: null, bytes: null, together: 'a reason' },
      { ...orders, name: 'f_data', kind: 'shadow' },
    ],
    problem: null,
  },
  { path: 'b\u001bad.db', size: 100, tables: [], problem: 'it is encrypted' },
];

describe('cli: tables', () => {
  it('lists them; JSON has all of it', async () => {
    const engine = fakeEngine({ tables: async () => databases });
    const { out, code } = await runFake(['tables'], { engine });
    assert.equal(code, 0);
    assert.equal(out, 'app.db\torders\t1,234\t8.2 kB\t\napp.db\tf\t\t\ta reason\nb\\x1bad.db\t\t\t100 bytes\tit is encrypted\n');
    assert.deepEqual((await runFake(['tables', 'latest', '--no-counts', '--json'], { engine })).json(), databases);
    assert.deepEqual(
      engine.calls.filter(({ name }) => name === 'tables').map(({ request }) => request),
      [{ state: 'current' }, { state: 'latest', counts: false }],
    );
  });

  it('names a table as DB:TABLE, or as two arguments that hold any text', async () => {
    const engine = fakeEngine();
    const asked = async (...argv: string[]): Promise<unknown> => {
      const { code } = await runFake(argv, { engine });
      assert.equal(code, 0, argv.join(' '));
      return engine.calls.findLast(({ name }) => name !== 'dispose')!.request;
    };
    const table = { database: 'app.db', table: 'orders' };
    assert.deepEqual(await asked('table', 'show', 'app.db:orders'), { state: 'current', ...table });
    assert.deepEqual(await asked('table', 'show', 'latest', 'app.db:orders', '--limit', '5', '--after', '[]'), {
      state: 'latest',
      ...table,
      limit: 5,
      after: '[]',
    });
    assert.deepEqual(await asked('table', 'show', 'latest', 'a:b.db', 'x:y'), { state: 'latest', database: 'a:b.db', table: 'x:y' });
    assert.deepEqual(await asked('table', 'show', 'app.db:x:y'), { state: 'current', database: 'app.db', table: 'x:y' });
    assert.deepEqual(await asked('table', 'show', '--', 'app.db:--yes'), { state: 'current', database: 'app.db', table: '--yes' });
    assert.deepEqual(await asked('table', 'diff', 'one', 'app.db:orders'), { a: 'one', ...table });
    assert.deepEqual(await asked('table', 'diff', 'one', 'two', 'app.db:orders', '--skip', '7'), { a: 'one', b: 'two', ...table, skip: 7 });
    assert.deepEqual(await asked('table', 'diff', 'one', 'two', 'app.db', 'orders'), { a: 'one', b: 'two', ...table });
    assert.deepEqual(await asked('table', 'restore', 'one', 'app.db:orders', '--yes'), { state: 'one', ...table });
    assert.deepEqual(await asked('table', 'restore', 'one', 'app.db', 'orders', '--yes'), { state: 'one', ...table });
    for (const wrong of [
      ['show', 'orders'],
      ['show', ':orders'],
      ['diff', 'a', 'orders'],
      ['restore', 'a', 'b', 'c', 'd'],
      ['show', 'a:b', '--limit', 'x'],
    ]) {
      assert.equal((await runFake(['table', ...wrong], { engine })).code, 2, wrong.join(' '));
    }
  });

  it('shows rows and differences as lines, whatever is in them', async () => {
    const rows = [
      [1, null, 'a\tb\u001b', { real: '2.0' }, { integer: '9223372036854775807' }, { blob: '00ff', bytes: 2 }, { blob: '00', bytes: 9 }],
    ];
    const engine = fakeEngine({ tableRows: async () => ({ columns: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], rows, next: '["x"]' }) });
    const shown = await runFake(['table', 'show', 'app.db:t'], { engine });
    assert.equal(shown.out, "1\tNULL\ta\\tb\\x1b\t2.0\t9223372036854775807\tx'00ff'\tx'00…' (9 bytes)\n");
    const terminal = await runFake(['table', 'show', 'app.db:t'], { engine, terminal: true });
    assert.match(terminal.out, /More: --after '\["x"\]'/);
    const differs: TableDiff = { ...tableDiff, schema: ['index “i” added'] };
    const diff = await runFake(['table', 'diff', 'one', 'app.db:t'], {
      engine: fakeEngine({ diffTable: async () => differs }),
      terminal: true,
    });
    assert.match(diff.out, /^! {2}index “i” added\nM {2}id=1\tnote: old → 9223372036854775807\nA {2}3\tnew\nD {2}2\tNULL\n/);
    assert.match(diff.out, /the definition differs, 1 changed, 1 new, 1 removed \(rows compared by primary key\)/);
  });

  it('restores after a yes; a dry run only says what would be done', async () => {
    const engine = fakeEngine();
    const argv = ['table', 'restore', 'latest', 'app.db:orders'];
    const done = (): string[] => engine.calls.map(({ name }) => name).filter((name) => /^(restore|execute)/.test(name));
    const dry = await runFake([...argv, '--dry-run', '--json'], { engine });
    assert.deepEqual(dry.json(), { plan: { ...tablePlan, request: { state: 'latest', database: 'app.db', table: 'orders' } } });
    assert.equal((await runFake(argv, { engine })).code, 3);
    assert.equal((await runFake(argv, { engine, answers: ['n'] })).code, 130);
    assert.deepEqual(done(), []);
    const asked = await runFake(argv, { engine, answers: ['y'] });
    assert.match(asked.err, /rows: 2 put back as they were, 1 brought back, 3 removed that came later\. The state now is kept/);
    assert.match(asked.out, /Done: rows 2 put back, 1 brought back, 3 removed\.\nThe state before is snapshot 55555555/);
    assert.deepEqual(done(), ['executeTableRestore']);
    const { plan, outcome } = (await runFake([...argv, '--yes', '--json'], { engine })).json() as { plan: object; outcome: object };
    assert.deepEqual(outcome, { ...tableOutcome, safety: tableOutcome.safety });
    assert.ok('request' in plan);
    const nothing = { ...tablePlan, counts: { add: 0, change: 0, remove: 0 } };
    const same = await runFake(argv, { engine: fakeEngine({ planTableRestore: async () => nothing }), answers: [] });
    assert.equal(same.code, 0);
    assert.match(same.out, /there is nothing to restore/);
    assert.equal(snapshot.id, tablePlan.snapshot.id);
  });
});

describe('cli: tables of a real database', () => {
  let folder = '';
  const run = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], { cwd: folder, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'snapstage-cli-tables-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('list, show, diff, restore and undo', () => {
    const change = (work: (db: DatabaseSync) => void): void => {
      const db = new DatabaseSync(path.join(folder, 'shop.db'), { enableForeignKeyConstraints: false });
      work(db);
      db.close();
    };
    change(makeShop);
    assert.equal(run('init').code, 0);
    assert.equal(run('take', '--name', 'then').code, 0);
    change((db) => db.exec(`UPDATE Artist SET Name = 'other' WHERE ArtistId = 3; DELETE FROM Artist WHERE ArtistId = 20`));
    const listed = run('tables', 'then', '--json');
    assert.equal(listed.err, '');
    const [shop] = JSON.parse(listed.out) as DatabaseInfo[];
    assert.equal(shop!.tables.find((table) => table.name === 'Artist')!.rows, 20);
    assert.match(run('table', 'show', 'then', 'shop.db:Artist', '--limit', '2').out, /^1\tArtist 1\n2\tArtist 2\n$/);
    assert.equal(run('table', 'diff', 'then', 'shop.db:Artist').out, 'M  ArtistId=3\tName: Artist 3 → other\nD  20\tArtist 20\n');
    const restored = run('table', 'restore', 'then', 'shop.db:Artist', '--yes');
    assert.equal(restored.err, '', 'no warning of Node is shown');
    assert.match(restored.out, /Done: rows 1 put back, 1 brought back/);
    assert.equal(run('table', 'diff', 'then', 'shop.db:Artist').out, '');
    assert.equal(run('undo').code, 0);
    assert.equal(run('table', 'diff', 'then', 'shop.db:Artist').out.length > 0, true);
    const missing = run('table', 'show', 'then', 'shop.db:none');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /“shop\.db” in then: there is no table “none”\./);
  });
});
