/** Above every place; a number holds two of them. */
const PLACES = 2 ** 22;
const SEVERAL = PLACES * PLACES;

/**
 * Sets of places (of snapshots in time), each set known by a number: equal sets have equal numbers, 0 is the empty one. What is in a
 * snapshot tends to be in its neighbours too: the number of a single run of places is its first place times 2²² plus the place after its
 * last. Only sets of several runs are kept in a list.
 */
export class SnapshotSets {
  /** Per set of several runs, these in order, as from and to (exclusive). */
  private readonly several: (readonly number[])[] = [];
  private readonly known = new Map<string, number>();

  /** The set of one place. */
  single(place: number): number {
    return runNumber(place, place + 1);
  }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    if (a < SEVERAL && b < SEVERAL) {
      const [fromA, toA, fromB, toB] = [Math.floor(a / PLACES), a % PLACES, Math.floor(b / PLACES), b % PLACES];
      if (fromA <= toB && fromB <= toA) return runNumber(Math.min(fromA, fromB), Math.max(toA, toB));
    }
    return this.numberOf(joinRuns(this.runs(a), this.runs(b)));
  }

  /** Its runs of places, in order, each as its first place and the one after its last. */
  runs(set: number): readonly number[] {
    if (set === 0) return [];
    return set < SEVERAL ? [Math.floor(set / PLACES), set % PLACES] : this.several[set - SEVERAL]!;
  }

  /** The places of a set, in order. */
  places(set: number): number[] {
    return placesOf(this.runs(set));
  }

  /** Tells of a set whether any of its places is one of those, of so many, for which `isWanted` holds. */
  holdsAny(places: number, isWanted: (place: number) => boolean): (set: number) => boolean {
    const before = new Uint32Array(places + 1);
    for (let place = 0; place < places; place++) before[place + 1] = before[place]! + (isWanted(place) ? 1 : 0);
    return (set) => {
      if (set < SEVERAL) return before[set % PLACES]! > before[Math.floor(set / PLACES)]!;
      const runs = this.runs(set);
      for (let r = 0; r < runs.length; r += 2) if (before[runs[r + 1]!]! > before[runs[r]!]!) return true;
      return false;
    };
  }

  private numberOf(runs: readonly number[]): number {
    if (runs.length === 2) return runNumber(runs[0]!, runs[1]!);
    const key = runs.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const number = SEVERAL + this.several.push(runs) - 1;
    this.known.set(key, number);
    return number;
  }
}

/** Places from first to last. */
export function placesOf(runs: readonly number[]): number[] {
  const places: number[] = [];
  for (let r = 0; r < runs.length; r += 2) for (let place = runs[r]!; place < runs[r + 1]!; place++) places.push(place);
  return places;
}

function runNumber(from: number, to: number): number {
  return from * PLACES + to;
}

/** The runs of both, those that touch made one. */
function joinRuns(a: readonly number[], b: readonly number[]): number[] {
  const joined: number[] = [];
  for (let i = 0, k = 0; i < a.length || k < b.length;) {
    const isFromA = k === b.length || (i < a.length && a[i]! <= b[k]!);
    const [from, to] = isFromA ? [a[i]!, a[i + 1]!] : [b[k]!, b[k + 1]!];
    if (isFromA) i += 2;
    else k += 2;
    const end = joined.length - 1;
    if (end >= 0 && from <= joined[end]!) joined[end] = Math.max(joined[end]!, to);
    else joined.push(from, to);
  }
  return joined;
}
