/** Rows of a table a page at a time: from wherever the last page ended, at the same cost for the first and the millionth. */
import { SnapstageError } from '../../base/errors.ts';
import type { Row, Sandbox } from './sandbox.ts';
import type { KeyPart, Table } from './schema.ts';
import { quote } from './sql.ts';
import { cellOf, decodeValues, encodeValues, type Cell, type Value } from './values.ts';

export interface RowPage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where the next page goes on; `null` at the end. */
  readonly next: string | null;
}

/** Of a long TEXT or BLOB only the beginning is shown. */
const SHOWN_BYTES = 4096;
/** A page of wide rows has fewer of them. */
const PAGE_BYTES = 4 << 20;

/** Seconds of work: a view can ask for any amount. */
const PATIENCE_STEPS = 200_000_000;

/** How rows are ordered: by which columns, and what comes behind a place. */
interface Order {
  readonly by: readonly string[];
  readonly orderBy: string;
  /** A condition on the parameters from `?2` on. */
  readonly after: string;
}

/** At most `limit` rows behind `after` (what `next` was). @throws SnapstageError `usage`, `damaged`, `refused`, `cancelled`. */
export function readRows(sandbox: Sandbox, table: Table, limit: number, after?: string): RowPage {
  return sandbox.within(PATIENCE_STEPS, () => readPage(sandbox, table, limit, after));
}

function readPage(sandbox: Sandbox, table: Table, limit: number, after: string | undefined): RowPage {
  const columns = table.columns.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const order = orderOf(table);
  const place = after === undefined ? undefined : parsePlace(after, order === undefined ? 1 : order.by.length);
  const list = columns.map(quote).join(', ');
  // One more tells whether there is a next page.
  const most = BigInt(limit) + 1n;
  if (order === undefined) {
    const skipped = typeof place?.[0] === 'bigint' && place[0] > 0n ? place[0] : 0n;
    const rows = sandbox.rows(`SELECT ${list} FROM ${quote(table.name)} LIMIT ?1 OFFSET ?2`, most, skipped);
    return pageOf(rows, columns, 0, limit, (_, count) => [skipped + BigInt(count)]);
  }
  const where = place === undefined ? '' : `WHERE ${order.after}`;
  const sql = `SELECT ${order.by.join(', ')}, ${list} FROM ${quote(table.name)} ${where} ORDER BY ${order.orderBy} LIMIT ?1`;
  return pageOf(sandbox.rows(sql, most, ...(place ?? [])), columns, order.by.length, limit, (key) => key);
}

function pageOf(
  found: Iterable<Row>,
  columns: readonly string[],
  keyLength: number,
  limit: number,
  placeOf: (key: Value[], count: number) => Value[],
): RowPage {
  const rows: Cell[][] = [];
  let place: Value[] = [];
  let bytes = 0;
  for (const row of found) {
    if (rows.length === limit || bytes > PAGE_BYTES) return { columns, rows, next: encodeValues(place) };
    const key = Array.from({ length: keyLength }, (_, column) => row.value(column));
    const cells = columns.map((_, column) => shownCell(row, keyLength + column));
    bytes += cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 16), 0);
    rows.push(cells);
    place = placeOf(key, rows.length);
  }
  return { columns, rows, next: null };
}

/** A value as it is shown: long ones are cut, and say how long they are. */
export function shownCell(row: Row, column: number): Cell {
  const value = row.value(column, SHOWN_BYTES);
  const isLong = typeof value === 'object' ? value !== null : typeof value === 'string' && value.length >= SHOWN_BYTES / 4;
  const bytes = isLong ? row.bytes(column) : 0;
  return cellOf(value, bytes > SHOWN_BYTES ? bytes : undefined);
}

function orderOf({ key, rowid }: Table): Order | undefined {
  if (rowid !== null) return { by: [rowid], orderBy: rowid, after: `${rowid} > ?2` };
  if (key.length === 0) return undefined;
  const by = key.map(({ column }) => quote(column));
  return {
    by,
    orderBy: key.map(({ column, descending }) => `${quote(column)}${descending ? ' DESC' : ''}`).join(', '),
    after: behind(key),
  };
}

/** Rows behind a place in a key; with mixed directions SQLite can't compare rows as a whole. */
function behind(key: readonly KeyPart[]): string {
  const columns = key.map(({ column }) => quote(column));
  const parameter = (at: number): string => `?${at + 2}`;
  if (key.every(({ descending }) => !descending)) return `(${columns.join(', ')}) > (${columns.map((_, at) => parameter(at)).join(', ')})`;
  const cases = key.map(({ descending }, at) => {
    const same = columns.slice(0, at).map((column, before) => `${column} = ${parameter(before)}`);
    return `(${[...same, `${columns[at]} ${descending ? '<' : '>'} ${parameter(at)}`].join(' AND ')})`;
  });
  const first = `${columns[0]} ${key[0]!.descending ? '<=' : '>='} ?2`;
  return `${first} AND (${cases.join(' OR ')})`;
}

function parsePlace(text: string, length: number): Value[] {
  const values = decodeValues(text);
  if (values?.length === length) return values;
  throw new SnapstageError('usage', 'That is no place in this table: give what the page before called “next”.', { after: text });
}
