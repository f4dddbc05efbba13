import { placesOf } from './snapshotSets.ts';

/** Something that comes back when all of its holders go. */
export interface Part {
  /** Numbers of candidates: runs of them in order, each as its first and the one after its last. */
  readonly runs: readonly number[];
  readonly bytes: number;
}

/** Up to so many candidates, every choice is looked at. */
const MAX_EXACT = 16;
/** With more than so many, neighbours in time go together at first. */
const MAX_PLACES = 1000;

/**
 * The fewest candidates whose parts together have `goal` bytes: their numbers, or `undefined` where not even all have.
 * Candidates are in the order of time; `isAutomatic` says of which there is less to lose.
 *
 * Up to 16 candidates the answer is exact: of the smallest choices, the one with the most automatic ones, then with the fewest bytes
 * beyond the goal, then with the oldest. In general this is hard: with parts of two holders each it is the densest subgraph of k vertices,
 * with many it holds set cover. But nearly all parts of a history are held by neighbours in time, and for such the k candidates that
 * have the most are found exactly, by dynamic programming over runs of neighbours; where choices are equal, automatic and older ones go.
 * A part that went and came back is taken for one of the whole run from its first holder to its last. So the choice may hold more than was
 * thought: what is in it for nothing is taken out again, but there may be a smaller one.
 */
export function fewest(parts: readonly Part[], isAutomatic: readonly boolean[], goal: number): number[] | undefined {
  const count = isAutomatic.length;
  if (goal <= 0) return [];
  if (parts.reduce((sum, { bytes }) => sum + bytes, 0) < goal) return undefined;
  if (count <= MAX_EXACT) return smallestOfAll(parts, isAutomatic, goal);
  const group = Math.ceil(count / MAX_PLACES);
  const places = Math.ceil(count / group);
  const runs = new RunWeights(places);
  for (const [candidate, isOne] of isAutomatic.entries()) runs.add(place(candidate), place(candidate), preference(candidate, isOne, count));
  for (const part of parts) runs.add(place(part.runs[0]!), place(part.runs.at(-1)! - 1), part.bytes);
  const chosen = new Set(fewestRuns(runs, goal));
  return withoutNeedless(
    parts,
    isAutomatic,
    goal,
    isAutomatic.flatMap((_, candidate) => (chosen.has(place(candidate)) ? [candidate] : [])),
  );

  function place(candidate: number): number {
    return Math.floor(candidate / group);
  }
}

/** Less than a byte for all together, so that it only counts between equals. */
function preference(candidate: number, isAutomatic: boolean, count: number): number {
  return ((isAutomatic ? 1 : 0) + (count - candidate) / (count + 1)) / (4 * count);
}

/** Tries all choices: what each has is the sum over its subsets, made one candidate after the other. */
function smallestOfAll(parts: readonly Part[], isAutomatic: readonly boolean[], goal: number): number[] {
  const count = isAutomatic.length;
  const has = new Float64Array(2 ** count);
  for (const { runs, bytes } of parts) has[placesOf(runs).reduce((mask, holder) => mask | (1 << holder), 0)]! += bytes;
  for (let bit = 1; bit < has.length; bit *= 2)
    for (let mask = 0; mask < has.length; mask++) if (mask & bit) has[mask]! += has[mask - bit]!;
  let best: { mask: number; rank: number[] } | undefined;
  for (let mask = 0; mask < has.length; mask++) {
    if (has[mask]! < goal) continue;
    const members = membersOf(mask, count);
    const rank = [members.length, -members.filter((one) => isAutomatic[one]).length, has[mask]!, ...members];
    if (best === undefined || isBefore(rank, best.rank)) best = { mask, rank };
  }
  return membersOf(best?.mask ?? has.length - 1, count);
}

