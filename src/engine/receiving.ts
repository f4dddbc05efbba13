/** Deliveries: what came, what applying it would do, the choices for its conflicts, and applying it. */
import { SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { IGNORED } from '../instance/ignoreRules.ts';
import { REASONS } from '../instance/journal.ts';
import { platformTraits } from '../instance/names.ts';
import { stateOf, type Restored } from '../instance/restore.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { readContent, readCurrent, Trees, type State } from '../instance/states.ts';
import { AreaIndex } from '../space/areas/areaIndex.ts';
import { AreaReader } from '../space/areas/areaReader.ts';
import { areaOf, distributionsIn, itemsIn, keepName, packsIn, type Distribution } from '../space/delivery/distributions.ts';
import {
  BASE,
  noDelivery,
  readChoices,
  readReceived,
  rememberedChoices,
  writeChoices,
  writeReceived,
  type Received,
} from '../space/delivery/received.ts';
import { storing } from '../space/delivery/storing.ts';
import { targetFor } from '../space/members/acts.ts';
import { vaultOf } from '../space/members/audiences.ts';
import type { Decided, Decision } from '../space/merge/decisions.ts';
import { BY_DECISION, isConflict, type Take } from '../space/merge/matrix.ts';
import { mergedTree } from '../space/merge/mergedTree.ts';
import { nextBase } from '../space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest, type Planned } from '../space/merge/plan.ts';
import { Staged } from '../space/merge/staged.ts';
import type { Participant } from '../space/participant/participant.ts';
import { encodeName } from '../base/paths.ts';
import { idHex } from '../store/ids.ts';
import { readKeeps, writeKeep } from '../store/keeps.ts';
import type { Note, StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type * as api from './deliveryApi.ts';
import { entryInfo, snapshotInfo } from './infos.ts';
import { differingTables, storeDatabases } from './deliveredTables.ts';
import { keepContent, merged, mergeKindOf } from './merging.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { publishQuietly } from './publishing.ts';
import { participating } from './spaces.ts';

/** What the sender is called in the names of files. */
const SENDER = 'Master';
/** Outcomes that one record tells. */
const MAX_OUTCOMES = 256;

export function inbox(open: Open, machine: Machine): Promise<readonly api.DeliveryInfo[]> {
  return participating(open, machine, async (participant) => {
    const received = readReceived(open.store.files);
    return deliveriesFor(participant)
      .map((one) => deliveryInfo(one, received.get(one.id)))
      .toReversed();
  });
}

export function planReceive(open: Open, machine: Machine, { delivery }: { readonly delivery: string }): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => planned(open, participant, delivery));
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
    const objects = plan.objects.map((object) => objectInfo(open, object, distribution));
    const byName = new Map(objects.map((object) => [nameOf(object), object]));
    const changes = new Map<string, Decided | undefined>();
    for (const choice of choices) {
      const { place, triple, take } = choice;
      const name = nameOf(choice);
      const object = byName.get(name);
      if (object?.triple !== triple) continue;
      if (take !== null && !object.choices.includes(take))
        throw new SnapstageError('usage', `“${take}” can’t be chosen for “${place}”.`, { place, choices: object.choices });
      changes.set(name, take === null ? undefined : { triple, decision: decisionOf(open, distribution, plan.objects, place, take) });
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
    const { content, conflicts } = merged(open, mustBe(plan.objects, place));
    return { isClean: conflicts === 0, text: content.toString(), conflicts };
  });
}

/** Keeps what a person made of both sides, and chooses it. */
export function keepMerged(open: Open, machine: Machine, request: Parameters<api.MergeApi['keepMerged']>[0]): Promise<api.DeliveryPlan> {
  return participating(open, machine, async (participant) => {
    const { place, triple } = request;
    const distribution = found(participant, request.delivery);
    const { plan } = await planIn(open, participant, distribution);
    if (mustBe(plan.objects, place).triple !== triple)
      throw new SnapstageError('stale-plan', `“${place}” has changed since both sides were brought together.`, { path: place });
    const content = keepContent(open.store, distribution.id, place, Buffer.from(request.content));
    writeChoices(open.store.files, distribution.id, new Map([[place, { triple, decision: { take: 'merge', content } }]]));
    return planned(open, participant, distribution.id);
  });
}

function mustBe(objects: readonly Planned[], place: string): Planned {
  const object = objects.find((one) => one.place === place);
  if (object !== undefined) return object;
  throw new SnapstageError('not-found', `“${place}” is the same here, or not in this delivery.`, { path: place });
}

/** What an object is called among choices. */
function nameOf({ place, part, type }: { readonly place: string; readonly part?: string | null; readonly type?: string }): string {
  return part === undefined || part === null || (type !== undefined && type !== 'table') ? place : `${place}:${part}`;
}

