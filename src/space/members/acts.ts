/**
 * The records of what Masters and members do. Nothing here is sent: the writer has the records, in an order in which each may be the last
 * that gets out. After an act the state is folded anew before the next.
 */
import { SnapstageError, type ErrorDetails } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { sign } from '../crypto/signing.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import type { Link } from '../logs/link.ts';
import { LogWriter } from '../logs/logWriter.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { identityId, publicKeysOf, type PublicKeys } from '../records/identity.ts';
import { MAX_HEADS, type KnownSecret } from '../records/membership.ts';
import type { SealedTarget, Target } from '../records/sealedBodies.ts';
import type { Head } from '../records/shapes.ts';
import { ALL, EDITORS, MASTERS, recipientsOf, vaultOf, type Audience } from './audiences.ts';
import { isBelow } from './authority.ts';
import { mastersRecipient, type EpochSecret } from './keychain.ts';
import { firstEpoch, writeEpoch, type NewEpoch } from './epochs.ts';
import { joinProof, type Described, type Member } from './membership.ts';
import type { SpaceState } from './state.ts';

/** One who acts: what it knows, and where its records go. */
export interface Acting {
  readonly state: SpaceState;
  readonly writer: LogWriter;
  readonly host: Pick<Host, 'randomHex'>;
}

const CLEAR: Target = { audience: 'clear' };

/** The first records of a Space: the root's, which makes one Master, and that Master's. */
export function createSpace(
  root: KeyPairs,
  master: KeyPairs,
  name: string,
  host: Pick<Host, 'randomHex'>,
): { readonly space: string; readonly root: readonly SignedRecord[]; readonly master: readonly SignedRecord[] } {
  const space = identityId(publicKeysOf(root));
  const rootWriter = new LogWriter(space, root, undefined, [], host);
  const log = identityId(publicKeysOf(master));
  rootWriter.write({ kind: 'genesis' }, CLEAR);
  const { header, hash } = rootWriter.write({ kind: 'certify', keys: publicKeysOf(master), after: 0 }, CLEAR);
  const seen = [{ log: space, sequence: header.sequence, depth: header.depth, hash }];
  const writer = new LogWriter(space, master, undefined, seen, host);
  const top = { id: space, box: publicKeysOf(root).box };
  const office = writeEpoch(writer, MASTERS, [top, { id: log, box: publicKeysOf(master).box }], [], host);
  const recipients = [top, { id: mastersRecipient(office.id), box: office.public! }];
  const all = writeEpoch(writer, ALL, recipients, [], host);
  writeEpoch(writer, EDITORS, recipients, [], host);
  writer.write({ kind: 'describe', name }, { audience: ALL, epoch: all.id, secret: all.secret });
  return { space, root: rootWriter.written, master: writer.written };
}

/**
 * Where a body for an audience goes. @throws SnapstageError `refused` while somebody could open it who is not to: a new epoch is due
 * (`refreshEpochs`); or when this reader has no key of it.
 */
export function targetFor(state: SpaceState, audience: string): SealedTarget {
  const { current, secret, isCurrent } = audienceIn(state, audience);
  if (secret === undefined) throw new SnapstageError('refused', `This instance has no key for ${audience}.`, { audience });
  if (!isCurrent) throw new SnapstageError('refused', `A new key for ${audience} is due before anything is sealed for it.`, { audience });
  return { audience, epoch: current.id, secret };
}

/**
 * Makes new epochs wherever somebody can open an audience who is not to any more, or can't who is to. A Master does that before it seals
 * anything.
 */
export function refreshEpochs({ state, writer, host }: Acting): readonly NewEpoch[] {
  const made: NewEpoch[] = [];
  const renew = (audience: Audience, office: Pick<NewEpoch, 'id' | 'public'>): NewEpoch => {
    const { name, chosen } = audience;
    const epoch = writeEpoch(writer, name, recipientsOf(name, state, office, chosen), openedBy(audience), host);
    made.push(epoch);
    return epoch;
  };
  const masters = audienceIn(state, MASTERS);
  const office = masters.isCurrent ? masters.current : renew(masters, masters.current);
  for (const audience of state.audiences.values()) {
    const isMastersOwn = audience.name !== MASTERS && !audience.name.startsWith('vault-');
    if (isMastersOwn && (!audience.isCurrent || office !== masters.current)) renew(audience, office);
  }
  return made;
}

