import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Work } from '../../../src/base/work.ts';
import type { EngineApi } from '../../../src/engine/api.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { openSealed, sealContext, type Area, type AreaPack } from '../../../src/space/areas/area.ts';
import { AreaIndex } from '../../../src/space/areas/areaIndex.ts';
import { AreaReader } from '../../../src/space/areas/areaReader.ts';
import { sendMissing } from '../../../src/space/areas/areaSending.ts';
import { keepOnly, sealMissing } from '../../../src/space/areas/areaWriter.ts';
import { seal } from '../../../src/space/crypto/sealing.ts';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { Inventory } from '../../../src/store/inventory.ts';
import {
  areaOf,
  contentsOf,
  EPOCH,
  idsOf,
  inStore,
  partsOf,
  publish,
  receive,
  rootOf,
  sealTree,
  storeFilesOf,
} from '../../support/areas.ts';
import { rejected, seededBytes, storeFiles, Workbench, writeFiles } from '../../support/folders.ts';
import { FaultyHub, fullHub, MemoryHub, readOnly, vanishesAt, type HubOperation } from '../../support/hubs.ts';

const csv = (rows: number, seed = 1): string => Array.from({ length: rows }, (_, i) => `${i},${(i * 7919 * seed) % 1013}\n`).join('');

