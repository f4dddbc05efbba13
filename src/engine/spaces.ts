/** The Space of an instance: making it, coming and going, and who is in it. */
import * as path from 'node:path';
import { isSystemError, SnapstageError, type ErrorDetails } from '../base/errors.ts';
import { catchUp } from '../space/delivery/changes.ts';
import { inviteCode, inviteLink, parseInvite } from '../space/keys/inviteCode.ts';
import { Keyring } from '../space/keys/keyring.ts';
import { keyPairsOf } from '../space/keys/keyPairs.ts';
import type { LogFinding } from '../space/logs/logReader.ts';
import * as acts from '../space/members/acts.ts';
import type { Described, Member } from '../space/members/membership.ts';
import { departureIn } from '../space/moving/moves.ts';
import { mustBelong, readBelonging, removeBelonging, type Belonging } from '../space/participant/belonging.ts';
import {
  foundSpace,
  joinSpace,
  openParticipant,
  recoverSpace,
  renewCopy,
  revokeMaster,
  type Entry,
} from '../space/participant/founding.ts';
import type { Ground, Participant } from '../space/participant/participant.ts';
import { DiskFiles } from '../store/disk.ts';
import { STORE_FOLDER } from '../store/store.ts';
import { keepNeeded } from './areaMending.ts';
import { openHub, placeFor, hubNeedsNetwork } from './hubs.ts';
import { lastSeenOf, saidBy } from './lastSeen.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { publishQuietly } from './publishing.ts';
import { keepHandIns } from './receipts.ts';
import type * as api from './spaceApi.ts';
import { noteSupersededThere } from './supersededThere.ts';
import { noteSuperseded } from './superseding.ts';
import { unlessAway } from './vaultSealing.ts';

const INVITE_DAYS = 30;
const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;
/** For another window, which may be waiting for a distant hub. */
const PATIENCE_MS = 20_000;

export async function space(open: Open, machine: Machine, request: api.SpaceRequest): Promise<api.SpaceInfo | null> {
  if (readBelonging(open.store.files) === undefined) return null;
  return participating(open, machine, (participant) => heardOf(open, participant, request));
}

/** What is known, after the hub was asked where that is wished for. */
export async function heardOf(open: Open, participant: Participant, { sync, isPolled }: api.SpaceRequest): Promise<api.SpaceInfo> {
  if (sync !== true) return spaceInfo(participant, []);
  const polled = { isPolled: isPolled === true };
  const { findings, isDoubled, unwritten } = await participant.sync(polled);
  await noteSuperseded(open, participant);
  await noteSupersededThere(open, participant);
  keepHandIns(open, participant);
  await unlessAway(() => keepNeeded(open, participant));
  const published = isDoubled || unwritten !== undefined ? undefined : await publishQuietly(open, participant, polled);
  const info = spaceInfo(participant, findings);
  if (unwritten !== undefined)
    return { ...info, findings: [...info.findings, `What this instance has to tell waits for a later sync. ${unwritten.message}`] };
  if (published === undefined) return info;
  if (typeof published !== 'string') return { ...info, published };
  return { ...info, findings: [...info.findings, `What this instance has could not be published for previews. ${published}`] };
}

export async function createSpace(open: Open, machine: Machine, { name, hub }: api.CreateSpaceRequest): Promise<api.SpaceCreated> {
  await refuseSecond(open, machine);
  const place = placeFor(open, hub);
  const { ground, entry } = grounded(open, machine, place);
  const label = checkedLabel(name);
  return speaking(open, machine, async () => {
    await openHub(place, open, machine).make();
    const { participant, recovery } = await foundSpace(ground, entry, label);
    return { space: spaceInfo(participant, []), recoveryCode: recovery };
  });
}

export function readInvite({ code }: { readonly code: string }): api.InviteContents {
  const { space: id, hub } = parseInvite(code, { shares: true });
  return { space: id, hub: hub.path };
}

export async function join(open: Open, machine: Machine, { code, hub }: api.JoinRequest): Promise<api.SpaceInfo> {
  await refuseSecond(open, machine);
  const parsed = parseInvite(code, { shares: true });
  const place = placeFor(open, hub ?? parsed.hub);
  const { ground, entry } = grounded(open, machine, place);
  return speaking(open, machine, async () => spaceInfo(await joinSpace(ground, entry, parsed), []));
}

