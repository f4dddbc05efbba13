/** Giving back room in the hub: what nobody needs any more is named no longer, and goes after a time of grace. */
import { SnapstageError } from '../base/errors.ts';
import type { Area, AreaPack } from '../space/areas/area.ts';
import { sendMissing } from '../space/areas/areaSending.ts';
import { keepOnly, sealMissing } from '../space/areas/areaWriter.ts';
import { readUnneeded, sinceWhen, writeUnneeded } from '../space/areas/unneeded.ts';
import { handInsOf } from '../space/assignments/handIns.ts';
import { areaOf, areaPacks, distributionsIn } from '../space/delivery/distributions.ts';
import { targetFor } from '../space/members/acts.ts';
import { MASTERS } from '../space/members/audiences.ts';
import type { LogFinding } from '../space/logs/logReader.ts';
import type { SpaceState } from '../space/members/state.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { idKey } from '../store/ids.ts';
import { Inventory } from '../store/inventory.ts';
import { isWhole } from '../store/reach.ts';
import { bringBack } from './areaMending.ts';
import { relyOnShared, rootOf, sharedArea, sharedAudiences, type SharedArea } from './areaNeeds.ts';
import { isUnclear, nameContent } from './areas.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './spaceApi.ts';
import { asMaster, findingText } from './spaces.ts';

const DAY_MS = 86_400_000;
const GRACE_DAYS = 30;
/** What somebody is just about to name is no day old. */
const LEAST_GRACE_DAYS = 1;
const NOTE = `${SPACE_FOLDER}/hub-unneeded`;
/** What Snapstage calls files in areas; others are left alone. */
const FILE = /^[0-9a-f]{32}$/;

/**
 * Names no longer which packs in the hub nobody needs for what was taken back, seals anew what is left in others, and removes what this Master
 * has seen unneeded for the time of grace; what was never named goes with it. Ended at any moment, it goes on when called again. With
 * `isPlan` nothing is changed. @throws SnapstageError `refused` for who is no Master; `usage`; those of the hub.
 */
export function compactHub(open: Open, machine: Machine, request: api.CompactHubRequest): Promise<api.HubCompaction> {
  const { graceDays = GRACE_DAYS, isPlan = false } = request;
  if (!Number.isSafeInteger(graceDays) || graceDays < LEAST_GRACE_DAYS) {
    const message = `The time of grace is a whole number of days, and ${LEAST_GRACE_DAYS} at least.`;
    throw new SnapstageError('usage', message, { graceDays });
  }
  return asMaster(open, machine, async (participant) => {
    if (participant.state.stubs.length > 0) await participant.lookAtAll();
    const before = rootsOf(participant.state);
    const found = await areasOf(open, participant);
    const retired = await retire(open, participant, found.areas, isPlan);
    const { findings } = await participant.sync();
    const gaps = gapsIn(participant.state, findings);
    // What came meanwhile may rely on what is on its way out.
    const isSettled = gaps.length === 0 && rootsOf(participant.state) === before;
    const mayGo = isSettled ? new Set(found.areas.map(({ audience }) => audience)) : undefined;
    const removed = await removeOld(open, participant, { grace: graceDays * DAY_MS, isPlan, mayGo });
    return { ...retired, ...removed, heldBy: [...found.heldBy, ...gaps] };
  });
}

interface Found {
  /** Those of which all is known that is needed of them. */
  readonly areas: readonly SharedArea[];
  /** Why not all of the others is. */
  readonly heldBy: api.HubCompaction['heldBy'];
}

async function areasOf(open: Open, participant: Participant): Promise<Found> {
  const heldBy: api.HeldUp[] = [];
  const areas: SharedArea[] = [];
  for (const audience of sharedAudiences(participant.state)) {
    try {
      areas.push(await sharedArea(open, participant, audience));
    } catch (error) {
      if (!isUnclear(error)) throw error;
      heldBy.push({ who: null, why: error.message });
    }
  }
  const mayLose = ({ retired, upkeep }: SharedArea): boolean => {
    const { needless, sparse } = upkeep.plan();
    return needless.length + sparse.length + retired.packs.size > 0;
  };
  const unclear = await relyOnShared(open, participant, areas, new Set(areas.filter(mayLose)));
  for (const { member, why } of unclear) heldBy.push({ who: member.described?.name ?? member.log.slice(0, 8), why });
  const held = new Set(unclear.flatMap(({ audiences }) => audiences));
  return { areas: areas.filter(({ audience }) => !held.has(audience)), heldBy };
}

/** Why not all is known that Masters have said: somebody else may know what it needs. */
function gapsIn({ masters, refused }: SpaceState, findings: readonly LogFinding[]): api.HeldUp[] {
  const isUnread = (finding: LogFinding): boolean =>
    finding.kind === 'emptied' ||
    (['refused', 'rolled-back', 'flooded'].includes(finding.kind) && 'log' in finding && masters.has(finding.log));
  const unread = findings.filter(isUnread).map(findingText);
  const isMissing = refused.some(({ record, why }) => why === 'missing' && masters.has(record.header.log));
  return [...unread, ...(isMissing ? ['Not all that Masters have said is here yet.'] : [])].map((why) => ({ who: null, why }));
}

/** All that decides what is needed, as a text. */
function rootsOf(state: SpaceState): string {
  const handIns = [...state.members.values()].flatMap((member) => handInsOf(state, member).map(({ id }) => id));
  return JSON.stringify([distributionsIn(state).map(({ id, isVoid }) => [id, isVoid]), handIns, sharedAudiences(state)]);
}

