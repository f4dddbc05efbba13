import { deriveKey } from '../crypto/derive.ts';
import { boxKey, type BoxKey } from '../crypto/hpke.ts';
import { signingKey, type SigningKey } from '../crypto/signing.ts';

/** What somebody signs with, and what is sealed to them. */
export interface KeyPairs {
  readonly signing: SigningKey;
  readonly box: BoxKey;
}

/** Both pairs of a secret of 32 bytes that people carry as a code: the same each time. */
export function keyPairsOf(purpose: 'root' | 'invite', secret: Uint8Array): KeyPairs {
  return {
    signing: signingKey(deriveKey(secret, 'snapstage signing key 1', [purpose])),
    box: boxKey(deriveKey(secret, 'snapstage box key 1', [purpose])),
  };
}
