/** Restores of all kinds on small folders: what they change, what they leave, what they refuse. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { ExactTimes } from '../../src/instance/exactTimes.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { Store } from '../../src/store/store.ts';
import { decodeChecked, encodeChecked } from '../../src/store/reservations.ts';
import { readFiles, rejected, Workbench, writeFiles } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';

const bench = new Workbench();
const text = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString();

describe('instance: restore', () => {
  afterEach(() => bench.clear());

  const files = { 'a.txt': 'a1', 'sub/b.txt': 'b1', 'sub/deep/c.txt': 'c1', 'other/d.txt': 'd1', 'empty/': '' };

  describe('of parts', () => {
    it('changes one file and nothing else', async () => {
      const { folder, engine } = await bench.instance(files);
      const { id } = await engine.take({});
      writeFiles(folder, { 'a.txt': 'a2', 'sub/b.txt': 'b2', 'new.txt': 'new' });
      const others = readManifest(folder);
      const outcome = await engine.restore({ state: id, paths: ['a.txt'] });
      assert.deepEqual(
        outcome.items.map(({ path: at, action }) => [at, action]),
        [['a.txt', 'replace']],
      );
      assert.deepEqual(outcome.problems, []);
      assert.equal(fs.readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'a1');
      const differing = manifestDifferences(others, readManifest(folder), { anyTime: (at) => at === '' });
      assert.ok(
        differing.every((line) => line.startsWith('"a.txt"')),
        differing.join('\n'),
      );
      assert.equal(await text(engine.read({ state: outcome.safety!.id, path: 'a.txt' })), 'a2');
      assert.deepEqual([outcome.safety!.kind, outcome.safety!.reason], ['automatic', 'before restore']);
    });

    it('makes a folder as it was, and deletes what it did not have', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'sub/b.txt': 'b2', 'sub/new.txt': 'new', 'a.txt': 'a2' });
      fs.rmSync(path.join(folder, 'sub/deep'), { recursive: true });
      await engine.restore({ state: 'first', paths: ['sub'] });
      assert.deepEqual(readFiles(folder), { ...readFiles(folder), 'sub/b.txt': 'b1', 'sub/deep/c.txt': 'c1', 'a.txt': 'a2' });
      assert.ok(!fs.existsSync(path.join(folder, 'sub/new.txt')));
    });

    it('makes missing folders above', async () => {
      const { folder, engine } = await bench.instance(files);
      fs.chmodSync(path.join(folder, 'sub'), 0o751);
      await engine.take({ name: 'first' });
      fs.rmSync(path.join(folder, 'sub'), { recursive: true });
      await engine.restore({ state: 'first', paths: ['sub/deep/c.txt'] });
      assert.equal(fs.readFileSync(path.join(folder, 'sub/deep/c.txt'), 'utf8'), 'c1');
      assert.deepEqual(fs.readdirSync(path.join(folder, 'sub')), ['deep']);
      assert.equal(fs.statSync(path.join(folder, 'sub')).mode & 0o7777, 0o751);
    });

    it('refuses when a file is where a folder above was, and names it', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      fs.rmSync(path.join(folder, 'sub'), { recursive: true });
      fs.writeFileSync(path.join(folder, 'sub'), 'in the way');
      const error = await rejected(engine.restore({ state: 'first', paths: ['sub/deep/c.txt'] }), 'refused');
      assert.equal(error.details['path'], 'sub');
      assert.equal(fs.readFileSync(path.join(folder, 'sub'), 'utf8'), 'in the way');
    });

    it('refuses a path that the snapshot does not have, and leaves no snapshot behind', async () => {
      const { engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      const error = await rejected(engine.restore({ state: 'first', paths: ['a.txt', 'nothing/here'] }), 'not-found');
      assert.equal(error.details['path'], 'nothing/here');
      assert.equal((await engine.list()).length, 1);
    });

    for (const bad of ['../x', '/etc/passwd', 'a/../../b', 'C:\\x', 'a\0b']) {
      it(`refuses the path ${JSON.stringify(bad)}`, async () => {
        const { engine } = await bench.instance(files);
        await engine.take({ name: 'first' });
        await rejected(engine.restore({ state: 'first', paths: [bad] }), 'usage');
      });
    }

    it('of overlapping paths does everything once', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      fs.rmSync(path.join(folder, 'sub'), { recursive: true });
      const outcome = await engine.restore({ state: 'first', paths: ['sub/deep', 'sub', 'sub/deep/c.txt', './sub/'] });
      assert.deepEqual(outcome.items.map((item) => item.path).sort(), ['sub', 'sub/b.txt', 'sub/deep', 'sub/deep/c.txt']);
    });
  });

  describe('beside the original', () => {
    it('keeps what differs and writes the restored one under another name, again and again', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'new.txt': 'new' });
      fs.rmSync(path.join(folder, 'other'), { recursive: true });
      await engine.restore({ state: 'first', keepBoth: true });
      await engine.restore({ state: 'first', paths: ['a.txt'], keepBoth: true });
      assert.deepEqual(readFiles(folder), {
        ...files,
        'a.txt': 'a2',
        'a (from first).txt': 'a1',
        'a (from first 2).txt': 'a1',
        'new.txt': 'new',
        'sub/': '',
        'sub/deep/': '',
        'other/': '',
      });
    });

    for (const paths of [[], ['a.txt', 'sub']]) {
      it(`goes again by undo (${paths.length === 0 ? 'all' : paths.join(', ')})`, async () => {
        const { folder, engine } = await bench.instance(files);
        await engine.take({ name: 'first' });
        fs.rmSync(path.join(folder, 'sub'), { recursive: true });
        writeFiles(folder, { 'a.txt': 'a2', sub: 'a file' });
        const mine = readFiles(folder);
        await engine.restore({ state: 'first', paths, keepBoth: true });
        assert.equal(fs.readFileSync(path.join(folder, 'a (from first).txt'), 'utf8'), 'a1');
        await engine.undo();
        assert.deepEqual(readFiles(folder), mine);
      });
    }

    it('is finished, when it was interrupted, without a second copy', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'sub/b.txt': 'b2' });
      await engine.restore({ state: 'first', keepBoth: true });
      const wanted = readFiles(folder);
      // As if the process had been killed after it had written one of the two.
      const journal = path.join(folder, '.snapstage/journal');
      const done = decodeChecked(fs.readFileSync(path.join(journal, 'done'))) as object;
      const session = `${'0'.repeat(32)}.1.1.${'0'.repeat(16)}.${'0'.repeat(16)}`;
      fs.writeFileSync(path.join(journal, 'restore'), encodeChecked({ ...done, session }));
      fs.rmSync(path.join(folder, 'sub/b (from first).txt'));
      await engine.recover('finish');
      assert.deepEqual(readFiles(folder), wanted);
    });

    it('keeps a folder that is now where a file was', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      fs.rmSync(path.join(folder, 'a.txt'));
      writeFiles(folder, { 'a.txt/inside': 'mine' });
      await engine.restore({ state: 'first', keepBoth: true });
      assert.equal(fs.readFileSync(path.join(folder, 'a.txt/inside'), 'utf8'), 'mine');
      assert.equal(fs.readFileSync(path.join(folder, 'a (from first).txt'), 'utf8'), 'a1');
    });

    it('keeps a file that is now where a folder was', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      fs.rmSync(path.join(folder, 'sub'), { recursive: true });
      fs.writeFileSync(path.join(folder, 'sub'), 'mine');
      await engine.restore({ state: 'first', keepBoth: true });
      const found = readFiles(folder);
      assert.ok(Object.values(found).includes('mine'), JSON.stringify(found));
    });
  });

  describe('to another folder', () => {
    it('writes only the named parts', async () => {
      const { engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      const to = bench.place();
      await engine.restore({ state: 'first', paths: ['sub/deep', 'a.txt'], to });
      assert.deepEqual(readFiles(to), { 'a.txt': 'a1', 'sub/': '', 'sub/deep/': '', 'sub/deep/c.txt': 'c1' });
      assert.equal((await engine.list()).length, 1);
    });

    it('adds to what is there, and refuses to replace anything', async () => {
      const { engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      const to = bench.folder();
      writeFiles(to, { 'sub/mine.txt': 'mine' });
      await engine.restore({ state: 'first', paths: ['sub/b.txt'], to });
      const there = { 'sub/': '', 'sub/mine.txt': 'mine', 'sub/b.txt': 'b1' };
      assert.deepEqual(readFiles(to), there);
      const error = await rejected(engine.restore({ state: 'first', paths: ['sub'], to }), 'exists');
      assert.equal(error.details['path'], 'sub/b.txt');
      assert.deepEqual(readFiles(to), there);
      writeFiles(to, { other: 'a file' });
      assert.equal((await rejected(engine.restore({ state: 'first', paths: ['other/d.txt'], to }), 'exists')).details['path'], 'other');
    });

    it('leaves folders that are there as they are, and nothing when it is cancelled', async () => {
      const { folder, engine } = await bench.instance(files);
      fs.utimesSync(path.join(folder, 'sub'), 1e9, 1e9);
      await engine.take({ name: 'first' });
      const to = bench.folder();
      writeFiles(to, { 'sub/mine.txt': 'mine' });
      fs.chmodSync(path.join(to, 'sub'), 0o700);
      const cancel = new AbortController();
      const onProgress = ({ phase }: { phase: string }): void => (phase === 'write' ? cancel.abort() : undefined);
      const request = { state: 'first', paths: ['sub/b.txt', 'sub/deep'], to };
      await rejected(engine.restore(request, { signal: cancel.signal, onProgress }), 'cancelled');
      assert.deepEqual(readFiles(to), { 'sub/': '', 'sub/mine.txt': 'mine' });
      await engine.restore(request);
      assert.deepEqual(fs.readdirSync(to), ['sub']);
      const { mode, mtimeMs } = fs.statSync(path.join(to, 'sub'));
      assert.deepEqual([mode & 0o777, mtimeMs > 1e12 + 1e6], [0o700, true]);
    });

    it('of everything wants it absent or empty', async () => {
      const { engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      const to = bench.folder();
      await engine.restore({ state: 'first', to });
      assert.deepEqual(readFiles(to), { ...files, 'sub/': '', 'sub/deep/': '', 'other/': '' });
      const full = bench.folder();
      writeFiles(full, { 'unrelated.txt': 'mine' });
      await rejected(engine.restore({ state: 'first', to: full }), 'exists');
      assert.deepEqual(readFiles(full), { 'unrelated.txt': 'mine' });
      await rejected(engine.clone({ state: 'first', to: full }), 'exists');
      const file = path.join(bench.folder(), 'file');
      fs.writeFileSync(file, 'mine');
      for (const call of [engine.restore({ state: 'first', to: file }), engine.clone({ state: 'first', to: file })]) {
        await assert.rejects(call, (error: { code?: string }) => error.code === 'exists' || error.code === 'io');
      }
      assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
    });

    it('keeps names that are not valid UTF-8 out of each other’s way', async () => {
      const { folder, engine } = await bench.instance();
      const name = Buffer.from([0x61, 0xff]);
      fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'stored');
      await engine.take({ name: 'first' });
      const to = bench.folder();
      fs.writeFileSync(Buffer.concat([Buffer.from(`${to}/`), name]), 'mine');
      await rejected(engine.restore({ state: 'first', paths: [`a\udcff`], to }), 'exists');
      assert.equal(fs.readFileSync(Buffer.concat([Buffer.from(`${to}/`), name]), 'utf8'), 'mine');
      assert.equal(await text(engine.read({ state: 'current', path: `a\udcff` })), 'stored');
    });
  });

  describe('with hints of names to leave out', () => {
    it('never deletes or replaces what .snapstageignore names', async () => {
      const { folder, engine } = await bench.instance({ ...files, '.snapstageignore': 'cache/\n*.tmp\n' });
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'cache/x': 'mine', 'sub/y.tmp': 'mine too', 'sub/b.txt': 'b2' });
      const taken = await engine.take({ name: 'second' });
      assert.deepEqual(taken.excluded, [
        { path: 'cache', reason: 'named by .snapstageignore' },
        { path: 'sub/y.tmp', reason: 'named by .snapstageignore' },
      ]);
      assert.deepEqual(
        (await engine.ls({ state: 'second', path: '', recursive: true })).filter(({ path: at }) => /cache|tmp/.test(at)),
        [],
      );
      const outcome = await engine.restore({ state: 'first' });
      assert.deepEqual(outcome.problems, []);
      assert.deepEqual(
        [readFiles(folder)['cache/x'], readFiles(folder)['sub/y.tmp'], readFiles(folder)['sub/b.txt']],
        ['mine', 'mine too', 'b1'],
      );
    });

    it('saves an ignored file first when the snapshot holds another one', async () => {
      const { folder, engine } = await bench.instance({ 'x.tmp': 'old', 'cache/y': 'old y' });
      await engine.take({ name: 'first' });
      writeFiles(folder, { '.snapstageignore': '*.tmp\ncache/\n', 'x.tmp': 'precious', 'cache/y': 'precious y', 'cache/z': 'kept' });
      const outcome = await engine.restore({ state: 'first', paths: ['x.tmp', 'cache'] });
      assert.deepEqual(outcome.problems, []);
      assert.deepEqual(readFiles(folder), {
        '.snapstageignore': '*.tmp\ncache/\n',
        'x.tmp': 'old',
        'cache/': '',
        'cache/y': 'old y',
        'cache/z': 'kept',
      });
      assert.equal(await text(engine.read({ state: outcome.safety!.id, path: 'x.tmp' })), 'precious');
      assert.equal(await text(engine.read({ state: outcome.safety!.id, path: 'cache/y' })), 'precious y');
      await engine.undo();
      assert.deepEqual(readFiles(folder), {
        '.snapstageignore': '*.tmp\ncache/\n',
        'x.tmp': 'precious',
        'cache/': '',
        'cache/y': 'precious y',
        'cache/z': 'kept',
      });
    });

    it('carries out a plan that replaces an ignored file', async () => {
      const { folder, engine } = await bench.instance({ 'x.tmp': 'old', 'a.txt': 'a1' });
      await engine.take({ name: 'first' });
      writeFiles(folder, { '.snapstageignore': '*.tmp\n', 'x.tmp': 'precious', 'a.txt': 'a2' });
      const plan = await engine.planRestore({ state: 'first' });
      const outcome = await engine.executeRestore(plan);
      assert.deepEqual(outcome.items, plan.items);
      assert.deepEqual(readFiles(folder), { 'x.tmp': 'old', 'a.txt': 'a1' });
    });
  });

  describe('to a new instance', () => {
    it('lacks what the snapshot lacks, and says so', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'whole' });
      // As taken by somebody who may not read the file.
      const store = new Store(new DiskFiles(path.join(folder, '.snapstage')), nodeHost());
      using session = store.begin('write');
      const { record } = store.snapshots.list().snapshots[0]!;
      const unreadable = [{ path: 'sub/secret', reason: 'permission denied' }];
      const evidence = [{ path: 'data.db', reason: 'was being written' }];
      const labels = { name: 'partial', description: null, pinned: false };
      store.publish({ ...record, sequence: 2, unreadable, evidence }, labels);
      session.check();
      const to = bench.place();
      const { snapshot } = await engine.clone({ state: 'partial', to });
      assert.deepEqual([snapshot.name, snapshot.partial, snapshot.consistency], ['partial', true, 'crash-consistent']);
      const shown = await bench.engine(to).show('partial');
      assert.deepEqual([shown.unreadable, shown.evidence], [unreadable, evidence]);
      const kept = { ...files, 'sub/': '', 'sub/deep/': '', 'other/': '', 'sub/secret': 'made here' };
      writeFiles(to, { 'sub/secret': 'made here' });
      await bench.engine(to).restore({ state: 'partial' });
      assert.deepEqual(readFiles(to), kept);
    });

    it('has the folder’s own time, in the folder and in the snapshot', async () => {
      const { folder, engine } = await bench.instance(files);
      const times = new ExactTimes();
      times.set(folder, 1_600_000_000_123_456_789n);
      await times.close();
      const { id } = await engine.take({});
      const to = bench.place();
      await engine.clone({ state: id, to });
      const time = (at: string): bigint => fs.statSync(at, { bigint: true }).mtimeNs;
      assert.equal(time(to), time(folder));
      await bench.engine(to).restore({ state: 'latest' });
      assert.equal(time(to), time(folder));
    });
  });

  describe('interrupted', () => {
    /** An instance with a restore to `first` that ended half way: `a.txt` was restored, the rest was not. */
    async function interrupt(): Promise<{ folder: string; engine: EngineApi; before: Record<string, string> }> {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'sub/b.txt': 'b2', 'new.txt': 'new' });
      const before = readFiles(folder);
      await restoreHalf(folder, engine);
      writeFiles(folder, { 'sub/b.txt': 'b2' });
      return { folder, engine, before };
    }

    async function restoreHalf(folder: string, engine: EngineApi): Promise<void> {
      const cancel = new AbortController();
      const onProgress = (progress: { phase: string }): void => {
        if (progress.phase === 'finish' && fs.existsSync(path.join(folder, '.snapstage/journal/restore'))) cancel.abort();
      };
      await rejected(engine.restore({ state: 'first' }, { signal: cancel.signal, onProgress }), 'cancelled');
    }

    it('and finished can be undone to what was there before it', async () => {
      const { folder, engine, before } = await interrupt();
      const { interrupted } = await engine.status({});
      const outcome = await engine.recover('finish');
      assert.equal(outcome.safety!.reason, 'before recovery');
      const { undo } = await engine.status({});
      assert.deepEqual([undo?.snapshot.id, undo?.safety.id], [interrupted!.state, interrupted!.safety]);
      assert.deepEqual(readFiles(folder), { ...files, 'sub/': '', 'sub/deep/': '', 'other/': '' });
      await engine.undo();
      assert.deepEqual(readFiles(folder), before);
    });

    it('and undone leaves the restore before it the one that can be undone', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'other/d.txt': 'd2' });
      const earlier = await engine.restore({ state: 'first', paths: ['other'] });
      writeFiles(folder, { 'a.txt': 'a2' });
      const before = readFiles(folder);
      await restoreHalf(folder, engine);
      await engine.recover('undo');
      assert.deepEqual(readFiles(folder), before);
      assert.equal((await engine.status({})).undo?.safety.id, earlier.safety!.id);
      await engine.undo();
      assert.deepEqual(readFiles(folder), { ...before, 'other/d.txt': 'd2' });
    });

    it('is recovered once, however many ask for it', async () => {
      const { folder, engine, before } = await interrupt();
      const results = await Promise.allSettled([engine.recover('undo'), bench.engine(folder).recover('undo')]);
      const codes = results.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
      assert.equal(codes.length, 1, JSON.stringify(codes));
      assert.ok(['busy', 'not-found'].includes(codes[0]!), codes[0]);
      assert.deepEqual(readFiles(folder), before);
      await rejected(engine.recover('undo'), 'not-found');
    });
  });

  describe('by plan', () => {
    it('does what the plan says, and touches only what differs', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'new/x.txt': 'x' });
      fs.rmSync(path.join(folder, 'other/d.txt'));
      fs.chmodSync(path.join(folder, 'sub/deep/c.txt'), 0o755);
      const untouched = fs.lstatSync(path.join(folder, 'sub/b.txt'), { bigint: true });
      const plan = await engine.planRestore({ state: 'first' });
      const actions = Object.fromEntries(plan.items.map((item) => [item.path, item.action]));
      assert.equal(actions['a.txt'], 'replace');
      assert.deepEqual(
        [actions['new'], actions['new/x.txt'], actions['other/d.txt'], actions['sub/deep/c.txt']],
        ['delete', 'delete', 'add', 'attributes'],
      );
      assert.deepEqual([plan.counts.replace, plan.counts.delete, plan.counts.add, plan.counts.bytes], [1, 2, 1, 4]);
      const outcome = await engine.executeRestore(plan);
      assert.deepEqual(outcome.items, plan.items);
      const still = fs.lstatSync(path.join(folder, 'sub/b.txt'), { bigint: true });
      assert.deepEqual([still.ino, still.ctimeNs], [untouched.ino, untouched.ctimeNs]);
    });

    it('refuses when the folder has changed since, and changes nothing', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2' });
      const plan = await engine.planRestore({ state: 'first' });
      writeFiles(folder, { 'a.txt': 'a3' });
      const before = readManifest(folder);
      await rejected(engine.executeRestore(plan), 'stale-plan');
      assert.deepEqual(manifestDifferences(before, readManifest(folder)), []);
      assert.equal((await engine.list()).length, 1, 'a refused plan left a snapshot');
    });

    it('does nothing when nothing differs', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      const before = readManifest(folder);
      const outcome = await engine.restore({ state: 'first' });
      assert.deepEqual([outcome.items, outcome.problems], [[], []]);
      assert.deepEqual(manifestDifferences(before, readManifest(folder)), []);
    });
  });

  describe('undone', () => {
    it('puts back what the restore touched and nothing else', async () => {
      const { folder, engine } = await bench.instance({ ...files, 'sub/extra.txt': 'extra' });
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'sub/new.txt': 'new' });
      fs.rmSync(path.join(folder, 'sub/extra.txt'));
      await engine.restore({ state: 'first' });
      writeFiles(folder, { 'sub/b.txt': 'edited after', 'sub/after.txt': 'made after', 'other/d.txt': 'also after' });
      const plan = await engine.planUndo();
      const outcome = await engine.undo();
      assert.deepEqual(outcome.items, plan.items);
      assert.deepEqual(readFiles(folder), {
        ...files,
        'a.txt': 'a2',
        'sub/': '',
        'sub/b.txt': 'edited after',
        'sub/after.txt': 'made after',
        'sub/new.txt': 'new',
        'sub/deep/': '',
        'other/': '',
        'other/d.txt': 'also after',
      });
      assert.equal(outcome.safety!.reason, 'before undo');
    });

    it('twice is as before', async () => {
      const { folder, engine } = await bench.instance(files);
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2', 'n/n.txt': 'n' });
      fs.rmSync(path.join(folder, 'sub'), { recursive: true });
      const changed = readFiles(folder);
      await engine.restore({ state: 'first' });
      const restored = readFiles(folder);
      for (let i = 0; i < 2; i++) {
        await engine.undo();
        assert.deepEqual(readFiles(folder), changed);
        await engine.undo();
        assert.deepEqual(readFiles(folder), restored);
      }
    });

    it('is refused when there is nothing to undo, or its snapshot is gone', async () => {
      const { folder, engine } = await bench.instance(files);
      await rejected(engine.undo(), 'not-found');
      await engine.take({ name: 'first' });
      writeFiles(folder, { 'a.txt': 'a2' });
      const { safety } = await engine.restore({ state: 'first' });
      assert.equal((await engine.status({})).undo?.safety.id, safety!.id);
      await engine.delete([safety!.id]);
      assert.equal((await engine.status({})).undo, null);
      await rejected(engine.undo(), 'not-found');
    });

    it('of a restore that only joined names of one file leaves later work alone', async () => {
      const { folder, engine } = await bench.instance({ one: 'same', 'z.txt': 'z1' });
      fs.linkSync(path.join(folder, 'one'), path.join(folder, 'two'));
      const time = fs.statSync(path.join(folder, 'one'));
      await engine.take({ name: 'linked' });
      fs.unlinkSync(path.join(folder, 'two'));
      fs.writeFileSync(path.join(folder, 'two'), 'same');
      for (const name of ['one', 'two']) fs.utimesSync(path.join(folder, name), 5, 5);
      await engine.take({ name: 'apart' });
      await engine.restore({ state: 'linked' });
      assert.equal(fs.statSync(path.join(folder, 'one')).nlink, 2);
      assert.equal(fs.statSync(path.join(folder, 'one')).mtimeMs, time.mtimeMs);
      writeFiles(folder, { 'z.txt': 'z2' });
      await engine.undo();
      assert.equal(fs.statSync(path.join(folder, 'one')).nlink, 1);
      assert.equal(fs.readFileSync(path.join(folder, 'z.txt'), 'utf8'), 'z2');
    });
  });

  it('of everything is undone to the time of the folder itself', async () => {
    const { folder, engine } = await bench.instance({ 'a.txt': 'one', 'lib/b.txt': 'one' });
    const { id } = await engine.take({});
    writeFiles(folder, { 'a.txt': 'two', 'lib/c.txt': 'new' });
    const before = readManifest(folder);
    await engine.restore({ state: id });
    await engine.undo();
    assert.deepEqual(manifestDifferences(before, readManifest(folder)), []);
  });
});
