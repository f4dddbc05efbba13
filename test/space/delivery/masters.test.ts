/** Several instances lead a Space: each receives what the others hand out to everybody. */
import assert from 'node:assert/strict';
import { Classroom, Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();

describe('space: a Master’s second instance', () => {
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

  it('shows which of another’s distributions later ones replace, by whomever, with what only the hub has', async () => {
    room = await Classroom.solo(bench, { 'hw/a': '1' });
    const { recoveryCode } = await room.master.engine.createSpace({ name: 'Econometrics', hub: room.hub });
    await room.join('Ada');
    await room.master.handOut(['hw']);
    const second = room.add(new Person(bench.folder(), bench.folder()));
    second.write({ 'hw/a': '2' });
    await second.engine.init();
    await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
    const told = async ({ engine }: Person): Promise<[boolean, string][]> => {
      await engine.space({ sync: true });
      return (await engine.distributions()).map(({ isOwn, targets }) => [isOwn, targets.map(({ state }) => state).join()]);
    };
    assert.deepEqual(await told(second), [[false, 'sent']]);
    const later = await second.handOut(['hw']);
    const [own, theirs] = [true, false];
    assert.deepEqual(
      [await told(second), await told(room.master)],
      [
        [
          [own, 'sent'],
          [theirs, 'superseded'],
        ],
        [
          [theirs, 'sent'],
          [own, 'superseded'],
        ],
      ],
    );
    await second.engine.undoDistribution({ distribution: later.id });
    assert.deepEqual((await told(second)).at(-1), [theirs, 'sent']);
    assert.deepEqual((await told(room.master)).at(-1), [own, 'sent']);
  });

  it('removes a stolen one with the recovery code: nothing that it says counts, and nothing more is sealed for it', async () => {
    room = await Classroom.solo(bench, { 'hw/a': '1' });
    const { engine: stolen } = room.master;
    const { recoveryCode, space } = await stolen.createSpace({ name: 'Econometrics', hub: room.hub });
    const ada = await room.join('Ada');
    await room.master.handOut(['hw']);
    await ada.receiveAll();
    const second = room.add(new Person(bench.folder(), bench.folder()));
    await second.engine.init();
    await second.engine.recoverSpace({ code: recoveryCode, hub: room.hub });
    const [member, code] = [space.me.id, recoveryCode];
    await rejected(second.engine.removeMember({ member }), 'refused');
    await rejected(second.engine.removeMember({ member, code: recoveryCode.slice(0, -1) }), 'usage');
    const other = await Classroom.solo(bench);
    const { recoveryCode: foreign } = await other.master.engine.createSpace({ name: 'Another', hub: other.hub });
    await other.close();
    assert.match((await rejected(second.engine.removeMember({ member, code: foreign }), 'refused')).message, /another Space/);
    const own = (await second.engine.space({}))!.me.id;
    await rejected(second.engine.removeMember({ member: own, code }), 'refused');
    const masters = async ({ engine }: Person): Promise<string[]> =>
      (await engine.space({ sync: true }))!.members.flatMap(({ id, role }) => (role === 'master' ? [id] : []));
    assert.deepEqual((await masters(second)).toSorted(), [member, own].toSorted());

    const { members } = await second.engine.removeMember({ member: member.slice(0, 8), code });
    assert.deepEqual(
      members.flatMap(({ id, role }) => (role === 'master' ? [id] : [])),
      [own],
    );
    assert.deepEqual(await masters(ada), [own]);
    await rejected(second.engine.removeMember({ member, code }), 'not-found');
    room.master.write({ 'hw/a': 'forged' });
    await rejected(room.master.handOut(['hw']), 'refused');
    second.write({ 'hw/b': 'for members' });
    await second.handOut(['hw']);
    await ada.receiveAll();
    assert.deepEqual(ada.files, { 'hw/': '', 'hw/a': '1', 'hw/b': 'for members' });
    const { me } = (await stolen.space({ sync: true }))!;
    assert.deepEqual([me.role, me.state, await stolen.inbox()], ['editor', 'removed', []]);
  });
});
