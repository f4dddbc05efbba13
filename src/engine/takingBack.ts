/** What comes to an instance and takes something back: recalls, and distributions that were undone. */
import { SnapstageError } from '../base/errors.ts';
import { stateOf, type Merged } from '../instance/restore.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { Trees, type State } from '../instance/states.ts';
import { checkListed, distributionsIn, type Distribution } from '../space/delivery/distributions.ts';
import { noteChange } from '../space/delivery/changes.ts';
import { BASE, isReceived, readReceived, type Received } from '../space/delivery/received.ts';
import { planRecall } from '../space/delivery/recallPlan.ts';
import { storing } from '../space/delivery/storing.ts';
import { NO_FOLDER, type TakenObject, type TakingPlan } from '../space/delivery/takeBack.ts';
import { planTakenTables, type TakenTables } from '../space/delivery/takenTables.ts';
import { takingsIn, type Taking } from '../space/delivery/takings.ts';
import { planUndo, type Round as Change } from '../space/delivery/undoPlan.ts';
import type { Target } from '../space/merge/classify.ts';
import { tripleOf } from '../space/merge/decisions.ts';
import { editTree, EMPTY_ID, type Edit } from '../space/merge/editTree.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idHex } from '../store/ids.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import {
  acknowledge,
  applied,
  baseRoot,
  deliveriesFor,
  isMeant,
  lookedAt,
  roundsOf,
  SENDER,
  targetOf,
  unsavedIn,
  version,
} from './applying.ts';
import { pagesOf } from './deliveredTables.ts';
import type * as api from './deliveryApi.ts';
import { laidTogether } from './layers.ts';
import { snapshotInfo } from './infos.ts';
import type { Open } from './open.ts';
import { storeTaken, tablesTaken, withTables } from './takingTables.ts';

/** By others, in causal order. */
export function takenBack(participant: Participant): readonly Taking[] {
  const { state, belonging } = participant;
  return takingsIn(state).filter(({ said, audience }) => said.record.header.log !== belonging.log && isMeant(participant, audience));
}

/** The one whose id begins so; nothing where none does. @throws SnapstageError `ambiguous`. */
export function foundTaking(participant: Participant, text: string): Taking | undefined {
  const all = takenBack(participant).filter(({ id }) => /^[0-9a-f]{4,64}$/.test(text) && id.startsWith(text));
  if (all.length > 1) throw new SnapstageError('ambiguous', `“${text}” fits ${all.length} deliveries.`, { delivery: text });
  return all[0];
}

export function takingInfo(taking: Taking, all: readonly Distribution[], received: ReadonlyMap<string, Received>): api.DeliveryInfo {
  const { id, kind, said } = taking;
  const ids = new Set(taking.distributions);
  const named = all.filter((one) => ids.has(one.id));
  const isMoot = named.every((one) => one.isVoid && !isReceived(received.get(one.id)));
  return {
    id,
    kind,
    from: SENDER,
    message: said.body.kind === 'recall' ? said.body.message : '',
    made: new Date(said.body.made).toISOString(),
    state: received.get(id)?.state ?? (isMoot ? 'void' : 'new'),
    items: itemsOf(taking, named),
  };
}

export async function planTaking(
  open: Open,
  participant: Participant,
  taking: Taking,
  unsaved: readonly string[],
): Promise<api.DeliveryPlan> {
  checkListed(taking);
  const { store, taker, work } = open;
  // Tables are compared by what they hold, so their databases have to be stored.
  if (receivedOf(open, participant, taking).some(({ items }) => items.some(({ type }) => type === 'table'))) {
    await taker.store(store, work);
    store.reload();
  }
  const { mine, about } = await lookedAt(open, receivedState(open));
  const { plan } = await planned(open, participant, taking, mine, targetOf(about, unsaved));
  return {
    delivery: takingInfo(taking, distributionsIn(participant.state), readReceived(store.files)),
    from: idHex(mine.root),
    ...told(plan, taking),
    same: 0,
    deletedFiles: plan.deletedFiles,
    isMostOfAll: false,
  };
}