/** What merges cleanly is merged; for what does not, a person's text has to be kept first. */
function decisionOf(open: Open, { id }: Distribution, objects: readonly Planned[], place: string, take: api.Resolution): Decision {
  if (take !== 'merge') return { take };
  const object = mustBe(objects, place);
  if (object.decision?.take === 'merge') return object.decision;
  const { content, conflicts } = merged(open, object);
  if (conflicts === 0) return { take, content: keepContent(open.store, id, place, content) };
  throw new SnapstageError('conflict', `“${place}” can’t be merged by itself: ${conflicts} places were changed on both sides.`, {
    path: place,
    conflicts,
  });
}

/** Applies a delivery but for what waits. @throws SnapstageError `stale-plan`, `refused` for what must be confirmed, `busy`. */
export function receive(open: Open, machine: Machine, request: api.ReceiveRequest): Promise<api.ReceiveReport> {
  return participating(open, machine, async (participant) => {
    const { store } = open;
    const distribution = found(participant, request.delivery);
    const incoming = await fetched(open, participant, distribution);
    if (distribution.isVoid) throw refusal('It was taken back: there is nothing to apply any more.', { delivery: distribution.id });
    let plan: MergePlan | undefined;
    let base = '';
    const make = async (mine: StoredSnapshot): Promise<Buffer> => {
      if (request.from !== undefined && mine.record.root !== request.from)
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      const merge = await withTables(open, distribution, mergeRequest(open, distribution, incoming, stateOf(store, mine), mine.record));
      const what = (plan = planMerge(merge, () => open.work.check()));
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
    const before = baseRoot(store)?.toString('hex') ?? null;
    // Applied is applied, whatever comes: done again it changes nothing.
    writeKeep(store.files, { name: BASE, root: base });
    const now: Received = {
      state: waits ? 'waiting' : 'applied',
      safety: restored?.safety.id ?? null,
      base: before,
      at: new Date(store.host.now()).toISOString(),
    };
    writeReceived(store.files, distribution.id, now);
    await acknowledge(participant, distribution, plan!.objects, store.host.now());
    await publishQuietly(open, participant, { isPolled: false });
    return {
      delivery: deliveryInfo(distribution, now),
      counts: plan!.counts,
      objects: plan!.objects.map((object) => objectInfo(open, object, distribution)),
      ...(restored === undefined ? {} : { safety: snapshotInfo(restored.safety) }),
    };
  });
}

/** All or nothing: where something changed under it, all is as it was. */
async function applied(open: Open, incoming: State, make: (mine: StoredSnapshot) => Promise<Buffer>): Promise<Restored | undefined> {
  const { store, session, restorer, work } = open;
  const lock = store.restoring.acquire(session);
  try {
    const restored = await restorer.merge(store, session, { incoming, make, reason: REASONS.delivery }, work);
    const [problem] = restored?.problems ?? [];
    if (restored === undefined || problem === undefined) return restored;
    await takeBack(open, restored);
    throw new SnapstageError('conflict', `“${problem.path}” could not be changed: ${problem.reason}. Nothing was applied; try again.`, {
      problems: restored.problems,
    });
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Puts back what was done; what was in its way stays as it is. */
async function takeBack({ store, session, restorer, work }: Open, { steps, problems, safety }: Restored): Promise<void> {
  const inTheWay = new Set(problems.flatMap(({ path }) => [...foldersAbove(path), path]));
  const only = new Set(steps.map(({ path }) => path).filter((path) => !inTheWay.has(path)));
  const options = { target: safety, paths: [], only, keepBoth: false, deleteAbsent: true, careful: true, reason: REASONS.undo };
  await restorer.restore(store, session, options, work);
}

/** Tells the Master what became of a delivery; goes with the next sync where the hub is not there. */
async function acknowledge(participant: Participant, { id }: Distribution, objects: readonly Planned[], made: number): Promise<void> {
  const outcomes = objects
    .toSorted((a, b) => Number(b.outcome === 'waiting') - Number(a.outcome === 'waiting'))
    .slice(0, MAX_OUTCOMES)
    .map(({ path, outcome, beside }) => ({
      path: encoded(path),
      outcome,
      savedAs: beside === undefined ? null : encoded(beside.place),
    }));
  participant.act(({ state, writer }) =>
    writer.write({ kind: 'acknowledge', of: id, outcomes, made }, targetFor(state, vaultOf(writer.log))),
  );
  try {
    await participant.send();
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'io') throw error;
  }
}

function encoded(path: string): string {
  return encodeName(path).toString('base64url');
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
  const incoming = await fetched(open, participant, distribution);
  // Tables are compared by what they hold, so their databases have to be stored.
  if (hasTables(distribution)) {
    await taker.store(store, work);
    store.reload();
  }
  const look = await taker.look(store, work);
  const mine = { id: 'current', root: look.root, trees: new Trees(() => store.reader, look.trees), at: '' };
  const merge = await withTables(
    open,
    distribution,
    mergeRequest(open, distribution, incoming, mine, { ...look, files: look.totals.files }),
  );
  return { plan: planMerge(merge, () => work.check()), from: look.root.toString('hex') };
}

function hasTables({ said }: Distribution): boolean {
  return itemsIn(said.body).some(({ type }) => type === 'table');
}

async function withTables({ store, work }: Open, distribution: Distribution, request: MergeRequest): Promise<MergeRequest> {
  return hasTables(distribution) ? { ...request, tables: await differingTables(store, request, work) } : request;
}

function mergeRequest(
  { store }: Open,
  distribution: Distribution,
  incoming: State,
  mine: State,
  about: { readonly files: number; readonly excluded: readonly Note[]; readonly unreadable: readonly Note[] },
): MergeRequest {
  const { body } = distribution.said;
  const items = itemsIn(body).map(({ type, path, part, strategy }) => ({
    type,
    path,
    strategy,
    ...(type === 'table' ? { table: part! } : {}),
  }));
  return {
    sides: {
      base: { trees: new Trees(() => store.reader), folder: baseRoot(store) },
      incoming: { trees: incoming.trees, folder: incoming.root },
      mine: { trees: mine.trees, folder: mine.root },
    },
    staged: new Staged(items, { overall: body.strategy, byType: definite(body.strategies) }),
    target: {
      traits: platformTraits(),
      unread: [...about.excluded.filter(({ reason }) => reason !== IGNORED), ...about.unreadable].map(({ path }) => path),
      unsaved: [],
    },
    label: SENDER,
    decisions: readChoices(store.files, distribution.id),
    remembered: rememberedChoices(store.files),
    files: about.files,
  };
}

function definite<K extends string, V>(record: Readonly<Partial<Record<K, V | undefined>>>): Partial<Record<K, V>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<Record<K, V>>;
}

function baseRoot({ files }: Store): Buffer | undefined {
  const root = readKeeps(files).known.find(({ name }) => name === BASE)?.root;
  return root === undefined ? undefined : Buffer.from(root, 'hex');
}

/** The delivered tree, whole in the store, and kept there. */
async function fetched(open: Open, participant: Participant, distribution: Distribution): Promise<State> {
  const { store, work } = open;
  const { id, audience, said } = distribution;
  const root = Buffer.from(said.body.tree, 'hex');
  const name = keepName(id);
  if (!readKeeps(store.files).known.some((keep) => keep.name === name && keep.root === said.body.tree)) {
    await takeIn(store, participant, audience, root, work);
    writeKeep(store.files, { name, root: said.body.tree });
  }
  return { id, root, trees: new Trees(() => store.reader), at: new Date(said.body.made).toISOString() };
}

async function takeIn(store: Store, participant: Participant, audience: string, root: Buffer, work: Work): Promise<void> {
  const area = areaOf(participant.state, audience, participant.hub, store.files);
  const index = await AreaIndex.load(area, packsIn(participant.state, audience), work);
  using reader = new AreaReader([index], store, work);
  await reader.takeIn(await reader.survey(root));
}

/** Distributions by others that this instance can open, in causal order. */
function deliveriesFor({ state, belonging }: Participant): readonly Distribution[] {
  const isForMe = ({ audience, said }: Distribution): boolean => said.record.header.log !== belonging.log && state.audiences.has(audience);
  return distributionsIn(state).filter(isForMe);
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
    state: received?.state ?? (isVoid ? 'void' : 'new'),
    items: itemsIn(said.body),
  };
}

