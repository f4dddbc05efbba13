import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { encodeChecked } from '../../src/store/reservations.ts';
import { makeState, readState, sorted, states, tempFolder, type State } from './scene.ts';

type Action = 'restoreTo' | 'restoreInto' | 'clone';

const list = (at: string): string[] => (fs.existsSync(at) ? fs.readdirSync(at) : []);
const CRASH = join(import.meta.dirname, '../support/crash.ts');

describe('a process that dies while it fills another folder', () => {
  let base: string;
  let folder: string;
  let taken: string;
  const state: State = { ...states[0]!, large: 'many bytes '.repeat(3_000_000) };

  beforeEach(async () => {
    base = tempFolder('outside');
    folder = join(base, 'instance');
    fs.mkdirSync(folder);
    makeState(folder, state);
    const engine = openEngine({ folder });
    await engine.init();
    taken = (await engine.take({})).id;
    await engine.dispose();
  });
  afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

  /** Lets it work until `isTime`; false when it ended before. */
  async function killed(action: Action, isTime: (folder: string) => boolean): Promise<boolean> {
    const args = [CRASH, folder, action, 'any', 'whole', taken, join(base, 'to')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    while (child.exitCode === null && child.signalCode === null) {
      if (left().some((name) => isTime(join(base, name)))) child.kill('SIGKILL');
      await immediate();
    }
    const [code, signal] = await ended;
    assert.ok(code === 0 || signal === 'SIGKILL', errors);
    return signal === 'SIGKILL';
  }

  /** New folders, beside the place or in it. */
  const left = (): string[] => {
    const inside = list(join(base, 'to')).flatMap((name) => (name.startsWith('.snapstage-') ? [join('to', name)] : []));
    return [...fs.readdirSync(base).filter((name) => !['instance', 'to', 'again'].includes(name)), ...inside];
  };
  const records = (): string[] => fs.readdirSync(join(folder, '.snapstage/journal')).filter((name) => name !== 'done');

  const moments: readonly { when: string; action: Action; isTime: (folder: string) => boolean }[] = [
    { when: 'when the new folder is there', action: 'restoreTo', isTime: () => true },
    { when: 'when there is something in it', action: 'restoreTo', isTime: (one) => list(one).length > 3 },
    { when: 'when there is something in a new folder in it', action: 'restoreInto', isTime: (one) => list(one).length > 0 },
    { when: 'when the new folder is there', action: 'clone', isTime: () => true },
    { when: 'when it is an instance', action: 'clone', isTime: (one) => fs.existsSync(join(one, '.snapstage/format')) },
    { when: 'when that has a pack', action: 'clone', isTime: (one) => list(join(one, '.snapstage/packs')).length > 0 },
  ];
  for (const { when, action, isTime } of moments) {
    it(`by ${action}, ${when}: what it left goes with the next work, and the place can be filled`, async () => {
      const [to, again] = [join(base, 'to'), join(base, 'again')];
      const next: readonly ((engine: EngineApi) => Promise<unknown>)[] = [
        (engine) => engine.verify({}),
        (engine) => engine.take({}),
        (engine) => engine.restore({ state: taken, to: again }),
      ];
      const mine = action === 'restoreInto' ? { mine: 'there before' } : {};
      const wanted = Object.entries(state).filter(([name]) => action !== 'restoreInto' || /^(large|data)\b/.test(name));
      for (let found = 0, tries = 0; found < next.length; tries++) {
        if (action === 'restoreInto') {
          fs.mkdirSync(to);
          makeState(to, mine);
        }
        assert.ok(tries < 20, `it was too fast to be killed in ${tries - found} of ${tries} tries`);
        const isDead = await killed(action, isTime);
        if (isDead && left().length > 0) {
          const engine = openEngine({ folder });
          await next[found++]!(engine);
          assert.deepEqual([left(), records()], [[], []]);
          assert.deepEqual(fs.existsSync(to) ? readState(to) : {}, mine);
          if (action === 'clone') await engine.clone({ state: taken, to });
          else await engine.restore({ state: taken, to, paths: action === 'restoreInto' ? ['large', 'data'] : [] });
          await engine.dispose();
        }
        assert.deepEqual(readState(to), sorted({ ...mine, ...Object.fromEntries(wanted) }));
        for (const one of [to, again]) fs.rmSync(one, { recursive: true, force: true });
      }
    });
  }

  it('endangers nothing else by it: no folder of another name, in another place, or whose record is changed', async () => {
    const mark = '0123456789abcdef';
    const dead = `${'0'.repeat(32)}.4194304.1.${'0'.repeat(16)}.${'0'.repeat(16)}`;
    const [keep, elsewhere] = [join(base, 'keep'), join(base, `to.snapstage-${mark}`)];
    for (const one of [keep, elsewhere]) fs.mkdirSync(one);
    const name = `new-${mark}`;
    const file = join(folder, '.snapstage/journal', name);
    const right = { folder: elsewhere, to: join(base, 'to'), session: dead };
    const engine = openEngine({ folder });
    for (const wrong of [
      { ...right, folder: keep },
      { ...right, folder: keep, to: keep },
      { ...right, to: join(base, 'other') },
      { ...right, folder: `to.snapstage-${mark}`, to: 'to' },
    ]) {
      fs.writeFileSync(file, encodeChecked(wrong));
      await engine.take({});
      assert.deepEqual(left(), ['keep', `to.snapstage-${mark}`]);
    }
    fs.writeFileSync(file, encodeChecked(right).subarray(0, 40));
    await engine.take({});
    assert.deepEqual(left(), ['keep', `to.snapstage-${mark}`]);
    const { damage } = await engine.verify({});
    assert.deepEqual(
      damage.map(({ part, healed }) => [part, healed]),
      [[`journal/${name}`, false]],
    );
    assert.match(damage[0]!.problem, new RegExp(`snapstage-${mark}`));
    assert.deepEqual((await engine.verify({})).damage, []);
    await engine.dispose();
  });
});