/** Takes back what is as it was delivered. @throws SnapstageError `stale-plan`, `busy`. */
export async function receiveTaking(
  open: Open,
  participant: Participant,
  taking: Taking,
  request: api.ReceiveRequest,
): Promise<api.ReceiveReport> {
  const { store } = open;
  checkListed(taking);
  const base = receivedState(open);
  const unsaved = unsavedIn(open, request);
  let done: { readonly plan: TakingPlan; readonly base: Buffer } | undefined;
  let restored: Merged | undefined;
  if (base !== undefined && receivedOf(open, participant, taking).length > 0) {
    const make = async (mine: StoredSnapshot): Promise<Buffer> => {
      if (request.from !== undefined && mine.record.root !== request.from)
        throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
      const target = targetOf(mine.record, unsaved);
      const { databases, ...found } = await planned(open, participant, taking, stateOf(store, mine), target);
      const { tables, edits } = await storeTaken(store, found.tables, open.work);
      const plan = withTables(found.files, tables, databases);
      const roots = storing(store, (sink) => ({ merged: found.merged(plan, edits, sink), base: found.received(plan, sink) }));
      done = { plan, base: roots.base };
      return roots.merged;
    };
    restored = await applied(open, base, make);
  }
  const plan = done?.plan ?? NOTHING;
  note(open, participant, taking, { restored, base: done?.base });
  const objects = plan.objects.map(({ path, outcome }) => ({ path, outcome, savedAs: null }));
  await acknowledge(participant, taking.id, objects, store.host.now());
  return {
    delivery: takingInfo(taking, distributionsIn(participant.state), readReceived(store.files)),
    ...told(plan, taking),
    ...(restored === undefined ? {} : { safety: snapshotInfo(restored.safety) }),
  };
}

const NOTHING: TakingPlan = {
  objects: [],
  counts: { created: 0, updated: 0, replaced: 0, kept: 0, deleted: 0 },
  deletedFiles: 0,
  edits: [],
  baseEdits: [],
};

/** All that was received, as a state; nothing where nothing was. */
function receivedState({ store }: Open): State | undefined {
  const root = baseRoot(store);
  return root === undefined ? undefined : { id: BASE, root, trees: new Trees(() => store.reader), at: '' };
}

function note(
  { store }: Open,
  participant: Participant,
  taking: Taking,
  { restored, base }: { readonly restored: Merged | undefined; readonly base: Buffer | undefined },
): void {
  const at = new Date(store.host.now()).toISOString();
  const rounds = roundsOf(restored);
  const undone = taking.kind === 'undo' ? receivedOf({ store }, participant, taking) : [];
  const received = new Map<string, Received>(undone.map(({ id }) => [id, { state: 'undone', rounds: [], at }]));
  received.set(taking.id, { state: 'applied', rounds, at });
  noteChange(store.files, { round: rounds[0], received, ...(base === undefined ? {} : { base: idHex(base) }) });
}

/** Of the distributions that are taken back, those that were applied here. */
function receivedOf({ store }: Pick<Open, 'store'>, participant: Participant, { distributions }: Taking): readonly Distribution[] {
  const known = readReceived(store.files);
  return deliveriesFor(participant).filter(({ id }) => isReceived(known.get(id)) && distributions.includes(id));
}

/** The plan, and what puts together the folder and what it has received then. */
interface Planned {
  readonly plan: TakingPlan;
  /** Without what is done by tables. */
  readonly files: TakingPlan;
  readonly tables: TakenTables;
  /** Places of databases that count by their tables. */
  readonly databases: ReadonlySet<string>;
  readonly merged: (plan: TakingPlan, databases: readonly Edit[], sink: ObjectSink) => Buffer;
  readonly received: (plan: TakingPlan, sink: ObjectSink) => Buffer;
}

