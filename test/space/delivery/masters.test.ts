/** Several instances lead a Space: each receives what the others hand out to everybody. */
import assert from 'node:assert/strict';
import { Classroom, Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();

describe('space: a Master’s second instance', function () {
  this.timeout(120_000);
  let room: Classroom;
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('receives what the first hands out and takes back, not what is for chosen ones, and the other way round', async () => {
    room = await Classroom.solo(bench, { 'hw/a': '1', 'hw/b': '1', secret: 'for Ada' });
    const { recoveryCode } = await room.master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    const ada = await room.join('Ada');
    const second = room.add(new Person(bench.folder(), bench.folder()));
    await second.engine.init();
    await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
    await room.master.engine.space({ sync: true });
    await room.master.handOut(['hw']);
    await room.master.handOut(['secret'], { to: ['Ada'] });
    const [report, ...others] = await second.receiveAll();
    assert.deepEqual([report!.delivery.state, others, second.files], ['applied', [], { 'hw/': '', 'hw/a': '1', 'hw/b': '1' }]);
    await room.master.engine.recall({ paths: ['secret'] });
    await room.master.engine.recall({ paths: ['hw/b'] });
    await second.receiveAll();
    assert.deepEqual(second.files, { 'hw/': '', 'hw/a': '1' });
    assert.ok(!(await second.engine.inbox()).some(({ items }) => items.some(({ path }) => path === 'secret')));
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'hw/': '', 'hw/a': '1' });

    second.write({ 'hw/a': '2' });
    await second.handOut(['hw']);
    await room.master.receiveAll();
    await ada.receiveAll();
    assert.deepEqual([room.master.files['hw/a'], ada.files['hw/a']], ['2', '2']);
    await room.master.engine.space({ sync: true });
    await second.engine.space({ sync: true });
    assert.deepEqual(
      (await second.engine.distributions())[0]!.targets.map(({ name, state }) => [name, state]),
      [['Ada', 'applied']],
    );
  });

  it('sees, recalls and undoes what a lost one has distributed', async () => {
    room = await Classroom.solo(bench, { 'hw/a': '1', 'hw/b': '1', 'own.md': 'for Ada' });
    const { recoveryCode } = await room.master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    const ada = await room.join('Ada');
    const whole = await room.master.handOut(['hw']);
    const chosen = await room.master.handOut(['own.md'], { to: ['Ada'] });
    await ada.receiveAll();
    await room.master.engine.recall({ paths: ['hw/b'] });
    const second = room.add(new Person(bench.folder(), bench.folder()));
    await second.engine.init();
    await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
    const told = await second.engine.distributions();
    assert.deepEqual(
      told.map(({ id, isOwn, targets }) => [id, isOwn, targets.map(({ name, state }) => [name, state])]),
      [chosen, whole].map(({ id }) => [id, false, [['Ada', 'applied']]]),
    );
    assert.deepEqual(
      (await second.engine.recalls()).map(({ kind, isOwn, paths }) => [kind, isOwn, paths]),
      [['recall', false, ['hw/b']]],
    );
    await second.engine.recall({ paths: ['own.md'] });
    await second.engine.undoDistribution({ distribution: whole.id });
    await ada.receiveAll();
    assert.deepEqual(ada.files, {});
    await second.engine.space({ sync: true });
    assert.deepEqual(
      (await second.engine.recalls()).map(({ kind, isOwn, targets }) => [kind, isOwn, targets.map(({ state }) => state)]),
      [
        ['undo', true, ['applied']],
        ['recall', true, ['applied']],
        ['recall', false, ['applied']],
      ],
    );
    assert.deepEqual(await ada.engine.distributions(), []);
  });
});
