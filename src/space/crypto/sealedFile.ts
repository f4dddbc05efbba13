import { createHash, type Hash } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import type { Work } from '../../base/work.ts';
import type { ReadableStoreFile, WritableStoreFile } from '../../store/files.ts';
import { open, seal, type Parts, type SealContext } from './sealing.ts';

/** What a record says of a sealed file: nothing else may be opened in its place. */
export interface SealedFile {
  readonly bytes: number;
  /** SHA-256 of all its bytes, as hex. */
  readonly hash: string;
}

type Sink = Pick<WritableStoreFile, 'append'>;

const PART_BYTES = 1 << 20;

/** Appends the sealed file of what `from` holds. What was appended before an error stays, and is of no use. @throws SnapstageError `cancelled`. */
export async function sealFile(
  from: ReadableStoreFile,
  into: Sink,
  context: SealContext,
  host: Pick<Host, 'randomHex'>,
  work: Work,
): Promise<SealedFile> {
  const hash = createHash('sha256');
  const bytes = await appendAll(into, hashed(seal(partsOf(from), context, host, work), hash));
  return { bytes, hash: hash.digest('hex') };
}

/**
 * Appends what a sealed file holds; resolves to the bytes of that. What was appended before an error stays, and counts for nothing: only
 * the end tells that all of it is genuine.
 * @throws SnapstageError `damaged` when it is not the file of the record, or not what was sealed in this context; `cancelled`.
 */
export async function openFile(
  from: ReadableStoreFile,
  into: Sink,
  context: SealContext,
  expected: SealedFile,
  work: Work,
): Promise<number> {
  if (from.size !== expected.bytes) throw another(context);
  const hash = createHash('sha256');
  const bytes = await appendAll(into, open(hashed(partsOf(from), hash), context, work));
  if (hash.digest('hex') !== expected.hash) throw another(context);
  return bytes;
}

function another({ name }: SealContext): SnapstageError {
  return new SnapstageError('damaged', `“${name}” is not the file that the record names.`, { name });
}

async function appendAll(into: Sink, parts: Parts): Promise<number> {
  let bytes = 0;
  for await (const part of parts) {
    into.append(part);
    bytes += part.length;
  }
  return bytes;
}

/** A file's bytes in parts, each in the memory of the one before. */
function* partsOf(file: ReadableStoreFile): Generator<Buffer> {
  const memory = Buffer.allocUnsafe(Math.min(PART_BYTES, file.size));
  for (let at = 0; at < file.size;) {
    const got = file.read(memory, at);
    if (got === 0) return; // it has become shorter: what is missing is found
    yield memory.subarray(0, got);
    at += got;
  }
}

async function* hashed(parts: Parts, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    hash.update(part);
    yield part;
  }
}
