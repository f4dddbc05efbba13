/** Deliveries: what came, what applying it would do, the choices for its conflicts, and applying it. */
import { SnapstageError } from '../base/errors.ts';
import { isInside } from '../base/paths.ts';
import { stateOf } from '../instance/restore.ts';
import { readContent, readCurrent, Trees, type State } from '../instance/states.ts';
import { withoutLost } from '../space/delivery/distributed.ts';
import { distributionsIn, itemsIn, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import {
  BASE,
  noDelivery,
  pendingMerges,
  readChoices,
  readReceived,
  rememberedChoices,
  writeChoices,
  writeReceived,
  type PendingMerge,
  type Received,
} from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { hasLosses } from '../space/delivery/takings.ts';
import { byDepth } from '../space/logs/founded.ts';
import type { Decided } from '../space/merge/decisions.ts';
import { BY_DECISION, isConflict, type Take } from '../space/merge/matrix.ts';
import { EMPTY_ID } from '../space/merge/editTree.ts';
import { mergedTree } from '../space/merge/mergedTree.ts';
import { nextBase } from '../space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest, type Planned } from '../space/merge/plan.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import {
  acknowledge,
  applied,
  baseRoot,
  deliveriesFor,
  fetched,
  lookedAt,
  plannedObject,
  roundsOf,
  SENDER,
  targetOf,
  type About,
} from './applying.ts';
import type * as api from './deliveryApi.ts';
import { snapshotInfo } from './infos.ts';
import { differingTables, storeDatabases } from './deliveredTables.ts';
import { keepContent, merged, mergeKindOf, settledRuns } from './merging.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { publishQuietly } from './publishing.ts';
import { participating } from './spaces.ts';
import { chooseRows, conflictsIn, mergedTable } from './tableConflicts.ts';
import { foundTaking, planTaking, receiveTaking, takenBack, takingInfo } from './takingBack.ts';

export function inbox(open: Open, machine: Machine): Promise<readonly api.DeliveryInfo[]> {
  return participating(open, machine, async (participant) => deliveryInfos(open, participant));
}

/** All that came, newest first. */
export function deliveryInfos({ store }: Open, participant: Participant): readonly api.DeliveryInfo[] {
  const received = readReceived(store.files);
  const sent = distributionsIn(participant.state);
  const all = [
    ...deliveriesFor(participant).map((one) => ({ said: one.said, info: deliveryInfo(one, received.get(one.id)) })),
    ...takenBack(participant).map((one) => ({ said: one.said, info: takingInfo(one, sent, received) })),
  ];
  return all.toSorted((a, b) => byDepth(b.said.record, a.said.record)).map(({ info }) => info);
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
    const distribution = found(participant, delivery);
    const { plan } = await planIn(open, participant, distribution);
    const changes = new Map<string, Decided | PendingMerge | undefined>();
    for (const choice of choices) {
      const { triple, take } = choice;
      const object = objectFor(plan.objects, choice);
      if (object?.triple !== triple) continue;
      const { choices: possible } = objectInfo(open, object, distribution);
      if (take !== null && !possible.includes(take))
        throw new SnapstageError('usage', `“${take}” can’t be chosen for “${object.name}”.`, { path: object.name, choices: possible });
      changes.set(object.name, take === null ? undefined : await decisionOf(open, distribution, object, take));
    }
    writeChoices(open.store.files, distribution.id, changes);
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
    return side === 'mine' ? readCurrent(open.folder, place, entry.kind, 0, undefined) : readContent(open.store.reader, entry);
  });
}

export function mergeText(
  open: Open,
  machine: Machine,
  { delivery, place }: { readonly delivery: string; readonly place: string },
): Promise<api.MergedText> {
  return participating(open, machine, async (participant) => {
    const { plan } = await planIn(open, participant, found(participant, delivery));
    const { content, conflicts } = merged(open, mustBe(plan.objects, { place }));
    return { isClean: conflicts === 0, text: content.toString(), conflicts };
  });
}

