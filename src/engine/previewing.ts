/** What a distribution would meet at its targets, before anything is written. */
import { SnapstageError } from '../base/errors.ts';
import { comparePaths, joinPath } from '../base/paths.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { Trees, type State } from '../instance/states.ts';
import { guardOf } from '../space/merge/guardedNames.ts';
import { BY_STRATEGY } from '../space/merge/matrix.ts';
import { Staged } from '../space/merge/staged.ts';
import { distributionsIn } from '../space/delivery/distributions.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import { basesOf, type DeliveredAt } from '../space/preview/bases.ts';
import { Comparison, type Offered } from '../space/preview/compare.ts';
import { fetchTable, publishedBy, type Published } from '../space/preview/published.ts';
import type { PublishedTable } from '../space/preview/table.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type { DeliveryOutcome, DistributeRequest } from './deliveryApi.ts';
import { applicationFiles, partName, stagedObjects, targetsOf } from './distributing.ts';
import { entryInfo } from './infos.ts';
import { namedState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './previewApi.ts';
import { asMaster } from './spaces.ts';
import type { StagedObject } from './stageApi.ts';

/** Pairs of target and object that one preview compares. */
const MAX_PAIRS = 4_000_000;
/** Tables that are fetched at the same time. */
const AT_ONCE = 8;

/** @throws SnapstageError `refused` for an empty Stage, what can't be delivered, nobody to deliver to, and too much to compare. */
export function preview(open: Open, machine: Machine, request: DistributeRequest): Promise<api.DistributionPreview> {
  return asMaster(open, machine, async (participant) => {
    const objects = await stagedObjects(open, request);
    const chosen = targetsOf(participant, request.to);
    const targets = chosen === 'all' ? admitted(participant) : chosen;
    const leaves = await leavesOf(open, objects);
    if (leaves.length * targets.length > MAX_PAIRS)
      throw new SnapstageError(
        'refused',
        `${leaves.length} objects at ${targets.length} targets are too much for one preview: choose fewer.`,
        {
          objects: leaves.length,
          targets: targets.length,
        },
      );
    const strategies = strategiesOf(objects, request);
    const described = leaves.map((leaf) => objectOf(leaf, strategies));
    const compared = await compareAll(open, participant, targets, leaves, described);
    return {
      objects: described.map((object, at) => ({
        ...object,
        counts: counted(
          STATES,
          compared.map(({ states }) => states[at]!),
        ),
      })),
      targets: compared,
      isMirror: objects.some(({ path, type }) => type !== 'file' && strategies.isMirrored(path)),
    };
  });
}

function admitted({ state, belonging }: Participant): Member[] {
  return [...state.members.values()].filter((member) => member.state === 'admitted' && member.log !== belonging.log);
}

/** What a staged object consists of. */
interface Leaf {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly object: StagedObject;
}

/** Files, links and empty folders that are staged; tables by themselves. Of an object in another one the inner counts. */
async function leavesOf(open: Open, objects: readonly StagedObject[]): Promise<readonly Leaf[]> {
  const parts = await partsOf(open, objects);
  const tops = new Set(parts.flatMap(({ path, object }) => (object.type === 'table' ? [] : [path])));
  const innermost = (path: string): string => [...foldersAbove(path), path].findLast((each) => tops.has(each)) ?? '';
  const files = new Map<string, Leaf>();
  const tables: Leaf[] = [];
  for (const { path: top, object, state } of parts) {
    for (const { path, entry } of entriesAt(state, top)) {
      if (object.type === 'table') tables.push({ path, entry, object });
      else if (innermost(path) === top) files.set(path, { path, entry, object });
    }
    open.work.check();
  }
  return [...files.values(), ...tables].toSorted((a, b) => comparePaths(a.path, b.path));
}

interface Part {
  readonly path: string;
  readonly object: StagedObject;
  readonly state: State;
}

/** An application is its configuration and locks. */
async function partsOf(open: Open, objects: readonly StagedObject[]): Promise<readonly Part[]> {
  const states = new Map<string, State>();
  const parts: Part[] = [];
  for (const object of objects) {
    const state = states.get(object.state) ?? (await namedState(open, object.state));
    states.set(object.state, state);
    const paths = object.type === 'application' ? await applicationFiles(open, object, object.state) : [object.path];
    parts.push(...paths.map((path) => ({ path, object, state })));
  }
  return parts;
}

function* entriesAt({ trees, root }: State, path: string): Generator<Pick<Leaf, 'path' | 'entry'>> {
  const entry = path === '' ? undefined : trees.entry(root, path);
  if (path !== '' && entry === undefined) throw new SnapstageError('not-found', `There is no “${path}” any more.`, { path });
  if (entry !== undefined && entry.kind !== Kind.folder) return yield { path, entry };
  let isEmpty = true;
  for (const below of trees.walk(entry?.id ?? root)) {
    isEmpty = false;
    const isLeaf = below.entry.kind !== Kind.folder || trees.get(below.entry.id).length === 0;
    if (isLeaf) yield { path: joinPath(path, below.path), entry: below.entry };
  }
  if (isEmpty && entry !== undefined) yield { path, entry };
}

function strategiesOf(objects: readonly StagedObject[], { strategy, strategies }: DistributeRequest): Staged {
  const items = objects.map(({ type, path, table, strategy: own }) => ({
    type,
    path,
    ...(table === null ? {} : { table }),
    ...(own === null ? {} : { strategy: own }),
  }));
  return new Staged(items, { overall: strategy ?? 'overwrite', byType: strategies ?? {} });
}

function objectOf({ path, entry, object }: Leaf, strategies: Staged): Omit<api.PreviewObject, 'counts'> {
  const { kind, size } = entryInfo(path, entry);
  const strategy = object.type === 'table' ? (object.strategy ?? strategies.strategyAt(path)) : strategies.strategyAt(path);
  const runsCode = [...foldersAbove(path), path].some((each) => guardOf(each.slice(each.lastIndexOf('/') + 1)) === 'code');
  const becomes = (state: api.DifferingState): DeliveryOutcome => (runsCode ? 'waiting' : BY_STRATEGY[state][strategy]);
  const outcomes = {
    new: becomes('new'),
    safe: becomes('safe'),
    edited: becomes('edited'),
    'deleted-there': becomes('deleted-there'),
    'kind-clash': becomes('kind-clash'),
  };
  return { path, type: object.type, part: partName(object), kind, size, strategy, runsCode, outcomes };
}

async function compareAll(
  open: Open,
  participant: Participant,
  targets: readonly Member[],
  leaves: readonly Leaf[],
  objects: readonly Omit<api.PreviewObject, 'counts'>[],
): Promise<api.PreviewTarget[]> {
  const { work } = open;
  const offered = leaves.map(({ path, entry, object }): Offered => ({
    path,
    kind: entry.kind,
    id: entry.id,
    isTable: object.type === 'table',
  }));
  const comparison = new Comparison(offered);
  const deliveredAt = deliveries(open, participant);
  const found: api.PreviewTarget[] = [];
  work.begin('read', targets.length);
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    const some = targets.slice(from, from + AT_ONCE);
    const known = await Promise.all(some.map((member) => lastState(participant, member, open)));
    for (const [i, member] of some.entries()) {
      const { published, table, unknown } = known[i]!;
      const states =
        table === undefined || published === undefined
          ? offered.map((): api.PreviewState => 'unknown')
          : comparison.with(table, basesOf(participant.state, member, published, deliveredAt));
      found.push(targetInfo(member, published, unknown, states, objects));
      work.advance(1, 0);
      await work.pause();
    }
  }
  return found;
}

