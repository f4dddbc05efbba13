import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FaultyFiles, isRead, Killed, killer, type Operation } from '../support/faultyFiles.ts';
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
  verify: async (engine) => void (await engine.verify({ readData: true })),
};

/** Lives through the history with operations that `before` may end; says how far it came. */
async function live(folder: string, before: (operation: Operation) => void): Promise<Reached> {
  const files = new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), (operation) => {
    if (!isRead(operation)) before(operation);
  });
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

function wasKilled(error: unknown): boolean {
  if (error instanceof Killed) return true;
  if (error instanceof SuppressedError) return wasKilled(error.error);
  return error instanceof Error && wasKilled(error.cause);
}

describe('killed at every step', function () {
  this.timeout(120_000);
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
});

async function named(what: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
