/** Restores of all kinds on small folders: what they change, what they leave, what they refuse. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { readFiles, rejected, Workbench, writeFiles } from '../support/folders.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';

const bench = new Workbench();
const text = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString();

describe('instance: restore', function () {
  this.timeout(60_000);
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
});
