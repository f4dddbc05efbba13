/** Who was invited, who asks for a place, who has one, and who had. */
import { verify } from '../crypto/signing.ts';
import type { IsAfter } from '../logs/causality.ts';
import { chainOf, type Chain } from '../logs/chain.ts';
import { isRecord, type Link } from '../logs/link.ts';
import type { BodyOf } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { identityId, type PublicKeys } from '../records/identity.ts';
import type { Role } from '../records/membership.ts';
import type { Head } from '../records/shapes.ts';
import { endOrder } from './authority.ts';
import { first, latest, ofKind, type Said, type Statement } from './statements.ts';

/** Why somebody who asks for a place is not let in without a person's decision, or not at all. */
export type Obstacle =
  | 'unknown-invite'
  /** Who made its invite was no Master any more by then, as others who are say. */
  | 'revoked-invite'
  | 'bad-proof'
  | 'withdrawn'
  | 'expired'
  /** Another has come by the same invite and was let in. */
  | 'used'
  /** Several ask by the same invite: a person chooses. */
  | 'contested'
  /** It was removed before it was let in. */
  | 'removed';

export interface Member {
  readonly log: string;
  /** Nothing where this reader has nothing of its log. */
  readonly keys: PublicKeys | undefined;
  readonly state: 'waiting' | 'admitted' | 'left' | 'removed';
  /** Of one that waits: what stands in its way. */
  readonly obstacle: Obstacle | undefined;
  /** `invite-…` or `log-…`. */
  readonly via: string;
  /** The log whose keys were lost. */
  readonly succeeds: string | null;
  /** Nothing where this reader may not know. */
  readonly described: Described | undefined;
  /** Where its log ends, once it was removed. */
  readonly end: Head | null | undefined;
  readonly chain: Chain;
}

export interface Described {
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
}

export interface Invite extends Described {
  readonly id: string;
  readonly keys: PublicKeys;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly succeeds: string | null;
  /** Epochs that its code opens. */
  readonly epochs: readonly string[];
  readonly state: 'open' | 'used' | 'withdrawn' | 'expired';
  /** Logs that ask for a place by it, well proven. */
  readonly joins: readonly string[];
  /** The log that was let in by it. */
  readonly usedBy: string | undefined;
}

export interface Membership {
  readonly members: ReadonlyMap<string, Member>;
  readonly invites: ReadonlyMap<string, Invite>;
  /** Statements that did not hold, because of others. */
  readonly overruled: readonly SignedRecord[];
}

export interface MembershipInput {
  readonly space: string;
  /** What root and Masters say, as far as it can be read. */
  readonly statements: readonly Statement[];
  /** What counts of members' logs, as far as it is here. */
  readonly logs: ReadonlyMap<string, readonly Link[]>;
  /** What the first record of a log asks for. */
  readonly joinOf: (record: SignedRecord) => BodyOf<'join'> | undefined;
  readonly hasLeft: (chain: Chain) => boolean;
  /** Ids of invites by who was no Master any more. */
  readonly revokedInvites: ReadonlySet<string>;
  readonly isAfter: IsAfter;
  /** Milliseconds since 1970 by this reader's clock. */
  readonly now: number;
}

const PROOF = 'snapstage join 1';

/** What is signed with the invite's key, or that of the other log, to prove that one has it. */
export function joinProof(space: string, via: string, log: string): readonly [label: string, ...parts: Buffer[]] {
  return [PROOF, Buffer.from(space), Buffer.from(via), Buffer.from(log)];
}

