/** Assignments as a member has them: the view, handing in, what was handed in before, feedback. With a real engine for the Master. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { AssignmentsNode } from '../../src/editor/assignments/assignmentNodes.ts';
import type { CreateAssignmentRequest } from '../../src/engine/assignmentApi.ts';
import { withAnswers } from './answers.ts';
import { inFolder, internals, theInstance, until } from './extension.ts';
import { People, type Person } from './people.ts';
import { forgetSpace, joined, run, sync, told } from './spaceSteps.ts';

const HOUR = 3_600_000;

describe('assignments', () => {
  let people: People;
  let master: Person;

  beforeEach(async () => {
    people = new People();
    master = await joined(people);
    master.write('hw1/task.md', 'the task');
    mkdirSync(inFolder('hw1'), { recursive: true });
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await forgetSpace('hw1');
    await people.gone();
  });

  const soon = (hours = 50): string => new Date(Date.now() + hours * HOUR + 60_000).toISOString();

  /** The Master gives it, and this window hears of it and receives what belongs to it. */
  async function given(request: Partial<CreateAssignmentRequest> = {}): Promise<string> {
    const { id } = await master.engine.createAssignment({
      title: 'HW 1',
      deadline: soon(),
      description: 'Answer **both** questions.',
      parts: [{ path: 'hw1', patterns: [] }],
      ...request,
    });
    const { engine } = await theInstance();
    await told(async () => {
      await sync();
      for (const { id: delivery, state } of await engine.inbox()) if (state === 'new') await engine.receive({ delivery });
      await sync();
    });
    return id;
  }

  async function rowsIn(node?: AssignmentsNode): Promise<readonly AssignmentsNode[]> {
    return (await internals()).assignmentTree.getChildren(node);
  }

  async function textsIn(node?: AssignmentsNode): Promise<readonly string[]> {
    const { assignmentTree } = await internals();
    return (await rowsIn(node)).map((row) => {
      const { label, description } = assignmentTree.getTreeItem(row);
      return [label, description].flatMap((part) => (typeof part === 'string' && part !== '' ? [part] : [])).join(' | ');
    });
  }

  async function at(...starts: readonly string[]): Promise<AssignmentsNode> {
    let found: AssignmentsNode | undefined;
    for (const start of starts) {
      const texts = await textsIn(found);
      found =
        (await rowsIn(found))[texts.findIndex((text) => text.startsWith(start))] ?? assert.fail(`no ${start} among ${texts.join('; ')}`);
    }
    return found ?? assert.fail('no row was asked for');
  }

  const handIn = async (...answers: readonly string[]): Promise<string> =>
    told(async () => {
      await withAnswers(answers, async () => run('snapstage.handIn', await at('HW 1')));
    });

  it('show with the time left, and as what waits in the badge', async () => {
    await given();
    assert.deepEqual(await textsIn(), ['HW 1 | 2 days 2 hr left · nothing yet']);
    const { assignmentView, assignmentTree } = await internals();
    assert.deepEqual(assignmentView.title.badge, { value: 1, tooltip: '1 assignment to hand in' });
    const item = assignmentTree.getTreeItem(await at('HW 1'));
    assert.equal(item.accessibilityInformation?.label, 'HW 1, 2 days 2 hours left, nothing yet');
    await master.engine.editAssignment({ assignment: 'HW 1', isClosed: true });
    const said = await told(sync);
    assert.match(said, /The assignment “HW 1” was closed\./);
    assert.deepEqual(await textsIn(), ['HW 1 | closed · nothing yet']);
    assert.equal(assignmentView.title.badge, undefined);
  });

  it('are told of once, also that a deadline comes near', async () => {
    await master.engine.createAssignment({ title: 'HW 1', deadline: soon(), parts: [{ path: 'hw1', patterns: [] }] });
    assert.match(await told(sync), /New assignment “HW 1”, deadline /);
    assert.equal(await told(sync), '');
    await master.engine.extend({ assignment: 'HW 1', to: ['Ada'], deadline: soon(80), reason: 'ill' });
    assert.match(await told(sync), /Your deadline of the assignment “HW 1” is .* now\. Reason: ill/);
  });

  it('are handed in after a look at what is sent; the receipt is shown and saved', async () => {
    await given();
    writeFileSync(inFolder('hw1/answer.md'), '42');
    writeFileSync(inFolder('hw1/notes.ipynb'), 'no notebook');
    let asked: readonly string[] = [];
    const said = await told(async () => {
      const questions = await withAnswers(
        ['$(note) Note', 'here you are', '$(tag) Identifier', '4711', '$(cloud-upload) Hand In'],
        async () => run('snapstage.handIn', await at('HW 1')),
      );
      asked = questions[0]!.choices;
    });
    assert.deepEqual(asked, [
      '$(cloud-upload) Hand In',
      'to be looked at',
      '$(warning) “hw1/notes.ipynb” can’t be read as a notebook.',
      'how',
      '$(history) From',
      '$(note) Note',
      '$(tag) Identifier',
      'is sent',
      '$(file) hw1/answer.md',
      '$(file) hw1/notes.ipynb',
      '$(file) hw1/task.md',
    ]);
    assert.match(said, /Handed in to “HW 1”: 3 files, 21 bytes\. Code of the receipt: \w/);
    const [row] = await textsIn();
    assert.match(row!, /^HW 1 \| 2 days 2 hr left · handed in 1×, latest .*, no Master has seen it yet$/);
    await master.engine.space({ sync: true });
    await sync();
    assert.match((await textsIn())[0]!, /on time$/);
    assert.match(
      (await textsIn(await at('HW 1')))[0]!,
      /^Hand-in no\. 1, .* \| on time · 3 files, 21 bytes · counts · receipt countersigned$/,
    );
    const { handIns } = (await master.engine.assignment({ assignment: 'HW 1' })).standings[0]!;
    assert.deepEqual([handIns[0]!.note, handIns[0]!.identifier], ['here you are', '4711']);
    const to = join(people.base, 'receipt.json');
    const saved = await told(() => withAnswers([to], async () => run('snapstage.saveReceipt', await at('HW 1', 'Hand-in'))));
    assert.match(saved, /^The receipt .* was saved to .*receipt\.json\. A Master countersigned it /);
    const proven = await told(() => withAnswers([to], () => run('snapstage.verifyReceipt')));
    assert.ok(proven.startsWith(`The receipt ${handIns[0]!.code} is as it was signed: “HW 1” by Ada, handed in `), proven);
    assert.match(proven, /3 files, 21 bytes\. A Master countersigned it /);
    writeFileSync(to, readFileSync(to, 'utf8').replace('HW 1', 'HW 2'));
    const forged = await told(() => withAnswers([to], () => run('snapstage.verifyReceipt')), 'showErrorMessage');
    assert.match(forged, /^This receipt does not hold: it is not what its author signed\. Ask its author for the file once more\.$/);
  });

  it('say what stands in the way: then there is nothing to press', async () => {
    await given({ limit: 3, late: 'refuse' });
    const tooLarge = await withAnswers([undefined], async () => run('snapstage.handIn', await at('HW 1')));
    assert.equal(tooLarge[0]!.choices[1], '$(error) It has 8 bytes, and 3 bytes are allowed: leave something out.');
    assert.ok(!tooLarge[0]!.choices.some((choice) => choice.includes('Hand In')));
    await master.engine.editAssignment({ assignment: 'HW 1', limit: null, deadline: soon(-30) });
    await told(sync, 'showInformationMessage');
    assert.match((await textsIn())[0]!, /^HW 1 \| deadline passed 1 day 5 hr ago · nothing yet$/);
    const late = await withAnswers([undefined], async () => run('snapstage.handIn', await at('HW 1')));
    assert.match(late[0]!.choices.join('\n'), /The deadline has passed, and what is late is not accepted\./);
  });

  it('are sent later where the hub is away', async () => {
    await given();
    writeFileSync(inFolder('hw1/answer.md'), '42');
    renameSync(people.hub, `${people.hub}-away`);
    try {
      let warned = '';
      const window = vscode.window as unknown as { showWarningMessage: (...args: unknown[]) => unknown };
      const { showWarningMessage } = window;
      await withAnswers(['$(cloud-upload) Hand In'], async () => {
        const inner = window.showWarningMessage;
        window.showWarningMessage = async (...args) => void (warned += String(args[0]));
        try {
          await run('snapstage.handIn', await at('HW 1'));
        } finally {
          window.showWarningMessage = inner;
        }
      });
      window.showWarningMessage = showWarningMessage;
      assert.match(warned, /Handed in to “HW 1” here, .* and not sent: the hub can’t be reached\. It is sent with the next sync\./);
      assert.match((await textsIn())[0]!, /waits to be sent$/);
    } finally {
      renameSync(`${people.hub}-away`, people.hub);
    }
    await sync();
    assert.doesNotMatch((await textsIn())[0]!, /waits to be sent/);
  });

  it('keep what was handed in before: it is compared and restored', async () => {
    await given();
    for (const answer of ['one', 'two']) {
      writeFileSync(inFolder('hw1/answer.md'), answer);
      await handIn('$(cloud-upload) Hand In');
    }
    writeFileSync(inFolder('hw1/answer.md'), 'three');
    const texts = await textsIn(await at('HW 1'));
    assert.deepEqual(
      texts.map((text) => text.slice(0, 13)),
      ['Hand-in no. 2', 'Hand-in no. 1'],
    );
    assert.deepEqual(await textsIn(await at('HW 1', 'Hand-in no. 1')), ['hw1']);
    await run('snapstage.openKept', await at('HW 1', 'Hand-in no. 1', 'hw1', 'answer.md'));
    await until('it is open', () => vscode.window.activeTextEditor?.document.getText() === 'one');
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'snapstage');
    const choices = await withAnswers(['What Was Handed Out'], async () =>
      run('snapstage.compareHandIn', await at('HW 1', 'Hand-in no. 1')),
    );
    assert.deepEqual(choices[0]!.choices.slice(0, 2), ['What Was Handed Out', 'Current State']);
    const { comparison } = await internals();
    assert.deepEqual(
      comparison.changes.map(({ change, path }) => `${change} ${path}`),
      ['added hw1/answer.md'],
    );
    await withAnswers(['Current State'], async () => run('snapstage.compareHandIn', await at('HW 1', 'Hand-in no. 1')));
    assert.deepEqual(
      comparison.changes.map(({ change, path }) => `${change} ${path}`),
      ['changed hw1/answer.md'],
    );
    await told(() => withAnswers(['Restore'], async () => run('snapstage.restoreHandIn', await at('HW 1', 'Hand-in no. 1'))));
    assert.equal(readFileSync(inFolder('hw1/answer.md'), 'utf8'), 'one');
  });

  it('bring feedback, with its files to be read', async () => {
    const id = await given();
    writeFileSync(inFolder('hw1/answer.md'), '42');
    await handIn('$(cloud-upload) Hand In');
    await master.engine.space({ sync: true });
    const [{ handIn: handed } = assert.fail('nothing came')] = (
      await master.engine.collect({ assignment: id, to: join(people.base, 'copies') })
    ).items;
    const remarks = join(people.base, 'remarks.md');
    writeFileSync(remarks, 'good');
    await master.engine.giveFeedback({ handIn: handed, grade: '1.3', comment: 'well done', files: [remarks], visibility: 'returned' });
    const said = await told(sync);
    assert.match(said, /There is feedback to the assignment “HW 1”\./);
    assert.match((await textsIn())[0]!, /returned: 1\.3$/);
    assert.deepEqual((await textsIn(await at('HW 1', 'Hand-in')))[0], 'Feedback | 1.3 · well done');
    assert.deepEqual(await textsIn(await at('HW 1', 'Hand-in', 'Feedback')), ['remarks.md | 4 bytes']);
    await run('snapstage.openKept', await at('HW 1', 'Hand-in', 'Feedback', 'remarks.md'));
    await until('it is open', () => vscode.window.activeTextEditor?.document.getText() === 'good');

    await run('snapstage.showAssignment', await at('HW 1'));
    const { assignmentPanels } = await internals();
    const node = await at('HW 1');
    const page = node.type === 'assignment' ? assignmentPanels.pageOf(node.instance, node.assignment) : undefined;
    await until('the page is read', () => page?.view.content.state === 'ready');
    const content = page!.view.content;
    assert.ok(content.state === 'ready');
    assert.deepEqual(content.description, [{ tag: 'p', children: ['Answer ', { tag: 'strong', children: ['both'] }, ' questions.'] }]);
    assert.deepEqual(
      content.handIns.map(({ feedback }) => [feedback?.grade, feedback?.files?.map(({ path }) => path)]),
      [['1.3', ['remarks.md']]],
    );
    assert.ok(existsSync(inFolder('hw1/answer.md')));
  });
});
