/** All that was distributed as one state: what is in it, and what is brought back from it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { distributedTree, withoutLost, type Layer } from '../../../src/space/delivery/distributed.ts';
import type { Losses } from '../../../src/space/delivery/takings.ts';
import { Staged, type Item, type Strategy } from '../../../src/space/merge/staged.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';

const check = (): void => undefined;

function layer(files: Files, more: { items?: readonly Item[]; strategy?: Strategy; gone?: string[]; earlier?: string[] } = {}): Layer {
  const { items = [{ type: 'snapshot', path: '' }], strategy = 'overwrite', gone = [], earlier = [] } = more;
  return { root: treeOf(files), staged: new Staged(items, { overall: strategy }), losses: { gone, earlier } };
}

const laid = (...layers: readonly Layer[]): Record<string, string> => filesOf(distributedTree(layers, { trees, sink, check }));

describe('space: all that was distributed', () => {
  it('is each distribution over those before it', () => {
    assert.deepEqual(laid(), {});
    assert.deepEqual(laid(layer({ a: '1', 'b/c': '2', 'e/': '' }), layer({ a: '2', 'b/d': '3' })), {
      a: '2',
      'b/c': '2',
      'b/d': '3',
      'e/': '',
    });
    assert.deepEqual(laid(layer({ a: '1' }), layer({ 'a/b': '2' })), { 'a/b': '2' });
    assert.deepEqual(laid(layer({ 'a/b': '1' }), layer({ a: '@x' })), { a: '@x' });
  });

  it('holds nothing in a mirrored folder but what was last delivered', () => {
    const items: Item[] = [
      { type: 'folder', path: 'b', strategy: 'mirror' },
      { type: 'file', path: 'a' },
    ];
    assert.deepEqual(laid(layer({ a: '1', 'b/c': '2', d: '3' }), layer({ a: '2', 'b/e': '4' }, { items })), { a: '2', 'b/e': '4', d: '3' });
    assert.deepEqual(laid(layer({ a: '1', 'b/c': '2' }), layer({ a: '2', 'b/e': '4' }, { items, earlier: ['b'] })), { a: '2', 'b/c': '2' });
    assert.deepEqual(laid(layer({ a: '1' }), layer({ b: '2' }, { strategy: 'mirror' })), { b: '2' });
    assert.deepEqual(laid(layer({ a: '1', 'b/c': '2' }), layer({ 'b/d': '3' }, { items, gone: ['b/d'] })), { a: '1', 'b/c': '2' });
    assert.deepEqual(laid(layer({ a: '1' }), layer({ b: '2' }, { strategy: 'mirror', gone: ['b'] })), { a: '1' });
  });

  it('lacks what was taken back, or has what was there before', () => {
    const first = { a: '1', 'b/c': '1', 'b/d': '1' };
    const second = { a: '2', 'b/c': '2', 'b/e': '2' };
    const both = (losses: Partial<Losses>): Record<string, string> => laid(layer(first), layer(second, losses as { gone?: string[] }));
    assert.deepEqual(both({ gone: ['b'] }), { a: '2', 'b/d': '1' });
    assert.deepEqual(both({ earlier: ['b'] }), { a: '2', 'b/c': '1', 'b/d': '1' });
    assert.deepEqual(both({ gone: ['b/e', 'a'] }), { 'b/c': '2', 'b/d': '1' });
    assert.deepEqual(both({ gone: [''] }), { 'b/d': '1' });
    assert.deepEqual(both({ earlier: [''] }), first);
    assert.deepEqual(both({ gone: ['b/c'], earlier: ['b'] }), { a: '2', 'b/d': '1' });
    assert.deepEqual(laid(layer(first, { gone: [''] }), layer(second)), second);
    assert.deepEqual(laid(layer(first), layer({ b: '2' }, { gone: ['b'] })), { a: '1' });
    assert.deepEqual(laid(layer({ b: '1' }), layer({ 'b/c': '2' }, { gone: ['b'] })), {});
  });

  it('has no permissions and no bonds between files that could be another’s', () => {
    const root = distributedTree([layer({ a: { content: '1', mode: 0o4755, group: 7n } })], { trees, sink, check });
    const [entry] = trees.get(root);
    assert.deepEqual([entry!.mode, entry!.group], [0o755, 0n]);
  });

  it('is not delivered once it was taken back', () => {
    const root = treeOf({ a: '1', 'b/c': '2', 'b/d': '3' });
    const without = (...gone: string[]): Record<string, string> => filesOf(withoutLost(root, { gone, earlier: [] }, { trees, sink }));
    assert.deepEqual(without('b/c', 'x/y'), { a: '1', 'b/d': '3' });
    assert.deepEqual(without('b/c', 'b/d'), { a: '1' });
    assert.deepEqual(without(''), {});
  });
});

describe('space: what was distributed, as a state', () => {
  const bench = new Workbench();
  let room: Classroom;
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  const hw1 = { 'hw1/task.md': 'task', 'hw1/data.csv': 'a,b\n' };
  const listed = async (person: Person): Promise<string[]> =>
    (await person.engine.ls({ state: 'distributed', path: '', recursive: true })).map((entry) => entry.path);

  it('can be read and compared by every member, whatever it has applied, and by the Master', async () => {
    room = await Classroom.open(bench, { ...hw1, 'for/ada': 'a', old: 'old' });
    const [ada, late] = [await room.join('Ada'), await room.join('Late')];
    await room.master.handOut(['hw1', 'old']);
    await ada.receiveAll();
    room.master.write({ 'hw1/task.md': 'task 2' });
    await room.master.handOut(['hw1']);
    await room.master.handOut(['for'], { to: ['Ada'] });
    await room.master.engine.recall({ paths: ['old'] });
    for (const person of [ada, late, room.master]) {
      const info = await person.engine.distributed({ sync: true });
      assert.equal(info.isOffline, false);
      assert.deepEqual(await listed(person), [...(person === ada ? ['for', 'for/ada'] : []), 'hw1', 'hw1/data.csv', 'hw1/task.md']);
      assert.equal(Buffer.from(await person.engine.read({ state: 'distributed', path: 'hw1/task.md' })).toString(), 'task 2');
    }
    const diff = await ada.engine.diff({ a: 'distributed' });
    const told = (['added', 'changed', 'removed'] as const).map((kind) => diff[kind].map((one) => one.path));
    assert.deepEqual(told, [['old'], ['hw1/task.md'], ['for', 'for/ada']]);
    assert.equal((await ada.engine.find({ pattern: 'task*', state: 'distributed' })).count, 1);
    assert.equal((await late.engine.list()).length, 0);
    await late.engine.compact();
    assert.deepEqual((await late.engine.verify({ readData: true })).damage, []);
    assert.equal((await listed(late)).length, 3);
  });

  it('is there as far as it is known while the hub is away, after a compaction too', async () => {
    room = await Classroom.open(bench, hw1);
    const late = await room.join('Late');
    await room.master.handOut(['hw1']);
    assert.equal((await late.engine.distributed({ sync: true })).isOffline, false);
    assert.equal((await listed(late)).length, 3);
    assert.equal((await room.whileAway(() => late.engine.distributed({ sync: true }))).isOffline, true);
    assert.equal((await listed(late)).length, 3);
    await late.engine.compact();
    assert.deepEqual((await late.engine.verify({ readData: true })).damage, []);
    assert.equal((await listed(late)).length, 3);
  });

  it('gives back a path, leaves what lies beside it, and counts as received', async () => {
    room = await Classroom.open(bench, { ...hw1, 'hw1/.vscode/tasks.json': '{}' });
    const ada = await room.join('Ada');
    await rejected(ada.engine.planPull({ paths: ['hw1'] }), 'not-found');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    ada.write({ 'hw1/task.md': 'spoilt', 'hw1/own': 'own' });
    ada.remove('hw1/data.csv');
    await ada.engine.distributed({ sync: true });
    const plan = await ada.engine.planPull({ paths: ['hw1'] });
    assert.deepEqual([plan.counts.replaced, plan.counts.created, plan.counts.deleted, plan.counts.waiting], [1, 1, 0, 1]);
    ada.write({ 'hw1/own': 'own 2' });
    await rejected(ada.engine.pull({ paths: ['hw1'], from: plan.from }), 'stale-plan');
    const { safety } = await ada.engine.pull({ paths: ['hw1'] });
    assert.deepEqual(ada.files, { 'hw1/': '', ...hw1, 'hw1/own': 'own 2' });
    assert.equal(Buffer.from(await ada.engine.read({ state: safety!.id, path: 'hw1/task.md' })).toString(), 'spoilt');
    await ada.engine.pull({ paths: ['hw1/.vscode'] });
    assert.equal(Object.keys(ada.files).filter((one) => one.includes('.vscode/tasks')).length, 1);
    await rejected(ada.engine.pull({ paths: ['hw1/none'] }), 'not-found');
    await rejected(ada.engine.pull({ paths: ['../x'] }), 'usage');
    room.master.write({ 'hw1/task.md': 'task 2' });
    await room.master.handOut(['hw1/task.md'], { strategy: 'ask' });
    const report = (await ada.receiveAll()).at(-1);
    assert.deepEqual([report!.counts.updated, report!.counts.waiting], [1, 0]);
    await ada.engine.undo();
    assert.equal(ada.files['hw1/task.md'], 'task');
  });

  it('is fetched as far as it is lacking', async () => {
    room = await Classroom.open(bench, { 'a.bin': Buffer.alloc(200_000, 'a'), 'b.txt': 'b' });
    const ada = await room.join('Ada');
    await room.master.handOut(['a.bin', 'b.txt']);
    await ada.receiveAll();
    const bytes = (): number => fs.readdirSync(path.join(ada.folder, '.snapstage/packs')).length;
    const before = bytes();
    room.master.write({ 'b.txt': 'b 2' });
    await room.master.handOut(['b.txt']);
    await ada.engine.distributed({ sync: true });
    const after = bytes();
    await ada.engine.distributed({ sync: true });
    assert.ok(after > before);
    assert.equal(bytes(), after);
  });
});

describe('space: objects of a snapshot brought here', () => {
  const bench = new Workbench();
  let room: Classroom;
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('need no Space, follow the strategies, and can be undone', async () => {
    room = await Classroom.solo(bench, { 'a.txt': 'a', 'b/c': 'c', 'b/.vscode/x': 'x' });
    const { engine } = room.master;
    await engine.take({ name: 'start' });
    room.master.write({ 'a.txt': 'a 2', 'b/new': 'new' });
    room.master.remove('b/c');
    await rejected(engine.stageHere({}), 'refused');
    await engine.addToStage({
      objects: [
        { type: 'path', state: 'start', path: 'a.txt' },
        { type: 'path', state: 'start', path: 'b' },
      ],
    });
    await rejected(engine.stageHere({ strategy: 'ask' }), 'usage');
    const plan = await engine.planStageHere({ strategy: 'rename' });
    assert.deepEqual(
      plan.objects.map(({ place, outcome, as }) => [place, outcome, as]),
      [
        ['a.txt', 'saved-beside', 'a (from Stage).txt'],
        ['b/c', 'created', null],
      ],
    );
    await engine.stageHere({ strategy: 'rename', from: plan.from });
    assert.deepEqual([room.master.files['a.txt'], room.master.files['a (from Stage).txt'], room.master.files['b/c']], ['a 2', 'a', 'c']);
    await engine.undo();
    assert.deepEqual([room.master.files['a.txt'], room.master.files['b/c']], ['a 2', undefined]);
    room.master.remove('b/.vscode');
    await engine.stageHere({ strategy: 'mirror' });
    assert.deepEqual(room.master.files, { 'a.txt': 'a', 'b/': '', 'b/c': 'c', 'b/.vscode/': '', 'b/.vscode/x': 'x' });
  });
});