interface LastState {
  readonly published: Published | undefined;
  readonly table: PublishedTable | undefined;
  readonly unknown: api.PreviewTarget['unknown'];
}

/** What a target published last. What is wrong with it concerns this target alone. */
async function lastState({ state, hub }: Participant, member: Member, { work }: Open): Promise<LastState> {
  if (member.described?.role === 'viewer') return { published: undefined, table: undefined, unknown: 'viewer' };
  const published = publishedBy(state, member);
  if (published === undefined) return { published, table: undefined, unknown: 'never' };
  try {
    return { published, table: await fetchTable(hub, state, published, work), unknown: null };
  } catch (error) {
    if (!(error instanceof SnapstageError) || (error.code !== 'not-found' && error.code !== 'damaged')) throw error;
    return { published, table: undefined, unknown: error.code === 'damaged' ? 'damaged' : 'missing' };
  }
}

/** What distributions delivered, as far as their trees are in this store. Tables stand there in folders in the place of their databases. */
export function deliveries({ store }: Open, { state }: Participant): DeliveredAt {
  const trees = new Trees(() => store.reader);
  const roots = new Map<string, Buffer>();
  const known = new Map<string, TreeEntry | undefined>();
  for (const { id, said, items, isVoid } of distributionsIn(state)) {
    const root = Buffer.from(said.body.tree, 'hex');
    if (!isVoid && store.index.has(root)) roots.set(id, root);
    for (const { type, path } of items) if (type === 'table') known.set(`${id} ${path}`, undefined);
  }
  return (distribution, path) => {
    const root = roots.get(distribution);
    if (root === undefined) return undefined;
    const key = `${distribution} ${path}`;
    if (!known.has(key)) known.set(key, trees.entry(root, path));
    return known.get(key);
  };
}

const STATES: readonly api.PreviewState[] = ['new', 'same', 'safe', 'edited', 'deleted-there', 'kind-clash', 'unknown'];
const OUTCOMES: readonly DeliveryOutcome[] = ['created', 'updated', 'replaced', 'kept', 'saved-beside', 'deleted', 'merged', 'waiting'];

function targetInfo(
  { log, described }: Member,
  published: Published | undefined,
  unknown: api.PreviewTarget['unknown'],
  states: readonly api.PreviewState[],
  objects: readonly Omit<api.PreviewObject, 'counts'>[],
): api.PreviewTarget {
  const outcomes = states.flatMap((state, at) => outcomeOf(state, objects[at]!) ?? []);
  return {
    id: log,
    name: described?.name ?? null,
    role: described?.role ?? 'editor',
    published: published === undefined ? null : new Date(published.made).toISOString(),
    entries: published?.entries ?? null,
    unknown,
    states,
    counts: counted(STATES, states),
    outcomes: counted(OUTCOMES, outcomes),
  };
}

function outcomeOf(state: api.PreviewState, { outcomes }: Omit<api.PreviewObject, 'counts'>): DeliveryOutcome | undefined {
  return state === 'unknown' || state === 'same' ? undefined : outcomes[state];
}

function counted<Key extends string>(keys: readonly Key[], all: readonly Key[]): Record<Key, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
  for (const key of all) counts[key] += 1;
  return counts;
}
