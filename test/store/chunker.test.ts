import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import wabt from 'wabt';
import { Chunker, CHUNKER_WASM, CHUNKS, gearTable } from '../../src/store/chunker.ts';
import { idOf } from '../../src/store/ids.ts';

/** Fixed noise, so that cuts are the same in every run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 11;
  }
  return bytes;
}

function cutsOf(chunker: Chunker, content: Buffer): number[] {
  content.copy(chunker.window);
  const cuts: number[] = [];
  for (let at = 0; at < content.length; at = cuts.at(-1)!) cuts.push(chunker.cut(at, content.length));
  return cuts;
}

/** FastCDC's search, written once more in the plainest way. */
function plainCut(content: Buffer, from: number): number {
  const { min, avg, max } = CHUNKS;
  const gear = gearTable();
  const end = content.length;
  if (end - from <= min) return end;
  const mask = (bits: number): number => (~0 << (32 - bits)) | 0;
  let hash = 0;
  for (let at = from + min; at < Math.min(end, from + max); at++) {
    hash = (Math.imul(hash, 2) + gear[content[at]!]!) | 0;
    const bits = at < from + avg ? Math.log2(avg) + 1 : Math.log2(avg) - 1;
    if ((hash & mask(bits)) === 0) return at + 1;
  }
  return Math.min(end, from + max);
}

describe('chunker', () => {
  const chunker = new Chunker();

  it('is what chunker.wat assembles to', async () => {
    const file = join(import.meta.dirname, '../../src/store/chunker.wat');
    const assembler = await wabt();
    const assembled = assembler.parseWat('chunker.wat', readFileSync(file, 'utf8')).toBinary({}).buffer;
    assert.equal(Buffer.from(assembled).toString('base64'), CHUNKER_WASM);
  });

  it('has a gear table of 256 different words', () => {
    assert.equal(new Set(gearTable()).size, 256);
    assert.deepEqual(gearTable(), gearTable());
  });

  it('covers everything with chunks between the smallest and the largest', () => {
    for (const content of [
      noise(4 << 20, 7),
      Buffer.alloc(3 << 20),
      Buffer.alloc(2 << 20, 'a line that comes again\n'),
      noise(1, 1),
      noise(CHUNKS.min, 2),
    ]) {
      const cuts = cutsOf(chunker, content);
      assert.equal(cuts.at(-1), content.length);
      for (const [i, cut] of cuts.entries()) {
        const size = cut - (cuts[i - 1] ?? 0);
        assert.ok(size <= CHUNKS.max, `chunk of ${size}`);
        if (i < cuts.length - 1) assert.ok(size > CHUNKS.min || size === CHUNKS.max, `chunk of ${size}`);
      }
    }
    const cuts = cutsOf(chunker, noise(8 << 20, 3));
    assert.ok(cuts.length > 40 && cuts.length < 100, `${cuts.length} chunks in 8 MiB`);
  });

  it('cuts as the plain search does', () => {
    const content = noise(1 << 20, 11);
    const cuts = cutsOf(chunker, content);
    let from = 0;
    for (const cut of cuts) {
      assert.equal(cut, plainCut(content, from));
      from = cut;
    }
  });

  it('changes only nearby chunks when something is inserted', () => {
    const content = noise(6 << 20, 5);
    const before = new Set(chunksOf(content));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: content.length }), fc.integer({ min: 1, max: 500 }), (at, length) => {
        const edited = Buffer.concat([content.subarray(0, at), noise(length, at + 1), content.subarray(at)]);
        const fresh = chunksOf(edited).filter((id) => !before.has(id));
        assert.ok(fresh.length <= 6, `${fresh.length} new chunks`);
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it('finds the same first cut from wherever the window begins shortly before it', () => {
    const content = noise(1 << 20, 9);
    content.copy(chunker.window);
    const cut = chunker.firstCut(content.length);
    assert.ok(cut > 0 && cut <= CHUNKS.max);
    content.copy(chunker.window, 0, cut - 64);
    assert.equal(chunker.firstCut(content.length - cut + 64), 64);
  });

  function chunksOf(content: Buffer): string[] {
    let from = 0;
    return cutsOf(chunker, content).map((cut) => {
      const id = idOf(content.subarray(from, cut)).toString('hex');
      from = cut;
      return id;
    });
  }
});
