/** Handing out what is on the Stage. */
import { SnapstageError } from '../base/errors.ts';
import { encodeName } from '../base/paths.ts';
import { stateOf as takenState } from '../instance/restore.ts';
import { CURRENT, type State } from '../instance/states.ts';
import { idHex } from '../store/ids.ts';
import { writeKeep } from '../store/keeps.ts';
import { lastAcknowledged, type Acknowledged } from '../space/delivery/acknowledged.ts';
import { deliveredTree, type Part } from '../space/delivery/deliveredTree.ts';
import { distributionsIn, keepName, lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { storing } from '../space/delivery/storing.ts';
import { makeSet, targetFor } from '../space/members/acts.ts';
import { ALL, EDITORS, vaultOf } from '../space/members/audiences.ts';
import { extractPath } from '../space/merge/tables/tablePlaces.ts';
import type { Participant } from '../space/participant/participant.ts';
import { MAX_LISTED } from '../space/records/listFile.ts';
import { isOwn } from './applying.ts';
import { publish } from './areas.ts';
import { storeExtract } from './deliveredTables.ts';
import type * as api from './deliveryApi.ts';
import { exceptionsOf } from './exceptions.ts';
import { namedSnapshot, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { asMaster, participating } from './spaces.ts';
import { noteSupersededThere, supersededThere, type IsSuperseded } from './supersededThere.ts';
import { applicationFiles, partName } from './stagedLeaves.ts';
import { stage } from './staging.ts';
import type { StagedObject } from './stageApi.ts';
import { memberInfo, targetInfo, targetsOf, type Targets } from './targets.ts';

export function planDistribution(open: Open, machine: Machine, request: api.DistributeRequest): Promise<api.DistributionPlan> {
  return asMaster(open, machine, async (participant) => {
    const objects = await stagedObjects(open, request);
    const targets = targetsOf(participant, request.to);
    const exceptions = await exceptionsOf(open, participant, objects, targets, request);
    return {
      objects: itemsOf(objects, request),
      to: targetInfo(targets),
      exceptions: [...exceptions].flatMap(([log, some]) => {
        const target = memberInfo(participant.state.members.get(log)!);
        return some.map((one) => ({ target, ...one }));
      }),
      takesSnapshot: objects.some(({ state }) => state === CURRENT),
    };
  });
}

/**
 * Seals what is staged for whom it is meant, sends what the hub lacks of it, and says so in the log.
 * @throws SnapstageError `refused` for an empty Stage, what can't be delivered, and nobody to deliver to; those of the hub.
 */
export function distribute(open: Open, machine: Machine, request: api.DistributeRequest): Promise<api.DistributionInfo> {
  return asMaster(open, machine, async (participant) => {
    const objects = await stagedObjects(open, request);
    const id = await handOut(open, participant, objects, request);
    const sent = distributionsIn(participant.state).find((one) => one.id === id)!;
    return distributionInfo(participant, sent, { told: lastAcknowledged(participant.state), isSuperseded: () => false });
  });
}

/** As `distribute`, for these objects, wherever they lie. Returns the id of the distribution. */
export async function handOut(
  open: Open,
  participant: Participant,
  objects: readonly StagedObject[],
  request: api.DistributeRequest,
): Promise<string> {
  const targets = targetsOf(participant, request.to);
  const exceptions = await exceptionsOf(open, participant, objects, targets, request);
  const { parts, source } = await partsOf(open, objects);
  if (parts.length > MAX_LISTED)
    throw refusal(`No more than ${MAX_LISTED} objects can be distributed at once: stage folders.`, { objects: parts.length });
  const { store } = open;
  const tree = storing(store, (sink) => deliveredTree(parts, sink));
  const audience = await audienceFor(participant, targets, objects);
  await publish(open, participant, audience, tree);
  const items = parts.map(({ path, object, part }) => ({
    type: object.type,
    path: encodeName(object.type === 'table' ? object.path : path).toString('base64url'),
    part,
    object: idHex(tree),
    strategy: object.strategy,
  }));
  const made = store.host.now();
  const record = participant.act(({ state, writer }) => {
    // Whoever reads that it is distributed has read them.
    for (const [log, some] of exceptions) {
      const vault = targetFor(state, vaultOf(log));
      const list = some.map((one) => ({ ...one, path: encodeName(one.path).toString('base64url') }));
      writer.write({ kind: 'exception', tree: idHex(tree), items: writer.list(list, vault, made), made }, vault);
    }
    const target = targetFor(state, audience);
    return writer.write(
      {
        kind: 'distribute',
        tree: idHex(tree),
        items: writer.list(items, target, made),
        strategy: request.strategy ?? 'overwrite',
        strategies: request.strategies ?? {},
        source,
        message: request.message ?? '',
        made,
      },
      target,
    );
  });
  writeKeep(store.files, { name: keepName(record.hash), root: idHex(tree) });
  await participant.send();
  await noteSupersededThere(open, participant);
  return record.hash;
}

export function distributions(open: Open, machine: Machine): Promise<readonly api.DistributionInfo[]> {
  return participating(open, machine, async (participant) => distributionInfos(open, participant));
}

/** All that Masters have distributed, for a Master; newest first. */
export function distributionInfos(open: Open, participant: Participant): readonly api.DistributionInfo[] {
  const known = { told: lastAcknowledged(participant.state), isSuperseded: supersededThere(open.store, participant) };
  return distributionsIn(participant.state)
    .filter((one) => participant.isMaster || isOwn(participant, one))
    .map((one) => distributionInfo(participant, one, known))
    .toReversed();
}

/** What lies on the Stage, if all of it can be delivered. */
export async function stagedObjects(open: Open, request: Pick<api.DistributeRequest, 'strategy'>): Promise<readonly StagedObject[]> {
  const { objects, unreadable } = await stage(open);
  if (unreadable.length > 0) throw refusal('Something on the Stage can’t be read any more: take it off first.', { unreadable });
  if (objects.length === 0) throw refusal('The Stage is empty: there is nothing to be distributed.', {});
  const problem = objects.find((one) => one.problem !== null);
  if (problem !== undefined) throw refusal(`“${problem.path}” can’t be distributed: ${problem.problem}.`, { path: problem.path });
  if (request.strategy === 'mirror' && objects.every(({ type }) => type === 'file'))
    throw refusal('Files alone can’t be mirrored: stage the folder that is to hold nothing else.', {});
  return objects;
}

/** What is delivered of a staged object. */
interface StagedPart extends Part {
  readonly object: StagedObject;
  /** A table's name, an application's id. */
  readonly part: string | null;
}

/** From the current state a snapshot is taken first, so that what was sent is on record. An application is its configuration and locks. */
export async function partsOf(
  open: Open,
  objects: readonly StagedObject[],
): Promise<{ readonly parts: readonly StagedPart[]; readonly source: string }> {
  const { store, taker, work } = open;
  const states = new Map<string, State>();
  let source: string | undefined;
  for (const { state } of objects) {
    if (states.has(state)) continue;
    const taken =
      state === CURRENT
        ? (await taker.take(store, { kind: 'automatic', reason: 'before distribution', unlessInUse: false }, work)).snapshot
        : namedSnapshot(store, state);
    states.set(state, takenState(store, taken));
    source = state === CURRENT ? taken.id : (source ?? taken.id);
  }
  const parts: StagedPart[] = [];
  for (const object of objects) {
    const state = states.get(object.state)!;
    const part = partName(object);
    if (object.table !== null) {
      const database = state.trees.entry(state.root, object.path);
      if (database === undefined) throw refusal(`There is no “${object.path}” any more.`, { path: object.path });
      const entry = await storeExtract(store, database, object.table, work);
      parts.push({ path: extractPath(object.path, object.table), state, entry, object, part });
      continue;
    }
    const paths = object.type === 'application' ? await applicationFiles(open, object, state.id) : [object.path];
    parts.push(...paths.map((path) => ({ path, state, object, part })));
  }
  return { parts, source: source! };
}

/** Everybody, or chosen ones; what comes from a current state is not for viewers. */
async function audienceFor(participant: Participant, targets: Targets, objects: readonly StagedObject[]): Promise<string> {
  const isCurrent = objects.some(({ state }) => state === CURRENT);
  if (targets === 'all') return isCurrent ? EDITORS : ALL;
  const viewer = targets.find(({ described }) => isCurrent && described?.role === 'viewer');
  if (viewer !== undefined)
    throw refusal(`${viewer.described!.name} is a viewer, who gets nothing of a current state: stage it from a snapshot.`, {
      member: viewer.log,
    });
  return setOf(
    participant,
    targets.map(({ log }) => log),
  );
}

/** The audience of these members; one is made where there is none. */
export function setOf(participant: Participant, members: readonly string[]): string {
  const logs = members.toSorted();
  const known = [...participant.state.audiences.values()].find(
    ({ name, chosen, isCurrent }) => name.startsWith('set-') && isCurrent && chosen.toSorted().join() === logs.join(),
  );
  return known?.name ?? participant.act((acting) => makeSet(acting, logs)).audience;
}

function itemsOf(objects: readonly StagedObject[], { strategy, strategies }: api.DistributeRequest): api.DeliveredItem[] {
  return objects.map((object) => ({
    type: object.type,
    path: object.path,
    part: partName(object),
    strategy: object.strategy ?? strategies?.[object.type] ?? strategy ?? 'overwrite',
  }));
}

interface KnownOfTargets {
  readonly told: Told;
  readonly isSuperseded: IsSuperseded;
}

function distributionInfo(
  participant: Participant,
  distribution: Distribution,
  { told, isSuperseded }: KnownOfTargets,
): api.DistributionInfo {
  const { id, audience, said, items, isVoid } = distribution;
  const isLost = lostIn(distribution);
  return {
    id,
    made: new Date(said.body.made).toISOString(),
    isOwn: isOwn(participant, distribution),
    message: said.body.message,
    to: audienceInfo(audience),
    items,
    isVoid,
    takenBack: items.flatMap(({ path }) => (isLost(path) ? [path] : [])),
    targets: answersTo(participant, { id, audience }, told).map(({ answer, at, ...member }) => ({
      ...member,
      state: stateOf(answer, isSuperseded(id, member.id)),
      at,
    })),
  };
}

/** What has been applied has been; of anything else nothing is left to come once later ones replace it. */
function stateOf(answer: Acknowledged | undefined, isSuperseded: boolean): api.DistributionInfo['targets'][number]['state'] {
  if (answer !== undefined && (answer.body.counts.waiting ?? 0) === 0) return 'applied';
  if (isSuperseded) return 'superseded';
  return answer === undefined ? 'sent' : 'waiting';
}

export function audienceInfo(audience: string): api.DistributionInfo['to'] {
  return audience.startsWith('set-') ? 'chosen' : audience === ALL ? 'all' : 'editors';
}

/** What members told, by what was said to them. */
export type Told = ReturnType<typeof lastAcknowledged>;

/** What a member told of something that was said to it; nothing while it has not. */
export interface Answer {
  readonly id: string;
  readonly name: string | null;
  readonly answer: Acknowledged | undefined;
  readonly at: string | null;
}

/** Of all members that something is for. */
export function answersTo(
  { state }: Participant,
  { id, audience }: { readonly id: string; readonly audience: string },
  told: Told,
): readonly Answer[] {
  const chosen = new Set(state.audiences.get(audience)?.chosen ?? []);
  const done = told.get(id);
  const targets = [...state.members.values()].filter(({ log, state: now, described }) => {
    if (audience.startsWith('set-')) return chosen.has(log);
    return now === 'admitted' && (audience === ALL || described?.role === 'editor');
  });
  return targets.map(({ log, described }) => {
    const answer = done?.get(log);
    return {
      id: log,
      name: described?.name ?? null,
      answer,
      at: answer === undefined ? null : new Date(answer.body.made).toISOString(),
    };
  });
}

function refusal(message: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', message, details);
}
