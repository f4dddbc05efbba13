import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FaultyFiles, isRead, Killed, killer, type Operation, wasKilled } from '../support/faultyFiles.ts';
import { bury, checkSound, isEqual, makeState, readState, sorted, states, tempFolder, type State } from './scene.ts';

/** What a history has reached: the snapshots whose take has resolved and that nobody began to delete. */
interface Reached {
  readonly taken: Map<string, State>;
  step: string;
}

type Step = (engine: EngineApi, folder: string, reached: Reached) => Promise<void>;

async function takeState(engine: EngineApi, folder: string, reached: Reached, state: State, name?: string): Promise<string> {
  makeState(folder, state);
  const { id } = await engine.take(name === undefined ? {} : { name, description: 'kept with it' });
  reached.taken.set(id, state);
  return id;
}

/** The whole life of a store. */
const history: Readonly<Record<string, Step>> = {
  init: async (engine) => void (await engine.init()),
  'first take': async (engine, folder, reached) => void (await takeState(engine, folder, reached, states[0]!, 'one')),
  'second take': async (engine, folder, reached) => void (await takeState(engine, folder, reached, states[1]!)),
  'third take': async (engine, folder, reached) => void (await takeState(engine, folder, reached, states[2]!, 'three')),
  restore: async (engine) => void (await engine.restore({ state: 'one' })),
  undo: async (engine) => void (await engine.undo()),
  delete: async (engine, _, reached) => {
    const [id] = [...reached.taken.keys()].slice(1);
    reached.taken.delete(id!);
    await engine.delete([id!]);
  },
  compact: async (engine) => void (await engine.compact()),
  reclaim: async (engine, _, reached) => {
    const plan = await engine.planReclaim({ free: 100 });
    assert.ok(plan.snapshots.length > 0);
    for (const { id } of plan.snapshots) reached.taken.delete(id);
    await engine.reclaim(plan);
  },
  verify: async (engine) => void (await engine.verify({ readData: true })),
};

/** Lives through the history with operations that `before` may end; says how far it came. */
async function live(folder: string, before: (operation: Operation) => void): Promise<Reached> {
  const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), onWrites(before));
  const reached: Reached = { taken: new Map(), step: '' };
  const engine = openEngine({ folder, files });
  for (const [name, step] of Object.entries(history)) {
    reached.step = name;
    try {
      await step(engine, folder, reached);
    } catch (error) {
      if (!wasKilled(error)) throw error;
      return reached;
    }
  }
  reached.step = 'the end';
  return reached;
}

