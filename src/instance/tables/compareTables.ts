/** What differs between a table in two states, found by SQLite with both databases open: memory does not grow with them. */
import { SnapstageError } from '../../base/errors.ts';
import type { RowChanges } from './rowChanges.ts';
import type { Row, Sandbox } from './sandbox.ts';
import { readSequence, readTable, schemaDifferences, type Column, type Schema, type Table } from './schema.ts';
import { shownCell } from './rowPages.ts';
import { anyOf, foldName, quote } from './sql.ts';
import type { Cell } from './values.ts';

export interface ChangedRow {
  readonly before: readonly Cell[];
  readonly after: readonly Cell[];
  /** Which of the columns differ. */
  readonly cells: readonly number[];
}

export interface TableDifference {
  /** How rows were told to be the same one: by the primary key, or by all that is in them. */
  readonly by: 'key' | 'row';
  /** Those that both have. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Differences of the definition, in words. */
  readonly schema: readonly string[];
  readonly counts: { readonly added: number; readonly removed: number; readonly changed: number };
  readonly added: readonly (readonly Cell[])[];
  readonly removed: readonly (readonly Cell[])[];
  readonly changed: readonly ChangedRow[];
}

/** A difference that is no reason to make the table anew. */
export const COUNTER_CHANGED = 'the counter of AUTOINCREMENT changed';

/** Of each kind of change, how many rows are passed over, and how many are then told. */
export interface Window {
  readonly skip: number;
  readonly limit: number;
}

/**
 * From the sandbox's `main` to its `other`. A table that only one of them has is added or removed with all its rows.
 * Where rows have keys, `changes` are filled with what makes `main` what `other` is.
 * @throws SnapstageError `not-found` when neither has it; `refused` for a view or a virtual table; as the sandbox does.
 */
export async function compareTables(sandbox: Sandbox, name: string, window: Window, changes?: RowChanges): Promise<TableDifference> {
  const before = readTable(sandbox, name, 'main');
  const after = readTable(sandbox, name, 'other');
  const one = before ?? after;
  if (one === undefined) throw new SnapstageError('not-found', `There is no table “${name}” in either state.`, { table: name });
  for (const table of [before, after]) {
    if (table?.kind === 'view' || table?.kind === 'virtual') {
      throw new SnapstageError('refused', `“${name}” can’t be compared by row: ${table.together}.`, { table: name });
    }
  }
  const found = new Found(window);
  if (before === undefined || after === undefined) {
    const columns = one.columns.filter(({ generated }) => generated === null).map((column) => column.name);
    onlyRows(sandbox, one, columns, before === undefined ? 'other' : 'main', found);
    return found.told('row', columns, one, [before === undefined ? 'the table was added' : 'the table was removed']);
  }
  const shared = sharedColumns(before, after);
  const schema = schemaDifferences(before, after);
  if (readSequence(sandbox, before, 'main') !== readSequence(sandbox, after, 'other')) schema.push(COUNTER_CHANGED);
  if (hasSameKey(before, after) && hasWholeKeys(sandbox, ['main', before], ['other', after])) {
    await byKey(sandbox, before, after, shared, found, changes);
    return found.told('key', shared.names, before, schema);
  }
  byRow(sandbox, before, after, shared, found);
  return found.told('row', shared.names, before, schema);
}

/** Counts all, keeps what is in the window. */
class Found {
  private readonly window: Window;
  private readonly counts = { added: 0, removed: 0, changed: 0 };
  private readonly added: Cell[][] = [];
  private readonly removed: Cell[][] = [];
  private readonly changed: ChangedRow[] = [];

  constructor(window: Window) {
    this.window = window;
  }

  /** Whether the next of this kind is one to be told; it is counted. */
  private takes(kind: keyof Found['counts'], told: number): boolean {
    this.counts[kind] += 1;
    return this.counts[kind] > this.window.skip && told < this.window.limit;
  }

  add(kind: 'added' | 'removed', row: Row, from: number, columns: number): void {
    if (this.takes(kind, this[kind].length)) this[kind].push(cellsOf(row, from, columns));
  }

  change(row: Row, from: number, columns: number): void {
    if (!this.takes('changed', this.changed.length)) return;
    const before = cellsOf(row, from, columns);
    const after = cellsOf(row, from + columns, columns);
    // Cut cells may differ where they are not shown: the whole values tell.
    const differ = (at: number): boolean => row.differs(from + at, from + columns + at);
    this.changed.push({ before, after, cells: before.flatMap((_, at) => (differ(at) ? [at] : [])) });
  }

