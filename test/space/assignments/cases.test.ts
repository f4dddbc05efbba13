/** Who else is in a Space, and how assignments and members may be called. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AssignmentInfo, CreateAssignmentRequest } from '../../../src/engine/assignmentApi.ts';
import { parseDeadline } from '../../../src/engine/deadline.ts';
import { remove } from '../../../src/space/members/acts.ts';
import { Class, standingIn } from '../../support/assignments.ts';
import { Cheat, putTree } from '../../support/cheat.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { readFiles, rejected, Workbench } from '../../support/folders.ts';
import { Person as Reader } from '../../support/spaces.ts';

const bench = new Workbench();

describe('space: deadlines as people write them', () => {
  it('are the later moment where clocks are set back, the one after the gap where they are put forward', async () => {
    const at = async (text: string, zone?: string): Promise<string> => new Date((await parseDeadline(text, zone)).at).toISOString();
    assert.equal(await at('2026-10-25 02:30', 'Europe/Berlin'), '2026-10-25T01:30:00.000Z');
    assert.equal(await at('2026-03-29 02:30', 'Europe/Berlin'), '2026-03-29T01:30:00.000Z');
    assert.equal(await at('2026-03-29', 'Europe/Berlin'), '2026-03-29T21:59:59.000Z');
    assert.equal(await at('2026-10-25', 'Europe/Berlin'), '2026-10-25T22:59:59.000Z');
    assert.equal(await at('2026-12-01T23:59', 'America/St_Johns'), '2026-12-02T03:29:00.000Z');
    assert.equal(await at('2026-12-01T23:59:00+14:00', 'Pacific/Pago_Pago'), '2026-12-01T09:59:00.000Z');
    assert.equal(await at('2026-12-01 23:59', '+05:45'), '2026-12-01T18:14:00.000Z');
  });

  it('are none that no day or clock has', async () => {
    const none = [
      '',
      'tomorrow',
      '2026-02-30',
      '2026-13-01',
      '2026-12-01T25:00',
      '2026-12-01T23:59+1:00',
      '1969-12-31T00:00Z',
      '2026-02-30T00:00Z',
    ];
    for (const text of [...none, '2026-12-01T23:59+99:99', `2026-12-01${'0'.repeat(10_000)}`])
      await rejected(parseDeadline(text, 'UTC'), 'usage');
    for (const zone of ['', 'Mars/Base', '../../x', '+99:00']) await rejected(parseDeadline('2026-12-01', zone), 'usage');
  });
});

describe('space: hand-ins of a log that parts', () => {
  it('stay as evidence on both sides, and one counts when somebody has picked its side', () => {
    const room = new Class(1);
    const [ada] = room.members as [Reader];
    const [master] = room.masters;
    const twin = new Reader(room.world, ada.keys, ada.heard.values());
    const before = room.handIn(ada, 1);
    twin.hear([before]);
    const [one, two] = [room.handIn(ada, 2), room.handIn(twin, 3)];
    master.hear();
    const parted = standingIn(master.state(), ada.log);
    const refusals = new Map(parted.handIns.map(({ id, refusal }) => [id, refusal]));
    assert.deepEqual(
      [before, one, two].map(({ hash }) => refusals.get(hash)),
      [undefined, 'forked', 'forked'],
    );
    assert.equal(parted.counting?.id, before.hash);
    master.act((acting) => remove(acting, ada.log, { sequence: two.header.sequence, hash: two.hash }));
    const picked = standingIn(master.state(), ada.log);
    assert.equal(picked.counting?.id, two.hash);
    assert.equal(picked.handIns.find(({ id }) => id === one.hash)?.refusal, 'forked');
  });
});

describe('space: who else hands in', () => {
  let room: Classroom;
  let copies: string;
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'hw2/task.md': 'task' });
    copies = bench.folder();
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  async function give(request: Partial<CreateAssignmentRequest> = {}): Promise<AssignmentInfo> {
    const parts = [{ path: 'hw1', patterns: [] }];
    return room.master.engine.createAssignment({ title: 'HW 1', deadline: '2100-01-01', zone: 'UTC', parts, ...request });
  }

  async function handsIn(person: Person, assignment: string, answer: string): Promise<void> {
    await person.receiveAll();
    person.write({ 'hw1/answer.md': answer });
    await person.engine.handIn({ assignment });
  }

  it('a viewer can’t, whatever its program says', async () => {
    const ada = await room.join('Ada');
    const victor = await room.join('Victor', {}, { role: 'viewer' });
    const { id } = await give();
    await handsIn(ada, id, 'mine');
    assert.deepEqual(await victor.engine.assignments(), []);
    await rejected(victor.engine.handIn({ assignment: id }), 'not-found');
    await victor.engine.dispose();
    const cheat = new Cheat(victor);
    const { id: terms } = (await room.master.engine.assignments())[0]!;
    await cheat.handIn((put) => putTree({ a: 'x' }, put), { assignment: id, terms });
    await cheat.dispose();
    await room.master.engine.space({ sync: true });
    const { standings } = await room.master.engine.assignment({ assignment: id });
    assert.deepEqual(
      standings.map(({ member, state }) => [member.name, state]),
      [['Ada', 'handed-in']],
    );
  });

  it('one who was removed can’t any more; what came before stays', async () => {
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
    const { id } = await give();
    await handsIn(ada, id, 'before');
    await bob.receiveAll();
    await room.master.engine.space({ sync: true });
    await room.master.engine.removeMember({ member: 'Ada' });
    await ada.engine.dispose();
    // It has not heard of it.
    const cheat = new Cheat(ada);
    await cheat.handIn((put) => putTree({ a: 'x' }, put)).catch(() => undefined);
    await cheat.dispose();
    const { items } = await room.master.engine.collect({ assignment: id, which: 'all', to: copies });
    assert.deepEqual(
      items.map(({ member, outcome }) => [member.name, outcome]),
      [['Ada', 'collected']],
    );
    assert.equal(readFiles(items[0]!.folder!)['hw1/answer.md'], 'before');
  });

  it('no name is told of an anonymous one until its feedback is returned', async () => {
    const names = ['Ada Applegarth', 'Bob Bell-Bottom', 'Cleo Cartwright', 'Dora Dean'];
    const people: Person[] = [];
    for (const name of names) people.push(await room.join(name, {}, { groups: [`with ${name}`] }));
    const { id } = await give({ isAnonymous: true });
    for (const [at, person] of people.entries()) await handsIn(person, id, `answer ${at}`);
    const { engine } = room.master;
    const told = async (): Promise<string> => {
      const report = await engine.collect({ assignment: id, to: copies });
      const parts = [report, await engine.assignment({ assignment: id }), await engine.assignments(), await engine.grades({})];
      return JSON.stringify([parts, fs.readdirSync(copies, { recursive: true })]);
    };
    const logs = (await engine.space({}))!.members.map((one) => one.id);
    const said = await told();
    for (const name of [...names, ...logs.filter((one) => !said.includes(`"by":"${one}"`))]) assert.ok(!said.includes(name), name);
    // Nor by the order in which they joined.
    const { standings } = await engine.assignment({ assignment: id });
    const shown = standings.map(({ member }) => member.name!);
    assert.deepEqual(shown, shown.toSorted());
    const [first] = standings;
    await engine.giveFeedback({ handIn: first!.handIns[0]!.id, grade: '5', visibility: 'hidden' });
    for (const name of names) assert.ok(!(await told()).includes(name), name);
    await engine.giveFeedback({ handIn: first!.handIns[0]!.id, visibility: 'returned' });
    const after = await told();
    assert.equal(names.filter((name) => after.includes(name)).length, 1);
  });

  it('assignments and members may be called as they like: each has its own folder, where it is to be', async () => {
    const people = [await room.join('Ada'), await room.join('ada'), await room.join('../../x')];
    const titles = ['../../x', 'CON', '.', 'ä'.repeat(200), 'HW: 1?', 'HW- 1-'];
    const folders = new Set<string>();
    for (const title of titles) {
      const { id } = await give({ title });
      for (const person of people) await handsIn(person, id, title);
      const { items, folder } = await room.master.engine.collect({ assignment: id, to: copies });
      assert.equal(path.dirname(folder), copies);
      for (const { outcome, problem, folder: own } of items) {
        assert.deepEqual([outcome, problem], ['collected', null]);
        assert.ok(own!.startsWith(`${folder}${path.sep}`));
        assert.equal(path.dirname(path.dirname(own!)), folder);
        folders.add(own!.toLowerCase());
        assert.equal(readFiles(own!)['hw1/answer.md'], title);
      }
    }
    assert.equal(folders.size, titles.length * people.length);
  });

  it('empty files, a folder in the place of a copy, and an assignment that is closed and opened again', async () => {
    const ada = await room.join('Ada');
    const { id } = await give();
    await handsIn(ada, id, '');
    const { engine } = room.master;
    await engine.space({ sync: true });
    const [{ handIn } = { handIn: '' }] = (await engine.assignment({ assignment: id })).standings.flatMap(({ handIns }) =>
      handIns.map((one) => ({ handIn: one.id })),
    );
    const place = path.join(copies, 'HW 1', 'Ada', `1 (${handIn.slice(0, 8)})`);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, 'a file of mine');
    const [item] = (await engine.collect({ assignment: id, to: copies })).items;
    assert.deepEqual([item!.outcome, item!.folder], ['failed', null]);
    assert.equal(fs.readFileSync(place, 'utf8'), 'a file of mine');
    fs.rmSync(place);
    assert.equal((await engine.collect({ assignment: id, to: copies })).items[0]!.outcome, 'collected');
    assert.deepEqual(readFiles(place), { 'hw1/': '', 'hw1/answer.md': '', 'hw1/task.md': 'task' });
    await engine.editAssignment({ assignment: id, isClosed: true });
    await ada.engine.space({ sync: true });
    assert.equal((await rejected(ada.engine.handIn({ assignment: id, force: true }), 'refused')).details['reason'], 'closed');
    await engine.editAssignment({ assignment: id, isClosed: false });
    await ada.engine.space({ sync: true });
    assert.equal((await ada.engine.handIn({ assignment: id })).handIn.number, 2);
  });
});