type Retired = Pick<api.HubCompaction, 'retired' | 'rewritten' | 'broughtBack'>;

async function retire(open: Open, participant: Participant, areas: readonly SharedArea[], isPlan: boolean): Promise<Retired> {
  const [retired, rewritten, back]: AreaPack[][] = [[], [], []];
  for (const area of areas) {
    const { needless, sparse } = area.upkeep.plan();
    const anew = rewritable(open, area, sparse);
    back!.push(...(isPlan ? area.upkeep.plan().back : await bringBack(open, participant, area)));
    retired!.push(...needless);
    rewritten!.push(...anew.packs);
    if (!isPlan) await replace(open, participant, area, { ...anew, needless });
  }
  return { retired: sum(retired!), rewritten: sum(rewritten!), broughtBack: sum(back!) };
}

interface Rewritable {
  readonly packs: readonly AreaPack[];
  /** What is left of them. */
  readonly left: ReadonlySet<string>;
  /** Of all distributions that are in this store. */
  readonly inventory: Inventory;
}

/** Those of which all that is left lies in this store: what others have handed out they seal anew. */
function rewritable({ store, work }: Open, { standing, upkeep }: SharedArea, sparse: readonly AreaPack[]): Rewritable {
  const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => work.check() });
  for (const root of sparse.length === 0 ? [] : standing.map(rootOf)) if (isWhole(store, root)) inventory.add(root);
  const packs = sparse.filter((pack) => upkeep.deliveredFrom(pack).every((id) => inventory.has(id)));
  return { packs, left: new Set(packs.flatMap((pack) => upkeep.deliveredFrom(pack).map(idKey))), inventory };
}

/** First what stays is in the hub and named; then what goes is named no longer. */
async function replace(
  open: Open,
  participant: Participant,
  { audience, named: { area } }: SharedArea,
  { packs, left, inventory, needless }: Rewritable & { readonly needless: readonly AreaPack[] },
): Promise<void> {
  if (packs.length + needless.length === 0) return;
  const { store, work } = open;
  const { epoch } = targetFor(participant.state, audience);
  const anew = packs.length === 0 ? [] : await sealMissing(area, { epoch, store, inventory, has: (id) => !left.has(idKey(id)) }, work);
  await sendMissing(area, anew, work);
  const gone = [...packs, ...needless].map(({ pack }) => pack.name);
  participant.act((acting) => nameContent(acting, audience, anew, gone));
}

interface Removal {
  readonly grace: number;
  readonly isPlan: boolean;
  /** Audiences of which nothing retired is needed; absent: nobody can tell now, so nothing goes. */
  readonly mayGo: ReadonlySet<string> | undefined;
}

type Removed = Pick<api.HubCompaction, 'removed' | 'waiting'>;

/** A file in the hub that no record names. */
interface Unnamed {
  readonly size: number;
  /** As far as is known now. */
  readonly mayGo: boolean;
}

/** Removes from the hub what was seen unneeded for long enough. */
async function removeOld(open: Open, participant: Participant, { grace, isPlan, mayGo }: Removal): Promise<Removed> {
  const { state, hub } = participant;
  const { files, host } = open.store;
  const now = host.now();
  const areas = [...sharedAudiences(state), MASTERS].map((audience) => ({
    area: areaOf(state, audience, hub, files),
    ...areaPacks(state, audience),
    mayRetiredGo: mayGo?.has(audience) === true,
  }));
  const found = new Map<string, Unnamed>();
  for (const { area, named, retired, mayRetiredGo } of areas) {
    open.work.check();
    const [isNamed, isRetired] = [named, retired].map((packs) => new Set(packs.flatMap(({ pack, index }) => [pack.name, index.name])));
    for (const { name, size } of (await hub.list(area.folder)).files) {
      if (!FILE.test(name) || isNamed!.has(name)) continue;
      found.set(`${area.folder}/${name}`, { size, mayGo: mayGo !== undefined && (mayRetiredGo || !isRetired!.has(name)) });
    }
  }
  const since = sinceWhen(found.keys(), readUnneeded(files, NOTE), now);
  const isDue = (name: string): boolean => found.get(name)!.mayGo && now - since[name]! >= grace;
  const due = new Set([...found.keys()].filter(isDue));
  const waiting = [...found.keys()].filter((name) => !due.has(name));
  if (!isPlan) {
    await hub.remove(...due);
    writeUnneeded(files, NOTE, Object.fromEntries(waiting.map((name) => [name, since[name]!])));
    // What waits can still be put back from here.
    const waits = ({ folder }: Area, { pack }: AreaPack): boolean => waiting.includes(`${folder}/${pack.name}`);
    for (const { area, named, retired } of areas) keepOnly(area, [...named, ...retired.filter((pack) => waits(area, pack))]);
  }
  const total = (names: Iterable<string>): api.FileTotals => {
    const sizes = [...names].map((name) => found.get(name)!.size);
    return { files: sizes.length, bytes: sizes.reduce((all, size) => all + size, 0) };
  };
  const first = waiting.length === 0 ? null : Math.min(...waiting.map((name) => since[name]!)) + grace;
  return { removed: total(due), waiting: { ...total(waiting), until: first === null ? null : new Date(first).toISOString() } };
}

function sum(packs: readonly AreaPack[]): { readonly packs: number; readonly bytes: number } {
  return { packs: packs.length, bytes: packs.reduce((all, { pack, index }) => all + pack.bytes + index.bytes, 0) };
}
