import type { TreeEntry } from '../../store/tree.ts';
import { acknowledgementsOf, pathsThatWere, type Acknowledged } from '../delivery/acknowledged.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import type { BaseOf } from './compare.ts';
import type { Published } from './published.ts';

/** What a distribution delivered at a path; nothing for what it did not, or for one that is not here. */
export type DeliveredAt = (distribution: string, path: string) => TreeEntry | undefined;

/** What a member received at a path, and where in its log it told so: nothing where the list of what waits there is not known. */
export interface Received {
  readonly entry: TreeEntry;
  readonly sequence: number | undefined;
}

/** What a member last received at each path, by what it told: the last distribution that it applied there. */
export function receivedBy(state: SpaceState, member: Member, deliveredAt: DeliveredAt): (path: string) => Received | undefined {
  const told = acknowledgementsOf(state, member)
    .toReversed()
    .map((one) => ({ ...one, waiting: waitingIn(state, one) }));
  return (path) => {
    for (const { record, body, waiting } of told) {
      const entry = waiting?.has(path) === true ? undefined : deliveredAt(body.of, path);
      if (entry !== undefined) return { entry, sequence: waiting && record.header.sequence };
    }
    return undefined;
  };
}

/** What a member's published state is compared with. What is told last counts for later; what it told after it had published is unknown. */
export function basesOf(state: SpaceState, member: Member, published: Published, deliveredAt: DeliveredAt): BaseOf {
  const last = receivedBy(state, member, deliveredAt);
  return (path) => {
    const received = last(path);
    return received !== undefined && (received.sequence ?? Infinity) > published.sequence ? 'unknown' : received?.entry;
  };
}

/** Nothing where that is not known. */
function waitingIn(state: SpaceState, told: Acknowledged): ReadonlySet<string> | undefined {
  if ((told.body.counts.waiting ?? 0) === 0) return new Set();
  const paths = pathsThatWere(state, told, 'waiting');
  return typeof paths === 'string' ? undefined : new Set(paths);
}
