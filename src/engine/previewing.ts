/** What a distribution would meet at its targets, before anything is written. */
import { SnapstageError } from '../base/errors.ts';
import { memorySink } from '../instance/findings.ts';
import { Trees } from '../instance/states.ts';
import { Staged, type Item } from '../space/merge/staged.ts';
import { distributionsIn } from '../space/delivery/distributions.ts';
import { withExceptions, type Exception } from '../space/delivery/exceptions.ts';
import type { Member } from '../space/members/membership.ts';
import type { Participant } from '../space/participant/participant.ts';
import { Bases } from '../space/preview/bases.ts';
import { Comparison, type Compared, type Offered } from '../space/preview/compare.ts';
import { Mirror, type Removed } from '../space/preview/mirrored.ts';
import { outcomeOf, runsCode } from '../space/preview/outcomes.ts';
import { fetchTable, publishedBy, type Published } from '../space/preview/published.ts';
import type { PublishedTable } from '../space/preview/table.ts';
import type { DeliveryOutcome, DistributeRequest } from './deliveryApi.ts';
import { stagedObjects } from './distributing.ts';
import { exceptionsAt, type ExceptionsAt } from './exceptions.ts';
import { entryInfo } from './infos.ts';
import { layersOf } from './layers.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './previewApi.ts';
import { asMaster } from './spaces.ts';
import type { StagedObject, Strategy } from './stageApi.ts';
import { leavesOf, partName, type Leaf } from './stagedLeaves.ts';
import { membersAmong, targetsOf } from './targets.ts';

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
    const targets = membersAmong(chosen, participant);
    const leaves = await leavesOf(open, objects);
    const exceptions = exceptionsAt(participant, leaves, chosen, request);
    if (leaves.length * targets.length > MAX_PAIRS)
      throw new SnapstageError(
        'refused',
        `${leaves.length} objects at ${targets.length} targets are too much for one preview: choose fewer.`,
        {
          objects: leaves.length,
          targets: targets.length,
        },
      );
    const items = itemsOf(objects, leaves);
    const strategies = stagedAs(items, request);
    const described = leaves.map((leaf) => objectOf(leaf, strategies));
    const isMirror = objects.some(({ path, type }) => type !== 'file' && strategies.isMirrored(path));
    const offered = leaves.map(({ path, entry, object }): Offered => ({ path, entry, isTable: object.type === 'table' }));
    const compared = await compareAll(open, participant, targets, {
      offered,
      becomes: (found, own) => {
        const there = own.length === 0 ? strategies : stagedAs(withExceptions(items, own), request);
        return found.map((one, at) => {
          const sent = own.length === 0 ? described[at]! : { ...described[at]!, strategy: strategyOf(leaves[at]!, there) };
          return outcomeOf(sent, one, (path) => there.strategyAt(path)) ?? null;
        });
      },
      mirror: isMirror ? new Mirror(offered, strategies) : undefined,
      exceptions,
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

/** As they are delivered: an application is its configuration and locks. */
function itemsOf(objects: readonly StagedObject[], leaves: readonly Leaf[]): readonly Item[] {
  return objects.flatMap((object) => {
    const { type, path, table, strategy } = object;
    const paths = type === 'application' ? leaves.flatMap((leaf) => (leaf.object === object ? [leaf.path] : [])) : [path];
    return paths.map((at) => ({ type, path: at, ...(table !== null && { table }), ...(strategy !== null && { strategy }) }));
  });
}

function stagedAs(items: readonly Item[], { strategy, strategies }: DistributeRequest): Staged {
  return new Staged(items, { overall: strategy ?? 'overwrite', byType: strategies ?? {} });
}

function strategyOf({ path, object: { table } }: Leaf, staged: Staged): Strategy {
  return (table === null ? undefined : staged.strategyOf(path, table)) ?? staged.strategyAt(path);
}

function objectOf(leaf: Leaf, staged: Staged): Omit<api.PreviewObject, 'counts'> {
  const { path, entry, object } = leaf;
  const { kind, size } = entryInfo(path, entry);
  return { path, type: object.type, part: partName(object), kind, size, strategy: strategyOf(leaf, staged), runsCode: runsCode(path) };
}

/** What is delivered, and how it is judged. */
interface Delivery {
  readonly offered: readonly Offered[];
  readonly becomes: (found: readonly Compared[], exceptions: readonly Exception[]) => readonly (DeliveryOutcome | null)[];
  /** Absent where nothing is mirrored. */
  readonly mirror: Mirror | undefined;
  readonly exceptions: ExceptionsAt;
}

async function compareAll(
  open: Open,
  participant: Participant,
  targets: readonly Member[],
  { offered, becomes, mirror, exceptions }: Delivery,
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
      const own = exceptions.get(member.log) ?? [];
      const states = compared.map(({ state }) => state);
      found.push(targetInfo(member, { published, unknown, removed, states, becomes: becomes(compared, own), exceptions: own }));
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

interface Found extends Pick<api.PreviewTarget, 'unknown' | 'states' | 'becomes' | 'exceptions'> {
  readonly published: Published | undefined;
  readonly removed: Removed | undefined;
}

function targetInfo({ log, described }: Member, { published, unknown, removed, states, becomes, exceptions }: Found): api.PreviewTarget {
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
    exceptions,
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
