/** When the hub is asked next. Pure; all times are in milliseconds, moments since 1970. */

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