  told(by: 'key' | 'row', columns: readonly string[], { key }: Table, schema: readonly string[]): TableDifference {
    const { counts, added, removed, changed } = this;
    return { by, columns, key: key.map(({ column }) => column), schema, counts: { ...counts }, added, removed, changed };
  }
}

export function cellsOf(row: Row, from: number, columns: number): Cell[] {
  return Array.from({ length: columns }, (_, at) => shownCell(row, from + at));
}

interface Shared {
  readonly names: readonly string[];
  readonly before: readonly Column[];
  readonly after: readonly Column[];
}

/** Columns of both, as they are called in each. Generated ones follow from the others. */
function sharedColumns(before: Table, after: Table): Shared {
  const later = new Map(after.columns.map((column) => [foldName(column.name), column]));
  const pairs = before.columns.flatMap((column) => {
    const other = later.get(foldName(column.name));
    return other === undefined || column.generated !== null || other.generated !== null ? [] : [[column, other] as const];
  });
  return { names: pairs.map(([{ name }]) => name), before: pairs.map(([one]) => one), after: pairs.map(([, one]) => one) };
}

function onlyRows(sandbox: Sandbox, table: Table, columns: readonly string[], schema: Schema, found: Found): void {
  for (const row of sandbox.rows(`SELECT ${columns.map(quote).join(', ')} FROM ${schema}.${quote(table.name)}`)) {
    found.add(schema === 'main' ? 'removed' : 'added', row, 0, columns.length);
  }
}

/** The same columns of the same types with the same order of texts: only then is a key found by the other's index. */
export function hasSameKey(before: Table, after: Table): boolean {
  const text = ({ key, columns }: Table): string => {
    const types = new Map(columns.map(({ name, type }) => [name, type.toUpperCase()]));
    return JSON.stringify(key.map(({ column, collation }) => [foldName(column), collation.toUpperCase(), types.get(column)]));
  };
  return before.key.length > 0 && text(before) === text(after);
}

/** SQLite lets a key that is no rowid hold NULL (https://www.sqlite.org/quirks.html), also several times: such rows have no key. */
export function hasWholeKeys(sandbox: Sandbox, ...tables: readonly (readonly [Schema, Table])[]): boolean {
  return tables.every(([schema, table]) => {
    if (table.withoutRowid || table.rowidKey) return true;
    const notNull = new Set(table.columns.filter((column) => column.notNull).map(({ name }) => name));
    const nullable = table.key.filter(({ column }) => !notNull.has(column));
    const missing = nullable.map(({ column }) => `${quote(column)} IS NULL`);
    return sandbox.first(`SELECT 1 FROM ${schema}.${quote(table.name)} WHERE ${anyOf(missing)} LIMIT 1`) === undefined;
  });
}

async function byKey(sandbox: Sandbox, before: Table, after: Table, shared: Shared, found: Found, changes?: RowChanges): Promise<void> {
  const count = shared.names.length;
  const columnsFrom = (start: number): number[] => shared.names.map((_, at) => start + at);
  const b = shared.before.map(({ name }) => `b.${quote(name)}`);
  const a = shared.after.map(({ name }) => `a.${quote(name)}`);
  const joined = before.key.map((part, at) => `b.${quote(part.column)} = a.${quote(after.key[at]!.column)}`).join(' AND ');
  const differ = b.flatMap((column, at) => {
    const value = `${column} IS NOT ${a[at]} COLLATE BINARY`;
    return mixesNumbers(shared, at) ? [`typeof(${column}) <> typeof(${a[at]})`, value] : [value];
  });
  const missing = (side: 'a' | 'b'): string => `${side}.${quote((side === 'a' ? after : before).key[0]!.column)} IS NULL`;
  const [from, to] = [`main.${quote(before.name)} AS b`, `other.${quote(after.name)} AS a`];
  const gone = `SELECT ${missing('a')}, ${[...b, ...a].join(', ')} FROM ${from} LEFT JOIN ${to} ON ${joined}
    WHERE (${missing('a')} OR ${anyOf(differ)}) AND ${piece('b', before)} ORDER BY ${orderBy('b', before)}`;
  const key = before.key.map((part) => 1 + shared.names.indexOf(part.column));
  for await (const row of rowsByPiece(sandbox, gone, before, 'main')) {
    changes?.go(row, key);
    if (row.value(0) === 1n) found.add('removed', row, 1, count);
    else {
      changes?.comes(row, columnsFrom(1 + count));
      found.change(row, 1, count);
    }
  }
  const come = `SELECT ${a.join(', ')} FROM ${to} LEFT JOIN ${from} ON ${joined}
    WHERE ${missing('b')} AND ${piece('a', after)} ORDER BY ${orderBy('a', after)}`;
  for await (const row of rowsByPiece(sandbox, come, after, 'other')) {
    changes?.comes(row, columnsFrom(0));
    found.add('added', row, 0, count);
  }
}

