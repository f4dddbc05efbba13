/** The state of a Space: a pure function of records, of the keys that the reader has, and of the time by its clock. */
import type { Chain } from '../logs/chain.ts';
import { foundedRecords } from '../logs/founded.ts';
import { isStub, recordsAmong, type Link, type Stub } from '../logs/link.ts';
import { isAllowed, type Body, type BodyOf } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import type { KnownSecret } from '../records/membership.ts';
import type { Citation } from '../records/shapes.ts';
import {
  aliases,
  ALL,
  chosenIn,
  EDITORS,
  isForExactly,
  MASTERS,
  recipientsOf,
  toldIn,
  unlinked,
  vaultOf,
  type Audience,
} from './audiences.ts';
import { authorityOf, authorityRecords, type Authority, type Held } from './authority.ts';
import { areBorneOut } from './checkpoints.ts';
import type { Epoch, Keychain } from './keychain.ts';
import { Lists } from './lists.ts';
import { membershipOf, type Membership } from './membership.ts';
import { shardsFor, wrapsHere, type Shards } from './shards.ts';
import { latest, ofKind, type Statement } from './statements.ts';

export interface SpaceInput {
  /** The Space's id, which its root's log has too. */
  readonly space: string;
  readonly held: Held;
  /** Members' logs that this reader has something of. */
  readonly logs: Iterable<string>;
  /** The reader's keys. It learns more by this, and remembers what it has opened: nothing of that depends on what else there is. */
  readonly keychain: Keychain;
  /** Secrets that it keeps. */
  readonly secrets: readonly KnownSecret[];
  readonly shards: Shards;
  /** Checkpoints that what is held has stubs by, by log; asked for after that; absent: none. */
  readonly checkpoints?: () => ReadonlyMap<string, SignedRecord>;
  /** Lists that are here; absent: none. */
  readonly lists?: Lists;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a record that is genuine does not count, or not yet. */
export type Refusal =
  /** It follows something that is not here. */
  | 'missing'
  /** It cites what is not so. */
  | 'wrong'
  | 'forked'
  /** It came after the end of its author's time, as Master or member. */
  | 'late'
  /** Its author may not say this, or not to these. */
  | 'not-allowed'
  /** It makes no sense. */
  | 'unreadable'
  /** It ends the office of somebody who is not below its author. */
  | 'outranked'
  /** What it grants was withdrawn or taken by another. */
  | 'overruled';

export interface Refused {
  readonly record: SignedRecord;
  readonly why: Refusal;
}

export interface SpaceState extends Membership {
  readonly space: string;
  readonly name: string | undefined;
  readonly masters: Authority['masters'];
  /** Of what root and Masters say. */
  readonly isAfter: Authority['isAfter'];
  /** Ids of invites by who was no Master any more. */
  readonly revokedInvites: ReadonlySet<string>;
  readonly audiences: ReadonlyMap<string, Audience>;
  readonly keychain: Keychain;
  /** What root and Masters say, in causal order, as far as this reader can open it. */
  readonly statements: readonly Statement[];
  /** What a record written now has to cite. */
  readonly heads: readonly Citation[];
  readonly refused: readonly Refused[];
  /** Kinds that this version does not know and must not act without. */
  readonly stopped: readonly string[];
  /** Of what counts, that which is known by its stub alone: who has not read all may not speak for the Space, but for itself. */
  readonly stubs: readonly Stub[];
  /** What checkpoints say fits all else; otherwise all must be read. */
  readonly isBorneOut: boolean;
  /** Other records of Masters of kinds that this version does not know. */
  readonly unknown: readonly SignedRecord[];
  /** Files of wraps that are not here, and are needed. */
  readonly shardsWanted: readonly string[];
  /** Lists that records have no room for. */
  readonly lists: Lists;
}

export function foldSpace(input: SpaceInput): SpaceState {
  const { space, keychain } = input;
  const authority = authorityOf(space, authorityRecords(space, input.held, keychain).founded, keychain);
  const others = [...new Set(input.logs)].filter((log) => !authority.masters.has(log));
  const founded = foundedRecords(
    others.flatMap((log) => [...input.held(log)]),
    authority.founded,
  );
  const links = [...authority.founded.links, ...founded.links];
  const logs = Map.groupBy(links, ({ header }) => header.log);
  const epochs = epochsOf(authority, logs, keychain);
  learnAll(keychain, epochs, authority.spoken, input);
  const { statements, refused, stopped, unknown } = statementsOf(authority, keychain);
  const revoked = revokedInvites(authority);
  const membership = membershipOf({
    space,
    statements,
    logs,
    joinOf: (record) => clearOf(record, keychain, 'join'),
    hasLeft: ({ standing }) => recordsAmong(standing).some((record) => clearOf(record, keychain, 'leave') !== undefined),
    revokedInvites: revoked,
    isAfter: authority.isAfter,
    now: input.now,
  });
  const chains = [...authority.masters.values(), ...membership.members.values()].map(({ chain }) => chain);
  const state = { ...membership, statements, keychain, masters: authority.masters, isAfter: authority.isAfter };
  const audiences = audiencesOf(epochs, authority, state, input);
  return {
    ...state,
    revokedInvites: revoked,
    space,
    name: latest(ofKind(statements, 'describe'), authority.isAfter)?.body.name,
    audiences,
    heads: headsOf(authority),
    refused: once([
      ...[...authority.founded.unfounded, ...founded.unfounded].flatMap(({ link, why }) => refusals([link], why)),
      ...chains.flatMap(refusedIn),
      ...authority.outranked.map((record): Refused => ({ record, why: 'outranked' })),
      ...membership.overruled.map((record): Refused => ({ record, why: 'overruled' })),
      ...refused,
    ]),
    stopped,
    stubs: links.filter(isStub),
    isBorneOut: areBorneOut(input.checkpoints?.() ?? new Map(), authority, founded),
    unknown,
    shardsWanted: shardsWanted(audiences, keychain, input.shards),
    lists: input.lists ?? new Lists(keychain, () => undefined),
  };
}

/** Those that were sealed to somebody by who had been revoked, and by nobody else: the records say to whom, though not what. */
function revokedInvites({ masters, spoken }: Authority): ReadonlySet<string> {
  const invited = (records: readonly SignedRecord[]): string[] =>
    records.flatMap(({ header: { audience } }) => (audience.startsWith('box-') ? [audience.slice('box-'.length)] : []));
  const standing = new Set(invited(spoken));
  const ended = [...masters.values()].filter(({ end }) => end !== undefined);
  return new Set(ended.flatMap(({ chain }) => invited(recordsAmong(chain.late))).filter((id) => !standing.has(id)));
}

/** A log may be a Master's and a member's: each record is refused once. */
function once(refused: readonly Refused[]): Refused[] {
  return [...new Map(refused.map((one) => [one.record.hash, one])).values()];
}

/** All epochs by their id: Masters make those of audiences, each log those of its own vault. */
function epochsOf(authority: Authority, logs: ReadonlyMap<string, readonly Link[]>, keychain: Keychain): ReadonlyMap<string, Epoch> {
  const found = new Map<string, Epoch>();
  const spoken = new Set(authority.spoken);
  for (const [log, links] of logs) {
    for (const record of recordsAmong(links)) {
      const epoch = record.header.audience === 'clear' ? epochIn(record, keychain) : undefined;
      const mayMake = epoch?.audience === vaultOf(log) || (spoken.has(record) && log !== record.header.space && isShared(epoch?.audience));
      if (epoch !== undefined && mayMake) found.set(epoch.id, epoch);
    }
  }
  return found;
}

function isShared(audience: string | undefined): boolean {
  return audience === MASTERS || audience === ALL || audience === EDITORS || audience?.startsWith('set-') === true;
}

function epochIn(record: SignedRecord, keychain: Keychain): Epoch | undefined {
  const read = keychain.read(record);
  if (read.kind !== 'body') return undefined;
  const { body } = read;
  if (body.kind === 'join' && record.header.sequence === 1) {
    const { commitment, wraps } = body.vault;
    const audience = vaultOf(record.header.log);
    return { id: record.hash, audience, record, commitment, wraps, shards: [], previous: [], public: null };
  }
  if (body.kind !== 'keys' || (body.public !== null) !== (body.audience === MASTERS)) return undefined;
  return { ...body, id: record.hash, record };
}

/** Opens what leads to further keys, until nothing new comes of it. */
function learnAll(keychain: Keychain, epochs: ReadonlyMap<string, Epoch>, spoken: readonly SignedRecord[], input: SpaceInput): void {
  const learn = (id: string, secret: Buffer | undefined): boolean => {
    const epoch = epochs.get(id);
    return epoch !== undefined && secret !== undefined && keychain.learn(epoch, secret);
  };
  const learnTold = (told: readonly KnownSecret[]): boolean =>
    told.map(({ epoch, secret }) => learn(epoch, Buffer.from(secret, 'base64url'))).includes(true);
  const telling = spoken.filter(({ header }) => header.audience.startsWith('box-') || header.audience.startsWith('vault-'));
  learnTold(input.secrets);
  for (let grew = true; grew;) {
    grew = false;
    for (const epoch of [...epochs.values()].toReversed()) {
      if (keychain.secretOf(epoch.id) === undefined && learn(epoch.id, keychain.unwrap(epoch, wrapsHere(epoch, input.shards)))) grew = true;
      for (const before of epoch.previous) {
        const isOpen = keychain.secretOf(before.epoch) !== undefined || epochs.get(before.epoch)?.audience !== epoch.audience;
        if (!isOpen && learn(before.epoch, keychain.unwrapBefore(epoch, before))) grew = true;
      }
    }
    for (const record of telling) {
      const read = keychain.read(record);
      if (read.kind === 'body' && (read.body.kind === 'welcome' || read.body.kind === 'member') && learnTold(read.body.secrets))
        grew = true;
    }
  }
}

interface Spoken {
  readonly unknown: readonly SignedRecord[];
  readonly statements: readonly Statement[];
  readonly refused: readonly Refused[];
  readonly stopped: readonly string[];
}

function statementsOf({ masters, spoken }: Authority, keychain: Keychain): Spoken {
  const statements: Statement[] = [];
  const refused: Refused[] = [];
  const stopped: string[] = [];
  const unknown: SignedRecord[] = [];
  for (const record of spoken) {
    const read = keychain.read(record);
    const { rank } = masters.get(record.header.log)!;
    if (read.kind === 'bad') refused.push({ record, why: 'unreadable' });
    else if (read.kind === 'unknown' && record.header.critical) stopped.push(read.name);
    else if (read.kind === 'unknown') unknown.push(record);
    else if (read.kind === 'body' && isSayable(record, read.body, rank)) statements.push({ record, rank, body: read.body });
    else if (read.kind === 'body') refused.push({ record, why: 'not-allowed' });
  }
  return { statements, refused, stopped, unknown };
}

/** A Master may have been invited first, and then has what every member has. */
function isSayable({ header }: SignedRecord, body: Body, rank: number): boolean {
  if (body.kind === 'member' && header.audience !== vaultOf(body.log)) return false;
  if (isAllowed(body.kind, rank === 0 ? 'root' : 'master', header.audience)) return true;
  const isItsOwn = header.audience === 'clear' || header.audience === vaultOf(header.log);
  return rank > 0 && isItsOwn && isAllowed(body.kind, 'member', header.audience);
}

function clearOf<Kind extends Body['kind']>(record: SignedRecord, keychain: Keychain, kind: Kind): BodyOf<Kind> | undefined {
  if (record.header.audience !== 'clear') return undefined;
  const read = keychain.read(record);
  return read.kind === 'body' && read.body.kind === kind ? (read.body as BodyOf<Kind>) : undefined;
}

function refusedIn({ forked, late }: Chain): Refused[] {
  return [...refusals(forked, 'forked'), ...refusals(late, 'late')];
}

function refusals(links: readonly Link[], why: Refusal): Refused[] {
  return recordsAmong(links).map((record) => ({ record, why }));
}

/** The newest record of each Master's log, and of the root's the deepest: what stands, so that nobody has to wait for what never will. */
function headsOf({ masters }: Authority): Citation[] {
  return [...masters.values()].flatMap(({ log, chain }) => {
    const deepest = chain.standing.toSorted((a, b) => a.header.depth - b.header.depth).at(-1);
    if (deepest === undefined) return [];
    const { sequence, depth } = deepest.header;
    return [{ log, sequence, depth, hash: deepest.hash }];
  });
}

function audiencesOf(
  epochs: ReadonlyMap<string, Epoch>,
  authority: Authority,
  state: Membership & Pick<SpaceState, 'masters' | 'statements' | 'keychain'>,
  { space, shards }: SpaceInput,
): ReadonlyMap<string, Audience> {
  const current = new Map<string, Epoch>();
  const shared = ofKind(state.statements, 'keys').filter(({ body, record }) => epochs.get(record.hash)?.audience === body.audience);
  for (const [audience, several] of Map.groupBy(shared, ({ body }) => body.audience)) {
    current.set(audience, epochs.get(latest(several, authority.isAfter)!.record.hash)!);
  }
  // A vault's epochs follow one another in its log.
  for (const { log, chain } of [...state.masters.values(), ...state.members.values()]) {
    const last = chain.standing.findLast((record) => epochs.get(record.hash)?.audience === vaultOf(log));
    if (last !== undefined) current.set(vaultOf(log), epochs.get(last.hash)!);
  }
  const people = { ...state, space };
  const office = current.get(MASTERS);
  const alias = aliases(epochs.values(), office, people, shards);
  const told = toldIn(state.statements);
  const byAudience = Map.groupBy(epochs.values(), ({ audience }) => audience);
  return new Map(
    [...current].map(([name, epoch]) => {
      const chosen = name.startsWith('set-') ? chosenIn(epoch, state, shards) : [];
      const entitled = recipientsOf(name, people, office, chosen);
      const secretOf = (id: string): Buffer | undefined => state.keychain.secretOf(id);
      const apart = unlinked(epoch, byAudience.get(name)!)
        .flatMap(({ id }) => ({ id, secret: secretOf(id)! }))
        .filter(({ secret }) => secret !== undefined);
      const isCurrent = secretOf(epoch.id) !== undefined && apart.length === 0 && isForExactly(epoch, entitled, alias, told, shards);
      return [name, { name, current: epoch, secret: secretOf(epoch.id), isCurrent, apart, chosen }];
    }),
  );
}

/**
 * Shards that are not here and are needed: those of keys that hold which may have a wrap for this reader, and for Masters all of them, to
 * know whether the key is still for those alone who are to have it.
 */
function shardsWanted(audiences: ReadonlyMap<string, Audience>, keychain: Keychain, shards: Shards): string[] {
  const isMaster = audiences.get(MASTERS)?.secret !== undefined;
  const wanted = [...audiences.values()].flatMap(({ current, secret }) => {
    if (isMaster) return current.shards;
    return secret === undefined ? shardsFor(current, keychain.recipients) : [];
  });
  return [...new Set(wanted)].filter((hash) => !shards.has(hash));
}
