/** Grades as a file for other programs. */
import type { GradeRow } from './assignmentApi.ts';

/** Titles of the columns, and what stands in them. They are for programs, so they are the same in every language. */
const columns: readonly (readonly [title: string, of: (row: GradeRow) => string | null])[] = [
  ['assignment', ({ assignment }) => assignment],
  ['title', ({ title }) => title],
  ['member', ({ member }) => member.id],
  ['name', ({ member }) => member.name],
  ['state', ({ state }) => state],
  ['handIn', ({ handIn }) => handIn],
  ['identifier', ({ identifier }) => identifier],
  ['made', ({ made }) => made],
  ['lateness', ({ lateness }) => lateness],
  ['grade', ({ grade }) => grade],
  ['comment', ({ comment }) => comment],
  ['visibility', ({ visibility }) => visibility],
];

/**
 * Grades as comma-separated values: a line of titles, then one for each row (RFC 4180). What is `null` is an empty cell. A cell that a
 * spreadsheet would run gets an apostrophe before it.
 */
export function gradesCsv(rows: readonly GradeRow[]): string {
  return csv([columns.map(([title]) => title), ...rows.map((row) => columns.map(([, of]) => of(row) ?? ''))]);
}

/** Grades as one JSON array, just as the engine tells them. */
export function gradesJson(rows: readonly GradeRow[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map((cell) => quoted(neutral(cell))).join(',')}\r\n`).join('');
}

/** What members wrote is text and no formula: https://owasp.org/www-community/attacks/CSV_Injection. */
function neutral(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
