/** What was handed out is taken back: from those who have not edited it, whenever they hear of it. */
import assert from 'node:assert/strict';
import { Classroom } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;

const hw1 = { 'hw1/task.md': 'task', 'hw1/data.csv': 'a,b\n' };

describe('space: recalls', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('take unedited copies, leave edited ones, and tell the Master which', async () => {
    room = await Classroom.open(bench, hw1);
    const [ada, bob] = [await room.join('Ada', { 'own.txt': 'own' }), await room.join('Bob')];
    await room.master.handOut(['hw1']);
    for (const one of [ada, bob]) await one.receiveAll();
    ada.write({ 'hw1/task.md': 'my answer' });
    const plan = await room.master.engine.planRecall({ paths: ['hw1'] });
    assert.deepEqual([plan.distributions.length, plan.to, plan.paths], [1, 'all', ['hw1']]);
    const [recall, ...more] = await room.master.engine.recall({ paths: ['hw1'], message: 'too early' });
    assert.deepEqual([more, recall!.to, recall!.targets.map(({ state }) => state)], [[], 'editors', ['sent', 'sent']]);
    await ada.engine.space({ sync: true });
    const [entry] = await ada.engine.inbox();
    assert.deepEqual(
      [entry!.kind, entry!.state, entry!.message, entry!.items.map(({ path }) => path)],
      ['recall', 'new', 'too early', ['hw1']],
    );
    const planned = await ada.engine.planReceive({ delivery: entry!.id });
    assert.deepEqual(
      planned.objects.map(({ place, state, outcome, incoming }) => [place, state, outcome, incoming]),
      [
        ['hw1/data.csv', 'safe', 'deleted', null],
        ['hw1/task.md', 'edited', 'kept', null],
      ],
    );
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.deleted, report!.counts.kept, report!.delivery.state], [1, 1, 'applied']);
    assert.deepEqual(ada.files, { 'own.txt': 'own', 'hw1/': '', 'hw1/task.md': 'my answer' });
    assert.equal(Buffer.from(await ada.engine.read({ state: report!.safety!.id, path: 'hw1/data.csv' })).toString(), 'a,b\n');
    await bob.receiveAll();
    assert.deepEqual(bob.files, {});
    assert.deepEqual(await bob.receiveAll(), []);
    assert.deepEqual(await ada.receiveAll(), []);
    await room.master.engine.space({ sync: true });
    const [told] = await room.master.engine.recalls();
    assert.deepEqual(
      told!.targets.map(({ name, state, kept }) => [name, state, kept]).toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
      [
        ['Ada', 'applied', ['hw1/task.md']],
        ['Bob', 'applied', []],
      ],
    );
    assert.equal((await room.master.engine.distributions())[0]!.isVoid, true);
    await ada.engine.undo();
    assert.deepEqual(ada.files, { 'own.txt': 'own', 'hw1/': '', 'hw1/task.md': 'my answer', 'hw1/data.csv': 'a,b\n' });
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
  });

  it('take edited ones too when they are told to, even those that another one left, from chosen members alone', async () => {
    room = await Classroom.open(bench, hw1);
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    await room.master.handOut(['hw1']);
    for (const one of [ada, bob]) {
      await one.receiveAll();
      one.write({ 'hw1/task.md': 'my answer', 'hw1/own': 'own' });
    }
    await room.master.engine.recall({ paths: ['hw1'] });
    for (const one of [ada, bob]) await one.receiveAll();
    const again = await room.master.engine.recall({ paths: ['hw1/task.md'], evenEdited: true, to: ['Ada'] });
    assert.deepEqual([again.length, again[0]!.to, again[0]!.targets.map(({ name }) => name)], [1, 'chosen', ['Ada']]);
    const [report] = await ada.receiveAll();
    assert.deepEqual(await bob.receiveAll(), []);
    assert.deepEqual(ada.files, { 'hw1/': '', 'hw1/own': 'own' });
    assert.equal(Buffer.from(await ada.engine.read({ state: report!.safety!.id, path: 'hw1/task.md' })).toString(), 'my answer');
    assert.deepEqual(bob.files, { 'hw1/': '', 'hw1/own': 'own', 'hw1/task.md': 'my answer' });
  });

  it('bring what was delivered before in its place', async () => {
    room = await Classroom.open(bench, hw1);
    const [ada, late] = [await room.join('Ada'), await room.join('Late')];
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    room.master.write({ 'hw1/task.md': 'task 2', 'hw1/more': 'more' });
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    await room.master.engine.recall({ paths: ['hw1'], previous: true });
    for (const one of [ada, late]) {
      await one.receiveAll();
      assert.deepEqual(one.files, { 'hw1/': '', 'hw1/task.md': 'task', 'hw1/data.csv': 'a,b\n' });
    }
    // As if the second had never been: the next one finds nothing edited.
    room.master.write({ 'hw1/task.md': 'task 3' });
    await room.master.handOut(['hw1'], { strategy: 'ask' });
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.updated, report!.counts.created, report!.counts.waiting], [1, 1, 0]);
  });

  it('reach who was offline for all of it: what was taken back before is never applied', async () => {
    room = await Classroom.open(bench, { ...hw1, 'hw2/task.md': 'second', 'notes.md': 'notes' });
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    ada.write({ 'hw1/data.csv': 'mine' });
    await room.master.handOut(['hw2']);
    room.master.write({ 'hw1/task.md': 'task 2' });
    await room.master.handOut(['hw1'], { strategy: 'skip' });
    await room.master.handOut(['notes.md', 'hw2']);
    room.master.write({ 'hw1/task.md': 'task 3' });
    await room.master.handOut(['hw1'], { strategy: 'rename' });
    await room.master.engine.recall({ paths: ['hw2'] });
    const reports = await ada.receiveAll();
    assert.ok(reports.every(({ objects }) => objects.every(({ place }) => !place.startsWith('hw2'))));
    assert.deepEqual(ada.files, {
      'hw1/': '',
      'hw1/task.md': 'task 3',
      'hw1/data.csv': 'mine',
      'notes.md': 'notes',
    });
    const states = (await ada.engine.inbox()).map(({ kind, state }) => `${kind} ${state}`);
    assert.ok(states.includes('distribution void'), states.join());
    assert.deepEqual(await ada.receiveAll(), []);
  });

  it('find what was saved beside, and leave what was renamed, replaced by a folder, or waits', async () => {
    room = await Classroom.open(bench, { ...hw1, 'hw1/third': '3', 'hw1/fourth': '4' });
    const ada = await room.join('Ada', { 'hw1/task.md': 'my own' });
    await room.master.handOut(['hw1'], { strategy: 'rename' });
    await ada.receiveAll();
    assert.equal(ada.files['hw1/task (from Master).md'], 'task');
    ada.remove('hw1/third');
    ada.write({ 'hw1/third renamed': '3' });
    ada.remove('hw1/fourth');
    ada.write({ 'hw1/fourth/own': 'own' });
    ada.write({ 'hw1/data.csv': 'edited' });
    room.master.write({ 'hw1/data.csv': 'new' });
    await room.master.handOut(['hw1/data.csv'], { strategy: 'ask' });
    const [waits] = await ada.receiveAll();
    assert.equal(waits!.counts.waiting, 1);
    await room.master.engine.recall({ paths: ['hw1'], evenEdited: true });
    await ada.receiveAll();
    assert.deepEqual(ada.files, {
      'hw1/': '',
      'hw1/third renamed': '3',
      'hw1/fourth/': '',
      'hw1/fourth/own': 'own',
    });
    assert.deepEqual(
      (await ada.engine.inbox()).map(({ state }) => state),
      ['applied', 'void', 'applied'],
    );
  });

  it('are refused for what was not distributed, from who is no Master, and by who has nothing to say', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    const { id } = await room.master.handOut(['hw1']);
    await ada.receiveAll();
    await rejected(room.master.engine.recall({ paths: ['hw2'] }), 'not-found');
    await rejected(room.master.engine.recall({ paths: ['hw1/none'] }), 'not-found');
    await rejected(room.master.engine.recall({ paths: ['../x'] }), 'usage');
    await rejected(room.master.engine.recall({}), 'usage');
    await rejected(room.master.engine.recall({ paths: ['hw1'], to: ['Nobody'] }), 'not-found');
    await rejected(ada.engine.recall({ paths: ['hw1'] }), 'refused');
    await rejected(ada.engine.undoDistribution({ distribution: id }), 'refused');
    await rejected(room.master.engine.undoDistribution({ distribution: 'abcd' }), 'not-found');
  });
});

