import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Work } from '../../../src/base/work.ts';
import type { Area, AreaPack } from '../../../src/space/areas/area.ts';
import { sendMissing } from '../../../src/space/areas/areaSending.ts';
import { keepOnly } from '../../../src/space/areas/areaWriter.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import type { StoreFiles } from '../../../src/store/files.ts';
import { idOf } from '../../../src/store/ids.ts';
import { bury, garbageOf } from '../../crash/scene.ts';
import { areaOf, contentsOf, receive, rootOf, sealTree, storeFilesOf } from '../../support/areas.ts';
import { FaultyFiles, Killed, MemoryFiles, VolatileFiles, wasKilled } from '../../support/faultyFiles.ts';
import { Workbench, writeFiles } from '../../support/folders.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';

const csv = (rows: number): string => Array.from({ length: rows }, (_, i) => `${i},${(i * 7919) % 1013}\n`).join('');

/** A process that dies at one of all its operations on the hub and on files, and does nothing after that. */
class Mortal {
  private count = 0;
  private readonly at: number;
  private readonly torn: boolean;

  constructor(at: number, torn: boolean) {
    this.at = at;
    this.torn = torn;
  }

  get hasDied(): boolean {
    return this.count >= this.at;
  }

  files(inner: StoreFiles): StoreFiles {
    return new FaultyFiles(inner, ({ tear }) => {
      if (++this.count === this.at && this.torn) tear();
      if (this.hasDied) throw new Killed(this.at);
    });
  }

  hub(inner: MemoryHub): FaultyHub {
    const before = async ({ tear }: { tear: () => Promise<void> }): Promise<void> => {
      if (++this.count === this.at && this.torn) await tear();
      if (this.hasDied) throw new Killed(this.at);
    };
    return new FaultyHub(inner, { before });
  }
}

