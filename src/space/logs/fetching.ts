/** Reading what a log's folder in the hub has beyond what is known. */
import type { Work } from '../../base/work.ts';
import type { Hub, HubFile } from '../hub/hub.ts';
import { MAX_RECORD, signedAmong, type Flaw, type Place, type SignedRecord } from '../records/envelope.ts';
import { claimedSequence, fetchUnverified, recordName, SPANS, type LogListing } from './hubRecords.ts';
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
/** Records that are verified together: the last one's signature stands for those before it. */
const VERIFIED_AT_ONCE = 128;
/** What is refused before the rest is left alone: files, and bytes. */
const MAX_REFUSED = 500;
const MAX_REFUSED_BYTES = 1024 * MAX_RECORD;

/**
 * Adds to `known`, which is by names, every good record of a listing that is not in it, up to the number `upTo`; packs are read only where
 * something in them is not known, and without a limit. @throws SnapstageError only when the hub is not there, or `cancelled`: what was
 * read until then is in `known`.
 */
export async function fetchUnknown(
  hub: Hub,
  place: Place,
  listing: LogListing,
  known: Map<string, SignedRecord>,
  work: Work,
  upTo = Infinity,
): Promise<Fetching> {
  const refused: RefusedFile[] = [];
  let bytes = 0;
  let isMoving = false;
  const isFlooded = (): boolean => refused.length >= MAX_REFUSED || bytes >= MAX_REFUSED_BYTES;
  const take = (
    { name, size }: { name: string; size: number },
    flaw: RefusedFile['flaw'] | undefined,
    got: readonly SignedRecord[],
  ): void => {
    for (const record of got) known.set(recordName(record), record);
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
  const files = listing.files.filter(({ name }) => !known.has(name) && claimedSequence(name)! <= upTo);
  for (let from = 0; from < files.length && !isFlooded(); from += VERIFIED_AT_ONCE) {
    const got = new Map<HubFile, SignedRecord>();
    try {
      await inTurn(files.slice(from, from + VERIFIED_AT_ONCE), AT_ONCE, async (file) => {
        work.check();
        const fetched = await fetchUnverified(hub, place, file);
        work.advance(1, file.size);
        if (fetched === undefined) isMoving = true;
        else if ('record' in fetched) got.set(file, fetched.record);
        else take(file, fetched.flaw, []);
      });
    } finally {
      // What came before it ended early is not read again.
      const signed = new Set(signedAmong([...got.values()]));
      for (const [file, record] of got) take(file, signed.has(record) ? undefined : 'bad-signature', signed.has(record) ? [record] : []);
    }
  }
  return { refused, isFlooded: isFlooded(), isMoving };
}

/**
 * Acts on all items, some of them at the same time. When one fails, no more are begun, and those that are under way come to their end.
 */
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
