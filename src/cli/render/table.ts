/** Rows of cells as aligned columns for people, as tab-separated lines for programs. */
import type { Style } from '../io.ts';
import { textWidth } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** The cell's text, already escaped. */
  readonly cell: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
}

export type Paint = (style: Style, text: string) => string;

/** Lines of a table: with a head and aligned on a terminal, otherwise bare cells with tabs between them. */
export function* renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: boolean,
  paint: Paint,
): Generator<string> {
  if (terminal) yield* alignedLines(rows, columns, paint);
  else for (const row of rows) yield tabbed(row, columns);
}

function tabbed<Row>(row: Row, columns: readonly Column<Row>[]): string {
  let line = columns[0]?.cell(row) ?? '';
  for (let index = 1; index < columns.length; index++) line += `\t${columns[index]!.cell(row)}`;
  return line;
}

function* alignedLines<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paint: Paint): Generator<string> {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), textWidth(column.title)),
  );
  const line = (texts: readonly string[], style: (index: number) => Style | undefined): string =>
    texts
      .map((text, index) => {
        const gap = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(text)));
        const chosen = style(index);
        const painted = chosen === undefined || text === '' ? text : paint(chosen, text);
        if (columns[index]?.align === 'right') return gap + painted;
        return index === texts.length - 1 ? painted : painted + gap;
      })
      .join('  ')
      .trimEnd();
  yield line(
    columns.map((column) => column.title),
    () => 'bold',
  );
  for (const [at, row] of rows.entries()) yield line(cells[at] ?? [], (index) => columns[index]?.style?.(row));
}