/** A new epoch of the author's own vault, where one is due: Masters have come or gone. */
export function refreshVault({ state, writer, host }: Acting): readonly NewEpoch[] {
  const vault = audienceIn(state, vaultOf(writer.log));
  if (vault.isCurrent) return [];
  const recipients = recipientsOf(vault.name, state, audienceIn(state, MASTERS).current);
  return [writeEpoch(writer, vault.name, recipients, openedBy(vault), host)];
}

/** An audience of chosen members. Returns its epoch, whose name no other audience has. */
export function makeSet({ state, writer, host }: Acting, logs: readonly string[]): NewEpoch {
  for (const log of logs) admittedIn(state, log);
  const name = `set-${host.randomHex(16)}`;
  return writeEpoch(writer, name, recipientsOf(name, state, audienceIn(state, MASTERS).current, logs), [], host);
}

/** Invites somebody, whose code is the secret of these keys, and seals to them what a member can read. Returns the invite's id. */
export function invite(
  { state, writer }: Acting,
  keys: KeyPairs,
  described: Described,
  { expires, succeeds }: { readonly expires: number; readonly succeeds: string | null },
): string {
  if (succeeds !== null) memberIn(state, succeeds);
  const { name, role } = described;
  const id = identityId(publicKeysOf(keys));
  const secrets = secretsFor(state, role);
  const common = { name, role, expires, succeeds };
  const groups = [...described.groups];
  const epochs = secrets.map(({ epoch }) => epoch);
  writer.write({ kind: 'invite', keys: publicKeysOf(keys), ...common, groups, epochs }, targetFor(state, MASTERS));
  writer.write({ kind: 'welcome', ...common, secrets }, { audience: `box-${id}`, publicKey: keys.box.publicKey });
  return id;
}

/** Takes an invite back. What its code opens gets new epochs by `refreshEpochs`. */
export function withdraw({ state, writer }: Acting, id: string): void {
  const found = state.invites.get(id);
  if (found === undefined) throw notFound('There is no such invite.', { invite: id });
  if (found.state === 'used') throw refused('This invite has been used. Remove the member instead.', { invite: id, log: found.usedBy });
  writer.write({ kind: 'withdraw', invite: id }, CLEAR);
}

/** Asks for a place, as the first record of a new log: by the invite with these keys, or, with those of another own log, as that one's member. */
export function join({ state, writer, host }: Acting, by: 'invite' | 'log', keys: KeyPairs): SignedRecord {
  const via = `${by}-${identityId(publicKeysOf(keys))}`;
  const me = { id: writer.log, box: publicKeysOf(writer.identity).box };
  const name = vaultOf(writer.log);
  const vault = firstEpoch(writer, name, [...recipientsOf(name, state, audienceIn(state, MASTERS).current), me], host);
  const proof = sign(keys.signing, ...joinProof(state.space, via, writer.log)).toString('base64url');
  return writer.write({ kind: 'join', via, proof, vault }, CLEAR);
}

/**
 * The logs that can be let in without asking anybody: each came alone, by an invite that is open, and can be told things in its vault that
 * nobody else reads. One that can't holds nobody else up.
 */
export function admissible({ members, audiences }: SpaceState): Member[] {
  return [...members.values()].filter(({ log, state, obstacle, described }) => {
    const vault = audiences.get(vaultOf(log));
    return state === 'waiting' && obstacle === undefined && described !== undefined && vault?.secret !== undefined && vault.isCurrent;
  });
}

/**
 * Lets in who waits, tells it what it is and what it may read, and ends the membership of the log it succeeds. Of several who came by
 * one invite, and of those who came too late, a person has chosen this one. @throws SnapstageError `refused` for others.
 */
export function admit(acting: Acting, log: string): void {
  const { state, writer } = acting;
  const member = memberIn(state, log);
  const { obstacle, via, succeeds, described, chain } = member;
  const isChoice = obstacle === undefined || obstacle === 'contested' || obstacle === 'expired';
  if (member.state !== 'waiting' || !isChoice || described === undefined) {
    throw refused(`This instance can’t be let in: ${obstacle ?? member.state}.`, { log, obstacle });
  }
  const { name, role, groups } = described;
  writer.write({ kind: 'admit', log, join: chain.standing[0]!.hash, via, succeeds }, CLEAR);
  writer.write({ kind: 'member', log, name, role, groups: [...groups], secrets: secretsFor(state, role) }, targetFor(state, vaultOf(log)));
  if (succeeds !== null && state.members.get(succeeds)?.state === 'admitted') remove(acting, succeeds);
}

