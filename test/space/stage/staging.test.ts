/** The Stage of an instance: what can be put on it, what is told of it, and what it keeps from being deleted. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { EngineApi } from '../../../src/engine/api.ts';
import type { ObjectRequest, Stage, StagedObject, StagePlan, Strategy } from '../../../src/engine/stageApi.ts';
import { openEngine } from '../../../src/engine/engine.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { encodeChecked } from '../../../src/store/reservations.ts';
import { skip } from '../../rig/skip.ts';
import { FaultyFiles } from '../../support/faultyFiles.ts';
import { rejected, storeFiles, Workbench, writeFiles } from '../../support/folders.ts';
import { command } from '../../support/command.ts';

const bench = new Workbench();

const at = (name: string, state = 'current'): ObjectRequest => ({ type: 'path', state, path: name });
const add = (engine: EngineApi, ...objects: ObjectRequest[]): Promise<StagePlan> => engine.addToStage({ objects });

/** Type, place and state of each, and what is wrong with it. */
function told({ objects }: Pick<Stage, 'objects'>): string[] {
  return objects.map(({ type, path: where, table, application, state, problem }) =>
    [
      type,
      where,
      ...[table, application].filter((one) => one !== null),
      state === 'current' ? state : 'snapshot',
      ...(problem ? [problem] : []),
    ].join(' '),
  );
}

function makeDatabase(folder: string, name = 'app.db'): void {
  using db = new DatabaseSync(path.join(folder, name));
  db.exec(
    'CREATE TABLE Orders (id INTEGER PRIMARY KEY); CREATE TABLE Other (x); CREATE VIEW Seen AS SELECT 1; CREATE VIRTUAL TABLE F USING fts5(x)',
  );
}

