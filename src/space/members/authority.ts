/**
 * Who may speak for the Space: its root, whose log has the Space's id, and the Masters that it and other Masters certified. This stands
 * on clear records alone, so that every reader of the same records finds the same, whatever keys it has.
 */
import { causalityOf, type IsAfter } from '../logs/causality.ts';
import { chainOf, type Chain } from '../logs/chain.ts';
import { byDepth, foundedRecords, type Founded } from '../logs/founded.ts';
import { recordsAmong, type Link } from '../logs/link.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { identityId, type PublicKeys } from '../records/identity.ts';
import type { Head } from '../records/shapes.ts';
import type { Keychain } from './keychain.ts';

export interface Master {
  readonly log: string;
  /** 0 for the root, 1 for whom it certified, and so on: a smaller rank outranks a larger. */
  readonly rank: number;
  readonly certifiedBy: string | null;
  /** What stands up to here in its log it did not say as a Master. */
  readonly after: number;
  /** Where its office ended; `undefined` while it lasts. */
  readonly end: Head | null | undefined;
  readonly chain: Chain;
  /** Nothing of a root that has written nothing. */
  readonly keys: PublicKeys | undefined;
}

export interface Authority {
  /** By log, the root first, then by rank. */
  readonly masters: ReadonlyMap<string, Master>;
  /** What root and Masters say in their office, in causal order. */
  readonly spoken: readonly SignedRecord[];
  readonly isAfter: IsAfter;
  readonly founded: Founded;
  /** Attempts to end the office of somebody of the same or a smaller rank. */
  readonly outranked: readonly SignedRecord[];
}

/** All that is here of a log: records, and stubs of those that are not. */
export type Held = (log: string) => Iterable<Link>;

/**
 * The logs that may have a say, and their founded records: the root's, and those that any of them certifies. Of what was revoked later
 * nothing is left out here, because others may have cited it.
 */
export function authorityRecords(
  space: string,
  held: Held,
  keychain: Keychain,
): { readonly logs: ReadonlySet<string>; readonly founded: Founded } {
  const logs = new Set([space]);
  for (;;) {
    const founded = foundedRecords([...logs].flatMap((log) => [...held(log)]));
    const before = logs.size;
    for (const record of recordsAmong(founded.links)) {
      const said = clearBody(record, keychain);
      if (said?.kind === 'certify') logs.add(identityId(said.keys));
    }
    if (logs.size === before) return { logs, founded };
  }
}

/** Who is and was a Master, and what they said as such. */
export function authorityOf(space: string, founded: Founded, keychain: Keychain): Authority {
  const byLog = Map.groupBy(founded.links, ({ header }) => header.log);
  const masters = new Map<string, Master>();
  const revocations: Revocation[] = [];
  let appointed: Appointment[] = [{ log: space, keys: recordsAmong(byLog.get(space) ?? [])[0]?.header.keys, certifiedBy: null, after: 0 }];
  for (let rank = 0; appointed.length > 0; rank++) {
    const level = appointed.map((one) => masterOf(one, rank, byLog.get(one.log) ?? [], revocations, masters));
    for (const master of level) masters.set(master.log, master);
    const said = level.flatMap((master) => officeOf(master)).sort(byDepth);
    revocations.push(...said.flatMap((record) => revocationIn(record, keychain)));
    appointed = appointmentsIn(said, keychain).filter(({ log }) => !masters.has(log));
  }
  const outranked = revocations.filter(({ log, by }) => !isBelow(masters.get(log), by, masters)).map(({ record }) => record);
  const spoken = [...masters.values()].flatMap((master) => officeOf(master)).sort(byDepth);
  return { masters, spoken, isAfter: causalityOf(founded.links), founded, outranked };
}

/** What a log says in its office. */
function officeOf({ chain, after }: Master): SignedRecord[] {
  return recordsAmong(chain.standing).filter(({ header }) => header.sequence > after);
}

interface Appointment {
  readonly log: string;
  readonly keys: PublicKeys | undefined;
  readonly certifiedBy: string | null;
  readonly after: number;
}

interface Revocation {
  readonly log: string;
  readonly by: string;
  readonly last: Head | null;
  readonly record: SignedRecord;
}

/** Of several Masters of a rank that certify one log, the first in order counts. */
function appointmentsIn(said: readonly SignedRecord[], keychain: Keychain): Appointment[] {
  const found = new Map<string, Appointment>();
  for (const record of said) {
    const body = clearBody(record, keychain);
    if (body?.kind !== 'certify') continue;
    const log = identityId(body.keys);
    if (!found.has(log)) found.set(log, { log, keys: body.keys, certifiedBy: record.header.log, after: body.after });
  }
  return [...found.values()];
}

function revocationIn(record: SignedRecord, keychain: Keychain): Revocation[] {
  const body = clearBody(record, keychain);
  return body?.kind === 'revoke' ? [{ log: body.log, by: record.header.log, last: body.last, record }] : [];
}

function masterOf(
  { log, keys, certifiedBy, after }: Appointment,
  rank: number,
  links: readonly Link[],
  revocations: readonly Revocation[],
  masters: ReadonlyMap<string, Master>,
): Master {
  const mine = revocations.filter((one) => one.log === log && isBelow({ certifiedBy }, one.by, masters));
  // The highest rank that revoked it says where; of the same rank, the earliest end.
  const strongest = mine.sort((a, b) => masters.get(a.by)!.rank - masters.get(b.by)!.rank || endOrder(a.last, b.last))[0];
  const end = strongest?.last;
  // The root says only who is a Master, and each such record stands by itself: its key is outside of the hub, and may be used on two
  // machines that do not know of each other.
  const chain = rank === 0 ? { standing: links, forked: [], late: [] } : chainOf(links, end);
  return { log, rank, certifiedBy, after, end, chain, keys };
}

/** Orders ends of a log: the earlier first. */
export function endOrder(a: Head | null, b: Head | null): number {
  return (a?.sequence ?? 0) - (b?.sequence ?? 0) || ((a?.hash ?? '') < (b?.hash ?? '') ? -1 : 1);
}

/** True when `above` certified this one, or certified who did, and so on. */
export function isBelow(one: Pick<Master, 'certifiedBy'> | undefined, above: string, masters: ReadonlyMap<string, Master>): boolean {
  for (let by = one?.certifiedBy; by !== undefined && by !== null; by = masters.get(by)?.certifiedBy) if (by === above) return true;
  return false;
}

function clearBody(record: SignedRecord, keychain: Keychain): Extract<ReturnType<Keychain['read']>, { kind: 'body' }>['body'] | undefined {
  if (record.header.audience !== 'clear') return undefined;
  const read = keychain.read(record);
  return read.kind === 'body' ? read.body : undefined;
}
