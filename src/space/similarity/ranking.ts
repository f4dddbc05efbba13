import { comparePaths } from '../../base/paths.ts';
import { lowerBound } from '../../base/sorted.ts';
import type { Fingerprints, Sketch } from './fingerprints.ts';

/** A hand-in by its fingerprints. */
export interface Entrant extends Fingerprints {
  readonly handIn: string;
  readonly author: string;
}

/** How alike two hand-ins of different authors are. A help for whoever looks at them, never a verdict. */
export interface Pair {
  /** The hand-ins; `one` comes first in JavaScript's own order. */
  readonly one: string;
  readonly other: string;
  /** The part of the smaller one's own fingerprints that the other one has too, from 0 to 1. */
  readonly score: number;
  /** Fingerprints that both have: of text and of other content. */
  readonly shared: number;
  /** The same part of each one's own. */
  readonly ofOne: number;
  readonly ofOther: number;
  /** Paths in both of files with the same content, in the order of the paths in `one`. */
  readonly sameFiles: readonly { readonly one: string; readonly other: string }[];
}

export interface Ranking {
  /** The most alike first. */
  readonly pairs: readonly Pair[];
  /** How many there are, also of those beyond the limit. */
  readonly found: number;
  /** What so many have that it counts for nothing. */
  readonly common: ReadonlySet<number>;
}

/**
 * With fewer fingerprints of text in common nothing is said, unless other content is the same: five are some eight lines of a program, or
 * thirty words.
 */
const LEAST_SHARED = 5;

/**
 * What more authors have than these counts for nothing: it is the task's own way, a library's customs, or what was handed out by another way.
 * A part of all, but in a small course ten may still have copied from one another, and in a large one two hundred have not.
 */
const COMMON_PART = 0.3;
const LEAST_COMMON = 10;
const MOST_COMMON = 200;

function mostHolders(authors: number): number {
  return Math.min(MOST_COMMON, Math.max(LEAST_COMMON, Math.floor(authors * COMMON_PART)));
}

/**
 * The pairs that are most alike, by an inverted index. Takes time in proportion to the fingerprints, times the `mostHolders` of one at worst,
 * and memory for 8 bytes each, and 8 for each pair. Neither the order of the hand-ins nor anything else but what is in
 * them matters. `check` is called now and then: what it throws ends the work.
 */
export function rank(entrants: readonly Entrant[], limit: number, check: () => void): Ranking {
  const sorted = entrants.toSorted((a, b) => (a.handIn < b.handIn ? -1 : a.handIn > b.handIn ? 1 : 0));
  const authors = sorted.map(({ author }) => author);
  const isCommon = commonJudge(authors);
  const common = new Set<number>();
  const count = (sketches: readonly Sketch[]): Counted => {
    const shared = new PairCounts(sketches.length);
    for (const [value, holders] of holdersOf(sketches, check)) {
      if (isCommon(holders)) common.add(value);
      else shared.count(holders);
    }
    return { shared, own: sketches.map((sketch) => withoutCommon(sketch, common)) };
  };
  const texts = count(sorted.map(({ text }) => text));
  const data = count(sorted.map(({ data: sketch }) => sketch));
  const best = new Best(limit);
  for (const [b, author] of authors.entries()) {
    check();
    for (let a = 0; a < b; a++) {
      const [inText, inData] = [texts.shared.of(a, b), data.shared.of(a, b)];
      if (author === authors[a] || (inText < LEAST_SHARED && inData === 0)) continue;
      const shared = inText + inData;
      const ofOne = shared / (ownCount(texts, a, b) + ownCount(data, a, b));
      const ofOther = shared / (ownCount(texts, b, a) + ownCount(data, b, a));
      best.add({ a, b, score: Math.max(ofOne, ofOther), shared, ofOne, ofOther });
    }
  }
  const sameFiles = sameFilesOf(sorted, isCommon);
  const pairs = best.sorted().map(({ a, b, ...pair }) => {
    return { one: sorted[a]!.handIn, other: sorted[b]!.handIn, ...pair, sameFiles: sameFiles(a, b) };
  });
  return { pairs, found: best.found, common };
}

