/**
 * A record as bytes: magic, u32 (big-endian) length of the header, the header as JSON, the body as it is stored (sealed, or clear), and
 * an Ed25519 signature of 64 bytes over header and stored body. The bytes are what is signed and what is hashed: there is no second way
 * to write the same record (DSSE's idea: github.com/secure-systems-lab/dsse).
 */
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { sign, SIGNATURE_BYTES, verify } from '../crypto/signing.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import { identityId, publicKeysOf } from './identity.ts';
import { audience, citation, id128, id256, publicKeys, sequence } from './shapes.ts';

/** The largest record, in bytes. */
export const MAX_RECORD = 64 * 1024;
/** How many heads a record may cite: there are never that many Masters. */
export const MAX_SEEN = 64;
const VERSION = 1;
const LABEL = 'snapstage record 1';
const MAGIC = Buffer.from('SNAPREC\n', 'latin1');
const HEADER_AT = MAGIC.length + 4;

const headerShape = z.strictObject({
  version: z.literal(VERSION),
  space: id128,
  log: id128,
  /** Those of the log, which its id proves, so that a record can be verified by itself. */
  keys: publicKeys,
  sequence,
  /** 1 + the largest depth of what it follows: the record before it in its log, and what it has seen. */
  depth: sequence,
  /** Hash of the record before it in its log. */
  previous: id256.nullable(),
  /** Heads of Masters' logs that the author had read, by log. */
  seen: z.array(citation).max(MAX_SEEN),
  audience,
  /** Hash of the record that made the audience's key; none where no such key is used. */
  epoch: id256.nullable(),
  /** Who does not know its kind must not act any more. */
  critical: z.boolean(),
  /** SHA-256 of the body as it is stored. */
  body: id256,
});

export type Header = z.infer<typeof headerShape>;

const versionShape = z.looseObject({ version: z.int() });

/** A record whose signature is good. What it says may still be wrong, late, or not for its author to say. */
export interface SignedRecord {
  readonly header: Header;
  /** SHA-256 of all its bytes. */
  readonly hash: string;
  readonly bytes: Buffer;
  /** The body as it is stored. */
  readonly stored: Buffer;
}

/** What is wrong with bytes that are no record. */
export type Flaw = 'too-large' | 'malformed' | 'newer-format' | 'other-place' | 'changed' | 'bad-signature';

/** Where a record was found. */
export interface Place {
  readonly space: string;
  readonly log: string;
}

/** Signs a record. @throws SnapstageError `usage` when it would be larger than a record may be. */
export function writeRecord(header: Omit<Header, 'version' | 'log' | 'keys' | 'body'>, stored: Buffer, author: KeyPairs): SignedRecord {
  const keys = publicKeysOf(author);
  const whole = headerShape.parse({ ...header, version: VERSION, log: identityId(keys), keys, body: idHex(idOf(stored)) });
  const json = Buffer.from(JSON.stringify(whole));
  const start = Buffer.alloc(HEADER_AT);
  MAGIC.copy(start);
  start.writeUInt32BE(json.length, MAGIC.length);
  const bytes = Buffer.concat([start, json, stored, sign(author.signing, LABEL, json, stored)]);
  if (bytes.length > MAX_RECORD) {
    throw new SnapstageError('usage', `A record can hold ${MAX_RECORD} bytes; this one would have ${bytes.length}.`);
  }
  return { header: whole, hash: idHex(idOf(bytes)), bytes, stored };
}

/** The record with these bytes. @throws SnapstageError `damaged` with the `flaw`, or `newer-format`, when they are not that of this place. */
export function readRecord(bytes: Buffer, place: Place): SignedRecord {
  const record = parseRecord(bytes, place);
  const json = bytes.subarray(HEADER_AT, HEADER_AT + bytes.readUInt32BE(MAGIC.length));
  if (!verify(Buffer.from(record.header.keys.sign, 'hex'), bytes.subarray(-SIGNATURE_BYTES), LABEL, json, record.stored)) {
    throw flawed('bad-signature', 'its signature is wrong');
  }
  return record;
}

/**
 * As `readRecord`, for bytes whose signature was verified before: those with a hash that this copy keeps, or that such a record names.
 */
export function parseRecord(bytes: Buffer, place: Place): SignedRecord {
  if (bytes.length > MAX_RECORD) throw flawed('too-large', 'it is too large');
  const { header, stored } = split(bytes);
  if (header.space !== place.space) throw flawed('other-place', 'it is of another Space');
  if (header.log !== place.log || identityId(header.keys) !== place.log) throw flawed('other-place', 'it is of another log');
  if (idHex(idOf(stored)) !== header.body) throw flawed('changed', 'its body is not the one that was signed');
  return { header, hash: idHex(idOf(bytes)), bytes, stored };
}

function split(bytes: Buffer): { header: Header; stored: Buffer } {
  if (bytes.length < HEADER_AT + SIGNATURE_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw flawed('malformed', 'it is no record');
  }
  const end = HEADER_AT + bytes.readUInt32BE(MAGIC.length);
  if (end > bytes.length - SIGNATURE_BYTES) throw flawed('malformed', 'its header is cut off');
  return { header: parseHeader(bytes.subarray(HEADER_AT, end)), stored: bytes.subarray(end, -SIGNATURE_BYTES) };
}

function parseHeader(json: Buffer): Header {
  const found = parseJson(json);
  const version = versionShape.safeParse(found).data?.version;
  if (version !== undefined && version > VERSION) {
    throw new SnapstageError('newer-format', 'This record was written by a newer Snapstage.', {
      flaw: 'newer-format' satisfies Flaw,
      version,
    });
  }
  const header = headerShape.safeParse(found).data;
  if (header === undefined) throw flawed('malformed', 'its header makes no sense');
  if (!isWrittenAs(header, json)) throw flawed('malformed', 'its header is not written as headers are');
  if (!isCoherent(header)) throw flawed('malformed', 'its parts do not go together');
  return header;
}

/** Citations are of other logs, each once, in order; a first record has none before it; the depth is more than any cited; keys have epochs. */
function isCoherent({ seen, log, sequence: number, previous, depth, audience: readers, epoch }: Header): boolean {
  const sorted = seen.every((cited, at) => cited.log !== log && cited.depth < depth && (at === 0 || seen[at - 1]!.log < cited.log));
  const hasNoEpoch = readers === 'clear' || readers.startsWith('box-');
  return sorted && (previous === null) === (number === 1) && (epoch === null) === hasNoEpoch;
}

/** The value of JSON bytes, or `undefined` when they are none or no UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** True when the value, written again, gives the same bytes: no second key of a name, no spaces, no other order. */
export function isWrittenAs(value: unknown, bytes: Uint8Array): boolean {
  return Buffer.from(JSON.stringify(value) ?? '').equals(bytes);
}

function flawed(flaw: Flaw, why: string): SnapstageError {
  return new SnapstageError('damaged', `A record can’t be used: ${why}.`, { flaw });
}
