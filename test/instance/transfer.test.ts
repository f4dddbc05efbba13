/** Snapshots written to files, read from them, and copied between stores. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import type { EngineApi, SnapshotInfo } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { BundleReader } from '../../src/store/bundleReader.ts';
import { Codec } from '../../src/store/codec.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { idHex } from '../../src/store/ids.ts';
import { loadIndex } from '../../src/store/storeIndex.ts';
import { FileSource } from '../../src/engine/fileStream.ts';
import { skip } from '../rig/skip.ts';
import { readFiles, rejected, seededBytes, storeFiles, Workbench, writeFiles } from '../support/folders.ts';
import { changed } from '../support/forge.ts';
import { makeFullTree, type FullTree } from '../support/fullTree.ts';
import { manifestDifferences, readManifest, type Manifest } from '../support/manifest.ts';

const bench = new Workbench();

const packsOf = (folder: string): string[] => storeFiles(folder).filter((name) => name.startsWith('packs/'));

/** Exports a state and imports it in a new instance. */
async function sent(engine: EngineApi, state: string): Promise<{ file: string; folder: string; other: EngineApi; snapshot: SnapshotInfo }> {
  const file = bench.place();
  await engine.exportSnapshot({ state, to: file, format: 'bundle' });
  const { folder, engine: other } = await bench.instance({ 'its own': 'something' });
  const { snapshot, outcome } = await other.importSnapshot({ from: file });
  assert.equal(outcome, 'imported');
  return { file, folder, other, snapshot };
}

/** Everything in a bundle, as text where it is text. */
async function contentsOf(file: string): Promise<{ ids: Set<string>; codecs: Set<number> }> {
  using source = new FileSource(file);
  const reader = new BundleReader(source);
  await reader.head();
  const ids = new Set<string>();
  const codecs = new Set<number>();
  for await (const { codec, objects } of reader.blocks()) {
    codecs.add(codec);
    for (const { id } of objects) ids.add(idHex(id));
  }
  return { ids, codecs };
}

/** A text that compresses little, so that a change of it is stored as a difference. */
const long = seededBytes(3, 200_000).toString('hex');

