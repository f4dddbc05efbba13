import type { Head } from '../records/shapes.ts';
import type { Link } from './link.ts';

/** One log, as much of it as stands. */
export interface Chain<Of extends Link = Link> {
  /** From the first on, without a gap. */
  readonly standing: readonly Of[];
  /** Both sides of a fork, from where they part; evidence until somebody picks one. */
  readonly forked: readonly Of[];
  /** What came after the end that was set to the log. */
  readonly late: readonly Of[];
}

/**
 * What stands of one log's founded records. Everything up to a fork does; with an `end` (`null`: before the first), everything on the way
 * to it, so that it also says which side of a fork stands.
 */
export function chainOf<Of extends Link>(records: readonly Of[], end?: Head | null): Chain<Of> {
  const limit = end === undefined ? Infinity : (end?.sequence ?? 0);
  const standing = (end && wayTo(end, records)) ?? untilFork(records, limit);
  const stands = new Set(standing);
  const others = records.filter((record) => !stands.has(record));
  return {
    standing,
    forked: others.filter(({ header }) => header.sequence <= limit),
    late: others.filter(({ header }) => header.sequence > limit),
  };
}

/** Nothing when the end itself is not here. */
function wayTo<Of extends Link>(end: Head, records: readonly Of[]): Of[] | undefined {
  const byHash = new Map(records.map((record) => [record.hash, record]));
  const way: Of[] = [];
  let at = byHash.get(end.hash);
  if (at?.header.sequence !== end.sequence) return undefined;
  for (; at !== undefined; at = byHash.get(at.header.previous ?? '')) way.push(at);
  return way.toReversed();
}

function untilFork<Of extends Link>(records: readonly Of[], limit: number): Of[] {
  const next = Map.groupBy(records, ({ header }) => header.previous);
  const standing: Of[] = [];
  let followers = next.get(null);
  while (followers?.length === 1 && standing.length < limit) {
    standing.push(followers[0]!);
    followers = next.get(followers[0]!.hash);
  }
  return standing;
}