/** Keeps what a person made of both sides, and chooses it. */
export function keepMerged(open: Open, machine: Machine, request: Parameters<api.MergeApi['keepMerged']>[0]): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const { place, triple } = request;
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    if (mustBe(plan.objects, { place }).triple !== triple)
      throw new SnapstageError('stale-plan', `“${place}” has changed since both sides were brought together.`, { path: place });
    const content = keepContent(open.store, distribution.id, place, Buffer.from(request.content));
    writeChoices(open.store.files, distribution.id, new Map([[place, { triple, decision: { take: 'merge', content } }]]));
    return planned(open, participant, distribution.id);
  });
}

export function tableConflicts(
  open: Open,
  machine: Machine,
  request: Parameters<api.TableConflictApi['tableConflicts']>[0],
): Promise<api.TableConflicts> {
  return participating(open, machine, async (participant) => {
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    return conflictsIn(open, distribution.id, mustBe(plan.objects, request), request);
  });
}

export function resolveRows(
  open: Open,
  machine: Machine,
  request: Parameters<api.TableConflictApi['resolveRows']>[0],
): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    const object = mustBe(plan.objects, request);
    if (object.triple === request.triple) await chooseRows(open, distribution.id, object, request);
    return planned(open, participant, distribution.id);
  });
}

function mustBe(objects: readonly Planned[], at: { readonly place: string; readonly part?: string }): Planned {
  const object = objectFor(objects, at);
  if (object !== undefined) return object;
  throw new SnapstageError('not-found', `“${at.place}” is the same here, or not in this delivery.`, { path: at.place });
}

/** The table of this name at a place, or what else is there. */
function objectFor(objects: readonly Planned[], { place, part }: { readonly place: string; readonly part?: string }): Planned | undefined {
  const there = objects.filter((one) => one.place === place);
  return there.find(({ table }) => table !== undefined && table === part) ?? there.find(({ table }) => table === undefined);
}

/** What merges cleanly is merged; what does not waits for what a person makes of it. */
async function decisionOf(open: Open, { id }: Distribution, object: Planned, take: api.Resolution): Promise<Decided | PendingMerge> {
  const { name, triple, table, decision } = object;
  if (take !== 'merge') return { triple, decision: { take } };
  if (decision?.take === 'merge') return { triple, decision };
  if (table !== undefined) {
    const merge = await mergedTable(open, id, object);
    return merge === undefined ? { triple, waits: true } : { triple, decision: merge };
  }
  const { content, conflicts } = merged(open, object);
  return conflicts > 0 ? { triple, waits: true } : { triple, decision: { take, content: keepContent(open.store, id, name, content) } };
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
      const merge = await withTables(open, distribution, mergeRequest(open, distribution, incoming, stateOf(store, mine), mine.record));
      const what = (plan = settled(open, distribution, merge, (_, entry) => readContent(store.reader, entry)));
      if (what.isMostOfAll && request.confirmed !== true)
        throw refusal(`${what.deletedFiles} files would be deleted, more than half of all that are here.`, {
          reason: 'most-of-all',
          deletedFiles: what.deletedFiles,
        });
      const databases = await storeDatabases(store, what, open.work);
      const roots = storing(store, (sink) => ({ merged: mergedTree(merge, what, sink, databases), base: nextBase(merge, what, sink) }));
      base = idHex(roots.base);
      return roots.merged;
    };
    const restored = await applied(open, incoming, make);
    const waits = plan!.objects.some(({ outcome }) => outcome === 'waiting');
    const known = readReceived(store.files).get(distribution.id);
    const before = baseRoot(store)?.toString('hex') ?? null;
    // Applied is applied, whatever comes: done again it changes nothing.
    writeKeep(store.files, { name: BASE, root: base });
    const now: Received = {
      state: waits ? 'waiting' : 'applied',
      safety: restored?.safety.id ?? null,
      rounds: [...(known?.state === 'waiting' ? known.rounds : []), ...roundsOf(restored)],
      base: before,
      at: new Date(store.host.now()).toISOString(),
    };
    writeReceived(store.files, distribution.id, now);
    const told = plan!.objects.map(({ path, outcome, beside }) => ({ path, outcome, savedAs: beside?.place ?? null }));
    await acknowledge(participant, distribution.id, told, store.host.now());
    await publishQuietly(open, participant, { isPolled: false });
    return {
      delivery: deliveryInfo(distribution, now),
      counts: plan!.counts,
      objects: plan!.objects.map((object) => objectInfo(open, object, distribution)),
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
    objects: plan.objects.map((object) => objectInfo(open, object, distribution)),
    deletedFiles: plan.deletedFiles,
    isMostOfAll: plan.isMostOfAll,
  };
}

