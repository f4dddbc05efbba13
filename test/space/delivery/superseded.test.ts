/** What later distributions replace is not applied before them, nor after. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distributedTree, type Layer } from '../../../src/space/delivery/distributed.ts';
import { withoutLater } from '../../../src/space/delivery/superseded.ts';
import { EMPTY_ID } from '../../../src/space/merge/editTree.ts';
import { Staged, type Item, type Strategy } from '../../../src/space/merge/staged.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';
import { filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';

const laying = { trees, sink, check: (): void => undefined };
const WHOLE: readonly Item[] = [{ type: 'snapshot', path: '' }];

function layer(files: Files, more: { items?: readonly Item[]; strategy?: Strategy; gone?: string[]; earlier?: string[] } = {}): Layer {
  const { items = WHOLE, strategy = 'overwrite', gone = [], earlier = [] } = more;
  return { root: treeOf(files), staged: new Staged(items, { overall: strategy }), losses: { gone, earlier } };
}

describe('space: what is left of a distribution beside later ones', () => {
  const left = (own: Layer, ...later: Layer[]): Files => filesOf(withoutLater(own, later, laying));

  it('is what they do not deliver', () => {
    const own = layer({ a: '1', 'b/c': '1', 'b/d': '1', 'e/': '' });
    assert.deepEqual(left(own), { a: '1', 'b/c': '1', 'b/d': '1', 'e/': '' });
    assert.deepEqual(left(own, layer({ x: '2' })), { a: '1', 'b/c': '1', 'b/d': '1', 'e/': '' });
    assert.deepEqual(left(own, layer({ a: '2', 'b/c': '2' })), { 'b/d': '1', 'e/': '' });
    assert.deepEqual(left(own, layer({ a: '2', 'b/c': '2' }), layer({ 'b/d': '3', 'e/f': '3' })), {});
    assert.deepEqual(left(own, layer({ 'a/x': '2', b: '@2' })), { 'e/': '' });
    assert.deepEqual(left(own, own), {});
  });

  it('is nothing in folders that they mirror', () => {
    const items: Item[] = [{ type: 'folder', path: 'b', strategy: 'mirror' }];
    assert.deepEqual(left(layer({ a: '1', 'b/c': '1', 'b/d/e': '1' }), layer({ 'b/c': '2' }, { items })), { a: '1' });
  });

  it('is all again where they were taken back for what was before, and not where what they brought is to be gone', () => {
    const own = layer({ a: '1', b: '1' });
    assert.deepEqual(left(own, layer({ a: '2', b: '2' }, { earlier: ['a'] })), { a: '1' });
    assert.deepEqual(left(own, layer({ a: '2', b: '2' }, { earlier: [''] })), { a: '1', b: '1' });
    assert.deepEqual(left(own, layer({ a: '2', b: '2' }, { gone: ['a'] })), {});
  });

  it('is a database where only tables of it follow, and no table that follows again', () => {
    const tables = (...names: string[]): { items: Item[] } => ({ items: names.map((table) => ({ type: 'table', path: 'x.db', table })) });
    const extracts = (...names: string[]): Files => Object.fromEntries(names.map((name) => [`x.db/${name}`, name]));
    assert.deepEqual(left(layer({ 'x.db': '1' }), layer(extracts('t'), tables('t'))), { 'x.db': '1' });
    assert.deepEqual(left(layer(extracts('t', 'u'), tables('t', 'u')), layer(extracts('t'), tables('t'))), { 'x.db/u': 'u' });
    assert.deepEqual(left(layer(extracts('t'), tables('t')), layer({ 'x.db': '2' })), {});
    assert.deepEqual(left(layer(extracts('t'), tables('t')), layer({ 'x.db/t': '2' })), {});
  });

  it('changes nothing of what all come to when it is not applied', () => {
    const path = fc.constantFrom('a', 'b/c', 'b/d', 'b/e/f', 'g/h');
    const one = fc.dictionary(path, fc.constantFrom('1', '2', '3'), { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(one, { minLength: 2, maxLength: 6 }), (all) => {
        const layers = all.map((files) => layer(files));
        const isLeft = (own: Layer, at: number): boolean => !withoutLater(own, layers.slice(at + 1), laying).equals(EMPTY_ID);
        const some = layers.filter(isLeft);
        assert.ok(distributedTree(some, laying).equals(distributedTree(layers, laying)));
        // Nor does the order count, when each brings what is left of it.
        const rests = layers.map((own, at) => ({ ...own, root: withoutLater(own, layers.slice(at + 1), laying) })).toReversed();
        assert.deepEqual(filesOf(distributedTree(rests, laying)), filesOf(distributedTree(layers, laying)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('space: deliveries that are superseded', () => {
  const bench = new Workbench();
  let room: Classroom;
  let ada: Person;
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1', other: '1' });
    ada = await room.join('Ada', { own: 'own' });
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  /** The oldest first. */
  const states = async (person = ada): Promise<string[]> => (await person.engine.inbox()).map(({ state }) => state).toReversed();

  async function handOutAgain(files: Readonly<Record<string, string>>, paths = ['hw'], strategy: Strategy = 'overwrite'): Promise<string> {
    room.master.write(files);
    return (await room.master.handOut(paths, { strategy })).id;
  }

  it('are not applied, fetched or asked about: who was offline, and who comes late, has one step to take', async () => {
    const ids = [];
    for (const week of ['1', '2', '3', '4', '5']) ids.push(await handOutAgain({ 'hw/a': week, 'hw/b': `b${week}` }));
    const late = await room.join('Late', { 'hw/a': 'mine' });
    for (const person of [ada, late]) {
      await person.engine.space({ sync: true });
      assert.deepEqual(await states(person), ['superseded', 'superseded', 'superseded', 'superseded', 'new']);
      const plan = await person.engine.planReceive({ delivery: ids[0]! });
      assert.deepEqual([plan.delivery.state, plan.objects], ['superseded', []]);
      const report = await person.engine.receive({ delivery: ids[0]! });
      assert.deepEqual([report.delivery.state, report.safety], ['superseded', undefined]);
      assert.equal((await person.receiveAll()).length, 1);
      assert.deepEqual([person.files['hw/a'], person.files['hw/b']], ['5', 'b5']);
      assert.equal((await person.engine.list()).length, 2, 'one automatic snapshot, and what was made');
      assert.deepEqual(await states(person), ['superseded', 'superseded', 'superseded', 'superseded', 'applied']);
    }
  });

  it('are shown as that to who sent them, for whom it is so', async () => {
    const bob = await room.join('Bob');
    const told = async (): Promise<Record<string, string>[]> => {
      await room.master.engine.space({ sync: true });
      const all = (await room.master.engine.distributions()).toReversed();
      return all.map(({ targets }) => Object.fromEntries(targets.map(({ name, state }) => [name, state])));
    };
    await handOutAgain({});
    await bob.receiveAll();
    await handOutAgain({ 'hw/a': '2' });
    assert.deepEqual(await told(), [
      { Ada: 'superseded', Bob: 'applied' },
      { Ada: 'sent', Bob: 'sent' },
    ]);
    // What is for Bob alone replaces nothing for Ada.
    room.master.write({ 'hw/a': '3' });
    await room.master.handOut(['hw'], { to: ['Bob'] });
    assert.deepEqual((await told()).slice(1), [{ Ada: 'sent', Bob: 'superseded' }, { Bob: 'sent' }]);
    const seen = async (): Promise<string[]> => {
      await ada.engine.space({ sync: true });
      await bob.engine.space({ sync: true });
      return [(await states()).join(), (await states(bob)).join()];
    };
    assert.deepEqual(await seen(), ['superseded,new', 'applied,superseded,new']);
    await ada.receiveAll();
    await bob.receiveAll();
    assert.deepEqual(await told(), [{ Ada: 'superseded', Bob: 'applied' }, { Ada: 'applied', Bob: 'superseded' }, { Bob: 'applied' }]);
    // Once the later one is taken back the earlier one comes after all.
    await handOutAgain({ 'hw/a': '4' });
    const last = await handOutAgain({ 'hw/a': '5' });
    assert.deepEqual((await told()).at(-2), { Ada: 'superseded', Bob: 'superseded' });
    await room.master.engine.undoDistribution({ distribution: last });
    assert.deepEqual((await told()).at(-2), { Ada: 'sent', Bob: 'sent' });
    await ada.receiveAll();
    assert.deepEqual((await told()).at(-2), { Ada: 'applied', Bob: 'sent' });
    assert.equal(ada.files['hw/a'], '4');
  });

  it('that wait for a decision are, once a later one takes that from them', async () => {
    ada.write({ 'hw/a': 'hers' });
    await handOutAgain({ 'hw/a': '2' }, ['hw/a'], 'ask');
    await ada.receiveAll();
    const state = async (): Promise<string[]> => {
      await room.master.engine.space({ sync: true });
      return (await room.master.engine.distributions()).map(({ targets }) => targets[0]!.state).toReversed();
    };
    assert.deepEqual(await state(), ['waiting']);
    await handOutAgain({ 'hw/a': '3' }, ['hw/a'], 'ask');
    assert.deepEqual(await state(), ['superseded', 'sent']);
    await ada.receiveAll();
    assert.deepEqual(await state(), ['superseded', 'waiting']);
    assert.deepEqual(await states(), ['superseded', 'waiting']);
  });

  it('are those of which all is replaced, and no others', async () => {
    await handOutAgain({}, ['hw', 'other']);
    await handOutAgain({ 'hw/a': '2' });
    await handOutAgain({ 'hw/a': '3' }, ['hw/a']);
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['new', 'new', 'new']);
    await handOutAgain({ 'hw/a': '4' }, ['hw', 'other']);
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['superseded', 'superseded', 'superseded', 'new']);
  });

  it('are received after all where what replaced them is taken back, and not where it is undone here', async () => {
    await handOutAgain({});
    const id = await handOutAgain({ 'hw/a': '2' });
    await ada.receiveAll();
    assert.deepEqual(await states(), ['superseded', 'applied']);
    await ada.engine.undo();
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['superseded', 'undone']);
    await ada.engine.undo();
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['superseded', 'applied']);
    await room.master.engine.recall({ distributions: [id], previous: true });
    await ada.receiveAll();
    await ada.receiveAll();
    assert.deepEqual([ada.files['hw/a'], ada.files['hw/b']], ['1', '1']);
  });

  it('may have been recalled: five distributions and a recall come as what is left of them', async () => {
    for (const week of ['1', '2', '3']) await handOutAgain({ 'hw/a': week });
    await handOutAgain({ other: '4' }, ['other']);
    await handOutAgain({ 'hw/c': '5' }, ['hw/c']);
    await room.master.engine.recall({ paths: ['hw/c', 'other'] });
    const late = await room.join('Late');
    for (const person of [ada, late]) {
      const reports = await person.receiveAll();
      assert.equal(reports.length, 1);
      assert.deepEqual(await states(person), ['superseded', 'superseded', 'applied', 'void', 'void', 'void']);
      assert.deepEqual([person.files['hw/a'], person.files['hw/c'], person.files['other']], ['3', undefined, undefined]);
    }
  });

  it('nor does one that is received too late bring back what it had', async () => {
    const first = await handOutAgain({}, ['hw', 'other'], 'mirror');
    const second = await handOutAgain({ 'hw/a': '2', 'hw/new': '2' });
    await ada.engine.space({ sync: true });
    await ada.engine.receive({ delivery: second });
    ada.write({ 'hw/own': 'hers' });
    await ada.engine.receive({ delivery: first });
    assert.deepEqual(ada.files, { own: 'own', 'hw/': '', 'hw/a': '2', 'hw/b': '1', 'hw/new': '2', 'hw/own': 'hers', other: '1' });
    assert.deepEqual(await states(), ['applied', 'applied']);
    // What was left out is what holds again when the later one goes.
    await room.master.engine.recall({ distributions: [second], previous: true });
    await ada.receiveAll();
    assert.deepEqual([ada.files['hw/a'], ada.files['hw/new'], ada.files['hw/own']], ['1', undefined, 'hers']);
  });

  it('mirror no more than those that follow', async () => {
    ada.write({ 'hw/own': 'hers' });
    await handOutAgain({}, ['hw'], 'mirror');
    await handOutAgain({ 'hw/a': '2' });
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['new', 'new']);
    await handOutAgain({ 'hw/a': '3' }, ['hw'], 'mirror');
    await ada.engine.space({ sync: true });
    assert.deepEqual(await states(), ['superseded', 'superseded', 'new']);
  });

  it('leave conflicts that waited to what replaced them', async () => {
    ada.write({ 'hw/a': 'mine' });
    await handOutAgain({}, ['hw'], 'ask');
    await ada.receiveAll();
    assert.deepEqual(await states(), ['waiting']);
    await handOutAgain({ 'hw/a': '2' }, ['hw'], 'ask');
    await ada.receiveAll();
    assert.deepEqual(await states(), ['superseded', 'waiting']);
    assert.equal(ada.files['hw/a'], 'mine');
  });
});
