import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { deriveKey } from '../../../src/space/crypto/derive.ts';
import { preAuthEncoding } from '../../../src/space/crypto/encoding.ts';

const secret = Buffer.alloc(32, 0x0b);

/** RFC 5869 section 2, for one round of the hash. */
function hkdf(salt: Buffer, info: Buffer): Buffer {
  const extracted = createHmac('sha256', salt).update(secret).digest();
  return createHmac('sha256', extracted).update(info).update(Buffer.of(1)).digest();
}

describe('derived keys', () => {
  it('are those of HKDF-SHA256 with the label and the parts as info', () => {
    const salt = Buffer.from('salt');
    assert.deepEqual(deriveKey(secret, 'label', ['a', Buffer.from('b')], salt), hkdf(salt, preAuthEncoding('label', 'a', 'b')));
    assert.deepEqual(deriveKey(secret, 'label', []), hkdf(Buffer.alloc(32), preAuthEncoding('label')));
  });

  it('differ with the label, the border between parts, their number, the salt and the secret', () => {
    const keys = [
      deriveKey(secret, 'label', ['ab', 'c']),
      deriveKey(secret, 'label', ['a', 'bc']),
      deriveKey(secret, 'label', ['abc']),
      deriveKey(secret, 'label', ['abc', '']),
      deriveKey(secret, 'labela', ['bc']),
      deriveKey(secret, 'label', ['abc'], Buffer.of(1)),
      deriveKey(Buffer.alloc(32, 0x0c), 'label', ['abc']),
    ].map((key) => key.toString('hex'));
    assert.equal(new Set(keys).size, keys.length);
  });
});