function membersOf(mask: number, count: number): number[] {
  return Array.from({ length: count }, (_, one) => one).filter((one) => mask & (1 << one));
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** What comes back when a run of neighbours goes. */
class RunWeights {
  readonly places: number;
  /** By length less one and last place: what just this run holds. */
  private readonly own: (Float64Array | undefined)[] = [];
  /** By length and last place: all that it holds. */
  private readonly all: Float64Array[];

  constructor(places: number) {
    this.places = places;
    this.all = [new Float64Array(places)];
  }

  add(first: number, last: number, bytes: number): void {
    (this.own[last - first] ??= new Float64Array(this.places))[last]! += bytes;
  }

  /** By last place, of the runs of a length; lengths are asked for in order, from 1. */
  ofLength(length: number): Float64Array {
    const known = this.all[length];
    if (known !== undefined) return known;
    const own = this.own[length - 1];
    const shorter = this.all[length - 1]!;
    const inner = this.all[length - 2];
    const all = new Float64Array(this.places);
    for (let last = length - 1; last < this.places; last++) {
      const before = last === 0 ? 0 : shorter[last - 1]!;
      const both = inner === undefined || last === 0 ? 0 : inner[last - 1]!;
      all[last] = shorter[last]! + before - both + (own?.[last] ?? 0);
    }
    this.all[length] = all;
    return all;
  }
}

/**
 * For k = 1, 2, …: the most that k of the first n places hold, which is that of the first n − 1, or of fewer places before a run that
 * ends with the n-th. Ends with the first k that has the goal, after n·k² steps; returns its places.
 */
function fewestRuns(runs: RunWeights, goal: number): number[] {
  const { places } = runs;
  const most = [new Float64Array(places + 1)];
  /** How long the run is that ends there; 0: the last place stays. */
  const taken: Uint16Array[] = [new Uint16Array(places + 1)];
  for (let k = 1; k <= places && most[k - 1]![places]! < goal; k++) {
    const best = new Float64Array(places + 1).fill(Number.NEGATIVE_INFINITY);
    const length = new Uint16Array(places + 1);
    for (let run = 1; run <= k; run++) {
      const weights = runs.ofLength(run);
      const before = most[k - run]!;
      for (let end = run; end <= places; end++) {
        const bytes = before[end - run]! + weights[end - 1]!;
        if (bytes > best[end]!) {
          best[end] = bytes;
          length[end] = run;
        }
      }
    }
    for (let end = 1; end <= places; end++) {
      if (best[end - 1]! < best[end]!) continue;
      best[end] = best[end - 1]!;
      length[end] = 0;
    }
    most.push(best);
    taken.push(length);
  }
  const chosen: number[] = [];
  for (let k = most.length - 1, end = places; k > 0;) {
    const run = taken[k]![end]!;
    for (let back = 1; back <= run; back++) chosen.push(end - back);
    k -= run;
    end -= Math.max(1, run);
  }
  return chosen;
}

/** Takes out of a choice what the goal does not need: those first of which there is more to lose, the newest first. */
function withoutNeedless(parts: readonly Part[], isAutomatic: readonly boolean[], goal: number, chosen: readonly number[]): number[] {
  const members = new Set(chosen);
  const before = new Uint32Array(isAutomatic.length + 1);
  for (let one = 0; one < isAutomatic.length; one++) before[one + 1] = before[one]! + (members.has(one) ? 1 : 0);
  let complete = parts.filter(({ runs }) => isEach(runs, (from, to) => to - from === before[to]! - before[from]!));
  let has = complete.reduce((sum, { bytes }) => sum + bytes, 0);
  const lost = new Float64Array(isAutomatic.length);
  for (const { runs, bytes } of complete) addTo(lost, runs, bytes);
  const order = chosen.toSorted((a, b) => Number(isAutomatic[a]) - Number(isAutomatic[b]) || b - a);
  for (const candidate of order) {
    if (has - lost[candidate]! < goal) continue;
    members.delete(candidate);
    has -= lost[candidate]!;
    complete = complete.filter(({ runs, bytes }) => {
      if (isEach(runs, (from, to) => candidate < from || candidate >= to)) return true;
      addTo(lost, runs, -bytes);
      return false;
    });
  }
  return [...members].toSorted((a, b) => a - b);
}

/** True when it is so for each run. */
function isEach(runs: readonly number[], isSo: (from: number, to: number) => boolean): boolean {
  for (let r = 0; r < runs.length; r += 2) if (!isSo(runs[r]!, runs[r + 1]!)) return false;
  return true;
}

function addTo(values: Float64Array, runs: readonly number[], bytes: number): void {
  for (let r = 0; r < runs.length; r += 2) for (let one = runs[r]!; one < runs[r + 1]!; one++) values[one]! += bytes;
}
