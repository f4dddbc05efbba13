/** The logs read as a trail: every record that is known here, in an order in which what follows comes after what it follows. */
import { byDepth } from '../logs/founded.ts';
import type { ReadBody } from '../members/keychain.ts';
import type { Refusal, SpaceState } from '../members/state.ts';
import type { SignedRecord } from '../records/envelope.ts';
import type { Head } from '../records/shapes.ts';

export interface TrailEntry {
  readonly record: SignedRecord;
  /** What it says, as far as this reader can open it. */
  readonly said: ReadBody;
  /** Why it does not count. */
  readonly refusal: Refusal | undefined;
  /**
   * Hash of the first record by somebody else that cites it, or cites what follows it in its log: it was there before that one. Nothing
   * while nobody else has signed that.
   */
  readonly before: string | undefined;
}

export function trailOf({ keychain, refused }: SpaceState, records: Iterable<SignedRecord>): readonly TrailEntry[] {
  const ordered = [...records].sort(byDepth);
  const refusals = new Map(refused.map(({ record, why }) => [record.hash, why]));
  const said = new Map(ordered.map((record) => [record.hash, keychain.read(record)]));
  const before = firstWitnesses(ordered, (record) => said.get(record.hash)!);
  return ordered.map((record) => ({
    record,
    said: said.get(record.hash)!,
    refusal: refusals.get(record.hash),
    before: before.get(record.hash),
  }));
}

/** A record that another one names by its hash: it must be there. */
export interface Named extends Head {
  readonly log: string;
}

/** What a record names of logs: those whose ends it has seen or sets, besides what its header cites. */
export function namedIn(said: ReadBody): readonly Named[] {
  if (said.kind !== 'body') return [];
  const { body } = said;
  switch (body.kind) {
    case 'seen':
      return body.heads;
    case 'remove':
    case 'revoke':
      return body.last === null ? [] : [{ log: body.log, ...body.last }];
    case 'admit':
      return [{ log: body.log, sequence: 1, hash: body.join }];
    default:
      return [];
  }
}

/**
 * A trail with each record after those that it names, too: what a Master says of a hand-in comes after that, though it need not be deeper. Otherwise
 * they stay as they were.
 */
export function afterWhatTheyName(trail: readonly TrailEntry[]): readonly TrailEntry[] {
  const byHash = new Map(trail.map((entry) => [entry.record.hash, entry]));
  const ordered = new Set<TrailEntry>();
  for (const last of trail) {
    // Not by recursion: logs are long.
    const open = [last];
    for (let entry = open.at(-1); entry !== undefined; entry = open.at(-1)) {
      const before = hashesBefore(entry).find((hash) => byHash.has(hash) && !ordered.has(byHash.get(hash)!));
      if (before !== undefined) open.push(byHash.get(before)!);
      else ordered.add(open.pop()!);
    }
  }
  return [...ordered];
}

function hashesBefore({ record: { header }, said }: TrailEntry): string[] {
  const own = header.previous === null ? [] : [header.previous];
  return [...own, ...header.seen.map(({ hash }) => hash), ...namedIn(said).map(({ hash }) => hash), ...repliedTo(said)];
}

/** The hand-in that a Master says something of. */
function repliedTo(said: ReadBody): string[] {
  if (said.kind !== 'body') return [];
  const { body } = said;
  return body.kind === 'receipt' || body.kind === 'judge' || body.kind === 'feedback' ? [body.of] : [];
}

function firstWitnesses(ordered: readonly SignedRecord[], saidBy: (record: SignedRecord) => ReadBody): ReadonlyMap<string, string> {
  const byHash = new Map(ordered.map((record) => [record.hash, record]));
  const first = new Map<string, string>();
  for (const witness of ordered) {
    for (const { log, hash } of [...witness.header.seen, ...namedIn(saidBy(witness))]) {
      if (log === witness.header.log) continue;
      // Whoever has seen a record has seen those before it.
      let at = byHash.get(hash);
      while (at !== undefined && !first.has(at.hash)) {
        first.set(at.hash, witness.hash);
        at = byHash.get(at.header.previous ?? '');
      }
    }
  }
  return first;
}
