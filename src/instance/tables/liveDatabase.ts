/** The database that programs of the user work on: written through the system's own locks, in one transaction. */
import type * as sqlite from 'node:sqlite';
import { SnapstageError } from '../../base/errors.ts';
import { BrokenKeys } from './brokenKeys.ts';
import type { RowChanges } from './rowChanges.ts';
import type { Table } from './schema.ts';
import { quote } from './sql.ts';
import { RawText, type Value } from './values.ts';

type NodeSqlite = typeof sqlite;

/** A table as it is to be: absent for one that is to go. */
export interface TableContent {
  readonly table: Table;
  /** Rows in their order: the rowid first where the table has one that is no column, then `columns`. */
  readonly columns: readonly string[];
  readonly rows: () => Iterable<readonly Value[]>;
  /** What AUTOINCREMENT has come to; `undefined` where there is none. */
  readonly sequence: Value | undefined;
}

/** How long a lock of others is waited for. */
const PATIENCE_MS = 5000;

/** One connection, in a transaction from the start: nobody else writes until it ends. */
export class LiveDatabase implements Disposable {
  private readonly db: sqlite.DatabaseSync;

  private constructor(db: sqlite.DatabaseSync) {
    this.db = db;
  }

  /** @throws SnapstageError `busy` while others hold the lock, `damaged` for what is no database. */
  static open({ DatabaseSync: Database }: NodeSqlite, path: string | Buffer): LiveDatabase {
    const db = new Database(path, {
      enableForeignKeyConstraints: false, // checked at the end, when all is in its place
      enableDoubleQuotedStringLiterals: true, // old definitions may have them
      timeout: PATIENCE_MS,
    });
    try {
      for (const sql of ['trusted_schema = OFF', 'ignore_check_constraints = ON', 'cell_size_check = ON']) db.exec(`PRAGMA ${sql}`);
      db.exec('BEGIN IMMEDIATE');
      return new LiveDatabase(db);
    } catch (error) {
      db.close();
      throw liveError(error);
    }
  }

  /** Runs a change of a table. @throws SnapstageError `refused` when more foreign keys lead nowhere after it than before. */
  keepingKeys(table: string, change: () => void): void {
    const refuseMore = this.watchKeys([table]);
    change();
    refuseMore();
  }

  /** What to call after a change of tables. It throws SnapstageError `refused` when more foreign keys lead nowhere then than now. */
  watchKeys(tables: readonly string[]): () => void {
    const broken = translated(() => new BrokenKeys(this.db, tables));
    return () => translated(() => broken.refuseMore());
  }

  /**
   * Makes the table, its rows, indexes and triggers as given. `check` is called now and then.
   * @throws SnapstageError `refused` where a name is taken, `damaged` for a definition that is none.
   */
  replace(name: string, content: TableContent | undefined, check: () => void): void {
    translated(() => {
      this.refuseOthers(name);
      this.db.exec(`DROP TABLE IF EXISTS main.${quote(name)}`);
      if (content !== undefined) this.create(content, check);
    });
  }

  /** The same for a table whose definition is as it is to be, and of which only some rows are not: they have a key. */
  amend(content: TableContent, { gone, come }: Pick<RowChanges, 'gone' | 'come'>, check: () => void): void {
    const { table, columns } = content;
    translated(() => {
      this.refuseOthers(table.name);
      for (const { name } of table.triggers) this.db.exec(`DROP TRIGGER main.${quote(name)}`);
      this.remove(table, gone);
      this.insert(table, columns, come, check);
      this.finish(content);
    });
  }

  /** Whether there is a table, a view or the like. */
  get hasContent(): boolean {
    return translated(
      () => this.db.prepare("SELECT 1 FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").get() !== undefined,
    );
  }

  commit(): void {
    translated(() => this.db.exec('COMMIT'));
  }

  /** What is of this name, but no table. */
  private refuseOthers(name: string): void {
    const found = this.db.prepare('SELECT type FROM pragma_table_list(?) WHERE schema = ?').get(name, 'main')?.['type'];
    if (found === undefined || found === 'table') return;
    throw new SnapstageError('refused', `“${name}” is a ${found === 'view' ? 'view' : 'virtual table'} now: rename or drop it first.`, {
      table: name,
    });
  }

  private create(content: TableContent, check: () => void): void {
    const { table, columns, rows } = content;
    this.define('table', table.name, table.sql);
    this.insert(table, columns, rows(), check);
    for (const { name, sql } of table.indexes) if (sql !== null) this.define('index', name, sql);
    this.finish(content);
  }

