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
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: boolean, paint: Paint): string[] {
  if (!terminal) return rows.map((row) => columns.map((column) => column.cell(row)).join('\t'));
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
  const head = line(
    columns.map((column) => column.title),
    () => 'bold',
  );
  const body = rows.map((row, at) => line(cells[at] ?? [], (index) => columns[index]?.style?.(row)));
  return [head, ...body];
}
