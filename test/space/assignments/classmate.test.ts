/** A classmate who has a key of its own, and may do as it likes with what is in the hub. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { basename, dirname } from 'node:path/posix';
import type { HandInInfo } from '../../../src/engine/assignmentApi.ts';
import { Cheat } from '../../support/cheat.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { readFiles, rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();

describe('space: a classmate who writes what it likes into the hub', () => {
  let room: Classroom;
  let ada: Person;
  let bob: Person;
  let id: string;
  let copies: string;
  let cheat: Cheat | undefined;

  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    copies = bench.folder();
    [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    const parts = [{ path: 'hw1', patterns: [] }];
    ({ id } = await room.master.engine.createAssignment({ title: 'HW 1', deadline: '2100-01-01T00:00:00Z', parts }));
    for (const one of [ada, bob]) await one.receiveAll();
  });
  afterEach(async () => {
    await cheat?.dispose();
    cheat = undefined;
    await room.close();
    await bench.clear();
  });

  const sync = async ({ engine }: Person): Promise<readonly string[]> => (await engine.space({ sync: true }))!.findings;

  /** Files of records and of sealed content, in the hub: not what rings, nor what is no evidence. */
  const TOP = ['logs', 'areas'];
  const hubNames = (): Promise<string[]> => room.hubFiles.names(...TOP);

  /** What came into the hub by it. */
  async function newFiles(run: () => Promise<unknown>): Promise<readonly string[]> {
    const before = new Set(await hubNames());
    await run();
    return (await hubNames()).filter((name) => !before.has(name));
  }

  async function handsIn(person: Person, answer: string): Promise<HandInInfo> {
    person.write({ 'hw1/answer.md': answer });
    return (await person.engine.handIn({ assignment: id })).handIn;
  }

  const isRecord = (name: string): boolean => name.startsWith('logs/');

  /** By name: how many were handed in, and what was collected of it, its answer or why not. */
  async function collected(which: 'counting' | 'all' = 'counting'): Promise<Readonly<Record<string, readonly string[]>>> {
    const { items } = await room.master.engine.collect({ assignment: id, which, to: copies });
    const said = items.map(
      ({ member, folder }) => [member.name!, folder === null ? 'failed' : readFiles(folder)['hw1/answer.md']!] as const,
    );
    return Object.fromEntries([...Map.groupBy(said, ([name]) => name)].map(([name, all]) => [name, all.map(([, answer]) => answer)]));
  }

  async function handInsSeen(): Promise<Readonly<Record<string, readonly string[]>>> {
    const { standings } = await room.master.engine.assignment({ assignment: id });
    return Object.fromEntries(standings.map(({ member, handIns }) => [member.name!, handIns.map((one) => one.id)]));
  }

  async function logOf(name: string): Promise<string> {
    const { members } = (await room.master.engine.space({}))!;
    return `logs/${members.find((one) => one.name === name)!.id}`;
  }

  it('that copies another’s hand-in, receipt and feedback under its own names has handed in nothing, and reads nothing', async () => {
    let mine!: HandInInfo;
    let theirs!: HandInInfo;
    const remarks = path.join(bench.folder(), 'remarks.md');
    fs.writeFileSync(remarks, 'only for Ada');
    const adas = await newFiles(async () => {
      mine = await handsIn(ada, 'mine alone');
      await sync(room.master);
      await room.master.engine.giveFeedback({ handIn: mine.id, grade: '5', files: [remarks], visibility: 'returned' });
    });
    const bobs = await newFiles(async () => (theirs = await handsIn(bob, 'of Bob')));
    const own = { log: await logOf('Bob'), area: dirname(bobs.find((file) => !isRecord(file))!) };
    const last = Math.max(...(await room.hubFiles.names(own.log)).map((name) => Number(basename(name).slice(0, 10))));
    // Its own too: what was said once is not said again by that.
    for (const [at, file] of [...adas, ...bobs.filter(isRecord)].entries()) {
      const [name, bytes] = [basename(file), await room.hubFiles.read(file)];
      if (!isRecord(file)) {
        await room.hubFiles.put(`${own.area}/${name}`, bytes);
        continue;
      }
      const next = String(last + 1 + at).padStart(10, '0');
      for (const as of [name, `${next}${name.slice(10)}`, `${next}-${'a'.repeat(32)}`]) await room.hubFiles.put(`${own.log}/${as}`, bytes);
    }
    assert.ok(adas.filter(isRecord).length >= 4, 'hand-in, receipt and feedback');
    assert.ok((await sync(room.master)).length > 0, 'the Master is told');
    assert.ok((await room.master.engine.verifyAudit({ hub: true })).isDamaged);
    assert.deepEqual(await handInsSeen(), { Ada: [mine.id], Bob: [theirs.id] });
    assert.deepEqual(await collected(), { Ada: ['mine alone'], Bob: ['of Bob'] });

    assert.ok((await sync(bob)).length > 0);
    const seen = (await bob.engine.assignment({ assignment: id })).standings;
    assert.deepEqual(
      seen.map(({ member, handIns }) => [member.name, handIns.map((one) => [one.id, one.feedback])]),
      [['Bob', [[theirs.id, null]]]],
    );
    await rejected(bob.engine.fetchFeedback({ handIn: mine.id }), 'not-found');
    const stolen = path.join(bench.folder(), 'stolen');
    fs.writeFileSync(stolen, await room.hubFiles.read(adas.find(isRecord)!));
    await rejected(bob.engine.verifyReceipt({ from: stolen }), 'damaged');
    // Its own log still goes on.
    const again = await handsIn(bob, 'of Bob, once more');
    await sync(room.master);
    assert.deepEqual((await handInsSeen())['Bob'], [theirs.id, again.id]);
    assert.deepEqual((await collected())['Bob'], ['of Bob, once more']);
  });

  it('that names another’s sealed files as its own, and has put them into its own area, has handed in what nobody can open', async () => {
    await handsIn(ada, 'mine alone');
    await ada.engine.dispose();
    const theirs = new Cheat(ada);
    const { packs, root } = await theirs.lastHandIn();
    await theirs.dispose();
    await bob.engine.dispose();
    cheat = new Cheat(bob);
    const area = await cheat.ownArea();
    for (const [name, bytes] of await room.hubFiles.contents('areas')) await room.hubFiles.put(`${area}/${basename(name)}`, bytes);
    await cheat.handIn(root, { files: 2, bytes: '14' }, packs);
    await sync(room.master);
    assert.deepEqual(await collected(), { Ada: ['mine alone'], Bob: ['failed'] });
    assert.equal(fs.existsSync(path.join(copies, 'HW 1', 'Bob')), false);
  });

  it('that puts back an older state of a log and of what was sealed takes back no hand-in, and the author brings back what is gone', async () => {
    const first = await handsIn(ada, 'first');
    await sync(room.master);
    const older = await room.hubFiles.contents(...TOP);
    /** As it was then; of one log and its area, or all of it. */
    const putBack = async (only: (name: string) => boolean): Promise<void> => {
      const newer = (await hubNames()).filter((name) => only(name) && !older.has(name));
      await room.hubFiles.remove(...newer);
      await room.hubFiles.putAll([...older].filter(([name]) => only(name)));
    };
    const since = await newFiles(() => handsIn(ada, 'second'));
    const areas = new Set(since.map(dirname));

    // Before the Master has heard of it: nobody can know, but its author, who sees no receipt and gives it back.
    await putBack((name) => areas.has(dirname(name)));
    await sync(room.master);
    assert.deepEqual((await handInsSeen())['Ada'], [first.id]);
    await sync(ada);
    const [, second] = (await ada.engine.assignment({ assignment: id })).mine!.handIns;
    assert.equal(second!.received, null);
    await sync(room.master);
    assert.deepEqual((await handInsSeen())['Ada'], [first.id, second!.id]);
    await sync(ada);
    assert.notEqual((await ada.engine.verifyReceipt({ from: second!.receipt! })).countersigned, null);

    // Then: it counts, and what is gone of it is found.
    for (const only of [(name: string) => areas.has(dirname(name)), () => true]) {
      await putBack(only);
      const { findings } = await room.master.engine.verifyAudit({ hub: true });
      assert.ok(findings.some(({ kind, isDamage }) => isDamage && kind === 'hub-lost'));
      assert.ok((await sync(room.master)).length > 0, 'the Master is told');
      assert.deepEqual((await handInsSeen())['Ada'], [first.id, second!.id]);
      assert.deepEqual(await collected(), { Ada: ['failed'] });
      await sync(ada);
      const names = await hubNames();
      assert.ok(
        since.every((name) => names.includes(name)),
        'the author has put it back',
      );
    }
    assert.deepEqual(await sync(room.master), []);
    assert.deepEqual(await collected('all'), { Ada: ['first', 'second'] });
  });

  it('that changes feedback keeps it from being read until it is returned once more', async () => {
    const { id: handIn } = await handsIn(ada, 'mine');
    await sync(room.master);
    const remarks = path.join(bench.folder(), 'remarks.md');
    fs.writeFileSync(remarks, 'well done');
    const sealed = await newFiles(() => room.master.engine.giveFeedback({ handIn, files: [remarks], visibility: 'returned' }));
    for (const name of sealed.filter((one) => !isRecord(one))) await attacks['changed by a bit']!(name, name);
    await sync(ada);
    const to = bench.place();
    await rejected(ada.engine.fetchFeedback({ handIn, to }), 'damaged');
    assert.equal(fs.existsSync(to), false);
    await room.master.engine.giveFeedback({ handIn, visibility: 'returned' });
    await sync(ada);
    await ada.engine.fetchFeedback({ handIn, to });
    assert.deepEqual(readFiles(to), { 'remarks.md': 'well done' });
  });

  const changing =
    (change: (bytes: Buffer) => Buffer) =>
    async (name: string): Promise<void> =>
      room.hubFiles.put(name, change(await room.hubFiles.read(name)));

  const attacks: Readonly<Record<string, (name: string, other: string) => Promise<unknown>>> = {
    'cut off': changing((bytes) => bytes.subarray(0, -1)),
    emptied: changing(() => Buffer.alloc(0)),
    doubled: changing((bytes) => Buffer.concat([bytes, bytes])),
    'changed by a bit': changing((bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)))),
    'replaced by another’s': async (name, other) => room.hubFiles.put(name, await room.hubFiles.read(other)),
    'called otherwise': async (name) => {
      const otherwise = name.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
      for (const bytes of (await room.hubFiles.take(name)).values()) await room.hubFiles.put(otherwise, bytes);
    },
    deleted: (name) => room.hubFiles.remove(name),
  };

  for (const [what, attack] of Object.entries(attacks)) {
    it(`by whom a hand-in is ${what}: nobody else’s is harmed, and once its author has handed in again it is collected`, async () => {
      let mine!: HandInInfo;
      const adas = await newFiles(async () => (mine = await handsIn(ada, 'mine')));
      const bobs = await newFiles(() => handsIn(bob, 'of Bob'));
      const otherOf = (name: string): string => bobs.find((one) => isRecord(one) === isRecord(name))!;
      for (const name of adas.filter(isRecord)) await attack(name, otherOf(name));
      await sync(room.master);
      assert.deepEqual((await handInsSeen())['Ada'], [], 'it is not heard of');
      const told = await sync(ada);
      // What is gone is there again before anybody has missed it.
      assert.ok(told.length > 0 || what === 'deleted', 'the author is told');
      await sync(room.master);
      assert.deepEqual((await handInsSeen())['Ada'], [mine.id]);

      for (const name of adas) await attack(name, otherOf(name));
      assert.ok((await room.master.engine.verifyAudit({ hub: true })).isDamaged, 'the Master’s audit finds it');
      assert.deepEqual(await collected(), { Ada: ['failed'], Bob: ['of Bob'] });
      const again = await ada.engine.handIn({ assignment: id });
      await sync(room.master);
      assert.deepEqual((await handInsSeen())['Ada'], [mine.id, again.handIn.id]);
      assert.deepEqual(await collected('all'), { Ada: ['mine', 'mine'], Bob: ['of Bob'] });
    });
  }
});