/** Rows that are compared between two turns of others. */
const PIECE_ROWS = 50_000n;

/** The condition that a row is in a piece of the table, whose first and last number are the parameters; others are one piece. */
function piece(side: 'a' | 'b', { key, rowidKey }: Table): string {
  return rowidKey ? `${side}.${quote(key[0]!.column)} BETWEEN ?1 AND ?2` : '1';
}

async function* rowsByPiece(sandbox: Sandbox, sql: string, table: Table, schema: Schema): AsyncGenerator<Row> {
  if (!table.rowidKey) return yield* sandbox.rows(sql);
  const number = quote(table.key[0]!.column);
  const last = `SELECT max(n) FROM (SELECT ${number} AS n FROM ${schema}.${quote(table.name)} WHERE ${number} >= ?1 ORDER BY ${number} LIMIT ?2)`;
  // Far more than so many rows take: in a forged table they would be without end.
  const steps = Number(PIECE_ROWS) * (200 + 40 * table.columns.length);
  for (let from = -(2n ** 63n); ;) {
    await sandbox.turn();
    const to = sandbox.within(steps, () => sandbox.first(last, from, PIECE_ROWS)?.[0]);
    if (typeof to !== 'bigint') return;
    if (to < from) throw new SnapstageError('damaged', 'its rows are out of order');
    yield* sandbox.rowsWithin(steps, sql, from, to);
    if (to === 2n ** 63n - 1n) return;
    from = to + 1n;
  }
}

function orderBy(side: 'a' | 'b', { key }: Table): string {
  return key.map(({ column, descending }) => `${side}.${quote(column)}${descending ? ' DESC' : ''}`).join(', ');
}

/**
 * Whether a column can hold 1 as well as 1.0, which are equal for SQLite but different values: not where its type turns one into the
 * other (https://www.sqlite.org/datatype3.html, 3.1).
 */
function mixesNumbers({ before, after }: Shared, at: number): boolean {
  return !holdsOneKind(before[at]!) || !holdsOneKind(after[at]!);
}

/** Whether a column's numbers are all INTEGER or all REAL, or no numbers. */
export function holdsOneKind({ type }: Column): boolean {
  return /INT|CHAR|CLOB|TEXT|REAL|FLOA|DOUB/i.test(type);
}

/** Equal rows are counted on both sides. SQLite sorts them, in temporary files where they are many. */
function byRow(sandbox: Sandbox, before: Table, after: Table, shared: Shared, found: Found): void {
  const count = shared.names.length;
  const columns = (own: readonly Column[]): string => own.map(({ name }, at) => `, ${quote(name)} COLLATE BINARY AS c${at}`).join('');
  const names = shared.names.map((_, at) => `c${at}`);
  // Equal numbers of different types are different values.
  const kinds = shared.names.flatMap((_, at) => (mixesNumbers(shared, at) ? [`typeof(c${at})`] : []));
  const sql = `SELECT ${['sum(n)', ...names].join(', ')} FROM (
      SELECT -1 AS n${columns(shared.before)} FROM main.${quote(before.name)} UNION ALL
      SELECT 1${columns(shared.after)} FROM other.${quote(after.name)})
    GROUP BY ${[...names, ...kinds].join(', ') || '1 + 1'} HAVING sum(n) <> 0`;
  for (const row of sandbox.rows(sql)) {
    const times = Number(row.value(0));
    for (let i = 0; i < Math.abs(times); i++) found.add(times > 0 ? 'added' : 'removed', row, 1, count);
  }
}
