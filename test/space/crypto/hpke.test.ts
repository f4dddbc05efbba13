import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { BOX_BYTES, boxKey, openFrom, openWith, sealTo, sealWith, type Aead } from '../../../src/space/crypto/hpke.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const host = { randomHex: (bytes: number) => randomBytes(bytes).toString('hex') };
const INFO = hex('4f6465206f6e2061204772656369616e2055726e');
const AAD = hex('436f756e742d30');
const PLAIN = hex('4265617574792069732074727574682c20747275746820626561757479');

interface Vector {
  readonly aead: Aead;
  readonly recipient: readonly [privateKey: string, publicKey: string];
  readonly ephemeral: readonly [privateKey: string, publicKey: string];
  readonly ciphertext: string;
}

/**
 * mode_base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, sequence number 0: with AES-128-GCM as in RFC 9180 appendix A.1.1, with AES-256-GCM as in
 * the RFC's test-vectors.json (github.com/cfrg/draft-irtf-cfrg-hpke at 5f503c5), which has more suites than the appendix.
 */
const VECTORS: readonly Vector[] = [
  {
    aead: { id: 1, cipher: 'aes-128-gcm', keyBytes: 16 },
    recipient: [
      '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
      '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    ],
    ephemeral: [
      '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
      '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    ],
    ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  },
  {
    aead: { id: 2, cipher: 'aes-256-gcm', keyBytes: 32 },
    recipient: [
      '497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d',
      '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
    ],
    ephemeral: [
      '179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11',
      '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
    ],
    ciphertext: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
  },
];

/** Coordinates of small order, on the curve and its twist, also not reduced: with each the secret is zero (cr.yp.to/ecdh.html). */
const SMALL_ORDER: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('hybrid public key encryption', () => {
  it('is that of RFC 9180', () => {
    for (const { aead, recipient, ephemeral, ciphertext } of VECTORS) {
      const keys = [recipient, ephemeral].map(([privateKey]) => boxKey(hex(privateKey)));
      assert.deepEqual(
        keys.map((key) => key.publicKey.toString('hex')),
        [recipient[1], ephemeral[1]],
      );
      const sealed = sealWith(aead, keys[1]!, keys[0]!.publicKey, INFO, AAD, PLAIN);
      assert.equal(sealed.toString('hex'), ephemeral[1] + ciphertext);
      assert.deepEqual(openWith(aead, keys[0]!, INFO, AAD, sealed), PLAIN);
    }
    const { recipient, ephemeral, ciphertext } = VECTORS[1]!;
    assert.deepEqual(openFrom(boxKey(hex(recipient[0])), INFO, AAD, hex(ephemeral[1] + ciphertext)), PLAIN);
  });

  it('gives back what was sealed, to its recipient alone', () => {
    const part = fc.uint8Array({ maxLength: 100 });
    const [own, other] = [boxKey(randomBytes(32)), boxKey(randomBytes(32))];
    fc.assert(
      fc.property(part, part, part, (info, aad, plain) => {
        const sealed = sealTo(own.publicKey, info, aad, plain, host);
        assert.equal(sealed.length, plain.length + BOX_BYTES);
        assert.deepEqual(openFrom(own, info, aad, sealed), Buffer.from(plain));
        assert.throws(() => openFrom(other, info, aad, sealed), { code: 'damaged' });
        assert.throws(() => openFrom(own, Buffer.concat([info, Buffer.of(0)]), aad, sealed), { code: 'damaged' });
        assert.throws(() => openFrom(own, info, Buffer.concat([aad, Buffer.of(0)]), sealed), { code: 'damaged' });
      }),
      { numRuns: 50 },
    );
  });

  it('finds every changed byte, and every length that is not its own', () => {
    const own = boxKey(randomBytes(32));
    const sealed = sealTo(own.publicKey, INFO, AAD, PLAIN, host);
    for (let at = 0; at < sealed.length; at++) {
      for (const bit of [1, 0x80]) {
        const changed = Buffer.from(sealed);
        changed[at]! ^= bit;
        assert.throws(() => openFrom(own, INFO, AAD, changed), { code: 'damaged' }, `byte ${at}`);
      }
    }
    for (let length = 0; length < sealed.length; length++) {
      assert.throws(() => openFrom(own, INFO, AAD, sealed.subarray(0, length)), { code: 'damaged' });
    }
    assert.throws(() => openFrom(own, INFO, AAD, Buffer.concat([sealed, Buffer.of(0)])), { code: 'damaged' });
  });

  it('never has the same twice', () => {
    const own = boxKey(randomBytes(32));
    assert.notDeepEqual(sealTo(own.publicKey, INFO, AAD, PLAIN, host), sealTo(own.publicKey, INFO, AAD, PLAIN, host));
  });

  it('refuses keys that no secret comes from, of the recipient and in the message', () => {
    const own = boxKey(randomBytes(32));
    for (const key of SMALL_ORDER) {
      assert.throws(() => sealTo(hex(key), INFO, AAD, PLAIN, host), { code: 'damaged' }, key);
      assert.throws(() => openFrom(own, INFO, AAD, Buffer.concat([hex(key), Buffer.alloc(45)])), { code: 'damaged' }, key);
    }
    assert.throws(() => sealTo(own.publicKey.subarray(1), INFO, AAD, PLAIN, host), { code: 'damaged' });
  });
});
