/** Other strategies for single objects at single members: what is said, to whom, and what comes of it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import type { DistributeRequest, ExceptionRequest } from '../../../src/engine/deliveryApi.ts';
import { exceptionsFor, withExceptions, type Exception } from '../../../src/space/delivery/exceptions.ts';
import { certify, targetFor, type Acting } from '../../../src/space/members/acts.ts';
import { ALL, vaultOf } from '../../../src/space/members/audiences.ts';
import { ofKind } from '../../../src/space/members/statements.ts';
import { Staged, type Item } from '../../../src/space/merge/staged.ts';
import type { BodyOf } from '../../../src/space/records/bodies.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { STRATEGIES } from '../../../src/space/strategy.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { World, type Person as Somebody } from '../../support/spaces.ts';

const TREE = 'ab'.repeat(32);
const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);

describe('space: exceptions among items', () => {
  const skip = (at: string, table: string | null = null): Exception => ({ path: at, table, strategy: 'skip' });

  it('change a file itself, and nothing of what a folder is', () => {
    const items: readonly Item[] = [
      { type: 'folder', path: 'hw', strategy: 'mirror' },
      { type: 'file', path: 'notes/a' },
      { type: 'table', path: 'app.db', table: 'orders' },
      { type: 'table', path: 'app.db', table: 'items' },
    ];
    const staged = new Staged(withExceptions(items, [skip('hw/a'), skip('notes/a'), skip('app.db', 'orders')]), {
      overall: 'overwrite',
    });
    assert.deepEqual(
      ['hw', 'hw/a', 'hw/b', 'notes/a'].map((at) => staged.strategyAt(at)),
      ['mirror', 'skip', 'mirror', 'skip'],
    );
    assert.deepEqual(
      ['hw', 'hw/a'].map((at) => staged.isMirrored(at)),
      [true, true],
    );
    assert.deepEqual(
      ['orders', 'items'].map((table) => staged.strategyOf('app.db', table)),
      ['skip', 'overwrite'],
    );
    // What leads to one file alone goes as that does.
    assert.equal(staged.strategyAt('notes'), 'skip');
  });

  it('are none of what is not delivered, and of two the later counts', () => {
    const items: readonly Item[] = [
      { type: 'folder', path: 'hw' },
      { type: 'table', path: 'app.db', table: 'orders' },
    ];
    const wrong = ['hw2/a', 'app.db', 'h', ''].map((at) => skip(at));
    assert.deepEqual(withExceptions(items, [...wrong, skip('app.db', 'other'), skip('hw', 'orders')]), items);
    const twice: readonly Exception[] = [skip('hw/a'), { path: 'hw/a', table: null, strategy: 'ask' }];
    assert.deepEqual(withExceptions(items, twice), [...items, { type: 'file', path: 'hw/a', strategy: 'ask' }]);
  });

  it(`give what they name another strategy, and all else the one that it had (seed ${seed})`, () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const at = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const item: fc.Arbitrary<Item> = fc.record({
      type: fc.constantFrom('file', 'folder'),
      path: at,
      strategy: fc.constantFrom(...STRATEGIES),
    });
    const exception: fc.Arbitrary<Exception> = fc.record({
      path: at,
      table: fc.constant(null),
      strategy: fc.constantFrom('overwrite', 'skip', 'rename', 'ask'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(item, { selector: (one) => one.path, minLength: 1 }), fc.array(exception), at, (items, some, asked) => {
        const [before, after] = [items, withExceptions(items, some)].map((all) => new Staged(all, { overall: 'ask' }));
        const own = some.findLast((one) => one.path === asked);
        assert.equal(after!.covers(asked), before!.covers(asked));
        assert.equal(after!.isMirrored(asked), before!.isMirrored(asked));
        if (!before!.covers(asked)) return;
        const isBelow = some.some((one) => asked.startsWith(`${one.path}/`));
        if (own !== undefined) assert.equal(after!.strategyAt(asked), own.strategy);
        else if (!isBelow) assert.equal(after!.strategyAt(asked), before!.strategyAt(asked));
      }),
      { seed },
    );
  });
});

describe('space: exceptions in logs', () => {
  const world = new World('exceptions');
  const ada = world.member();
  const bob = world.member();
  const second = world.member();
  world.first.act((acting) => certify(acting, publicKeysOf(second.keys)));
  world.first.refresh();
  for (const one of [ada, bob, second]) {
    one.hear();
  }

  const encoded = (text: string): string => Buffer.from(text).toString('base64url');
  const bodyFor = (at: string, change: Partial<BodyOf<'exception'>> = {}): BodyOf<'exception'> => ({
    kind: 'exception',
    tree: TREE,
    items: [{ path: encoded(at), table: null, strategy: 'skip' }],
    made: 7,
    ...change,
  });
  const say =
    (whom: Somebody, body: BodyOf<'exception'>) =>
    ({ writer, state }: Acting): void =>
      void writer.write(body, targetFor(state, vaultOf(whom.log)));
  const distribute = ({ writer, state }: Acting): void => {
    const items = [{ type: 'folder', path: encoded('hw'), part: null, object: TREE, strategy: null }] as const;
    const common = { strategies: {}, source: 'c'.repeat(32), message: '', made: 7 };
    writer.write({ kind: 'distribute', tree: TREE, items: [...items], strategy: 'overwrite', ...common }, targetFor(state, ALL));
  };
  /** Paths of those that a person knows of the last distribution by the first Master. */
  const known = (whom: Somebody): string[] => {
    whom.hear();
    const state = whom.state();
    const sent = ofKind(state.statements, 'distribute').findLast(({ record }) => record.header.log === world.first.log)!;
    return exceptionsFor(state, whom.log, sent).exceptions.map((one) => one.path);
  };

  it('are those that the author of a distribution said before it, of it, to a member alone', () => {
    second.hear();
    second.act(say(ada, bodyFor('hw/by another Master')));
    ada.act(say(ada, bodyFor('hw/by herself')));
    world.first.hear();
    world.first.act((acting) => {
      say(ada, bodyFor('hw/of another tree', { tree: 'cd'.repeat(32) }))(acting);
      say(ada, bodyFor('hw/of another time', { made: 8 }))(acting);
      say(ada, bodyFor('hw/one'))(acting);
      say(bob, bodyFor('hw/at Bob'))(acting);
      say(ada, bodyFor('hw/two'))(acting);
      distribute(acting);
      say(ada, bodyFor('hw/too late'))(acting);
    });
    assert.deepEqual(known(ada), ['hw/one', 'hw/two']);
    assert.deepEqual(known(bob), ['hw/at Bob']);
    // Nobody else can open them, and who says what only a Master may say is named.
    assert.ok(!ofKind(bob.state().statements, 'exception').some(({ record }) => record.header.audience === vaultOf(ada.log)));
    world.first.hear();
    const { refused, statements } = world.first.state();
    assert.equal(ofKind(statements, 'exception').length, 7);
    assert.ok(!ofKind(statements, 'exception').some(({ record }) => record.header.log === ada.log), JSON.stringify(refused));
  });

  it('can’t be said to all, or with a path that leads elsewhere, or as a mirror', () => {
    world.first.act(({ writer, state }) => void writer.write(bodyFor('hw/to all'), targetFor(state, ALL)));
    world.first.hear();
    const told = world.first.state().refused.map(({ why }) => why);
    assert.deepEqual(told, ['not-allowed']);
    for (const at of ['..', '/a', 'a//b', '']) assert.throws(() => world.first.act(say(ada, bodyFor(at))), /not as its schema says/, at);
    const mirror = { path: encoded('hw/a'), table: null, strategy: 'mirror' as 'skip' };
    assert.throws(() => world.first.act(say(ada, bodyFor('hw/a', { items: [mirror] }))), /not as its schema says/);
  });
});

