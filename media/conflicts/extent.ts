/** Which rows of a long list are drawn. All sizes in pixels. */
export interface Extent {
  /** The first row that is drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** What the rows that are not drawn take, above and below. */
  readonly above: number;
  readonly below: number;
}

export interface List {
  readonly count: number;
  /** Of a row that is not opened. */
  readonly rowHeight: number;
  /** By how much opened rows are higher, by their index. */
  readonly extras: ReadonlyMap<number, number>;
}

/** Where a row begins; for the index `count` where the list ends. */
export function offsetOf({ rowHeight, extras }: List, index: number): number {
  let offset = index * rowHeight;
  for (const [opened, extra] of extras) if (opened < index) offset += extra;
  return offset;
}

/** The row at an offset; of an empty list 0. */
export function indexAt(list: List, offset: number): number {
  let [low, high] = [0, Math.max(0, list.count - 1)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsetOf(list, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rows seen from an offset in a window so high, and so many spare ones on both sides. */
export function extentOf(list: List, top: number, height: number, spare: number): Extent {
  if (list.count === 0) return { from: 0, to: 0, above: 0, below: 0 };
  const from = Math.max(0, indexAt(list, top) - spare);
  const to = Math.min(list.count, indexAt(list, top + height) + 1 + spare);
  return { from, to, above: offsetOf(list, from), below: offsetOf(list, list.count) - offsetOf(list, to) };
}
