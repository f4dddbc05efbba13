/** What applying a distribution would do here. */
import { readCurrent, Trees, type State } from '../instance/states.ts';
import { withoutLost } from '../space/delivery/distributed.ts';
import { itemsIn, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { readChoices, readReceived, rememberedChoices } from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { hasLosses } from '../space/delivery/takings.ts';
import { EMPTY_ID } from '../space/merge/editTree.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../space/merge/plan.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import type { TreeEntry } from '../store/tree.ts';
import { baseRoot, fetched, lookedAt, SENDER, targetOf, unsavedIn, type About } from './applying.ts';
import { deliveryInfo, found, objectInfo } from './deliveries.ts';
import type * as api from './deliveryApi.ts';
import { differingTables } from './deliveredTables.ts';
import { settledRuns } from './merging.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';
import { foundTaking, planTaking } from './takingBack.ts';

export function planReceive(open: Open, machine: Machine, request: api.PlanReceiveRequest): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const taking = foundTaking(participant, request.delivery);
    return taking === undefined ? planned(open, participant, request) : planTaking(open, participant, taking, unsavedIn(request));
  });
}

export async function planned(open: Open, participant: Participant, request: api.PlanReceiveRequest): Promise<api.DeliveryPlan> {
  const distribution = found(participant, request.delivery);
  const { plan, from } = await planIn(open, participant, distribution, unsavedIn(request));
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

export async function planIn(
  open: Open,
  participant: Participant,
  distribution: Distribution,
  unsaved: readonly string[] = [],
): Promise<{ plan: MergePlan; from: string }> {
  const { store, taker, work } = open;
  const incoming = withoutTaken(open, distribution, await fetched(open, participant, distribution));
  // Tables are compared by what they hold, so their databases have to be stored.
  if (hasTables(distribution)) {
    await taker.store(store, work);
    store.reload();
  }
  const { mine, about } = await lookedAt(open, incoming);
  const merge = await withTables(open, distribution, mergeRequest(open, distribution, { incoming, mine }, { about, unsaved }));
  const plan = settled(open, distribution, merge, (place, { kind }) => readCurrent(open.folder, place, kind, 0, undefined));
  return { plan, from: idHex(mine.root) };
}

/** The plan, in which what was only run is no conflict. */
export function settled(
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

export async function withTables({ store, work }: Open, distribution: Distribution, request: MergeRequest): Promise<MergeRequest> {
  return hasTables(distribution) ? { ...request, tables: await differingTables(store, request, work) } : request;
}

export function mergeRequest(
  { store }: Open,
  distribution: Distribution,
  { incoming, mine }: { incoming: State; mine: State },
  { about, unsaved }: { about: About; unsaved: readonly string[] },
): MergeRequest {
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
    target: targetOf(about, unsaved),
    label: SENDER,
    decisions: readChoices(store.files, distribution.id),
    remembered: rememberedChoices(store.files),
    files: about.files,
  };
}

/** What was taken back before it was applied is not applied only to be taken back. */
export function withoutTaken({ store }: Open, { losses }: Distribution, incoming: State): State {
  if (!hasLosses(losses)) return incoming;
  return { ...incoming, root: storing(store, (sink) => withoutLost(incoming.root, losses, { trees: incoming.trees, sink })) };
}

function definite<K extends string, V>(record: Readonly<Partial<Record<K, V | undefined>>>): Partial<Record<K, V>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<Record<K, V>>;
}
