import type { Cell } from '../../engine/tablesApi.ts';
import { lineOf, widthsOf, type Aligned } from '../columns.ts';
import { cellText, isNumber, oneLine } from './tableWords.ts';

type Row = readonly Cell[];

/** Lays rows out below the names of their columns: `names`, `rule` and `line` go with each other where they are of one call. */
export interface RowLayout {
  readonly names: string;
  readonly rule: string;
  line(row: Row): string;
}

/** `rows`: all that are to be shown in it. */
export function layOut(columns: readonly string[], rows: readonly Row[]): RowLayout {
  const names = columns.map((name): Aligned => ({ text: oneLine(name), right: false }));
  const widths = widthsOf([names, ...rows.map(alignedRow)]);
  return {
    names: lineOf(names, widths),
    rule: widths.map((width) => '─'.repeat(width)).join('  '),
    line: (row) => lineOf(alignedRow(row), widths),
  };
}

function alignedRow(row: Row): readonly Aligned[] {
  return row.map((cell) => ({ text: cellText(cell), right: isNumber(cell) }));
}
