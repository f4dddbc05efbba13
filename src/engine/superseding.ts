/** Deliveries that later ones replace: what they bring is not applied only to be replaced. */
import { SnapstageError } from '../base/errors.ts';
import { touching, within } from '../instance/scopes.ts';
import { memorySink } from '../instance/findings.ts';
import { Trees, type State } from '../instance/states.ts';
import { withoutLost } from '../space/delivery/distributed.ts';
import { distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { isReceived, readReceived } from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { withoutLater } from '../space/delivery/superseded.ts';
import { hasLosses } from '../space/delivery/takings.ts';
import { EMPTY_ID } from '../space/merge/editTree.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex, idOf } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Store } from '../store/store.ts';
import { deliveriesFor, isMeant } from './applying.ts';
import { areaReaderFor, layersOf } from './layers.ts';
import type { Open } from './open.ts';

const NOTE = `${SPACE_FOLDER}/superseded`;

interface Note {
  /** What was known then. */
  readonly of: string;
  /** Ids of deliveries. */
  readonly superseded: readonly string[];
}

/** Ids of deliveries that were superseded when the hub was last heard; none where other things have been heard since. */
export function supersededHere({ files }: Store, participant: Participant): ReadonlySet<string> {
  const note = decodeChecked(files.read(NOTE)) as Note | undefined;
  return new Set(note?.of === knownHere(participant) ? note.superseded : []);
}

/** Finds, with the trees that the hub has, which deliveries are superseded before anything of them is applied. */
export async function noteSuperseded(open: Open, participant: Participant): Promise<void> {
  const { store } = open;
  const of = knownHere(participant);
  if ((decodeChecked(store.files.read(NOTE)) as Note | undefined)?.of === of) return;
  const received = readReceived(store.files);
  const superseded: string[] = [];
  for (const one of deliveriesFor(participant)) {
    if (one.isVoid || received.get(one.id)?.state === 'applied') continue;
    // Whoever has undone the later one does not ask for the earlier.
    const later = laterThan(participant, one);
    if (keepsMirrors(one, later) && (await isReplaced(open, participant, one, later))) superseded.push(one.id);
  }
  store.files.write(NOTE, encodeChecked({ of, superseded } satisfies Note), false);
}

/** What a mirror keeps out of a folder stays out of it only where a later one is a mirror of it too. */
export function keepsMirrors(one: Distribution, later: readonly Distribution[]): boolean {
  const mirrors = (of: Distribution): string[] => of.items.flatMap(({ path, strategy }) => (strategy === 'mirror' ? [path] : []));
  return later.length > 0 && mirrors(one).every(within(later.flatMap(mirrors)));
}

/** Whether nothing is left of one; false where what they bring can't be read. @throws SnapstageError those of the hub. */
export async function isReplaced(
  open: Open,
  participant: Participant,
  one: Distribution,
  later: readonly Distribution[],
): Promise<boolean> {
  try {
    using areas = await areaReaderFor(open, participant, [one, ...later]);
    return (await areas.look((reader) => restOf(one, later, reader, () => open.work.check()))).equals(EMPTY_ID);
  } catch (error) {
    // What can't be looked at is received, or refused, by itself.
    if (error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'not-found')) return false;
    throw error;
  }
}

/** What later ones leave of a delivered tree: `EMPTY_ID` for nothing. */
export function restOf(one: Distribution, later: readonly Distribution[], reader: ObjectReader, check: () => void): Buffer {
  const [layer, ...layers] = layersOf([one, ...later]);
  const objects = new Map<string, Buffer>();
  const laying = { trees: new Trees(() => reader, objects), sink: memorySink(objects), check };
  const root = hasLosses(one.losses) ? withoutLost(layer!.root, one.losses, laying) : layer!.root;
  return withoutLater({ ...layer!, root }, layers, laying);
}

/** What comes too late is left out: later deliveries have brought the same paths already. Also which of those there are. */
export function withoutReceived(
  { store, work }: Open,
  participant: Participant,
  distribution: Distribution,
  incoming: State,
): { readonly incoming: State; readonly later: readonly Distribution[] } {
  const received = readReceived(store.files);
  const later = laterThan(participant, distribution).filter(({ id }) => isReceived(received.get(id)));
  if (later.length === 0) return { incoming, later };
  const [layer] = layersOf([distribution]);
  const check = (): void => work.check();
  const root = storing(store, (sink) =>
    withoutLater({ ...layer!, root: incoming.root }, layersOf(later), { trees: incoming.trees, sink, check }),
  );
  return { incoming: { ...incoming, root }, later };
}

/** Later ones that this instance can open, and that may deliver the same. */
function laterThan(participant: Participant, distribution: Distribution): readonly Distribution[] {
  return sharingAfter(distributionsIn(participant.state), distribution).filter(({ audience }) => isMeant(participant, audience));
}

/** Those of all after one that may deliver the same. */
export function sharingAfter(all: readonly Distribution[], distribution: Distribution): readonly Distribution[] {
  const isShared = touching(distribution.items.map(({ path }) => path));
  const after = all.slice(all.findIndex(({ id }) => id === distribution.id) + 1);
  return after.filter(({ items }) => items.some(({ path }) => isShared(path)));
}

/** All that it depends on which deliveries are superseded, as far as they are for somebody. */
export function knownHere({ state }: Participant): string {
  return idHex(idOf(Buffer.from(JSON.stringify(distributionsIn(state).map(({ id, losses }) => [id, losses])))));
}
