/** Files that somebody else made to do harm, or that were harmed on their way: refused, named, and nothing of them is left. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { bundledPackFile } from '../../src/store/bundle.ts';
import { ChunkList } from '../../src/store/chunkList.ts';
import { checksum, Codec, compressDelta, MAX_BLOCK } from '../../src/store/codec.ts';
import { idOf, NO_ID } from '../../src/store/ids.ts';
import { TAR_END, TarType } from '../../src/store/tar.ts';
import { encodeTree, Flag, Kind } from '../../src/store/tree.ts';
import { Workbench, rejected, seededBytes, storeFiles } from '../support/folders.ts';
import { blockOf, bundleOf, changed, entry, forged, membersOf, packOf, plainTree, record, tarFile, type Member } from '../support/forge.ts';

const bench = new Workbench();
const hello = Buffer.from('hello');
const other = Buffer.from('another');

/** A tree with this one name, which `encodeTree` does not look at. */
function treeWith(name: string, change: Parameters<typeof entry>[2] = {}): Buffer {
  return encodeTree([entry(name, idOf(hello), { size: hello.length, ...change })]);
}

function withRecord(text: string): Buffer {
  return changed(forged(plainTree(hello), [blockOf(hello)]), ({ name, content }) => (name === 'snapshot' ? Buffer.from(text) : content));
}

function recordWith(change: Readonly<Record<string, unknown>>): Buffer {
  return withRecord(JSON.stringify({ ...record, root: idOf(plainTree(hello)).toString('hex'), ...change }));
}

function withPack(pack: Buffer): Buffer {
  return changed(forged(plainTree(hello), [blockOf(hello)]), ({ name, content }) => (name.startsWith('packs/') ? pack : content));
}

function withLabels(text: string): Buffer {
  return changed(forged(plainTree(hello), [blockOf(hello)]), ({ name, content }) => (name === 'labels' ? Buffer.from(text) : content));
}

function members(change: (members: Member[]) => Member[]): Buffer {
  return bundleOf(change(membersOf(forged(plainTree(hello), [blockOf(hello)]))));
}

/** A folder in a folder, `depth` times. */
function deep(depth: number): { root: Buffer; trees: Buffer[] } {
  let root = plainTree(hello);
  const trees: Buffer[] = [];
  for (let level = 0; level < depth; level++) {
    trees.push(root);
    root = encodeTree([entry('d', idOf(root), { kind: Kind.folder })]);
  }
  return { root, trees };
}

/** Few objects that say they are 2^60 files. */
function bomb(): Buffer {
  let root = plainTree(hello);
  const trees: Buffer[] = [];
  for (let level = 0; level < 60; level++) {
    trees.push(root);
    root = encodeTree([entry('a', idOf(root), { kind: Kind.folder }), entry('b', idOf(root), { kind: Kind.folder })]);
  }
  return forged(root, [blockOf(hello), blockOf(...trees)]);
}

function zeros(claimed: number): Buffer {
  const content = Buffer.alloc(1 << 20);
  const block = blockOf(content);
  return withPack(packOf(1, [{ ...block, plain: claimed, objects: [{ id: idOf(content), offset: 0, length: claimed }] }]));
}

const good = blockOf(hello);
const text = seededBytes(1, 40_000);
const edited = Buffer.concat([text, Buffer.from('edited')]);
const difference = Buffer.from(compressDelta(edited, text, 3)!);
const delta = {
  codec: Codec.delta,
  bytes: difference,
  crc: checksum(difference),
  plain: edited.length,
  objects: [{ id: idOf(edited), offset: 0, length: edited.length }],
};
const list = Buffer.concat([ChunkList.row(idOf(hello), hello.length), ChunkList.row(idOf(other), other.length)]);

