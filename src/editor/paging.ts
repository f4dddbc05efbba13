/** Rows that are made and sent at once: more would hold up the extension host, and nobody reads them. */
export const pageSize = 250;

/** The first rows, then, where there are more, one that stands for the rest. */
export function firstPage<T>(rows: readonly T[], restOf: (rest: readonly T[]) => T, size = pageSize): readonly T[] {
  // A row that stands for a single one would save nothing.
  return rows.length <= size + 1 ? rows : [...rows.slice(0, size), restOf(rows.slice(size))];
}