describe('the content of an audience', () => {
  const bench = new Workbench();
  let master: string;
  let engine: EngineApi;
  let hub: MemoryHub;
  let operations: HubOperation[];
  let area: Area;

  /** The area as another instance has it. */
  const elsewhere = (): Area => areaOf(area.hub, new DiskFiles(bench.place()));
  const member = async (files: Record<string, string | Buffer> = {}): Promise<string> => {
    const made = await bench.instance(files);
    if (Object.keys(files).length > 0) await made.engine.take({});
    return made.folder;
  };
  const sentBytes = (): number => operations.reduce((sum, { bytes }) => sum + bytes, 0);
  const fetched = (): string[] => operations.filter(({ kind }) => kind === 'fetch').map(({ name }) => name);

  beforeEach(async () => {
    ({ folder: master, engine } = await bench.instance());
    hub = new MemoryHub();
    operations = [];
    area = areaOf(new FaultyHub(hub, { before: (operation) => void operations.push(operation) }), new DiskFiles(bench.place()));
  });
  afterEach(() => bench.clear());

  it('arrives as it was, whatever its kind', async () => {
    writeFiles(master, {
      'a.txt': 'first',
      empty: '',
      'deep/er/table.csv': csv(20_000),
      'large.bin': seededBytes(1, 3 << 20),
      'folder/': '',
      ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`many/${i}`, `content ${i}`])),
    });
    const root = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), root);
    const to = await member();
    const lack = await receive(elsewhere(), storeFilesOf(to), packs, root);
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
    assert.equal(lack.objects, partsOf(storeFilesOf(master), root).size);
    assert.deepEqual(await receive(elsewhere(), storeFilesOf(to), packs, root), { objects: 0, plainBytes: 0, packs: 0, bytes: 0 });
  });

  it('is nothing in an area that nothing was written to, and an empty folder is something', async () => {
    const root = await rootOf(master, engine);
    const to = await member();
    await rejected(receive(elsewhere(), storeFilesOf(to), [], root), 'damaged');
    const packs = await publish(area, storeFilesOf(master), root);
    await receive(elsewhere(), storeFilesOf(to), packs, root);
    assert.deepEqual(contentsOf(storeFilesOf(to), root), {});
  });

  it('is written once, whatever the number of those who read it', async () => {
    const content = seededBytes(2, 2 << 20);
    writeFiles(master, { 'course/data.bin': content, 'course/sheet.txt': 'exercise 1' });
    const first = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), first);
    const once = sentBytes();
    assert.ok(once > content.length && once < content.length * 1.01 + 4000, `${once} bytes were sent`);
    assert.equal(
      once,
      [...hub.contents.values()].reduce((sum, { length }) => sum + length, 0),
    );
    for (let i = 0; i < 5; i++) await receive(elsewhere(), storeFilesOf(await member()), packs, first);
    assert.deepEqual(await sealTree(area, storeFilesOf(master), first, packs), []);
    await sendMissing(area, packs, new Work());
    assert.equal(sentBytes(), once, 'nothing more was sent for five members, or for the same again');

    fs.appendFileSync(path.join(master, 'course/sheet.txt'), ', corrected');
    const second = await rootOf(master, engine);
    const more = await publish(area, storeFilesOf(master), second, packs);
    assert.ok(sentBytes() - once < 6000, `${sentBytes() - once} bytes for a changed line`);
    const ids = more.map(({ pack }) => pack.name);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('brings a member only what that one lacks, in packs that hold some of it', async () => {
    writeFiles(master, { 'a/one.bin': seededBytes(3, 200_000) });
    const packs = await publish(area, storeFilesOf(master), await rootOf(master, engine));
    writeFiles(master, { 'b/two.bin': seededBytes(4, 300_000), 'b/three.txt': csv(500) });
    const root = await rootOf(master, engine);
    const more = await publish(area, storeFilesOf(master), root, packs);
    const to = await member({ 'mine/copy of two': seededBytes(4, 300_000), 'mine/one': seededBytes(3, 200_000) });
    operations = [];
    const lack = await receive(elsewhere(), storeFilesOf(to), more, root);
    assert.ok(lack.plainBytes < 10_000 && lack.objects < 10, JSON.stringify(lack));
    const indexes = new Set(more.map(({ index }) => `areas/all/${index.name}`));
    const contents = fetched().filter((name) => !indexes.has(name));
    const needed = more.filter(({ pack }) => pack !== packs[1]!.pack); // which holds only what is there
    assert.deepEqual(contents.sort(), needed.map(({ pack }) => `areas/all/${pack.name}`).sort());
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
  });

  it('is known to its last name before any content is fetched', async () => {
    writeFiles(master, { 'deep/er/data.bin': seededBytes(5, 1 << 20), 'deep/list.csv': csv(2000) });
    const root = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), root);
    operations = [];
    const to = await member();
    await inStore(storeFilesOf(to), async (store) => {
      const at = elsewhere();
      using reader = new AreaReader([await AreaIndex.load(at, packs, new Work())], store, new Work());
      const { lack } = await reader.survey(root);
      assert.equal(lack.plainBytes >= (1 << 20) + csv(2000).length, true);
      assert.equal(lack.packs, 2);
    });
    assert.deepEqual(
      fetched().sort(),
      [packs[0]!.pack.name, ...packs.map(({ index }) => index.name)].map((name) => `areas/all/${name}`).sort(),
    );
  });

  it('holds nothing but what was wanted: neither what a difference starts from, nor what shares a block with it', async () => {
    const large = csv(40_000);
    writeFiles(master, { 'secret/solution.csv': large, 'secret/notes.txt': 'do not tell', 'given/intro.txt': 'welcome' });
    await engine.take({});
    fs.rmSync(path.join(master, 'secret'), { recursive: true });
    writeFiles(master, { 'secret/solution.csv': `${large}one more line\n` });
    const changed = await rootOf(master, engine);
    fs.rmSync(path.join(master, 'secret'), { recursive: true });
    writeFiles(master, { 'given/table.csv': `${large}one more line\n` });
    for (const root of [changed, await rootOf(master, engine)]) {
      const one = areaOf(new MemoryHub(), new DiskFiles(bench.place()));
      const packs = await publish(one, storeFilesOf(master), root);
      const index = await AreaIndex.load(one, packs, new Work());
      const held = [...index.packs.values()].flatMap(({ segment }) =>
        Array.from({ length: segment.objects }, (_, row) => segment.id(row).toString('hex')),
      );
      assert.deepEqual(new Set(held), partsOf(storeFilesOf(master), root));
      assert.equal(held.length, new Set(held).size);
      const to = await member();
      await receive(areaOf(one.hub, new DiskFiles(bench.place())), storeFilesOf(to), packs, root);
      assert.deepEqual(idsOf(storeFilesOf(to)), partsOf(storeFilesOf(master), root));
      assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
    }
  });

  it('arrives also where it is stored as a difference from what only others get, and nothing of that stays', async () => {
    const large = csv(40_000);
    writeFiles(master, { 'a/table.csv': large });
    const first = await rootOf(master, engine);
    writeFiles(master, { 'a/table.csv': `${large}one more line\n`, 'a/more.bin': seededBytes(17, 50_000), 'b/old.csv': large });
    const packs = await publish(area, storeFilesOf(master), await rootOf(master, engine), await publish(area, storeFilesOf(master), first));
    fs.rmSync(path.join(master, 'b'), { recursive: true });
    const last = await rootOf(master, engine);
    const all = await publish(area, storeFilesOf(master), last, packs);
    const index = await AreaIndex.load(area, all, new Work());
    const deltas = [...index.packs.values()].flatMap(({ segment }) =>
      Array.from({ length: segment.blocks }, (_, block) => segment.baseOf(block)),
    );
    assert.ok(
      deltas.some((base) => base !== undefined),
      'nothing is stored as a difference',
    );
    const to = await member();
    await receive(elsewhere(), storeFilesOf(to), all, last);
    assert.deepEqual(contentsOf(storeFilesOf(to), last), contentsOf(storeFilesOf(master), last));
    assert.deepEqual(idsOf(storeFilesOf(to)), partsOf(storeFilesOf(master), last));
  });

  it('shows nothing of itself in the hub: no content, no name, no id', async () => {
    writeFiles(master, { 'unmistakable-name.txt': 'unmistakable content '.repeat(50), 'raw.bin': seededBytes(6, 100_000) });
    const root = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), root);
    const all = Buffer.concat([...hub.contents].flatMap(([name, content]) => [Buffer.from(name), content]));
    const known = [
      'unmistakable',
      seededBytes(6, 100_000).subarray(500, 516),
      'SNAPPACK',
      root,
      ...[...partsOf(storeFilesOf(master), root)].flatMap((id) => [id, Buffer.from(id, 'hex')]),
    ];
    for (const text of known) assert.equal(all.indexOf(text), -1, String(text));
    assert.equal(hub.contents.size, packs.length * 2);
  });

  it('goes on after it was interrupted at sending, with the same bytes', async () => {
    writeFiles(master, { 'a.bin': seededBytes(7, 300_000), 'b.csv': csv(3000) });
    const root = await rootOf(master, engine);
    const packs = await sealTree(area, storeFilesOf(master), root);
    for (let at = 1, isDone = false; !isDone; at++) {
      const sending = sendMissing({ ...area, hub: new FaultyHub(hub, vanishesAt(at)) }, packs, new Work());
      isDone = await sending.then(
        () => true,
        () => false,
      );
    }
    const before = new Map(hub.contents);
    assert.equal(before.size, packs.length * 2);
    for (const { pack, index } of packs)
      for (const { name, bytes } of [pack, index]) assert.equal(hub.contents.get(`areas/all/${name}`)?.length, bytes);
    assert.deepEqual(await sendMissing(area, packs, new Work()), { files: 0, bytes: 0 });
  });

  it('is put back where somebody took it away, cut it or changed it', async () => {
    writeFiles(master, { 'a.bin': seededBytes(8, 300_000) });
    const root = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), root);
    const before = new Map(hub.contents);
    const [gone, cut, changed] = [...before.keys()] as [string, string, string];
    hub.contents.delete(gone);
    hub.contents.set(cut, before.get(cut)!.subarray(1));
    const other = Buffer.from(before.get(changed)!);
    other[100]! ^= 1;
    hub.contents.set(changed, other);
    assert.equal((await sendMissing(area, packs, new Work())).files, 2);
    assert.equal((await sendMissing(area, packs, new Work(), () => true)).files, 1);
    assert.deepEqual(new Map(hub.contents), before);
    hub.contents.delete(gone);
    area.local.remove(path.basename(gone));
    const error = await rejected(sendMissing(area, packs, new Work()), 'not-found');
    assert.equal(error.details['part'], gone);
  });

  describe('that is not what it must be', () => {
    let packs: AreaPack[];
    let root: Buffer;
    let to: string;

    beforeEach(async () => {
      writeFiles(master, { 'a.bin': seededBytes(9, 300_000), 'deep/b.csv': csv(3000) });
      root = await rootOf(master, engine);
      packs = await publish(area, storeFilesOf(master), root);
      to = await member({ 'own.txt': 'mine' });
    });

    const stored = (name: string): Buffer => hub.contents.get(`areas/all/${name}`)!;

    it('is refused by the file’s name, changes nothing, and arrives once it is put back', async () => {
      const other = await sealTree(areaOf(area.hub, new DiskFiles(bench.place())), storeFilesOf(master), root);
      const foreign = areaOf(hub, new DiskFiles(bench.place()));
      const valid = await publish({ ...foreign, folder: 'areas/elsewhere' }, storeFilesOf(master), root);
      assert.equal(other.length, valid.length);
      const changes: Readonly<Record<string, (name: string, content: Buffer) => Buffer | undefined>> = {
        missing: () => undefined,
        empty: () => Buffer.alloc(0),
        'cut by a byte': (_, content) => content.subarray(0, -1),
        'longer by a byte': (_, content) => Buffer.concat([content, Buffer.alloc(1)]),
        'changed in a bit at its beginning': (_, content) => flipped(content, 0),
        'changed in a bit of its salt': (_, content) => flipped(content, 20),
        'changed in a bit at its end': (_, content) => flipped(content, content.length - 1),
        'another valid one': (name, content) =>
          [...hub.contents].find(([key, bytes]) => !key.endsWith(name) && bytes.length !== content.length)![1],
        'another valid one of its length': (_, content) => {
          const found = [...hub.contents.values()].find((bytes) => bytes.length === content.length && !bytes.equals(content));
          return found ?? flipped(content, 60);
        },
      };
      const before = storeFiles(to);
      for (const { pack, index } of packs) {
        for (const { name } of [pack, index]) {
          for (const [what, change] of Object.entries(changes)) {
            const whole = stored(name);
            const content = change(name, whole);
            if (content === undefined) hub.contents.delete(`areas/all/${name}`);
            else hub.contents.set(`areas/all/${name}`, content);
            const error = await rejected(
              receive(elsewhere(), storeFilesOf(to), packs, root),
              content === undefined ? 'not-found' : 'damaged',
            );
            assert.equal(error.details['part'], `areas/all/${name}`, `${what}: ${error.message}`);
            hub.contents.set(`areas/all/${name}`, whole);
          }
        }
      }
      assert.deepEqual(
        storeFiles(to).filter((file) => !file.startsWith('packs/')),
        before.filter((file) => !file.startsWith('packs/')),
      );
      await receive(elsewhere(), storeFilesOf(to), packs, root);
      assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
    });

    it('is not what somebody else sealed in its place who has the same key', async () => {
      for (const file of packs.flatMap(({ pack, index }) => [pack, index])) {
        const whole = stored(file.name);
        const content = await openSealed(area, EPOCH, file, whole, new Work());
        const parts: Buffer[] = [];
        for await (const part of seal([content], sealContext(area, EPOCH, file.name), nodeHost(), new Work())) parts.push(part);
        hub.contents.set(`areas/all/${file.name}`, Buffer.concat(parts));
        const error = await rejected(receive(elsewhere(), storeFilesOf(to), packs, root), 'damaged');
        assert.equal(error.details['part'], `areas/all/${file.name}`);
        hub.contents.set(`areas/all/${file.name}`, whole);
      }
    });

    it('is not opened with another key, of another area, or under another name', async () => {
      const wrong: Partial<Area>[] = [{ keyOf: () => Buffer.alloc(32) }, { space: 'b0b0' }, { audience: 'editors' }];
      for (const change of wrong) await rejected(receive({ ...elsewhere(), ...change }, storeFilesOf(to), packs, root), 'damaged');
      const [one] = packs as [AreaPack];
      const renamed = 'f'.repeat(32);
      hub.contents.set(`areas/all/${renamed}`, stored(one.pack.name));
      const listed = { ...one, pack: { ...one.pack, name: renamed } };
      await rejected(receive(elsewhere(), storeFilesOf(to), [listed, ...packs.slice(1)], root), 'damaged');
    });

    it('is not even asked for when its record says what can’t be', async () => {
      operations = [];
      const [one] = packs as [AreaPack];
      const bad: AreaPack[] = [
        { ...one, pack: { ...one.pack, bytes: 2 ** 40 } },
        { ...one, pack: { ...one.pack, bytes: -1 } },
        { ...one, index: { ...one.index, bytes: 2 ** 40 } },
        { ...one, pack: { ...one.pack, name: '../../logs' } },
        { ...one, pack: { ...one.pack, name: '' } },
        { ...one, index: { ...one.index, name: one.pack.name } },
        { ...one, index: { ...one.index, name: `${one.index.name}-` } },
      ];
      for (const pack of bad) await rejected(receive(elsewhere(), storeFilesOf(to), [pack, ...packs.slice(1)], root), 'damaged');
      assert.deepEqual(fetched(), []);
    });

    it('is named by the path where a pack is in no record', async () => {
      for (const left of packs) {
        const error = await rejected(
          receive(
            elsewhere(),
            storeFilesOf(to),
            packs.filter((one) => one !== left),
            root,
          ),
          'damaged',
        );
        assert.equal(typeof error.details['path'], 'string');
      }
    });

    it('is fetched again where this computer’s own copy is damaged', async () => {
      const own = elsewhere();
      await receive(own, storeFilesOf(to), packs, root);
      for (const name of own.local.list('')) own.local.write(name, flipped(own.local.read(name)!, 7), false);
      await receive(own, storeFilesOf(await member()), packs, root);
    });
  });

  it('to a hub that is full, may not be written or goes away, says so; nothing here is lost, and it goes on later', async () => {
    writeFiles(master, { 'a.bin': seededBytes(10, 200_000) });
    const root = await rootOf(master, engine);
    const packs = await sealTree(area, storeFilesOf(master), root);
    const mine = area.local.list('').sort();
    const through = (faults: ConstructorParameters<typeof FaultyHub>[1]): Promise<unknown> =>
      sendMissing({ ...area, hub: new FaultyHub(hub, faults) }, packs, new Work());
    await rejected(through(fullHub(1000)), 'no-space');
    assert.equal((await rejected(through(readOnly), 'io')).details['reason'], 'hub-read-only');
    assert.equal((await rejected(through(vanishesAt(1)), 'io')).details['reason'], 'hub-unreachable');
    assert.deepEqual(area.local.list('').sort(), mine);
    await sendMissing(area, packs, new Work());
    const to = await member();
    const own = elsewhere();
    for (let at = 1, isDone = false; !isDone; at++) {
      const fetching = receive({ ...own, hub: new FaultyHub(hub, vanishesAt(at)) }, storeFilesOf(to), packs, root);
      isDone = await fetching.then(
        () => true,
        () => false,
      );
    }
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
    assert.deepEqual(own.local.list('').sort(), packs.map(({ index }) => index.name).sort());
  });

  it('cancelled while it is sealed leaves nothing, while it is fetched only what the next attempt uses', async () => {
    writeFiles(master, { 'a.bin': seededBytes(11, 20 << 20), 'b.csv': csv(3000) });
    const root = await rootOf(master, engine);
    const cancelling = (phase: string, bytes: number): Work => {
      const work: Work = new Work(
        { onProgress: (now) => now.phase === phase && now.bytes >= bytes && work.cancel.cancel() },
        () => (time += 1000),
      );
      let time = 0;
      return work;
    };
    await rejected(sealTree(area, storeFilesOf(master), root, [], cancelling('write', 17 << 20)), 'cancelled');
    assert.deepEqual(area.local.list(''), []);
    const packs = await publish(area, storeFilesOf(master), root);
    assert.ok(packs.length >= 3 && packs.every(({ pack }) => pack.bytes < 17 << 20));
    const to = await member();
    const own = elsewhere();
    await rejected(receive(own, storeFilesOf(to), packs, root, cancelling('write', 17 << 20)), 'cancelled');
    operations = [];
    const lack = await receive(own, storeFilesOf(to), packs, root);
    assert.ok(lack.plainBytes < 8 << 20, `${lack.plainBytes} bytes were still missing`);
    assert.equal(fetched().length, 1);
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
  });

  it('keeps of its own files only those that a record names', async () => {
    writeFiles(master, { 'a.txt': 'x' });
    const packs = await publish(area, storeFilesOf(master), await rootOf(master, engine));
    const names = area.local.list('').sort();
    for (const name of ['stale', 'x-fetched']) area.local.write(name, Buffer.from('x'), false);
    keepOnly(area, packs);
    assert.deepEqual(area.local.list('').sort(), names);
  });

  it('goes through a folder that a class shares', async () => {
    const place = bench.place();
    await new FolderHub(place, nodeHost()).make();
    const shared = (): Area => areaOf(new FolderHub(place, nodeHost()), new DiskFiles(bench.place()));
    writeFiles(master, { 'a.bin': seededBytes(12, 5 << 20), 'b/c.csv': csv(3000) });
    const root = await rootOf(master, engine);
    const packs = await publish(shared(), storeFilesOf(master), root);
    const to = await member();
    await receive(shared(), storeFilesOf(to), packs, root);
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
  });

  it('may be from a linked instance, and come to one', async () => {
    writeFiles(master, { 'a.bin': seededBytes(13, 300_000), 'b.csv': csv(3000) });
    const { id } = await engine.take({});
    const [from, to] = [bench.place(), bench.place()];
    for (const place of [from, to]) await engine.clone({ state: id, to: place, linked: true });
    writeFiles(from, { 'new.csv': csv(4000, 3) });
    const root = await rootOf(from, bench.engine(from));
    const packs = await publish(area, storeFilesOf(from), root);
    const lack = await receive(elsewhere(), storeFilesOf(to), packs, root);
    assert.ok(lack.objects <= 3, `${lack.objects} objects were missing`);
    assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(from), root));
  });

  it('is complete also where the store can’t rely on what it has', async () => {
    writeFiles(master, { 'a.bin': seededBytes(14, 300_000), 'b.csv': csv(3000) });
    const root = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), root);
    const { folder, engine: other } = await bench.instance({ 'mine.bin': seededBytes(14, 300_000) });
    await other.take({});
    for (const name of fs.readdirSync(path.join(folder, '.snapstage/packs'))) {
      const file = path.join(folder, '.snapstage/packs', name);
      fs.writeFileSync(file, flipped(fs.readFileSync(file), 1000));
    }
    assert.ok((await other.verify({ readData: true })).damage.length > 0);
    await receive(elsewhere(), storeFilesOf(folder), packs, root);
    assert.deepEqual(contentsOf(storeFilesOf(folder), root), contentsOf(storeFilesOf(master), root));
  });

  it('of several audiences is one to who may read them, and what one of them has is not sent again', async () => {
    writeFiles(master, { 'given.bin': seededBytes(16, 200_000), 'sheet.txt': 'exercise' });
    const given = await rootOf(master, engine);
    const packs = await publish(area, storeFilesOf(master), given);
    const student = await member();
    await receive(elsewhere(), storeFilesOf(student), packs, given);
    writeFiles(student, { 'given.bin': seededBytes(16, 200_000), 'sheet.txt': 'solved' });
    const handedIn = await rootOf(student, bench.engine(student));
    const vault: Area = { ...elsewhere(), folder: 'areas/vault-5', audience: 'vault-5' };
    const index = await AreaIndex.load(area, packs, new Work());
    const own = await inStore(storeFilesOf(student), async (store) => {
      const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => undefined });
      inventory.add(handedIn);
      return sealMissing(vault, { epoch: EPOCH, store, inventory, has: (id) => index.has(id) }, new Work());
    });
    assert.ok((await sendMissing(vault, own, new Work())).bytes < 5000);
    const ownIndex = await AreaIndex.load(vault, own, new Work());
    const to = await member();
    await inStore(storeFilesOf(to), async (store) => {
      using reader = new AreaReader([index, ownIndex], store, new Work());
      await reader.takeIn(await reader.survey(handedIn, 'areas'));
      using alone = new AreaReader([ownIndex], store, new Work());
      assert.equal((await alone.survey(handedIn)).lack.objects, 0);
      // What Master has from others is nothing that this member sent.
      await rejected(alone.survey(handedIn, 'areas'), 'damaged');
      assert.throws(() => new AreaReader([index, ownIndex, ownIndex], store, new Work()), { code: 'damaged' });
    });
    assert.deepEqual(contentsOf(storeFilesOf(to), handedIn), contentsOf(storeFilesOf(student), handedIn));
  });

  it('is sealed from a store that others write to, without what was wanted twice', async () => {
    writeFiles(master, { 'a.bin': seededBytes(15, 100_000), 'copy.bin': seededBytes(15, 100_000) });
    const root = await rootOf(master, engine);
    await inStore(storeFilesOf(master), async (store) => {
      const inventory = new Inventory({ index: store.index, reader: store.reader, check: () => undefined });
      inventory.add(root);
      inventory.add(root);
      const packs = await sealMissing(area, { epoch: EPOCH, store, inventory, has: () => false }, new Work());
      const { packs: indexed } = await AreaIndex.load(area, packs, new Work());
      const objects = [...indexed.values()].reduce((sum, { segment }) => sum + segment.objects, 0);
      assert.equal(objects, partsOf(storeFilesOf(master), root).size);
      assert.deepEqual(await sealMissing(area, { epoch: EPOCH, store, inventory, has: () => true }, new Work()), []);
    });
  });
});

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at]! ^= 0x10;
  return copy;
}
