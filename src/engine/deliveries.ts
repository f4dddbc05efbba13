/** Deliveries as they are told of: what came, and what becomes of each object. */
import { SnapstageError } from '../base/errors.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { checkListed, distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { noDelivery, pendingMerges, readReceived, type Received } from '../space/delivery/received.ts';
import { byDepth } from '../space/logs/founded.ts';
import { BY_DECISION, isConflict, isDecidable, type Take } from '../space/merge/matrix.ts';
import type { Planned } from '../space/merge/plan.ts';
import type { Participant } from '../space/participant/participant.ts';
import { deliveriesFor, plannedObject, SENDER } from './applying.ts';
import type * as api from './deliveryApi.ts';
import { mergeKindOf } from './merging.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';
import { supersededHere } from './superseding.ts';
import { takenBack, takingInfo } from './takingBack.ts';

export function inbox(open: Open, machine: Machine): Promise<readonly api.DeliveryInfo[]> {
  return participating(open, machine, async (participant) => deliveryInfos(open, participant));
}

/** All that came, newest first. */
export function deliveryInfos({ store }: Open, participant: Participant): readonly api.DeliveryInfo[] {
  const received = readReceived(store.files);
  const superseded = supersededHere(store, participant);
  const sent = distributionsIn(participant.state);
  const all = [
    ...deliveriesFor(participant).map((one) => ({ said: one.said, info: deliveryInfo(one, received.get(one.id), superseded.has(one.id)) })),
    ...takenBack(participant).map((one) => ({ said: one.said, info: takingInfo(one, sent, received) })),
  ];
  return all.toSorted((a, b) => byDepth(b.said.record, a.said.record)).map(({ info }) => info);
}

/** @throws SnapstageError `not-found`, `ambiguous`; those of `checkListed`. */
export function found(participant: Participant, delivery: string): Distribution {
  const all = deliveriesFor(participant).filter(({ id }) => /^[0-9a-f]{4,64}$/.test(delivery) && id.startsWith(delivery));
  if (all.length === 0) throw noDelivery(delivery);
  if (all.length === 1) {
    checkListed(all[0]!);
    return all[0]!;
  }
  throw new SnapstageError('ambiguous', `“${delivery}” fits ${all.length} deliveries.`, { delivery });
}

export function deliveryInfo(
  { id, said, items, isVoid }: Distribution,
  received: Received | undefined,
  isSuperseded: boolean,
): api.DeliveryInfo {
  const isOpen = received === undefined || received.state === 'waiting';
  return {
    id,
    from: SENDER,
    message: said.body.message,
    made: new Date(said.body.made).toISOString(),
    kind: 'distribution',
    state: isOpen && isVoid ? 'void' : isOpen && isSuperseded ? 'superseded' : (received?.state ?? 'new'),
    items,
  };
}

const TAKES: readonly Take[] = ['incoming', 'mine', 'both', 'merge'];

/** What is told of an object of a distribution. */
export function objectInfos({ store }: Open, { id, items }: Distribution): (object: Planned) => api.DeliveredObject {
  const pending = pendingMerges(store.files, id);
  const itemAt = lastItemAt(items);
  return (object) => {
    const { path, state, hold, strategy, triple, decision, offered } = object;
    const canTouch = state !== 'same' && hold !== 'store' && hold !== 'unread';
    const isOpen = canTouch && isDecidable(strategy, object) && (isConflict(state) || hold === 'code');
    const mergeable = isOpen ? mergeOf(store, object) : null;
    return {
      ...plannedObject(object, itemAt(path)),
      choices: isOpen ? TAKES.filter((take) => BY_DECISION[state][take] !== 'waiting' && (take !== 'merge' || mergeable !== null)) : [],
      chosen: decision?.take ?? (pending.get(object.name) === triple ? 'merge' : null),
      offered: offered?.take ?? null,
      mergeable,
    };
  };
}

function mergeOf({ reader }: Open['store'], object: Planned): api.MergeKind | null {
  if (object.table === undefined) return mergeKindOf(reader, object);
  return object.mine === undefined ? null : 'table';
}

/** The last item that a path belongs to. */
function lastItemAt(items: readonly api.DeliveredItem[]): (path: string) => api.DeliveredItem | undefined {
  const last = new Map(items.map(({ path }, at) => [path, at]));
  return (path) => items[Math.max(-1, ...['', ...foldersAbove(path), path].map((each) => last.get(each) ?? -1))];
}