describe('space: distributions undone', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('put back what was there before, edits that were replaced too, where nobody has touched it since', async () => {
    room = await Classroom.open(bench, { ...hw1, 'hw1/new': 'new' });
    const ada = await room.join('Ada', { 'hw1/task.md': 'my own', 'hw1/extra': 'extra', 'hw1/x/y': 'y', other: 'o', more: 'm', most: 'n' });
    const { id } = await room.master.handOut(['hw1'], { strategy: 'mirror' });
    await ada.receiveAll();
    assert.deepEqual(
      Object.keys(ada.files)
        .filter((one) => one.startsWith('hw1'))
        .sort(),
      ['hw1/', 'hw1/data.csv', 'hw1/new', 'hw1/task.md'],
    );
    ada.write({ 'hw1/data.csv': 'edited since' });
    const undone = await room.master.engine.undoDistribution({ distribution: id });
    assert.equal(undone.kind, 'undo');
    const [report] = await ada.receiveAll();
    assert.deepEqual([report!.counts.kept, report!.delivery.kind], [1, 'undo']);
    assert.deepEqual(ada.files, {
      'hw1/': '',
      'hw1/task.md': 'my own',
      'hw1/extra': 'extra',
      'hw1/x/': '',
      'hw1/x/y': 'y',
      'hw1/data.csv': 'edited since',
      other: 'o',
      more: 'm',
      most: 'n',
    });
    await room.master.engine.space({ sync: true });
    assert.deepEqual((await room.master.engine.recalls())[0]!.targets[0]!.kept, ['hw1/data.csv']);
    await rejected(room.master.engine.undoDistribution({ distribution: id }), 'refused');
    await rejected(room.master.engine.undoDistribution({ distribution: undone.id }), 'refused');
    assert.deepEqual(await ada.receiveAll(), []);
    // Distributed again it is an edit that stands against it; what was received all the time is nothing new.
    await room.master.handOut(['hw1'], { strategy: 'ask' });
    const [again] = await ada.receiveAll();
    assert.deepEqual([again!.counts.waiting, again!.counts.kept, again!.counts.created], [1, 1, 1]);
  });

  it('do without the snapshots of before where those are gone: what was delivered before holds', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    room.master.write({ 'hw1/task.md': 'task 2', 'hw1/new': 'new' });
    const { id } = await room.master.handOut(['hw1']);
    await ada.receiveAll();
    await ada.engine.delete((await ada.engine.list()).map((one) => one.id));
    await room.master.engine.undoDistribution({ distribution: id });
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'hw1/': '', ...hw1 });
  });
});
