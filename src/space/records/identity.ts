import { idOf } from '../../store/ids.ts';
import { preAuthEncoding } from '../crypto/encoding.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';

/** The two public keys of an identity (an instance, the root of a Space, an invite), 32 bytes each as lower-case hex. */
export interface PublicKeys {
  /** Ed25519: what it signs with. */
  readonly sign: string;
  /** X25519: what is sealed to it. */
  readonly box: string;
}

export function publicKeysOf({ signing, box }: KeyPairs): PublicKeys {
  return { sign: signing.publicKey.toString('hex'), box: box.publicKey.toString('hex') };
}

const ID_DIGITS = 32;

/**
 * The id of whoever has these keys, 32 hex digits: whoever knows the id can tell the right keys from any others. A log has the id of the
 * identity that signs it; a Space has that of its root, and so has the root's log.
 */
export function identityId({ sign, box }: PublicKeys): string {
  const bytes = preAuthEncoding('snapstage identity 1', Buffer.from(sign, 'hex'), Buffer.from(box, 'hex'));
  return idOf(bytes).toString('hex').slice(0, ID_DIGITS);
}
