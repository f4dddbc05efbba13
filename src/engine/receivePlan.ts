/** What applying a distribution would do here. */
import { readCurrent, Trees, type State } from '../instance/states.ts';
import type { Distribution } from '../space/delivery/distributions.ts';
import { readChoices, readReceived, rememberedChoices } from '../space/delivery/received.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../space/merge/plan.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import type { TreeEntry } from '../store/tree.ts';
import { baseRoot, lookedAt, SENDER, targetOf, unsavedIn, type About } from './applying.ts';
import { comingOf, type Coming } from './coming.ts';
import { deliveryInfo, found, objectInfos } from './deliveries.ts';
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
    return taking === undefined ? planned(open, participant, request) : planTaking(open, participant, taking, unsavedIn(open, request));
  });
}

export async function planned(open: Open, participant: Participant, request: api.PlanReceiveRequest): Promise<api.DeliveryPlan> {
  const distribution = found(participant, request.delivery);
  const { plan, from, coming } = await planIn(open, participant, distribution, unsavedIn(open, request));
  return {
    delivery: deliveryInfo(distribution, readReceived(open.store.files).get(distribution.id), coming.isSuperseded),
    from,
    counts: plan.counts,
    same: plan.same,
    objects: plan.objects.map(objectInfos(open, distribution)),
    deletedFiles: plan.deletedFiles,
    isMostOfAll: plan.isMostOfAll,
  };
}

export async function planIn(
  open: Open,
  participant: Participant,
  distribution: Distribution,
  unsaved: readonly string[] = [],
): Promise<{ plan: MergePlan; from: string; coming: Coming }> {
  const { store, taker, work } = open;
  const coming = await comingOf(open, participant, distribution);
  // Tables are compared by what they hold, so their databases have to be stored.
  if (hasTables(coming)) {
    await taker.store(store, work);
    store.reload();
  }
  const { mine, about } = await lookedAt(open, coming.state);
  const merge = await mergeRequest(open, coming, mine, { about, unsaved });
  const plan = settled(open, distribution, merge, (place, { kind }) => readCurrent(open.folder, place, kind, 0, undefined));
  return { plan, from: idHex(mine.root), coming };
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

function hasTables({ items }: Coming): boolean {
  return items.some(({ type }) => type === 'table');
}

/** All that the plan depends on; where tables come, `mine` must be stored. */
export async function mergeRequest(
  { store, work }: Open,
  coming: Coming,
  mine: State,
  { about, unsaved }: { readonly about: About; readonly unsaved: readonly string[] },
): Promise<MergeRequest> {
  const { distribution, state, items } = coming;
  const request: MergeRequest = {
    sides: {
      base: { trees: new Trees(() => store.reader), folder: baseRoot(store) },
      incoming: { trees: state.trees, folder: state.root },
      mine: { trees: mine.trees, folder: mine.root },
    },
    staged: new Staged(items, { overall: distribution.said.body.strategy }),
    target: targetOf(about, unsaved),
    label: SENDER,
    decisions: readChoices(store.files, distribution.id),
    remembered: rememberedChoices(store.files),
    files: about.files,
  };
  return hasTables(coming) ? { ...request, tables: await differingTables(store, request, work) } : request;
}
