/**
 * Databases of states, read by SQLite inside WebAssembly: what a stranger put into one can reach nothing outside, write nothing, and
 * be stopped.
 */
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { PageSource } from './pageSource.ts';
import { SandboxFiles, VFS } from './sandboxFiles.ts';
import { RawText, type Value } from './values.ts';

/** SQLite's functions as WebAssembly exports them (https://www.sqlite.org/c3ref/funclist.html): pointers are numbers. */
interface Exports {
  sqlite3_prepare_v3(db: number, sql: number, bytes: number, flags: number, statement: number, tail: number): number;
  sqlite3_step(statement: number): number;
  sqlite3_finalize(statement: number): number;
  sqlite3_bind_null(statement: number, at: number): number;
  sqlite3_bind_int64(statement: number, at: number, value: bigint): number;
  sqlite3_bind_double(statement: number, at: number, value: number): number;
  sqlite3_bind_text(statement: number, at: number, bytes: number, length: number, free: number): number;
  sqlite3_bind_blob(statement: number, at: number, bytes: number, length: number, free: number): number;
  sqlite3_column_count(statement: number): number;
  sqlite3_column_type(statement: number, column: number): number;
  sqlite3_column_int64(statement: number, column: number): bigint;
  sqlite3_column_double(statement: number, column: number): number;
  sqlite3_column_bytes(statement: number, column: number): number;
  sqlite3_column_text(statement: number, column: number): number;
  sqlite3_column_blob(statement: number, column: number): number;
}

interface Loaded {
  readonly sqlite: Sqlite3Static;
  readonly exports: Exports;
  readonly files: SandboxFiles;
}

const ROW = 100;
const DONE = 101;
/** SQLite copies what is bound. */
const TRANSIENT = -1;
const Type = { integer: 1, real: 2, text: 3, blob: 4 } as const;
/** Steps of SQLite's virtual machine between two looks at whether the work was cancelled. */
const STEPS = 20_000;

let loading: Promise<Loaded> | undefined;

/** Loaded when first asked for, because most commands never need it. */
function loadSqlite(): Promise<Loaded> {
  return (loading ??= (async () => {
    const { default: init } = await import('@sqlite.org/sqlite-wasm');
    const sqlite = await init();
    const files = new SandboxFiles();
    files.install(sqlite);
    return { sqlite, exports: sqlite.wasm.exports as Exports, files };
  })());
}

/** The row that a query has come to; good until the next one. */
export interface Row {
  /** `most`: of TEXT and BLOB at most so many bytes. */
  value(column: number, most?: number): Value;
  /** Length of TEXT or BLOB in bytes. */
  bytes(column: number): number;
  values(): Value[];
  /** Whether two columns hold different values, however long they are. */
  differs(column: number, other: number): boolean;
}

/** One database, `main`, and perhaps a second one, `other`, to be compared with it, and a third, `base`, that both come from. */
export class Sandbox implements Disposable {
  private readonly loaded: Loaded;
  private readonly work: Work;
  private readonly names: string[] = [];
  private readonly db: InstanceType<Sqlite3Static['oo1']['DB']>;
  private stopped: unknown;
  private left = Number.POSITIVE_INFINITY;

  private constructor(loaded: Loaded, main: PageSource, work: Work) {
    this.loaded = loaded;
    this.work = work;
    const { sqlite, files } = loaded;
    const name = files.add(main);
    this.names.push(name);
    this.db = new sqlite.oo1.DB({ filename: name, flags: 'r', vfs: VFS });
  }

  /** @throws SnapstageError `damaged` for what is no database, is encrypted or damaged; `refused` for UTF-16. The sources stay the caller's. */
  static async open(work: Work, main: PageSource, other?: PageSource, base?: PageSource): Promise<Sandbox> {
    const attached = Object.entries({ other, base }).flatMap(([name, source]) => (source === undefined ? [] : [[name, source] as const]));
    for (const source of [main, ...attached.map(([, each]) => each)]) refuseUtf16(source);
    const sandbox = new Sandbox(await loadSqlite(), main, work);
    try {
      sandbox.harden();
      for (const [name, source] of attached) sandbox.attach(name, source);
      // The first time that anything is read.
      for (const name of ['main', ...attached.map(([each]) => each)]) sandbox.first(`SELECT count(*) FROM ${name}.sqlite_schema`);
      return sandbox;
    } catch (error) {
      sandbox[Symbol.dispose]();
      throw error;
    }
  }

  private get pointer(): number {
    return this.db.pointer!;
  }

