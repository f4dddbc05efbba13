/**
 * A list that a record has no room for: a file in the hub, named by the hash that stands in the list's place, and sealed for the record's
 * audience as its body is. It holds the list as it would stand in the body, compressed with zstd.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { openBody, sealBody, type SealContext } from '../crypto/sealing.ts';
import { isWrittenAs, parseJson, type SignedRecord } from './envelope.ts';
import { audienceKey, type SealedTarget } from './sealedBodies.ts';

/** The longest list. */
export const MAX_LISTED = 1 << 16;
/** Of a list as JSON, in bytes: nobody is made to decompress more. */
const MAX_PLAIN = 16 << 20;
/** The largest file of a list, in bytes. */
export const MAX_LIST_FILE = MAX_PLAIN + (1 << 16);
const LEVEL = 9;

const FOLDER = 'lists';

/** Where the lists of a log lie in the hub. */
export function listFolder(log: string): string {
  return `${FOLDER}/${log}`;
}

/** Whose list it is, and what the record says of when it was made. */
interface ListPlace {
  readonly space: string;
  readonly log: string;
  readonly made: number;
}

/** As many of the first items as a list has room for. */
export function firstOf<Item>(items: readonly Item[]): readonly Item[] {
  let left = MAX_PLAIN - 2;
  const end = items.findIndex((item, at) => at === MAX_LISTED || (left -= Buffer.byteLength(JSON.stringify(item)) + 1) < 0);
  return end < 0 ? items : items.slice(0, end);
}

/** The sealed file of a list. @throws SnapstageError `refused` for one that is too long. */
export function sealList(list: readonly unknown[], target: SealedTarget, at: ListPlace, host: Pick<Host, 'randomHex'>): Buffer {
  const json = Buffer.from(JSON.stringify(list));
  if (list.length > MAX_LISTED || json.length > MAX_PLAIN) {
    const message = `${list.length} objects are too many to be named one by one: name the folders that they lie in.`;
    throw new SnapstageError('refused', message, { objects: list.length, most: MAX_LISTED });
  }
  const key = audienceKey(at.space, target.audience, target.secret);
  const compressed = zstdCompressSync(json, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  return sealBody(compressed, contextOf(key, at, target), host);
}

/** The list in a file that a record names. @throws SnapstageError `damaged` when it is none of these items for this record. */
export function openList<Item>(bytes: Buffer, item: z.ZodType<Item>, { header }: SignedRecord, made: number, secret: Uint8Array): Item[] {
  const { space, log, audience, epoch } = header;
  const key = audienceKey(space, audience, secret);
  const json = decompressed(openBody(bytes, contextOf(key, { space, log, made }, { audience, epoch: epoch ?? '' })));
  const list = z.array(item).max(MAX_LISTED).safeParse(parseJson(json)).data;
  if (list !== undefined && isWrittenAs(list, json)) return list;
  throw unreadable();
}

function decompressed(bytes: Buffer): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_PLAIN });
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause?: unknown): SnapstageError {
  return new SnapstageError('damaged', 'A list that a record names can’t be read.', { flaw: 'bad-list' }, cause);
}

function contextOf(
  key: Uint8Array,
  { space, log, made }: ListPlace,
  { audience, epoch }: Pick<SealedTarget, 'audience' | 'epoch'>,
): SealContext {
  return { key, space, audience, epoch, name: `${listFolder(log)}/${made}` };
}
