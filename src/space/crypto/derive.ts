import { hkdfSync } from 'node:crypto';
import { preAuthEncoding } from './encoding.ts';
import { KEY_BYTES } from './rawKeys.ts';

/** What RFC 5869 section 2.2 puts where there is none. */
const NO_SALT = Buffer.alloc(32);

/**
 * A key of 32 bytes from a secret one, by HKDF-SHA256 (RFC 5869); the info is the label with the parts (`preAuthEncoding`), so that keys
 * of different labels or parts have nothing to do with each other.
 */
export function deriveKey(secret: Uint8Array, label: string, parts: readonly (string | Uint8Array)[], salt: Uint8Array = NO_SALT): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, preAuthEncoding(label, ...parts), KEY_BYTES));
}
