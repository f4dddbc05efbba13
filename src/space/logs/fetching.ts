/** Reading what a log's folder in the hub has beyond what is known. */
import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import { MAX_RECORD, type Flaw, type Place, type SignedRecord } from '../records/envelope.ts';
import { byName, claimedSequence, fetchRecord, recordName, SPANS, type LogListing } from './hubRecords.ts';
import type { Link, Stub } from './link.ts';
import { fetchPack, recordsOf } from './pack.ts';

/** A file that is not what it is called. */
export interface RefusedFile {
  readonly name: string;
  readonly flaw: Flaw | 'unreadable';
}

export interface Fetching {
  readonly refused: readonly RefusedFile[];
  /** There was so much that is no record that the rest was not read. */
  readonly isFlooded: boolean;
  /** Files were gone that a listing had: they were packed meanwhile, or removed. */
  readonly isMoving: boolean;
}

/** Files that are fetched at the same time. */
const AT_ONCE = 4;
/** What is refused before the rest is left alone: files, and bytes. */
const MAX_REFUSED = 500;
const MAX_REFUSED_BYTES = 1024 * MAX_RECORD;

/** What is known of a log, by the names of records. */
export interface KnownRecords {
  readonly records: Map<string, SignedRecord>;
  /** Those that nobody misses. */
  readonly stubs?: ReadonlyMap<string, Stub>;
}

/**
 * Adds to the records that are known every good one of a listing that is not, up to the number `upTo`; packs are read only where something
 * in them is not known, and without a limit. @throws SnapstageError only when the hub is not there, or `cancelled`: what was read until
 * then is known.
 */
export async function fetchUnknown(
  hub: Hub,
  place: Place,
  listing: LogListing,
  { records, stubs = new Map() }: KnownRecords,
  work: Work,
  upTo = Infinity,
): Promise<Fetching> {
  const known = { get: (name: string): Link | undefined => records.get(name) ?? stubs.get(name) };
  const refused: RefusedFile[] = [];
  let bytes = 0;
  let isMoving = false;
  const isFlooded = (): boolean => refused.length >= MAX_REFUSED || bytes >= MAX_REFUSED_BYTES;
  const take = (
    { name, size }: { name: string; size: number },
    flaw: RefusedFile['flaw'] | undefined,
    got: readonly SignedRecord[],
  ): void => {
    for (const record of got) records.set(recordName(record), record);
    if (flaw === undefined) return;
    refused.push({ name, flaw });
    bytes += size;
  };
  // A larger pack has what smaller ones have, and those what files of one record have.
  for (const span of upTo === Infinity ? SPANS : []) {
    const packs = listing.packs.filter(({ first, last }) => last - first + 1 === span);
    await inTurn(packs, AT_ONCE, async (pack) => {
      if (isFlooded() || recordsOf(pack, known) !== undefined) return;
      work.check();
      const fetched = await fetchPack(hub, place, pack, work);
      work.advance(fetched?.records.length ?? 0, pack.size);
      if (fetched === undefined) isMoving = true;
      else take(pack, fetched.flaw, fetched.records);
    });
  }
  const files = listing.files.filter(({ name }) => known.get(name) === undefined && claimedSequence(name)! <= upTo);
  await inTurn(files, AT_ONCE, async (file) => {
    if (isFlooded()) return;
    work.check();
    const fetched = await fetchRecord(hub, place, file);
    work.advance(1, file.size);
    if (fetched === undefined) isMoving = true;
    else if ('record' in fetched) take(file, undefined, [fetched.record]);
    else take(file, fetched.flaw, []);
  });
  return { refused, isFlooded: isFlooded(), isMoving };
}

/**
 * The records of these stubs, of a listing, alone or out of packs; nothing unless all are there. @throws SnapstageError only when the hub is
 * not there, or `cancelled`.
 */
export async function fetchStubbed(
  hub: Hub,
  place: Place,
  { files, packs }: LogListing,
  stubs: readonly Stub[],
  work: Work,
): Promise<readonly SignedRecord[] | undefined> {
  const wanted = byName(stubs);
  const found = new Map<string, SignedRecord>();
  const take = (record: SignedRecord): void => {
    const name = recordName(record);
    if (wanted.get(name)?.hash === record.hash) found.set(name, record);
  };
  for (const file of files.filter(({ name }) => wanted.has(name))) {
    work.check();
    const fetched = await fetchRecord(hub, place, file);
    if (fetched !== undefined && 'record' in fetched) take(fetched.record);
  }
  for (const pack of packs.toSorted((a, b) => a.size - b.size)) {
    const isIn = ({ header: { sequence } }: Stub): boolean => pack.first <= sequence && sequence <= pack.last;
    if (![...wanted].some(([name, stub]) => isIn(stub) && !found.has(name))) continue;
    work.check();
    const fetched = await fetchPack(hub, place, pack, work);
    work.advance(fetched?.records.length ?? 0, pack.size);
    for (const record of fetched?.records ?? []) take(record);
  }
  return found.size === wanted.size ? [...found.values()] : undefined;
}

/** Acts on all items, some of them at the same time. When one fails, no more are begun, and those under way come to their end. */
export async function inTurn<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      try {
        for (const item of queue) if (failures.length === 0) await act(item);
      } catch (error) {
        failures.push(error);
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