/** Fingerprints of one kind. */
interface Counted {
  readonly shared: PairCounts;
  readonly own: readonly Sketch[];
}

/** How many `a` has of its own, as far as both have all of theirs. */
function ownCount({ own }: Counted, a: number, b: number): number {
  return lowerBound(own[a]!.values, Math.min(own[a]!.bound, own[b]!.bound));
}

function withoutCommon({ values, bound }: Sketch, common: ReadonlySet<number>): Sketch {
  return { values: values.filter((value) => !common.has(value)), bound };
}

/** Whether these, some of the hand-ins, are by too many authors. */
function commonJudge(authors: readonly string[]): (holders: readonly number[]) => boolean {
  const most = mostHolders(new Set(authors).size);
  return (holders) => holders.length > most && new Set(holders.map((holder) => authors[holder])).size > most;
}

/** Fingerprints whose holders are in memory at the same time. */
const AT_ONCE = 1 << 16;

/** Each fingerprint that is in more than one sketch, with their numbers, ascending. */
function* holdersOf(sketches: readonly Sketch[], check: () => void): Generator<[number, number[]]> {
  const total = sketches.reduce((sum, { values }) => sum + values.length, 0);
  const next = sketches.map(() => 0);
  const steps = Math.ceil(total / AT_ONCE);
  for (let step = 1; step <= steps; step++) {
    check();
    const end = (2 ** 53 / steps) * step;
    const holders = new Map<number, number[]>();
    for (const [holder, { values }] of sketches.entries()) {
      for (let value = values[next[holder]!]; value !== undefined && value < end; value = values[(next[holder]! += 1)]) {
        const known = holders.get(value);
        if (known === undefined) holders.set(value, [holder]);
        else known.push(holder);
      }
    }
    for (const entry of holders) if (entry[1].length > 1) yield entry;
  }
}

/** A count for every two of some. */
class PairCounts {
  private readonly counts: Uint32Array;

  constructor(size: number) {
    this.counts = new Uint32Array((size * (size - 1)) / 2);
  }

  /** One more for each two of these, which ascend. */
  count(some: readonly number[]): void {
    for (let j = 1; j < some.length; j++) {
      const row = rowOf(some[j]!);
      for (let i = 0; i < j; i++) this.counts[row + some[i]!]! += 1;
    }
  }

  /** `a` is below `b`. */
  of(a: number, b: number): number {
    return this.counts[rowOf(b) + a]!;
  }
}

function rowOf(b: number): number {
  return (b * (b - 1)) / 2;
}

/** A pair by the numbers of its hand-ins. */
type Numbered = Pick<Pair, 'score' | 'shared' | 'ofOne' | 'ofOther'> & { readonly a: number; readonly b: number };

/** The first of all that are added. */
class Best {
  found = 0;
  private pairs: Numbered[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(pair: Numbered): void {
    this.found += 1;
    this.pairs.push(pair);
    if (this.pairs.length >= 2 * this.limit + AT_ONCE) this.pairs = this.sorted();
  }

  sorted(): Numbered[] {
    return this.pairs.sort((x, y) => y.score - x.score || y.shared - x.shared || x.a - y.a || x.b - y.b).slice(0, this.limit);
  }
}

/** Tells the same files of two hand-ins, but for those that too many have. */
function sameFilesOf(
  entrants: readonly Entrant[],
  isCommon: (holders: readonly number[]) => boolean,
): (a: number, b: number) => Pair['sameFiles'] {
  const holders = new Map<string, number[]>();
  for (const [number, { files }] of entrants.entries()) {
    for (const key of files.keys()) {
      const known = holders.get(key);
      if (known === undefined) holders.set(key, [number]);
      else known.push(number);
    }
  }
  return (a, b) => {
    const [one, other] = [entrants[a]!.files, entrants[b]!.files];
    const same = [...one].filter(([key]) => other.has(key) && !isCommon(holders.get(key)!));
    return same.map(([key, path]) => ({ one: path, other: other.get(key)! })).sort((x, y) => comparePaths(x.one, y.one));
  };
}
