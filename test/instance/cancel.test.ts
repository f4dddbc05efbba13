/** Long calls stopped at many moments: nothing is left behind, or what was begun can be finished or undone. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SnapstageError } from '../../src/base/errors.ts';
import type { CallOptions, Progress } from '../../src/base/progress.ts';
import { startEngineWorker } from '../../src/engine/client.ts';
import { readFiles, rejected, seededBytes, storeFiles, Workbench, writeFiles } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';

const bench = new Workbench();

function manyFiles(seed: number): Record<string, Buffer> {
  const files: Record<string, Buffer> = { 'large.bin': largeFile(seed) };
  for (let i = 0; i < 400; i++) files[`f${i % 110}/n${i}`] = seededBytes(seed * 1000 + i, 200 + i * 10);
  return files;
}

/** Large enough that threads are started for it. */
function largeFile(seed: number): Buffer {
  const piece = seededBytes(seed, 4_000_000);
  return Buffer.concat(Array.from({ length: 9 }, (_, i) => Buffer.concat([Buffer.from(`part ${i}`), piece])));
}

/** A call that another thread answers may be done before it hears of its cancellation; not time after time. */
async function untilCancelled(call: (options: CallOptions) => Promise<unknown>): Promise<void> {
  const isCancelled = async (): Promise<boolean> => {
    const abort = new AbortController();
    const asked = call({ signal: abort.signal });
    abort.abort();
    try {
      await asked;
      return false;
    } catch (error) {
      assert.ok(error instanceof SnapstageError && error.code === 'cancelled', String(error));
      return true;
    }
  };
  for (let attempt = 0; attempt < 50; attempt++) if (await isCancelled()) return;
  assert.fail('The call is never cancelled.');
}

/** Calls until it is not cancelled any more: at the beginning of each part of the work, and after some milliseconds. */
async function cancelEverywhere(
  call: (options: CallOptions) => Promise<unknown>,
  check: (moment: string) => Promise<void>,
): Promise<number> {
  let cancelled = 0;
  const attempt = async (moment: string, options: CallOptions): Promise<boolean> => {
    try {
      await call(options);
      return true;
    } catch (error) {
      assert.ok(error instanceof SnapstageError && error.code === 'cancelled', `${moment}: ${String(error)}`);
      cancelled += 1;
      await check(moment);
      return false;
    }
  };
  for (let turn = 1; ; turn++) {
    const atPart = new AbortController();
    let parts = 0;
    let last: Progress | undefined;
    const onProgress = (progress: Progress): void => {
      if (progress.phase !== last?.phase && ++parts === turn) atPart.abort();
      last = progress;
    };
    if (await attempt(`at part ${turn}`, { signal: atPart.signal, onProgress })) return cancelled;
    // Later ones would be done by then.
    if (turn > 4) continue;
    const delay = turn * turn;
    const later = new AbortController();
    const timer = setTimeout(() => later.abort(), delay);
    const isDone = await attempt(`after ${delay} ms`, { signal: later.signal });
    clearTimeout(timer);
    if (isDone) return cancelled;
  }
}