const TAKES: readonly Take[] = ['incoming', 'mine', 'both', 'merge'];

function objectInfo({ store }: Open, object: Planned, { said }: Distribution): api.DeliveredObject {
  const { path, place, state, strategy, outcome, beside, hold, base, incoming, mine, triple, decision, offered } = object;
  const item = itemsIn(said.body).findLast((one) => one.path === '' || path === one.path || path.startsWith(`${one.path}/`));
  const isOpen = state !== 'same' && hold !== 'store' && hold !== 'unread' && (isConflict(state) || hold === 'code');
  const mergeable = isOpen ? mergeKindOf(store.reader, object) : null;
  return {
    path,
    place,
    type: object.table === undefined ? (item?.type ?? 'file') : 'table',
    part: object.table ?? item?.part ?? null,
    state,
    strategy,
    outcome,
    as: beside?.place ?? null,
    hold: hold ?? null,
    base: version(place, base),
    incoming: version(place, incoming),
    mine: version(place, mine),
    triple,
    choices: isOpen ? TAKES.filter((take) => BY_DECISION[state][take] !== 'waiting' && (take !== 'merge' || mergeable !== null)) : [],
    chosen: decision?.take ?? null,
    offered: offered?.take ?? null,
    mergeable,
  };
}

function version(path: string, entry: TreeEntry | undefined): api.ObjectVersion | null {
  if (entry === undefined) return null;
  const { kind, size, modified, id } = entryInfo(path, entry);
  return { kind, size, modified, id };
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
