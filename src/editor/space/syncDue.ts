/** When the hub is asked next. Pure; all times are in milliseconds, moments since 1970. */
import type { AssignmentInfo } from '../../engine/assignmentApi.ts';

/** How asking has gone. */
export interface Asked {
  /** When it was last tried; absent: not yet. */
  readonly at?: number;
  /** How often in a row it has failed since. */
  readonly failures: number;
}

/** Between two tries, however often they fail. */
const LONGEST_PAUSE = 30 * 60_000;

/** May lie behind: then it is now. After each failure the pause is twice as long. */
export function nextSync({ at, failures }: Asked, every: number, now: number): number {
  if (at === undefined) return now;
  const pause = Math.max(every, Math.min(every * 2 ** failures, LONGEST_PAUSE));
  // A moment ahead is of a clock that has been put back since.
  return Math.min(at, now) + pause;
}

/**
 * The first deadline after which the hub was not asked yet: a Master signs then what time it is, and who has handed in. It may lie behind;
 * `undefined` where there is none.
 */
export function nextDeadline({ at }: Asked, deadlines: readonly number[]): number | undefined {
  const open = at === undefined ? [] : deadlines.filter((deadline) => deadline > at);
  return open.length === 0 ? undefined : Math.min(...open);
}

/** Of the assignments that this instance is a Master of: everybody's deadlines, and those of single members. */
export function deadlinesOfMaster(assignments: readonly Pick<AssignmentInfo, 'counts' | 'deadline' | 'extended'>[]): readonly number[] {
  const given = assignments.filter(({ counts }) => counts !== null);
  return given.flatMap(({ deadline, extended }) => [deadline, ...extended]).map((deadline) => Date.parse(deadline));
}
