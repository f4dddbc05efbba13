import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { VerifyReport } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';
import { makeState, readState, snapshotState, sorted, tempFolder, type State } from './scene.ts';

const small: readonly State[] = [
  { 'a.txt': 'the first content of a\n', 'in/b': 'b stays as it is\n', link: '-> a.txt' },
  { 'a.txt': 'the second content of a\n', 'in/b': 'b stays as it is\n', 'in/c': 'c is new\n' },
];

/** What may be lost without losing anything: it is made anew, or only says who is at work. */
const WITHOUT_VALUE = /^(cache|index|sessions|locks|restoring)\//;

describe('damage', () => {
  let folder: string;
  let empty: string;
  let store: ReadonlyMap<string, Buffer>;
  const taken = new Map<string, State>();

  before(async () => {
    [folder, empty] = [tempFolder('damage'), tempFolder('damage-empty')];
    const files = new MemoryFiles();
    const engine = openEngine({ folder, files });
    await engine.init();
    for (const [i, state] of small.entries()) {
      makeState(folder, state);
      const { id } = await engine.take(i === 0 ? { name: 'first', description: 'with labels' } : {});
      taken.set(id, state);
    }
    await engine.restore({ state: 'first', paths: ['a.txt'] });
    await engine.verify({ readData: true });
    await engine.dispose();
    store = files.contents;
  });
  after(() => [folder, empty].forEach((one) => fs.rmSync(one, { recursive: true })));

  /** Copies, so that healing in one try does not reach the next. */
  function damagedStore(name: string, bytes: Buffer | undefined): MemoryFiles {
    const files = new MemoryFiles([...store].map(([one, content]) => [one, Buffer.from(content)] as const));
    if (bytes === undefined) files.contents.delete(name);
    else files.contents.set(name, bytes);
    return files;
  }

  /** Every snapshot reads back right or says `damaged`; gives those that do read back. */
  async function readable(files: MemoryFiles): Promise<Set<string>> {
    const engine = openEngine({ folder: empty, files });
    const good = new Set<string>();
    try {
      for (const [id, state] of taken) {
        try {
          assert.deepEqual(await snapshotState(engine, id), sorted(state), 'wrong bytes came out');
          good.add(id);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          assert.ok(['damaged', 'not-found', 'newer-format'].includes((error as { code: string }).code), String(error));
        }
      }
    } finally {
      await engine.dispose();
    }
    return good;
  }

  async function verify(files: MemoryFiles, workspace = empty): Promise<VerifyReport | undefined> {
    const engine = openEngine({ folder: workspace, files });
    try {
      return await engine.verify({ readData: true });
    } catch (error) {
      assert.equal((error as { code: string }).code, 'damaged');
      return undefined; // so damaged that it said so at once
    } finally {
      await engine.dispose();
    }
  }

  /** Reads, verifies, reads again: found, named, nothing wrong, and what is not named is whole. */
  async function check(what: string, name: string, bytes: Buffer | undefined, mustBeFound = true): Promise<void> {
    const files = damagedStore(name, bytes);
    try {
      const before = await readable(files);
      const report = await verify(files);
      if (mustBeFound) assert.ok(report === undefined || report.damage.length > 0, 'verify finds nothing');
      const after = await readable(files);
      for (const id of before) assert.ok(after.has(id), `verify made ${id} unreadable`);
      for (const id of taken.keys()) {
        const isNamed =
          report?.damage.some((one) => one.part === `snapshots/${id}` || one.affected.some(({ snapshot }) => snapshot === id)) ?? true;
        const isDeleted = bytes === undefined && name === `snapshots/${id}`;
        assert.ok(isNamed || isDeleted || after.has(id), `${id} cannot be read and is not named`);
      }
    } catch (error) {
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  it('is not found in a store without any', async () => {
    const files = damagedStore('', undefined);
    assert.deepEqual((await verify(files))?.damage, []);
    assert.deepEqual(await readable(files), new Set(taken.keys()));
  });

  for (const part of ['packs', 'snapshots', 'journal', '']) {
    it(`in any byte of ${part === '' ? 'the fixed files' : part}: found, named, never wrong bytes`, async () => {
      const names = [...store.keys()].filter((name) => (part === '' ? !name.includes('/') : name.startsWith(`${part}/`)));
      assert.ok(names.length > 0);
      for (const name of names) {
        const good = store.get(name)!;
        for (let at = 0; at < good.length; at++) {
          const bytes = Buffer.from(good);
          bytes[at]! ^= 1 << ((at * 5) % 8);
          await check(`${name}, byte ${at} of ${good.length}`, name, bytes);
        }
      }
    });
  }

  it('by truncation at many lengths, and by a missing file: found, named, never wrong bytes', async () => {
    for (const [name, good] of store) {
      if (WITHOUT_VALUE.test(name)) continue;
      for (let length = 0; length < good.length; length += 1 + Math.floor(good.length / 40))
        await check(`${name} cut at ${length}`, name, good.subarray(0, length));
      // A snapshot or a done restore whose only file is gone was deleted, as far as anybody can tell.
      if (name !== 'format') await check(`${name} missing`, name, undefined, name.startsWith('packs/') || !name.includes('/'));
    }
  });

  it('in the cache and the index changes no result', async () => {
    for (const [name, good] of store) {
      if (!/^(cache|index)\//.test(name)) continue;
      for (let at = 0; at < good.length; at += 1 + Math.floor(good.length / 150)) {
        const bytes = Buffer.from(good);
        bytes[at]! ^= 1 << ((at * 5) % 8);
        for (const broken of [bytes, good.subarray(0, at)]) {
          const files = damagedStore(name, broken);
          assert.deepEqual((await verify(files, folder))?.damage, []);
          const engine = openEngine({ folder, files: damagedStore(name, broken) });
          const now = await engine.take({});
          assert.deepEqual(await snapshotState(engine, now.id), readState(folder), `${name}, byte ${at}`);
          assert.equal((await engine.verify({ readData: true })).damage.length, 0);
          await engine.dispose();
        }
      }
    }
  });

  it('is healed where the folder still has what was lost, and then the store can be compacted to a clean one', async () => {
    const workspace = tempFolder('damage-heal');
    const files = new MemoryFiles();
    makeState(workspace, small[0]!);
    const engine = openEngine({ folder: workspace, files });
    await engine.init();
    const { id } = await engine.take({});
    const [pack] = files.list('packs');
    const good = files.contents.get(`packs/${pack}`)!;
    for (let at = 0; at < good.length; at += 5) {
      const broken = new MemoryFiles([...files.contents].map(([one, content]) => [one, Buffer.from(content)] as const));
      broken.contents.get(`packs/${pack}`)![at]! ^= 4;
      const healer = openEngine({ folder: workspace, files: broken });
      const { damage } = await healer.verify({ readData: true });
      assert.ok(damage.length > 0, `byte ${at}`);
      assert.deepEqual(await snapshotState(healer, id), sorted(small[0]!));
      await healer.compact();
      assert.deepEqual((await healer.verify({ readData: true })).damage, [], `byte ${at} of ${good.length}`);
      assert.deepEqual(await snapshotState(healer, id), sorted(small[0]!));
      await healer.dispose();
    }
    await engine.dispose();
    fs.rmSync(workspace, { recursive: true });
  });

  it('on the disk, in a pack that several snapshots share, leaves the others whole', async () => {
    const workspace = tempFolder('damage-disk');
    const engine = openEngine({ folder: workspace });
    await engine.init();
    const ids: string[] = [];
    for (const state of small) {
      makeState(workspace, state);
      ids.push((await engine.take({})).id);
    }
    await engine.dispose();
    makeState(workspace, {});
    const packs = join(workspace, '.snapstage', 'packs');
    const times = fs.readdirSync(packs).map((name) => ({ name, at: fs.statSync(join(packs, name)).mtimeMs }));
    const youngest = times.toSorted((a, b) => b.at - a.at)[0]!.name;
    fs.truncateSync(join(packs, youngest), 20);
    const after = openEngine({ folder: workspace });
    const { damage } = await after.verify({ readData: true });
    assert.ok(damage.some((one) => one.affected.some(({ snapshot }) => snapshot === ids[1])));
    assert.ok(damage.every((one) => one.affected.every(({ snapshot }) => snapshot !== ids[0])));
    await assert.rejects(snapshotState(after, ids[1]!), { code: 'damaged' });
    await after.restore({ state: ids[0]! });
    assert.deepEqual(readState(workspace), sorted(small[0]!));
    await after.dispose();
    fs.rmSync(workspace, { recursive: true });
  });
});
