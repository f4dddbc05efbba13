import { baseName } from '../../base/paths.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import { guardOf } from '../merge/guardedNames.ts';
import { hasMadeWay, undecided, type Outcome } from '../merge/matrix.ts';
import type { ItemType, Strategy } from '../merge/staged.ts';
import type { Compared } from './compare.ts';

/** An object with the strategy that holds for it. */
export interface Sent {
  readonly type: ItemType;
  readonly strategy: Strategy;
  /** As its path says. */
  readonly runsCode: boolean;
}

/**
 * What becomes of an object at a target that stands to it like this, as the target's own plan will have it. Nothing where nothing need be
 * done, or nobody but the target knows. `strategyAt` is that of folders, too.
 */
export function outcomeOf(
  { type, strategy, runsCode: canRun }: Sent,
  { state, isNews, blocker }: Compared,
  strategyAt: (path: string) => Strategy,
): Outcome | undefined {
  if (state === 'same' || state === 'unknown') return undefined;
  // Nothing is put into what is no database.
  if (type === 'table' && state === 'kind-clash' && blocker === undefined) return 'waiting';
  if (blocker === undefined) return undecided(strategy, { state, isNews, canRun });
  // What is in the way is decided about as one, with all that is to be in its place.
  const way = undecided(strategyAt(blocker.path), { state: 'kind-clash', isNews: blocker.isNews, canRun: runsCode(blocker.path) });
  return hasMadeWay(way) && canRun ? 'waiting' : way;
}

/** Whether an object may run programs by its name, or by that of a folder that it is in. */
export function runsCode(path: string): boolean {
  return [...foldersAbove(path), path].some((each) => guardOf(baseName(each)) === 'code');
}
