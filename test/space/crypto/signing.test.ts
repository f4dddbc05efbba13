import assert from 'node:assert/strict';
import { sign as cryptoSign } from 'node:crypto';
import fc from 'fast-check';
import { preAuthEncoding } from '../../../src/space/crypto/encoding.ts';
import { parsePublicKey, sign, SIGNATURE_BYTES, signingKey, verify, verifyStrictly } from '../../../src/space/crypto/signing.ts';
import { CCTV, RFC_8032, SMALL_ORDER, SPECCHECK } from './ed25519Vectors.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const LABEL = 'snapstage test';
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array));

describe('the encoding of what is signed', () => {
  it('is DSSE’s for one part', () => {
    // The example of DSSE's protocol.md.
    const example = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    assert.equal(example.toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    assert.equal(preAuthEncoding('ä', '').toString(), 'DSSEv1 2 ä 0 ');
  });

  it('differs for every other list of parts', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom(' ', '1', '2', 'a'), maxLength: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [x, y] = [a, b].map(([label, ...rest]) => preAuthEncoding(label!, ...rest).toString());
        assert.equal(x === y, JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('signatures', () => {
  it('are those of RFC 8032', () => {
    for (const [seed, publicKey, message, signature] of RFC_8032) {
      const key = signingKey(hex(seed));
      assert.equal(key.publicKey.toString('hex'), publicKey);
      assert.equal(cryptoSign(null, hex(message), key.privateKey).toString('hex'), signature);
      assert.ok(verifyStrictly(hex(publicKey), hex(signature), hex(message)));
      assert.equal(parsePublicKey(publicKey).toString('hex'), publicKey);
    }
  });

  it('stand for their key, label and parts alone', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }), fc.nat(), (seed, parts, at) => {
        const key = signingKey(seed);
        const signature = sign(key, LABEL, ...parts);
        assert.ok(verify(key.publicKey, signature, LABEL, ...parts));
        assert.ok(!verify(key.publicKey, signature, `${LABEL}s`, ...parts));
        assert.ok(!verify(key.publicKey, signature, LABEL, ...parts, Buffer.alloc(0)));
        assert.ok(!verify(signingKey(Buffer.alloc(32, 7)).publicKey, signature, LABEL, ...parts));
        signature[at % signature.length]! ^= 1 << (at % 8);
        assert.ok(!verify(key.publicKey, signature, LABEL, ...parts));
      }),
      { numRuns: 50 },
    );
  });

  it('of another length, or by a key of another length, are none', () => {
    const key = signingKey(Buffer.alloc(32, 1));
    const signature = sign(key, LABEL);
    assert.equal(signature.length, SIGNATURE_BYTES);
    for (const length of [0, 31, 32, 63, 65, 128]) {
      assert.ok(!verify(key.publicKey, Buffer.concat([signature, signature]).subarray(0, length), LABEL));
    }
    for (const length of [0, 31, 33, 64])
      assert.ok(!verify(Buffer.concat([key.publicKey, key.publicKey]).subarray(0, length), signature, LABEL));
    assert.throws(() => signingKey(Buffer.alloc(31)), { code: 'damaged' });
  });

  it('of small order, of a mixed order that does not fit, or not reduced are refused', () => {
    const accepted = SPECCHECK.map(([message, key, signature]) => verifyStrictly(hex(key), hex(signature), hex(message)));
    assert.deepEqual(
      accepted,
      SPECCHECK.map((_, index) => index === 3),
    );
  });

  it('are judged alike by every version of OpenSSL', () => {
    for (const [flags, key, signature, message] of CCTV) {
      assert.equal(verifyStrictly(hex(key), hex(signature), Buffer.from(message)), !/low_order_[AR]|canonical/.test(flags), flags);
    }
  });

  it('by a point of small order are refused: before OpenSSL 3.5 this one holds for any message', () => {
    const signature = Buffer.concat([hex(SMALL_ORDER[4]!), Buffer.alloc(32)]); // R = identity, S = 0
    for (const encoded of SMALL_ORDER) {
      assert.throws(() => parsePublicKey(encoded), { code: 'damaged' });
      assert.ok(!verifyStrictly(hex(encoded), signature, Buffer.from('any')));
    }
  });

  it('by a key that is not canonical are refused', () => {
    for (let low = 0xed; low <= 0xff; low++) {
      for (const high of ['7f', 'ff'])
        assert.throws(() => parsePublicKey(`${low.toString(16)}${'ff'.repeat(30)}${high}`), { code: 'damaged' });
    }
    assert.equal(parsePublicKey(`eb${'ff'.repeat(30)}7f`).length, 32); // p - 2
  });

  it('keys are written in one way', () => {
    const good = RFC_8032[0]![1];
    for (const bad of [good.toUpperCase(), ` ${good}`, `${good}00`, good.slice(2), `${good}x`, '', `0x${good}`]) {
      assert.throws(() => parsePublicKey(bad), { code: 'damaged' });
    }
  });
});
