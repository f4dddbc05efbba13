/** Text of one column, and whether it is set to the right. */
export interface Aligned {
  readonly text: string;
  readonly right: boolean;
}

/** Columns as wide as the widest text in them, in characters as an editor shows them one by one. */
export function widthsOf(rows: readonly (readonly Aligned[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, { text }] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, lengthOf(text));
  return widths;
}

/** One line of the columns, two spaces apart, without spaces at its end. */
export function lineOf(row: readonly Aligned[], widths: readonly number[]): string {
  return row
    .map(({ text, right }, at) => {
      const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - lengthOf(text)));
      return right ? space + text : text + space;
    })
    .join('  ')
    .trimEnd();
}

const characters = new Intl.Segmenter();

function lengthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : Array.from(characters.segment(text)).length;
}
