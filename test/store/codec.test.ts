import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Codec, compress, compressDelta, decompress } from '../../src/store/codec.ts';

const damaged = { code: 'damaged' };

describe('codec', () => {
  it('gives back what was compressed, at every level', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 200 }), fc.constantFrom(1, 3, 9), (piece, times, level) => {
        const plain = Buffer.concat(Array.from({ length: times }, () => piece));
        const { codec, bytes } = compress(plain, level);
        assert.ok(bytes.length <= plain.length);
        assert.deepEqual(decompress(codec, Buffer.from(bytes), plain.length), plain);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps raw what does not shrink, and shrinks what does', () => {
    const random = randomBytes(600_000);
    assert.equal(compress(random, 3).codec, Codec.raw);
    assert.equal(compress(random.subarray(0, 100), 3).codec, Codec.raw);
    const text = Buffer.alloc(600_000, 'the same line again\n');
    assert.equal(compress(text, 3).codec, Codec.zstd);
    // Noise at both probes must not hide what lies between them and shrinks.
    const mixed = Buffer.concat([randomBytes(40_000), text, randomBytes(40_000)]);
    assert.equal(compress(mixed, 3).codec, Codec.zstd);
  });

  it('stores an edited version as its difference, and nothing unrelated', () => {
    const base = randomBytes(200_000);
    const edited = Buffer.concat([base.subarray(0, 90_000), Buffer.from('inserted'), base.subarray(90_000)]);
    const bytes = compressDelta(edited, base, 3);
    assert.ok(bytes !== undefined && bytes.length < 2000);
    assert.deepEqual(decompress(Codec.delta, Buffer.from(bytes), edited.length, base), edited);
    assert.equal(compressDelta(randomBytes(5000), base, 3), undefined);
  });

  it('refuses every wrong length, a missing or wrong base, an unknown codec', () => {
    const plain = Buffer.alloc(5000, 'abc ');
    const { bytes } = compress(plain, 3);
    for (const length of [0, 1, 4999, 5001, 50_000]) assert.throws(() => decompress(Codec.zstd, Buffer.from(bytes), length), damaged);
    assert.throws(() => decompress(Codec.raw, plain, 4999), damaged);
    assert.throws(() => decompress(7, plain, 5000), damaged);
    const base = randomBytes(5000);
    const edited = Buffer.concat([base, Buffer.from('x')]);
    const delta = Buffer.from(compressDelta(edited, base, 3)!);
    assert.throws(() => decompress(Codec.delta, delta, edited.length), damaged);
    const wrong = decompressOrUndefined(delta, edited.length, randomBytes(5000));
    assert.ok(wrong === undefined || !wrong.equals(edited));
  });

  it('never gives more than the promised length, whatever the bytes', () => {
    const bomb = Buffer.from(compress(Buffer.alloc(20 << 20), 3).bytes);
    assert.throws(() => decompress(Codec.zstd, bomb, 1000), damaged);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 1000 }), (bytes, length) => {
        const plain = decompressOrUndefined(Buffer.from(bytes), length, undefined, Codec.zstd);
        assert.ok(plain === undefined || plain.length === length);
      }),
    );
  });
});

function decompressOrUndefined(stored: Buffer, length: number, base: Buffer | undefined, codec: number = Codec.delta): Buffer | undefined {
  try {
    return decompress(codec, stored, length, base);
  } catch (error) {
    assert.equal((error as { code: string }).code, 'damaged');
    return undefined;
  }
}