  /** https://www.sqlite.org/security.html */
  private harden(): void {
    const { capi } = this.loaded.sqlite;
    capi.sqlite3_db_config(this.pointer, capi.SQLITE_DBCONFIG_DEFENSIVE, 1, 0);
    capi.sqlite3_db_config(this.pointer, capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, 0);
    capi.sqlite3_db_config(this.pointer, capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, 0);
    for (const sql of ['PRAGMA cell_size_check = ON', 'PRAGMA temp_store = FILE', 'PRAGMA cache_size = -4096']) this.first(sql);
    capi.sqlite3_progress_handler(this.pointer, STEPS, () => this.mayGoOn(), 0);
  }

  private attach(schema: string, source: PageSource): void {
    const name = this.loaded.files.add(source);
    this.names.push(name);
    this.first(`ATTACH ? AS ${schema}`, name);
  }

  private mayGoOn(): number {
    try {
      this.work.check();
      this.left -= 1;
      if (this.left < 0) throw new SnapstageError('damaged', 'reading it does not come to an end');
      return 0;
    } catch (error) {
      this.stopped ??= error;
      return 1;
    }
  }

  /** Runs what must end within a number of steps of SQLite's virtual machine: a forged database could keep it busy for ever. */
  within<T>(steps: number, run: () => T): T {
    this.left = Math.ceil(steps / STEPS);
    try {
      return run();
    } finally {
      this.left = Number.POSITIVE_INFINITY;
    }
  }

  /** As `rows`, within a number of steps. */
  *rowsWithin(steps: number, sql: string, ...parameters: readonly Value[]): Generator<Row, void, void> {
    this.left = Math.ceil(steps / STEPS);
    try {
      yield* this.rows(sql, ...parameters);
    } finally {
      this.left = Number.POSITIVE_INFINITY;
    }
  }

  /** Gives way to whatever else the thread has to do, a cancellation among it: while SQLite is at work, nothing else gets a turn. */
  async turn(): Promise<void> {
    await new Promise((resume) => setImmediate(resume));
    this.work.check();
  }

  /** The first row, if there is one. */
  first(sql: string, ...parameters: readonly Value[]): Value[] | undefined {
    for (const row of this.rows(sql, ...parameters)) return row.values();
    return undefined;
  }

  /** All rows, for what is known to be short. */
  all(sql: string, ...parameters: readonly Value[]): Value[][] {
    return Array.from(this.rows(sql, ...parameters), (row) => row.values());
  }

  /**
   * Each row in turn. @throws SnapstageError `damaged`, `cancelled`; `refused` for what SQLite can't do: an unknown collation, say.
   */
  *rows(sql: string, ...parameters: readonly Value[]): Generator<Row, void, void> {
    const { exports } = this.loaded;
    const statement = this.prepare(sql);
    try {
      for (const [at, value] of parameters.entries()) this.bind(statement, at + 1, value);
      const row = new Cursor(this.loaded, statement);
      for (;;) {
        const code = this.step(statement);
        if (code === DONE) return;
        yield row;
      }
    } finally {
      exports.sqlite3_finalize(statement);
    }
  }

  private step(statement: number): typeof ROW | typeof DONE {
    let code: number;
    try {
      code = this.loaded.exports.sqlite3_step(statement);
    } catch (error) {
      throw this.crashed(error);
    }
    if (code !== ROW && code !== DONE) throw this.error(code);
    return code;
  }

  private prepare(sql: string): number {
    const { sqlite, exports } = this.loaded;
    const { wasm } = sqlite;
    const [text, out] = [wasm.allocCString(sql, false), wasm.alloc(4)];
    try {
      const code = exports.sqlite3_prepare_v3(this.pointer, text, -1, 0, out, 0);
      if (code !== 0) throw this.error(code);
      return wasm.peek(out, 'i32');
    } catch (error) {
      throw this.crashed(error);
    } finally {
      wasm.dealloc(text);
      wasm.dealloc(out);
    }
  }

  private bind(statement: number, at: number, value: Value): void {
    const { exports } = this.loaded;
    if (value === null) exports.sqlite3_bind_null(statement, at);
    else if (typeof value === 'bigint') exports.sqlite3_bind_int64(statement, at, value);
    else if (typeof value === 'number') exports.sqlite3_bind_double(statement, at, value);
    else {
      const isText = typeof value === 'string' || value instanceof RawText;
      const bytes = value instanceof RawText ? value.bytes : typeof value === 'string' ? Buffer.from(value) : value;
      const { wasm } = this.loaded.sqlite;
      const copy = wasm.alloc(bytes.length + 1);
      wasm.heap8u().set(bytes, copy);
      if (isText) exports.sqlite3_bind_text(statement, at, copy, bytes.length, TRANSIENT);
      else exports.sqlite3_bind_blob(statement, at, copy, bytes.length, TRANSIENT);
      wasm.dealloc(copy);
    }
  }