/** The state of membership. What the clear records say (who is in) is the same for all readers; names, roles and invites for Masters. */
export function membershipOf(input: MembershipInput): Membership {
  const { statements, isAfter } = input;
  const removals = Map.groupBy(ofKind(statements, 'remove'), ({ body }) => body.log);
  const withdrawals = Map.groupBy(ofKind(statements, 'withdraw'), ({ body }) => body.invite);
  const { admitted, overruled } = admissions(ofKind(statements, 'admit'), removals, withdrawals, isAfter);
  const descriptions = Map.groupBy(ofKind(statements, 'member'), ({ body }) => body.log);
  const candidates = new Map<string, Candidate>();
  for (const log of new Set([...admitted.keys(), ...input.logs.keys()])) {
    const end = endOf(removals.get(log));
    const admit = admitted.get(log);
    const chain = chainFrom(admit?.body.join, input.logs.get(log) ?? [], end);
    const begins = admit === undefined ? firstOf(log, input, removals.has(log)) : chain.standing[0];
    const start = begins && isRecord(begins) ? begins : undefined;
    const join = start && input.joinOf(start);
    if (admit === undefined && join === undefined) continue;
    const via = admit?.body.via ?? join!.via;
    const described = latest(descriptions.get(log) ?? [], isAfter)?.body;
    candidates.set(log, { log, admit, join, start, chain, end, via, described, isRemoved: removals.has(log) });
  }
  const invites = invitesOf(input, candidates, withdrawals);
  const lost = (id: string): Obstacle => {
    if (withdrawals.has(id)) return 'withdrawn';
    if (input.revokedInvites.has(id)) return 'revoked-invite';
    return [...candidates.values()].some(({ via, admit }) => via === `invite-${id}` && admit !== undefined) ? 'used' : 'unknown-invite';
  };
  const members = new Map([...candidates].map(([log, one]) => [log, memberOf(one, { candidates, invites, lost }, input)]));
  return { members, invites, overruled };
}

interface Candidate {
  readonly log: string;
  readonly admit: Said<'admit'> | undefined;
  readonly join: BodyOf<'join'> | undefined;
  readonly start: SignedRecord | undefined;
  readonly chain: Chain;
  readonly end: Head | null | undefined;
  readonly via: string;
  readonly described: Described | undefined;
  readonly isRemoved: boolean;
}

/** What stands of a log that was let in by a first record; of one that now begins with another, nothing. */
function chainFrom(join: string | undefined, records: readonly Link[], end: Head | null | undefined): Chain {
  const chain = chainOf(records, end);
  const begins = chain.standing[0]?.hash;
  return join === undefined || begins === undefined || begins === join ? chain : { standing: [], forked: records, late: [] };
}

/** A log's first record, also of one that nothing stands of any more. */
function firstOf(log: string, { logs }: MembershipInput, isRemoved: boolean): Link | undefined {
  const records = logs.get(log) ?? [];
  return isRemoved ? records.find(({ header }) => header.sequence === 1) : chainOf(records).standing[0];
}

/**
 * Which admissions hold. Each invite lets one in, and each log comes in once. One by an invite that was withdrawn, or by a log that was
 * removed, holds only if whoever ended that knew of it. (Who was let in and removed is out in any case.)
 */
function admissions(
  admits: readonly Said<'admit'>[],
  removals: ReadonlyMap<string, readonly Statement[]>,
  withdrawals: ReadonlyMap<string, readonly Statement[]>,
  isAfter: IsAfter,
): { readonly admitted: ReadonlyMap<string, Said<'admit'>>; readonly overruled: readonly SignedRecord[] } {
  const standing = admits.filter(
    ({ record, body }) => !viaRemoval(body.via, removals, withdrawals)?.some((removed) => !isAfter(removed.record, record)),
  );
  const byInvite = Map.groupBy(standing, ({ body }) => (body.via.startsWith('invite-') ? body.via : body.log));
  const firsts = [...byInvite.values()].map((several) => first(several, isAfter)!);
  const admitted = new Map<string, Said<'admit'>>();
  for (const several of Map.groupBy(firsts, ({ body }) => body.log).values()) {
    const one = first(several, isAfter)!;
    admitted.set(one.body.log, one);
  }
  const isIn = ({ body }: Said<'admit'>): boolean => admitted.get(body.log)?.body.join === body.join;
  return { admitted, overruled: admits.filter((admit) => !isIn(admit)).map(({ record }) => record) };
}