describe('instance: a snapshot as a file', () => {
  afterEach(() => bench.clear());

  it('comes to another instance with its id, its labels and all that is in it', async () => {
    const { engine } = await bench.instance({ a: 'a', 'b/c': 'c', 'empty/': '', large: seededBytes(1, 3_000_000) });
    const taken = await engine.take({ name: 'thesis', description: 'as handed in', pin: true });
    const { other, snapshot, folder } = await sent(engine, 'thesis');
    const { imported, ...rest } = snapshot;
    assert.ok(imported !== undefined && !Number.isNaN(Date.parse(imported)));
    const { excluded, unreadable, evidence, ...info } = taken;
    assert.deepEqual([rest, excluded, unreadable, evidence], [info, [], [], []]);
    const to = bench.place();
    await other.restore({ state: taken.id, to });
    const from = bench.place();
    await engine.restore({ state: taken.id, to: from });
    assert.deepEqual(manifestDifferences(readManifest(from), readManifest(to)), []);
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
    assert.deepEqual(readFiles(folder), { 'its own': 'something' });
  });

  it('is there, and nothing is done, the second time; after damage what is missing is', async () => {
    const { engine } = await bench.instance({ a: 'a', large: seededBytes(1, 3_000_000) });
    await engine.take({});
    const { file, folder, other, snapshot } = await sent(engine, 'latest');
    await other.edit({ state: snapshot.id, name: 'mine' });
    const before = storeFiles(folder);
    assert.deepEqual(await other.planImport({ from: file }), { snapshot: (await engine.list())[0], present: true });
    const again = await other.importSnapshot({ from: file });
    assert.deepEqual([again.outcome, again.storedBytes, again.snapshot.name], ['present', 0, 'mine']);
    assert.equal(again.snapshot.imported, snapshot.imported);
    assert.deepEqual(storeFiles(folder), before);
    for (const pack of fs.readdirSync(path.join(folder, '.snapstage/packs'))) fs.rmSync(path.join(folder, '.snapstage/packs', pack));
    fs.rmSync(path.join(folder, '.snapstage/index/merged'), { force: true });
    assert.equal((await other.planImport({ from: file })).present, false);
    const mended = await other.importSnapshot({ from: file });
    assert.deepEqual([mended.outcome, mended.snapshot.name], ['mended', 'mine']);
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
    fs.writeFileSync(path.join(folder, '.snapstage/snapshots', snapshot.id), 'damaged');
    assert.equal((await other.importSnapshot({ from: file })).outcome, 'imported');
    assert.equal((await other.show(snapshot.id)).name, 'mine');
  });

  it('stands where its time puts it, and what is taken here afterwards is the latest', async () => {
    const { engine } = await bench.instance({ a: 'a' });
    for (let i = 0; i < 5; i++) await engine.take({});
    const { engine: other } = await bench.instance({ b: 'b' });
    const first = await other.take({});
    const late = await engine.take({});
    const second = await other.take({});
    const file = bench.place();
    for (const state of ['latest~5', late.id]) {
      await engine.exportSnapshot({ state, to: file, format: 'bundle', force: true });
      await other.importSnapshot({ from: file });
    }
    const ids = async (): Promise<string[]> => (await other.list()).map(({ id }) => id);
    const oldest = (await engine.list()).at(-1)!.id;
    assert.deepEqual(await ids(), [second.id, late.id, first.id, oldest]);
    const third = await other.take({});
    assert.deepEqual(await ids(), [third.id, second.id, late.id, first.id, oldest]);
    assert.equal((await other.show('latest')).id, third.id);
  });

  it('holds nothing that is another snapshot’s, in blocks shared with it or as what a difference starts from', async () => {
    const { folder, engine } = await bench.instance({ secret: 'the secret', plain: 'public', edited: `${long}secret at the end` });
    await engine.take({});
    fs.rmSync(path.join(folder, 'secret'));
    writeFiles(folder, { edited: long, 'new one': 'new' });
    await engine.take({});
    const codecs = loadIndex(new DiskFiles(path.join(folder, '.snapstage'))).segments.flatMap((one) => [...one.blockCodec]);
    assert.ok(codecs.includes(Codec.delta), 'nothing is stored as a difference');
    const { file, other } = await sent(engine, 'latest');
    const wanted = (await engine.ls({ state: 'latest', path: '', recursive: true })).map(({ id }) => id);
    const { ids, codecs: sentCodecs } = await contentsOf(file);
    assert.equal(ids.size, wanted.length + 1); // and the folder itself
    assert.ok(wanted.every((id) => ids.has(id)));
    assert.ok(!sentCodecs.has(Codec.delta));
    const { id: secret } = (await engine.ls({ state: 'latest~1', path: 'secret' }))[0]!;
    assert.ok(!ids.has(secret));
    assert.equal(Buffer.from(await other.read({ state: 'latest', path: 'edited' })).toString(), long);
  });

  it('keeps a difference from what is in it too', async () => {
    const { folder, engine } = await bench.instance({ edited: long });
    await engine.take({});
    writeFiles(folder, { edited: `${long}changed`, before: long });
    await engine.take({});
    const { file, other } = await sent(engine, 'latest');
    assert.ok((await contentsOf(file)).codecs.has(Codec.delta));
    assert.equal(Buffer.from(await other.read({ state: 'latest', path: 'edited' })).toString(), `${long}changed`);
    const to = bench.place();
    await engine.copySnapshot({ state: 'latest', to, init: true });
    const third = bench.engine(to);
    assert.equal(Buffer.from(await third.read({ state: 'latest', path: 'edited' })).toString(), `${long}changed`);
    assert.deepEqual((await third.verify({ readData: true })).damage, []);
  });

  it('is the same file each time', async () => {
    const { engine } = await bench.instance({ a: 'a', b: seededBytes(1, 700_000) });
    await engine.take({});
    const [one, two] = [bench.place(), bench.place()];
    await engine.exportSnapshot({ state: 'latest', to: one, format: 'bundle' });
    await engine.exportSnapshot({ state: 'latest', to: two, format: 'bundle' });
    assert.ok(fs.readFileSync(one).equals(fs.readFileSync(two)));
  });

  it('is not written over something, in place of a folder, or half', async () => {
    const { folder, engine } = await bench.instance({ a: 'a' });
    await engine.take({});
    const to = path.join(bench.folder(), 'file');
    fs.writeFileSync(to, 'mine');
    for (const format of ['bundle', 'tar'] as const) {
      await rejected(engine.exportSnapshot({ state: 'latest', to, format }), 'exists');
      assert.equal(fs.readFileSync(to, 'utf8'), 'mine');
      await rejected(engine.exportSnapshot({ state: 'latest', to: folder, format, force: true }), 'exists');
      await rejected(engine.exportSnapshot({ state: 'latest', to: path.join(to, 'below'), format }), 'io');
      await rejected(engine.exportSnapshot({ state: 'none', to, format, force: true }), 'not-found');
      const cancel = new AbortController();
      const onProgress = (): void => cancel.abort();
      await rejected(
        engine.exportSnapshot({ state: 'latest', to, format, force: true }, { signal: cancel.signal, onProgress }),
        'cancelled',
      );
      assert.equal(fs.readFileSync(to, 'utf8'), 'mine');
      assert.deepEqual(fs.readdirSync(path.dirname(to)), ['file']);
    }
    await engine.exportSnapshot({ state: 'latest', to, format: 'bundle', force: true });
    assert.notEqual(fs.readFileSync(to, 'utf8'), 'mine');
    assert.deepEqual(fs.readdirSync(path.dirname(to)), ['file']);
    assert.deepEqual(fs.readdirSync(path.join(folder, '.snapstage/journal')), []);
  });

  it('is not exported from a store that lost part of it', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', b: seededBytes(1, 2_000_000) });
    await engine.take({});
    for (const pack of fs.readdirSync(path.join(folder, '.snapstage/packs'))) {
      const file = path.join(folder, '.snapstage/packs', pack);
      const bytes = fs.readFileSync(file);
      bytes[bytes.length >> 1]! ^= 1;
      fs.writeFileSync(file, bytes);
    }
    const to = bench.place();
    await rejected(engine.exportSnapshot({ state: 'latest', to, format: 'bundle' }), 'damaged');
    await rejected(engine.exportSnapshot({ state: 'latest', to, format: 'tar' }), 'damaged');
    await rejected(engine.copySnapshot({ state: 'latest', to: bench.folder(), init: true }), 'damaged');
    assert.ok(!fs.existsSync(to));
  });

  it('goes on where an import ended, and what a cancelled one wrote is gone', async () => {
    const { engine } = await bench.instance(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, seededBytes(i, 9_000_000)])));
    await engine.take({});
    const file = bench.place();
    await engine.exportSnapshot({ state: 'latest', to: file, format: 'bundle' });
    const { folder, engine: other } = await bench.instance();
    const cancel = new AbortController();
    const onProgress = ({ bytes }: { bytes: number }): void => void (bytes > 80_000_000 && cancel.abort());
    await rejected(other.importSnapshot({ from: file }, { signal: cancel.signal, onProgress }), 'cancelled');
    assert.deepEqual(packsOf(folder), []);
    // As a killed import leaves it: the first packs, and no snapshot.
    await other.importSnapshot({ from: file });
    const size = (line: string): number => Number(line.split(' ')[1]);
    const [kept, ...rest] = packsOf(folder).sort((a, b) => size(b) - size(a));
    assert.ok(rest.length > 0);
    for (const one of rest) fs.rmSync(path.join(folder, '.snapstage', one.split(' ')[0]!));
    fs.rmSync(path.join(folder, '.snapstage/snapshots'), { recursive: true });
    const second = await other.importSnapshot({ from: file });
    assert.equal(second.outcome, 'imported');
    assert.ok(second.storedBytes < fs.statSync(file).size - size(kept!) + 1_000_000, `${second.storedBytes} of ${fs.statSync(file).size}`);
    assert.ok(packsOf(folder).includes(kept!));
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
  });

  it('may have fields that a newer version added', async () => {
    const { engine } = await bench.instance({ a: 'a' });
    await engine.take({});
    const { file } = await sent(engine, 'latest');
    const add = (text: string): Buffer => Buffer.from(text.replace('"version":1', '"version":1,"added":{"later":[1,2]}'));
    fs.writeFileSync(
      file,
      changed(fs.readFileSync(file), ({ name, content }) => (name === 'snapshot' ? add(content.toString()) : content)),
    );
    assert.equal((await engine.importSnapshot({ from: file })).outcome, 'imported');
    assert.equal((await engine.importSnapshot({ from: file })).outcome, 'present');
  });

  it('whatever is in the folder and changes there, arrives, by file and by copy', async () => {
    const content = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.nat(60).map((seed) => seededBytes(seed, seed * 20_000).toString('latin1')),
    );
    const states = fc.array(fc.dictionary(fc.stringMatching(/^[a-c](\/[d-f]){0,2}\/[x-z]$/), content, { maxKeys: 6 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(states, async (all) => {
        const { folder, engine } = await bench.instance();
        const { folder: filed, engine: byFile } = await bench.instance();
        const copied = bench.place();
        for (const state of all) {
          for (const name of fs.readdirSync(folder)) if (name !== '.snapstage') fs.rmSync(path.join(folder, name), { recursive: true });
          writeFiles(folder, state);
          const { id } = await engine.take({});
          const to = bench.place();
          await engine.exportSnapshot({ state: id, to, format: 'bundle' });
          assert.equal((await byFile.importSnapshot({ from: to })).outcome, 'imported');
          assert.equal((await engine.copySnapshot({ state: id, to: copied, init: true })).outcome, 'imported');
        }
        for (const other of [filed, copied]) {
          const there = openEngine({ folder: other });
          for (const { id } of await engine.list()) {
            const ask = { state: id, path: '', recursive: true };
            assert.deepEqual(await there.ls(ask), await engine.ls(ask));
          }
          assert.deepEqual((await there.verify({ readData: true })).damage, []);
          await there.dispose();
        }
        await bench.clear();
      }),
      { numRuns: 25 },
    );
  });
});

