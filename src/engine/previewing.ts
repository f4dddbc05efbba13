/** What a distribution would meet at its targets, before anything is written. */
import { SnapstageError } from '../base/errors.ts';
import { comparePaths, joinPath } from '../base/paths.ts';
import { memorySink } from '../instance/findings.ts';
import { foldersAbove } from '../instance/scopes.ts';
import { Trees, type State } from '../instance/states.ts';
import { Staged } from '../space/merge/staged.ts';
import { distributionsIn } from '../space/delivery/distributions.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import { Bases } from '../space/preview/bases.ts';
import { Comparison, type Compared, type Offered } from '../space/preview/compare.ts';
import { Mirror, type Removed } from '../space/preview/mirrored.ts';
import { outcomeOf, runsCode } from '../space/preview/outcomes.ts';
import { fetchTable, publishedBy, type Published } from '../space/preview/published.ts';
import type { PublishedTable } from '../space/preview/table.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type { DeliveryOutcome, DistributeRequest } from './deliveryApi.ts';
import { applicationFiles, partName, stagedObjects, targetsOf } from './distributing.ts';
import { entryInfo } from './infos.ts';
import { layersOf } from './layers.ts';
import { namedState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './previewApi.ts';
import { asMaster } from './spaces.ts';
import type { StagedObject } from './stageApi.ts';

/** Pairs of target and object that one preview compares. */
const MAX_PAIRS = 4_000_000;
/** Paths that would be deleted and are named, for each target. */
const MAX_REMOVED = 200;
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
    const isMirror = objects.some(({ path, type }) => type !== 'file' && strategies.isMirrored(path));
    const offered = leaves.map(({ path, entry, object }): Offered => ({ path, entry, isTable: object.type === 'table' }));
    const compared = await compareAll(open, participant, targets, {
      offered,
      becomes: (found) => found.map((one, at) => outcomeOf(described[at]!, one, (path) => strategies.strategyAt(path)) ?? null),
      mirror: isMirror ? new Mirror(offered, strategies) : undefined,
    });
    return {
      objects: described.map((object, at) => ({
        ...object,
        counts: counted(
          STATES,
          compared.map(({ states }) => states[at]!),
        ),
      })),
      targets: compared,
      isMirror,
      isWhole: strategies.isMirrored(''),
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
  const ofTable = object.table === null ? undefined : strategies.strategyOf(path, object.table);
  const strategy = ofTable ?? strategies.strategyAt(path);
  return { path, type: object.type, part: partName(object), kind, size, strategy, runsCode: runsCode(path) };
}

/** What is delivered, and how it is judged. */
interface Delivery {
  readonly offered: readonly Offered[];
  readonly becomes: (found: readonly Compared[]) => readonly (DeliveryOutcome | null)[];
  /** Absent where nothing is mirrored. */
  readonly mirror: Mirror | undefined;
}

async function compareAll(
  open: Open,
  participant: Participant,
  targets: readonly Member[],
  { offered, becomes, mirror }: Delivery,
): Promise<api.PreviewTarget[]> {
  const { work } = open;
  const comparison = new Comparison(offered);
  const bases = basesIn(open, participant);
  const found: api.PreviewTarget[] = [];
  work.begin('read', targets.length);
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    const some = targets.slice(from, from + AT_ONCE);
    const known = await Promise.all(some.map((member) => lastState(participant, member, open)));
    for (const [i, member] of some.entries()) {
      const { published, table, unknown } = known[i]!;
      const base = published && bases.of(member, published);
      const compared = table && base ? comparison.with(table, base) : offered.map((): Compared => UNKNOWN);
      const removed = table && base && mirror?.at(table, base);
      found.push(
        targetInfo(member, { published, unknown, removed, states: compared.map(({ state }) => state), becomes: becomes(compared) }),
      );
      work.advance(1, 0);
      await work.pause();
    }
  }
  return found;
}

const UNKNOWN: Compared = { state: 'unknown', isNews: true, blocker: undefined };

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

/** What members have received, as far as the trees of distributions are in this store. */
export function basesIn({ store, work }: Open, { state }: Participant): Bases {
  const objects = new Map<string, Buffer>();
  return new Bases({
    state,
    distributions: distributionsIn(state),
    layersOf: (one, waiting) => {
      if (!store.index.has(Buffer.from(one.said.body.tree, 'hex'))) return undefined;
      return layersOf([{ ...one, losses: { ...one.losses, earlier: [...one.losses.earlier, ...waiting] } }]);
    },
    trees: new Trees(() => store.reader, objects),
    sink: memorySink(objects),
    check: () => work.check(),
  });
}

const STATES: readonly api.PreviewState[] = ['new', 'same', 'safe', 'edited', 'deleted-there', 'kind-clash', 'unknown'];
const OUTCOMES: readonly DeliveryOutcome[] = ['created', 'updated', 'replaced', 'kept', 'saved-beside', 'deleted', 'merged', 'waiting'];

interface Found extends Pick<api.PreviewTarget, 'unknown' | 'states' | 'becomes'> {
  readonly published: Published | undefined;
  readonly removed: Removed | undefined;
}

function targetInfo({ log, described }: Member, { published, unknown, removed, states, becomes }: Found): api.PreviewTarget {
  const going = (removed?.paths ?? []).map((path): DeliveryOutcome => (runsCode(path) ? 'waiting' : 'deleted'));
  return {
    id: log,
    name: described?.name ?? null,
    role: described?.role ?? 'editor',
    published: published === undefined ? null : new Date(published.made).toISOString(),
    entries: published?.entries ?? null,
    unknown,
    states,
    becomes,
    removed: removed === undefined ? null : { count: going.length, paths: removed.paths.slice(0, MAX_REMOVED), others: removed.others },
    counts: counted(STATES, states),
    outcomes: counted(OUTCOMES, [...becomes.filter((outcome) => outcome !== null), ...going]),
  };
}

function counted<Key extends string>(keys: readonly Key[], all: readonly Key[]): Record<Key, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
  for (const key of all) counts[key] += 1;
  return counts;
}