const cases: Readonly<Record<string, readonly [bundle: Buffer, message: RegExp]>> = {
  'an empty file': [Buffer.alloc(0), /ends too early, after 0 bytes/],
  'some other file': [seededBytes(2, 5000), /no export of Snapstage/],
  'another tar': [Buffer.concat([tarFile('notes.txt', hello), TAR_END]), /no export of Snapstage/],
  'a newer format': [
    changed(forged(plainTree(hello), [good]), ({ name, content }) =>
      name === 'format' ? Buffer.from('{"format":"snapstage-export","version":9,"minReader":9}') : content,
    ),
    /newer Snapstage/,
  ],
  'a format that is none': [
    members((all) => all.map((one) => (one.name === 'format' ? { ...one, content: hello } : one))),
    /can’t be read/,
  ],
  'a member with a path that leads out': [
    members((all) => [...all.slice(0, 4), { name: '../../../outside', content: hello }, ...all.slice(4)]),
    /“snapstage-export\/\.\.\/\.\.\/\.\.\/outside” does not belong there/,
  ],
  'a member with an absolute path': [
    Buffer.concat([
      ...membersOf(forged(plainTree(hello), [good])).map(({ name, content }) => tarFile(`snapstage-export/${name}`, content)),
      tarFile('/etc/outside', hello),
      TAR_END,
    ]),
    /“\/etc\/outside” does not belong there/,
  ],
  'a member that is a link': [Buffer.concat([tarFile('snapstage-export/format', hello, TarType.link), TAR_END]), /no export of Snapstage/],
  'a member twice': [members((all) => [...all.slice(0, 3), all[2]!, ...all.slice(3)]), /“labels” is missing/],
  'members in another order': [members((all) => [all[0]!, all[2]!, all[1]!, ...all.slice(3)]), /“README.txt” is missing/],
  'a pack twice': [members((all) => [...all, all[4]!]), /does not belong there/],
  'a pack left out': [members((all) => all.slice(0, 4)), /missing/],
  'a pack under another number': [
    members((all) => [...all.slice(0, 4), { name: bundledPackFile(1), content: packOf(2, [good]) }]),
    /belongs to another pack/,
  ],
  'a record that is not canonical': [withRecord(JSON.stringify(record, null, 1)), /not written as records are/],
  'a record with a field twice': [
    withRecord(JSON.stringify(record).replace('"version":1', '"version":1,"version":1')),
    /not written as records are/,
  ],
  'a record that is no JSON': [withRecord('{'), /record is damaged: it can’t be read/],
  'a record that is a list': [withRecord('[]'), /record is damaged/],
  'a record nested without end': [withRecord(`{"version":1,"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), /record is damaged/],
  'a record of a newer version': [recordWith({ version: 2 }), /newer Snapstage/],
  'a record without a root': [recordWith({ root: '../..' }), /its root makes no sense/],
  'a count that is negative': [recordWith({ files: -1 }), /its files makes no sense/],
  'a count that is absurd': [recordWith({ bytes: 1e300 }), /its bytes makes no sense/],
  'a sequence that leaves no room for others': [recordWith({ sequence: Number.MAX_SAFE_INTEGER }), /its sequence makes no sense/],
  'a time that is none': [recordWith({ created: 'yesterday' }), /its created makes no sense/],
  'a mode that is none': [recordWith({ rootMode: 0o170777 }), /its rootMode makes no sense/],
  'notes that are none': [recordWith({ excluded: [{ path: 1 }] }), /its excluded makes no sense/],
  'extensions that are no list': [recordWith({ extensions: { id: 'a.b' } }), /its extensions makes no sense/],
  'extensions that are options of a command': [
    recordWith({ extensions: [{ id: '--install; rm', version: '1.0.0' }] }),
    /its extensions makes no sense/,
  ],
  'an extension of a version that is none': [
    recordWith({ extensions: [{ id: 'a.b', version: '1.0.0 --force' }] }),
    /its extensions makes no sense/,
  ],
  'an extension with a name without end': [
    recordWith({ extensions: [{ id: `a.${'b'.repeat(1 << 20)}`, version: '1.0.0' }] }),
    /its extensions makes no sense/,
  ],
  'extensions without end': [
    recordWith({ extensions: Array.from({ length: 100_000 }, (_, n) => ({ id: `a.b${n}`, version: '1.0.0' })) }),
    /its extensions makes no sense/,
  ],
  'another root': [recordWith({ root: idOf(other).toString('hex') }), /The folder itself is damaged: what it consists of is missing/],
  'labels that are none': [withLabels('{"name":1}'), /labels is damaged|labels are damaged|make no sense/],
  'a name that means something else': [withLabels('{"name":"latest","description":null,"pinned":false}'), /can’t be the name/],
  'an object with another hash': [
    forged(plainTree(hello), [{ ...good, objects: [{ id: idOf(other), offset: 0, length: 5 }] }]),
    /has another hash/,
  ],
  'a block that does not decompress': [forged(plainTree(hello), [{ ...good, codec: Codec.zstd }]), /does not decompress/],
  'a block that is longer than it says': [
    forged(plainTree(hello), [{ ...blockOf(Buffer.alloc(4096)), plain: 5, objects: [{ id: idOf(hello), offset: 0, length: 5 }] }]),
    /does not decompress|wrong length/,
  ],
  'a block that says it is larger than any': [zeros(MAX_BLOCK + 1), /a bad block/],
  'a block that says it is as large as one can be': [zeros(MAX_BLOCK), /wrong length/],
  'a block with something between its objects': [
    forged(plainTree(hello), [{ ...blockOf(hello, other), objects: [{ id: idOf(hello), offset: 0, length: 5 }] }]),
    /holds something that is no object/,
  ],
  'a block with objects over one another': [
    forged(plainTree(hello), [
      {
        ...good,
        objects: [
          { id: idOf(hello), offset: 0, length: 5 },
          { id: idOf(hello.subarray(1)), offset: 1, length: 4 },
        ],
      },
    ]),
    /holds something that is no object/,
  ],
  'a block of an unknown codec': [forged(plainTree(hello), [{ ...good, codec: 7 as Codec }]), /wrong length/],
  'a pack whose index is changed': [withPack(flipped(packOf(1, [good, blockOf(plainTree(hello))]), -100)), /trailer/],
  'a pack whose data is changed': [withPack(flipped(packOf(1, [good, blockOf(plainTree(hello))]), 18)), /A block is changed/],
  'a pack whose index says that it is larger than any': [withPack(withIndexSize(packOf(1, [good]), 0xffffffff)), /trailer is too large/],
  'a pack without a footer': [withPack(packOf(1, [good]).subarray(0, -10)), /no good footer/],
  'a pack that is too short': [withPack(Buffer.alloc(3)), /too short/],
  'a difference without what it starts from': [forged(plainTree(edited), [{ ...delta, base: idOf(text) }]), /starts from, is missing/],
  'a difference from itself': [forged(plainTree(edited), [{ ...delta, base: idOf(edited) }]), /starts from, is missing/],
  'a difference from something else': [
    forged(encodeTree([entry('a', idOf(hello), { size: 5 }), entry('b', idOf(edited), { size: edited.length })]), [
      good,
      { ...delta, base: idOf(hello) },
    ]),
    /does not decompress|another hash/,
  ],
  'more than its snapshot consists of': [forged(plainTree(hello), [good, blockOf(other)]), /more in it than its snapshot consists of/],
  'a file that is missing': [forged(plainTree(hello), []), /“file” is damaged: what it consists of is missing/],
  'a file of another size': [forged(treeWith('file', { size: 6 }), [good]), /“file” is damaged: its size is another/],
  'an empty file with a size': [forged(encodeTree([entry('file', NO_ID, { size: 9 })]), []), /an entry has no content/],
  'parts that are missing': [
    forged(encodeTree([entry('file', idOf(list), { size: 12, flags: Flag.chunked })]), [good, blockOf(list)]),
    /“file” is damaged: what it consists of is missing/,
  ],
  'parts of another size': [
    forged(encodeTree([entry('file', idOf(list), { size: 99, flags: Flag.chunked })]), [good, blockOf(other), blockOf(list)]),
    /its size is another/,
  ],
  'parts that are no list': [forged(treeWith('file', { flags: Flag.chunked }), [good]), /list of chunks is damaged/],
  'a link in parts': [forged(treeWith('file', { kind: Kind.link, flags: Flag.chunked }), [good]), /can’t be in parts/],
  'a folder that is a file': [forged(treeWith('file', { kind: Kind.folder }), [good]), /“file” is damaged.*not a folder/],
  'an unknown kind': [forged(treeWith('file', { kind: 9 as Kind }), [good]), /unknown kind/],
  'a name that leads up': [forged(treeWith('..'), [good]), /the name “\.\.”/],
  'a name that is a path': [forged(treeWith('../../outside'), [good]), /a name with a slash/],
  'an absolute name': [forged(treeWith('/etc/passwd'), [good]), /a name with a slash/],
  'a name that is empty': [forged(treeWith(''), [good]), /an empty name/],
  'a name twice': [
    forged(encodeTree([entry('x', idOf(hello), { size: 5 }), entry('x', idOf(other), { size: 7 })]), [good, blockOf(other)]),
    /out of order/,
  ],
  'a store in the snapshot': [forged(treeWith('.snapstage'), [good]), /in place of \.snapstage/],
  'folders without end': [forged(deep(3000).root, [good, blockOf(...deep(3000).trees)]), /too deep/],
  'entries without end': [bomb(), /too many entries/],
};

/** Says another length of the pack's index when decompressed. */
function withIndexSize(pack: Buffer, size: number): Buffer {
  const copy = Buffer.from(pack);
  const footer = copy.subarray(-64);
  footer.writeUInt32LE(size, 44);
  footer.writeUInt32LE(checksum(footer.subarray(0, 52)), 52);
  return copy;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index]! ^= 0x10;
  return copy;
}

describe('instance: a forged export', () => {
  let folder: string;
  let engine: EngineApi;
  let before: string[];
  let file: string;

  beforeEach(async () => {
    ({ folder, engine } = await bench.instance({ mine: 'mine' }));
    await engine.take({});
    before = storeFiles(folder);
    file = path.join(bench.folder(), 'forged');
  });
  afterEach(() => bench.clear());

  async function isRefused(bundle: Buffer, message: RegExp): Promise<void> {
    fs.writeFileSync(file, bundle);
    const error = await engine.importSnapshot({ from: file }).then(
      () => assert.fail('it was imported'),
      (reason: unknown) => reason as { code: string; message: string },
    );
    assert.ok(error.code === 'damaged' || error.code === 'newer-format', `${error.code}: ${error.message}`);
    assert.match(error.message, message);
    assert.equal((await engine.list()).length, 1);
    assert.deepEqual(storeFiles(folder), before);
  }

  it('is taken in when it is none', async () => {
    fs.writeFileSync(file, forged(plainTree(hello), [good]));
    const { snapshot, outcome } = await engine.importSnapshot({ from: file });
    assert.deepEqual([outcome, snapshot.name], ['imported', 'forged']);
    assert.equal(Buffer.from(await engine.read({ state: snapshot.id, path: 'file' })).toString(), 'hello');
    fs.writeFileSync(file, forged(plainTree(edited), [blockOf(hello, text), { ...delta, base: idOf(text) }]));
    await rejected(engine.importSnapshot({ from: file }), 'damaged'); // nothing needs the older version
    const both = encodeTree([entry('a', idOf(text), { size: text.length }), entry('b', idOf(edited), { size: edited.length })]);
    fs.writeFileSync(file, forged(both, [blockOf(text), { ...delta, base: idOf(text) }]));
    const { snapshot: second } = await engine.importSnapshot({ from: file });
    assert.ok(edited.equals(Buffer.from(await engine.read({ state: second.id, path: 'b' }))));
    const { root, trees } = deep(1500);
    fs.writeFileSync(file, forged(root, [good, blockOf(...trees)]));
    assert.equal((await engine.importSnapshot({ from: file })).outcome, 'imported');
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  for (const [what, [bundle, message]] of Object.entries(cases)) it(`is refused with ${what}`, () => isRefused(bundle, message));

  it('is refused wherever it was cut off, and with anything behind it', async () => {
    const whole = forged(plainTree(hello), [good]);
    const ends = [1, 100, 511, 512, 513, 600, 1024];
    for (let at = 1536; at < whole.length; at += 256) ends.push(at, at + 1);
    ends.push(whole.length - 1);
    for (const end of ends.filter((at) => at < whole.length)) await isRefused(whole.subarray(0, end), /too early/);
    await isRefused(Buffer.concat([whole, Buffer.of(0)]), /something follows its end/);
    await isRefused(Buffer.concat([whole, Buffer.alloc(1 << 20, 1)]), /something follows its end/);
  });

  it('is refused with any one byte changed', async () => {
    const whole = forged(plainTree(hello), [good]);
    for (let at = 0; at < whole.length; at += 37) await isRefused(flipped(whole, at), /./);
  });
});