  /** The counter, and the triggers last: what they would do has been done. */
  private finish({ table, sequence }: TableContent): void {
    if (sequence !== undefined && this.db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`).get() !== undefined) {
      this.db.prepare('DELETE FROM main.sqlite_sequence WHERE name = ?').run(table.name);
      this.db.prepare('INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)').run(table.name, sequence as sqlite.SQLInputValue);
    }
    for (const { name, sql } of table.triggers) this.define('trigger', name, sql);
  }

  /** Only the first statement is run, and it must have made exactly this. */
  private define(type: 'table' | 'index' | 'trigger', name: string, sql: string | null): void {
    const before = this.definitions();
    this.db.prepare(sql ?? '').run();
    const made = this.db.prepare('SELECT sql FROM main.sqlite_schema WHERE type = ? AND name = ?').get(type, name);
    const isAlone = this.definitions() - before === 1;
    if (made?.['sql'] === sql && isAlone) return;
    throw new SnapstageError('damaged', `The definition of ${type} “${name}” is not what it says.`, { [type]: name });
  }

  /** Objects that a statement defined; those that come with a table are not counted. */
  private definitions(): number {
    return Number(this.db.prepare('SELECT count(sql) AS n FROM main.sqlite_schema WHERE name <> ?').get('sqlite_sequence')!['n']);
  }

  private remove({ name, key }: Table, keys: readonly (readonly Value[])[]): void {
    const statements = new Statements(this.db);
    for (const values of keys) {
      const where = key.map(({ column }, at) => `${quote(column)} = ${placeOf(values[at]!)}`).join(' AND ');
      statements.run(`DELETE FROM main.${quote(name)} WHERE ${where}`, values);
    }
  }

  private insert({ name, rowid, rowidKey }: Table, columns: readonly string[], rows: Iterable<readonly Value[]>, check: () => void): void {
    const names = [...(rowid !== null && !rowidKey ? [rowid] : []), ...columns.map(quote)];
    const into = `INSERT INTO main.${quote(name)} (${names.join(', ')}) VALUES`;
    const statements = new Statements(this.db);
    let count = 0;
    for (const row of rows) {
      if ((count += 1) % 4096 === 0) check();
      statements.run(`${into} (${row.map(placeOf).join(', ')})`, row);
    }
  }

  /** What was not committed is undone. */
  [Symbol.dispose](): void {
    this.db.close();
  }
}

/** Statements that differ in few places, each prepared once. */
class Statements {
  private readonly db: sqlite.DatabaseSync;
  private readonly prepared = new Map<string, sqlite.StatementSync>();

  constructor(db: sqlite.DatabaseSync) {
    this.db = db;
  }

  run(sql: string, values: readonly Value[]): void {
    let statement = this.prepared.get(sql);
    if (statement === undefined) this.prepared.set(sql, (statement = this.db.prepare(sql)));
    statement.run(...values.flatMap(bound));
  }
}

/** A value that Node can't bind as it is goes in another way: bytes of TEXT, and a BLOB without any. */
function placeOf(value: Value): string {
  if (value instanceof RawText) return 'CAST(? AS TEXT)';
  return value instanceof Buffer && value.length === 0 ? `x''` : '?';
}

function bound(value: Value): sqlite.SQLInputValue[] {
  if (value instanceof RawText) return [value.bytes];
  return value instanceof Buffer && value.length === 0 ? [] : [value];
}

/** https://www.sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;

function translated<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw liveError(error);
  }
}

function liveError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === BUSY || code === LOCKED) {
    return new SnapstageError(
      'busy',
      'Another program is writing to the database, or reading it for long: its lock did not go.',
      {},
      error,
    );
  }
  if (code === FULL) return new SnapstageError('no-space', 'No space left for the database.', {}, error);
  if (code === READONLY) return new SnapstageError('io', 'The database may not be written to.', {}, error);
  if (code === CORRUPT || code === NOTADB)
    return new SnapstageError('damaged', `The database is damaged, or encrypted: ${error.message}.`, {}, error);
  return new SnapstageError('refused', `SQLite refused it: ${error.message}. Nothing was changed.`, {}, error);
}

/** Node says with a warning that its SQLite is new; nobody needs to read that. */
export async function loadNodeSqlite(): Promise<NodeSqlite> {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return await import('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