describe('space: the Stage of an instance', () => {
  afterEach(() => bench.clear());

  it('takes objects of every type, of several states at once, and tells what holds what', async () => {
    const { folder, engine } = await bench.instance({
      'hw1/a.txt': 'a',
      'hw1/b.txt': 'b',
      'requirements.txt': 'x==1\n',
      'sub/package.json': '{}',
    });
    makeDatabase(folder);
    fs.symlinkSync('hw1/a.txt', path.join(folder, 'link'));
    const { id } = await engine.take({ name: 'one' });
    writeFiles(folder, { 'hw1/a.txt': 'changed' });
    await engine.addToStage({
      objects: [
        at('hw1/'),
        at('./link'),
        { type: 'table', state: 'current', path: 'app.db', table: 'ORDERS' },
        { type: 'table', state: 'one', path: 'app.db', table: 'other' },
        { type: 'application', state: 'latest', application: 'python' },
        { type: 'application', state: 'current', application: 'node:sub' },
      ],
      strategy: 'rename',
    });
    await engine.addToStage({ objects: [at('hw1/a.txt', 'one'), at('app.db', id.slice(0, 6))] });
    const stage = await engine.stage();
    assert.deepEqual(told(stage), [
      'application  python snapshot',
      'file app.db snapshot',
      'table app.db Orders current',
      'table app.db Other snapshot',
      'folder hw1 current',
      'file hw1/a.txt snapshot',
      'file link current',
      'application sub node current',
    ]);
    const idOf = (name: string): string => stage.objects.find((one) => one.path === name && one.table === null)!.id;
    const find = (name: string, table: string | null = null): StagedObject =>
      stage.objects.find((one) => one.path === name && one.table === table)!;
    assert.equal(find('hw1/a.txt').within, idOf('hw1'));
    assert.equal(find('app.db', 'Orders').within, idOf('app.db'));
    assert.equal(find('hw1').within, null);
    assert.deepEqual([find('hw1').strategy, find('hw1/a.txt').strategy], ['rename', null]);
    assert.deepEqual([find('hw1/a.txt').size, find('hw1').size, find('hw1/a.txt').snapshot?.name], [1, null, 'one']);
  });

  it('takes the whole of a state: a snapshot as such, the current one as its folder, one in place of the other', async () => {
    const { engine } = await bench.instance({ a: 'a' });
    await engine.take({ name: 'one' });
    await engine.take({ name: 'two' });
    await add(engine, { type: 'snapshot', state: 'one' }, at('a'));
    assert.deepEqual(told(await engine.stage()), ['snapshot  snapshot', 'file a current']);
    const { changes } = await add(engine, at('', 'two'));
    assert.deepEqual(
      [changes[0]!.object.type, changes[0]!.replaces?.snapshot?.name, changes[0]!.object.snapshot?.name],
      ['snapshot', 'one', 'two'],
    );
    await add(engine, at('.'));
    assert.deepEqual(told(await engine.stage()), ['folder  current', 'file a current']);
  });

  it('has each place once: the later one replaces the earlier, which is told, and hands on its strategy', async () => {
    const { engine } = await bench.instance({ a: 'a', b: 'b' });
    await engine.take({ name: 'one' });
    const first = await engine.addToStage({ objects: [at('a')], strategy: 'skip' });
    assert.equal(first.changes[0]!.replaces, null);
    const again = await add(engine, at('a'));
    assert.deepEqual(again.changes[0]!.replaces, { type: 'file', state: 'current', snapshot: null, strategy: 'skip' });
    const plan = await engine.planStage({ objects: [at('a'), at('a', 'one'), at('b')] });
    assert.deepEqual(
      plan.changes.map(({ object, replaces }) => [
        object.path,
        object.snapshot?.name ?? 'current',
        object.strategy,
        replaces?.state ?? null,
      ]),
      [
        ['a', 'one', 'skip', 'current'],
        ['b', 'current', null, null],
      ],
    );
    assert.deepEqual(told(await engine.stage()), ['file a current'], 'a plan changes nothing');
    await add(engine, at('a', 'one'));
    assert.equal((await engine.stage()).objects[0]!.strategy, 'skip');
    const set = async (strategy: Strategy | null): Promise<Strategy | null> =>
      (await engine.setStrategy({ ids: [first.changes[0]!.object.id], strategy })).objects[0]!.strategy;
    assert.equal(await set('mirror'), 'mirror');
    assert.equal(await set(null), null);
    await rejected(engine.setStrategy({ ids: ['0'.repeat(32)], strategy: 'ask' }), 'not-found');
  });

  it('refuses what is not in its state, what no snapshot has, and what leads out; nothing is staged then', async () => {
    const { folder, engine } = await bench.instance({
      a: 'a',
      'left/out': 'x',
      '.snapstageignore': 'left/\n',
      'sub/b': 'b',
      'late/c': 'c',
    });
    makeDatabase(folder);
    fs.symlinkSync('sub', path.join(folder, 'through'));
    await engine.take({ name: 'one' });
    writeFiles(folder, { new: 'n' });
    const before = storeFiles(folder);
    const refuse = async (request: ObjectRequest, code: Parameters<typeof rejected>[1], message: RegExp): Promise<void> => {
      const error = await rejected(add(engine, at('a'), request), code);
      assert.match(error.message, message);
      await rejected(engine.planStage({ objects: [request] }), code);
    };
    await refuse(at('nothing'), 'not-found', /^There is no “nothing” in current\.$/);
    await refuse(at('a/below'), 'not-found', /There is no “a\/below”/);
    await refuse(at('through/b'), 'not-found', /There is no “through\/b”/);
    await refuse(at('new', 'one'), 'not-found', /There is no “new” in one/);
    await refuse(at('a', 'two'), 'not-found', /There is no snapshot “two”/);
    await refuse(at('left'), 'refused', /“left” can’t be staged: snapshots leave it out: named by \.snapstageignore\./);
    await refuse(at('left/out'), 'refused', /named by \.snapstageignore/);
    await refuse(at('.snapstage'), 'refused', /Snapstage’s own store/);
    await refuse(at('.snapstage/format'), 'refused', /Snapstage’s own store/);
    await refuse(at('../a'), 'usage', /not a path inside the folder/);
    await refuse(at('/etc/passwd'), 'usage', /not a path inside the folder/);
    await refuse(
      { type: 'table', state: 'current', path: 'app.db', table: 'None' },
      'not-found',
      /There is no table “None” in “app.db” of current/,
    );
    await refuse({ type: 'table', state: 'one', path: 'a', table: 'x' }, 'refused', /“a” is no SQLite database/);
    await refuse({ type: 'table', state: 'one', path: 'gone.db', table: 'x' }, 'not-found', /There is no “gone.db” in one/);
    await refuse({ type: 'table', state: 'one', path: 'app.db', table: 'Seen' }, 'refused', /“Seen” can’t be staged alone: /);
    await refuse({ type: 'table', state: 'one', path: 'app.db', table: 'F' }, 'refused', /“F” can’t be staged alone: /);
    await refuse({ type: 'application', state: 'current', application: 'rust' }, 'not-found', /no application “rust”/);
    const several = await rejected(add(engine, at('x'), at('a'), at('y'), at('left')), 'not-found');
    assert.match(several.message, /^There is no “x” in current, and 2 more can’t be staged\. Nothing was\.$/);
    assert.equal((several.details['missing'] as unknown[]).length, 3);
    assert.deepEqual(storeFiles(folder), before);
  });

  it('leaves out what lies beside a database, as snapshots do', async () => {
    const { folder, engine } = await bench.instance();
    using db = new DatabaseSync(path.join(folder, 'app.db'));
    db.exec('PRAGMA journal_mode = wal; CREATE TABLE t (x)');
    const error = await rejected(add(engine, at('app.db-wal')), 'refused');
    assert.match(error.message, /part of the database beside it/);
    await add(engine, { type: 'table', state: 'current', path: 'app.db', table: 't' });
    writeFiles(folder, { 'notes-wal': 'x' });
    await add(engine, at('notes-wal'));
  });

  it('shows what has gone since or is damaged, and drops nothing', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', 'sub/b': 'b', 'x/requirements.txt': 'y\n', becomes: 'a file', ignored: 'i' });
    makeDatabase(folder);
    const { id } = await engine.take({ name: 'one' });
    const { id: other } = await engine.take({ name: 'two' });
    await add(
      engine,
      at('a'),
      at('becomes'),
      at('ignored'),
      at('sub'),
      { type: 'table', state: 'current', path: 'app.db', table: 'Orders' },
      { type: 'table', state: 'current', path: 'app.db', table: 'Other' },
      { type: 'application', state: 'current', application: 'python' },
      at('sub/b', id),
      { type: 'snapshot', state: other },
    );
    for (const name of ['a', 'sub', 'x', 'becomes']) fs.rmSync(path.join(folder, name), { recursive: true });
    writeFiles(folder, { 'becomes/inside': 'a folder', '.snapstageignore': 'ignored\n' });
    using db = new DatabaseSync(path.join(folder, 'app.db'));
    db.exec('DROP TABLE Orders');
    fs.appendFileSync(path.join(folder, '.snapstage', 'snapshots', other), ' ');
    const gone = 'it is not there any more';
    const stage = await engine.stage();
    assert.deepEqual(told(stage), [
      'snapshot  snapshot its snapshot is damaged',
      `file a current ${gone}`,
      `table app.db Orders current ${gone}`,
      'table app.db Other current',
      'folder becomes current',
      'file ignored current snapshots leave it out: named by .snapstageignore',
      `folder sub current ${gone}`,
      'file sub/b snapshot',
      `application x python current ${gone}`,
    ]);
    fs.rmSync(path.join(folder, '.snapstage', 'snapshots', id)); // as by hand: no command does it
    writeFiles(folder, { a: 'again' });
    const later = told(await engine.stage());
    assert.ok(later.includes('file sub/b snapshot its snapshot was deleted'));
    assert.ok(later.includes('file a current'));
  });

  it('tells of records that are damaged, and lets go of them by their ids', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', b: 'b' });
    await add(engine, at('a'), at('b'));
    const [a] = (await engine.stage()).objects;
    const file = path.join(folder, '.snapstage', 'stage', a!.id);
    fs.writeFileSync(
      file,
      encodeChecked({ version: 1, type: 'file', state: 'current', path: '../../etc/passwd', strategy: null, added: a!.added }),
    );
    const stage = await engine.stage();
    assert.deepEqual([told(stage), stage.unreadable], [['file b current'], [{ id: a!.id, reason: 'its record is damaged' }]]);
    assert.deepEqual(
      (await engine.verify({})).damage.map(({ part, healed }) => [part, healed]),
      [[`stage/${a!.id}`, false]],
    );
    await engine.saveBundle({ name: 'what can be read' });
    assert.deepEqual((await engine.removeFromStage([a!.id])).unreadable, []);
    assert.deepEqual((await engine.verify({})).damage, []);
    fs.writeFileSync(file, 'x');
    await add(engine, at('a'));
    assert.deepEqual(told(await engine.stage()), ['file a current', 'file b current'], 'what is staged anew is whole');
  });

  it('keeps its snapshots from being deleted, thinned out and reclaimed, and so do bundles', async () => {
    const { folder, engine } = await bench.instance({ a: '0' });
    await engine.take({ name: 'start' });
    for (let i = 1; i <= 3; i++) {
      writeFiles(folder, { a: `${i}`, [`large${i}`]: Buffer.alloc(50_000, `${i} ${Math.PI * i}`) });
      await engine.restore({ state: 'start' });
    }
    const automatic = (await engine.list()).filter(({ kind }) => kind === 'automatic');
    const [, staged, bundled] = automatic;
    await add(engine, at('a', bundled!.id));
    await engine.saveBundle({ name: 'Week 1' });
    await add(engine, at('a', staged!.id));
    const reasons = new Map((await engine.planDelete(automatic.map(({ id }) => id))).blocked.map(({ id, reason }) => [id, reason]));
    assert.deepEqual(
      [reasons.get(staged!.id), reasons.get(bundled!.id)],
      ['something of it is on the Stage', 'the bundle “Week 1” has something of it'],
    );
    const error = await rejected(engine.delete([staged!.id]), 'refused');
    assert.match(error.message, /can’t be deleted: something of it is on the Stage\.$/);
    const thin = await engine.planThin({ policy: { last: 1 } });
    assert.deepEqual(thin.snapshots, []);
    await rejected(engine.thin({ snapshots: [bundled!] }), 'refused');
    const why = await engine.why('a');
    assert.ok(why.blocked.some(({ reason }) => reason === 'something of it is on the Stage'));
    const reclaim = await rejected(engine.planReclaim({ free: 1e9 }), 'refused');
    assert.ok((reclaim.details['kept'] as number) >= 2);
    await engine.removeFromStage((await engine.stage()).objects.map(({ id }) => id));
    await engine.deleteBundles(['Week 1']);
    assert.equal((await engine.planThin({ policy: { last: 1 } })).snapshots.length, 2);
    await engine.delete([staged!.id, bundled!.id]);
  });

  it('is as before when the snapshot was deleted at that very moment', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', b: 'b' });
    const { id } = await engine.take({});
    await engine.addToStage({ objects: [at('a')], strategy: 'ask' });
    const store = path.join(folder, '.snapstage');
    const files = new FaultyFiles(new DiskFiles(store), ({ kind, name }) => {
      if (kind === 'write' && name.startsWith('stage/')) fs.rmSync(path.join(store, 'snapshots', id), { force: true });
    });
    const late = openEngine({ folder, files });
    const error = await rejected(late.addToStage({ objects: [at('b', id), at('a', id)] }), 'not-found');
    await late.dispose();
    assert.match(error.message, /^Snapshot \w+ was deleted in the meantime\.$/);
    assert.deepEqual(
      (await engine.stage()).objects.map(({ state, strategy }) => [state, strategy]),
      [['current', 'ask']],
    );
  });

  it('is kept as bundles and filled from them; what is not there any more is told', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', b: 'b', c: 'c' });
    await rejected(engine.saveBundle({ name: 'nothing' }), 'refused');
    await engine.addToStage({ objects: [at('a'), at('b')], strategy: 'skip' });
    assert.deepEqual(Object.keys(await engine.saveBundle({ name: 'Week 1' })), ['name', 'saved', 'objects']);
    await rejected(engine.saveBundle({ name: 'Week 1' }), 'exists');
    await rejected(engine.saveBundle({ name: 'a\nb' }), 'usage');
    await engine.removeFromStage((await engine.stage()).objects.map(({ id }) => id));
    await engine.addToStage({ objects: [at('c')], strategy: 'mirror' });
    await engine.addToStage({ objects: [at('a')], strategy: 'mirror' });
    fs.rmSync(path.join(folder, 'b'));
    const plan = await engine.planStage({ bundle: 'Week 1' });
    const done = await engine.addToStage({ bundle: 'Week 1' });
    assert.deepEqual(
      plan.changes.map(({ object }) => object.path),
      done.changes.map(({ object }) => object.path),
    );
    assert.deepEqual(told({ objects: done.missing }), ['file b current it is not there any more']);
    assert.deepEqual(
      (await engine.stage()).objects.map(({ path: name, strategy }) => [name, strategy]),
      [
        ['a', 'skip'],
        ['c', 'mirror'],
      ],
    );
    await engine.saveBundle({ name: 'Week 1', replace: true });
    await engine.saveBundle({ name: 'Week 2' });
    assert.deepEqual(
      (await engine.bundles()).bundles.map(({ name, objects }) => [name, objects]),
      [
        ['Week 1', 2],
        ['Week 2', 2],
      ],
    );
    await rejected(engine.addToStage({ bundle: 'Week 3' }), 'not-found');
    await rejected(engine.deleteBundles(['Week 1', 'Week 3']), 'not-found');
    assert.deepEqual((await engine.deleteBundles(['Week 1', 'Week 2'])).bundles, []);
  });

  it('takes names of raw bytes', async function () {
    const { folder, engine } = await bench.instance();
    try {
      fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/raw`), Buffer.of(0xff)]), 'x');
    } catch {
      skip(this, 'this file system has no such names');
    }
    await add(engine, at('raw\udcff'));
    const { id } = await engine.take({});
    await add(engine, at('raw\udcff', id));
    assert.deepEqual(told(await engine.stage()), ['file raw\udcff snapshot']);
  });

  it('takes thousands of objects', async () => {
    const files = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`d${i % 40}/f${i}`, `${i}`]));
    const { engine } = await bench.instance(files);
    await add(engine, ...Object.keys(files).map((name) => at(name)));
    const { objects } = await engine.stage();
    assert.equal(objects.length, 2000);
    assert.ok(objects.every(({ problem }) => problem === null));
    assert.deepEqual((await engine.removeFromStage(objects.map(({ id }) => id))).objects, []);
  });

  it('is the same for two engines, whatever they do in turn', async () => {
    const { folder, engine } = await bench.instance({ a: 'a', 'd/b': 'b', 'd/c': 'c', e: 'e' });
    const { id } = await engine.take({});
    const engines = [engine, bench.engine(folder)] as const;
    const names = ['a', 'd', 'd/b', 'd/c', 'e'];
    const step = fc.record({
      who: fc.constantFrom(0, 1),
      what: fc.constantFrom('add', 'add', 'remove', 'strategy', 'save', 'use', 'delete'),
      names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      state: fc.constantFrom('current', id),
      strategy: fc.constantFrom<Strategy | null>('skip', 'mirror', null),
    });
    type Model = Map<string, { state: string; strategy: Strategy | null }>;
    const shown = (model: Model): unknown =>
      [...model].toSorted(([x], [y]) => (x < y ? -1 : 1)).map(([name, one]) => [name, one.state, one.strategy]);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const idOf = new Map(
          (await engine.planStage({ objects: names.map((name) => at(name)) })).changes.map(({ object }) => [object.path, object.id]),
        );
        await engine.removeFromStage([...idOf.values()]);
        await engine.deleteBundles((await engine.bundles()).bundles.map(({ name }) => name));
        const model: Model = new Map();
        let bundle: Model | undefined;
        for (const { who, what, names: chosen, state, strategy } of steps) {
          const one = engines[who];
          const ids = chosen.map((name) => idOf.get(name)!);
          if (what === 'add') {
            await one.addToStage({ objects: chosen.map((name) => at(name, state)), ...(strategy === null ? {} : { strategy }) });
            for (const name of chosen) model.set(name, { state, strategy: strategy ?? model.get(name)?.strategy ?? null });
          } else if (what === 'remove') {
            await one.removeFromStage(ids);
            for (const name of chosen) model.delete(name);
          } else if (what === 'strategy') {
            const known = chosen.every((name) => model.has(name));
            const setting = one.setStrategy({ ids, strategy });
            if (!known) await rejected(setting, 'not-found');
            else for (const name of (await setting, chosen)) model.set(name, { ...model.get(name)!, strategy });
          } else if (what === 'save') {
            if (model.size === 0) await rejected(one.saveBundle({ name: 'b', replace: true }), 'refused');
            else {
              await one.saveBundle({ name: 'b', replace: true });
              bundle = new Map(model);
            }
          } else if (bundle === undefined) {
            await rejected(what === 'use' ? one.addToStage({ bundle: 'b' }) : one.deleteBundles(['b']), 'not-found');
          } else if (what === 'use') {
            await one.addToStage({ bundle: 'b' });
            for (const [name, value] of bundle) model.set(name, value);
          } else {
            await one.deleteBundles(['b']);
            bundle = undefined;
          }
          const { objects } = await engines[1 - who]!.stage();
          assert.deepEqual(
            objects.map(({ path: name, state: from, strategy: how }) => [name, from, how]).toSorted(([x], [y]) => (x! < y! ? -1 : 1)),
            shown(model),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('loses nothing of what two put there and take away at the same time', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
    const { folder, engine } = await bench.instance(Object.fromEntries(names.map((name) => [name, name])));
    const other = bench.engine(folder);
    await add(engine, ...names.slice(0, 10).map((name) => at(name)));
    const { objects } = await engine.stage();
    await Promise.all([
      ...names.slice(10, 25).map((name) => add(engine, at(name))),
      ...names.slice(25).map((name) => add(other, at(name))),
      ...objects.slice(0, 5).map(({ id }) => other.removeFromStage([id])),
      ...objects.slice(5).map(({ id }) => engine.setStrategy({ ids: [id], strategy: 'ask' })),
    ]);
    const after = (await engine.stage()).objects;
    const removed = new Set(objects.slice(0, 5).map(({ path: name }) => name));
    assert.deepEqual(after.map(({ path: name }) => name).toSorted(), names.filter((name) => !removed.has(name)).toSorted());
    assert.equal(after.filter(({ strategy }) => strategy === 'ask').length, 5);
  });

  it('loses nothing of what several programs put there, one of which is killed', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `f${i}`);
    const { folder, engine } = await bench.instance(Object.fromEntries(names.map((name) => [name, name])));
    const run = (...argv: string[]): ReturnType<typeof spawn> =>
      spawn(process.execPath, [command, 'stage', 'add', ...argv], { cwd: folder, stdio: 'ignore' });
    const doomed = run(...names);
    const adding = names.slice(0, 4).map((name) => once(run(name, '--strategy', 'skip'), 'exit'));
    const killed = once(doomed, 'exit');
    setTimeout(() => doomed.kill('SIGKILL'), 150);
    for (const [code] of await Promise.all(adding)) assert.equal(code, 0);
    await killed;
    await add(engine, at('f7'));
    const stage = await engine.stage();
    assert.deepEqual(stage.unreadable, []);
    const staged = new Map(stage.objects.map(({ path: name, strategy }) => [name, strategy]));
    for (const name of [...names.slice(0, 4), 'f7']) assert.ok(staged.has(name), name);
  });
});