async function planned(open: Open, participant: Participant, taking: Taking, mine: State, target: Target): Promise<Planned> {
  const { store, work } = open;
  const trees = new Trees(() => store.reader);
  const known = readReceived(store.files);
  const here = deliveriesFor(participant).filter(({ id }) => isReceived(known.get(id)));
  const sides = {
    base: { trees, folder: baseRoot(store) },
    mine: { trees: mine.trees, folder: mine.root },
    after: { trees, folder: laidTogether(open, here) },
  };
  const check = (): void => work.check();
  const named = receivedOf(open, participant, taking);
  const delivered = named.map(({ said }) => ({ trees, root: Buffer.from(said.body.tree, 'hex') }));
  const rounds = taking.kind === 'undo' ? roundsIn(open, known.get(taking.distributions[0]!)) : undefined;
  const takings = tablesTaken(open, taking, { named, here, rounds });
  const request = { sides, evenEdited: taking.evenEdited, target, pagesOf: (entry: TreeEntry) => pagesOf(store, entry) };
  const tables = await planTakenTables(takings, request, work);
  const databases = new Set([...takings.map(({ database }) => database), ...tables.objects.map(({ place }) => place)]);
  const files =
    rounds === undefined
      ? planRecall({ sides, delivered, paths: taking.paths, evenEdited: taking.evenEdited, target, label: SENDER }, check)
      : planUndo({ sides, delivered: { trees, folder: delivered[0]!.root }, rounds, target }, check);
  const before = rounds?.[0]?.before ?? sides.after;
  const folderIn = (side: { readonly trees: Trees; readonly folder: Buffer | undefined }, path: string): TreeEntry | undefined => {
    const entry = side.folder === undefined ? undefined : side.trees.entry(side.folder, path);
    return entry?.kind === Kind.folder ? { ...entry, id: EMPTY_ID } : undefined;
  };
  const aboveUnread = new Set(target.unread.flatMap(foldersAbove));
  return {
    plan: withTables(files, tables, databases),
    files,
    tables,
    databases,
    merged: (plan, edits, sink) =>
      editTree(sides.mine, [...plan.edits, ...edits], {
        sink,
        folderAt: (path) => folderIn(before, path) ?? NO_FOLDER,
        staysEmpty: (place, path) => aboveUnread.has(place) || folderIn(before, path) !== undefined,
      }),
    received: (plan, sink) =>
      editTree(sides.base, plan.baseEdits, {
        sink,
        folderAt: (path) => folderIn(sides.after, path) ?? folderIn(before, path) ?? NO_FOLDER,
        staysEmpty: (_, path) => folderIn(sides.after, path) !== undefined,
      }),
  };
}

/** Each time that a distribution changed something here, if all of it is on record still. */
function roundsIn({ store }: Open, known: Received | undefined): readonly Change[] | undefined {
  const side = (id: string): Change['before'] | undefined => {
    const snapshot = store.snapshots.get(id);
    return snapshot && { trees: new Trees(() => store.reader), folder: Buffer.from(snapshot.record.root, 'hex') };
  };
  const rounds = (known?.rounds ?? []).flatMap(({ safety, made }) => {
    const [before, after] = [side(safety), side(made)];
    return before === undefined || after === undefined ? [] : [{ before, after }];
  });
  return rounds.length === 0 || rounds.length < known!.rounds.length ? undefined : rounds;
}

function told(plan: TakingPlan, taking: Taking): Pick<api.ReceiveReport, 'counts' | 'objects'> {
  return {
    counts: { ...plan.counts, 'saved-beside': 0, merged: 0, waiting: 0 },
    objects: plan.objects.map((object) => objectInfo(object, taking)),
  };
}

function objectInfo(object: TakenObject & { readonly table?: string }, { evenEdited }: Taking): api.DeliveredObject {
  const { path, place, state, outcome, hold, base, incoming, mine } = object;
  const kind = (mine ?? incoming ?? base)?.kind;
  return {
    path,
    place,
    type: object.table === undefined ? (kind === Kind.folder ? 'folder' : 'file') : 'table',
    part: object.table ?? null,
    state,
    strategy: evenEdited ? 'overwrite' : 'skip',
    outcome,
    as: null,
    hold: hold ?? null,
    base: version(place, base),
    incoming: version(place, incoming),
    mine: version(place, mine),
    triple: tripleOf(object),
    choices: [],
    chosen: null,
    offered: null,
    mergeable: null,
  };
}

function itemsOf({ paths, evenEdited }: Taking, named: readonly Distribution[]): readonly api.DeliveredItem[] {
  const items = new Map(named.flatMap(({ items: all }) => all.map((item) => [item.path, item] as const)));
  if (paths.includes('')) return [...items.values()];
  const strategy = evenEdited ? 'overwrite' : 'skip';
  return paths.map((path) => items.get(path) ?? { type: 'file', path, part: null, strategy });
}
