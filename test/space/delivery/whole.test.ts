/** Whole instances: everything of a snapshot, or of the current state, handed out as one object. */
import assert from 'node:assert/strict';
import type { ObjectRequest } from '../../../src/engine/stageApi.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();

describe('space: whole instances', () => {
  let room: Classroom;
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  const handOut = async (object: ObjectRequest, request = {}) => {
    const { engine } = room.master;
    const { objects } = await engine.stage();
    await engine.removeFromStage(objects.map(({ id }) => id));
    await engine.addToStage({ objects: [object] });
    return engine.distribute(request);
  };
  const states = async (member: Person, delivery: string): Promise<string[]> =>
    (await member.engine.planReceive({ delivery })).objects.map(({ place, outcome }) => `${place} ${outcome}`);

  it('of a snapshot come with everything in it, and nothing else goes', async () => {
    room = await Classroom.open(bench, { 'a.md': '1', 'hw/task.md': '1' });
    const ada = await room.join('Ada', { 'own.md': 'mine' });
    const bob = await room.join('Bob', { 'a.md': 'his' }, { role: 'viewer' });
    await room.master.engine.take({ name: 'Week 1' });
    room.master.write({ 'a.md': 'later' });
    const { id, items, to } = await handOut({ type: 'snapshot', state: 'Week 1' }, { strategy: 'ask' });
    assert.deepEqual([items, to], [[{ type: 'snapshot', path: '', part: null, strategy: 'ask' }], 'all']);
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'a.md': '1', 'hw/': '', 'hw/task.md': '1', 'own.md': 'mine' });
    await bob.receiveAll();
    assert.deepEqual(await states(bob, id), ['a.md waiting']);
    ada.write({ 'hw/task.md': 'my answer' });
    await room.master.engine.take({ name: 'Week 2' });
    const seen = await room.master.engine.preview({ strategy: 'ask' });
    assert.deepEqual(
      seen.objects.map(({ path }) => path),
      ['a.md', 'hw/task.md'],
    );
    await handOut({ type: 'snapshot', state: 'Week 2' }, { strategy: 'ask' });
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'a.md': 'later', 'hw/': '', 'hw/task.md': 'my answer', 'own.md': 'mine' });
    assert.deepEqual((await ada.engine.distributed({ sync: true }))?.distributions, 2);
    await room.master.engine.recall({ paths: [''], distributions: (await room.master.engine.distributions()).map((one) => one.id) });
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'hw/': '', 'hw/task.md': 'my answer', 'own.md': 'mine' });
  });

  it('of the current state are one folder, mirrored after a question, and undone', async () => {
    room = await Classroom.open(bench, { 'a.md': '1', 'hw/task.md': '1' });
    const before = { 'own.md': 'mine', 'other.md': 'mine too' };
    const ada = await room.join('Ada', before);
    const { id, items } = await handOut({ type: 'path', state: 'current', path: '' }, { strategy: 'mirror' });
    assert.deepEqual(items, [{ type: 'folder', path: '', part: null, strategy: 'mirror' }]);
    await ada.engine.space({ sync: true });
    const plan = await ada.engine.planReceive({ delivery: id });
    assert.deepEqual([plan.isMostOfAll, plan.deletedFiles], [true, 2]);
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'a.md': '1', 'hw/': '', 'hw/task.md': '1' });
    await room.master.engine.undoDistribution({ distribution: id });
    await ada.receiveAll();
    assert.deepEqual(ada.files, before);
  });
});
