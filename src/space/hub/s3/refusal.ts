/** What a server of S3 refuses, and what that means for a hub. */
import { isSystemError, SnapstageError } from '../../../base/errors.ts';
import { hubReadOnly, hubUnreachable } from '../hub.ts';
import { bucketAddress, type BucketPlace } from './bucketPlace.ts';

/** A refusal, by the code that S3 has for it (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
export class Refusal extends Error {
  readonly status: number;
  /** `''` when the answer has none: one without a body, or of something between here and the server. */
  readonly code: string;
  /** The server's time, in milliseconds since 1970. */
  readonly serverTime: number | undefined;
  /** Where the bucket is instead. */
  readonly region: string | undefined;

  constructor(status: number, code: string, text: string, serverTime?: number, region?: string) {
    super(text === '' ? code || `it answers ${status}` : text);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.serverTime = serverTime;
    this.region = region;
  }
}

/** What did not arrive as it was sent, or ended too early. */
export class Garbled extends Error {}

const BUSY = new Set([408, 429, 500, 502, 503, 504]);
/** What was sent was cut or changed on the way, or met something that is over soon. */
const PASSING = new Set([
  'BadDigest',
  'ConditionalRequestConflict',
  'IncompleteBody',
  'InternalError',
  'InvalidDigest',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
  'XAmzContentSHA256Mismatch',
]);
/** Nobody is there: it is not tried for as long. */
const AWAY = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'];
const UNTRUSTED = /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH)/;
const WRONG_KEYS = new Set(['InvalidAccessKeyId', 'InvalidClientTokenId', 'NotSignedUp', 'InvalidSecurity']);
const WRONG_SECRET = new Set(['SignatureDoesNotMatch']);
const OLD_KEYS = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired']);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'StorageFull']);
const SKEWED = new Set(['RequestTimeTooSkewed', 'RequestExpired']);

/** How much longer it is worth trying: `all` of the tries, a few, or none. */
export function patienceFor(error: unknown): 'all' | 'few' | 'none' {
  if (error instanceof SnapstageError) return 'none';
  if (error instanceof Refusal) return BUSY.has(error.status) || PASSING.has(error.code) ? 'all' : 'none';
  if (isUntrusted(error)) return 'none';
  return isSystemError(error, ...AWAY) ? 'few' : 'all';
}

export function isOldKeys(error: unknown): boolean {
  return error instanceof Refusal && OLD_KEYS.has(error.code);
}

export interface Asked {
  readonly at: BucketPlace;
  /** In the hub; `undefined` for what says whether there is one. */
  readonly part: string | undefined;
  readonly isWriting: boolean;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** What went wrong, as the hub's users are told. */
export function explained(error: unknown, asked: Asked): SnapstageError {
  if (error instanceof SnapstageError) return error;
  const { at, part } = asked;
  const place = at.path;
  if (!(error instanceof Refusal)) return hubUnreachable(place, networkTrouble(error), error);
  if (SKEWED.has(error.code)) return hubUnreachable(place, clockTrouble(error, asked.now), error);
  const keys = keyTrouble(error);
  if (keys !== undefined) return keysRefused(at, keys, error);
  if (FULL.has(error.code) || error.status === 507) {
    return new SnapstageError('no-space', `The hub ${place} is full: ${error.message}.`, { hub: place }, error);
  }
  if (error.code === 'NoSuchBucket') return hubUnreachable(place, `there is no bucket “${at.bucket}”`, error);
  if (error.region !== undefined && error.status >= 300) return hubUnreachable(place, `the bucket is in the region ${error.region}`, error);
  if (error.status === 403 || error.status === 401 || error.status === 405) {
    if (asked.isWriting) return hubReadOnly(place, error);
    if (part === undefined) return keysRefused(at, 'these keys may not read there', error);
    const message = `The keys for the hub ${place} may not read “${part}” there. Ask whoever shares it.`;
    return new SnapstageError('io', message, { system: error.code || 'AccessDenied', hub: place, part }, error);
  }
  if (BUSY.has(error.status)) return hubUnreachable(place, `it is too busy, or out of order (${error.code || error.status})`, error);
  const details = { system: error.code || String(error.status), hub: place, part };
  return new SnapstageError('io', `The hub ${place} refused: ${error.message}.`, details, error);
}

/** There are none for a place, or others are needed: `keysFor` in the details says whom they are for. */
export function keysRefused(at: BucketPlace, why: string, cause?: unknown): SnapstageError {
  return hubUnreachable(at.path, why, cause, { keysFor: bucketAddress(at) });
}

function keyTrouble({ code }: Refusal): string | undefined {
  if (WRONG_KEYS.has(code)) return 'it does not know the access key';
  if (WRONG_SECRET.has(code)) return 'the secret of the access key is another one';
  if (OLD_KEYS.has(code)) return 'the keys have expired, or their session token is not theirs; get new ones';
  return undefined;
}

function clockTrouble({ serverTime }: Refusal, now: number): string {
  if (serverTime === undefined) return 'the clock of this machine is wrong; set it';
  const off = now - serverTime;
  return `the clock of this machine is ${durationOf(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} the server’s; set it`;
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

function durationOf(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms >= 2 * one) ?? ['seconds', 1000];
  return `${Math.round(ms / size)} ${unit}`;
}

function networkTrouble(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no server of this name, or no network here';
  if (code === 'ECONNREFUSED') return 'no server answers there';
  if (isSystemError(error, 'ECONNRESET', 'EPIPE', 'ECONNABORTED')) return 'the connection is cut again and again';
  if (isUntrusted(error)) return `its certificate is not trusted here (${code})`;
  return message;
}

function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.test(String((error as NodeJS.ErrnoException).code));
}