export async function recover(
  open: Open,
  machine: Machine,
  request: { readonly code: string; readonly hub: string },
): Promise<api.SpaceInfo> {
  await refuseSecond(open, machine);
  const place = placeFor(open, request.hub);
  const { ground, entry } = grounded(open, machine, place);
  return speaking(open, machine, async () => spaceInfo(await recoverSpace(ground, entry, request.code), []));
}

export function invite(open: Open, machine: Machine, request: api.InviteRequest): Promise<api.InviteMade> {
  return asMaster(open, machine, async (participant) => {
    const { host } = open.store;
    const secret = Buffer.from(host.randomHex(SECRET_BYTES), 'hex');
    const expires = request.expires === undefined ? host.now() + INVITE_DAYS * DAY_MS : timeOf(request.expires);
    const described = { name: checkedLabel(request.name), role: request.role ?? 'editor', groups: checkedGroups(request.groups ?? []) };
    const succeeds = request.succeeds === undefined ? null : memberNamed(participant, request.succeeds).log;
    const id = participant.act((acting) => acts.invite(acting, keyPairsOf('invite', secret), described, { expires, succeeds }));
    await participant.send();
    const code = inviteCode(secret, participant.belonging.space, participant.belonging.hub);
    return { id, code, link: inviteLink(code) };
  });
}

export function withdrawInvite(open: Open, machine: Machine, request: { readonly invite: string }): Promise<api.SpaceInfo> {
  return saying(open, machine, (acting) => {
    const found = [...acting.state.invites.values()].filter(({ id, name }) => id.startsWith(request.invite) || name === request.invite);
    acts.withdraw(acting, one(found, request.invite, 'invite').id);
  });
}

export function admitMember(open: Open, machine: Machine, request: { readonly member: string }): Promise<api.SpaceInfo> {
  return saying(open, machine, (acting, participant) => acts.admit(acting, memberNamed(participant, request.member).log));
}

export function changeMember(open: Open, machine: Machine, request: Parameters<api.SpaceApi['changeMember']>[0]): Promise<api.SpaceInfo> {
  return saying(open, machine, (acting, participant) => {
    const { log, described } = memberNamed(participant, request.member);
    const before: Described = described ?? { name: log.slice(0, 8), role: 'editor', groups: [] };
    acts.describeMember(acting, log, {
      name: request.name === undefined ? before.name : checkedLabel(request.name),
      role: request.role ?? before.role,
      groups: request.groups === undefined ? before.groups : checkedGroups(request.groups),
    });
  });
}

export function removeMember(open: Open, machine: Machine, request: Parameters<api.SpaceApi['removeMember']>[0]): Promise<api.SpaceInfo> {
  const { member, code } = request;
  if (code === undefined) return saying(open, machine, (acting, participant) => acts.remove(acting, logNamed(participant, member)));
  return asMaster(open, machine, async (participant) => {
    const log = logNamed(participant, member);
    if (log === participant.belonging.log)
      throw new SnapstageError('refused', 'A Master can’t remove itself. Another one can, with the recovery code.', { log });
    await revokeMaster(participant, code, log);
    return spaceInfo(participant, []);
  });
}

/** A member's log, or that of a Master who never was one. */
function logNamed(participant: Participant, text: string): string {
  const masters = [...participant.state.masters.values()].filter(({ rank, log }) => rank > 0 && log.startsWith(text));
  return /^[0-9a-f]{4,32}$/.test(text) && masters.length === 1 ? masters[0]!.log : memberNamed(participant, text).log;
}

export async function leave(open: Open, machine: Machine): Promise<void> {
  const known = readBelonging(open.store.files);
  // Nothing can be said there any more without its keys.
  if (known !== undefined && !(await hasKeys(open, machine, known))) return removeBelonging(open.store.files);
  return participating(open, machine, async (participant) => {
    if (participant.isMaster)
      throw new SnapstageError('refused', 'The Master can’t leave its Space: there would be nobody to lead it.', { reason: 'master' });
    const { belonging, state } = participant;
    if (state.members.get(belonging.log)?.state === 'admitted') participant.act(acts.leave);
    await participant.send();
    removeBelonging(open.store.files);
    await new Keyring(machine.keys, open.store.host).remove(belonging.space, belonging.log);
  });
}

