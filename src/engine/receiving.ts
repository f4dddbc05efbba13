/** Deliveries: what came, what applying it would do, the choices for its conflicts, and applying it. */
import { SnapstageError } from '../base/errors.ts';
import { stateOf } from '../instance/restore.ts';
import { within } from '../instance/scopes.ts';
import { readContent, Trees, type State } from '../instance/states.ts';
import { withoutLost } from '../space/delivery/distributed.ts';
import { distributionsIn, itemsIn, type Distribution } from '../space/delivery/distributions.ts';
import {
  noDelivery,
  readChoices,
  readReceived,
  rememberedChoices,
  writeChoices,
  writeReceived,
  type Received,
} from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { hasLosses } from '../space/delivery/takings.ts';
import { byDepth } from '../space/logs/founded.ts';
import type { Decided } from '../space/merge/decisions.ts';
import { BY_DECISION, isConflict, type Take } from '../space/merge/matrix.ts';
import { mergedTree } from '../space/merge/mergedTree.ts';
import { nextBase } from '../space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest, type Planned } from '../space/merge/plan.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import type { Note, StoredSnapshot } from '../store/snapshots.ts';
import { Kind } from '../store/tree.ts';
import { acknowledge, applied, BASE, baseRoot, deliveriesFor, fetched, SENDER, targetOf, version } from './applying.ts';
import type * as api from './deliveryApi.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';
import { foundTaking, planTaking, receiveTaking, roundsOf, takenBack, takingInfo } from './takingBack.ts';

export function inbox(open: Open, machine: Machine): Promise<readonly api.DeliveryInfo[]> {
  return participating(open, machine, async (participant) => {
    const received = readReceived(open.store.files);
    const sent = distributionsIn(participant.state);
    const all = [
      ...deliveriesFor(participant).map((one) => ({ said: one.said, info: deliveryInfo(one, received.get(one.id)) })),
      ...takenBack(participant).map((one) => ({ said: one.said, info: takingInfo(one, sent, received) })),
    ];
    return all.toSorted((a, b) => byDepth(b.said.record, a.said.record)).map(({ info }) => info);
  });
}

export function planReceive(open: Open, machine: Machine, { delivery }: { readonly delivery: string }): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const taking = foundTaking(participant, delivery);
    return taking === undefined ? planned(open, participant, delivery) : planTaking(open, participant, taking);
  });
}

/** Notes choices; those of a triple that is not so any more are left out. */
export function resolve(
  open: Open,
  machine: Machine,
  { delivery, choices }: { readonly delivery: string; readonly choices: readonly api.Choice[] },
): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const { objects } = await planned(open, participant, delivery);
    const byPlace = new Map(objects.map((object) => [object.place, object]));
    const changes = new Map<string, Decided | undefined>();
    for (const { place, triple, take } of choices) {
      const object = byPlace.get(place);
      if (object?.triple !== triple) continue;
      if (take !== null && !object.choices.includes(take))
        throw new SnapstageError('usage', `“${take}” can’t be chosen for “${place}”.`, { place, choices: object.choices });
      if (take === 'merge') throw new SnapstageError('usage', `What both sides of “${place}” come to has to be kept first.`, { place });
      changes.set(place, take === null ? undefined : { triple, decision: { take } });
    }
    writeChoices(open.store.files, found(participant, delivery).id, changes);
    return planned(open, participant, delivery);
  });
}

export function readSide(
  open: Open,
  machine: Machine,
  { delivery, place, side }: { readonly delivery: string; readonly place: string; readonly side: 'base' | 'incoming' | 'mine' },
): Promise<Uint8Array> {
  return participating(open, machine, async (participant) => {
    const { plan } = await planIn(open, participant, found(participant, delivery));
    const entry = plan.objects.find((object) => object.place === place)?.[side];
    if (entry === undefined || entry.kind === Kind.folder)
      throw new SnapstageError('not-found', `“${place}” has no such side.`, { place, side });
    const { store, taker, work } = open;
    // What is here now is in no store yet: it is stored, as the next snapshot would.
    if (side === 'mine' && !store.index.has(entry.id) && entry.size > 0) {
      await taker.store(store, work);
      store.reload();
    }
    return readContent(store.reader, entry);
  });
}

/** Applies a delivery but for what waits. @throws SnapstageError `stale-plan`, `refused` for what must be confirmed, `busy`. */
export function receive(open: Open, machine: Machine, request: api.ReceiveRequest): Promise<api.ReceiveReport> {
  return participating(open, machine, async (participant) => {
    const { store } = open;
    const taking = foundTaking(participant, request.delivery);
    if (taking !== undefined) return receiveTaking(open, participant, taking, request);
    const distribution = found(participant, request.delivery);
    if (distribution.isVoid) throw refusal('It was taken back: there is nothing to apply any more.', { delivery: distribution.id });
    const incoming = withoutTaken(open, distribution, await fetched(open, participant, distribution));
    let plan: MergePlan | undefined;
    let base = '';
    const make = async (mine: StoredSnapshot): Promise<Buffer> => {
      if (request.from !== undefined && mine.record.root !== request.from)
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      const merge = mergeRequest(open, distribution, incoming, stateOf(store, mine), mine.record);
      const what = (plan = planMerge(merge, () => open.work.check()));
      if (what.isMostOfAll && request.confirmed !== true)
        throw refusal(`${what.deletedFiles} files would be deleted, more than half of all that are here.`, {
          reason: 'most-of-all',
          deletedFiles: what.deletedFiles,
        });
      const roots = storing(store, (sink) => ({ merged: mergedTree(merge, what, sink), base: nextBase(merge, what, sink) }));
      base = idHex(roots.base);
      return roots.merged;
    };
    const restored = await applied(open, incoming, make);
    const waits = plan!.objects.some(({ outcome }) => outcome === 'waiting');
    // Applied is applied, whatever comes: done again it changes nothing.
    writeKeep(store.files, { name: BASE, root: base });
    const now: Received = {
      state: waits ? 'waiting' : 'applied',
      rounds: [...(readReceived(store.files).get(distribution.id)?.rounds ?? []), ...roundsOf(restored)],
      at: new Date(store.host.now()).toISOString(),
    };
    writeReceived(store.files, distribution.id, now);
    const told = plan!.objects.map(({ path, outcome, beside }) => ({ path, outcome, savedAs: beside?.place ?? null }));
    await acknowledge(participant, distribution.id, told, store.host.now());
    return {
      delivery: deliveryInfo(distribution, now),
      counts: plan!.counts,
      objects: plan!.objects.map((object) => objectInfo(object, distribution)),
      ...(restored === undefined ? {} : { safety: snapshotInfo(restored.safety) }),
    };
  });
}