describe('killed at every step', () => {
  let folder: string;

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  for (const torn of [false, true]) {
    it(`${torn ? 'in the middle of' : 'before'} each operation that changes the store: nothing is lost, no garbage stays`, async () => {
      let steps = 0;
      for (let at = 1, ended = false; !ended; at++) {
        folder = tempFolder('kill');
        const reached = await live(folder, killer(at, torn).before);
        ended = reached.step === 'the end';
        steps = at;
        bury(folder);
        if (fs.existsSync(join(folder, '.snapstage', 'format'))) {
          await named(`killed at ${at}, in ${reached.step}`, () => checkSound(folder, reached.taken, states));
        } else assert.equal(reached.step, 'init');
        fs.rmSync(folder, { recursive: true });
      }
      assert.ok(steps > 60, `only ${steps} operations`);
    });
  }

  for (const how of ['finish', 'undo'] as const) {
    it(`an interrupted restore shows, and “${how}” leads exactly there`, async () => {
      let shown = 0;
      for (let at = 1, ended = false; !ended; at++) {
        folder = tempFolder('recover');
        makeState(folder, states[0]!);
        const first = openEngine({ folder });
        await first.init();
        const { id } = await first.take({});
        await first.dispose();
        makeState(folder, states[1]!);
        const kill = killer(at, false);
        const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), kill.before);
        const dying = openEngine({ folder, files });
        try {
          await dying.restore({ state: id });
          ended = true;
        } catch (error) {
          if (!wasKilled(error)) throw error;
        }
        bury(folder);
        const engine = openEngine({ folder });
        const { interrupted } = await engine.status({});
        if (interrupted === null) {
          assert.ok(isEqual(readState(folder), states[0]!) || isEqual(readState(folder), states[1]!), `neither, and not shown, at ${at}`);
        } else {
          shown += 1;
          await assert.rejects(engine.restore({ state: id }), { code: 'refused' });
          const outcome = await engine.recover(how);
          assert.deepEqual(outcome.problems, []);
          assert.deepEqual(readState(folder), sorted(how === 'finish' ? states[0]! : states[1]!), `killed at ${at}`);
          assert.equal((await engine.status({})).interrupted, null);
        }
        await engine.dispose();
        await named(`killed at ${at}`, () => checkSound(folder, new Map([[id, states[0]!]]), states));
        fs.rmSync(folder, { recursive: true });
      }
      assert.ok(shown > 3, `only shown ${shown} times`);
    });
  }

  for (const how of ['finish', 'undo'] as const) {
    it(`in “${how}” of an interrupted restore: that restore is still the one to be finished or undone`, async () => {
      const template = tempFolder('twice');
      const { taken, safety } = await interruptedRestore(template);
      let [shown, over] = [0, 0];
      for (let at = 1, ended = false; !ended; at++) {
        folder = tempFolder('twice-run');
        fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        ended = !(await dies(folder, onWrites(killer(at, false).before), (engine) => engine.recover(how)));
        const engine = openEngine({ folder });
        const { interrupted, undo } = await engine.status({ changes: false });
        // Whoever finds it may decide otherwise.
        const then = at % 2 === 0 ? how : how === 'finish' ? 'undo' : 'finish';
        if (interrupted === null) over += 1;
        else {
          shown += 1;
          assert.deepEqual([interrupted.state, interrupted.safety], [taken, safety], `killed at ${at}`);
          await engine.recover(then);
        }
        const end = interrupted === null ? how : then;
        assert.deepEqual(readState(folder), sorted(end === 'finish' ? states[0]! : states[1]!), `killed at ${at}`);
        const last = (await engine.status({ changes: false })).undo;
        if (end === 'undo') assert.equal(last, null, `killed at ${at}: ${JSON.stringify(undo)}`);
        else {
          assert.equal(last?.safety.id, safety);
          await engine.undo();
          assert.deepEqual(readState(folder), sorted(states[1]!), `killed at ${at}`);
        }
        await engine.dispose();
        if (at % 4 === 0) await named(`killed at ${at}`, () => checkSound(folder, new Map([[taken, states[0]!]]), [...states, half]));
        fs.rmSync(folder, { recursive: true });
      }
      fs.rmSync(template, { recursive: true });
      assert.ok(shown > 10 && over > 0, `${shown} shown, ${over} over`);
    });
  }
});

/** Of two states a mixture, as an interrupted restore leaves it. */
const half: State = { ...states[0]!, 'a.txt': states[1]!['a.txt']! };

/** An instance in which a restore to the first state ended half way. */
async function interruptedRestore(folder: string): Promise<{ taken: string; safety: string }> {
  makeState(folder, states[0]!);
  const engine = openEngine({ folder });
  await engine.init();
  const { id } = await engine.take({});
  makeState(folder, states[1]!);
  await dies(
    folder,
    ({ kind, name }) => {
      if (kind === 'write' && name === 'journal/done') throw new Killed(0);
    },
    (dying) => dying.restore({ state: id }),
  );
  makeState(folder, half);
  const { interrupted } = await engine.status({ changes: false });
  await engine.dispose();
  return { taken: id, safety: interrupted!.safety! };
}

/** Whether the call ended by being killed; then everything is as after the death of its process. */
async function dies(
  folder: string,
  before: (operation: Operation) => void,
  call: (engine: EngineApi) => Promise<unknown>,
): Promise<boolean> {
  let dead = false;
  const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), (operation) => {
    if (dead) throw new Killed(0);
    try {
      before(operation);
    } catch (error) {
      dead = true;
      throw error;
    }
  });
  const engine = openEngine({ folder, files });
  try {
    await call(engine);
    return false;
  } catch (error) {
    if (!wasKilled(error)) throw error;
    bury(folder);
    return true;
  } finally {
    await engine.dispose();
  }
}

function onWrites(before: (operation: Operation) => void): (operation: Operation) => void {
  return (operation) => {
    if (!isRead(operation)) before(operation);
  };
}

async function named(what: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