describe('instance: a snapshot copied to another instance', () => {
  afterEach(() => bench.clear());

  it('brings what is missing there, and nothing twice', async () => {
    const { folder, engine } = await bench.instance({ a: seededBytes(1, 2_000_000), b: 'b' });
    const first = await engine.take({ name: 'one' });
    const { folder: to, engine: other } = await bench.instance();
    const planned = await engine.planCopy({ state: 'one', to });
    assert.deepEqual([planned.present, planned.snapshot.id], [false, first.id]);
    assert.ok(planned.bytes > 2_000_000);
    const copied = await engine.copySnapshot({ state: 'one', to });
    assert.equal(copied.outcome, 'imported');
    assert.deepEqual([copied.snapshot.id, copied.snapshot.name], [first.id, 'one']);
    writeFiles(folder, { c: 'a little more' });
    await engine.take({ name: 'two' });
    const second = await engine.planCopy({ state: 'two', to });
    assert.ok(second.bytes < 1000);
    assert.ok(planned.presentBytes === 0 && second.presentBytes > 0);
    assert.ok((await engine.copySnapshot({ state: 'two', to })).storedBytes < 5000);
    const before = storeFiles(to);
    assert.equal((await engine.copySnapshot({ state: 'one', to })).outcome, 'present');
    assert.equal((await engine.copySnapshot({ state: 'one', to: folder })).outcome, 'present');
    assert.deepEqual(storeFiles(to), before);
    assert.deepEqual(
      (await other.list()).map(({ name }) => name),
      ['two', 'one'],
    );
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
    assert.equal(
      (await engine.list()).every(({ imported }) => imported === undefined),
      true,
    );
  });

  it('goes to an instance only, or makes one when told to', async () => {
    const { engine } = await bench.instance({ a: 'a' });
    await engine.take({});
    const to = bench.place();
    await rejected(engine.copySnapshot({ state: 'latest', to }), 'not-found');
    await rejected(engine.copySnapshot({ state: 'none', to, init: true }), 'not-found');
    await rejected(engine.planCopy({ state: 'latest', to }), 'not-found');
    assert.ok(!fs.existsSync(to));
    assert.equal((await engine.copySnapshot({ state: 'latest', to, init: true })).outcome, 'imported');
  });

  it('is what a compaction there keeps, and one beside it leaves alone', async () => {
    const { engine } = await bench.instance({ a: seededBytes(1, 1_000_000) });
    await engine.take({});
    const { folder: to, engine: other } = await bench.instance({ own: 'own' });
    await other.take({});
    await Promise.all([engine.copySnapshot({ state: 'latest', to }), other.compact()]);
    await other.delete([(await other.list()).find(({ imported }) => imported === undefined)!.id]);
    await other.compact();
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
    assert.equal((await other.read({ state: 'latest', path: 'a' })).length, 1_000_000);
  });
});

