import { diff3MergeRegions } from 'node-diff3';

/** A piece of a three-way merge: lines that are settled, or that both sides changed in different ways. */
export type Piece<T> =
  | { readonly lines: readonly T[] }
  | { readonly mine: readonly T[]; readonly base: readonly T[]; readonly incoming: readonly T[] };

/** Comparing takes time with the product of the lengths: so much is about a second. */
const MOST_PAIRS = 400_000_000;

/**
 * Merges three lists of lines, or of whatever else texts stand for (diff3: Khanna, Kunal and Pierce, A Formal Investigation of
 * Diff3, 2007). `undefined` when what differs is too long.
 */
export function mergeLines<T extends string>(mine: readonly T[], base: readonly T[], incoming: readonly T[]): Piece<T>[] | undefined {
  const all = [mine, base, incoming] as const;
  const shortest = Math.min(...all.map(({ length }) => length));
  let head = 0;
  while (head < shortest && mine[head] === base[head] && incoming[head] === base[head]) head += 1;
  let tail = 0;
  const fromEnd = (lines: readonly T[]): T | undefined => lines[lines.length - 1 - tail];
  while (tail < shortest - head && fromEnd(mine) === fromEnd(base) && fromEnd(incoming) === fromEnd(base)) tail += 1;
  const [a, o, b] = all.map((lines) => lines.slice(head, lines.length - tail)) as [T[], T[], T[]];
  if (o.length * Math.max(a.length, b.length) > MOST_PAIRS) return undefined;
  const pieces = diff3MergeRegions(a, o, b).map((region): Piece<T> => {
    if (region.stable) return { lines: region.bufferContent };
    const { aContent, bContent, oContent } = region;
    const isOne = aContent.length === bContent.length && aContent.every((line, i) => line === bContent[i]);
    return isOne ? { lines: aContent } : { mine: aContent, base: oContent, incoming: bContent };
  });
  return [{ lines: base.slice(0, head) }, ...pieces, { lines: base.slice(base.length - tail) }];
}

/** What one of two sides changed; `mine` where both did. Without a base, `mine`. */
export function pickChanged<T>(mine: T, base: T, incoming: T, isSame: (a: T, b: T) => boolean = Object.is): T {
  return isSame(mine, base) ? incoming : mine;
}
