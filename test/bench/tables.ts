/**
 * Tables of a large database: `node test/bench/tables.ts [rows]` makes one of so many rows (default 3,000,000: about 500 MB), and prints how
 * long listing, paging, comparing and restoring take and how much memory their process had at most; beside them the programs of SQLite
 * that do something like it, as far as they are there. Every line is a process of its own.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { formatSize } from '../../src/base/format.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { EngineApi } from '../../src/engine/api.ts';

const table = { database: 'app.db', table: 'orders' } as const;
const plain = { database: 'app.db', table: 'log' } as const;

const operations: Readonly<Record<string, (engine: EngineApi) => Promise<unknown>>> = {
  'take (first)': (engine) => engine.take({ name: 'then' }),
  'tables, from the snapshot': (engine) => engine.tables({ state: 'then' }),
  'tables without counts': (engine) => engine.tables({ state: 'then', counts: false }),
  'first page': (engine) => engine.tableRows({ state: 'then', ...table }),
  'page in the middle': (engine) => engine.tableRows({ state: 'then', ...table, after: '[{"i":"1000000"}]' }),
  'compare by key, few changes': (engine) => engine.diffTable({ a: 'then', ...table }),
  'compare by row, few changes': (engine) => engine.diffTable({ a: 'then', ...plain }),
  'restore one table': (engine) => engine.restoreTable({ state: 'then', ...table }),
};

async function runOperation(name: string, folder: string): Promise<void> {
  const engine = openEngine({ folder });
  const before = process.resourceUsage().maxRSS;
  const began = performance.now();
  const outcome = await operations[name]!(engine);
  const lasted = performance.now() - began;
  await engine.dispose();
  const text = JSON.stringify(outcome, ['counts', 'added', 'changed', 'removed', 'add', 'change', 'remove']);
  process.stdout.write(JSON.stringify({ lasted, before, peak: process.resourceUsage().maxRSS, text: text.length < 200 ? text : '' }));
}

function makeDatabase(file: string, rows: number): void {
  const db = new DatabaseSync(file);
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, price REAL, note TEXT, data BLOB);
    CREATE TABLE log (at REAL, what TEXT); BEGIN;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      INSERT INTO orders SELECT i, 'customer ' || (i * 7919 % 10007), i / 7.0, hex(randomblob(20)), randomblob(40) FROM n;
    INSERT INTO log SELECT price, note FROM orders WHERE id % 6 = 0;
    CREATE INDEX by_customer ON orders (customer); COMMIT`);
  db.close();
}

function changeDatabase(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`UPDATE orders SET note = 'changed' WHERE id % 100000 = 7; DELETE FROM orders WHERE id % 250000 = 9;
    INSERT INTO orders (customer) VALUES ('new'); DELETE FROM log WHERE rowid % 100000 = 1; INSERT INTO log VALUES (1, 'new')`);
  db.close();
}

function line(name: string, lasted: number, memory: string, text = ''): void {
  process.stdout.write(`${name.padEnd(32)} ${(lasted / 1000).toFixed(2).padStart(8)} s  ${memory.padEnd(28)} ${text}\n`);
}

function measure(name: string, folder: string): void {
  const ended = spawnSync(process.execPath, [import.meta.filename, 'operation', name, folder], { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${name}: ${ended.stderr}`);
  const { lasted, before, peak, text } = JSON.parse(ended.stdout) as { lasted: number; before: number; peak: number; text: string };
  line(name, lasted, `peak ${formatSize(peak * 1024, 'en')} (from ${formatSize(before * 1024, 'en')})`, text);
}

function measureProgram(name: string, program: string, args: readonly string[]): void {
  const began = performance.now();
  const ended = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (ended.error !== undefined) process.stdout.write(`${name.padEnd(32)} is not on this machine\n`);
  else line(name, performance.now() - began, '');
}

async function main(rows: number): Promise<void> {
  const scratch = fs.mkdtempSync(join(tmpdir(), 'snapstage-bench-tables-'));
  try {
    const folder = join(scratch, 'instance');
    const file = join(folder, table.database);
    fs.mkdirSync(folder);
    makeDatabase(file, rows);
    fs.copyFileSync(file, join(scratch, 'then.db'));
    process.stdout.write(`${rows} rows, ${formatSize(fs.statSync(file).size, 'en')}\n`);
    const engine = openEngine({ folder });
    await engine.init();
    await engine.dispose();
    for (const name of Object.keys(operations)) {
      measure(name, folder);
      if (name.startsWith('page')) changeDatabase(file);
      if (name.startsWith('page')) fs.copyFileSync(file, join(scratch, 'now.db'));
    }
    measureProgram('sqlite3 .dump orders', 'sqlite3', [file, '.dump orders']);
    measureProgram('sqlite3 .dump into a new one', 'sh', [
      '-c',
      'sqlite3 "$0" ".dump orders" | sqlite3 "$1"',
      file,
      join(scratch, 'copy.db'),
    ]);
    measureProgram('sqldiff orders', 'sqldiff', ['--table', 'orders', join(scratch, 'then.db'), join(scratch, 'now.db')]);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

const [first, name, folder] = process.argv.slice(2);
if (first === 'operation') await runOperation(name!, folder!);
else await main(Number(first ?? 3_000_000));
