/**
 * What one audience can read. A sealed file is a mark, a fresh salt of 32 bytes, and chunks of AES-256-GCM under a key that was derived
 * for this one file; the nonce of a chunk is its number in 11 bytes and a byte that is 1 in the last one. That is the STREAM construction
 * of "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) in the form that
 * the file format age has: what is cut off, added, moved or doubled is found, and so is another file in this one's place.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import type { Work } from '../../base/work.ts';
import { deriveKey } from './derive.ts';

/** For whom something is sealed, and what it is. All of it but the key is known to everybody, and none of it can be exchanged unseen. */
export interface SealContext {
  /** The audience's key of that epoch: 32 bytes. */
  readonly key: Uint8Array;
  readonly space: string;
  readonly audience: string;
  readonly epoch: string;
  /** What nothing else has that is sealed for this audience: a file's name in the hub, the place of a record in its log. */
  readonly name: string;
}

export type Parts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const MARK = Buffer.from('snapseal');
const SALT_BYTES = 32;
const HEADER_BYTES = MARK.length + SALT_BYTES;
const CHUNK_BYTES = 64 << 10;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
/** Chunks between two moments at which others may have the thread. */
const TURN = 16;

/**
 * The sealed file of what the parts hold together, chunk by chunk; a part is not looked at any more once the next is asked for.
 * No two calls give the same: what is to be sent again is kept. @throws SnapstageError `cancelled`.
 */
export async function* seal(parts: Parts, context: SealContext, host: Pick<Host, 'randomHex'>, work: Work): AsyncGenerator<Buffer> {
  const salt = Buffer.from(host.randomHex(SALT_BYTES), 'hex');
  const key = keyOf(FILE, salt, context);
  yield Buffer.concat([MARK, salt]);
  let count = 0;
  for await (const { bytes, isLast } of cut(parts, CHUNK_BYTES, CHUNK_BYTES)) {
    yield sealChunk(key, nonceOf(count, isLast), bytes);
    await turn(work, count++, bytes.length);
  }
}

/**
 * What a sealed file holds, each chunk once it is known to be genuine and in its place. Only the end tells that nothing is missing: what
 * came before counts for nothing if this throws. A part is not looked at any more once the next is asked for.
 * @throws SnapstageError `damaged` when the file is not, whole and unchanged, what was sealed in this context; `cancelled`.
 */
export async function* open(parts: Parts, context: SealContext, work: Work): AsyncGenerator<Buffer> {
  let key: Buffer | undefined;
  let count = 0;
  for await (const { bytes, isLast } of cut(parts, HEADER_BYTES, CHUNK_BYTES + TAG_BYTES)) {
    if (key === undefined) {
      if (isLast || !bytes.subarray(0, MARK.length).equals(MARK)) throw notSealedFor(context);
      key = keyOf(FILE, bytes.subarray(MARK.length), context);
      continue;
    }
    const chunk = openChunk(key, nonceOf(count, isLast), bytes, context);
    if (chunk.length === 0 && count > 0) throw notSealedFor(context); // one content has one number of chunks
    yield chunk;
    await turn(work, count++, chunk.length);
  }
}

/** Bytes that what `seal` gives for a content of this many has. */
export function sealedBytes(bytes: number): number {
  return HEADER_BYTES + bytes + TAG_BYTES * Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

const PAD_BYTES = 256;
const NO_NONCE = Buffer.alloc(NONCE_BYTES);

/**
 * A short text, sealed in one go and padded to 256 bytes (ISO/IEC 7816-4), so that its length says little: a fresh salt, the ciphertext, the
 * tag. The nonce is zero, because with the salt each key is used once.
 */
export function sealBody(body: Uint8Array, context: SealContext, host: Pick<Host, 'randomHex'>): Buffer {
  const salt = Buffer.from(host.randomHex(SALT_BYTES), 'hex');
  const padded = Buffer.alloc(Math.ceil((body.length + 1) / PAD_BYTES) * PAD_BYTES);
  padded.set(body);
  padded[body.length] = 0x80;
  return Buffer.concat([salt, sealChunk(keyOf(BODY, salt, context), NO_NONCE, padded)]);
}

/** What `sealBody` was given. @throws SnapstageError `damaged` when it is not what was sealed in this context. */
export function openBody(sealed: Uint8Array, context: SealContext): Buffer {
  if (sealed.length < SALT_BYTES) throw notSealedFor(context);
  const key = keyOf(BODY, sealed.subarray(0, SALT_BYTES), context);
  const padded = openChunk(key, NO_NONCE, sealed.subarray(SALT_BYTES), context);
  let end = padded.length - 1;
  while (padded[end] === 0) end--;
  // One body has one padding: a reader takes no other for it.
  if (padded[end] !== 0x80 || padded.length % PAD_BYTES !== 0 || padded.length - end > PAD_BYTES) throw notSealedFor(context);
  return padded.subarray(0, end);
}

const FILE = 'snapstage sealed file 1';
const BODY = 'snapstage sealed body 1';

function keyOf(label: string, salt: Uint8Array, { key, space, audience, epoch, name }: SealContext): Buffer {
  return deriveKey(key, label, [space, audience, epoch, name], salt);
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(count, 5, 6); // bytes 0 to 10 in all
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function sealChunk(key: Buffer, nonce: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(key: Buffer, nonce: Buffer, sealed: Uint8Array, context: SealContext): Buffer {
  if (sealed.length < TAG_BYTES) throw notSealedFor(context);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    throw notSealedFor(context, error);
  }
  return plain;
}

function notSealedFor({ space, audience, epoch, name }: SealContext, cause?: unknown): SnapstageError {
  const message = `“${name}” is not, whole and unchanged, what was sealed under this name for ${audience}.`;
  return new SnapstageError('damaged', message, { space, audience, epoch, name }, cause);
}

interface Piece {
  readonly bytes: Buffer;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

/** The same bytes in pieces of these lengths, in memory that the next piece uses again; the last may be shorter, or empty where there is nothing. */
async function* cut(parts: Parts, first: number, others: number): AsyncGenerator<Piece> {
  const memory = Buffer.allocUnsafe(Math.max(first, others));
  let length = first;
  let used = 0;
  for await (const part of parts) {
    for (let from = 0; from < part.length;) {
      if (used === length) {
        yield { bytes: memory.subarray(0, used), isLast: false };
        length = others;
        used = 0;
      }
      const taken = part.subarray(from, from + length - used);
      memory.set(taken, used);
      from += taken.length;
      used += taken.length;
    }
  }
  yield { bytes: memory.subarray(0, used), isLast: true };
}

async function turn(work: Work, count: number, bytes: number): Promise<void> {
  work.advance(0, bytes);
  if (count % TURN === TURN - 1) await work.pause();
  else work.check();
}
