import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Codec, compress } from '../../src/store/codec.ts';
import { idOf } from '../../src/store/ids.ts';
import { ObjectReader } from '../../src/store/objectReader.ts';
import { PackWriter, packFile, readTrailer } from '../../src/store/pack.ts';
import { mergeSegments, Segment, SegmentBuilder } from '../../src/store/segment.ts';
import { StoreIndex } from '../../src/store/storeIndex.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';

const damaged = { code: 'damaged' };

/** Writes blocks of objects into one pack. */
function writePack(files: MemoryFiles, pack: string, blocks: readonly (readonly Buffer[])[]): void {
  const writer = new PackWriter(files, () => pack);
  for (const block of blocks) {
    let offset = 0;
    const objects = block.map((content) => {
      const object = { id: idOf(content), offset, length: content.length };
      offset += content.length;
      return object;
    });
    const plain = Buffer.concat(block);
    const { codec, bytes } = compress(plain, 3);
    writer.append(codec, bytes, plain.length, objects);
  }
  writer.finish();
}

const pack = 'ab'.repeat(16);
const file = packFile(pack);
const samples = [
  [Buffer.from('first object '.repeat(9)), Buffer.from('second')],
  [Buffer.alloc(300, 7)],
  [Buffer.from([0xff, 0, 0xfe]), Buffer.from('last of them')],
];

describe('segment', () => {
  it('finds every object of a pack and no other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 60, selector: (one) => one.join() }),
        (contents) => {
          const files = new MemoryFiles();
          const buffers = contents.map((bytes) => Buffer.from(bytes));
          writePack(
            files,
            pack,
            [buffers.slice(0, 20), buffers.slice(20)].filter((block) => block.length > 0),
          );
          if (buffers.length === 0) return assert.deepEqual(files.list('packs'), []);
          const segment = readTrailer(files, pack);
          const reader = new ObjectReader(files, new StoreIndex([segment]));
          assert.equal(segment.objects, buffers.length);
          for (const content of buffers) assert.deepEqual(reader.get(idOf(content)), content);
          assert.equal(segment.find(idOf(Buffer.from('something else, longer than any of them .............'))), -1);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells ids apart that share their first bytes', () => {
    const builder = new SegmentBuilder();
    builder.packs.push(pack);
    const block = builder.addBlock({ pack: 0, offset: 16, stored: 900, plain: 900, codec: Codec.raw, crc: 0 });
    const ids = Array.from({ length: 200 }, (_, i) => Buffer.concat([Buffer.alloc(4, i >> 6), Buffer.alloc(27, 5), Buffer.of(199 - i)]));
    for (const [i, id] of ids.entries()) builder.addObject(id, 0, block, i, 1);
    const segment = new Segment(builder.encode());
    for (const [i, id] of ids.entries()) assert.equal(segment.objectOffset[segment.find(id)], i);
    assert.equal(segment.find(Buffer.alloc(32, 5)), -1);
  });

  it('is refused when cut off anywhere', () => {
    const bytes = segmentOf(samples);
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => new Segment(Buffer.from(bytes.subarray(0, length))), damaged, `cut at ${length}`);
  });

  it('whatever is changed in it: refused, or the reader gives the right content or `damaged`', () => {
    const files = new MemoryFiles();
    writePack(files, pack, samples);
    const bytes = Buffer.from(readTrailer(files, pack).bytes);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x41;
      const segment = orDamaged(() => new Segment(changed));
      if (segment === undefined) continue;
      const reader = new ObjectReader(files, new StoreIndex([segment]));
      for (const content of samples.flat()) {
        const found = orDamaged(() => reader.get(idOf(content)));
        assert.ok(found === undefined || found.equals(content), `byte ${at}`);
      }
    }
  });

  it('merged with others holds everything once, without the packs that are not wanted', () => {
    const files = new MemoryFiles();
    const names = ['aa', 'bb', 'cc'].map((two) => two.repeat(16));
    const [shared, ...own] = ['shared', 'one', 'two', 'three'].map((text) => Buffer.from(text)) as [Buffer, ...Buffer[]];
    for (const [i, name] of names.entries()) writePack(files, name, [[shared, own[i]!]]);
    const segments = names.map((name) => readTrailer(files, name));
    const merged = new Segment(mergeSegments(segments, (name) => name !== names[1]));
    assert.deepEqual(merged.packs, [names[0], names[2]]);
    assert.equal(merged.objects, 3);
    const reader = new ObjectReader(files, new StoreIndex([merged]));
    for (const content of [shared, own[0]!, own[2]!]) assert.deepEqual(reader.get(idOf(content)), content);
    assert.throws(() => reader.get(idOf(own[1]!)), damaged);
  });

  function segmentOf(blocks: readonly (readonly Buffer[])[]): Buffer {
    const files = new MemoryFiles();
    writePack(files, pack, blocks);
    return Buffer.from(readTrailer(files, pack).bytes);
  }
});

describe('pack', () => {
  const files = new MemoryFiles();
  writePack(files, pack, samples);
  const whole = files.contents.get(file)!;

  it('cut off at any length is an unfinished write', () => {
    for (let length = 0; length < whole.length; length++) {
      const cut = new MemoryFiles([[file, whole.subarray(0, length)]]);
      assert.throws(() => readTrailer(cut, pack), { code: 'damaged', details: { part: file, unfinished: true } }, `cut at ${length}`);
    }
  });

  it('with any bit of any byte flipped never gives wrong content', () => {
    const index = new StoreIndex([readTrailer(files, pack)]);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1 << (at % 8);
      const flipped = new MemoryFiles([[file, changed]]);
      const segment = orDamaged(() => readTrailer(flipped, pack));
      if (segment === undefined) refused += 1;
      // The index may have been read before the damage.
      for (const one of [index, ...(segment === undefined ? [] : [new StoreIndex([segment])])]) {
        const reader = new ObjectReader(flipped, one);
        const found = samples.flat().map((content) => ({ content, got: orDamaged(() => reader.get(idOf(content))) }));
        assert.ok(
          found.every(({ content, got }) => got === undefined || got.equals(content)),
          `byte ${at}`,
        );
      }
    }
    assert.ok(refused > 0 && refused < whole.length);
  });

  it('under another name, or with bytes after its end, is refused', () => {
    const other = 'cd'.repeat(16);
    assert.throws(() => readTrailer(new MemoryFiles([[packFile(other), whole]]), other), damaged);
    assert.throws(() => readTrailer(new MemoryFiles([[file, Buffer.concat([whole, Buffer.alloc(64)])]]), pack), damaged);
    assert.throws(() => readTrailer(new MemoryFiles([[file, Buffer.concat([whole, whole])]]), pack), damaged);
  });

  it('that was given up leaves no file', () => {
    const fresh = new MemoryFiles();
    const names = ['aa', 'bb'].map((two) => two.repeat(16));
    const writer = new PackWriter(fresh, () => names.shift()!);
    writer.append(Codec.raw, Buffer.from('abc'), 3, []);
    writer.abandon();
    assert.deepEqual([...fresh.contents.keys()], []);
    writer.append(Codec.raw, Buffer.from('abc'), 3, []);
    assert.equal(writer.finish().length, 1);
  });
});

function orDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.equal((error as { code: string }).code, 'damaged', String(error));
    return undefined;
  }
}