describe('instance: cancellation', () => {
  afterEach(() => bench.clear());

  it('of an export leaves no file, of an import or a copy nothing in the store', async () => {
    const { engine } = await bench.instance(manyFiles(3));
    await engine.take({});
    const { folder: to, engine: other } = await bench.instance({ own: 'own' });
    const out = bench.folder();
    const before = storeFiles(to);
    const nothing = async (moment: string): Promise<void> => {
      assert.deepEqual(storeFiles(to), before, moment);
      assert.deepEqual((await other.list()).length, 0, moment);
    };
    const noFile = async (moment: string): Promise<void> => assert.deepEqual(fs.readdirSync(out), [], moment);
    const counts = [
      await cancelEverywhere(
        (options) => engine.exportSnapshot({ state: 'latest', to: path.join(out, 'tar'), format: 'tar' }, options),
        noFile,
      ),
    ];
    fs.rmSync(path.join(out, 'tar'));
    const file = path.join(out, 'file');
    counts.push(
      await cancelEverywhere((options) => engine.exportSnapshot({ state: 'latest', to: file, format: 'bundle' }, options), noFile),
    );
    counts.push(await cancelEverywhere((options) => engine.copySnapshot({ state: 'latest', to }, options), nothing));
    const { id } = (await other.list())[0]!;
    await other.delete([id]);
    for (const pack of fs.readdirSync(path.join(to, '.snapstage/packs'))) fs.rmSync(path.join(to, '.snapstage/packs', pack));
    counts.push(await cancelEverywhere((options) => other.importSnapshot({ from: file }, options), nothing));
    assert.ok(
      counts.every((count) => count >= 2),
      `cancelled only ${counts.join()} times`,
    );
    assert.deepEqual((await other.verify({ readData: true })).damage, []);
  });

  it('of an import in the editor’s thread leaves nothing, and one that is let through is done', async () => {
    const { engine } = await bench.instance({ large: seededBytes(4, 80_000_000) });
    await engine.take({ name: 'sent' });
    const file = bench.place();
    const { folder } = await bench.instance({ own: 'own' });
    const worker = startEngineWorker({ folder });
    const exporter = startEngineWorker({ folder: (await engine.status({})).folder });
    try {
      await exporter.exportSnapshot({ state: 'sent', to: file, format: 'bundle' });
      const before = storeFiles(folder);
      const cancel = new AbortController();
      const onProgress = ({ bytes }: Progress): void => void (bytes > 0 && cancel.abort());
      await rejected(worker.importSnapshot({ from: file }, { signal: cancel.signal, onProgress }), 'cancelled');
      assert.deepEqual(storeFiles(folder), before);
      assert.equal((await worker.importSnapshot({ from: file })).outcome, 'imported');
    } finally {
      await worker.dispose();
      await exporter.dispose();
    }
  });

  it('of a take leaves nothing in the store', async () => {
    const { folder, engine } = await bench.instance(manyFiles(1));
    await engine.take({ name: 'before' });
    writeFiles(folder, manyFiles(2));
    const before = storeFiles(folder);
    const content = readManifest(folder);
    const cancelled = await cancelEverywhere(
      (options) => engine.take({ name: 'after' }, options),
      async (moment) => assert.deepEqual(storeFiles(folder), before, moment),
    );
    assert.ok(cancelled >= 3, `cancelled only ${cancelled} times`);
    assert.deepEqual(
      (await engine.list()).map((one) => one.name),
      ['after', 'before'],
    );
    assert.deepEqual(manifestDifferences(content, readManifest(folder)), []);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    const to = bench.place();
    await engine.restore({ state: 'after', to });
    assert.deepEqual(manifestDifferences(content, readManifest(to), { anyTime: (at) => at === '' }), []);
  });

  it('before it began does nothing at all', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    const before = storeFiles(folder);
    await rejected(engine.take({}, { signal: AbortSignal.abort() }), 'cancelled');
    await rejected(
      engine.status({}, { signal: AbortSignal.abort() }).then(() => engine.take({}, { signal: AbortSignal.abort() })),
      'cancelled',
    );
    assert.deepEqual(storeFiles(folder), before);
  });

  for (const how of ['finish', 'undo'] as const) {
    it(`of a restore can be followed by “${how}”, at once and in the same process`, async () => {
      const { folder, engine } = await bench.instance(manyFiles(1));
      await engine.take({ name: 'target' });
      const wanted = readManifest(folder);
      writeFiles(folder, { ...manyFiles(2), 'extra/x': 'x' });
      fs.rmSync(path.join(folder, 'f3'), { recursive: true });
      const changed = readManifest(folder);
      let recovered = 0;
      await cancelEverywhere(
        (options) => engine.restore({ state: 'target' }, options),
        async (moment) => {
          const { interrupted } = await engine.status({ changes: false });
          if (interrupted === null) {
            assert.deepEqual(manifestDifferences(changed, readManifest(folder)), [], moment);
            return;
          }
          recovered += 1;
          await rejected(engine.restore({ state: 'target' }), 'refused');
          const outcome = await engine.recover(how);
          assert.deepEqual(outcome.problems, [], moment);
          const expected = how === 'finish' ? wanted : changed;
          assert.deepEqual(manifestDifferences(expected, readManifest(folder)), [], moment);
          assert.equal((await engine.status({ changes: false })).interrupted, null);
          if (how === 'undo') return;
          await engine.undo();
          const safety = (await engine.list()).find((one) => one.reason === 'before restore')!;
          await engine.restore({ state: safety.id });
          assert.deepEqual(manifestDifferences(changed, readManifest(folder)), [], moment);
        },
      );
      assert.ok(recovered > 0, 'no restore had changed anything');
      assert.deepEqual(manifestDifferences(wanted, readManifest(folder)), []);
      assert.deepEqual(
        storeFiles(folder).filter((name) => /^journal.(staging|restore)/.test(name)),
        [],
      );
      assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    });
  }

  it('of a restore into a new folder, or of a clone, leaves nothing there', async () => {
    const { engine } = await bench.instance(manyFiles(1));
    await engine.take({ name: 'target' });
    for (const start of [
      (to: string, options: CallOptions) => engine.restore({ state: 'target', to }, options),
      (to: string, options: CallOptions) => engine.clone({ state: 'target', to }, options),
    ]) {
      const to = bench.place();
      const cancelled = await cancelEverywhere(
        (options) => start(to, options),
        async (moment) => assert.deepEqual(fs.readdirSync(path.dirname(to)), [], moment),
      );
      assert.ok(cancelled >= 2);
      assert.deepEqual(fs.readdirSync(path.dirname(to)), ['place']);
      assert.equal(Object.keys(readFiles(to)).length, 511);
    }
  });

  it('of a deletion that has begun keeps the rest', async () => {
    const { folder, engine } = await bench.instance({ a: '0' });
    const ids: string[] = [];
    for (const version of ['1', '2', '3']) {
      writeFiles(folder, { a: version });
      ids.unshift((await engine.take({})).id);
    }
    const stop = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      // As it comes to a thread that works: in a turn of its own.
      if (progress.phase === 'delete') setImmediate(() => stop.abort());
    };
    await assert.rejects(engine.delete(ids, { signal: stop.signal, onProgress }), { code: 'cancelled' });
    assert.deepEqual(seen.at(-1), { phase: 'delete', files: 0, totalFiles: 3, bytes: 0 });
    const left = (await engine.list()).map(({ id }) => id);
    assert.deepEqual(left, ids);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('of compaction and verification harms nothing', async () => {
    const { folder, engine } = await bench.instance(manyFiles(1));
    await engine.take({ name: 'a' });
    writeFiles(folder, manyFiles(2));
    await engine.take({ name: 'b' });
    await engine.delete([(await engine.show('a')).id]);
    const sound = async (): Promise<void> => assert.deepEqual((await engine.verify({})).damage, []);
    await cancelEverywhere((options) => engine.verify({ readData: true }, options), sound);
    await cancelEverywhere((options) => engine.compact(options), sound);
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    const read = Buffer.from(await engine.read({ state: 'b', path: 'large.bin' }));
    assert.ok(read.equals(largeFile(2)));
  });

  it('reaches an engine in its own thread, which goes on working', async () => {
    const { folder } = await bench.instance(manyFiles(1));
    const engine = startEngineWorker({ folder });
    try {
      const before = storeFiles(folder);
      const stop = new AbortController();
      await rejected(engine.take({}, { signal: stop.signal, onProgress: () => stop.abort() }), 'cancelled');
      assert.deepEqual(storeFiles(folder), before);
      const calls = [
        (options: CallOptions) => engine.storage(options),
        (options: CallOptions) => engine.compact(options),
        (options: CallOptions) => engine.storedFolder({}, options),
      ];
      for (const call of calls) {
        await untilCancelled(call);
      }
      const phases = new Set<string>();
      await engine.take({ name: 'raw \u{1f422}' }, { onProgress: (progress) => phases.add(progress.phase) });
      assert.ok(phases.has('scan') && phases.has('read'));
      fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xfe, 0xff])]), 'bytes for a name');
      await engine.take({});
      const raw = (await engine.ls({ state: 'latest', path: '' })).find((entry) => !entry.path.isWellFormed())!;
      assert.equal(raw.path, '\udcfe\udcff');
      assert.equal(Buffer.from(await engine.read({ state: 'latest', path: raw.path })).toString(), 'bytes for a name');
      const error = await rejected(engine.show('nobody'), 'not-found');
      assert.equal(error.details['state'], 'nobody');
      const [one, two] = await Promise.all([engine.list(), engine.status({})]);
      assert.equal(one.length, two.snapshots);
    } finally {
      await engine.dispose();
    }
    await rejected(engine.list(), 'bug');
  });
});