  private error(code: number): SnapstageError | Error {
    const failure = this.loaded.files.takeFailure() ?? this.stopped;
    this.stopped = undefined;
    if (failure instanceof Error) return failure;
    const { capi } = this.loaded.sqlite;
    return sqliteError(code & 0xff, capi.sqlite3_errmsg(this.pointer), capi);
  }

  /** After a trap nothing inside can be relied on: whoever comes next gets it anew. */
  private crashed(error: unknown): unknown {
    if (!(error instanceof Error) || error.name !== 'RuntimeError') return error;
    loading = undefined;
    return new SnapstageError('damaged', `SQLite can’t read it: ${error.message}.`, {}, error);
  }

  [Symbol.dispose](): void {
    const { capi } = this.loaded.sqlite;
    if (this.db.pointer !== undefined) capi.sqlite3_progress_handler(this.pointer, 0, 0, 0);
    this.db.close();
    for (const name of this.names) this.loaded.files.remove(name);
  }
}

/** SQLite in WebAssembly is made without UTF-16. The encoding is in the header (https://www.sqlite.org/fileformat.html, 1.3.13). */
function refuseUtf16(source: PageSource): void {
  const header = Buffer.from(source.read(0, 60));
  const encoding = header.length < 60 ? 0 : header.readUInt32BE(56);
  if (encoding !== 2 && encoding !== 3) return;
  throw new SnapstageError('refused', 'its texts are in UTF-16, which can’t be read here; it is kept as a file');
}

function sqliteError(code: number, message: string, capi: Sqlite3Static['capi']): SnapstageError {
  if (code === capi.SQLITE_NOTADB) return new SnapstageError('damaged', 'it is encrypted, or its header is damaged');
  if (code === capi.SQLITE_CORRUPT) return new SnapstageError('damaged', `it is damaged (${message})`);
  if (code === capi.SQLITE_NOMEM || code === capi.SQLITE_TOOBIG)
    return new SnapstageError('refused', 'a value in it is too large to be read');
  return new SnapstageError('refused', `SQLite can’t read it: ${message}`);
}

class Cursor implements Row {
  private readonly exports: Exports;
  private readonly wasm: Sqlite3Static['wasm'];
  private readonly statement: number;
  private readonly count: number;
  private memory = Buffer.alloc(0);

  constructor({ sqlite, exports }: Loaded, statement: number) {
    this.exports = exports;
    this.wasm = sqlite.wasm;
    this.statement = statement;
    this.count = exports.sqlite3_column_count(statement);
  }

  values(): Value[] {
    const values: Value[] = [];
    for (let column = 0; column < this.count; column++) values.push(this.value(column));
    return values;
  }

  bytes(column: number): number {
    return this.exports.sqlite3_column_bytes(this.statement, column);
  }

  value(column: number, most = Number.POSITIVE_INFINITY): Value {
    const { exports, statement } = this;
    const type = exports.sqlite3_column_type(statement, column);
    if (type === Type.integer) return exports.sqlite3_column_int64(statement, column);
    if (type === Type.real) return exports.sqlite3_column_double(statement, column);
    if (type === Type.blob) {
      const at = this.start(type, column);
      return Buffer.from(this.view(at, Math.min(most, this.bytes(column))));
    }
    if (type !== Type.text) return null;
    const at = this.start(type, column);
    const whole = this.bytes(column);
    const bytes = this.view(at, Math.min(most, whole));
    const text = bytes.toString('utf8');
    // Only where something is replaced need it be found out what was there.
    if (!text.includes('\uFFFD') || Buffer.from(text).equals(bytes)) return text;
    return whole > most ? text.replace(/\uFFFD+$/, '') : new RawText(Buffer.from(bytes));
  }

  differs(column: number, other: number): boolean {
    const { exports, statement } = this;
    const type = exports.sqlite3_column_type(statement, column);
    if (type !== exports.sqlite3_column_type(statement, other)) return true;
    if (type === Type.integer) return exports.sqlite3_column_int64(statement, column) !== exports.sqlite3_column_int64(statement, other);
    if (type === Type.real) return exports.sqlite3_column_double(statement, column) !== exports.sqlite3_column_double(statement, other);
    if (type !== Type.text && type !== Type.blob) return false;
    const [at, there] = [this.start(type, column), this.start(type, other)];
    return !this.view(at, this.bytes(column)).equals(this.view(there, this.bytes(other)));
  }

  /** Where TEXT or BLOB begins in memory. */
  private start(type: number, column: number): number {
    const { exports, statement } = this;
    return type === Type.text ? exports.sqlite3_column_text(statement, column) : exports.sqlite3_column_blob(statement, column);
  }

  private view(at: number, length: number): Buffer {
    const heap = this.wasm.heap8u();
    if (this.memory.buffer !== heap.buffer) this.memory = Buffer.from(heap.buffer as ArrayBuffer);
    return this.memory.subarray(at, at + length);
  }
}
