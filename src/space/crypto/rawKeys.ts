import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';

/** Bytes of a raw key of either curve, public or private (RFC 7748 section 5, RFC 8032 section 5.1). */
export const KEY_BYTES = 32;

type Curve = 'Ed25519' | 'X25519';

/** What stands before the raw bytes in DER (RFC 8410 sections 4 and 7): the only form that every Node version reads. */
const PUBLIC_PREFIX: Readonly<Record<Curve, Buffer>> = {
  Ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  X25519: Buffer.from('302a300506032b656e032100', 'hex'),
};
const PRIVATE_PREFIX: Readonly<Record<Curve, Buffer>> = {
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
};

/** A private key from its 32 bytes. @throws SnapstageError `damaged` for another length. */
export function privateKeyFrom(curve: Curve, raw: Uint8Array): KeyObject {
  checkLength(raw);
  return createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX[curve], raw]), format: 'der', type: 'pkcs8' });
}

/** A public key from its 32 bytes; nothing is known of them yet but their number. @throws SnapstageError `damaged` for another length. */
export function publicKeyFrom(curve: Curve, raw: Uint8Array): KeyObject {
  checkLength(raw);
  return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX[curve], raw]), format: 'der', type: 'spki' });
}

/** The 32 bytes of the public half of a private key. */
export function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

function checkLength(raw: Uint8Array): void {
  if (raw.length !== KEY_BYTES) throw new SnapstageError('damaged', `A key has ${raw.length} bytes instead of ${KEY_BYTES}.`);
}
