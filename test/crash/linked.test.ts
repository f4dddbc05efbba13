import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { toSnapstageError } from '../../src/base/errors.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { STORE_FOLDER } from '../../src/store/store.ts';
import { FaultyFiles, fullAfter, isRead, killer, systemError, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { bury, checkSound, isEqual, makeState, readState, states, tempFolder, type State } from './scene.ts';

const CRASH = join(import.meta.dirname, '../support/crash.ts');
const large = Array.from({ length: 30_000 }, (_, i) => `${(i * 7919) % 100_003}`).join();
const lent: State = { ...states[0]!, large };
const own: State = { ...states[1]!, large: `${large}and more` };

describe('a linked instance', () => {
  let base: string;
  let template: string;
  let scene: string;
  let parent: string;
  let child: string;
  /** Id of the snapshot in the parent. */
  let snapshot: string;
  let parents: Map<string, State>;
  let childs: Map<string, State>;

  before(async () => {
    base = tempFolder('linked');
    [template, scene] = [join(base, 'template'), join(base, 'scene')];
    [parent, child] = [join(scene, 'parent'), join(scene, 'child')];
    fs.mkdirSync(join(template, 'parent'), { recursive: true });
    const engine = openEngine({ folder: join(template, 'parent') });
    await engine.init();
    makeState(join(template, 'parent'), lent);
    snapshot = (await engine.take({})).id;
    const made = await engine.clone({ state: snapshot, to: join(template, 'child'), linked: true });
    makeState(join(template, 'parent'), states[2]!);
    parents = new Map([[(await engine.take({})).id, states[2]!]]);
    await engine.dispose();
    const linked = openEngine({ folder: join(template, 'child') });
    makeState(join(template, 'child'), own);
    childs = new Map([
      [made.snapshot.id, lent],
      [(await linked.take({})).id, own],
    ]);
    await linked.dispose();
    // Where its records say that it is nobody must be: a copy beside the original is linked for itself.
    fs.renameSync(template, join(base, 'kept'));
  });
  beforeEach(() => copyTemplate());
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  function copyTemplate(): void {
    fs.rmSync(scene, { recursive: true, force: true });
    fs.cpSync(join(base, 'kept'), scene, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  /** Detaches on faulty files, its own and the parent's. Returns what it was ended by. */
  async function attempt(before: (operation: Operation) => void): Promise<unknown> {
    const engine = openEngine({ folder: child, files: new FaultyFiles(new DiskFiles(join(child, STORE_FOLDER)), before) });
    try {
      await engine.detach();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await engine.dispose();
    }
  }

  /** Both are sound, linked or not; after detaching (again) the parent can do without the snapshot. */
  async function soundAndFree(what: string): Promise<void> {
    try {
      for (const folder of [parent, child]) bury(folder);
      await checkSound(child, childs, [...states, lent, own]);
      await checkSound(parent, parents, [...states, lent]);
      const [above, below] = [openEngine({ folder: parent }), openEngine({ folder: child })];
      const isLinked = (await below.links()).parent !== null;
      if (isLinked) {
        assert.equal((await above.planDelete([snapshot])).blocked.length, 1);
        await below.detach();
      }
      assert.deepEqual((await above.planDelete([snapshot])).blocked, []);
      await above.delete([snapshot]);
      await above.compact();
      await Promise.all([above.dispose(), below.dispose()]);
      await checkSound(child, childs, [...states, lent, own]);
    } catch (error) {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    }
  }

  for (const torn of [false, true]) {
    it(`detached, and killed ${torn ? 'in the middle of' : 'before'} each operation that changes a store: linked or not, never half`, async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at++, steps++) {
        copyTemplate();
        const kill = killer(at, torn);
        const error = await attempt((operation) => void (!isRead(operation) && kill.before(operation)));
        assert.ok(error === undefined || wasKilled(error), error instanceof Error ? error : undefined);
        ended = error === undefined;
        await soundAndFree(`killed at ${at}`);
      }
      assert.ok(steps > 10, `only ${steps} operations`);
    });
  }

  it('detached on a full disk is still linked, and nothing is left of it', async () => {
    let refused = 0;
    for (let room = 0; ; room = Math.floor(room * 1.6) + 500) {
      copyTemplate();
      const error = await attempt(fullAfter(room));
      if (error === undefined) break;
      refused += 1;
      assert.equal(toSnapstageError(error).code, 'no-space');
      await soundAndFree(`with ${room} bytes of room`);
    }
    assert.ok(refused > 5, `refused only ${refused} times`);
  });

  it('detached on a disk that fails once, at any operation, is linked or not, with a clear code', async () => {
    for (let at = 1, ended = false; !ended; at += 3) {
      copyTemplate();
      let count = 0;
      const error = await attempt(({ name }) => {
        count += 1;
        if (count === at) throw systemError('EIO', name);
      });
      ended = count < at;
      if (error !== undefined) assert.match(toSnapstageError(error).code, /^(io|not-found)$/, `at ${at}`);
      await soundAndFree(`failed at ${at}`);
    }
  });

  it('being made, and killed at any operation of the parent’s store: it is there whole or not at all, and the parent knows', async () => {
    const to = join(scene, 'new');
    const run = (at: number): ReturnType<typeof spawnSync> => {
      copyTemplate();
      return spawnSync(process.execPath, [CRASH, parent, 'cloneLinked', String(at), 'whole', snapshot, to], { encoding: 'utf8' });
    };
    const steps = Number(run(0).stdout);
    assert.ok(steps > 20, `only ${steps} operations`);
    let whole = 0;
    for (let at = 1; at <= steps; at += Math.ceil(steps / 20)) {
      const ran = run(at);
      assert.equal(ran.signal, 'SIGKILL', String(ran.stderr));
      const engine = openEngine({ folder: parent });
      if (fs.existsSync(to)) {
        whole += 1;
        assert.ok(isEqual(readState(to), lent));
        await checkSound(to, new Map(), [lent]);
        const made = openEngine({ folder: to });
        await made.detach();
        await made.dispose();
      }
      await engine.take({});
      assert.equal((await engine.links()).dependants.length, 1, `killed at ${at}`);
      assert.deepEqual(
        fs.readdirSync(scene).filter((name) => !['parent', 'child', 'new'].includes(name)),
        [],
      );
      await engine.dispose();
      await soundAndFree(`killed at ${at}`);
    }
    assert.ok(whole > 0, 'it was never there');
  });
});
