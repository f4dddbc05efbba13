/** All of a Space at once, when members were last there, and who has lost their keys. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import type { SpaceOverview } from '../../../src/engine/overviewApi.ts';

const bench = new Workbench();
let room: Classroom;

async function overview({ engine }: Person, sync = true): Promise<SpaceOverview> {
  return (await engine.spaceOverview({ sync })) ?? assert.fail('it belongs to no Space');
}

describe('space: the overview', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('has what the single calls have', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'notes.md': 'notes' });
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await room.master.handOut(['notes.md']);
    await ada.receiveAll();
    await room.master.engine.recall({ paths: ['notes.md'] });
    for (const one of [room.master, ada]) {
      const { inbox, distributions, recalls, distributed, ...space } = await overview(one);
      delete (space as { published?: unknown }).published;
      const { engine } = one;
      assert.deepEqual(
        [space, inbox, distributions, recalls],
        [await engine.space({}), await engine.inbox(), await engine.distributions(), await engine.recalls()],
      );
      assert.equal(distributed.items, 1);
    }
    const outside = await room.join('Bob');
    await outside.engine.leaveSpace();
    assert.equal(await outside.engine.spaceOverview({}), null);
  });

  it('counts what holds of all that was distributed, and what of it is newer than here', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'notes.md': 'one' });
    const ada = await room.join('Ada');
    assert.deepEqual((await overview(ada)).distributed, { items: 0, newer: 0, made: null });
    await room.master.handOut(['hw1', 'notes.md']);
    const told = async (one: Person): Promise<readonly number[]> => {
      const { items, newer } = (await overview(one)).distributed;
      return [items, newer];
    };
    assert.deepEqual(
      [await told(ada), await told(room.master)],
      [
        [2, 2],
        [2, 0],
      ],
    );
    await ada.receiveAll();
    assert.deepEqual(await told(ada), [2, 0]);
    room.master.write({ 'notes.md': 'two' });
    const second = await room.master.handOut(['notes.md']);
    assert.deepEqual(await told(ada), [2, 1]);
    assert.equal((await overview(ada)).distributed.made, second.made);
    await room.master.engine.recall({ paths: ['hw1'] });
    assert.deepEqual(await told(ada), [1, 1]);
  });

  it('tells a Master, and nobody else, what proves when a member was there', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    const ada = await room.join('Ada');
    const seen = async () => (await overview(room.master)).members.find(({ name }) => name === 'Ada')?.lastSeen;
    const published = await seen();
    assert.deepEqual([published?.what, published?.after], ['published', null]);
    const { made } = await room.master.handOut(['hw1']);
    await ada.receiveAll();
    const answered = await seen();
    assert.equal(answered?.after, made);
    assert.ok(answered.said !== null && answered.said >= made);
    const own = (await overview(ada)).members;
    assert.ok(own.length > 0 && own.every((one) => one.lastSeen === undefined));
  });

  it('lets who has lost the keys leave, and come anew by an invite that says whom it succeeds', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    const { master } = room;
    const ada = await room.join('Ada');
    await master.handOut(['hw1']);
    await ada.receiveAll();
    await ada.engine.dispose();
    rmSync(ada.home, { recursive: true });
    await ada.restart();
    await rejected(ada.engine.space({}), 'refused');
    const { id } = (await overview(master)).members.find(({ name }) => name === 'Ada')!;
    const { code } = await master.engine.invite({ name: 'Ada', succeeds: id });
    await ada.engine.joinSpace({ code });
    const { members } = await overview(master);
    const called = members.filter(({ name }) => name === 'Ada');
    assert.equal(called.find((one) => one.id === id)?.state, 'removed');
    assert.deepEqual(
      called.filter((one) => one.id !== id).map(({ state }) => state),
      ['member'],
    );
    assert.equal((await overview(ada)).me.state, 'member');
    const second = await master.engine.invite({ name: 'Eve' });
    await rejected(ada.engine.joinSpace({ code: second.code }), 'exists');
    await ada.engine.dispose();
    rmSync(ada.home, { recursive: true });
    await ada.restart();
    await ada.engine.leaveSpace();
    assert.equal(await ada.engine.space({}), null);
  });
});
