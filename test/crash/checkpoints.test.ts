/** Whoever dies while a checkpoint is made or read: newcomers know the same at any moment, and the next sync completes it. */
import assert from 'node:assert/strict';
import { extractsIn } from '../../src/space/logs/start.ts';
import { checkpointFolder } from '../../src/space/logs/checkpoints.ts';
import { recordName } from '../../src/space/logs/hubRecords.ts';
import { writeCheckpoint, checkpointOf } from '../../src/space/members/checkpoints.ts';
import type { SpaceSession } from '../../src/space/members/session.ts';
import { commonView, CountedHub, EACH, scene, visitor, type Scene } from '../support/checkpoints.ts';
import type { Instance } from '../support/course.ts';
import { FaultyFiles, isRead, Killed, killer, MemoryFiles } from '../support/faultyFiles.ts';
import { FaultyHub } from '../support/hubs.ts';

/** The instance with files as they were, whose every change of them or of the hub may be the last thing it does. */
function dying(at: Scene, one: Instance, hub: CountedHub, end: number, torn: boolean): { session: SpaceSession; again: Instance } {
  const files = new MemoryFiles(one.files.contents);
  const { before } = killer(end, torn);
  const faulty = new FaultyHub(hub, {
    before: async ({ kind, name, bytes, tear }) => {
      if (kind === 'list' || kind === 'read') return;
      try {
        before({ kind: 'write', name, bytes, tear: () => undefined });
      } catch (error) {
        if (torn && kind === 'create') await tear();
        throw error;
      }
    },
  });
  const again = { ...one, files, heads: new Map(one.heads) };
  const local = new FaultyFiles(files, (operation) => {
    if (!isRead(operation)) before(operation);
  });
  return { session: at.course.open({ ...again, files: local }, [], faulty), again };
}

describe('a checkpoint', () => {
  let at: Scene;
  before(async () => {
    at = await scene();
    await at.course.crowd(at.master, EACH);
    at.course.say(at.master, 'c');
    await at.master.session.send();
  });

  /** What somebody new knows by this hub is what all records say. */
  async function check(hub: CountedHub): Promise<number> {
    const [one, other] = [visitor(at, new CountedHub(hub.contents)), visitor(at, new CountedHub(hub.contents))];
    for (const name of hub.contents.keys()) if (name.startsWith('checkpoints/')) hub.contents.delete(name);
    const whole = at.course.open(other, [], hub);
    const [{ state }, { state: all }] = [await one.session.look(), await whole.look()];
    assert.deepEqual(commonView(state, one.session.log), commonView(all, other.session.log));
    return state.stubs.length;
  }

  for (const torn of [false, true]) {
    it(`is there whole or not used, whenever its author dies${torn ? ' in the middle of a file' : ''}`, async () => {
      let isDone = false;
      let end = 1;
      for (; !isDone; end += 1) {
        const hub = at.course.hubWith();
        const { session, again } = dying(at, at.master, hub, end, torn);
        isDone = await (async () => {
          session.act((acting) => writeCheckpoint(acting, EACH));
          await session.send();
        })().then(
          () => true,
          (error: unknown) => {
            if (error instanceof Killed) return false;
            throw error;
          },
        );
        await check(new CountedHub(hub.contents));
        const after = at.course.open(again, [], hub);
        after.act((acting) => writeCheckpoint(acting, EACH));
        await after.send();
        const newest = checkpointOf(after.state(), after.log)!;
        assert.ok(newest.header.sequence > checkpointOf(at.master.session.state(), after.log)!.header.sequence);
        const names = [...extractsIn(newest).map(({ hash }) => hash), recordName(newest)].map(
          (name) => `${checkpointFolder(after.log)}/${name}`,
        );
        const there = [...hub.contents.keys()].filter((name) => name.startsWith('checkpoints/'));
        assert.deepEqual(
          names.filter((name) => !there.includes(name)),
          [],
        );
        if (!torn) assert.ok((await check(hub)) > EACH);
      }
      assert.ok(end > 4);
    });
  }

  it('is read again where who read it died', async () => {
    let isDone = false;
    for (let end = 1; !isDone; end += 2) {
      const hub = at.course.hubWith();
      const newcomer = visitor(at, hub);
      const { session, again } = dying(at, newcomer, hub, end, true);
      isDone = await session.look().then(
        () => true,
        () => false,
      );
      const { state } = await at.course.open(again, [], hub).look();
      const whole = visitor(at, at.course.hubWithout);
      assert.deepEqual(commonView(state, session.log), commonView((await whole.session.look()).state, session.log));
      assert.ok(state.stubs.length > 0);
    }
  });
});
