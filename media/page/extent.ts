/** Which rows of a long list, or columns of a wide one, are drawn. All sizes in pixels. */
export interface Extent {
  /** The first item that is drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** What those that are not drawn take, before and after. */
  readonly above: number;
  readonly below: number;
}

export interface List {
  readonly count: number;
  /** Of an item that is not opened. */
  readonly size: number;
  /** By how much opened ones are larger, by their index. */
  readonly extras: ReadonlyMap<number, number>;
}

/** Where an item begins; for the index `count` where the list ends. */
export function offsetOf({ size, extras }: List, index: number): number {
  let offset = index * size;
  for (const [opened, extra] of extras) if (opened < index) offset += extra;
  return offset;
}

/** The item at an offset; of an empty list 0. */
export function indexAt(list: List, offset: number): number {
  let [low, high] = [0, Math.max(0, list.count - 1)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsetOf(list, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Those seen from an offset in a window so large, and so many spare ones on both sides. */
export function extentOf(list: List, start: number, size: number, spare: number): Extent {
  if (list.count === 0) return { from: 0, to: 0, above: 0, below: 0 };
  const from = Math.max(0, indexAt(list, start) - spare);
  const to = Math.min(list.count, indexAt(list, start + size) + 1 + spare);
  return { from, to, above: offsetOf(list, from), below: offsetOf(list, list.count) - offsetOf(list, to) };
}
