/** What a database says of its tables (https://www.sqlite.org/pragma.html). */
import { SnapstageError } from '../../base/errors.ts';
import type { Sandbox } from './sandbox.ts';
import { foldName, isSameName } from './sql.ts';
import { textOf, type Value } from './values.ts';

export type TableKind = 'table' | 'view' | 'virtual' | 'shadow';

export interface Column {
  readonly name: string;
  /** As declared; `''` for none. */
  readonly type: string;
  readonly notNull: boolean;
  /** As SQL. */
  readonly default: string | null;
  /** Place in the primary key, from 1; 0: not part of it. */
  readonly key: number;
  readonly generated: 'virtual' | 'stored' | null;
  /** Of a virtual table: not among `*`. */
  readonly hidden: boolean;
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  /** `null` for an expression. */
  readonly columns: readonly (string | null)[];
  /** `null` for one that a key or a UNIQUE of the table makes. */
  readonly sql: string | null;
}

export interface Trigger {
  readonly name: string;
  readonly sql: string;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** Empty: the parent's primary key. */
  readonly parentColumns: readonly string[];
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** A part of the key by which rows are ordered and found. */
export interface KeyPart {
  readonly column: string;
  readonly collation: string;
  readonly descending: boolean;
}

export interface Table {
  readonly name: string;
  readonly kind: TableKind;
  readonly sql: string | null;
  readonly columns: readonly Column[];
  /** The primary key in its order; empty: none. */
  readonly key: readonly KeyPart[];
  /** The primary key is the number of the row. */
  readonly rowidKey: boolean;
  /** A name that means the number of the row, unless the table has none or its columns hide it. */
  readonly rowid: string | null;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Why it can't be restored alone; `null` when it can. */
  readonly together: string | null;
}

/** The databases of a sandbox. */
export type Schema = 'main' | 'other' | 'base';

const ROWID_NAMES = ['rowid', '_rowid_', 'oid'];

/** All tables and views, by name. SQLite's own are left out. @throws SnapstageError `damaged`. */
export function readTables(sandbox: Sandbox, schema: Schema = 'main'): Table[] {
  const names = sandbox.all(`SELECT name FROM pragma_table_list WHERE schema = ? AND substr(name, 1, 7) <> 'sqlite_'`, schema);
  const tables = names.flatMap(([name]) => readTable(sandbox, textOf(name), schema) ?? []);
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One table or view; `undefined` when there is none of this name. @throws SnapstageError `damaged`. */
export function readTable(sandbox: Sandbox, name: string, schema: Schema = 'main'): Table | undefined {
  const listed = sandbox
    .all('SELECT name, type, wr, strict FROM pragma_table_list(?1) WHERE schema = ?2', name, schema)
    .find(([found]) => isSameName(textOf(found), name));
  if (listed === undefined) return undefined;
  const exact = textOf(listed[0]);
  const kind = textOf(listed[1]) as TableKind;
  const [sql] = sandbox.first(
    `SELECT sql FROM ${schema}.sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE`,
    exact,
  ) ?? [null];
  const columns = readColumns(sandbox, exact, kind, schema);
  const isTable = kind === 'table' || kind === 'shadow';
  const withoutRowid = listed[2] === 1n;
  const taken = new Set(columns.map((column) => foldName(column.name)));
  const key = isTable ? readKey(sandbox, exact, columns, schema) : { parts: [], isRowid: false };
  return {
    name: exact,
    kind,
    sql: orNull(sql),
    columns,
    key: key.parts,
    rowidKey: key.isRowid,
    rowid: isTable && !withoutRowid ? (ROWID_NAMES.find((alias) => !taken.has(alias)) ?? null) : null,
    withoutRowid,
    strict: listed[3] === 1n,
    indexes: isTable ? readIndexes(sandbox, exact, schema) : [],
    triggers: readTriggers(sandbox, exact, schema),
    foreignKeys: isTable ? readForeignKeys(sandbox, exact, schema) : [],
    together: whyTogether(kind, orNull(sql)),
  };
}

function readColumns(sandbox: Sandbox, table: string, kind: TableKind, schema: Schema): Column[] {
  const sql = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2)';
  try {
    return sandbox.all(sql, table, schema).map(columnOf);
  } catch (error) {
    // A view of what is not there, a virtual table of a module that is not here: they have none to show.
    if (kind === 'table' || !(error instanceof SnapstageError) || error.code !== 'refused') throw error;
    return [];
  }
}

function columnOf([name, type, notNull, value, key, hidden]: readonly Value[]): Column {
  return {
    name: textOf(name),
    type: textOf(type),
    notNull: notNull === 1n,
    default: orNull(value),
    key: Number(key),
    generated: hidden === 2n ? 'virtual' : hidden === 3n ? 'stored' : null,
    hidden: hidden === 1n,
  };
}

/** The key's own index tells its order; a rowid under another name has none. */
function readKey(
  sandbox: Sandbox,
  table: string,
  columns: readonly Column[],
  schema: Schema,
): { readonly parts: readonly KeyPart[]; readonly isRowid: boolean } {
  const [index] = sandbox.first(`SELECT name FROM pragma_index_list(?1, ?2) WHERE origin = 'pk'`, table, schema) ?? [];
  if (index === undefined) {
    const own = columns.filter(({ key }) => key > 0);
    return { parts: own.map(({ name }) => ({ column: name, collation: 'BINARY', descending: false })), isRowid: own.length > 0 };
  }
  const parts = sandbox
    .all('SELECT name, coll, "desc" FROM pragma_index_xinfo(?1, ?2) WHERE key = 1 ORDER BY seqno', index, schema)
    .map(([name, collation, descending]) => ({ column: textOf(name), collation: textOf(collation), descending: descending === 1n }));
  return { parts, isRowid: false };
}

function readIndexes(sandbox: Sandbox, table: string, schema: Schema): Index[] {
  const listed = sandbox.all(
    `SELECT l.name, l."unique", s.sql FROM pragma_index_list(?1, ?2) AS l
     LEFT JOIN ${schema}.sqlite_schema AS s ON s.type = 'index' AND s.name = l.name ORDER BY l.name`,
    table,
    schema,
  );
  return listed.map(([name, unique, sql]) => ({
    name: textOf(name),
    unique: unique === 1n,
    columns: sandbox.all('SELECT name FROM pragma_index_info(?1, ?2) ORDER BY seqno', name!, schema).map(([column]) => orNull(column)),
    sql: orNull(sql),
  }));
}

function readTriggers(sandbox: Sandbox, table: string, schema: Schema): Trigger[] {
  return sandbox
    .all(`SELECT name, sql FROM ${schema}.sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name`, table)
    .map(([name, sql]) => ({ name: textOf(name), sql: textOf(sql) }));
}

function readForeignKeys(sandbox: Sandbox, table: string, schema: Schema): ForeignKey[] {
  const rows = sandbox.all(
    'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?1, ?2) ORDER BY id, seq',
    table,
    schema,
  );
  return [...Map.groupBy(rows, ([id]) => id).values()].map((parts) => ({
    columns: parts.map((part) => textOf(part[2])),
    parent: textOf(parts[0]![1]),
    parentColumns: parts.flatMap((part) => orNull(part[3]) ?? []),
    onUpdate: textOf(parts[0]![4]),
    onDelete: textOf(parts[0]![5]),
  }));
}

function whyTogether(kind: TableKind, sql: string | null): string | null {
  if (kind === 'view') return 'a view has no rows of its own';
  if (kind === 'shadow') return 'it belongs to a virtual table, which travels with its file';
  if (kind !== 'virtual') return null;
  const module = /\bUSING\s+([\w"]+)/i.exec(sql ?? '')?.[1] ?? 'unknown';
  return `it is a virtual table (${module}), which travels with its file`;
}

function orNull(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : textOf(value);
}

/** What AUTOINCREMENT has come to; `undefined` for a table without it, or that never had a row. */
export function readSequence(sandbox: Sandbox, { name, sql }: Table, schema: Schema = 'main'): Value | undefined {
  if (!/\bAUTOINCREMENT\b/i.test(sql ?? '')) return undefined;
  const isThere = sandbox.first(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = 'sqlite_sequence'`) !== undefined;
  return isThere ? sandbox.first(`SELECT seq FROM ${schema}.sqlite_sequence WHERE name = ?`, name)?.[0] : undefined;
}

/** What is different about a table from `before` to `after`, in words. Names of what only one has are given. */
export function schemaDifferences(before: Table, after: Table): string[] {
  const differences: string[] = [];
  compareNamed(before.columns, after.columns, 'column', columnText, differences);
  if (differences.length === 0 && before.sql !== after.sql) differences.push('the definition of the table changed');
  const made = (indexes: readonly Index[]): Index[] => indexes.filter(({ sql }) => sql !== null);
  compareNamed(made(before.indexes), made(after.indexes), 'index', ({ sql }) => sql!, differences);
  compareNamed(before.triggers, after.triggers, 'trigger', ({ sql }) => sql, differences);
  return differences;
}

function compareNamed<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  what: string,
  text: (one: T) => string,
  differences: string[],
): void {
  const later = new Map(after.map((one) => [foldName(one.name), one]));
  const earlier = new Set(before.map((one) => foldName(one.name)));
  for (const one of before) {
    const other = later.get(foldName(one.name));
    if (other === undefined) differences.push(`${what} “${one.name}” removed`);
    else if (text(one) !== text(other)) differences.push(`${what} “${one.name}” changed`);
  }
  for (const one of after) if (!earlier.has(foldName(one.name))) differences.push(`${what} “${one.name}” added`);
}

function columnText({ name, type, notNull, default: value, key, generated }: Column): string {
  return JSON.stringify([name, type, notNull, value, key, generated]);
}
