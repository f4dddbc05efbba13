/** Databases, rows and what differs between them, in words. */
import type { Cell, DatabaseInfo, TableDiff, TableInfo, TableRestoreOutcome, TableRestorePlan, TableRows } from '../../engine/tablesApi.ts';
import type { Formats } from './format.ts';
import { snapshotTitle } from './snapshots.ts';
import type { Column, Paint } from './table.ts';
import { cutText, escapeText, shortId } from './text.ts';

/** Columns of a terminal that one cell may take. */
const cellWidth = 40;

export interface ListedTable {
  readonly database: DatabaseInfo;
  /** Absent: what is said is of the database. */
  readonly table?: TableInfo;
}

/** A line for each table, and for each database that can't be read. What virtual tables store is not listed. */
export function listedTables(databases: readonly DatabaseInfo[]): ListedTable[] {
  return databases.flatMap((database) => {
    const tables = database.tables.filter(({ kind }) => kind !== 'shadow').map((table) => ({ database, table }));
    return tables.length === 0 || database.problem !== null ? [{ database }, ...tables] : tables;
  });
}

export function tableColumns(formats: Formats): Column<ListedTable>[] {
  return [
    { title: 'Database', cell: ({ database }) => escapeText(database.path) },
    { title: 'Table', cell: ({ table }) => (table === undefined ? '' : escapeText(table.name)) },
    { title: 'Rows', align: 'right', cell: ({ table }) => countText(table?.rows, (rows) => formats.number(rows)) },
    { title: 'Size', align: 'right', cell: ({ database, table }) => sizeText(table?.bytes, database, table, formats) },
    { title: 'Note', cell: (row) => escapeText(noteOf(row)) },
  ];
}

function sizeText(bytes: number | null | undefined, database: DatabaseInfo, table: TableInfo | undefined, formats: Formats): string {
  if (table === undefined) return formats.size(database.size);
  return countText(bytes, (size) => formats.size(size));
}

function countText(count: number | null | undefined, text: (count: number) => string): string {
  return count === null || count === undefined ? '' : text(count);
}

function noteOf({ database, table }: ListedTable): string {
  if (table === undefined) return database.problem ?? 'no tables';
  if (table.kind === 'view') return 'view';
  return table.together ?? '';
}

/** A value as SQLite writes it: `NULL`, `x'00ff'`; on a terminal cut to a readable width. */
function cellText(cell: Cell, terminal: boolean): string {
  const text = wholeText(cell);
  return terminal ? cutText(text, cellWidth) : text;
}

function wholeText(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell !== 'object') return escapeText(String(cell));
  if ('integer' in cell) return cell.integer;
  if ('real' in cell) return cell.real;
  if ('text' in cell) return `${escapeText(cell.text)}… (${cell.bytes} bytes)`;
  return cell.blob.length === cell.bytes * 2 ? `x'${cell.blob}'` : `x'${cell.blob}…' (${cell.bytes} bytes)`;
}

export function rowColumns({ columns }: TableRows, terminal: boolean): Column<readonly Cell[]>[] {
  return columns.map((title, at) => ({ title: escapeText(title), cell: (row) => cellText(row[at] ?? null, terminal) }));
}

/** `!` for the definition, then a line for each row: `M` changed with its cells, `A` new, `D` removed. */
export function tableDiffLines(diff: TableDiff, terminal: boolean, paint: Paint): string[] {
  const text = (cell: Cell | undefined): string => cellText(cell ?? null, terminal);
  const row = (cells: readonly Cell[]): string => cells.map(text).join('\t');
  const keyText = (cells: readonly Cell[]): string =>
    diff.key.map((name) => `${escapeText(name)}=${text(cells[diff.columns.indexOf(name)])}`).join(' ');
  return [
    ...diff.schema.map((difference) => `${paint('yellow', '!')}  ${escapeText(difference)}`),
    ...diff.changed.map(({ before, after, cells }) => {
      const changes = cells.map((at) => `${escapeText(diff.columns[at] ?? '')}: ${text(before[at])} → ${text(after[at])}`);
      return `${paint('yellow', 'M')}  ${keyText(before)}\t${changes.join(', ')}`;
    }),
    ...diff.added.map((cells) => `${paint('green', 'A')}  ${row(cells)}`),
    ...diff.removed.map((cells) => `${paint('red', 'D')}  ${row(cells)}`),
  ];
}

/** `3 rows changed, 1 new, 2 removed, compared by primary key; 100 of each are shown` */
export function tableDiffSummary({ by, counts, schema, added, changed, removed }: TableDiff, formats: Formats): string {
  const said = [
    ...(schema.length > 0 ? ['the definition differs'] : []),
    ...counted([[counts.changed, 'changed'] as const, [counts.added, 'new'] as const, [counts.removed, 'removed'] as const], formats),
  ];
  if (said.length === 0) return 'Nothing differs.';
  const shown = added.length + changed.length + removed.length;
  const all = counts.added + counts.changed + counts.removed;
  const part = shown < all ? `; ${formats.number(shown)} of them are shown` : '';
  return `${said.join(', ')} (rows compared by ${by === 'key' ? 'primary key' : 'all their values'})${part}`;
}

/** What a restore of a table will do. */
export function tablePlanLines(plan: TableRestorePlan, formats: Formats): string[] {
  const { counts, schema, request, snapshot } = plan;
  const table = `“${escapeText(request.table)}” of ${escapeText(request.database)}`;
  const rows: [number, string][] = [
    [counts.change, 'put back as they were'],
    [counts.add, 'brought back'],
    [counts.remove, 'removed that came later'],
  ];
  const said = counted(rows, formats);
  if (said.length === 0 && schema.length === 0) return [`${table} is as in ${snapshotTitle(snapshot)}: there is nothing to restore.`];
  return [
    ...schema.map((difference) => `!  ${escapeText(difference)}`),
    `${table} becomes as in ${snapshotTitle(snapshot)}; rows: ${said.join(', ') || 'none changed'}. The state now is kept as a snapshot first.`,
  ];
}

export function tableRestoredLines({ counts, safety }: TableRestoreOutcome, formats: Formats): string[] {
  if (safety === undefined) return ['Nothing differed: nothing was changed.'];
  const said = counted(
    [[counts.change, 'put back'] as const, [counts.add, 'brought back'] as const, [counts.remove, 'removed'] as const],
    formats,
  );
  return [
    `Done: ${said.length === 0 ? 'the definition is as it was' : `rows ${said.join(', ')}`}.`,
    `The state before is snapshot ${shortId(safety.id)}; \`snapstage undo\` brings the table back as it was.`,
  ];
}

function counted(counts: readonly (readonly [number, string])[], formats: Formats): string[] {
  return counts.filter(([count]) => count > 0).map(([count, word]) => `${formats.number(count)} ${word}`);
}
