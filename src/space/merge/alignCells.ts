import { diffIndices } from 'node-diff3';
import { IDS_SINCE, sourceOf, type Cell, type Notebook } from './notebook.ts';

/** A name for every cell of three notebooks: cells with the same one are versions of each other. */
export interface Aligned {
  readonly mine: readonly string[];
  readonly base: readonly string[];
  readonly incoming: readonly string[];
}

/**
 * By their ids where all have some, otherwise by what is in them, and where that was edited, by what is alike at the same place.
 * Without a base, mine and incoming are told by each other.
 */
export function alignCells(mine: Notebook, base: Notebook | undefined, incoming: Notebook): Aligned {
  const reference = base ?? mine;
  const [a, o, b] = [mine, reference, incoming].map(idsOf);
  if (a !== undefined && o !== undefined && b !== undefined && haveCommon(a, o) && haveCommon(o, b)) {
    return { mine: a, base: base === undefined ? [] : o, incoming: b };
  }
  const own = reference.cells.map((_, i) => `#${i}`);
  const aligned = (side: Notebook): string[] => (side === reference ? own : alignTo(reference.cells, side.cells, own));
  return { mine: aligned(mine), base: base === undefined ? [] : own, incoming: aligned(incoming) };
}

function idsOf({ cells, minor }: Notebook): string[] | undefined {
  if (minor < IDS_SINCE) return undefined;
  const ids = cells.map(({ id }) => id);
  return ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length ? ids : undefined;
}

/** Some programs give all cells new ids: then they tell nothing. */
function haveCommon(a: readonly string[], b: readonly string[]): boolean {
  const known = new Set(a);
  return a.length === 0 || b.length === 0 || b.some((id) => known.has(id));
}

function alignTo(reference: readonly Cell[], cells: readonly Cell[], names: readonly string[]): string[] {
  const signature = (cell: Cell): string => `${cell.cell_type}\n${sourceOf(cell)}`;
  const found: (string | undefined)[] = [];
  const differences = diffIndices(reference.map(signature), cells.map(signature));
  let from = 0;
  for (const { buffer1, buffer2 } of differences) {
    found.push(...names.slice(from, buffer1[0]));
    found.push(...pairAlike(reference, buffer1, cells, buffer2).map((at) => (at === undefined ? undefined : names[at])));
    from = buffer1[0] + buffer1[1];
  }
  found.push(...names.slice(from));
  // What both sides add alike gets the same name.
  const counts = new Map<string, number>();
  return cells.map((cell, i) => {
    const known = found[i];
    if (known !== undefined) return known;
    const text = signature(cell);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return `+${counts.get(text)!} ${text}`;
  });
}

/** Of cells that are compared with one another, each with each: more are told by their places. */
const MOST_PAIRS = 10_000;

/** For each of the cells from `b`, which one of the reference from `a` it is a version of: in order, and as much alike as can be. */
function pairAlike(
  reference: readonly Cell[],
  [aStart, aLength]: readonly [number, number],
  cells: readonly Cell[],
  [bStart, bLength]: readonly [number, number],
): (number | undefined)[] {
  const likeness = (i: number, j: number): number => likenessOf(reference[aStart + i]!, cells[bStart + j]!);
  if (aLength * bLength > MOST_PAIRS || (aLength === 1 && bLength === 1)) {
    return Array.from({ length: bLength }, (_, j) => (j < aLength && likeness(j, j) >= 0 ? aStart + j : undefined));
  }
  // The best sum of likenesses of what comes from i and j on.
  const best = Array.from({ length: aLength + 1 }, () => new Float64Array(bLength + 1));
  const likenesses = Array.from({ length: aLength }, (_, i) => Float64Array.from({ length: bLength }, (__, j) => likeness(i, j)));
  for (let i = aLength - 1; i >= 0; i--) {
    for (let j = bLength - 1; j >= 0; j--) {
      best[i]![j] = Math.max(best[i + 1]![j]!, best[i]![j + 1]!, likenesses[i]![j]! + best[i + 1]![j + 1]!);
    }
  }
  const pairs: (number | undefined)[] = Array.from({ length: bLength });
  for (let i = 0, j = 0; i < aLength && j < bLength;) {
    const isPair = likenesses[i]![j]! > 0 && best[i]![j] === likenesses[i]![j]! + best[i + 1]![j + 1]!;
    if (isPair) pairs[j++] = aStart + i++;
    else if (best[i]![j] === best[i + 1]![j]) i += 1;
    else j += 1;
  }
  return pairs;
}

/** The part of lines that two cells have in common, from 0 to 1; -1 for cells of different types. */
function likenessOf(a: Cell, b: Cell): number {
  if (a.cell_type !== b.cell_type) return -1;
  const [one, other] = [a, b].map((cell) =>
    sourceOf(cell)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
  const left = Map.groupBy(one!, (line) => line);
  let common = 0;
  for (const line of other!) if (left.get(line)?.pop() !== undefined) common += 1;
  return (2 * common) / Math.max(1, one!.length + other!.length);
}
