/** Naming, listing, comparing, finding, reading, labelling and deleting snapshots. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openEngine } from '../../src/engine/engine.ts';
import { readFiles, rejected, seededBytes, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

describe('instance: states', () => {
  afterEach(() => bench.clear());

  it('are named by id, prefix, name, latest and latest~N', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    const first = await engine.take({ name: 'first' });
    writeFiles(folder, { a: '2' });
    const second = await engine.take({ description: 'no name' });
    writeFiles(folder, { a: '3' });
    const third = await engine.take({});
    for (const [state, id] of [
      [first.id, first.id],
      [first.id.slice(0, 6), first.id],
      [first.id.slice(0, 6).toUpperCase(), first.id],
      ['first', first.id],
      ['latest', third.id],
      ['latest~0', third.id],
      ['latest~1', second.id],
      ['latest~2', first.id],
    ] as const) {
      assert.equal((await engine.show(state)).id, id, state);
    }
    for (const state of ['latest~3', 'latest~', 'nobody', first.id.slice(0, 3), '', `${first.id}0`, 'ffffffff'])
      await rejected(engine.show(state), 'not-found');
    assert.deepEqual(
      (await engine.list()).map((one) => one.id),
      [third.id, second.id, first.id],
    );
    assert.deepEqual([first.kind, second.kind, third.kind], ['described', 'described', 'quick']);
  });

  it('with a name that several have are ambiguous, and the candidates are told', async () => {
    const { engine } = await bench.instance({ a: '1' });
    const ids = [await engine.take({ name: 'twin' }), await engine.take({ name: 'twin' })].map((one) => one.id);
    const error = await rejected(engine.show('twin'), 'ambiguous');
    assert.deepEqual([...(error.details['candidates'] as string[])].sort(), ids.sort());
    for (const name of ['', 'current', 'latest', 'latest~4', 'a\nb', 'f'.repeat(32)]) await rejected(engine.take({ name }), 'usage');
    assert.equal((await engine.list()).length, 2);
  });

  it('a name is found before a prefix', async () => {
    const { engine } = await bench.instance({ a: '1' });
    const first = await engine.take({});
    const named = await engine.take({ name: first.id.slice(0, 8) });
    assert.equal((await engine.show(first.id.slice(0, 8))).id, named.id);
    assert.equal((await engine.show(first.id.slice(0, 9))).id, first.id);
  });

  describe('compared', () => {
    it('tell what was added, changed, removed and moved, of any kind', async () => {
      const { folder, engine } = await bench.instance({
        same: 's',
        edit: '1',
        gone: 'g',
        'from/name': 'a moved file',
        kind: 'file',
        perm: 'p',
        'd/': '',
      });
      await engine.take({ name: 'a' });
      writeFiles(folder, { edit: '22', fresh: 'f', 'to/': '' });
      fs.rmSync(path.join(folder, 'gone'));
      fs.renameSync(path.join(folder, 'from/name'), path.join(folder, 'to/other'));
      fs.rmSync(path.join(folder, 'kind'));
      writeFiles(folder, { 'kind/inside': 'i' });
      fs.chmodSync(path.join(folder, 'perm'), 0o755);
      fs.utimesSync(path.join(folder, 'same'), 1, 1);
      fs.symlinkSync('same', path.join(folder, 'link'));
      const expected = {
        added: [
          { path: 'fresh', kind: 'file', size: 1 },
          { path: 'kind', kind: 'folder', size: 0 },
          { path: 'kind/inside', kind: 'file', size: 1 },
          { path: 'link', kind: 'link', size: 4 },
          { path: 'to', kind: 'folder', size: 0 },
        ],
        changed: [
          { path: 'edit', kind: 'file', size: 2 },
          { path: 'perm', kind: 'file', size: 1 },
        ],
        removed: [
          { path: 'gone', kind: 'file', size: 1 },
          { path: 'kind', kind: 'file', size: 4 },
        ],
        moved: [{ path: 'to/other', from: 'from/name', kind: 'file', size: 12 }],
      };
      assert.deepEqual(await engine.diff({ a: 'a' }), expected);
      assert.deepEqual(await engine.diff({ a: 'a', b: 'current' }), expected);
      await engine.take({ name: 'b' });
      assert.deepEqual(await engine.diff({ a: 'a', b: 'b' }), expected);
      const back = await engine.diff({ a: 'b', b: 'a' });
      assert.deepEqual(back.moved, [{ path: 'from/name', from: 'to/other', kind: 'file', size: 12 }]);
      assert.deepEqual(
        back.added.map((one) => one.path),
        ['gone', 'kind'],
      );
      assert.deepEqual(await engine.diff({ a: 'b', b: 'b' }), { added: [], changed: [], removed: [], moved: [] });
      assert.deepEqual(await engine.diff({ a: 'a', path: 'edit' }), {
        added: [],
        changed: expected.changed.slice(0, 1),
        removed: [],
        moved: [],
      });
      assert.deepEqual(
        (await engine.diff({ a: 'a', path: 'kind' })).added.map((one) => one.path),
        ['kind/inside'],
      );
      await rejected(engine.diff({ a: 'a', path: 'never' }), 'not-found');
    });

    it('pair each moved file once', async () => {
      const { folder, engine } = await bench.instance({ a: 'twin content', b: 'twin content' });
      await engine.take({ name: 'a' });
      for (const name of ['a', 'b']) fs.renameSync(path.join(folder, name), path.join(folder, `${name}2`));
      writeFiles(folder, { c2: 'twin content' });
      const diff = await engine.diff({ a: 'a' });
      assert.equal(diff.moved.length, 2);
      assert.equal(new Set(diff.moved.map((one) => one.from)).size, 2);
      assert.equal(diff.added.length, 1);
      assert.deepEqual([diff.removed, diff.changed], [[], []]);
    });
  });

  it('are searched by name and by path', async () => {
    const { folder, engine } = await bench.instance({
      'data/a.csv': '1',
      'data/deep/b.csv': '2',
      'c.csv': '3',
      'a.txt': '4',
      '[x].csv': '5',
    });
    const first = await engine.take({});
    fs.rmSync(path.join(folder, 'c.csv'));
    const second = await engine.take({});
    const paths = async (pattern: string): Promise<string[]> => (await engine.find({ pattern })).paths.map((found) => found.path);
    assert.deepEqual(await paths('*.csv'), ['[x].csv', 'c.csv', 'data/a.csv', 'data/deep/b.csv']);
    assert.deepEqual(await paths('data/*.csv'), ['data/a.csv']);
    assert.deepEqual(await paths('data/**/*.csv'), ['data/a.csv', 'data/deep/b.csv']);
    assert.deepEqual(await paths('?.txt'), ['a.txt']);
    assert.deepEqual(await paths('A.txt'), []);
    assert.deepEqual(await paths('!a.txt'), []);
    assert.deepEqual(await paths('deep'), ['data/deep']);
    const found = await engine.find({ pattern: 'c.csv' });
    const inFirst = { path: 'c.csv', kind: 'file', current: false, snapshots: 1, newest: first.id, oldest: first.id };
    assert.deepEqual(found, { count: 1, paths: [inFirst] });
    const inAll = { path: 'a.txt', kind: 'file', current: true, snapshots: 2, newest: second.id, oldest: first.id };
    assert.deepEqual((await engine.find({ pattern: 'a.txt' })).paths, [inAll]);
    assert.deepEqual(await engine.find({ pattern: '*.csv', limit: 1 }), {
      count: 4,
      paths: (await engine.find({ pattern: '*.csv' })).paths.slice(0, 1),
    });
    assert.deepEqual(await engine.find({ pattern: 'c.*', state: first.id }), found);
    assert.deepEqual(await engine.find({ pattern: 'c.*', state: 'latest' }), { count: 0, paths: [] });
    await rejected(engine.find({ pattern: '' }), 'usage');
  });

  it('tell what a snapshot alone holds, which is what its deletion gives back', async () => {
    const { folder, engine } = await bench.instance({ shared: seededBytes(1, 300_000), only: seededBytes(2, 400_000) });
    const first = await engine.take({});
    assert.ok((await engine.alone(first.id)).bytes > 690_000, 'all of it, while there is no other');
    fs.rmSync(path.join(folder, 'only'));
    await engine.take({});
    const alone = await engine.alone(first.id);
    assert.equal(alone.objects, 2, 'the file and the folder that names it');
    assert.ok(alone.bytes > 400_000 && alone.bytes < 410_000, `${alone.bytes}`);
    const before = (await engine.status({ changes: false })).storeBytes;
    await engine.delete([first.id]);
    await engine.compact();
    const freed = before - (await engine.status({ changes: false })).storeBytes;
    assert.ok(Math.abs(freed - alone.bytes) < 2_000, `${freed} given back, ${alone.bytes} foretold`);
  });

  it('tell the history of a path, also of a deleted one and of one that came again', async () => {
    const { folder, engine } = await bench.instance({ other: 'o' });
    const none = await engine.take({});
    const ids = [none.id];
    for (const content of ['1', '1', undefined, '2', '1']) {
      if (content === undefined) fs.rmSync(path.join(folder, 'x'));
      else writeFiles(folder, { x: content });
      ids.push((await engine.take({})).id);
    }
    fs.rmSync(path.join(folder, 'x'));
    const history = await engine.history('x');
    assert.deepEqual(
      history.map((version) => version.states),
      [['current'], [ids[5]], [ids[4]], [ids[3]], [ids[2], ids[1]]],
    );
    assert.deepEqual(
      history.map((version) => version.entry?.size ?? null),
      [null, 1, 1, null, 1],
    );
    assert.equal(history[1]!.entry!.id, history[4]!.entry!.id);
    assert.equal(history[4]!.since, (await engine.show(ids[1]!)).created);
    await rejected(engine.history('never'), 'not-found');
  });

  it('have labels that can be edited, and a pin that holds them', async () => {
    const { engine } = await bench.instance({ a: '1' });
    const { id } = await engine.take({ name: 'one', description: 'about', pin: true });
    const shown = await engine.show(id);
    assert.deepEqual([shown.name, shown.description, shown.pinned], ['one', 'about', true]);
    assert.deepEqual((await engine.planDelete([id])).blocked, [{ id, reason: 'it is pinned' }]);
    const error = await rejected(engine.delete([id]), 'refused');
    assert.deepEqual(error.details['blocked'], [{ id, reason: 'it is pinned' }]);
    await engine.edit({ state: id, name: 'two' });
    await engine.edit({ state: 'two', description: null });
    const edited = await engine.edit({ state: 'two', pinned: false });
    assert.deepEqual([edited.name, edited.description, edited.pinned, edited.kind], ['two', null, false, 'described']);
    assert.equal((await engine.edit({ state: 'two', name: null })).kind, 'quick');
    await rejected(engine.edit({ state: id, name: 'latest' }), 'usage');
    assert.equal(edited.id, id);
  });

  it('are deleted all or none', async () => {
    const { engine } = await bench.instance({ a: '1' });
    const pinned = await engine.take({ pin: true });
    const free = await engine.take({ name: 'free' });
    await rejected(engine.delete([free.id, pinned.id]), 'refused');
    assert.equal((await engine.list()).length, 2);
    const plan = await engine.planDelete(['free', free.id, 'latest']);
    assert.deepEqual(
      plan.snapshots.map((one) => one.id),
      [free.id],
    );
    assert.equal((await engine.list()).length, 2);
    await engine.delete([free.id]);
    assert.deepEqual(
      (await engine.list()).map((one) => one.id),
      [pinned.id],
    );
    await rejected(engine.delete([free.id]), 'not-found');
  });

  it('give space back when deleted and compacted, and keep what others need', async () => {
    const { folder, engine } = await bench.instance({ keep: seededBytes(1, 300_000), drop: seededBytes(2, 900_000) });
    const both = await engine.take({});
    fs.rmSync(path.join(folder, 'drop'));
    const one = await engine.take({});
    const { storeBytes } = await engine.status({});
    await engine.delete([both.id]);
    await engine.compact();
    const after = await engine.status({});
    assert.ok(after.storeBytes < storeBytes - 800_000, `${storeBytes} → ${after.storeBytes}`);
    assert.deepEqual(Buffer.from(await engine.read({ state: one.id, path: 'keep' })), seededBytes(1, 300_000));
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    // What was compacted away and comes again is stored again.
    writeFiles(folder, { drop: seededBytes(2, 900_000) });
    const again = await engine.take({});
    assert.deepEqual(Buffer.from(await engine.read({ state: again.id, path: 'drop' })), seededBytes(2, 900_000));
  });

  it('are read in any part, stored and current', async () => {
    const content = seededBytes(3, 3_000_000);
    const { engine, folder } = await bench.instance({ large: content, small: 'small text', none: '' });
    fs.symlinkSync('the/target', path.join(folder, 'link'));
    await engine.take({ name: 'a' });
    for (const state of ['a', 'current']) {
      for (const [offset, length] of [
        [0, undefined],
        [0, 0],
        [0, 1],
        [2_999_999, undefined],
        [2_999_999, 50],
        [3_000_000, 5],
        [4_000_000, 5],
        [100_000, 1_500_000],
        [524_287, 2],
      ] as const) {
        const bytes = Buffer.from(await engine.read({ state, path: 'large', offset, ...(length === undefined ? {} : { length }) }));
        const wanted = content.subarray(offset, length === undefined ? undefined : offset + length);
        assert.ok(bytes.equals(wanted), `${state}: ${offset}+${length} gave ${bytes.length} bytes`);
      }
      const read = async (at: string): Promise<string> => Buffer.from(await engine.read({ state, path: at })).toString();
      assert.deepEqual([await read('small'), await read('none'), await read('link')], ['small text', '', 'the/target']);
      await rejected(engine.read({ state, path: 'nothing' }), 'not-found');
      await rejected(engine.read({ state, path: 'small/below' }), 'not-found');
      await rejected(engine.read({ state, path: '' }), 'usage');
      await rejected(engine.read({ state, path: '../x' }), 'usage');
    }
  });

  it('show nothing through a link that leads outside', async () => {
    const outside = bench.folder();
    writeFiles(outside, { secret: 'secret' });
    const { engine, folder } = await bench.instance({ a: '1' });
    fs.symlinkSync(outside, path.join(folder, 'out'));
    await engine.take({ name: 'a' });
    for (const state of ['a', 'current']) {
      await rejected(engine.read({ state, path: 'out/secret' }), 'not-found');
      await rejected(engine.ls({ state, path: 'out/secret' }), 'not-found');
      assert.deepEqual(
        (await engine.ls({ state, path: 'out' })).map(({ kind, target }) => [kind, target]),
        [['link', outside]],
      );
    }
  });

  it('are listed one folder at a time or all the way down', async () => {
    const { engine } = await bench.instance({ 'b/c/d': '1', a: '2', 'b/e': '3' });
    await engine.take({});
    const paths = async (at: string, recursive = false): Promise<string[]> =>
      (await engine.ls({ state: 'latest', path: at, recursive })).map((entry) => entry.path);
    assert.deepEqual(await paths(''), ['a', 'b']);
    assert.deepEqual(await paths('b'), ['b/c', 'b/e']);
    assert.deepEqual(await paths('b', true), ['b/c', 'b/c/d', 'b/e']);
    assert.deepEqual(await paths('b/c/d'), ['b/c/d']);
    await rejected(engine.ls({ state: 'latest', path: 'x' }), 'not-found');
  });

  it('of a wide tree are counted right, first and later', async () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 130; i++) for (let j = 0; j < 3; j++) files[`f${i}/g${j}/h`] = `${i} ${j}`;
    const { engine, folder } = await bench.instance(files);
    const first = await engine.take({});
    assert.deepEqual([first.files, first.folders], [390, 520]);
    writeFiles(folder, { 'f3/g1/h': 'changed', 'f200/new/h': 'new' });
    fs.rmSync(path.join(folder, 'f77'), { recursive: true });
    const second = await engine.take({});
    assert.deepEqual([second.files, second.folders], [388, 518]);
    assert.equal((await engine.ls({ state: 'latest', path: '', recursive: true })).length, 388 + 518);
    const diff = await engine.diff({ a: first.id, b: second.id });
    assert.deepEqual([diff.added.length, diff.changed.map((one) => one.path), diff.removed.length], [3, ['f3/g1/h'], 7]);
  });

  it('of two engines on one folder are the same', async () => {
    const { folder, engine } = await bench.instance({ a: '1' });
    const other = bench.engine(folder);
    const [one, two] = await Promise.all([engine.take({ name: 'one' }), other.take({ name: 'two' })]);
    assert.deepEqual((await engine.list()).map((info) => info.id).sort(), [one.id, two.id].sort());
    assert.deepEqual(await engine.list(), await other.list());
    writeFiles(folder, { a: '2' });
    await engine.take({ name: 'three' });
    writeFiles(folder, { a: '3', b: 'b' });
    await other.take({ name: 'four' });
    await engine.delete([one.id, two.id]);
    await other.compact();
    await engine.restore({ state: 'three' });
    assert.deepEqual(readFiles(folder), { a: '2' });
    await other.undo();
    assert.deepEqual(readFiles(folder), { a: '3', b: 'b' });
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('are right when many calls of one engine look at the folder at once', async () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 4000; i++) files[`d${i % 40}/f${i}`] = `${i}`;
    const { folder, engine } = await bench.instance(files);
    await engine.take({});
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 1500; i++) writeFiles(folder, { [`d${i % 40}/f${i}`]: `${round}: ${i}` });
      const after = async <T>(ms: number, call: () => Promise<T>): Promise<T> => {
        await new Promise((resume) => setTimeout(resume, ms));
        return call();
      };
      const [status, taken, entries, again] = await Promise.all([
        after(round * 7, () => engine.status({})),
        engine.take({}),
        after(round * 13, () => engine.ls({ state: 'current', path: '', recursive: true })),
        after(round * 19, () => engine.take({ hint: [] })),
      ]);
      assert.equal(status.initialized, true);
      assert.deepEqual([taken.files, again.files], [4000, 4000]);
      assert.equal(entries.filter(({ kind }) => kind === 'file').length, 4000);
      const to = bench.place();
      await engine.restore({ state: taken.id, to });
      assert.deepEqual(readFiles(to), readFiles(folder));
    }
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
  });

  it('need an instance', async () => {
    const folder = bench.folder();
    const engine = bench.engine(folder);
    assert.equal((await engine.status({})).initialized, false);
    await rejected(engine.list(), 'not-found');
    await rejected(engine.take({}), 'not-found');
    assert.deepEqual(fs.readdirSync(folder), []);
    await engine.init();
    await rejected(engine.init(), 'exists');
    await rejected(bench.engine(path.join(folder, 'nothing')).init(), 'not-found');
    await rejected(engine.restore({ state: 'latest' }), 'not-found');
  });

  it('are not made where something else is in the way', async () => {
    const folder = bench.folder();
    const engine = bench.engine(folder);
    const store = path.join(folder, '.snapstage');
    fs.writeFileSync(store, 'mine');
    assert.equal((await engine.status({})).initialized, false);
    await assert.rejects(engine.init(), { code: 'exists', message: `${store} is not a folder. Move it away and try again.` });
    assert.equal(fs.readFileSync(store, 'utf8'), 'mine');
  });

  it('taken in the same millisecond by two engines are two, each with its name', async () => {
    const { now } = Date;
    const moment = now();
    Date.now = () => moment;
    try {
      for (let round = 0; round < 5; round++) {
        const { folder, engine } = await bench.instance({ a: 'a' });
        const other = openEngine({ folder });
        await Promise.all([engine.take({ name: 'left' }), other.take({ name: 'right' })]);
        await other.dispose();
        assert.deepEqual(new Set((await engine.list()).map(({ name }) => name)), new Set(['left', 'right']));
      }
    } finally {
      Date.now = now;
    }
  });
});
