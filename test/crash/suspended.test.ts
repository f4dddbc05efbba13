/** A computer that sleeps in the middle of its work, while another goes on with the store on their shared disk. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Work } from '../../src/base/work.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { compact } from '../../src/store/compact.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { Store } from '../../src/store/store.ts';
import { FaultyFiles, type Operation } from '../support/faultyFiles.ts';
import { FakeMachine } from '../store/hosts.ts';
import { rejected } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';
import { checkSound, makeState, states, tempFolder, type State } from './scene.ts';

/** Another computer waits until it takes all others for gone, and compacts. */
function goOnElsewhere(folder: string): void {
  const machine = new FakeMachine('elsewhere');
  const store = new Store(new DiskFiles(join(folder, '.snapstage')), machine.host(1));
  using session = store.begin('write');
  store.sessions.others(session.name);
  machine.pass(61_000);
  assert.deepEqual(store.sessions.others(session.name), []);
  compact(store, session, new Work());
  store.close();
}

describe('a computer that sleeps in the middle of its work', () => {
  let template: string;
  let folder: string;
  const taken = new Map<string, State>();

  before(async () => {
    template = tempFolder('asleep');
    const engine = openEngine({ folder: template });
    await engine.init();
    for (const state of states) {
      makeState(template, state);
      taken.set((await engine.take({})).id, state);
    }
    // What is in the folder now is in no snapshot any more, but still in the store: a take would rely on it.
    const last = [...taken.keys()].at(-1)!;
    await engine.delete([last]);
    taken.delete(last);
    await engine.dispose();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  after(() => fs.rmSync(template, { recursive: true, force: true }));

  const calls: Readonly<Record<string, (engine: EngineApi) => Promise<unknown>>> = {
    take: async (engine) => taken.set((await engine.take({ name: 'slept' })).id, states[2]!),
    compact: (engine) => engine.compact(),
  };

  for (const [name, call] of Object.entries(calls)) {
    it(`changes nothing by its ${name} once the other has gone on without it`, async () => {
      let [refused, done] = [0, 0];
      for (let at = 1, ended = false; !ended; at++) {
        folder = tempFolder('asleep-run');
        fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        let count = 0;
        const before = (_: Operation): void => {
          count += 1;
          if (count === at && fs.readdirSync(join(folder, '.snapstage/sessions')).length > 0) goOnElsewhere(folder);
        };
        const engine = openEngine({ folder, files: new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), before) });
        const kept = new Map(taken);
        try {
          await call(engine);
          done += 1;
        } catch (error) {
          assert.equal((error as { code: string }).code, 'busy', `asleep at ${at}: ${String(error)}`);
          refused += 1;
        }
        ended = count < at;
        const expected = new Map(taken);
        for (const id of taken.keys()) if (!kept.has(id)) taken.delete(id);
        await engine.dispose();
        makeState(folder, states[0]!); // nothing to heal from
        await checkSound(folder, expected, states);
        fs.rmSync(folder, { recursive: true });
      }
      assert.ok(refused > 10 && done > 1, `${refused} refused, ${done} done`);
    });
  }

  it('changes nothing in the folder by its restore once the other has gone on without it', async () => {
    folder = tempFolder('asleep-run');
    fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const mine = readManifest(folder);
    let hasSlept = false;
    const before = (_: Operation): void => {
      if (hasSlept || !fs.existsSync(join(folder, '.snapstage/journal/restore'))) return;
      hasSlept = true;
      goOnElsewhere(folder);
    };
    const engine = openEngine({ folder, files: new FaultyFiles(new DiskFiles(join(folder, '.snapstage')), before) });
    await rejected(engine.restore({ state: [...taken.keys()][0]! }), 'busy');
    await engine.dispose();
    assert.ok(hasSlept);
    assert.deepEqual(manifestDifferences(mine, readManifest(folder)), []);
    const awake = openEngine({ folder });
    assert.notEqual((await awake.status({ changes: false })).interrupted, null);
    await awake.recover('undo');
    assert.deepEqual(manifestDifferences(mine, readManifest(folder)), []);
    await awake.dispose();
  });
});