/** Opens what is known of the Space, and holds the log for as long. @throws SnapstageError `not-found` (reason `no-space`), `busy`. */
export async function participating<T>(open: Open, machine: Machine, run: (participant: Participant) => Promise<T>): Promise<T> {
  const belonging = mustBelong(readBelonging(open.store.files));
  const { ground, entry } = grounded(open, machine, belonging.hub);
  return speaking(open, machine, async () => {
    const { log } = belonging;
    catchUp(open.store);
    const participant = await openParticipant(ground, belonging);
    if ((await ground.keyring.get(belonging.space, log))?.folder !== open.folder) placeFor(open, belonging.hub);
    const isCopy = (await ground.keyring.settle(belonging.space, log, open.folder, (folder) => writesLog(folder, log))) === 'copied';
    return run(isCopy ? await renewCopy(ground, entry, belonging) : participant);
  });
}

/** Whether the instance in another folder writes this log. */
function writesLog(folder: string, log: string): boolean {
  try {
    return readBelonging(new DiskFiles(path.join(folder, STORE_FOLDER)))?.log === log;
  } catch (error) {
    if (error instanceof SnapstageError || isSystemError(error)) return false;
    throw error;
  }
}

/** Holds the instance's log for as long; who else is at it is waited for. */
async function speaking<T>({ store, session, work }: Open, { patience = PATIENCE_MS }: Machine, run: () => Promise<T>): Promise<T> {
  const lock = await store.speaking.acquireSoon(session, patience, () => work.check());
  try {
    return await run();
  } finally {
    lock[Symbol.dispose]();
  }
}

/** As `participating`, after having heard what is new. @throws SnapstageError `refused` for who is no Master. */
export function asMaster<T>(open: Open, machine: Machine, run: (participant: Participant) => Promise<T>): Promise<T> {
  return participating(open, machine, async (participant) => {
    await participant.sync();
    if (!participant.isMaster) throw new SnapstageError('refused', 'Only the Master of the Space can do this.', { reason: 'not-master' });
    return run(participant);
  });
}

/** A Master says something, and what comes of it is told. */
function saying(open: Open, machine: Machine, say: (acting: acts.Acting, participant: Participant) => void): Promise<api.SpaceInfo> {
  return asMaster(open, machine, async (participant) => {
    participant.act((acting) => say(acting, participant));
    await participant.send();
    return spaceInfo(participant, []);
  });
}

/** What a participant stands on, with the hub at a place. */
export function groundAt(open: Open, machine: Machine, hub: string): Ground {
  const { keys, checkpointEvery } = machine;
  const { files, host } = open.store;
  return {
    files,
    host,
    keyring: new Keyring(keys, host),
    hub: openHub(hub, open, machine),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
  };
}

function grounded(open: Open, machine: Machine, hub: string): { readonly ground: Ground; readonly entry: Entry } {
  return { ground: groundAt(open, machine, hub), entry: { folder: open.folder, hub } };
}

/** Whoever has lost the keys of the place that it had may come anew. */
async function refuseSecond(open: Open, machine: Machine): Promise<void> {
  let belonging: Belonging | undefined;
  try {
    belonging = readBelonging(open.store.files);
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
  }
  if (belonging === undefined || !(await hasKeys(open, machine, belonging))) return;
  throw new SnapstageError('exists', 'This instance belongs to a Space already. Leave that one first, or use another folder.', {
    space: belonging.space,
  });
}

/** False where this user has lost the keys of the instance. */
async function hasKeys({ store }: Open, machine: Machine, { space: id, log }: Belonging): Promise<boolean> {
  return (await new Keyring(machine.keys, store.host).get(id, log)) !== undefined;
}

/** The member whose id begins so, or who is called so. @throws SnapstageError `not-found`, `ambiguous`. */
export function memberNamed({ state }: Participant, text: string): Member {
  const all = [...state.members.values()];
  const byId = /^[0-9a-f]{4,32}$/.test(text) ? all.filter(({ log }) => log.startsWith(text)) : [];
  const named = all.filter(({ described, state: now }) => described?.name === text && now !== 'removed' && now !== 'left');
  return one(named.length > 0 ? named : byId, text, 'member');
}

