import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openEngine } from '../../src/engine/engine.ts';
import { checkSound, makeState, midSize, random, readState, snapshotState, sorted, states, tempFolder, type State } from './scene.ts';
import { command } from '../support/command.ts';

const project = join(import.meta.dirname, '../..');
const CRASH = join(project, 'test/support/crash.ts');

const KILLER = join(project, 'test/support/killer.ts');

/** Random moments to be killed at. More of them take half a second each. */
const KILLS = Number(process.env['SNAPSTAGE_KILLS'] ?? 240);

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly errors: string;
}

const children = new Set<ChildProcess>();

/** Runs a program of ours in a process of its own, to its end. */
async function run(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--max-old-space-size=1024', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: project,
  });
  children.add(child);
  let [out, errors] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  children.delete(child);
  return { code, signal, out, errors };
}

describe('processes', () => {
  const made: string[] = [];

  function temp(name: string): string {
    const folder = tempFolder(name);
    made.push(folder);
    return folder;
  }

  function copyOf(template: string): string {
    const folder = temp('copy');
    fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return folder;
  }

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  });

  async function instance(
    all: readonly State[],
    folder = temp('processes'),
  ): Promise<{ folder: string; taken: Map<string, State>; ids: string[] }> {
    const engine = openEngine({ folder });
    await engine.init();
    const taken = new Map<string, State>();
    for (const state of all) {
      makeState(folder, state);
      taken.set((await engine.take({})).id, state);
    }
    await engine.dispose();
    return { folder, taken, ids: [...taken.keys()] };
  }

  for (const action of ['take', 'restore', 'delete', 'compact'] as const) {
    it(`that die in ${action}, at some of its store operations: nothing is lost, no garbage stays`, async () => {
      const { folder, taken, ids } = await instance(states.slice(0, 2));
      const argument = ids[0]!;
      if (action === 'compact') {
        const engine = openEngine({ folder });
        await engine.delete([argument]);
        await engine.dispose();
      }
      makeState(folder, states[2]!);
      const whole = await run(CRASH, [copyOf(folder), action, '0', 'whole', argument]);
      assert.equal(whole.code, 0, whole.errors);
      const operations = Number(whole.out);
      const next = random(action.length);
      for (let i = 0; i < 8; i++) {
        const copy = copyOf(folder);
        const at = 1 + Math.floor(next() * operations);
        const ended = await run(CRASH, [copy, action, String(at), i % 2 === 0 ? 'whole' : 'torn', argument]);
        assert.equal(ended.signal, 'SIGKILL', `operation ${at} of ${operations}: ${ended.errors}`);
        const kept = new Map([...taken].filter(([id]) => id !== argument || action === 'take' || action === 'restore'));
        await checkSound(copy, kept, states);
      }
    });
  }

  it(`killed at ${KILLS} random moments of take, restore, delete and compact: nothing is lost, an interrupted restore is finished or undone`, async function () {
    this.timeout(600_000);
    const lanes = await Promise.all([1, 2].map((seed) => run(KILLER, [String(seed), String(Math.ceil(KILLS / 2))])));
    const counts = lanes.map(({ code, out, errors }) => {
      assert.equal(code, 0, errors);
      return JSON.parse(out) as { killed: number; interrupted: number };
    });
    assert.ok(counts.reduce((sum, { killed }) => sum + killed, 0) >= KILLS);
    assert.ok(
      counts.some(({ interrupted }) => interrupted > 0),
      'no restore was interrupted',
    );
  });

  /** A command ended well, or was refused for a reason that it names. */
  function isGoodEnd({ code, signal, errors }: Ended): boolean {
    return signal === null && (code === 0 || (code === 3 && /^snapstage: /m.test(errors) && !/mistake in Snapstage/.test(errors)));
  }

  async function together(name: string, folder: string, commands: readonly (readonly string[])[]): Promise<readonly Ended[]> {
    const next = random(name.length);
    const ended = await Promise.all(commands.map((args) => wait(next() * 30).then(() => run(command, [...args, '-C', folder]))));
    for (const one of ended) assert.ok(isGoodEnd(one), `${name}: exit ${one.code} ${one.signal} ${one.errors}`);
    return ended;
  }

  it('two takes at once: both are there', async () => {
    const { folder, taken } = await instance([states[0]!]);
    for (let i = 0; i < 5; i++) {
      const state = { ...states[i % 3]!, round: randomBytes(40_000).toString('hex') };
      makeState(folder, state);
      const names = [`left ${i}`, `right ${i}`];
      await together(
        'takes',
        folder,
        names.map((name) => ['take', '--name', name]),
      );
      const engine = openEngine({ folder });
      for (const name of names) assert.deepEqual(await snapshotState(engine, name), sorted(state));
      for (const { id, name } of await engine.list()) if (names.includes(name ?? '')) taken.set(id, state);
      await engine.dispose();
    }
    await checkSound(folder, taken, states);
  });

  it('takes against compactions: what was taken is there', async () => {
    const { folder, taken, ids } = await instance(states);
    for (let i = 0; i < 5; i++) {
      const engine = openEngine({ folder });
      const [oldest] = [...taken.keys()].filter((id) => ids.includes(id) || i > 2);
      if (oldest !== undefined && taken.size > 1) {
        taken.delete(oldest);
        await engine.delete([oldest]);
      }
      // What only the deleted snapshot had is needed again, just when it is on its way out.
      const state = { ...states[i % 3]!, again: 'x'.repeat(i) };
      makeState(folder, state);
      await together('take and compact', folder, [['take', '--name', `t${i}`], ['compact'], ['compact']]);
      const found = (await engine.list()).find(({ name }) => name === `t${i}`);
      assert.ok(found !== undefined);
      taken.set(found.id, state);
      for (const [id, wanted] of taken) assert.deepEqual(await snapshotState(engine, id), sorted(wanted));
      await engine.dispose();
    }
    await checkSound(folder, taken, []);
  });

  it('takes against restores: the folder is as restored', async () => {
    const { folder, taken, ids } = await instance(states);
    for (let i = 0; i < 5; i++) {
      await together('take and restore', folder, [['take'], ['restore', ids[i % 3]!, '--yes']]);
      assert.deepEqual(readState(folder), sorted(states[i % 3]!));
    }
    const engine = openEngine({ folder });
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    for (const [id, wanted] of taken) assert.deepEqual(await snapshotState(engine, id), sorted(wanted));
    await engine.dispose();
  });

  it('two restores at once: one of both, or refused; never a mixture of contents', async () => {
    const [one, two] = [midSize(1), midSize(2)];
    const { folder, ids } = await instance([one, two, states[2]!]);
    const contents = new Map<string, Set<string>>();
    for (const state of [one, two, states[2]!])
      for (const [path, content] of Object.entries(state)) contents.set(path, (contents.get(path) ?? new Set()).add(content));
    for (let i = 0; i < 5; i++) {
      const ended = await Promise.all([0, 1].map((n) => run(command, ['restore', ids[n]!, '--yes', '-C', folder])));
      for (const end of ended)
        assert.ok(
          end.signal === null && end.code !== null && [0, 1, 3].includes(end.code) && !/mistake in Snapstage/.test(end.errors),
          `${end.code} ${end.errors}`,
        );
      for (const [path, content] of Object.entries(readState(folder)))
        assert.ok(contents.get(path)?.has(content), `wrong content in ${path}: ${content.length} bytes, ${content.slice(0, 40)}`);
      const engine = openEngine({ folder });
      assert.equal((await engine.status({ changes: false })).interrupted, null);
      await engine.restore({ state: ids[2]! });
      assert.deepEqual(readState(folder), sorted(states[2]!));
      await engine.dispose();
    }
  });
});