function viaRemoval(
  via: string,
  removals: ReadonlyMap<string, readonly Statement[]>,
  withdrawals: ReadonlyMap<string, readonly Statement[]>,
): readonly Statement[] | undefined {
  return via.startsWith('invite-') ? withdrawals.get(idIn(via)) : removals.get(idIn(via));
}

function idIn(via: string): string {
  return via.slice(via.indexOf('-') + 1);
}

/** Whoever has the highest rank says where a removed member's log ends; of the same rank, the earliest end. */
function endOf(removals: readonly Said<'remove'>[] | undefined): Head | null | undefined {
  return removals?.toSorted((a, b) => a.rank - b.rank || endOrder(a.body.last, b.body.last))[0]?.body.last;
}

function invitesOf(
  { statements, now, isAfter, space }: MembershipInput,
  candidates: ReadonlyMap<string, Candidate>,
  withdrawals: ReadonlyMap<string, readonly Statement[]>,
): ReadonlyMap<string, Invite> {
  const byId = Map.groupBy(ofKind(statements, 'invite'), ({ body }) => identityId(body.keys));
  const byVia = Map.groupBy(candidates.values(), ({ via }) => via);
  const invites = new Map<string, Invite>();
  for (const [id, several] of byId) {
    const { keys, name, role, groups, expires, succeeds, epochs } = latest(several, isAfter)!.body;
    const mine = byVia.get(`invite-${id}`) ?? [];
    const usedBy = mine.find(({ admit }) => admit !== undefined)?.log;
    const joins = mine.filter((one) => one.admit === undefined && isProven(one, keys, space)).map(({ log }) => log);
    const ended = withdrawals.has(id) ? 'withdrawn' : now > expires ? 'expired' : 'open';
    const state = usedBy === undefined ? ended : 'used';
    invites.set(id, { id, keys, name, role, groups, expires, succeeds, epochs, joins, usedBy, state });
  }
  return invites;
}

/** Who and what there is besides. */
interface Others {
  readonly candidates: ReadonlyMap<string, Candidate>;
  readonly invites: ReadonlyMap<string, Invite>;
  /** What the clear records say of an invite that this reader can't open, or that does not count. */
  readonly lost: (id: string) => Obstacle;
}

function memberOf(one: Candidate, others: Others, input: MembershipInput): Member {
  const { candidates, invites } = others;
  const isIn = one.admit !== undefined;
  const invite = invites.get(idIn(one.via));
  const state = one.isRemoved ? 'removed' : !isIn ? 'waiting' : input.hasLeft(one.chain) ? 'left' : 'admitted';
  return {
    log: one.log,
    keys: one.start?.header.keys,
    state,
    obstacle: state === 'waiting' ? obstacleOf(one, others, input.space) : undefined,
    via: one.via,
    succeeds: one.admit?.body.succeeds ?? invite?.succeeds ?? null,
    described: one.described ?? invite ?? (one.via.startsWith('log-') ? candidates.get(idIn(one.via))?.described : undefined),
    end: one.end,
    chain: one.chain,
  };
}

function obstacleOf(one: Candidate, { candidates, invites, lost }: Others, space: string): Obstacle | undefined {
  if (one.via.startsWith('log-')) {
    const other = candidates.get(idIn(one.via));
    if (other?.isRemoved === true) return 'removed';
    if (other?.admit === undefined || other.start === undefined) return 'unknown-invite';
    return isProven(one, other.start.header.keys, space) ? undefined : 'bad-proof';
  }
  const id = idIn(one.via);
  const invite = invites.get(id);
  if (invite === undefined) return lost(id);
  if (!isProven(one, invite.keys, space)) return 'bad-proof';
  if (invite.state !== 'open') return invite.state;
  return invite.joins.length > 1 ? 'contested' : undefined;
}

function isProven({ join, log, via }: Candidate, keys: PublicKeys, space: string): boolean {
  if (join === undefined) return false;
  return verify(Buffer.from(keys.sign, 'hex'), Buffer.from(join.proof, 'base64url'), ...joinProof(space, via, log));
}