describe('instance: a snapshot as a tar', () => {
  before(function () {
    if (process.platform !== 'linux') skip(this, 'what GNU tar makes of it is compared');
  });
  after(() => bench.clear());

  /** Blocks are not compared: holes are zeros in a tar. */
  const differences = (a: Manifest, b: Manifest): string[] => manifestDifferences(a, b).filter((line) => !/: blocks were/.test(line));

  async function unpacked(engine: EngineApi): Promise<string> {
    const file = bench.place();
    await engine.exportSnapshot({ state: 'latest', to: file, format: 'tar' });
    const folder = bench.folder();
    const said = execFileSync('tar', ['--zstd', '-xpf', file, '-C', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    assert.equal(said.toString(), '');
    return folder;
  }

  it('is to other programs what a restore is: everything that a folder can hold', async () => {
    const folder = bench.folder();
    const outside = bench.folder();
    const tree: FullTree = makeFullTree(folder, outside, 30_000_000);
    const deep = path.join(folder, ...Array.from({ length: 12 }, (_, i) => `a rather long name of a folder ${i}`));
    fs.mkdirSync(deep, { recursive: true });
    fs.writeFileSync(path.join(deep, 'file'), 'deep');
    fs.linkSync(path.join(deep, 'file'), path.join(deep, 'linked'));
    const longRaw = Buffer.concat([Buffer.from(`${folder}/`), Buffer.alloc(150, 0xff)]);
    fs.writeFileSync(longRaw, 'a long name of raw bytes');
    fs.writeFileSync(path.join(folder, 'old'), 'before 1970');
    execFileSync('touch', ['-d', '1969-12-31 23:59:58.25 UTC', path.join(folder, 'old')]);
    execFileSync('touch', ['-d', '2300-01-01 00:00:00.123456789 UTC', path.join(folder, '.hidden')]);
    const engine = bench.engine(folder);
    await engine.init();
    assert.equal((await engine.take({})).excluded.length, tree.specials.length);
    const to = bench.place();
    assert.deepEqual((await engine.restore({ state: 'latest', to })).problems, []);
    assert.deepEqual(differences(readManifest(to), readManifest(await unpacked(engine))), []);
  });

  it('is written to standard formats: zstd and tar test it', async () => {
    const { engine } = await bench.instance({ a: 'a', 'b/c': seededBytes(1, 1_000_000) });
    await engine.take({});
    const file = bench.place();
    await engine.exportSnapshot({ state: 'latest', to: file, format: 'tar' });
    execFileSync('zstd', ['-q', '-t', '--format=zstd', '-c', file], { stdio: 'ignore' });
    const names = execFileSync('tar', ['--zstd', '-tf', file], { encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(names, ['./', './a', './b/', './b/c']);
  });

  it('of Snapstage’s own format too, so that its parts can be seen', async () => {
    const { engine } = await bench.instance({ a: 'a' });
    await engine.take({ name: 'shown' });
    const file = bench.place();
    await engine.exportSnapshot({ state: 'latest', to: file, format: 'bundle' });
    const folder = bench.folder();
    execFileSync('tar', ['-xf', file, '-C', folder]);
    const parts = path.join(folder, 'snapstage-export');
    assert.deepEqual(fs.readdirSync(parts).sort(), ['README.txt', 'end', 'format', 'labels', 'packs', 'snapshot']);
    assert.match(fs.readFileSync(path.join(parts, 'README.txt'), 'utf8'), /snapstage/);
    assert.equal((JSON.parse(fs.readFileSync(path.join(parts, 'labels'), 'utf8')) as { name: string }).name, 'shown');
  });
});
