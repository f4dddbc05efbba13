/** Several at work at once, and a hub that comes and goes while something is handed out or received. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { toSnapstageError } from '../../../src/base/errors.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { seededBytes, Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;

/** Another window on somebody's folder. */
function windowOf({ folder, home }: Person): Person {
  return room.add(new Person(folder, home));
}

/** What becomes of it, and its code where it fails. */
async function ended(what: Promise<unknown>): Promise<string> {
  return what.then(
    () => 'done',
    (error: unknown) => toSnapstageError(error).code,
  );
}

describe('space: at work at once', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('two windows of a Master hand out, and each thing comes once, with all that it is', async () => {
    room = await Classroom.open(bench, { 'a/one': seededBytes(1, 50_000), 'b/two': seededBytes(2, 50_000) });
    const ada = await room.join('Ada');
    const { master } = room;
    const other = windowOf(master);
    await master.engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'a' }] });
    await master.engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'b' }] });
    for (let round = 0; round < 5; round++) {
      master.write({ 'a/one': `one ${round}`, 'b/two': `two ${round}` });
      const both = [master, other].map((window, at) => ended(window.engine.distribute({ message: `${round} ${at}` })));
      assert.deepEqual(await Promise.all(both), ['done', 'done']);
      await ada.receiveAll();
      assert.deepEqual([ada.files['a/one'], ada.files['b/two']], [`one ${round}`, `two ${round}`]);
    }
    assert.equal((await master.engine.distributions()).length, 10);
    assert.deepEqual((await master.engine.verifyAudit({ hub: true })).findings, []);
  });

  it('two windows of a member receive the same: it is applied once, and nothing is in the way of the other', async () => {
    room = await Classroom.open(bench, { 'hw1/task': 'task' });
    const ada = await room.join('Ada', { own: 'own' });
    const other = windowOf(ada);
    for (let round = 0; round < 5; round++) {
      room.master.write({ 'hw1/task': `task ${round}` });
      const { id } = await room.master.handOut(['hw1']);
      await ada.engine.space({ sync: true });
      const outcomes = await Promise.all([ada, other].map((window) => ended(window.engine.receive({ delivery: id }))));
      assert.ok(outcomes.includes('done'), outcomes.join());
      for (const outcome of outcomes) assert.ok(['done', 'busy', 'stale-plan'].includes(outcome), outcome);
      assert.deepEqual(ada.files, { own: 'own', 'hw1/': '', 'hw1/task': `task ${round}` });
      assert.equal((await other.engine.inbox())[0]!.state, 'applied');
    }
    assert.deepEqual((await ada.engine.verify({ readData: true })).damage, []);
  });

  it('a member who saves a file while it is received keeps it: in the folder, or in a snapshot', async () => {
    const big = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`hw1/part${at}`, seededBytes(at, 3000)]));
    room = await Classroom.open(bench, { ...big, 'hw1/task': 'task' });
    const ada = await room.join('Ada');
    await room.master.handOut(['hw1']);
    await ada.receiveAll();
    let [inFolder, inSnapshot, lasts] = [0, 0, 300];
    for (let round = 0; round < 14; round++) {
      room.master.write({ ...Object.fromEntries(Object.keys(big).map((at) => [at, `${at} ${round}`])), 'hw1/task': `task ${round}` });
      const { id } = await room.master.handOut(['hw1']);
      await ada.engine.space({ sync: true });
      const mine = `what Ada wrote in round ${round}`;
      const started = Date.now();
      const receiving = ended(ada.engine.receive({ delivery: id }));
      await wait((lasts * round) / 12);
      ada.write({ 'hw1/task': mine });
      const outcome = await receiving;
      lasts = Date.now() - started;
      assert.ok(['done', 'conflict', 'busy'].includes(outcome), outcome);
      if (ada.files['hw1/task'] === mine) {
        inFolder += 1;
        ada.write({ 'hw1/task': `task ${round}` });
      } else {
        const texts = (await ada.engine.list()).map(async (one) => ada.engine.read({ state: one.id, path: 'hw1/task' }));
        const kept = (await Promise.allSettled(texts)).map((one) => (one.status === 'fulfilled' ? Buffer.from(one.value).toString() : ''));
        assert.ok(kept.includes(mine), `round ${round} (${outcome}): it is nowhere`);
        inSnapshot += 1;
      }
      await ada.receiveAll();
      assert.equal(ada.files['hw1/part7'], `hw1/part7 ${round}`);
    }
    assert.ok(inFolder > 0 && inSnapshot > 0, `${inFolder} stayed in the folder, ${inSnapshot} were in a snapshot`);
  });

  it('a hub that vanishes in the middle is a clear error, and all goes on when it is there again', async () => {
    room = await Classroom.open(bench, { 'a.bin': seededBytes(1, 3_000_000) });
    const ada = await room.join('Ada', { own: 'own' });
    let lasts = 1000;
    /** The hub is gone at some moment of it, and there again afterwards. */
    const whileItVanishes = async (part: number, act: () => Promise<unknown>): Promise<string> => {
      const started = Date.now();
      const acting = ended(act());
      await Promise.race([acting, wait(lasts * part)]);
      return room.whileAway(async () => {
        const outcome = await acting;
        if (outcome === 'done') lasts = Date.now() - started;
        return outcome;
      });
    };
    const { master } = room;
    await master.engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'a.bin' }] });
    let failed = 0;
    for (let round = 1; round < 10; round++) {
      master.write({ 'a.bin': seededBytes(round, 3_000_000) });
      const sent = await whileItVanishes(round / 10, () => master.engine.distribute({ message: `round ${round}` }));
      if (sent !== 'done') {
        failed += 1;
        assert.equal(sent, 'io');
        await master.engine.distribute({ message: `again ${round}` });
      }
      const before = ada.files;
      await ada.engine.space({ sync: true });
      const [newest] = await ada.engine.inbox();
      const got = await whileItVanishes(round / 10, () => ada.engine.receive({ delivery: newest!.id }));
      if (got !== 'done') {
        failed += 1;
        assert.equal(got, 'io');
        assert.deepEqual(ada.files, before);
      }
      await ada.receiveAll();
      assert.deepEqual(ada.files, { own: 'own', 'a.bin': fs.readFileSync(path.join(master.folder, 'a.bin'), 'utf8') });
    }
    assert.ok(failed > 3, `it failed only ${failed} times`);
    assert.deepEqual((await master.engine.verifyAudit({ hub: true })).findings, []);
  });
});