function one<T>(found: readonly T[], text: string, what: 'member' | 'invite'): T {
  if (found.length === 1) return found[0]!;
  const details: ErrorDetails = { [what]: text };
  const isMember = what === 'member';
  if (found.length === 0) {
    if (isMember) throw new SnapstageError('not-found', `There is no member “${text}”.`, details);
    throw new SnapstageError('not-found', `There is no invite “${text}”.`, details);
  }
  if (isMember) throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} members: use the start of an id.`, details);
  throw new SnapstageError('ambiguous', `“${text}” fits ${found.length} invites: use the start of an id.`, details);
}

export function checkedLabel(text: string): string {
  const label = text.trim();
  if (
    label !== '' &&
    label.length <= 200 &&
    !/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(label) &&
    label.isWellFormed()
  )
    return label;
  throw new SnapstageError(
    'usage',
    `“${label.slice(0, 60)}” can’t be a name: it is empty, too long, or has characters that can’t be seen.`,
    { name: label },
  );
}

function checkedGroups(groups: readonly string[]): readonly string[] {
  if (groups.length > 32) throw new SnapstageError('usage', 'Nobody is in more than 32 groups.', { groups: groups.length });
  return [...new Set(groups.map(checkedLabel))];
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time) && time >= 0) return time;
  throw new SnapstageError('usage', `“${text}” is no time.`, { time: text });
}

function spaceInfo({ belonging, state, isMaster }: Participant, findings: readonly LogFinding[]): api.SpaceInfo {
  const { log } = belonging;
  const masters = [...state.masters.values()].filter(({ rank, end }) => rank > 0 && end === undefined);
  const said = saidBy(state);
  const members = [
    ...masters.map((master): api.MemberInfo => ({
      id: master.log,
      name: state.members.get(master.log)?.described?.name ?? null,
      role: 'master',
      groups: [],
      state: 'member',
      obstacle: null,
      isMe: master.log === log,
    })),
    ...[...state.members.values()]
      .filter((member) => !masters.some((master) => master.log === member.log))
      .map((member): api.MemberInfo => ({
        ...memberInfo(member, log, isMaster),
        ...(isMaster && { lastSeen: lastSeenOf(state, member, said) }),
      })),
  ];
  // A Master that was one from the start is no member beside that.
  const own = state.masters.get(log)?.end === undefined ? 'waiting' : 'removed';
  const unknown: api.MemberInfo = { id: log, name: null, role: 'editor', groups: [], state: own, obstacle: null, isMe: true };
  return {
    id: belonging.space,
    name: state.name ?? null,
    hub: belonging.hub,
    needsNetwork: hubNeedsNetwork(belonging.hub),
    movedTo: departureIn(state) ?? null,
    me: members.find(({ isMe }) => isMe) ?? unknown,
    members: members.filter(({ isMe, role }) => isMaster || isMe || role === 'master'),
    invites: [...state.invites.values()].map((invited) => ({
      id: invited.id,
      name: invited.name,
      role: invited.role,
      groups: invited.groups,
      expires: new Date(invited.expires).toISOString(),
      state: invited.state,
    })),
    findings: [...findings.map(findingText), ...refusals(state.refused.map(({ why }) => why))],
    stopped: state.stopped,
  };
}

const STATES = { waiting: 'waiting', admitted: 'member', left: 'left', removed: 'removed' } as const;

/** Invites are Masters' to know: to others none is missing. */
function memberInfo({ log, described, state, obstacle }: Member, own: string, isMaster: boolean): api.MemberInfo {
  const isKnown = isMaster || obstacle !== 'unknown-invite';
  return {
    id: log,
    name: described?.name ?? null,
    role: described?.role ?? 'editor',
    groups: described?.groups ?? [],
    state: STATES[state],
    obstacle: (isKnown ? obstacle : undefined) ?? null,
    isMe: log === own,
  };
}

export function findingText(finding: LogFinding): string {
  switch (finding.kind) {
    case 'refused':
      return `The hub has “${finding.name}” in the log ${finding.log.slice(0, 8)}, which is no record that can be used (${finding.flaw}).`;
    case 'strangers':
      return `In the log ${finding.log.slice(0, 8)} lie ${finding.count} files that are no records: conflicted copies, perhaps.`;
    case 'lost':
      return `The hub had lost ${finding.count} records of the log ${finding.log.slice(0, 8)}; they were put back.`;
    case 'rolled-back':
      return `The log ${finding.log.slice(0, 8)} is shorter in the hub than it was: somebody has put back an older state of it.`;
    case 'flooded':
      return `In the log ${finding.log.slice(0, 8)} lies so much that is no record that the rest was not read.`;
    case 'emptied':
      return 'The hub is empty, though there was something in it: it may not be there properly. Nothing was taken away here.';
  }
}

/** Records that are genuine and do not count, counted by reason. */
function refusals(reasons: readonly string[]): string[] {
  const counts = Map.groupBy(
    reasons.filter((why) => why !== 'missing'),
    (why) => why,
  );
  return [...counts].map(([why, all]) => `${all.length === 1 ? 'A record is' : `${all.length} records are`} not counted: ${why}.`);
}
