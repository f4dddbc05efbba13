import type { TreeEntry } from '../../store/tree.ts';
import { acknowledgementsOf, pathsThatWere, type Acknowledged } from '../delivery/acknowledged.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import type { BaseOf } from './compare.ts';
import type { Published } from './published.ts';

/** What a distribution delivered at a path; nothing for what it did not, or for one that is not here. */
export type DeliveredAt = (distribution: string, path: string) => TreeEntry | undefined;

/**
 * What a member last received at each path, by what it told: the last distribution that it applied there. What is told last counts for
 * later; what it told after it had published its state is unknown.
 */
export function basesOf(state: SpaceState, member: Member, published: Published, deliveredAt: DeliveredAt): BaseOf {
  const told = acknowledgementsOf(state, member)
    .toReversed()
    .map((one) => ({ ...one, waiting: waitingIn(state, one) }));
  return (path) => {
    for (const { record, body, waiting } of told) {
      const entry = waiting?.has(path) === true ? undefined : deliveredAt(body.of, path);
      if (entry === undefined) continue;
      return waiting === undefined || record.header.sequence > published.sequence ? 'unknown' : entry;
    }
    return undefined;
  };
}

/** Nothing where that is not known. */
function waitingIn(state: SpaceState, told: Acknowledged): ReadonlySet<string> | undefined {
  if ((told.body.counts.waiting ?? 0) === 0) return new Set();
  const paths = pathsThatWere(state, told, 'waiting');
  return typeof paths === 'string' ? undefined : new Set(paths);
}
