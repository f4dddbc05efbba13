import type { Changes } from '../../engine/api.ts';

/** All of them together. */
export function numberOfChanges(counts: Changes['counts']): number {
  return counts.added + counts.changed + counts.removed + counts.moved;
}

/** Changes that are read for a list; more of them are read when they are asked for. */
export const changesAtOnce = 1000;
