import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Claims } from '../../src/store/claims.ts';
import { Codec, compressDelta } from '../../src/store/codec.ts';
import { idOf } from '../../src/store/ids.ts';
import { ObjectReader } from '../../src/store/objectReader.ts';
import { ObjectWriter } from '../../src/store/objectWriter.ts';
import { PackWriter, packFile } from '../../src/store/pack.ts';
import type { Segment } from '../../src/store/segment.ts';
import { dropMerged, loadIndex, NO_RESERVATIONS, StoreIndex, wantsMerge, writeMerged } from '../../src/store/storeIndex.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';

/** Bytes that do not compress, the same in every run. */
function noise(length: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

let names = 0;
const newName = (): string => (names += 1).toString(16).padStart(32, '0');

/** A writer as each new snapshot has one: with the index of what is there. */
function open(files: MemoryFiles): { writer: ObjectWriter; reader: ObjectReader; index: StoreIndex } {
  const index = new StoreIndex(loadIndex(files).segments);
  const reader = new ObjectReader(files, index);
  return { writer: new ObjectWriter({ files, index, claims: Claims.forObjects(1000), reader, newName, level: 3 }), reader, index };
}

function store(files: MemoryFiles, content: Buffer, base?: Buffer): Buffer {
  const { writer } = open(files);
  const id = writer.put(content, 'data', base);
  writer.finish();
  return id;
}

function blockOf(files: MemoryFiles, id: Buffer): { segment: Segment; block: number } {
  const { segment, row } = open(files).index.find(id)!;
  return { segment, block: segment.objectBlock[row]! };
}

describe('objects', () => {
  it('of every size come back', () => {
    const files = new MemoryFiles();
    const sizes = [1, 127, 128, 255 << 10, 256 << 10, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, (2 << 20) + 1, 5 << 20];
    const contents = sizes.map((size) => noise(size, `object ${size}`));
    const { writer } = open(files);
    for (const [i, content] of contents.entries()) writer.put(content, i % 2 === 0 ? 'data' : 'meta');
    for (const content of contents.slice(0, 5)) {
      content.copy(writer.room(content.length));
      assert.deepEqual(writer.keep(content.length), idOf(content));
    }
    writer.finish();
    const { reader, index } = open(files);
    for (const content of contents) assert.ok(reader.get(idOf(content)).equals(content));
    assert.equal(
      index.all.reduce((sum, segment) => sum + segment.objects, 0),
      contents.length,
    );
  });

  it('that are there are not written again', () => {
    const files = new MemoryFiles();
    const content = noise(5000, 'twice');
    store(files, content);
    const { writer } = open(files);
    writer.put(content, 'data');
    content.copy(writer.room(content.length));
    writer.keep(content.length);
    assert.deepEqual(writer.finish(), []);
    assert.equal(files.list('packs').length, 1);
  });

  it('that are missing, or whose pack is, are `damaged`', () => {
    const files = new MemoryFiles();
    const id = store(files, noise(100, 'gone'));
    const { reader } = open(files);
    assert.throws(() => reader.get(idOf(Buffer.from('never stored'))), { code: 'damaged' });
    for (const pack of files.list('packs')) files.remove(packFile(pack));
    assert.throws(() => reader.get(id), { code: 'damaged' });
  });

  it('edited again and again are differences from one full version, never from a difference', () => {
    const files = new MemoryFiles();
    let content = noise(50_000, 'version');
    const versions = [content];
    let id = store(files, content);
    const first = id;
    for (let i = 0; i < 5; i++) {
      content = Buffer.concat([content.subarray(0, i * 1000), Buffer.from(`edit ${i}`), content.subarray(i * 1000)]);
      versions.push(content);
      const { writer } = open(files);
      id = writer.put(content, 'data', id);
      writer.finish();
      const { segment, block } = blockOf(files, id);
      assert.equal(segment.blockCodec[block], Codec.delta);
      assert.deepEqual(segment.baseOf(block), first);
      assert.ok(segment.blockStored[block]! < 1000);
    }
    const { reader } = open(files);
    for (const version of versions) assert.ok(reader.get(idOf(version)).equals(version));
  });

  it('are whole when the base is missing, in the trash, or of no use', () => {
    const files = new MemoryFiles();
    const base = noise(20_000, 'base');
    const id = store(files, base);
    const edited = Buffer.concat([base, Buffer.from('more')]);
    for (const other of [idOf(Buffer.from('unknown')), store(files, noise(20_000, 'unrelated'))]) {
      const copy = new MemoryFiles(files.contents);
      assert.notEqual(codecOf(copy, store(copy, edited, other)), Codec.delta);
    }
    const { segments } = loadIndex(files);
    const trashed = new Set(segments.flatMap((segment) => segment.packs));
    const index = new StoreIndex(segments, { ...NO_RESERVATIONS, trashed });
    const writer = new ObjectWriter({
      files,
      index,
      claims: Claims.forObjects(10),
      reader: new ObjectReader(files, index),
      newName,
      level: 3,
    });
    writer.put(edited, 'data', id);
    writer.finish();
    assert.notEqual(codecOf(files, idOf(edited)), Codec.delta);
  });

  it('whose base is damaged are `damaged`, not wrong', () => {
    const files = new MemoryFiles();
    const base = noise(20_000, 'base');
    const baseId = store(files, base);
    const basePack = files.list('packs')[0]!;
    const edited = Buffer.concat([base, Buffer.from('more')]);
    store(files, edited, baseId);
    const bytes = Buffer.from(files.contents.get(packFile(basePack))!);
    bytes[5000]! ^= 1;
    files.contents.set(packFile(basePack), bytes);
    assert.throws(() => open(files).reader.get(idOf(edited)), { code: 'damaged' });
  });

  it('that are differences from each other are `damaged`', () => {
    const [a, b] = [noise(2000, 'a'), Buffer.concat([noise(2000, 'a'), Buffer.from('b')])];
    const files = new MemoryFiles();
    const writer = new PackWriter(files, newName);
    for (const [content, base] of [
      [a, b],
      [b, a],
    ] as const) {
      const delta = compressDelta(content, base, 3)!;
      writer.append(Codec.delta, delta, content.length, [{ id: idOf(content), offset: 0, length: content.length }], idOf(base));
    }
    writer.finish();
    assert.throws(() => open(files).reader.get(idOf(a)), { code: 'damaged' });
  });

  function codecOf(files: MemoryFiles, id: Buffer): number {
    const { segment, block } = blockOf(files, id);
    return segment.blockCodec[block]!;
  }
});

describe('index', () => {
  const files = new MemoryFiles();
  const contents = Array.from({ length: 30 }, (_, i) => noise(200, `indexed ${i}`));
  for (const content of contents) store(files, content);

  it('merged says the same as the trailers', () => {
    const copy = new MemoryFiles(files.contents);
    writeMerged(copy, loadIndex(copy).segments);
    const { segments, loose } = loadIndex(copy);
    assert.equal(segments.length, 1);
    assert.equal(loose, 0);
    readsAll(copy);
  });

  it('merged that is damaged, cut off, outdated or gone is not missed', () => {
    const copy = new MemoryFiles(files.contents);
    writeMerged(copy, loadIndex(copy).segments);
    const merged = copy.contents.get('index/merged')!;
    for (let at = 0; at < merged.length; at += 1 + Math.floor(merged.length / 100)) {
      const changed = Buffer.from(merged);
      changed[at]! ^= 1 << (at % 8);
      copy.contents.set('index/merged', changed);
      assert.equal(loadIndex(copy).segments.length, contents.length);
      copy.contents.set('index/merged', merged.subarray(0, at));
      assert.equal(loadIndex(copy).segments.length, contents.length);
    }
    readsAll(copy);
    copy.contents.set('index/merged', merged);
    const added = noise(200, 'added later');
    store(copy, added);
    assert.ok(open(copy).reader.get(idOf(added)).equals(added));
    const [gone] = copy.list('packs');
    copy.remove(packFile(gone!));
    assert.equal(loadIndex(copy).segments.length, contents.length);
    dropMerged(copy);
    assert.equal(loadIndex(copy).segments.length, contents.length);
  });

  it('names what is unfinished and what is broken, and reads the rest', () => {
    const copy = new MemoryFiles(files.contents);
    const [unfinished, broken] = copy.list('packs') as [string, string];
    copy.contents.set(packFile(unfinished), copy.contents.get(packFile(unfinished))!.subarray(0, 100));
    const bytes = Buffer.from(copy.contents.get(packFile(broken))!);
    bytes[0]! ^= 1;
    copy.contents.set(packFile(broken), bytes);
    copy.contents.set('packs/desktop.ini', Buffer.from('not ours'));
    const loaded = loadIndex(copy);
    assert.deepEqual(loaded.unfinished, [unfinished]);
    assert.deepEqual(
      loaded.broken.map(({ pack }) => pack),
      [broken],
    );
    assert.equal(loaded.segments.length, contents.length - 2);
  });

  it('is made anew only when many packs stand beside it', () => {
    assert.equal(wantsMerge(1), false);
    assert.equal(wantsMerge(1000), true);
  });

  it('is the same in another thread’s memory', () => {
    const index = new StoreIndex(loadIndex(files).segments, { ...NO_RESERVATIONS, trashed: new Set(['x']) });
    const other = StoreIndex.from(structuredClone(index.shared()));
    for (const content of contents) assert.ok(other.has(idOf(content)));
    assert.equal(other.has(idOf(Buffer.from('no'))), false);
  });

  it('finds the sound copy of what is damaged elsewhere, and relies on no other', () => {
    const copy = new MemoryFiles(files.contents);
    const id = idOf(contents[0]!);
    const { segment, block } = blockOf(copy, id);
    const damaged = new Map([[segment.packs[0]!, new Set([segment.blockOffset[block]!])]]);
    const { segments } = loadIndex(copy);
    const alone = new StoreIndex(segments, { ...NO_RESERVATIONS, damaged });
    assert.equal(alone.has(id), false);
    assert.notEqual(alone.find(id), undefined);
    const reader = new ObjectReader(copy, alone);
    const writer = new ObjectWriter({ files: copy, index: alone, claims: Claims.forObjects(10), reader, newName, level: 3 });
    writer.put(contents[0]!, 'data');
    assert.equal(writer.finish().length, 1);
    const both = new StoreIndex(loadIndex(copy).segments, { ...NO_RESERVATIONS, damaged });
    assert.equal(both.has(id), true);
    assert.notEqual(both.find(id)!.segment.packs[0], segment.packs[0]);
  });

  function readsAll(from: MemoryFiles): void {
    const { reader } = open(from);
    for (const content of contents) assert.ok(reader.get(idOf(content)).equals(content));
  }
});
