/**
 * Hybrid public key encryption (RFC 9180) in base mode, one message for each encapsulated key: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM. By it a key or a short message is wrapped for one recipient, of whom only the public key is known.
 */
import { createCipheriv, createDecipheriv, createHmac, diffieHellman, type KeyObject } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { KEY_BYTES, privateKeyFrom, publicKeyFrom, rawPublicKey } from './rawKeys.ts';

export interface BoxKey {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** The key pair of a private key of 32 random bytes (RFC 7748 section 6.1). @throws SnapstageError `damaged` for another length. */
export function boxKey(raw: Uint8Array): BoxKey {
  const privateKey = privateKeyFrom('X25519', raw);
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** An AEAD of RFC 9180 section 7.3. */
export interface Aead {
  readonly id: number;
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm';
  readonly keyBytes: number;
}

const AES_256_GCM: Aead = { id: 2, cipher: 'aes-256-gcm', keyBytes: 32 };
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed is longer by this than what it holds: the encapsulated key and the tag. */
export const BOX_BYTES = KEY_BYTES + TAG_BYTES;

/**
 * What only the owner of the public key can open: the encapsulated key, then the ciphertext with its tag (RFC 9180 section 6.1).
 * `info` and `aad` have to be the same when it is opened. @throws SnapstageError `damaged` for a public key that no secret comes from.
 */
export function sealTo(publicKey: Uint8Array, info: Uint8Array, aad: Uint8Array, plain: Uint8Array, host: Pick<Host, 'randomHex'>): Buffer {
  return sealWith(AES_256_GCM, boxKey(Buffer.from(host.randomHex(KEY_BYTES), 'hex')), publicKey, info, aad, plain);
}

/** What `sealTo` was given. @throws SnapstageError `damaged` when anything of it is not what it was. */
export function openFrom(key: BoxKey, info: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  return openWith(AES_256_GCM, key, info, aad, sealed);
}

/** As `sealTo`, with the ephemeral key given: no two messages may have the same. */
export function sealWith(
  aead: Aead,
  ephemeral: BoxKey,
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Buffer {
  const shared = sharedSecret(ephemeral.privateKey, publicKey, ephemeral.publicKey, publicKey);
  const { key, nonce } = keySchedule(aead, shared, info);
  const cipher = createCipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([ephemeral.publicKey, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** As `openFrom`, with another AEAD. */
export function openWith(aead: Aead, own: BoxKey, info: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < BOX_BYTES) throw notForThisKey();
  const encapsulated = sealed.subarray(0, KEY_BYTES);
  const shared = sharedSecret(own.privateKey, encapsulated, encapsulated, own.publicKey);
  const { key, nonce } = keySchedule(aead, shared, info);
  const decipher = createDecipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(KEY_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch (error) {
    throw notForThisKey(error);
  }
}

function notForThisKey(cause?: unknown): SnapstageError {
  return new SnapstageError('damaged', 'A sealed message was changed, or is not for this key.', {}, cause);
}

const VERSION = Buffer.from('HPKE-v1');
const KEM_SUITE = Buffer.from('KEM\0\x20');
const NOTHING = Buffer.alloc(0);
/** The same to HMAC as no salt (RFC 5869 section 2.2), and a key that no library takes for a missing one. */
const NO_SALT = Buffer.alloc(32);

/** Encap and Decap of section 4.1: ExtractAndExpand of the Diffie-Hellman secret, in the context of both public keys. */
function sharedSecret(own: KeyObject, other: Uint8Array, encapsulated: Uint8Array, recipient: Uint8Array): Buffer {
  const secret = agree(own, other);
  const extracted = labeledExtract(KEM_SUITE, NO_SALT, 'eae_prk', secret);
  return labeledExpand(KEM_SUITE, extracted, 'shared_secret', Buffer.concat([encapsulated, recipient]), 32);
}

/** X25519; a secret that is all zero is refused (RFC 9180 section 7.1.4), also where the cryptographic library would not. */
function agree(own: KeyObject, other: Uint8Array): Buffer {
  const publicKey = publicKeyFrom('X25519', other);
  let secret: Buffer;
  try {
    secret = diffieHellman({ privateKey: own, publicKey });
  } catch (error) {
    throw notForThisKey(error);
  }
  if (secret.every((byte) => byte === 0)) throw notForThisKey();
  return secret;
}

/** KeySchedule of section 5.1 for mode_base, whose pre-shared key and its id are empty. */
function keySchedule(aead: Aead, shared: Buffer, info: Uint8Array): { key: Buffer; nonce: Buffer } {
  const suite = Buffer.from([...Buffer.from('HPKE'), 0, 0x20, 0, 1, 0, aead.id]);
  const pskIdHash = labeledExtract(suite, NO_SALT, 'psk_id_hash', NOTHING);
  const context = Buffer.concat([Buffer.of(0), pskIdHash, labeledExtract(suite, NO_SALT, 'info_hash', info)]);
  const secret = labeledExtract(suite, shared, 'secret', NOTHING);
  return {
    key: labeledExpand(suite, secret, 'key', context, aead.keyBytes),
    nonce: labeledExpand(suite, secret, 'base_nonce', context, NONCE_BYTES), // the message with sequence number 0 has it as it is
  };
}

/** Section 4; Extract of RFC 5869 section 2.2. */
function labeledExtract(suite: Buffer, salt: Uint8Array, label: string, keyMaterial: Uint8Array): Buffer {
  return createHmac('sha256', salt).update(VERSION).update(suite).update(label).update(keyMaterial).digest();
}

/** Section 4; Expand of RFC 5869 section 2.3 for no more than one round of the hash: 32 bytes. */
function labeledExpand(suite: Buffer, secret: Buffer, label: string, info: Uint8Array, length: number): Buffer {
  const hmac = createHmac('sha256', secret).update(Buffer.of(0, length)).update(VERSION).update(suite).update(label).update(info);
  return hmac.update(Buffer.of(1)).digest().subarray(0, length);
}
