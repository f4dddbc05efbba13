/** Snapshots that are taken by themselves: of what is new, one at a time. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import type { EngineApi } from '../../src/engine/api.ts';
import { SnapshotFiles } from '../../src/store/snapshots.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { encodeChecked } from '../../src/store/reservations.ts';
import { Store } from '../../src/store/store.ts';
import { rejected, storeFiles, Workbench, writeFiles } from '../support/folders.ts';

const CRASH = path.join(import.meta.dirname, '../support/crash.ts');
const bench = new Workbench();
const scheduled = { reason: 'scheduled' };

type Step = { readonly [K in 'write' | 'text' | 'remove' | 'touch']?: string } & { readonly restore?: number };

/** What a person, or another program, does in the folder. */
async function play(engine: EngineApi, folder: string, { write, text = '', remove, touch, restore }: Step): Promise<void> {
  if (write !== undefined) writeFiles(folder, { [write]: text });
  if (remove !== undefined) fs.rmSync(path.join(folder, remove), { recursive: true, force: true });
  if (touch !== undefined && fs.existsSync(path.join(folder, touch))) fs.utimesSync(path.join(folder, touch), new Date(), new Date(0));
  const snapshots = await engine.list();
  if (restore !== undefined) await engine.restore({ state: snapshots[restore % snapshots.length]!.id });
}