async function planIn(open: Open, participant: Participant, distribution: Distribution): Promise<{ plan: MergePlan; from: string }> {
  const { store, taker, work } = open;
  const incoming = withoutTaken(open, distribution, await fetched(open, participant, distribution));
  // Tables are compared by what they hold, so their databases have to be stored.
  if (hasTables(distribution)) {
    await taker.store(store, work);
    store.reload();
  }
  const { mine, about } = await lookedAt(open, incoming);
  const merge = await withTables(open, distribution, mergeRequest(open, distribution, incoming, mine, about));
  const plan = settled(open, distribution, merge, (place, { kind }) => readCurrent(open.folder, place, kind, 0, undefined));
  return { plan, from: idHex(mine.root) };
}

/** The plan, in which what was only run is no conflict. */
function settled(
  { store, work }: Open,
  { id }: Distribution,
  request: MergeRequest,
  mineOf: (place: string, entry: TreeEntry) => Buffer,
): MergePlan {
  const check = (): void => work.check();
  const plan = planMerge(request, check);
  const runs = settledRuns(store, id, plan.objects, mineOf);
  return runs.size === 0 ? plan : planMerge({ ...request, decisions: new Map([...request.decisions, ...runs]) }, check);
}

function hasTables({ said }: Distribution): boolean {
  return itemsIn(said.body).some(({ type }) => type === 'table');
}

async function withTables({ store, work }: Open, distribution: Distribution, request: MergeRequest): Promise<MergeRequest> {
  return hasTables(distribution) ? { ...request, tables: await differingTables(store, request, work) } : request;
}

function mergeRequest({ store }: Open, distribution: Distribution, incoming: State, mine: State, about: About): MergeRequest {
  const { body } = distribution.said;
  const isLost = lostIn(distribution);
  // A whole snapshot of which all was taken back is a mirror of nothing.
  const isNothing = hasLosses(distribution.losses) && incoming.root.equals(EMPTY_ID);
  const items = itemsIn(body)
    .filter(({ path }) => !isLost(path) && !isNothing)
    .map(({ type, path, part, strategy }) => ({ type, path, strategy, ...(type === 'table' ? { table: part! } : {}) }));
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

const TAKES: readonly Take[] = ['incoming', 'mine', 'both', 'merge'];

function objectInfo({ store }: Open, object: Planned, { id, said }: Distribution): api.DeliveredObject {
  const { path, state, hold, triple, decision, offered } = object;
  const isOpen = state !== 'same' && hold !== 'store' && hold !== 'unread' && (isConflict(state) || hold === 'code');
  const mergeable = !isOpen
    ? null
    : object.table === undefined
      ? mergeKindOf(store.reader, object)
      : object.mine === undefined
        ? null
        : 'table';
  return {
    ...plannedObject(
      object,
      itemsIn(said.body).findLast((one) => isInside(one.path, path)),
    ),
    choices: isOpen ? TAKES.filter((take) => BY_DECISION[state][take] !== 'waiting' && (take !== 'merge' || mergeable !== null)) : [],
    chosen: decision?.take ?? (pendingMerges(store.files, id).get(object.name) === triple ? 'merge' : null),
    offered: offered?.take ?? null,
    mergeable,
  };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
