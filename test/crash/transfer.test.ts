import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { toSnapstageError } from '../../src/base/errors.ts';
import { Work } from '../../src/base/work.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import type { Open } from '../../src/engine/open.ts';
import { copySnapshot, importSnapshot } from '../../src/engine/transfer.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { Store, STORE_FOLDER } from '../../src/store/store.ts';
import { skip } from '../rig/skip.ts';
import { FaultyFiles, fullAfter, isRead, killer, systemError, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { storeFiles } from '../support/folders.ts';
import { bury, checkSound, makeState, midSize, readState, states, tempFolder, type State } from './scene.ts';

const CRASH = join(import.meta.dirname, '../support/crash.ts');
/** A second version of a large file, so that a difference and what it starts from travel. */
const large = Array.from({ length: 30_000 }, (_, i) => `${(i * 7919) % 100_003}`).join();
const sent: State = { ...states[0]!, large, before: `${large}and more` };

describe('a snapshot on its way to another store', () => {
  let base: string;
  let from: string;
  let template: string;
  let file: string;
  let id: string;
  let own: Map<string, State>;
  let folder: string;

  before(async () => {
    base = tempFolder('transfer');
    [from, template, file, folder] = ['from', 'template', 'file', 'to'].map((name) => join(base, name)) as [string, string, string, string];
    for (const one of [from, template]) fs.mkdirSync(one);
    const engine = openEngine({ folder: from });
    await engine.init();
    makeState(from, { large });
    await engine.take({});
    makeState(from, sent);
    ({ id } = await engine.take({ name: 'sent' }));
    await engine.exportSnapshot({ state: id, to: file, format: 'bundle' });
    await engine.dispose();
    const other = openEngine({ folder: template });
    await other.init();
    makeState(template, states[1]!);
    own = new Map([[(await other.take({})).id, states[1]!]]);
    await other.dispose();
  });
  beforeEach(() => copyTemplate());
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  function copyTemplate(): void {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  /** What an engine hands to an operation, on these files. */
  async function opened<T>(at: string, files: StoreFiles, run: (open: Open) => Promise<T>): Promise<T> {
    const store = new Store(files, nodeHost());
    using session = store.begin('write');
    try {
      return await run({ folder: at, store, session, work: new Work() } as Open);
    } finally {
      store.close();
    }
  }

  const ways: Readonly<Record<string, (files: StoreFiles) => Promise<unknown>>> = {
    import: (files) => opened(folder, files, (open) => importSnapshot(open, { from: file })),
    copy: (files) =>
      opened(from, new DiskFiles(join(from, STORE_FOLDER)), (source) =>
        opened(folder, files, (open) => copySnapshot(source, open, { state: id, to: folder })),
      ),
  };

  /** Runs one way on faulty files. Returns what it was ended by. */
  async function attempt(way: string, before: (operation: Operation) => void): Promise<unknown> {
    try {
      await ways[way]!(new FaultyFiles(new DiskFiles(join(folder, STORE_FOLDER)), before));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** All is well with the store, the snapshot is there whole or not at all, and can be brought there (again). */
  async function soundAndArrives(what: string): Promise<void> {
    try {
      await checkSound(folder, own, [...states, sent]);
      const engine = openEngine({ folder });
      const isThere = (await engine.list()).some((one) => one.id === id);
      assert.equal((await engine.importSnapshot({ from: file })).outcome, isThere ? 'present' : 'imported');
      assert.equal((await engine.show(id)).name, 'sent');
      await engine.dispose();
      await checkSound(folder, new Map([...own, [id, sent]]), [...states, sent]);
    } catch (error) {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    }
  }

  for (const way of Object.keys(ways)) {
    for (const torn of [false, true]) {
      it(`by ${way}, killed ${torn ? 'in the middle of' : 'before'} each operation that changes the store: there or not, never half`, async () => {
        let steps = 0;
        for (let at = 1, ended = false; !ended; at++, steps++) {
          copyTemplate();
          const kill = killer(at, torn);
          const error = await attempt(way, (operation) => void (!isRead(operation) && kill.before(operation)));
          assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
          ended = error === undefined;
          bury(folder);
          await soundAndArrives(`killed at ${at}`);
        }
        assert.ok(steps > 10, `only ${steps} operations`);
      });
    }

    it(`by ${way}, to a full disk: \`no-space\`, and nothing is left of it`, async () => {
      const before = storeFiles(folder);
      let refused = 0;
      for (let room = 0; ; room = Math.floor(room * 1.6) + 500) {
        copyTemplate();
        const error = await attempt(way, fullAfter(room));
        if (error === undefined) break;
        refused += 1;
        assert.equal(toSnapstageError(error).code, 'no-space');
        const engine = openEngine({ folder });
        await engine.verify({});
        await engine.dispose();
        assert.deepEqual(storeFiles(folder), before, `with ${room} bytes of room`);
        await soundAndArrives(`with ${room} bytes of room`);
      }
      assert.ok(refused > 5, `refused only ${refused} times`);
    });

    it(`by ${way}, to a disk that fails once, at any operation: a clear code, and nothing is lost`, async () => {
      for (let at = 1, ended = false; !ended; at += 2) {
        copyTemplate();
        let count = 0;
        const error = await attempt(way, ({ name }) => {
          count += 1;
          if (count === at) throw systemError('EIO', name);
        });
        ended = count < at;
        if (error !== undefined) assert.equal(toSnapstageError(error).code, 'io', `at ${at}`);
        bury(folder);
        await soundAndArrives(`failed at ${at}`);
      }
    });

    it(`by ${way}, to a disk that may not be written: \`io\`, and nothing is changed`, async () => {
      const before = storeFiles(folder);
      const error = await attempt(way, (operation) => {
        if (!isRead(operation)) throw systemError('EROFS', operation.name);
      });
      assert.equal(toSnapstageError(error).code, 'io');
      assert.deepEqual(storeFiles(folder), before);
    });
  }

  for (const action of ['export', 'exportTar'] as const) {
    it(`by ${action}, killed at any operation: a whole file or none, and what is left goes with the next export`, async () => {
      const to = join(base, 'out', 'exported');
      const out = join(base, 'out');
      const run = (at: number): ReturnType<typeof spawnSync> => {
        fs.rmSync(out, { recursive: true, force: true });
        fs.mkdirSync(out);
        return spawnSync(process.execPath, [CRASH, from, action, String(at), 'whole', id, to], { encoding: 'utf8' });
      };
      const steps = Number(run(0).stdout);
      let left = 0;
      const engine = openEngine({ folder: from });
      for (let at = 1; at <= steps; at += Math.ceil(steps / 25)) {
        const ran = run(at);
        assert.equal(ran.signal, 'SIGKILL', String(ran.stderr));
        const names = fs.readdirSync(out);
        left += names.filter((name) => name !== 'exported').length;
        assert.ok(
          names.every((name) => /^exported(\.snapstage-[0-9a-f]{16})?$/.test(name)),
          names.join(),
        );
        if (names.includes('exported')) await isWhole(engine, action, to);
        else await engine.exportSnapshot({ state: id, to, format: 'bundle' });
        assert.deepEqual(fs.readdirSync(out), ['exported'], `killed at ${at}`);
      }
      await engine.take({});
      await engine.dispose();
      assert.ok(left > 2 && steps > 10, `${left} left in ${steps} steps`);
      assert.deepEqual(
        fs.readdirSync(join(from, STORE_FOLDER, 'journal')).filter((name) => name.startsWith('new-')),
        [],
      );
    });
  }

  async function isWhole(engine: EngineApi, action: string, exported: string): Promise<void> {
    if (action === 'export') assert.equal((await engine.importSnapshot({ from: exported })).outcome, 'present');
    assert.ok(fs.statSync(exported).size > 1000);
  }

  it('by export to a full disk: `no-space`, and no file', async function () {
    if (!fs.existsSync('/dev/full')) skip(this, 'the system has no /dev/full');
    const full = fs.openSync('/dev/full', 'w');
    const engine = openEngine({ folder: from });
    for (const format of ['bundle', 'tar'] as const)
      await assert.rejects(engine.exportSnapshot({ state: id, to: full, format }), { code: 'no-space' });
    fs.closeSync(full);
    await engine.dispose();
    assert.deepEqual(readState(folder), readState(template));
  });

  it('by processes that are killed: there or not, never half', async () => {
    const big = midSize(5, 400);
    makeState(from, big);
    const engine = openEngine({ folder: from });
    const taken = await engine.take({});
    const bigFile = join(base, 'big');
    await engine.exportSnapshot({ state: taken.id, to: bigFile, format: 'bundle' });
    await engine.dispose();
    for (const [action, argument, to] of [
      ['import', bigFile, ''],
      ['copy', taken.id, folder],
    ] as const) {
      for (let round = 0; round < 3; round++) {
        copyTemplate();
        const child = spawn(process.execPath, [CRASH, action === 'copy' ? from : folder, action, 'any', 'whole', argument, to]);
        const ended = once(child, 'close');
        const isTime = (): boolean => fs.readdirSync(join(folder, STORE_FOLDER, 'packs')).length > 1;
        while (child.exitCode === null && !isTime()) await immediate();
        for (let turn = 0; turn < round * 60; turn++) await immediate();
        child.kill('SIGKILL');
        await ended;
        await checkSound(folder, own, [...states, big]);
        const other = openEngine({ folder });
        await other.importSnapshot({ from: bigFile });
        await other.dispose();
        await checkSound(folder, new Map([...own, [taken.id, big]]), [...states, big]);
      }
    }
    fs.rmSync(bigFile);
  });
});