const bench = new Workbench();
let room: Classroom;

const exception = (target: string, at: string, strategy: ExceptionRequest['strategy'], table?: string): ExceptionRequest => ({
  target,
  path: at,
  strategy,
  ...(table !== undefined && { table }),
});

/** State and outcome by path, as the plan of the newest delivery has them. */
async function planOf({ engine }: Person): Promise<Record<string, string>> {
  await engine.space({ sync: true });
  const [delivery] = await engine.inbox();
  const { objects } = await engine.planReceive({ delivery: delivery!.id });
  return Object.fromEntries(
    objects.map(({ place, type, part, state, outcome }) => [type === 'table' ? `${place}:${part!}` : place, `${state}: ${outcome}`]),
  );
}

/** The same as the Master foresees it. */
async function foreseen(name: string, request: DistributeRequest): Promise<Record<string, string>> {
  const { objects, targets } = await room.master.engine.preview(request);
  const { states, becomes } = targets.find((one) => one.name === name)!;
  const told = objects.map(({ path: at, part }, i) => [part === null ? at : `${at}:${part}`, `${states[i]!}: ${becomes[i]!}`] as const);
  return Object.fromEntries(told.filter(([, what]) => !what.startsWith('same')));
}

describe('space: exceptions', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('hold at one member for one object, as the preview foresees, whatever the strategies of all else', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1', 'hw/c': '1', 'hw/d': '1', note: '1' });
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    await room.master.handOut(['hw', 'note']);
    for (const person of [ada, bob]) {
      await person.receiveAll();
      person.write({ 'hw/a': 'edited', 'hw/b': 'edited', 'hw/c': 'edited', note: 'edited' });
      await person.engine.space({ sync: true });
    }
    const exceptions = [
      exception('Ada', 'hw/a', 'skip'),
      exception('Ada', 'hw/b', 'ask'),
      exception('Ada', 'note', 'rename'),
      exception('Bob', 'hw/c', 'ask'),
      exception('Bob', 'hw/c', 'overwrite'),
    ];
    let round = 2;
    for (const to of ['all', ['Ada', 'Bob']] as const) {
      for (const strategy of STRATEGIES) {
        room.master.write({ 'hw/a': `${round}`, 'hw/b': `${round}`, 'hw/c': `${round}`, 'hw/d': `${round}`, note: `${round}` });
        round += 1;
        const request = { to, strategy, exceptions };
        const [forAda, forBob] = [await foreseen('Ada', request), await foreseen('Bob', request)];
        const { id } = await room.master.engine.distribute(request);
        assert.deepEqual([await planOf(ada), await planOf(bob)], [forAda, forBob], strategy);
        assert.deepEqual([forAda['hw/a'], forAda['hw/b'], forAda['note']], ['edited: kept', 'edited: waiting', 'edited: saved-beside']);
        assert.equal(forBob['hw/c'], 'edited: replaced');
        if (strategy === 'skip') assert.equal(forBob['hw/a'], 'edited: kept');
        await room.master.engine.undoDistribution({ distribution: id });
      }
    }
    // Applied it is as planned, and told.
    await room.master.engine.distribute({ strategy: 'overwrite', exceptions });
    const told = (await room.master.engine.audit()).entries.filter(({ kind }) => kind === 'exception').slice(-2);
    assert.deepEqual(
      told.map(({ about, facts }) => [about!.name, facts]),
      [
        ['Ada', { skip: ['hw/a'], ask: ['hw/b'], rename: ['note'] }],
        ['Bob', { overwrite: ['hw/c'] }],
      ],
    );
    await ada.receiveAll();
    const { 'hw/a': a, 'hw/b': b, 'hw/c': c, note } = ada.files;
    assert.deepEqual([a, b, c, note, ada.files['note (from Master)']], ['edited', 'edited', `${round - 1}`, 'edited', `${round - 1}`]);
    await ada.restart();
    const [waiting] = (await ada.engine.planReceive({ delivery: (await ada.engine.inbox())[0]!.id })).objects.filter(
      ({ outcome }) => outcome === 'waiting',
    );
    assert.deepEqual([waiting!.path, waiting!.strategy], ['hw/b', 'ask']);
    await bob.receiveAll();
    assert.equal(bob.files['hw/a'], `${round - 1}`);
    await room.master.engine.space({ sync: true });
    assert.deepEqual(
      (await room.master.engine.distributions())[0]!.targets.map(({ name, state }) => [name, state]),
      [
        ['Ada', 'waiting'],
        ['Bob', 'applied'],
      ],
    );
    assert.deepEqual((await room.master.engine.verifyAudit({ hub: true })).findings, []);
    assert.deepEqual((await ada.engine.verifyAudit({ hub: true })).findings, []);
  });

  it('hold for tables, applications, links and empty folders', async () => {
    const tableFile = (folder: string, price: number): void => {
      const database = new DatabaseSync(path.join(folder, 'app.db'));
      database.exec(
        `DROP TABLE IF EXISTS orders; CREATE TABLE orders (id INTEGER PRIMARY KEY, price); INSERT INTO orders VALUES (1, ${price})`,
      );
      database.close();
    };
    room = await Classroom.open(bench, { 'requirements.txt': 'a==1\n', 'hw/x': 'x' });
    const { master } = room;
    const ada = await room.join('Ada');
    tableFile(master.folder, 1);
    fs.symlinkSync('x', path.join(master.folder, 'hw/link'));
    fs.mkdirSync(path.join(master.folder, 'hw/empty'));
    const { applications } = await master.engine.applications({ state: 'current' });
    const python = applications.find(({ kind }) => kind === 'python')!;
    await master.engine.addToStage({
      objects: [
        { type: 'path', state: 'current', path: 'hw' },
        { type: 'table', state: 'current', path: 'app.db', table: 'orders' },
        { type: 'application', state: 'current', application: python.name },
      ],
    });
    tableFile(ada.folder, 2);
    ada.write({ 'requirements.txt': 'a==2\n', 'hw/empty': 'a file', 'hw/link': 'a file' });
    const exceptions = [
      exception('Ada', 'app.db', 'skip', 'orders'),
      exception('Ada', 'requirements.txt', 'skip'),
      exception('Ada', 'hw/link', 'rename'),
      exception('Ada', 'hw/empty', 'skip'),
    ];
    const plan = await master.engine.planDistribution({ exceptions });
    assert.deepEqual(
      plan.exceptions.map(({ target, path: at, table, strategy }) => [target.name, at, table, strategy]),
      [
        ['Ada', 'app.db', 'orders', 'skip'],
        ['Ada', 'requirements.txt', null, 'skip'],
        ['Ada', 'hw/link', null, 'rename'],
        ['Ada', 'hw/empty', null, 'skip'],
      ],
    );
    await ada.engine.space({ sync: true });
    const shown = await master.engine.preview({ exceptions });
    assert.deepEqual(
      shown.targets[0]!.exceptions,
      exceptions.map(({ path: at, table = null, strategy }) => ({ path: at, table, strategy })),
    );
    await master.engine.distribute({ exceptions });
    const planned = await planOf(ada);

    assert.deepEqual(
      ['app.db:orders', 'hw/link', 'hw/empty'].map((name) => planned[name]?.replace(/.*: /, '')),
      ['kept', 'saved-beside', 'kept'],
    );
    await ada.receiveAll();
    assert.deepEqual([ada.files['requirements.txt'], ada.files['hw/link'], ada.files['hw/x']], ['a==2\n', 'a file', 'x']);
  });

  it('are refused where nothing of it goes, for what is not delivered, and as a mirror; then nothing was said', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'own/b': '1' });
    const { engine } = room.master;
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    await room.join('Vera', {}, { role: 'viewer' });
    await engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw' }] });
    const before = [(await engine.list()).length, (await engine.audit()).entries.length];
    const wrong: readonly [DistributeRequest['to'], ExceptionRequest, RegExp][] = [
      [['Ada'], exception('Bob', 'hw/a', 'skip'), /Nothing of this goes to Bob/],
      ['all', exception('Vera', 'hw/a', 'skip'), /Vera is a viewer/],
      ['all', exception('Ada', 'own/b', 'skip'), /“own\/b” is no file on the Stage/],
      ['all', exception('Ada', 'hw', 'skip'), /“hw” is no file on the Stage/],
      ['all', exception('Ada', '../hw/a', 'skip'), /is no file on the Stage/],
      ['all', exception('Ada', 'hw/a', 'skip', 'orders'), /The table orders of “hw\/a” is not on the Stage/],
      ['all', exception('Ada', 'hw/a', 'mirror' as 'skip'), /can’t have the strategy mirror/],
    ];
    for (const [to, one, message] of wrong) {
      const request: DistributeRequest = { ...(to !== undefined && { to }), exceptions: [exception('Ada', 'hw/a', 'skip'), one] };
      for (const call of [() => engine.preview(request), () => engine.planDistribution(request), () => engine.distribute(request)]) {
        const error = await rejected(call(), 'refused');
        assert.match(error.message, message);
        assert.deepEqual([error.details['reason'], error.details['exceptions']], ['no-exception', [one]]);
      }
    }
    await rejected(engine.distribute({ exceptions: [exception('Eve', 'hw/a', 'skip')] }), 'not-found');
    assert.deepEqual([(await engine.list()).length, (await engine.audit()).entries.length], before);
    for (const person of [ada, bob]) assert.deepEqual(await person.receiveAll(), []);
  });

  it('that a record has no room for come as a list; while it is missing or damaged nothing of that delivery is applied', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, number) => [`hw/exercise-${number}.md`, `task ${number}`]));
    room = await Classroom.open(bench, files);
    const { master } = room;
    const [ada, bob] = [await room.join('Ada', { 'hw/exercise-7.md': 'hers' }), await room.join('Bob')];
    const exceptions = Object.keys(files).map((at) => exception('Ada', at, 'skip'));
    await master.handOut(['hw'], { exceptions });
    const [[list, bytes], ...more] = [...(await room.hubFiles.contents('lists'))] as [[string, Buffer]];
    assert.deepEqual(more, []);
    assert.ok(!bytes.includes('exercise'));
    for (const forged of [undefined, Buffer.from(bytes).fill(7, 40, 41)]) {
      await room.hubFiles.remove(list);
      if (forged !== undefined) await room.hubFiles.put(list, forged);
      await ada.engine.space({ sync: true });
      const [delivery] = await ada.engine.inbox();
      for (const call of [() => ada.engine.planReceive({ delivery: delivery!.id }), () => ada.engine.receive({ delivery: delivery!.id })])
        assert.equal((await rejected(call(), 'not-found')).details['reason'], 'no-list');
      assert.deepEqual(ada.files, { 'hw/': '', 'hw/exercise-7.md': 'hers' });
      // It concerns nobody else.
      if (forged === undefined) assert.equal((await bob.receiveAll())[0]!.counts.created, 300);
      await room.hubFiles.put(list, Buffer.alloc(0));
    }
    await room.hubFiles.remove(list);
    await master.engine.space({ sync: true });
    assert.deepEqual(await room.hubFiles.read(list), bytes);
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.created, report!.counts.kept, ada.files['hw/exercise-7.md']], [299, 1, 'hers']);
  });

  it('can be made by another Master, as soon as the member has heard of it', async () => {
    room = await Classroom.solo(bench, { 'hw/a': '1' });
    const { recoveryCode: code, space } = await room.master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    const ada = await room.join('Ada', { 'hw/a': 'hers' });
    const second = room.add(new Person(bench.folder(), bench.folder()));
    second.write({ 'hw/a': '2' });
    await second.engine.init();
    await second.engine.recoverSpace({ code, hub: room.hub });
    const exceptions = [exception('Ada', 'hw/a', 'skip')];
    await second.handOut(['hw'], { exceptions });
    await ada.receiveAll();
    assert.equal(ada.files['hw/a'], 'hers');
    await second.engine.removeMember({ member: space.me.id, code });
    const error = await rejected(second.handOut(['hw'], { exceptions }), 'refused');
    assert.match(error.message, /Ada has not heard of all Masters yet/);
    await ada.engine.space({ sync: true });
    await second.handOut(['hw'], { exceptions });
    await ada.receiveAll();
    assert.equal(ada.files['hw/a'], 'hers');
    await second.handOut(['hw']);
    await ada.receiveAll();
    assert.equal(ada.files['hw/a'], '2');
  });

  it('are not for who comes later, of what was taken back, or of what later ones brought', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1', 'hw/c': '1' });
    const ada = await room.join('Ada', { 'hw/a': 'hers', 'hw/b': 'hers', 'hw/c': 'hers' });
    await room.master.handOut(['hw'], {
      strategy: 'skip',
      exceptions: ['a', 'b', 'c'].map((name) => exception('Ada', `hw/${name}`, 'overwrite')),
    });
    const [first] = await room.master.engine.distributions();
    await room.master.engine.recall({ paths: ['hw/b'] });
    await room.master.handOut(['hw/c'], { strategy: 'skip' });
    await ada.engine.space({ sync: true });
    const [later] = await ada.engine.inbox();
    await ada.engine.receive({ delivery: later!.id });
    await ada.engine.receive({ delivery: first!.id });
    assert.deepEqual([ada.files['hw/a'], ada.files['hw/b'], ada.files['hw/c']], ['1', 'hers', 'hers']);
    const bob = await room.join('Bob', { 'hw/a': 'his' });
    await bob.receiveAll();
    assert.equal(bob.files['hw/a'], 'his');
  });
});
