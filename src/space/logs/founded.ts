import { isRecord, type Link } from './link.ts';

/** Records that count, and those that wait or never will. */
export interface Founded {
  /** What follows comes after what it follows: by depth, then log. */
  readonly links: readonly Link[];
  readonly byHash: ReadonlyMap<string, Link>;
  /** Those that lack something they follow, or cite it wrongly. */
  readonly unfounded: readonly Unfounded[];
}

export interface Unfounded {
  readonly link: Link;
  /** `missing`: what it follows is not here yet. `wrong`: it is, and is not what the record says of it. */
  readonly why: 'missing' | 'wrong';
}

const NOTHING: Founded = { links: [], byHash: new Map(), unfounded: [] };

/**
 * The records that count: the one before in its log and all that a record cites are here, are what it says they are, and count; its depth
 * is 1 + the largest of theirs. So the set is closed: nobody acts on a record without those that its author had read. What is cited must
 * be among the records themselves or in `base`. A stub is as good as its record, but never in the place of one that is here.
 */
export function foundedRecords(links: Iterable<Link>, base: Founded = NOTHING): Founded {
  const all = [...links];
  const records = new Set(all.filter(isRecord).map(({ hash }) => hash));
  const byHash = new Map([...base.byHash].filter(([hash, link]) => isRecord(link) || !records.has(hash)));
  const counted: Link[] = [];
  const unfounded: Unfounded[] = [];
  // All that a record follows has a smaller depth, or the record is wrong.
  for (const link of all.sort(byDepth)) {
    if (byHash.has(link.hash) || (records.has(link.hash) && !isRecord(link))) continue;
    const why = flawOf(link, byHash);
    if (why !== undefined) {
      unfounded.push({ link, why });
      continue;
    }
    byHash.set(link.hash, link);
    counted.push(link);
  }
  return { links: counted, byHash, unfounded };
}

/** Orders records by depth, then log; two of the same log and depth are a fork, and are ordered by hash. */
export function byDepth(a: Link, b: Link): number {
  return a.header.depth - b.header.depth || compareText(a.header.log, b.header.log) || compareText(a.hash, b.hash);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function flawOf({ header }: Link, byHash: ReadonlyMap<string, Link>): Unfounded['why'] | undefined {
  let deepest = 0;
  if (header.previous !== null) {
    const before = byHash.get(header.previous)?.header;
    if (before === undefined) return 'missing';
    if (before.log !== header.log || before.sequence !== header.sequence - 1) return 'wrong';
    deepest = before.depth;
  }
  for (const cited of header.seen) {
    const there = byHash.get(cited.hash)?.header;
    if (there === undefined) return 'missing';
    if (there.log !== cited.log || there.sequence !== cited.sequence || there.depth !== cited.depth) return 'wrong';
    deepest = Math.max(deepest, there.depth);
  }
  return header.depth === deepest + 1 ? undefined : 'wrong';
}