describe('instance: automatic snapshots', () => {
  afterEach(() => bench.clear());

  it('say their occasion and what was in use, and are like any other in what they hold', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', 'b/c': 'c' });
    const first = await engine.takeAutomatic({ reason: 'before debugging main', inUse: [{ path: 'a', reason: 'unsaved' }] });
    assert.ok(first);
    assert.deepEqual([first.kind, first.reason, first.name, first.files], ['automatic', 'before debugging main', null, 2]);
    assert.deepEqual([first.consistency, first.evidence], ['crash-consistent', [{ path: 'a', reason: 'unsaved' }]]);
    writeFiles(folder, { a: 'changed' });
    const second = await engine.takeAutomatic(scheduled);
    assert.ok(second);
    assert.deepEqual([second.consistency, second.evidence], ['consistent', []]);
    assert.equal(Buffer.from(await engine.read({ state: first.id, path: 'a' })).toString(), 'a');
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('are not taken where nothing is new: nothing changed, only times did, or the folder is as some snapshot has it', async () => {
    const { folder, engine } = await bench.instance({ a: '1', 'b/c': 'c' });
    const one = await engine.take({ name: 'one' });
    assert.equal(await engine.takeAutomatic(scheduled), null);
    const later = new Date(Date.now() - 1000);
    for (const name of ['a', 'b', 'b/c']) fs.utimesSync(path.join(folder, name), later, later);
    writeFiles(folder, { 'b/gone': '' });
    fs.rmSync(path.join(folder, 'b/gone'));
    assert.equal(await engine.takeAutomatic(scheduled), null);
    writeFiles(folder, { a: '2' });
    assert.ok(await engine.takeAutomatic(scheduled));
    assert.equal(await engine.takeAutomatic(scheduled), null);
    await engine.restore({ state: one.id });
    const restored = await engine.list();
    assert.equal(await engine.takeAutomatic(scheduled), null, 'it is as in “one” again');
    assert.deepEqual(await engine.list(), restored);
    fs.chmodSync(path.join(folder, 'a'), 0o600);
    assert.ok(await engine.takeAutomatic(scheduled), 'permissions are a change');
  });

  it('are taken exactly where a person would see a change, through any history', async () => {
    const step = fc.oneof(
      fc.record({ write: fc.constantFrom('a', 'b', 'c/d'), text: fc.constantFrom('1', '2', '') }),
      fc.record({ remove: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ touch: fc.constantFrom('a', 'b', 'c/d', 'c') }),
      fc.record({ restore: fc.nat(5) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
        const { folder, engine } = await bench.instance({ a: '1', 'c/d': 'd' });
        await engine.take({});
        for (const steps of rounds) {
          for (const one of steps) await play(engine, folder, one);
          const before = await engine.list();
          const all = await Promise.all(before.map(async ({ id }) => await engine.diff({ a: id })));
          const isSame = all.map((diff) => Object.values(diff).every((list: readonly unknown[]) => list.length === 0));
          const taken = await engine.takeAutomatic(scheduled);
          if (isSame[0] === true) assert.equal(taken, null, 'the newest is the same');
          if (!isSame.includes(true)) assert.ok(taken, 'no snapshot is the same');
          assert.equal(await engine.takeAutomatic(scheduled), null, 'nothing is new any more');
          assert.deepEqual(
            (await engine.list()).map(({ id }) => id),
            [...(taken ? [taken] : []), ...before].map(({ id }) => id),
          );
        }
        await bench.clear();
      }),
      { numRuns: 20 },
    );
  });

  it('what was looked at for nothing leaves only a cache behind', async () => {
    const { engine, folder } = await bench.instance({ a: '1' });
    await engine.take({});
    const before = storeFiles(folder).filter((name) => !name.startsWith('automatic/'));
    assert.equal(await engine.takeAutomatic(scheduled), null);
    assert.deepEqual(
      storeFiles(folder).filter((name) => !name.startsWith('automatic/')),
      before,
    );
  });

  it('are taken once, however many ask at the same time', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    await engine.take({});
    const other = bench.engine(folder);
    for (const a of ['2', '3', '4']) {
      writeFiles(folder, { a });
      const taken = await Promise.all([engine, other, engine, other].map((one) => one.takeAutomatic(scheduled)));
      assert.equal(taken.filter((one) => one !== null).length, 1);
    }
    assert.equal((await engine.list()).length, 4);
  });

  it('are not taken while another window takes one, and again once that has ended, also by a crash', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    const store = new Store(new DiskFiles(path.join(folder, '.snapstage')), nodeHost());
    const session = store.begin('write');
    const lock = store.automatic.acquire(session);
    assert.equal(await engine.takeAutomatic(scheduled), null);
    lock[Symbol.dispose]();
    session[Symbol.dispose]();
    assert.ok(await engine.takeAutomatic(scheduled));
  });

  it('killed at any operation, one is there or not, and the next is taken', async () => {
    const template = await bench.instance({ a: '1', large: 'x'.repeat(300_000) });
    await template.engine.take({});
    writeFiles(template.folder, { a: '2', b: 'b' });
    const copy = (): string => {
      const folder = bench.place();
      fs.cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
      return folder;
    };
    const run = (folder: string, at: number): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [CRASH, folder, 'takeAutomatic', String(at), 'whole', 'idle'], { encoding: 'utf8' });
    const steps = Number(run(copy(), 0).stdout);
    assert.ok(steps > 10);
    for (let at = 1; at <= steps; at += Math.ceil(steps / 20)) {
      const folder = copy();
      assert.equal(run(folder, at).signal, 'SIGKILL');
      const engine = bench.engine(folder);
      const there = (await engine.list()).length;
      assert.equal(await engine.takeAutomatic(scheduled).then((one) => one !== null), there === 1, `killed at ${at}`);
      assert.equal((await engine.list()).length, 2);
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    }
  });

  it('are not taken of a folder that is half restored', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    const { id } = await engine.take({});
    writeFiles(folder, { a: '2' });
    const intent = { target: id, safety: id, paths: [], keepBoth: false, deleteAbsent: false, at: new Date().toISOString(), session: 'x' };
    fs.writeFileSync(path.join(folder, '.snapstage/journal/restore'), encodeChecked(intent));
    assert.equal(await engine.takeAutomatic(scheduled), null);
    fs.rmSync(path.join(folder, '.snapstage/journal/restore'));
    assert.ok(await engine.takeAutomatic(scheduled));
  });

  it('make no instance of a folder, and end when they are cancelled', async () => {
    const folder = bench.folder();
    await rejected(bench.engine(folder).takeAutomatic(scheduled), 'not-found');
    assert.deepEqual(fs.readdirSync(folder), []);
    const { engine } = await bench.instance({ a: '1' });
    await rejected(engine.takeAutomatic(scheduled, { signal: AbortSignal.abort() }), 'cancelled');
    assert.deepEqual(await engine.list(), []);
    assert.ok(await engine.takeAutomatic(scheduled), 'nobody is in the way');
  });

  it('leave the last of the disk alone', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    await engine.take({});
    const files = new SnapshotFiles(new DiskFiles(path.join(folder, '.snapstage')));
    const [first] = files.list().snapshots;
    // As if the last one had taken more than any disk has.
    const sequence = first!.record.sequence + 1;
    files.add({ ...first!.record, nonce: 'ff', sequence, addedBytes: 1e15 }, { name: null, description: null, pinned: false });
    writeFiles(folder, { a: '2' });
    assert.match(
      (await rejected(engine.takeAutomatic(scheduled), 'no-space')).message,
      /^Only .* are free on the disk, too little for automatic/,
    );
    assert.ok(await engine.take({}), 'a person may');
  });
});
