import type { SignedRecord } from '../records/envelope.ts';

/** Records that count, and those that wait or never will. */
export interface Founded {
  /** What follows comes after what it follows: by depth, then log. */
  readonly records: readonly SignedRecord[];
  readonly byHash: ReadonlyMap<string, SignedRecord>;
  /** Those that lack something they follow, or cite it wrongly. */
  readonly unfounded: readonly Unfounded[];
}

export interface Unfounded {
  readonly record: SignedRecord;
  /** `missing`: what it follows is not here yet. `wrong`: it is, and is not what the record says of it. */
  readonly why: 'missing' | 'wrong';
}

const NOTHING: Founded = { records: [], byHash: new Map(), unfounded: [] };

/**
 * The records that count: the one before in its log and all that a record cites are here, are what it says they are, and count; its depth
 * is 1 + the largest of theirs. So the set is closed: nobody acts on a record without those that its author had read. What is cited must
 * be among the records themselves or in `base`.
 */
export function foundedRecords(records: Iterable<SignedRecord>, base: Founded = NOTHING): Founded {
  const byHash = new Map(base.byHash);
  const counted: SignedRecord[] = [];
  const unfounded: Unfounded[] = [];
  // All that a record follows has a smaller depth, or the record is wrong.
  for (const record of [...records].sort(byDepth)) {
    if (byHash.has(record.hash)) continue;
    const why = flawOf(record, byHash);
    if (why !== undefined) {
      unfounded.push({ record, why });
      continue;
    }
    byHash.set(record.hash, record);
    counted.push(record);
  }
  return { records: counted, byHash, unfounded };
}

/** Orders records by depth, then log; two of the same log and depth are a fork, and are ordered by hash. */
export function byDepth(a: SignedRecord, b: SignedRecord): number {
  return a.header.depth - b.header.depth || compareText(a.header.log, b.header.log) || compareText(a.hash, b.hash);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function flawOf({ header }: SignedRecord, byHash: ReadonlyMap<string, SignedRecord>): Unfounded['why'] | undefined {
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
