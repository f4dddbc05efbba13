/**
 * Kills processes at random moments of their work on an instance, and looks each time whether anything was lost:
 * `seed kills`. Tells the counts as JSON; ends with an error at the first loss.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../src/engine/engine.ts';
import { garbageOf, isEqual, makeState, midSize, random, readState, tempFolder, type State } from '../crash/scene.ts';

const CRASH = join(import.meta.dirname, 'crash.ts');
const ACTIONS = ['take', 'restore', 'restoreCarefully', 'delete', 'compact'] as const;
type Action = (typeof ACTIONS)[number];

const [seed, kills] = process.argv.slice(2).map(Number) as [number, number];
const next = random(seed);
const base = tempFolder('killer');
const [one, two, now] = [1, 2, 3].map((n) => midSize(seed * 10 + n, 60)) as [State, State, State];
const counts = { killed: 0, interrupted: 0 };

/** Works on a copy of the instance; returns whether it was killed, after `lifetime` milliseconds, and how long it worked. */
async function work(folder: string, action: Action, id: string, lifetime?: number): Promise<{ killed: boolean; lasted: number }> {
  const child = spawn(process.execPath, [CRASH, folder, action, 'any', 'whole', id], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), ended]);
  const began = performance.now();
  const timer = lifetime === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), lifetime);
  const [code, signal] = await ended;
  clearTimeout(timer);
  assert.ok(signal === 'SIGKILL' || code === 0, `${action} ended with ${code} ${signal}: ${errors}`);
  return { killed: signal === 'SIGKILL', lasted: performance.now() - began };
}

function copyOf(template: string): string {
  const folder = fs.mkdtempSync(join(base, 'copy-'));
  fs.cpSync(template, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return folder;
}

/** Two snapshots, and something else in the folder. */
async function makeInstance(): Promise<{ folder: string; ids: readonly [string, string] }> {
  const folder = fs.mkdtempSync(join(base, 'instance-'));
  const engine = openEngine({ folder });
  await engine.init();
  const ids: string[] = [];
  for (const state of [one, two]) {
    makeState(folder, state);
    ids.push((await engine.take({})).id);
  }
  await engine.dispose();
  makeState(folder, now);
  return { folder, ids: ids as unknown as readonly [string, string] };
}

/** The folder is as before or as restored, or that can be had; the store is sound; what must be there restores. */
async function check(folder: string, kept: ReadonlyMap<string, State>, how: 'finish' | 'undo'): Promise<void> {
  const engine = openEngine({ folder });
  const { interrupted } = await engine.status({ changes: false });
  if (interrupted !== null) {
    counts.interrupted += 1;
    await engine.recover(how);
    assert.ok(isEqual(readState(folder), how === 'finish' ? one : now), `“${how}” leads elsewhere`);
  } else
    assert.ok(
      [one, now].some((state) => isEqual(readState(folder), state)),
      'half restored, and not shown',
    );
  assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  await engine.compact();
  assert.deepEqual((await engine.verify({ readData: true })).damage, [], 'after compaction');
  assert.deepEqual(garbageOf(folder), []);
  const listed = new Set((await engine.list()).map(({ id }) => id));
  for (const [id, state] of kept) {
    assert.ok(listed.has(id), `snapshot ${id} is gone`);
    const to = fs.mkdtempSync(join(base, 'beside-'));
    await engine.restore({ state: id, to });
    assert.ok(isEqual(readState(to), state), `snapshot ${id} restores otherwise`);
    fs.rmSync(to, { recursive: true });
  }
  await engine.dispose();
}

/** Kills the action until it died `share` times, at moments spread over the time that it takes. */
async function killAll(action: Action, template: string, ids: readonly [string, string], share: number): Promise<void> {
  const isKept = action === 'take' || action.startsWith('restore');
  const kept = new Map(isKept ? [[ids[0], one] as const, [ids[1], two] as const] : [[ids[1], two] as const]);
  let lasts = (await work(copyOf(template), action, ids[0])).lasted;
  for (let dead = 0, tries = 0; dead < share; tries++) {
    assert.ok(tries < 4 * share, `${action}: only ${dead} of ${tries} were killed in time`);
    const folder = copyOf(template);
    const lifetime = lasts * next();
    const { killed, lasted } = await work(folder, action, ids[0], lifetime);
    if (killed) dead += 1;
    else lasts = (lasts + lasted) / 2; // the machine has become faster, or slower
    try {
      await check(folder, kept, tries % 2 === 0 ? 'finish' : 'undo');
    } catch (error) {
      throw new Error(`seed ${seed}, ${action}, try ${tries}, killed after ${lifetime} of ${lasts} ms`, { cause: error });
    }
    fs.rmSync(folder, { recursive: true });
  }
  counts.killed += share;
}

try {
  const { folder, ids } = await makeInstance();
  const thinned = copyOf(folder);
  const engine = openEngine({ folder: thinned });
  await engine.delete([ids[0]]);
  await engine.dispose();
  for (const [i, action] of ACTIONS.entries()) {
    const share = Math.floor(kills / ACTIONS.length) + (i < kills % ACTIONS.length ? 1 : 0);
    await killAll(action, action === 'compact' ? thinned : folder, ids, share);
  }
  fs.writeFileSync(1, JSON.stringify(counts));
} finally {
  fs.rmSync(base, { recursive: true, force: true });
}
