import { ofKind } from './statements.ts';
import type { SpaceState } from './state.ts';

/** Records of its own that a Master leaves alone: others may not have them yet. */
const NEWEST = 64;

/**
 * How many of the first records of a log nobody will contradict any more: those that a Master has signed to have seen; of a Master in
 * office all but its newest.
 */
export function settledIn({ masters, members, statements }: SpaceState, log: string): number {
  const master = masters.get(log);
  const { standing } = master?.chain ?? members.get(log)?.chain ?? { standing: [] };
  if (master !== undefined && master.end === undefined) return Math.max(0, standing.length - NEWEST);
  const seen = ofKind(statements, 'seen').flatMap(({ body }) => body.heads.filter((head) => head.log === log));
  const own = seen.filter(({ sequence, hash }) => standing[sequence - 1]?.hash === hash);
  return own.reduce((most, { sequence }) => Math.max(most, sequence), 0);
}
