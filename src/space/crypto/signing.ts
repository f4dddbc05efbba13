/** Ed25519 signatures (RFC 8032) with a domain label, accepted and refused alike by every Node version. */
import { sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import { preAuthEncoding } from './encoding.ts';
import { KEY_BYTES, privateKeyFrom, publicKeyFrom, rawPublicKey } from './rawKeys.ts';

export const SIGNATURE_BYTES = 64;

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** The key pair of a seed of 32 bytes, which is the private key of RFC 8032 section 5.1.5. @throws SnapstageError `damaged` for another length. */
export function signingKey(seed: Uint8Array): SigningKey {
  const privateKey = privateKeyFrom('Ed25519', seed);
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** 64 bytes over the label and the parts (`preAuthEncoding`). The same each time (RFC 8032 section 5.1.6). */
export function sign(key: SigningKey, label: string, ...parts: readonly Uint8Array[]): Buffer {
  return cryptoSign(null, preAuthEncoding(label, ...parts), key.privateKey);
}

/** True when the signature is that of this key over this label and these parts; false for whatever else is given. */
export function verify(publicKey: Uint8Array, signature: Uint8Array, label: string, ...parts: readonly Uint8Array[]): boolean {
  return verifyStrictly(publicKey, signature, preAuthEncoding(label, ...parts));
}

/** True when the 64 bytes are a signature of these bytes as they are, by a key and with an R that all implementations judge alike. */
export function verifyStrictly(publicKey: Uint8Array, signature: Uint8Array, bytes: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || !isGoodPoint(publicKey) || !isGoodPoint(signature.subarray(0, KEY_BYTES))) return false;
  return cryptoVerify(null, bytes, knownKey(publicKey), signature);
}

/** Keys that were last verified with: all records of a log have the same, and to make one costs half as much as to verify. */
const known = new Map<string, KeyObject>();
const MAX_KNOWN = 64;

function knownKey(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString('hex');
  const key = known.get(name) ?? publicKeyFrom('Ed25519', raw);
  known.delete(name);
  known.set(name, key);
  if (known.size > MAX_KNOWN) known.delete(known.keys().next().value!);
  return key;
}

/** The 32 bytes of a public key written as lower-case hex. @throws SnapstageError `damaged` for what `verify` would accept no signature of. */
export function parsePublicKey(hex: string): Buffer {
  const key = Buffer.from(hex, 'hex');
  if (key.toString('hex') !== hex || !isGoodPoint(key)) throw new SnapstageError('damaged', 'This is no public key for signatures.');
  return key;
}

/** The y coordinates of the eight points of small order (orders 4, 1, 8, 8, 2), without the sign of x. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** 2^255 - 19, the field's prime, with the most significant byte first. */
const PRIME = Buffer.from(`7f${'ff'.repeat(30)}ed`, 'hex');

/**
 * True for an encoded point that is canonical (RFC 8032 section 5.1.3) and of no small order, as "Taming the many EdDSAs" (Chalkias,
 * Garillot, Nikolaenko, 2020) asks for both A and R. OpenSSL before 3.5 takes signatures with small orders, later ones and BoringSSL
 * differ: whether a record stands must not depend on who reads it. The encodings of x = 0 with a sign are of small order too.
 */
function isGoodPoint(encoded: Uint8Array): boolean {
  if (encoded.length !== KEY_BYTES) return false;
  const y = Buffer.from(encoded);
  y[KEY_BYTES - 1]! &= 0x7f;
  return !SMALL_ORDER.has(y.toString('hex')) && Buffer.compare(y.toReversed(), PRIME) < 0;
}
