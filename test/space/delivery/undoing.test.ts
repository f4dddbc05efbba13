/** What the inbox says of a delivery that was undone here, and done again. */
import assert from 'node:assert/strict';
import { Classroom, type Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;
let ada: Person;

/** The newest last. */
async function states(): Promise<string[]> {
  return (await ada.engine.inbox()).map(({ state }) => state).toReversed();
}

/** What the newest delivery would do to each object. */
async function outcomes(): Promise<string[]> {
  const [newest] = await ada.engine.inbox();
  const { objects } = await ada.engine.planReceive({ delivery: newest!.id });
  return objects.map(({ place, state, outcome }) => `${place} ${state} ${outcome}`);
}

describe('space: a delivery undone here', () => {
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'a.txt': 'one' });
    ada = await room.join('Ada', { 'own.txt': 'own' });
    await room.master.handOut(['a.txt']);
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('is applied again when that is undone, as often as one likes, and its base with it', async () => {
    await ada.receiveAll();
    for (const [state, files] of [
      ['undone', { 'own.txt': 'own' }],
      ['applied', { 'own.txt': 'own', 'a.txt': 'one' }],
      ['undone', { 'own.txt': 'own' }],
      ['applied', { 'own.txt': 'own', 'a.txt': 'one' }],
    ] as const) {
      await ada.engine.undo();
      await ada.engine.compact();
      assert.deepEqual([await states(), ada.files], [[state], files]);
    }
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
    room.master.write({ 'a.txt': 'two' });
    await room.master.handOut(['a.txt'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    assert.deepEqual(await outcomes(), ['a.txt safe updated']);
  });

  it('is applied again when what it made is restored, or when it is received again', async () => {
    await ada.receiveAll();
    await ada.engine.undo();
    const made = (await ada.engine.list()).find(({ reason }) => reason === 'as delivered');
    await ada.engine.restore({ state: made!.id });
    assert.deepEqual([await states(), ada.files['a.txt']], [['applied'], 'one']);
    await ada.engine.undo();
    assert.deepEqual(await states(), ['undone']);
    const { id } = (await ada.engine.inbox())[0]!;
    await ada.engine.receive({ delivery: id });
    assert.deepEqual([await states(), ada.files['a.txt']], [['applied'], 'one']);
  });

  it('stays as it is when other things are restored', async () => {
    await ada.receiveAll();
    const before = (await ada.engine.list()).find(({ reason }) => reason === 'before a delivery');
    await ada.engine.restore({ state: before!.id, paths: ['own.txt'] });
    assert.deepEqual(await states(), ['applied']);
    ada.write({ 'own.txt': 'changed' });
    const { id } = await ada.engine.take({});
    ada.write({ 'own.txt': 'changed again' });
    await ada.engine.restore({ state: id });
    await ada.engine.undo();
    assert.deepEqual(await states(), ['applied']);
  });

  it('goes with what came after it and was here already', async () => {
    await ada.receiveAll();
    await room.master.handOut(['a.txt']);
    await ada.receiveAll();
    assert.deepEqual(await states(), ['applied', 'applied']);
    await ada.engine.undo();
    assert.deepEqual([await states(), ada.files], [['undone', 'undone'], { 'own.txt': 'own' }]);
    await ada.engine.undo();
    assert.deepEqual(await states(), ['applied', 'applied']);
  });

  it('waits again when only what was decided is undone', async () => {
    ada.write({ 'a.txt': 'mine' });
    room.master.write({ 'b.txt': 'new' });
    const { id } = await room.master.handOut(['a.txt', 'b.txt'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    await ada.engine.receive({ delivery: id });
    const { triple } = (await ada.engine.planReceive({ delivery: id })).objects[0]!;
    await ada.engine.resolve({ delivery: id, choices: [{ place: 'a.txt', triple, take: 'incoming' }] });
    await ada.engine.receive({ delivery: id });
    assert.deepEqual(await states(), ['superseded', 'applied']);
    await ada.engine.undo();
    assert.deepEqual([await states(), ada.files['a.txt'], ada.files['b.txt']], [['superseded', 'waiting'], 'mine', 'new']);
    // And what was decided with it.
    await ada.engine.receive({ delivery: id });
    assert.deepEqual([await states(), ada.files['a.txt']], [['superseded', 'waiting'], 'mine']);
  });

  it('by its sender is applied again when a member undoes that', async () => {
    await ada.receiveAll();
    const { id } = (await ada.engine.inbox())[0]!;
    await room.master.engine.undoDistribution({ distribution: id });
    await ada.receiveAll();
    assert.deepEqual([await states(), ada.files], [['undone', 'applied'], { 'own.txt': 'own' }]);
    await ada.engine.undo();
    assert.deepEqual([await states(), ada.files['a.txt']], [['applied', 'undone'], 'one']);
    await ada.engine.undo();
    assert.deepEqual([await states(), ada.files], [['undone', 'applied'], { 'own.txt': 'own' }]);
  });

  it('or a pull undone, leaves the base of before', async () => {
    await ada.receiveAll();
    room.master.write({ 'a.txt': 'two' });
    await room.master.handOut(['a.txt']);
    await ada.engine.distributed({ sync: true });
    await ada.engine.pull({ paths: ['a.txt'] });
    assert.equal(ada.files['a.txt'], 'two');
    await ada.engine.undo();
    assert.equal(ada.files['a.txt'], 'one');
    assert.deepEqual(await outcomes(), ['a.txt safe updated']);
  });
});
