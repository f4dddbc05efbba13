import { decodeName } from '../../base/paths.ts';
import type { TreeEntry } from '../../store/tree.ts';
import { acknowledgementsOf, type Acknowledged } from '../delivery/distributions.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import type { BaseOf } from './compare.ts';
import type { Published } from './published.ts';

/** What a distribution delivered at a path; nothing for what it did not, or for one that is not here. */
export type DeliveredAt = (distribution: string, path: string) => TreeEntry | undefined;

/** What a member received at a path, and where in its log it told so. */
export interface Received {
  readonly entry: TreeEntry;
  readonly sequence: number;
}

/** What a member last received at each path, by what it told: the last distribution that it applied there. */
export function receivedBy(state: SpaceState, member: Member, deliveredAt: DeliveredAt): (path: string) => Received | undefined {
  const told = [...acknowledgementsOf(state, member)].toReversed();
  const waiting = new Map(told.map((one) => [one, waitingIn(one)]));
  return (path) => {
    for (const one of told) {
      const entry = waiting.get(one)!.has(path) ? undefined : deliveredAt(one.body.of, path);
      if (entry !== undefined) return { entry, sequence: one.sequence };
    }
    return undefined;
  };
}

/** What a member's published state is compared with. What is told last counts for later; what it told after it had published is unknown. */
export function basesOf(state: SpaceState, member: Member, published: Published, deliveredAt: DeliveredAt): BaseOf {
  const last = receivedBy(state, member, deliveredAt);
  return (path) => {
    const received = last(path);
    return received !== undefined && received.sequence > published.sequence ? 'unknown' : received?.entry;
  };
}

function waitingIn({ body: { outcomes } }: Acknowledged): ReadonlySet<string> {
  if (!Array.isArray(outcomes)) return new Set();
  return new Set(outcomes.filter(({ outcome }) => outcome === 'waiting').map(({ path }) => pathIn(path)));
}

function pathIn(encoded: string): string {
  return decodeName(Buffer.from(encoded, 'base64url'));
}
