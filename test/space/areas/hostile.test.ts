import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import { Work } from '../../../src/base/work.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { sealContext, type Area, type AreaFile, type AreaPack } from '../../../src/space/areas/area.ts';
import { seal } from '../../../src/space/crypto/sealing.ts';
import { bundledPack } from '../../../src/store/bundle.ts';
import { checksum, Codec, compress, compressDelta } from '../../../src/store/codec.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { fileOf } from '../../../src/store/files.ts';
import { idOf } from '../../../src/store/ids.ts';
import { readTrailer, type StoredBlock } from '../../../src/store/pack.ts';
import { encodeTree, Kind, type TreeEntry } from '../../../src/store/tree.ts';
import { areaOf, EPOCH, receive, storeFilesOf } from '../../support/areas.ts';
import { rejected, seededBytes, storeFiles, Workbench } from '../../support/folders.ts';
import { packOf } from '../../support/forge.ts';
import { MemoryHub } from '../../support/hubs.ts';

/** What somebody can write who has the keys, and whose records are believed as far as they are signed. */
describe('an area whose writer is no friend', () => {
  const bench = new Workbench();
  let area: Area;
  let to: string;

  beforeEach(async () => {
    area = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
    to = (await bench.instance()).folder;
  });
  afterEach(() => bench.clear());

  async function put(name: string, content: Buffer): Promise<AreaFile> {
    const parts: Buffer[] = [];
    for await (const part of seal([content], sealContext(area, EPOCH, name), nodeHost(), new Work())) parts.push(part);
    const sealed = Buffer.concat(parts);
    await area.hub.create(`${area.folder}/${name}`, sealed);
    return { name, bytes: sealed.length, hash: idOf(sealed).toString('hex') };
  }

  function indexOf(number: number, pack: Buffer): Buffer {
    return readTrailer({ openRead: () => fileOf(pack) }, bundledPack(number)).bytes;
  }

  /** A pack of these blocks, sealed and listed; its index is that of `shown`. */
  async function listed(number: number, blocks: readonly StoredBlock[], shown = blocks): Promise<AreaPack> {
    const pack = await put(bundledPack(number), packOf(number, blocks));
    return { epoch: EPOCH, pack, index: await put(indexName(number), indexOf(number, packOf(number, shown))) };
  }

  function indexName(number: number): string {
    return bundledPack(number + 1000);
  }

  function blockOf(contents: readonly Buffer[], change: Partial<StoredBlock> = {}): StoredBlock {
    let offset = 0;
    const objects = contents.map((content) => ({
      id: idOf(content),
      offset: (offset += content.length) - content.length,
      length: content.length,
    }));
    const plain = Buffer.concat(contents);
    const { codec, bytes } = compress(plain, 3);
    return { codec, bytes: Buffer.from(bytes), crc: checksum(bytes), plain: plain.length, objects, ...change };
  }

  function treeOf(content: Buffer, size = content.length): Buffer {
    return encodeTree([entry('file.txt', Kind.file, idOf(content), size)]);
  }

  function entry(name: string, kind: TreeEntry['kind'], id: Buffer, size = 0): TreeEntry {
    return { name, kind, mode: 0o644, flags: 0, mtime: 0n, size, group: 0n, id };
  }

  async function refused(packs: readonly AreaPack[], root: Buffer, part?: AreaFile): Promise<string> {
    const before = storeFiles(to).filter((file) => !file.startsWith('packs/'));
    const error = await rejected(receive(area, storeFilesOf(to), packs, root), 'damaged');
    if (part !== undefined) assert.equal(error.details['part'], `${area.folder}/${part.name}`, error.message);
    assert.deepEqual(
      storeFiles(to).filter((file) => !file.startsWith('packs/')),
      before,
    );
    return error.message;
  }

  it('gets nothing in under a name that is not its hash', async () => {
    const [said, sent] = [Buffer.from('what was said'), Buffer.from('what was sent')];
    const tree = treeOf(said);
    const lying = blockOf([sent], { objects: [{ id: idOf(said), offset: 0, length: sent.length }] });
    const pack = await listed(2, [lying]);
    await refused([await listed(1, [blockOf([tree])]), pack], idOf(tree), pack.pack);
    const meta = await listed(3, [blockOf([tree], { objects: [{ id: idOf(said), offset: 0, length: tree.length }] })]);
    await refused([meta], idOf(said));
  });

  it('gets nothing in that says another size of itself', async () => {
    const content = Buffer.from('content');
    const tree = treeOf(content, 2 ** 40);
    await refused([await listed(1, [blockOf([tree])]), await listed(2, [blockOf([content])])], idOf(tree));
  });

  it('can’t make anybody unpack more than it declares, nor more than a block may have', async () => {
    const huge = Buffer.alloc(60 << 20);
    const bomb = zstdCompressSync(huge);
    const small = huge.subarray(0, 1000);
    const tree = treeOf(small);
    const meta = await listed(1, [blockOf([tree])]);
    const pack = await listed(2, [blockOf([small], { codec: Codec.zstd, bytes: bomb, crc: checksum(bomb) })]);
    const before = process.memoryUsage.rss();
    await refused([meta, pack], idOf(tree), pack.pack);
    assert.ok(process.memoryUsage.rss() - before < 40 << 20, 'it was unpacked');
    const least = { codec: Codec.zstd, bytes: Buffer.from(bomb), crc: checksum(bomb), plain: 65 << 20 };
    await assert.rejects(listed(3, [blockOf([small], least)]), { code: 'damaged' });
  });

  it('can’t show an index that its pack does not have', async () => {
    const [content, other] = [Buffer.from('content'), seededBytes(1, 5000)];
    const tree = treeOf(content);
    const meta = await listed(1, [blockOf([tree])]);
    const far = await listed(2, [blockOf([other])], [blockOf([content])]);
    assert.match(await refused([meta, far], idOf(tree), far.pack), /it is not what its index says/);
    const name = bundledPack(4);
    const pack = packOf(4, [blockOf([content])]);
    for (const index of [
      Buffer.alloc(0),
      Buffer.from('no index at all, but sealed'),
      indexOf(4, pack).subarray(1),
      indexOf(5, packOf(5, [blockOf([content])])),
    ]) {
      area = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
      const wrong = { epoch: EPOCH, pack: await put(name, pack), index: await put(indexName(2), index) };
      await refused([await listed(1, [blockOf([tree])]), wrong], idOf(tree), wrong.index);
    }
  });

  it('can’t send what is no pack', async () => {
    const content = Buffer.from('content');
    const tree = treeOf(content);
    const pack = packOf(2, [blockOf([content])]);
    const index = indexOf(2, pack);
    const name = bundledPack(2);
    for (const bytes of [
      Buffer.alloc(0),
      pack.subarray(1),
      pack.subarray(0, -1),
      Buffer.concat([pack.subarray(0, 30), Buffer.alloc(9), pack.subarray(30)]),
    ]) {
      area = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
      const wrong = { epoch: EPOCH, pack: await put(name, bytes), index: await put(indexName(2), index) };
      await refused([await listed(1, [blockOf([tree])]), wrong], idOf(tree), wrong.pack);
    }
  });

  it('can’t send anybody in a circle of differences, or through a long row of packs for ever', async () => {
    const contents = Array.from({ length: 14 }, (_, i) => Buffer.concat([seededBytes(2, 20_000), Buffer.from(`version ${i}`)]));
    const delta = (content: Buffer, base: Buffer): StoredBlock => {
      const bytes = Buffer.from(compressDelta(content, base, 3)!);
      return blockOf([content], { codec: Codec.delta, bytes, crc: checksum(bytes), base: idOf(base) });
    };
    const tree = treeOf(contents[0]!);
    const meta = await listed(1, [blockOf([tree])]);
    const both = encodeTree([0, 1].map((i) => entry(`${i}`, Kind.file, idOf(contents[i]!), contents[i]!.length)));
    const backwards = [blockOf([both]), delta(contents[0]!, contents[1]!), blockOf([contents[1]!])];
    const listedBackwards = [];
    for (const [i, block] of backwards.entries()) listedBackwards.push(await listed(i + 60, [block]));
    // In whatever order they are named, what a difference starts from is found.
    await receive(area, storeFilesOf((await bench.instance()).folder), listedBackwards, idOf(both));
    const circle = contents.slice(0, 2).map((content, i) => delta(content, contents[1 - i]!));
    await refused([meta, await listed(2, circle.slice(0, 1)), await listed(3, circle.slice(1))], idOf(tree));
    area = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
    const row: AreaPack[] = [await listed(1, [blockOf([tree])])];
    for (const [i, content] of contents.entries()) {
      const next = contents[i + 1];
      row.push(await listed(i + 2, [next === undefined ? blockOf([content]) : delta(content, next)]));
    }
    await refused(row, idOf(tree));
    // A row that is long, but not too long, is unrolled.
    const short = contents.slice(-9);
    const root = treeOf(short[0]!);
    await receive(area, storeFilesOf(to), [...row.slice(-9).toReversed(), await listed(40, [blockOf([root])])], idOf(root));
  });

  it('can’t get anything in that a folder may not hold', async () => {
    for (const name of ['..', 'a/b', '', 'a\0b']) {
      area = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
      const content = Buffer.from('content');
      const tree = encodeTree([entry(name, Kind.file, idOf(content), content.length)]);
      await refused([await listed(1, [blockOf([tree, content])])], idOf(tree));
    }
  });
});