async function planned(open: Open, participant: Participant, delivery: string): Promise<api.DeliveryPlan> {
  const distribution = found(participant, delivery);
  const { plan, from } = await planIn(open, participant, distribution);
  return {
    delivery: deliveryInfo(distribution, readReceived(open.store.files).get(distribution.id)),
    from,
    counts: plan.counts,
    same: plan.same,
    objects: plan.objects.map((object) => objectInfo(object, distribution)),
    deletedFiles: plan.deletedFiles,
    isMostOfAll: plan.isMostOfAll,
  };
}

async function planIn(open: Open, participant: Participant, distribution: Distribution): Promise<{ plan: MergePlan; from: string }> {
  const { store, taker, work } = open;
  const incoming = withoutTaken(open, distribution, await fetched(open, participant, distribution));
  const look = await taker.look(store, work);
  const mine = { id: 'current', root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
  const merge = mergeRequest(open, distribution, incoming, mine, { ...look, files: look.totals.files });
  return { plan: planMerge(merge, () => work.check()), from: look.root.toString('hex') };
}

function mergeRequest(
  { store }: Open,
  distribution: Distribution,
  incoming: State,
  mine: State,
  about: { readonly files: number; readonly excluded: readonly Note[]; readonly unreadable: readonly Note[] },
): MergeRequest {
  const { body } = distribution.said;
  const { losses } = distribution;
  const isLost = within([...losses.gone, ...losses.earlier]);
  const items = itemsIn(body).flatMap(({ type, path, strategy }) => (isLost(path) ? [] : [{ type, path, strategy }]));
  return {
    sides: {
      base: { trees: new Trees(() => store.reader), folder: baseRoot(store) },
      incoming: { trees: incoming.trees, folder: incoming.root },
      mine: { trees: mine.trees, folder: mine.root },
    },
    staged: new Staged(items, { overall: body.strategy, byType: definite(body.strategies) }),
    target: targetOf(about),
    label: SENDER,
    decisions: readChoices(store.files, distribution.id),
    remembered: rememberedChoices(store.files),
    files: about.files,
  };
}

/** What was taken back before it was applied is not applied only to be taken back. */
function withoutTaken({ store }: Open, { losses }: Distribution, incoming: State): State {
  if (!hasLosses(losses)) return incoming;
  return { ...incoming, root: storing(store, (sink) => withoutLost(incoming.root, losses, { trees: incoming.trees, sink })) };
}

function definite<K extends string, V>(record: Readonly<Partial<Record<K, V | undefined>>>): Partial<Record<K, V>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<Record<K, V>>;
}

/** @throws SnapstageError `not-found`, `ambiguous`. */
function found(participant: Participant, delivery: string): Distribution {
  const all = deliveriesFor(participant).filter(({ id }) => /^[0-9a-f]{4,64}$/.test(delivery) && id.startsWith(delivery));
  if (all.length === 1) return all[0]!;
  if (all.length === 0) throw noDelivery(delivery);
  throw new SnapstageError('ambiguous', `“${delivery}” fits ${all.length} deliveries.`, { delivery });
}

function deliveryInfo({ id, said, isVoid }: Distribution, received: Received | undefined): api.DeliveryInfo {
  return {
    id,
    from: SENDER,
    message: said.body.message,
    made: new Date(said.body.made).toISOString(),
    kind: 'distribution',
    state: isVoid && (received === undefined || received.state === 'waiting') ? 'void' : (received?.state ?? 'new'),
    items: itemsIn(said.body),
  };
}

const TAKES: readonly Exclude<Take, 'merge'>[] = ['incoming', 'mine', 'both'];

function objectInfo(object: Planned, { said }: Distribution): api.DeliveredObject {
  const { path, place, state, strategy, outcome, beside, hold, base, incoming, mine, triple, decision, offered } = object;
  const item = itemsIn(said.body).findLast((one) => one.path === '' || path === one.path || path.startsWith(`${one.path}/`));
  const isOpen = state !== 'same' && hold !== 'store' && hold !== 'unread' && (isConflict(state) || hold === 'code');
  return {
    path,
    place,
    type: item?.type ?? 'file',
    part: item?.part ?? null,
    state,
    strategy,
    outcome,
    as: beside?.place ?? null,
    hold: hold ?? null,
    base: version(place, base),
    incoming: version(place, incoming),
    mine: version(place, mine),
    triple,
    choices: isOpen ? TAKES.filter((take) => BY_DECISION[state][take] !== 'waiting') : [],
    chosen: decision?.take ?? null,
    offered: offered?.take ?? null,
    mergeable: null,
  };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
