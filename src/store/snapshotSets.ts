/**
 * Sets of small numbers (places of snapshots in time), each set known by a number of its own: equal sets have equal numbers, 0 is the
 * empty one. As runs, because what is in a snapshot tends to be in its neighbours too.
 */
export class SnapshotSets {
  /** Per set its runs, in order, as from and to (exclusive). */
  private readonly runs: (readonly number[])[] = [[]];
  private readonly known = new Map<string, number>([['', 0]]);
  private readonly unions = new Map<number, number>();

  /** Sets are numbered below this. */
  get count(): number {
    return this.runs.length;
  }

  /** The set of one place. */
  single(place: number): number {
    return this.set([place, place + 1]);
  }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.unions.get(key);
    if (known !== undefined) return known;
    const union = this.set(joinRuns(this.runs[a]!, this.runs[b]!));
    this.unions.set(key, union);
    return union;
  }

  /** Its places, in order. */
  places(set: number): number[] {
    const runs = this.runs[set]!;
    const places: number[] = [];
    for (let r = 0; r < runs.length; r += 2) for (let place = runs[r]!; place < runs[r + 1]!; place++) places.push(place);
    return places;
  }

  /** For every set, by its number, whether any of its places is one of those for which `isWanted` holds. */
  withAny(places: number, isWanted: (place: number) => boolean): boolean[] {
    const before = new Uint32Array(places + 1);
    for (let place = 0; place < places; place++) before[place + 1] = before[place]! + (isWanted(place) ? 1 : 0);
    return this.runs.map((runs) => {
      for (let r = 0; r < runs.length; r += 2) if (before[runs[r + 1]!]! > before[runs[r]!]!) return true;
      return false;
    });
  }

  private set(runs: readonly number[]): number {
    const key = runs.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, this.runs.length);
    return this.runs.push(runs) - 1;
  }
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
