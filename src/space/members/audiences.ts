/** The keys that audiences have, who can open them, and whether they may still be written with. */
import { identityId, type PublicKeys } from '../records/identity.ts';
import type { Master } from './authority.ts';
import { mastersRecipient, type Epoch, type EpochSecret } from './keychain.ts';
import type { Membership } from './membership.ts';
import { wrapsOf, type Shards } from './shards.ts';
import { ofKind, type Statement } from './statements.ts';

export interface Audience {
  readonly name: string;
  /** That holds now: what is written next is sealed under it. */
  readonly current: Epoch;
  /** Its secret, where this reader has it. */
  readonly secret: Buffer | undefined;
  /**
   * True when exactly those can open it who are to, this reader among them. Otherwise somebody has left or come, and a new epoch is due
   * before anything is sealed.
   */
  readonly isCurrent: boolean;
  /** Epochs that it does not open, though this reader can: Masters made several at once, and the next one is to open them all. */
  readonly apart: readonly EpochSecret[];
  /** Of a set: the logs that it is for. */
  readonly chosen: readonly string[];
}

/** Somebody that a secret can be wrapped for. */
export interface Recipient {
  readonly id: string;
  /** X25519, as hex. */
  readonly box: string;
}

export const MASTERS = 'masters';
export const ALL = 'all';
export const EDITORS = 'editors';

export function vaultOf(log: string): string {
  return `vault-${log}`;
}

/** Those who can be recipients. */
export interface People extends Membership {
  readonly space: string;
  readonly masters: ReadonlyMap<string, Master>;
}

/** Who is to be able to open an audience, given the Masters' epoch that holds; `chosen` are the logs of a set. */
export function recipientsOf(
  audience: string,
  people: People,
  office: Pick<Epoch, 'id' | 'public'> | undefined,
  chosen: readonly string[] = [],
): Recipient[] {
  const { space, masters } = people;
  const root = recipient(space, masters.get(space)?.keys);
  if (audience === MASTERS) {
    const inOffice = [...masters.values()].filter(({ rank, end }) => rank > 0 && end === undefined);
    return [...root, ...inOffice.flatMap(({ log, keys }) => recipient(log, keys))];
  }
  return [
    ...root,
    ...(office?.public ? [{ id: mastersRecipient(office.id), box: office.public }] : []),
    ...readersOf(audience, people, chosen),
  ];
}

function readersOf(audience: string, { members, invites, masters }: People, chosen: readonly string[]): Recipient[] {
  if (audience.startsWith('vault-')) {
    const log = audience.slice('vault-'.length);
    return recipient(log, members.get(log)?.keys ?? masters.get(log)?.keys);
  }
  const mayRead = (role: string | undefined): boolean => audience !== EDITORS || role === 'editor';
  const inside = [...members.values()].filter(({ state, described }) => state === 'admitted' && mayRead(described?.role));
  if (audience !== ALL && audience !== EDITORS) {
    return inside.filter(({ log }) => chosen.includes(log)).flatMap(({ log, keys }) => recipient(log, keys));
  }
  const invited = [...invites.values()].filter(({ state, role }) => state === 'open' && mayRead(role));
  return [...inside, ...invited.map(({ id, keys }) => ({ log: id, keys }))].flatMap(({ log, keys }) => recipient(log, keys));
}

function recipient(id: string, keys: PublicKeys | undefined): Recipient[] {
  return keys === undefined ? [] : [{ id, box: keys.box }];
}

/**
 * True when exactly those can open an epoch who are to. `alias` gives for somebody that an epoch is wrapped for who that is now.
 * Nobody knows while a shard is not here.
 */
export function isForExactly(
  epoch: Epoch,
  entitled: readonly Recipient[],
  alias: ReadonlyMap<string, string>,
  told: Told,
  shards: Shards,
): boolean {
  const wanted = new Set(entitled.map(({ id }) => id));
  const holders = holdersOf(epoch, told, shards)?.map((id) => alias.get(id) ?? id);
  return holders !== undefined && new Set(holders).size === wanted.size && holders.every((id) => wanted.has(id));
}

/**
 * Those who are somebody else now. Who used an invite has its key too. An older key of the Masters is as good as the one that holds, which
 * opens it, as long as nobody has it who is no Master any more.
 */
export function aliases(epochs: Iterable<Epoch>, office: Epoch | undefined, people: People, shards: Shards): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, usedBy } of people.invites.values()) if (usedBy !== undefined) found.set(id, usedBy);
  if (office === undefined) return found;
  const inOffice = new Set(recipientsOf(MASTERS, people, undefined).map(({ id }) => id));
  const all = [...epochs].filter(({ audience }) => audience === MASTERS);
  const isOnlyTheirs = (epoch: Epoch): boolean =>
    wrapsOf(epoch, shards)?.every(({ to }) => inOffice.has(to)) === true &&
    all.every((next) => !next.previous.some((before) => before.epoch === epoch.id) || isOnlyTheirs(next)); // whoever has the next one has this one
  const byId = new Map(all.map((epoch) => [epoch.id, epoch]));
  const reached = new Set([office]);
  for (const epoch of reached) {
    if (isOnlyTheirs(epoch)) found.set(mastersRecipient(epoch.id), mastersRecipient(office.id));
    for (const before of epoch.previous) if (byId.has(before.epoch)) reached.add(byId.get(before.epoch)!);
  }
  return found;
}

/** The newest of the epochs of an audience that its current one does not open, directly or by others. */
export function unlinked(current: Epoch, all: readonly Epoch[]): Epoch[] {
  const linked = new Set(all.flatMap(({ previous }) => previous.map(({ epoch }) => epoch)));
  return all.filter(({ id }) => id !== current.id && !linked.has(id));
}

/** Who was told the secrets of epochs by records, by the epoch's id. */
export type Told = ReadonlyMap<string, readonly string[]>;

export function toldIn(statements: readonly Statement[]): Told {
  const told = new Map<string, string[]>();
  const tell = (epoch: string, to: string): unknown => told.get(epoch)?.push(to) ?? told.set(epoch, [to]);
  for (const { body } of ofKind(statements, 'invite')) for (const epoch of body.epochs) tell(epoch, identityId(body.keys));
  for (const { body } of ofKind(statements, 'member')) for (const { epoch } of body.secrets) tell(epoch, body.log);
  return told;
}

/** Those an epoch is wrapped for, and those who were told its secret. Nothing while a shard is not here. */
function holdersOf(epoch: Epoch, told: Told, shards: Shards): string[] | undefined {
  const wraps = wrapsOf(epoch, shards);
  return wraps && [...wraps.map(({ to }) => to), ...(told.get(epoch.id) ?? [])];
}

/** The logs that a set was made for, of those that are still members. */
export function chosenIn(epoch: Epoch, { members }: Membership, shards: Shards): string[] {
  return (wrapsOf(epoch, shards) ?? []).map(({ to }) => to).filter((id) => members.get(id)?.state === 'admitted');
}
