/** Assignments as their Master has them: given, changed, collected, graded and returned. With real engines for the members. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { FromPage, MemberRow } from '../../src/editor/assignments/dashboardPage.ts';
import type { OpenSimilarity } from '../../src/editor/assignments/openSimilarity.ts';
import type { ReadyContent } from '../../src/editor/assignments/similarityPage.ts';
import type { OpenDashboard } from '../../src/editor/assignments/dashboard.ts';
import type { AssignmentNode } from '../../src/editor/assignments/assignmentNodes.ts';
import type { HandInDone } from '../../src/engine/assignmentApi.ts';
import { withAnswers, type Asked } from './answers.ts';
import { inFolder, internals, theInstance, until } from './extension.ts';
import { People, type Person } from './people.ts';
import { at, create, forgetSpace, invite, run, sync, told } from './spaceSteps.ts';

describe('the Master’s side of assignments', () => {
  let people: People;
  let ada: Person;

  beforeEach(async () => {
    people = new People();
    await create(people);
    ada = await people.person('ada');
    await ada.engine.joinSpace({ code: await invite('Ada', 'Editor', 'tutorial 1') });
    await sync();
    mkdirSync(inFolder('hw1'), { recursive: true });
    writeFileSync(inFolder('hw1/task.md'), 'the task');
    writeFileSync(inFolder('hw1/answer.md'), '');
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    await run('snapstage.closeComparison');
    await forgetSpace('hw1', 'grades.csv', 'grades.json');
    await people.gone();
  });

  /** Gives the folder `hw1`. */
  async function given(...inForm: readonly string[]): Promise<readonly Asked[]> {
    let asked: readonly Asked[] = [];
    const answers = ['HW 1', 'Other Time…', '2040-01-31 12:00', ...inForm, '$(check) Create Assignment…', 'Create'];
    const said = await told(async () => {
      asked = await withAnswers(answers, () => run('snapstage.newAssignment', vscode.Uri.file(inFolder('hw1'))));
    });
    assert.match(said, /The assignment “HW 1” is made\. Members see it with their next sync\./);
    return asked;
  }

  async function node(): Promise<AssignmentNode> {
    const [first] = await (await internals()).assignmentTree.getChildren();
    assert.ok(first?.type === 'assignment');
    return first;
  }

  async function handedIn(answer: string): Promise<HandInDone> {
    await ada.receiveAll();
    ada.write('hw1/answer.md', answer);
    const done = await ada.engine.handIn({ assignment: 'HW 1' });
    await sync();
    return done;
  }

  async function dashboard(): Promise<OpenDashboard> {
    const { instance, assignment } = await node();
    await run('snapstage.showDashboard', await node());
    const { dashboardPanels } = await internals();
    const page = dashboardPanels.pageOf(instance, assignment) ?? assert.fail('no dashboard is open');
    await until('it is read', () => page.view.content.state === 'ready');
    return page;
  }

  async function rowOf(page: OpenDashboard): Promise<MemberRow> {
    await page.answer({ type: 'again' });
    assert.equal(page.rows.length, 1);
    return page.rows[0]!;
  }

  async function similarity(): Promise<OpenSimilarity> {
    const { instance, assignment } = await node();
    await run('snapstage.showSimilarity', await node());
    const { similarityPanels } = await internals();
    const page = similarityPanels.pageOf(instance, assignment) ?? assert.fail('no page is open');
    await until('they are compared', () => page.view.content.state === 'ready');
    return page;
  }

  function contentOf(page: OpenSimilarity): ReadyContent {
    const { content } = page.view;
    assert.ok(content.state === 'ready', content.state);
    return content;
  }

  const answerIn = async (page: OpenDashboard, message: FromPage, ...answers: readonly string[]): Promise<string> =>
    told(async () => void (await withAnswers(answers, () => page.answer(message))));

  it('gives what was chosen in the explorer, after it was said what will happen', async () => {
    const asked = await given(
      'Limit',
      '20 MB',
      'Late',
      'Refuse What Is Late',
      'Names',
      'Hide Names',
      'Description',
      'Write a Line…',
      'Do *it*.',
    );
    assert.match(
      asked.at(-1)!.text,
      /^Create the assignment “HW 1” for all members\?\nDeadline: .* What is late is not accepted\.\nHanded in: hw1\.\nhw1 is distributed with it, as it is here now\. A snapshot of the current state is taken first\.$/,
    );
    const { assignment } = await node();
    const { title, limit, late, isAnonymous, description, parts, zone } = assignment;
    assert.deepEqual(
      { title, limit, late, isAnonymous, description, parts, zone },
      {
        title: 'HW 1',
        limit: 20_000_000,
        late: 'refuse',
        isAnonymous: true,
        description: 'Do *it*.',
        parts: [{ path: 'hw1', patterns: [] }],
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
    );
    await ada.receiveAll();
    assert.equal(readFileSync(join(ada.folder, 'hw1/task.md'), 'utf8'), 'the task');
  });

  it('gives what was distributed before, in another time zone, for some of it', async () => {
    await run('snapstage.stage', vscode.Uri.file(inFolder('hw1')));
    await told(() => withAnswers(['All Members', 'Overwrite', 'Week 1', 'Distribute'], () => run('snapstage.distribute')));
    const row = await at('Distributions', '“Week 1”');
    const answers = ['HW 1', 'Time Zone…', 'Asia/Tokyo', 'Other Time…', '2040-01-31'];
    const parts = ['Handed in', 'hw1', '*.md, !draft*'];
    const asked = await withAnswers([...answers, ...parts, '$(check) Create Assignment…', 'Create'], () =>
      run('snapstage.newAssignment', row),
    );
    assert.match(asked.at(-1)!.text, /Asia\/Tokyo.*\nHanded in: hw1: \*\.md, !draft\*\.\nIt is about the distribution “Week 1”/s);
    const { assignment } = await node();
    assert.deepEqual([assignment.deadline, assignment.zone], ['2040-01-31T14:59:59.000Z', 'Asia/Tokyo']);
    assert.deepEqual(assignment.parts, [{ path: 'hw1', patterns: ['*.md', '!draft*'] }]);
  });

  it('changes, extends, closes and reopens it, and members hear of that', async () => {
    await given();
    await withAnswers(['Title', 'HW 1b', 'Limit', '', '$(check) Save, and Tell the Members'], async () =>
      run('snapstage.editAssignment', await node()),
    );
    assert.equal((await node()).assignment.title, 'HW 1b');
    const said = await told(() =>
      withAnswers(['tutorial 1', 'Another Deadline…', 'Other Time…', '2041-01-31 12:00', 'ill'], async () =>
        run('snapstage.extendAssignment', await node()),
      ),
    );
    assert.match(said, /For group tutorial 1 the deadline is 2041-01-31 12:00 \(.*\) now\./);
    await withAnswers(['Close Assignment'], async () => run('snapstage.closeAssignment', await node()));
    await ada.engine.space({ sync: true });
    const [heard] = await ada.engine.assignments();
    assert.deepEqual([heard!.title, heard!.isClosed, heard!.mine!.extension!.reason], ['HW 1b', true, 'ill']);
    const asked = await withAnswers(['Reopen'], async () => run('snapstage.reopenAssignment', await node()));
    assert.match(asked[0]!.text, /^Reopen the assignment “HW 1b”\?\nMembers can hand in again\. Deadline: /);
    await told(() => withAnswers(['Ada', 'As for All', ''], async () => run('snapstage.extendAssignment', await node())));
    await ada.engine.space({ sync: true });
    const [later] = await ada.engine.assignments();
    assert.deepEqual([later!.isClosed, later!.mine!.extension], [false, null]);
  });

  it('collects, compares, judges, grades and returns on the dashboard', async () => {
    await given();
    const page = await dashboard();
    assert.deepEqual([page.rows[0]!.name, page.rows[0]!.stateWord], ['Ada', 'nothing yet']);
    const { handIn } = await handedIn('42');
    const row = await rowOf(page);
    assert.deepEqual([row.stateWord, row.handIn, row.changed], ['handed in', handIn.id, '']);
    const collected = await told(async () => run('snapstage.collect', await node()));
    assert.match(collected, /^Collected 1 hand-in \(10 bytes\) into .*Assignments.*HW 1\.$/);
    await until('the changes are read', () => page.rows[0]!.changed === '1 file changed');
    assert.match(
      await answerIn(page, { type: 'assignment', action: 'collect' }),
      /^Nothing new to collect in .* There before: 1 hand-in\.$/,
    );
    await page.answer({ type: 'handIn', action: 'compare', handIn: handIn.id });
    await until('the diff is open', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
    const { original, modified } = vscode.window.tabGroups.activeTabGroup.activeTab!.input as vscode.TabInputTextDiff;
    assert.deepEqual([original.scheme, modified.path.endsWith('hw1/answer.md')], ['snapstage', true]);

    await answerIn(page, { type: 'handIn', action: 'late', handIn: handIn.id }, 'it was late');
    assert.match((await rowOf(page)).late, /^late, as the Master decided$/);

    const remarks = join(people.base, 'remarks.md');
    writeFileSync(remarks, 'good');
    assert.equal(
      await answerIn(page, { type: 'bulk', action: 'return', members: [row.key] }),
      'There is no feedback to return. No feedback yet, so left out: Ada.',
    );
    await answerIn(page, { type: 'files', handIn: handIn.id, action: 'choose' }, remarks);
    await page.answer({ type: 'feedback', handIn: handIn.id, grade: ' 1.3 ', comment: 'well done', visibility: 'draft' });
    assert.deepEqual([(await rowOf(page)).grade, (await rowOf(page)).returned], ['1.3', 'draft']);
    await answerIn(page, { type: 'bulk', action: 'return', members: [row.key] }, 'Return');
    assert.deepEqual([(await rowOf(page)).stateWord, (await rowOf(page)).returned], ['returned', 'returned']);
    await page.answer({ type: 'feedback', handIn: handIn.id, grade: '1.0', comment: 'well done', visibility: 'draft' });
    assert.deepEqual([(await rowOf(page)).stateWord, (await rowOf(page)).returned], ['returned, with a newer draft', 'draft']);
    await page.answer({ type: 'feedback', handIn: handIn.id, grade: '1.3', comment: 'well done', visibility: 'returned' });
    assert.equal((await rowOf(page)).stateWord, 'returned');
    await ada.engine.space({ sync: true });
    const { feedback } = (await ada.engine.assignment({ assignment: 'HW 1' })).mine!.handIns[0]!;
    assert.deepEqual([feedback!.grade, feedback!.comment], ['1.3', 'well done']);
    const to = join(people.base, 'back');
    await ada.engine.fetchFeedback({ handIn: handIn.id, to });
    assert.deepEqual(readdirSync(to), ['remarks.md']);
    await answerIn(page, { type: 'bulk', action: 'hide', members: [row.key] }, 'Hide');
    assert.equal((await rowOf(page)).returned, 'hidden');

    const csv = join(people.base, 'grades.csv');
    const exported = await told(() => withAnswers([csv], async () => run('snapstage.exportGrades', await node())));
    assert.match(exported, /^Exported the grades to .*grades\.csv\.$/);
    assert.match(readFileSync(csv, 'utf8'), /^\ufeffassignment,title,.*\r\n.*,HW 1,.*,Ada,graded,.*,late,1\.3,well done,hidden\r\n$/);
    const json = join(people.base, 'grades.json');
    await answerIn(page, { type: 'assignment', action: 'export' }, json);
    assert.equal((JSON.parse(readFileSync(json, 'utf8')) as readonly { readonly grade: string }[])[0]!.grade, '1.3');
  });

  it('shows how alike hand-ins are, what two have in common side by side, and what was done about the assignment', async () => {
    const bob = await people.person('bob');
    await bob.engine.joinSpace({ code: await invite('Bob', 'Editor', '') });
    await sync();
    await given();
    const program = (list: string, sum: string): string =>
      [
        `def mean(${list}):`,
        `    ${sum} = 0`,
        `    for each in ${list}:`,
        `        if each is not None and each >= 0:`,
        `            ${sum} += each`,
        `    return ${sum} / max(1, len(${list}))`,
        `def spread(${list}, at):`,
        `    while at < len(${list}) - 1:`,
        `        ${list}[at], ${list}[at + 1] = ${list}[at + 1], ${list}[at]`,
        `        at = at * 2 + 1`,
        `    return [each ** 2 for each in ${list} if not each % 3 == 0]`,
        `print(mean(spread([1, 2, 3], 0)), sep='; ')`,
      ].join('\n');
    await bob.receiveAll();
    bob.write('hw1/solution.py', program('values', 'total'));
    await bob.engine.handIn({ assignment: 'HW 1' });
    ada.write('hw1/solution.py', `import math\n\n${program('numbers', 'sum')}`);
    await handedIn('42');
    const page = await similarity();
    assert.equal(contentOf(page).summary, '0 hand-ins were compared. Not collected yet, so left out: 2.');
    assert.equal(contentOf(page).nothing, 'None have more in common than the task explains.');
    await told(() => page.answer({ type: 'collect' }));
    await until('they are compared', () => page.rows.length === 1);
    assert.equal(contentOf(page).summary, '2 hand-ins were compared.');
    const [row] = page.rows;
    assert.deepEqual([row!.one, row!.other].sort(), ['Ada', 'Bob']);
    for (const text of [row!.ofOne, row!.ofOther]) assert.match(text, /^(9\d|100)% · 12 lines$/);
    assert.deepEqual([row!.passages, row!.largest, row!.files], ['1', '12 lines', 'hw1/solution.py']);
    await page.answer({ type: 'details', key: row!.key });
    await page.answer({ type: 'open', key: row!.key, place: 0, passage: 0 });
    const shown = vscode.window.visibleTextEditors.filter(({ document }) => document.uri.path.endsWith('hw1/solution.py'));
    assert.deepEqual(new Set(shown.map(({ viewColumn }) => viewColumn)), new Set([vscode.ViewColumn.One, vscode.ViewColumn.Two]));
    assert.deepEqual(new Set(shown.map(({ document }) => document.uri.scheme)), new Set(['snapstage']));
    // Ada's begins with two lines of her own.
    for (const { document, selection } of shown)
      assert.equal(selection.active.line, document.getText().startsWith('import math') ? 2 : 0, document.getText());

    const { instance } = await node();
    await run('snapstage.showAssignmentAudit', await node());
    const { auditPanels } = await internals();
    await until('the trail is open', () => auditPanels.pageOf(instance) !== undefined);
    await run('workbench.action.closeAllEditors');
  });

  it('follows what comes while it is open, and says what it can’t do', async () => {
    await given();
    const page = await dashboard();
    const content = (): string => (page.view.content.state === 'ready' ? page.view.content.summary : page.view.content.text);
    assert.equal(content(), '0 handed in, 1 missing');
    await handedIn('42');
    await until('it is told', () => content() === '1 handed in, 0 missing');
    const { engine } = await theInstance();
    await engine.editAssignment({ assignment: 'HW 1', title: 'HW 2' });
    await (await internals()).spaces.refresh(await theInstance());
    await until('the title is told', () => page.view.title === 'HW 2');
    await assert.rejects(withAnswers([''], () => page.answer({ type: 'assignment', action: 'extend' })));
  });
});