/** Gives a member another name, role or groups. What it may not read any more gets a new epoch by `refreshEpochs`. */
export function describeMember({ state, writer }: Acting, log: string, { name, role, groups }: Described): void {
  admittedIn(state, log);
  const secrets = secretsFor(state, role);
  writer.write({ kind: 'member', log, name, role, groups: [...groups], secrets }, targetFor(state, vaultOf(log)));
}

/**
 * Ends a membership. What the log said up to `last` stands: all that is known to, or the side of a fork that somebody has picked. What it
 * could read gets new epochs by `refreshEpochs`.
 */
export function remove({ state, writer }: Acting, log: string, last?: ReturnType<typeof endOf>): void {
  if (isInOffice(state, log))
    throw refused('A Master can only be removed with the recovery code of the Space.', { log, reason: 'needs-code' });
  const { chain } = memberIn(state, log);
  writer.write({ kind: 'remove', log, last: last === undefined ? endOf(chain.standing) : last }, CLEAR);
}

export function leave({ state, writer }: Acting): void {
  admittedIn(state, writer.log);
  writer.write({ kind: 'leave' }, CLEAR);
}

/** Makes who has these keys a Master. It gets the Masters' key by `refreshEpochs`. */
export function certify({ state, writer }: Acting, keys: PublicKeys): void {
  const log = identityId(keys);
  if (isInOffice(state, log)) throw refused('This instance is a Master already.', { log });
  const member = state.members.get(log);
  if (member?.state === 'removed') throw refused('This instance was removed. Invite it again.', { log });
  writer.write({ kind: 'certify', keys, after: member?.chain.standing.length ?? 0 }, CLEAR);
}

/**
 * Ends the office of a Master that this one, or one that it certified, has certified; `last` as for `remove`.
 * @throws SnapstageError `refused` for others.
 */
export function revoke({ state, writer }: Acting, log: string, last = endOf(state.masters.get(log)?.chain.standing ?? [])): void {
  const master = state.masters.get(log);
  if (master === undefined || master.end !== undefined) throw notFound('There is no such Master.', { log });
  if (!isBelow(master, writer.log, state.masters)) {
    throw refused('Only who certified a Master, or outranks that one, can revoke it. The Space’s root can.', { log });
  }
  writer.write({ kind: 'revoke', log, last }, CLEAR);
}

/** Says which heads of members' logs this Master has seen: a signed proof that they existed by now. */
export function countersign({ writer }: Acting, heads: readonly (Head & { readonly log: string })[]): void {
  for (let at = 0; at < heads.length; at += MAX_HEADS) writer.write({ kind: 'seen', heads: heads.slice(at, at + MAX_HEADS) }, CLEAR);
}

/** What somebody with this role may read from now on. */
function secretsFor(state: SpaceState, role: Described['role']): KnownSecret[] {
  return (role === 'editor' ? [ALL, EDITORS] : [ALL]).map((audience) => {
    const target = targetFor(state, audience);
    return { audience, epoch: target.epoch, secret: Buffer.from(target.secret).toString('base64url') };
  });
}

/** What the next epoch opens. */
function openedBy({ current, secret, apart }: Audience): EpochSecret[] {
  return [...(secret === undefined ? [] : [{ id: current.id, secret }]), ...apart];
}

function endOf(standing: readonly Link[]): Head | null {
  const last = standing.at(-1);
  return last === undefined ? null : { sequence: last.header.sequence, hash: last.hash };
}

function audienceIn({ audiences }: SpaceState, name: string): Audience {
  const found = audiences.get(name);
  if (found === undefined) throw notFound(`There is no key for ${name} in this Space yet.`, { audience: name });
  return found;
}

function isInOffice({ masters }: SpaceState, log: string): boolean {
  const master = masters.get(log);
  return master !== undefined && master.end === undefined;
}

function memberIn({ members }: SpaceState, log: string): Member {
  const found = members.get(log);
  if (found === undefined) throw notFound('There is no such member.', { log });
  return found;
}

function admittedIn(state: SpaceState, log: string): Member {
  const member = memberIn(state, log);
  if (member.state !== 'admitted') throw refused('This instance is no member.', { log, state: member.state });
  return member;
}

function refused(message: string, details: ErrorDetails): SnapstageError {
  return new SnapstageError('refused', message, details);
}

function notFound(message: string, details: ErrorDetails): SnapstageError {
  return new SnapstageError('not-found', message, details);
}
