import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FaultyFiles, killer, wasKilled } from '../support/faultyFiles.ts';
import { bury, tempFolder } from './scene.ts';

type Staged = Readonly<Record<string, string>>;

describe('the Stage', () => {
  let base: string;
  let template: string;
  let snapshot: string;

  before(async () => {
    base = tempFolder('stage');
    template = join(base, 'template');
    fs.mkdirSync(template);
    for (const name of ['a', 'b', 'c']) fs.writeFileSync(join(template, name), name);
    const engine = openEngine({ folder: template });
    await engine.init();
    snapshot = (await engine.take({})).id;
    await engine.addToStage({ objects: ['a', 'b'].map((path) => ({ type: 'path', state: 'current', path })), strategy: 'skip' });
    await engine.saveBundle({ name: 'kept' });
    await engine.dispose();
  });
  after(() => fs.rmSync(base, { recursive: true, force: true }));

  /** State and strategy by path. */
  async function stagedIn(engine: EngineApi): Promise<Staged> {
    const { objects, unreadable } = await engine.stage();
    assert.deepEqual(unreadable, []);
    return Object.fromEntries(
      objects.map(({ path, state, strategy }) => [path, `${state === 'current' ? state : 'snapshot'} ${strategy ?? 'none'}`]),
    );
  }

  const was: Staged = { a: 'current skip', b: 'current skip' };
  const works: Readonly<Record<string, readonly [run: (engine: EngineApi) => Promise<unknown>, is: Staged]>> = {
    adding: [
      (engine) => engine.addToStage({ objects: ['b', 'c'].map((path) => ({ type: 'path', state: snapshot, path })) }),
      { a: 'current skip', b: 'snapshot skip', c: 'snapshot none' },
    ],
    removing: [async (engine) => engine.removeFromStage((await engine.stage()).objects.map(({ id }) => id)), {}],
    'choosing a strategy': [
      async (engine) => engine.setStrategy({ ids: (await engine.stage()).objects.map(({ id }) => id), strategy: 'ask' }),
      { a: 'current ask', b: 'current ask' },
    ],
    'replacing a bundle': [(engine) => engine.saveBundle({ name: 'kept', replace: true }), was],
  };

  for (const [what, [run, is]] of Object.entries(works)) {
    it(`has each object as before or as after, wherever ${what} is cut off, and goes on at once`, async () => {
      let ended = false;
      for (const torn of [false, true]) {
        for (let at = 1, done = false; !done; at++) {
          const folder = join(base, 'scene');
          fs.rmSync(folder, { recursive: true, force: true });
          fs.cpSync(template, folder, { recursive: true });
          const { before } = killer(at, torn);
          const doomed = openEngine({ folder, files: new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), before) });
          const error = await run(doomed).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          await doomed.dispose();
          if (error === undefined) done = true;
          else assert.ok(wasKilled(error), `at ${at} it ended otherwise than by being killed`);
          bury(folder);
          const engine = openEngine({ folder });
          const staged = await stagedIn(engine);
          for (const path of new Set([...Object.keys(was), ...Object.keys(is), ...Object.keys(staged)])) {
            assert.ok([was[path], is[path]].includes(staged[path]), `${path} is ${staged[path]} at ${at}`);
          }
          if (done) assert.deepEqual(staged, is);
          const { bundles, unreadable } = await engine.bundles();
          assert.deepEqual([bundles.map(({ name }) => name), unreadable], [['kept'], []]);
          await run(engine);
          assert.deepEqual(await stagedIn(engine), is);
          assert.deepEqual(
            fs.readdirSync(join(folder, '.snapstage', 'stage')).filter((name) => !name.endsWith('.tmp')).length,
            Object.keys(is).length,
          );
          await engine.dispose();
          ended ||= done;
        }
      }
      assert.ok(ended);
    });
  }
});
