import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FaultyFiles, fullAfter, isRead, systemError, type Operation } from '../support/faultyFiles.ts';
import { bury, checkSound, isEqual, makeState, readState, sorted, states, tempFolder, type State } from './scene.ts';

/** An instance with two snapshots and a changed folder. */
async function makeInstance(folder: string): Promise<Map<string, State>> {
  const taken = new Map<string, State>();
  const engine = openEngine({ folder });
  await engine.init();
  for (const state of states.slice(0, 2)) {
    makeState(folder, state);
    taken.set((await engine.take({})).id, state);
  }
  await engine.dispose();
  makeState(folder, states[2]!);
  return taken;
}

const operations: Readonly<Record<string, (engine: EngineApi, oldest: string) => Promise<unknown>>> = {
  take: (engine) => engine.take({ name: 'new' }),
  restore: (engine, oldest) => engine.restore({ state: oldest }),
  compact: async (engine, oldest) => {
    await engine.delete([oldest]);
    await engine.compact();
  },
  verify: (engine) => engine.verify({ readData: true }),
  status: (engine) => engine.status({}),
};

describe('a disk that fails', () => {
  let template: string;
  let folder: string;
  let taken: Map<string, State>;
  let oldest: string;

  before(async () => {
    template = tempFolder('disk');
    taken = await makeInstance(template);
    oldest = [...taken.keys()][0]!;
  });
  beforeEach(() => (folder = tempFolder('disk-run')));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  after(() => fs.rmSync(template, { recursive: true, force: true }));

  /** Copies the instance, runs the operation on failing files, and says the code that it was refused with. */
  async function fail(name: string, before: (operation: Operation) => void): Promise<string | undefined> {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const engine = openEngine({ folder, files: new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), before) });
    const snapshots = (): string[] => fs.readdirSync(join(folder, '.snapstage', 'snapshots')).filter((one) => /^[0-9a-f]{32}$/.test(one));
    const had = snapshots();
    let code: string | undefined;
    try {
      await operations[name]!(engine, oldest);
    } catch (error) {
      code = (error as { code: string }).code;
      if (name === 'take')
        assert.deepEqual(snapshots().toSorted(), had.toSorted(), `take was refused (${String(error)}), but the snapshot is there`);
      if (code === 'bug') throw error;
    } finally {
      await engine.dispose();
    }
    return code;
  }

  async function sound(name: string): Promise<void> {
    bury(folder);
    const kept = new Map([...taken].filter(([id]) => name !== 'compact' || id !== oldest));
    await checkSound(folder, kept, states);
  }

  for (const name of ['take', 'restore', 'compact']) {
    it(`full during ${name}: \`no-space\`, and nothing is lost`, async () => {
      let refused = 0;
      for (let room = 0; room < 30_000; room = Math.floor(room * 1.25) + 97) {
        const code = await fail(name, fullAfter(room));
        assert.ok(code === undefined || code === 'no-space', `${code} with ${room} bytes of room`);
        refused += code === undefined ? 0 : 1;
        await sound(name);
      }
      assert.ok(refused > 3, `refused only ${refused} times`);
    });
  }

  for (const name of Object.keys(operations)) {
    it(`failing once in ${name}, at any operation: a clear code or a good end, and nothing is lost`, async () => {
      for (let at = 1, ended = false; !ended; at += 3) {
        let count = 0;
        const error = ['EIO', 'EACCES'][at % 2]!;
        const code = await fail(name, (operation) => {
          count += 1;
          if (count === at) throw systemError(error, operation.name);
        });
        ended = count < at;
        assert.ok(code === undefined || code === 'io', `${code} from ${error} at operation ${at}`);
        await sound(name);
      }
    });

    it(`failing from some operation on in ${name}: a clear code, and nothing is lost`, async () => {
      for (let at = 1, ended = false; !ended; at += 7) {
        let count = 0;
        let failed = 0;
        const code = await fail(name, ({ name: file }) => {
          count += 1;
          if (count < at) return;
          // That session and lock could not be given back matters to nobody, once all is done: they end with the process. Nor does
          // what only saves time next time.
          if (!/^(sessions|locks|restoring|cache)\b/.test(file)) failed += 1;
          throw systemError('EIO', file);
        });
        ended = count < at;
        if (failed > 0) assert.equal(code, 'io', `from operation ${at}`);
        await sound(name);
      }
    });
  }

  it('a store that may not be written says `io`, and can be read again later', async () => {
    const code = await fail('take', (operation) => {
      if (!isRead(operation)) throw systemError('EROFS', operation.name);
    });
    assert.equal(code, 'io');
    await sound('take');
  });

  it('a restore that failed after it had changed something can be finished or undone', async () => {
    for (const how of ['finish', 'undo'] as const) {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), ({ kind, name }) => {
        if (kind === 'write' && name === 'journal/done') throw systemError('EIO', name);
      });
      const engine = openEngine({ folder, files });
      await assert.rejects(engine.restore({ state: oldest }), { code: 'io' });
      const open = openEngine({ folder });
      assert.notEqual((await open.status({})).interrupted, null);
      await open.recover(how);
      assert.ok(isEqual(readState(folder), how === 'finish' ? states[0]! : states[2]!));
      await open.dispose();
      await engine.dispose();
      await sound('restore');
    }
  });

  it('a restore that failed before it had changed anything was none', async () => {
    fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    let failing = false;
    const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), ({ kind, name }) => {
      if (kind === 'write' && name === 'journal/restore') failing = true;
      else if (failing && kind === 'openRead') throw systemError('EIO', name);
    });
    const engine = openEngine({ folder, files });
    const before = await engine.list();
    await assert.rejects(engine.restore({ state: oldest }), { code: 'io' });
    await engine.dispose();
    const again = openEngine({ folder });
    assert.equal((await again.status({})).interrupted, null);
    assert.deepEqual(readState(folder), sorted(states[2]!));
    assert.deepEqual(await again.list(), before);
    await again.restore({ state: oldest });
    assert.deepEqual(readState(folder), sorted(states[0]!));
    await again.dispose();
    await sound('restore');
  });
});
