/** When the next automatic snapshot by the clock is due. Pure; all times are in milliseconds, moments since 1970. */

export type TimedOccasion = 'scheduled' | 'idle';

/** What is wished for; absent: not that one. */
export interface Timing {
  /** At most so long between two. */
  readonly every?: number;
  /** So long after the last edit. */
  readonly idle?: number;
}

/** What has happened in a folder. */
export interface Moments {
  /** The window began to look after it. */
  readonly opened: number;
  /** The newest snapshot was taken, by whomever. */
  readonly latest?: number;
  /** This window last began to look for something new. */
  readonly tried?: number;
  /** Something was last typed or changed. */
  readonly edited?: number;
}

export interface Due {
  /** May lie behind: then it is now. */
  readonly at: number;
  readonly occasion: TimedOccasion;
}

/** A window that has just been opened has other things to do first. */
export const SETTLE = 30_000;

/** The first that is due, given that nothing happens before; nothing where none is. */
export function nextDue({ every, idle }: Timing, { opened, latest, tried, edited }: Moments, now: number): Due | undefined {
  // A moment ahead is of a clock that has been put back since.
  const past = (moment: number | undefined): number => Math.min(moment ?? -Infinity, now);
  const scheduled = every === undefined ? Infinity : Math.max(past(latest), past(tried)) + every;
  const isEdited = edited !== undefined && past(edited) > past(tried);
  const quiet = idle === undefined || !isEdited ? Infinity : past(edited) + idle;
  const first = Math.min(scheduled, quiet);
  if (first === Infinity) return undefined;
  return { at: Math.max(first, past(opened) + SETTLE), occasion: quiet < scheduled ? 'idle' : 'scheduled' };
}
