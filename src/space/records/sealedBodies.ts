/** Bodies as they are stored: clear, sealed under an epoch of an audience, or sealed to one key. */
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { deriveKey } from '../crypto/derive.ts';
import { preAuthEncoding } from '../crypto/encoding.ts';
import { BOX_BYTES, boxKey, openFrom, sealTo, type BoxKey } from '../crypto/hpke.ts';
import { KEY_BYTES } from '../crypto/rawKeys.ts';
import { openBody, sealBody, type SealContext } from '../crypto/sealing.ts';
import { decodeBody, encodeBody, type Body, type UnknownBody } from './bodies.ts';
import type { Header, SignedRecord } from './envelope.ts';

/** For whom a body is to be sealed. */
export type Target =
  | { readonly audience: 'clear' }
  | SealedTarget
  /** `box-…` with an invite's id, and its key. */
  | { readonly audience: string; readonly publicKey: Uint8Array };

/** An audience, and the epoch whose key it has. */
export interface SealedTarget {
  readonly audience: string;
  readonly epoch: string;
  readonly secret: Uint8Array;
}

type Position = Pick<Header, 'space' | 'log' | 'sequence'>;

/** The key of an epoch, for bodies and files. */
export function audienceKey(space: string, audience: string, secret: Uint8Array): Buffer {
  return deriveKey(secret, 'snapstage audience key 1', [space, audience]);
}

/** What others can seal to an epoch's readers by: its public half is no secret. */
export function audienceBox(space: string, audience: string, secret: Uint8Array): BoxKey {
  return boxKey(deriveKey(secret, 'snapstage audience box 1', [space, audience]));
}

/** The bytes of a body as they are stored in the record at this position. */
export function storeBody(body: Body, target: Target, at: Position, host: Pick<Host, 'randomHex'>): Buffer {
  const json = encodeBody(body);
  if ('secret' in target) {
    const key = audienceKey(at.space, target.audience, target.secret);
    return sealBody(json, contextOf(key, at, target.audience, target.epoch), host);
  }
  if (!('publicKey' in target)) return json;
  const key = Buffer.from(host.randomHex(KEY_BYTES), 'hex');
  const boxed = sealTo(target.publicKey, BOX_INFO, boxContext(at, target.audience), key, host);
  return Buffer.concat([boxed, sealBody(json, contextOf(key, at, target.audience, ''), host)]);
}

/** What a clear record says. @throws SnapstageError `damaged`. */
export function readClear({ stored }: SignedRecord): Body | UnknownBody {
  return decodeBody(stored);
}

/** What a record says to everybody: nothing where it is sealed, makes no sense, or is of a kind that this version does not know. */
export function clearBody(record: SignedRecord): Body | undefined {
  if (record.header.audience !== 'clear') return undefined;
  try {
    const said = readClear(record);
    return 'unknown' in said ? undefined : said;
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return undefined;
    throw error;
  }
}

/** What a record says that is sealed under an epoch with this secret. @throws SnapstageError `damaged`. */
export function readSealed({ header, stored }: SignedRecord, secret: Uint8Array): Body | UnknownBody {
  const key = audienceKey(header.space, header.audience, secret);
  return decodeBody(openBody(stored, contextOf(key, header, header.audience, header.epoch ?? '')));
}

/** What a record says that is sealed to this key. @throws SnapstageError `damaged`. */
export function readBoxed({ header, stored }: SignedRecord, key: BoxKey): Body | UnknownBody {
  const start = KEY_BYTES + BOX_BYTES;
  if (stored.length < start) throw new SnapstageError('damaged', 'A record sealed to a key is too short.', { flaw: 'bad-body' });
  const inner = openFrom(key, BOX_INFO, boxContext(header, header.audience), stored.subarray(0, start));
  return decodeBody(openBody(stored.subarray(start), contextOf(inner, header, header.audience, '')));
}

const BOX_INFO = Buffer.from('snapstage boxed body 1');

function boxContext({ space, log, sequence }: Position, audience: string): Buffer {
  return preAuthEncoding('snapstage boxed body 1', space, log, String(sequence), audience);
}

function contextOf(key: Uint8Array, { space, log, sequence }: Position, audience: string, epoch: string): SealContext {
  return { key, space, audience, epoch, name: `${log}/${sequence}` };
}