describe('the content of an audience, when processes die', () => {
  const bench = new Workbench();
  let master: string;
  let root: Buffer;
  let hub: MemoryHub;
  let local: MemoryFiles;

  before(async () => {
    const made = await bench.instance({ 'a/table.csv': csv(5000), 'b.txt': 'first' });
    master = made.folder;
    await made.engine.take({});
    writeFiles(master, { 'a/table.csv': `${csv(5000)}more\n`, 'c/old.csv': csv(5000) });
    root = await rootOf(master, made.engine);
  });
  after(() => bench.clear());
  beforeEach(() => ((hub = new MemoryHub()), (local = new MemoryFiles())));

  /** Runs until it is done or dead; which of them. */
  async function lives(run: Promise<unknown>): Promise<boolean> {
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return true;
    assert.ok(wasKilled(error), error instanceof Error ? error : undefined);
    return false;
  }

  async function arrives(packs: readonly AreaPack[]): Promise<void> {
    const { folder } = await bench.instance();
    await receive(areaOf(hub, new MemoryFiles()), storeFilesOf(folder), packs, root);
    assert.deepEqual(contentsOf(storeFilesOf(folder), root), contentsOf(storeFilesOf(master), root));
  }

  for (const torn of [false, true]) {
    it(`sealed, killed ${torn ? 'in the middle of' : 'before'} any operation: what is left goes, and nothing was sent`, async () => {
      let left = 0;
      for (let at = 1, ended = false; !ended; at++) {
        local = new MemoryFiles();
        const mortal = new Mortal(at, torn);
        ended = await lives(sealTree(areaOf(hub, mortal.files(local)), storeFilesOf(master), root));
        left += Number(!ended && local.contents.size > 0);
        assert.equal(hub.contents.size, 0);
        if (ended) assert.equal(local.contents.size, 4);
        keepOnly(areaOf(hub, local), []);
        assert.equal(local.contents.size, 0);
      }
      assert.ok(left > 5, `something was left ${left} times`);
    });

    it(`sent, killed ${torn ? 'in the middle of' : 'before'} any operation: the next process sends the rest`, async () => {
      const packs = await sealTree(areaOf(hub, local), storeFilesOf(master), root);
      let [died, resumed] = [0, 0];
      for (let at = 1, ended = false; !ended; at++) {
        hub = new MemoryHub();
        const mortal = new Mortal(at, torn);
        ended = await lives(sendMissing(areaOf(mortal.hub(hub), mortal.files(local)), packs, new Work()));
        died += Number(!ended);
        const { files } = await sendMissing(areaOf(hub, local), packs, new Work());
        resumed += Number(files < packs.length * 2);
        await arrives(packs);
        assert.deepEqual(await sendMissing(areaOf(hub, local), packs, new Work(), () => true), { files: 0, bytes: 0 });
      }
      assert.ok(died > 8 && resumed > 5, `died ${died} times, resumed ${resumed} times`);
    });

    it(`fetched, killed ${torn ? 'in the middle of' : 'before'} any operation: never half there, and the next process brings the rest`, async () => {
      const packs = await sealTree(areaOf(hub, local), storeFilesOf(master), root);
      await sendMissing(areaOf(hub, local), packs, new Work());
      const template = (await bench.instance({ 'own.txt': 'mine' })).folder;
      let died = 0;
      for (let at = 1, ended = false; !ended; at++) {
        const to = path.join(bench.folder(), 'to');
        fs.cpSync(template, to, { recursive: true });
        const own = new MemoryFiles();
        const mortal = new Mortal(at, torn);
        ended = await lives(receive(areaOf(mortal.hub(hub), mortal.files(own)), mortal.files(storeFilesOf(to)), packs, root));
        died += Number(!ended);
        bury(to);
        await receive(areaOf(hub, own), storeFilesOf(to), packs, root);
        assert.deepEqual(contentsOf(storeFilesOf(to), root), contentsOf(storeFilesOf(master), root));
        const indexes = new Set(packs.map(({ index }) => index.name));
        const left = [...own.contents.keys()].filter((name) => !indexes.has(name) && !name.endsWith('.tmp'));
        assert.deepEqual(left, []);
        keepOnly(areaOf(hub, own), packs);
        const engine = bench.engine(to);
        assert.deepEqual((await engine.verify({ readData: true })).damage, []);
        await engine.compact();
        assert.deepEqual(garbageOf(to), []);
      }
      assert.ok(died > 20, `died ${died} times`);
    });
  }

  it('sealed survives a power cut right after, whatever the disk had not written', async () => {
    const disk = new VolatileFiles();
    const packs = await sealTree(areaOf(hub, disk), storeFilesOf(master), root);
    const after = disk.afterCut('everything');
    for (const { pack, index } of packs)
      for (const { name, hash } of [pack, index]) assert.equal(idOf(after.read(name)!).toString('hex'), hash);
    await sendMissing(areaOf(hub, after), packs, new Work());
    await arrives(packs);
  });

  it('sent to a hub that had not flushed the last of it: that is sent again', async () => {
    const area: Area = areaOf(hub, local);
    const packs = await sealTree(area, storeFilesOf(master), root);
    for (let lost = 1; lost <= 4; lost++) {
      await sendMissing(area, packs, new Work());
      hub.lose(lost, lost % 2 === 0);
      const { folder } = await bench.instance();
      await assert.rejects(receive(areaOf(hub, new MemoryFiles()), storeFilesOf(folder), packs, root), { name: 'SnapstageError' });
      assert.equal((await sendMissing(area, packs, new Work())).files, lost);
      await arrives(packs);
    }
  });

  it('to a disk that fails once, at any operation: a clear code, and the next attempt brings it', async () => {
    const packs = await sealTree(areaOf(hub, local), storeFilesOf(master), root);
    await sendMissing(areaOf(hub, local), packs, new Work());
    for (const code of ['EIO', 'ENOSPC']) {
      for (let at = 1, ended = false; !ended; at++) {
        const { folder } = await bench.instance();
        let count = 0;
        const failing = (inner: StoreFiles): StoreFiles =>
          new FaultyFiles(inner, ({ name }) => {
            if (++count === at) throw Object.assign(new Error(`${code}: ${name}`), { code });
          });
        const own = new DiskFiles(bench.place());
        const error: unknown = await receive(areaOf(hub, failing(own)), failing(storeFilesOf(folder)), packs, root).catch(
          (reason: unknown) => reason,
        );
        ended = count < at;
        if (error instanceof Error) assert.equal((error as NodeJS.ErrnoException).code, code, error.stack);
        await receive(areaOf(hub, own), storeFilesOf(folder), packs, root);
        assert.deepEqual(contentsOf(storeFilesOf(folder), root), contentsOf(storeFilesOf(master), root));
        const engine = bench.engine(folder);
        assert.deepEqual((await engine.verify({ readData: true })).damage, []);
      }
    }
  });
});
