/** What a distribution brings here: neither what was taken back of it before it was applied, nor what later ones have brought already. */
import type { State } from '../instance/states.ts';
import { touching } from '../instance/scopes.ts';
import { withoutLost } from '../space/delivery/distributed.ts';
import { checkListed, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { exceptionsFor, withExceptions, type Exception } from '../space/delivery/exceptions.ts';
import { storing } from '../space/delivery/storing.ts';
import { hasLosses } from '../space/delivery/takings.ts';
import { EMPTY_ID, putFolder } from '../space/merge/editTree.ts';
import type { Item } from '../space/merge/staged.ts';
import { extractPath } from '../space/merge/tables/tablePlaces.ts';
import type { Participant } from '../space/participant/participant.ts';
import { Trees } from '../instance/states.ts';
import { Kind } from '../store/tree.ts';
import { fetched } from './applying.ts';
import type { Open } from './open.ts';
import { supersededHere, withoutReceived } from './superseding.ts';

export interface Coming {
  readonly distribution: Distribution;
  /** The delivered tree, or what is left of it. */
  readonly state: State;
  readonly items: readonly Item[];
  /** Nothing is left, because of later ones. */
  readonly isSuperseded: boolean;
}

/** Fetches it, unless nothing is left. @throws SnapstageError those of the hub, and of `checkListed`. */
export async function comingOf(open: Open, participant: Participant, distribution: Distribution): Promise<Coming> {
  const { store } = open;
  if (supersededHere(store, participant).has(distribution.id)) {
    const root = storing(store, (sink) => putFolder(sink, new Map()));
    return {
      distribution,
      state: { id: distribution.id, root, trees: new Trees(() => store.reader), at: '' },
      items: [],
      isSuperseded: true,
    };
  }
  const { exceptions, flaw } = exceptionsFor(participant.state, participant.belonging.log, distribution.said);
  checkListed({ id: distribution.id, flaw });
  const left = withoutTaken(open, distribution, await fetched(open, participant, distribution));
  const { incoming: state, later } = withoutReceived(open, participant, distribution, left);
  const items = withExceptions(itemsOf(distribution, state, later), exceptions.filter(isLeafIn(state)));
  return { distribution, state, items, isSuperseded: false };
}

/** Of what is not delivered, and of folders, there are no exceptions. */
function isLeafIn({ root, trees }: State): (exception: Exception) => boolean {
  return ({ path, table }) => {
    if (table !== null) return true;
    const entry = trees.entry(root, path);
    return entry !== undefined && (entry.kind !== Kind.folder || entry.id.equals(EMPTY_ID));
  };
}

/** What was taken back before it was applied is not applied only to be taken back. */
function withoutTaken({ store }: Open, { losses }: Distribution, incoming: State): State {
  if (!hasLosses(losses)) return incoming;
  return { ...incoming, root: storing(store, (sink) => withoutLost(incoming.root, losses, { trees: incoming.trees, sink })) };
}

function itemsOf(distribution: Distribution, { root, trees }: State, later: readonly Distribution[]): readonly Item[] {
  const { body } = distribution.said;
  // A whole snapshot of which nothing is left is a mirror of nothing.
  if (root.equals(EMPTY_ID) && body.tree !== root.toString('hex')) return [];
  const isLost = lostIn(distribution);
  const isMixed = touching(later.flatMap(({ items }) => items.map(({ path }) => path)));
  return distribution.items.flatMap(({ type, path, part, strategy }): Item[] => {
    if (isLost(path)) return [];
    if (type === 'table') {
      const isLeft = later.length === 0 || trees.entry(root, extractPath(path, part!)) !== undefined;
      return isLeft ? [{ type, path, strategy, table: part! }] : [];
    }
    // What has come into a folder since then is not to be kept out of it by one that comes too late.
    return [{ type, path, strategy: strategy === 'mirror' && isMixed(path) ? 'overwrite' : strategy }];
  });
}
