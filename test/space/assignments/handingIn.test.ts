/** The whole way of a hand-in: given out, handed in, collected, graded, returned. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AssignmentInfo, CreateAssignmentRequest, StandingInfo } from '../../../src/engine/assignmentApi.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { readFiles, rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();
let room: Classroom;

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();

const hw1 = { 'hw1/task.md': 'task', 'hw1/answer.md': '', 'notes.md': 'not for others' };

async function give(request: Partial<CreateAssignmentRequest> = {}): Promise<AssignmentInfo> {
  return room.master.engine.createAssignment({
    title: 'HW 1',
    deadline: soon(),
    parts: [{ path: 'hw1', patterns: [] }],
    to: 'all',
    ...request,
  });
}

async function heard(...people: readonly Person[]): Promise<void> {
  for (const { engine } of people) await engine.space({ sync: true });
}

describe('space: hand-ins', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('go from the author to the Master and back', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada', { 'own.txt': 'own' });
    const { id, distribution } = await give();
    assert.notEqual(distribution, null);
    await ada.receiveAll();
    const [mine] = await ada.engine.assignments();
    assert.deepEqual([mine!.id, mine!.title, mine!.mine!.state], [id, 'HW 1', 'nothing']);
    const first = await ada.engine.planHandIn({ assignment: 'HW 1' });
    assert.deepEqual(first.warnings, [{ kind: 'unchanged' }]);
    ada.write({ 'hw1/answer.md': '42' });
    const plan = await ada.engine.planHandIn({ assignment: id });
    assert.deepEqual([plan.files.map(({ path: at }) => at), plan.warnings, plan.obstacles], [['hw1/answer.md', 'hw1/task.md'], [], []]);
    const done = await ada.engine.handIn({ assignment: id, note: 'here you are', expected: plan.from });
    assert.deepEqual([done.isSent, done.handIn.lateness, done.handIn.counts], [true, 'unproven', true]);
    assert.equal((await ada.engine.verifyReceipt({ from: done.handIn.receipt! })).countersigned, null);

    await heard(room.master, ada);
    const { standings } = await room.master.engine.assignment({ assignment: id });
    assert.deepEqual(
      standings.map(({ member, state, handIns }) => [member.name, state, handIns.length]),
      [['Ada', 'handed-in', 1]],
    );
    const receipt = await ada.engine.verifyReceipt({ from: done.handIn.receipt! });
    assert.deepEqual(
      [receipt.name, receipt.code, receipt.countersigned?.by],
      ['Ada', done.handIn.code, (await room.master.engine.space({}))!.me.id],
    );

    const to = bench.place();
    const report = await room.master.engine.collect({ assignment: id, to });
    const [item] = report.items;
    assert.deepEqual([item!.outcome, item!.problem], ['collected', null]);
    assert.deepEqual(readFiles(item!.folder!), { 'hw1/': '', 'hw1/task.md': 'task', 'hw1/answer.md': '42' });
    assert.equal(path.relative(to, item!.folder!), `HW 1/Ada/1 (${item!.handIn.slice(0, 8)})`);
    assert.deepEqual(
      (await room.master.engine.collect({ assignment: id, to })).items.map(({ outcome }) => outcome),
      ['there'],
    );
    const diff = await room.master.engine.diff({ a: (await room.master.engine.assignments())[0]!.handedOut!, b: done.handIn.state });
    assert.deepEqual(
      diff.changed.map((one) => one.path),
      ['hw1/answer.md'],
    );

    assert.deepEqual(await room.master.engine.handInChanges({ handIns: [done.handIn.id] }), [
      { handIn: done.handIn.id, added: 0, changed: 1, removed: 0 },
    ]);

    const file = path.join(bench.folder(), 'remarks.md');
    fs.writeFileSync(file, 'good');
    await room.master.engine.giveFeedback({ handIn: item!.handIn, grade: '5', comment: 'well done', files: [file], visibility: 'draft' });
    await heard(ada);
    assert.equal((await ada.engine.assignment({ assignment: id })).mine!.handIns[0]!.feedback, null);
    await room.master.engine.giveFeedback({ handIn: item!.handIn, visibility: 'returned' });
    await heard(ada);
    const back = (await ada.engine.assignment({ assignment: id })).mine!;
    assert.deepEqual([back.state, back.handIns[0]!.feedback!.grade, back.handIns[0]!.feedback!.comment], ['returned', '5', 'well done']);
    const got = bench.place();
    await ada.engine.fetchFeedback({ handIn: item!.handIn, to: got });
    assert.deepEqual(readFiles(got), { 'remarks.md': 'good' });
    await room.master.engine.giveFeedback({ handIn: item!.handIn, visibility: 'hidden' });
    await heard(ada);
    const hidden = (await ada.engine.assignment({ assignment: id })).mine!;
    assert.deepEqual([hidden.state, hidden.handIns[0]!.feedback!.grade], ['graded', null]);
    assert.deepEqual(
      (await room.master.engine.grades({ assignment: id })).map(({ grade, visibility }) => [grade, visibility]),
      [['5', 'hidden']],
    );
  });

  it('are compared with what was handed out by what the assignment asks for, once they are here', async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task', 'hw1/answer.md': '', 'hw1/old.md': '', 'hw1/data.csv': '1' });
    const ada = await room.join('Ada');
    const { id } = await give({ parts: [{ path: 'hw1', patterns: ['*.md'] }], isAnonymous: true });
    await ada.receiveAll();
    fs.rmSync(path.join(ada.folder, 'hw1/old.md'));
    ada.write({ 'hw1/answer.md': '42', 'hw1/more.md': 'x', 'hw1/data.csv': '2' });
    const done = await ada.engine.handIn({ assignment: id });
    await heard(room.master);
    const { engine } = room.master;
    const changes = (): Promise<unknown> => engine.handInChanges({ handIns: [done.handIn.id] });
    assert.deepEqual(await changes(), []);
    const [{ member }] = (await engine.assignment({ assignment: id })).standings as [StandingInfo];
    assert.match(member.name!, /^P-/);
    assert.deepEqual(
      (await engine.collect({ assignment: id, members: [member.id], to: bench.place() })).items.map(({ outcome }) => outcome),
      ['collected'],
    );
    assert.deepEqual(await changes(), [{ handIn: done.handIn.id, added: 1, changed: 1, removed: 1 }]);
  });

  it('for which the folder has changed since it was planned are none, and leave no snapshot', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    const { id } = await give();
    await ada.receiveAll();
    const plan = await ada.engine.planHandIn({ assignment: id });
    ada.write({ 'hw1/answer.md': '42' });
    await rejected(ada.engine.handIn({ assignment: id, expected: plan.from }), 'stale-plan');
    const taken = async (): Promise<readonly string[]> =>
      (await ada.engine.list()).flatMap((one) => (one.kind === 'hand-in' ? [one.id] : []));
    assert.deepEqual(await taken(), []);
    const [first, second] = [await ada.engine.handIn({ assignment: id }), await ada.engine.handIn({ assignment: id })];
    assert.deepEqual(await taken(), [second.snapshot.id, first.snapshot.id]);
  });

  it('wait for a hub that is away', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    const { id } = await give();
    await ada.receiveAll();
    ada.write({ 'hw1/answer.md': '42' });
    const done = await room.whileAway(() => ada.engine.handIn({ assignment: id }));
    assert.deepEqual([done.isSent, done.handIn.isQueued], [false, true]);
    await heard(ada, room.master);
    assert.equal((await ada.engine.assignment({ assignment: id })).mine!.handIns[0]!.isQueued, false);
    assert.equal((await room.master.engine.collect({ assignment: id, to: bench.place() })).items[0]!.outcome, 'collected');
  });

  it('are refused where the assignment does not take them', async () => {
    room = await Classroom.open(bench, hw1);
    const ada = await room.join('Ada');
    const { id } = await give({ limit: 3, late: 'refuse' });
    await ada.receiveAll();
    ada.write({ 'hw1/answer.md': '42' });
    const refusal = async (): Promise<unknown> => (await rejected(ada.engine.handIn({ assignment: id }), 'refused')).details['reason'];
    assert.equal(await refusal(), 'over-limit');
    await room.master.engine.editAssignment({ assignment: id, limit: null, isClosed: true });
    await heard(ada);
    assert.equal(await refusal(), 'closed');
    await room.master.engine.editAssignment({ assignment: id, isClosed: false, deadline: '2020-01-01T00:00:00Z' });
    await heard(ada);
    assert.equal(await refusal(), 'late');
    const later = soon();
    await room.master.engine.extend({ assignment: id, to: ['Ada'], deadline: later });
    const told = async ({ engine }: Person): Promise<readonly string[]> => (await engine.assignments())[0]!.extended;
    assert.deepEqual([await told(room.master), await told(ada)], [[later], []]);
    await heard(ada);
    assert.equal((await ada.engine.handIn({ assignment: id })).isSent, true);
  });
});
