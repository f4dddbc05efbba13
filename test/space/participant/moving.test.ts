/** A Space goes from one hub to another: everything arrives, whatever ends it in between, and everybody follows. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import type { Hub } from '../../../src/space/hub/hub.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { HubClass, hubFilesAt } from '../../support/hubKinds.ts';

const bench = new Workbench();

async function namesAt(place: string): Promise<string[]> {
  return (await hubFilesAt(bench, place).names()).filter((name) => name !== 'bell');
}

const status = async (person: Person) => (await person.engine.space({ sync: true }))!;

describe('space: a move to another hub', () => {
  let room: Classroom;
  let ada: Person;
  let place: string;

  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'hw2/task.md': 'next' });
    ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    place = bench.place();
  });
  afterEach(() => room.close());
  after(() => bench.clear());

  it('takes everything there, tells the members, and goes on', async () => {
    const before = await namesAt(room.hub);
    const moved = await room.master.engine.moveHub({ hub: place });
    assert.equal(moved.space.hub, place);
    assert.equal(moved.space.movedTo, null);
    assert.ok(moved.files >= before.length - 1 && moved.bytes > 0);
    const there = await namesAt(place);
    for (const name of before) assert.ok(there.includes(name), name);
    await room.master.handOut(['hw2']);
    // She hears of it where she was, and nothing of what came since.
    assert.equal((await status(ada)).movedTo, place);
    assert.deepEqual(await ada.receiveAll(), []);
    const followed = await ada.engine.followHub({});
    assert.deepEqual([followed.hub, followed.movedTo, followed.findings], [place, null, []]);
    await ada.receiveAll();
    assert.equal(ada.files['hw2/task.md'], 'next');
    await room.whileAway(async () => {
      await status(ada);
      const { members } = await status(room.master);
      assert.equal(members.length, 2);
      const noah = await room.join('Noah');
      await noah.receiveAll();
      assert.equal(noah.files['hw1/task.md'], 'task', 'what was handed out before the move');
      assert.equal((await status(noah)).movedTo, null);
      // Its own bytes are all there, and genuine.
      assert.deepEqual((await room.master.engine.verifyAudit({ hub: true })).findings, []);
    });
  });

  it('brings along what members put into the old hub meanwhile', async () => {
    await room.master.engine.moveHub({ hub: place });
    ada.write({ 'hw1/task.md': 'her answer' });
    await ada.engine.take({});
    await status(ada);
    await ada.engine.followHub({});
    const preview = await room.master.engine.space({ sync: true });
    assert.deepEqual(preview!.findings, []);
    const own = await room.hubFiles.names(`logs/${preview!.members.find(({ isMe }) => !isMe)!.id}`);
    const there = await namesAt(place);
    for (const name of own) assert.ok(there.includes(name), name);
  });

  it('goes back where it came from', async () => {
    await room.master.engine.moveHub({ hub: place });
    await status(ada);
    await ada.engine.followHub({});
    await room.master.engine.moveHub({ hub: room.hub });
    assert.equal((await status(ada)).movedTo, room.hub);
    await ada.engine.followHub({});
    await room.master.handOut(['hw2']);
    await ada.receiveAll();
    assert.equal(ada.files['hw2/task.md'], 'next');
  });

  it('goes from one kind of hub to another, and back', async () => {
    const areas = path.join(bench.folder(), '{area}.git');
    for (const to of [`git+file://${bench.place()}.git`, bench.place(), `git+file://${areas}`, room.hub]) {
      await room.master.engine.moveHub({ hub: to });
      assert.equal((await status(ada)).movedTo, to);
      assert.equal((await ada.engine.followHub({})).hub, to);
    }
    await room.master.handOut(['hw2']);
    await ada.receiveAll();
    assert.equal(ada.files['hw2/task.md'], 'next');
    const noah = await room.join('Noah');
    await noah.receiveAll();
    assert.equal(noah.files['hw1/task.md'], 'task', 'content came along');
    assert.deepEqual((await room.master.engine.verifyAudit({ hub: true })).findings, []);
  });

  it('is followed from place to place by who was away', async () => {
    await room.master.engine.moveHub({ hub: place });
    const third = bench.place();
    await room.master.engine.moveHub({ hub: third });
    assert.equal((await status(ada)).movedTo, place);
    const there = await ada.engine.followHub({});
    assert.deepEqual([there.hub, there.movedTo], [place, third]);
    const followed = await ada.engine.followHub({});
    assert.deepEqual([followed.hub, followed.movedTo], [third, null]);
    await room.master.handOut(['hw2']);
    await ada.receiveAll();
    assert.equal(ada.files['hw2/task.md'], 'next');
  });

  it('is refused to members, to the place where it is, into the own folder, and to what is another hub', async () => {
    assert.equal((await rejected(ada.engine.moveHub({ hub: place }), 'refused')).details['reason'], 'not-master');
    await rejected(room.master.engine.moveHub({ hub: room.hub }), 'usage');
    await rejected(room.master.engine.moveHub({ hub: path.join(room.master.folder, 'hub') }), 'refused');
    assert.equal((await rejected(ada.engine.followHub({}), 'refused')).details['reason'], 'not-moved');
    const other = await Classroom.open(bench, {});
    await rejected(ada.engine.followHub({ hub: other.hub }), 'not-found');
    await rejected(ada.engine.followHub({ hub: bench.place() }), 'io');
    await other.close();
    assert.equal((await status(ada)).hub, room.hub);
  });

  it('takes nobody to a hub that lacks a part of it, and lets nobody join where it is no more', async () => {
    const { code } = await room.master.engine.invite({ name: 'Eve' });
    const half = bench.place();
    await new FolderHub(half, nodeHost()).make();
    await hubFilesAt(bench, half).putAll(await room.hubFiles.contents());
    await room.master.handOut(['hw2']);
    await ada.receiveAll();
    await rejected(ada.engine.followHub({ hub: half }), 'refused');
    await room.master.engine.moveHub({ hub: place });
    const eve = await Classroom.solo(bench);
    const error = await rejected(eve.master.engine.joinSpace({ code }), 'refused');
    assert.deepEqual([error.details['reason'], error.details['hub']], ['hub-moved', place]);
    await eve.master.engine.joinSpace({ code, hub: place });
    await status(room.master);
    assert.equal((await status(eve.master)).me.state, 'member');
    await eve.close();
  });

  it('that ends at any file is not told, or not done, and goes on when it is asked for again', async () => {
    const kinds = new Map([FolderHub, HubClass].map(({ prototype }) => [prototype, prototype.create] as const));
    let left = 0;
    for (const [kind, create] of kinds) {
      kind.create = function (this: Hub, ...args): ReturnType<Hub['create']> {
        left -= 1;
        if (left === 0) throw new Error('gone');
        return create.apply(this, args);
      };
    }
    try {
      let failures = 0;
      for (let at = 1; ; at += 1) {
        left = at;
        const isDone = await room.master.engine.moveHub({ hub: place }).then(
          () => true,
          () => false,
        );
        left = 0;
        await room.master.restart();
        const space = await status(room.master);
        if (isDone || space.hub === place) break;
        failures += 1;
        // Whoever hears of it too early is told to wait.
        if ((await status(ada)).movedTo !== null) await rejected(ada.engine.followHub({}), 'refused');
      }
      assert.ok(failures > 3);
    } finally {
      for (const [kind, create] of kinds) kind.create = create;
    }
    assert.deepEqual([(await status(room.master)).hub, (await status(room.master)).movedTo], [place, null]);
    await status(ada);
    await ada.engine.followHub({});
    await room.master.handOut(['hw2']);
    await ada.receiveAll();
    assert.equal(ada.files['hw2/task.md'], 'next');
    assert.deepEqual((await room.master.engine.verifyAudit({ hub: true })).findings, []);
  });
});
