/** An assignment as a member sees it: it comes, is handed in, is looked back at, and comes back with feedback. The Master is at a command line. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { People } from '../support/people.ts';
import { faults } from './accessibility.ts';
import { fold, showSpace, space, viewport } from './spaceSteps.ts';
import { courseInEditor, inFileDialog, pressTitleButton } from './steps.ts';

const view = 'Assignments';

describe('an assignment', () => {
  const people = new People();
  mkdirSync(people.hub);
  const deadline = new Date(Date.now() + 52 * 3_600_000).toISOString();
  const master = (...args: readonly string[]): unknown => people.run('master', args);
  const opened = courseInEditor({ viewport, env: { SNAPSTAGE_HOME: people.home('ada') } }, (course) => {
    master('init');
    master('space', 'create', 'Econometrics 2026', '--hub', people.hub);
    const { code } = master('space', 'invite', 'Ada') as { code: string };
    people.run('ada', ['init'], course.folder);
    people.run('ada', ['space', 'join', code, '--yes'], course.folder);
    master('space', 'status');
    people.write('master', 'hw1/task.md', '# Week 1\n\nAnswer both questions.\n');
    people.run('ada', ['space', 'status'], course.folder);
  });
  after(() => people.gone());
  let editor: Workbench;

  const row = (label: string): Locator => editor.pane(view).locator(`.monaco-list-row[aria-label^="${label}"]`).first();
  const choices = (): Promise<readonly string[]> => editor.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  const sync = (): Promise<void> => pressTitleButton(editor, 'Sync Space', space);

  before(async () => {
    editor = opened.editor;
    await showSpace(editor);
    const header = editor.pane(view).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    await editor.pane(view).getByText('No assignment was given yet.').waitFor();
  });

  it('comes with its deadline, and is received', async () => {
    master(
      'assignment',
      'create',
      'HW 1',
      '--deadline',
      deadline,
      '--path',
      'hw1',
      '--to',
      'all',
      '--description',
      'Answer **both** questions.',
    );
    await sync();
    await editor.waitForToast(/New assignment “HW 1”, deadline /);
    await editor.screenshot('assignment-arrived');
    await editor.clearToasts();
    people.run('ada', ['receive'], opened.course.folder);
    await row('HW 1, 2 days 3 hours left, nothing yet').waitFor();
    await editor.activity('Snapstage').first().locator('.badge', { hasText: '1' }).waitFor();
  });

  it('is handed in after a look at what is sent, with the receipt', async () => {
    // The first choice is the one that is meant: the others need something that was handed in.
    await editor.openAndType(['F1'], '>Hand In', editor.choice('Snapstage: Hand In…'));
    const commands = (await choices()).join('\n');
    assert.match(commands, /^Snapstage: Hand In…/);
    for (const other of ['Compare Hand-In…', 'Restore Hand-In…', 'Save Receipt As…']) assert.ok(!commands.includes(other), other);
    await editor.page.keyboard.press('Escape');
    opened.course.write('hw1/answer.md', 'It rises.\n');
    writeFileSync(join(opened.course.folder, 'hw1', 'plot.ipynb'), notebook);
    await editor.pressInRow(row('HW 1'), 'Hand In…');
    await editor.choice('Hand In').first().waitFor();
    await editor.choice('never run: cell 2').waitFor();
    await editor.screenshot('assignment-hand-in');
    const shown = (await choices()).join('\n');
    for (const part of ['hw1/answer.md', 'hw1/task.md', 'the current state, of which a snapshot is taken'])
      assert.ok(shown.includes(part), part);
    await editor.choice('Note').click();
    await editor.answer('My first try');
    await editor.choice('My first try').waitFor();
    await editor.page.keyboard.press('Enter');
    const said = await editor.waitForToast(/Handed in to “HW 1”: 3 files, .* Code of the receipt: /);
    await editor.screenshot('assignment-receipt');
    await editor.pickInToast(/Handed in to “HW 1”/, 'Save Receipt As…');
    const to = join(opened.course.parent, 'receipt.json');
    await inFileDialog(opened, 'Save Receipt', to);
    await editor.waitForToast(/The receipt .* was saved to .*No Master has countersigned it: /);
    const receipt = master('receipt', 'verify', to) as { readonly code: string };
    assert.ok(said.includes(receipt.code));
    await editor.clearToasts();
    master('space', 'status');
    await sync();
    await row('HW 1, 2 days 3 hours left, handed in 1×').locator('.monaco-tl-twistie').click();
  });

  it('is handed in again; the one before is compared and restored', async () => {
    opened.course.write('hw1/answer.md', 'It falls.\n');
    await pressTitleButton(editor, 'Hand In…', view);
    await editor.choice('it counts then instead of the one before').waitFor();
    await editor.page.keyboard.press('Enter');
    await editor.waitForToast(/Handed in to “HW 1”/);
    await editor.clearToasts();
    await row('Hand-in no. 2').waitFor();
    await editor.screenshot('assignment-history');
    await editor.pressInRow(row('Hand-in no. 1'), 'Compare Hand-In…');
    await editor.choice('What Was Handed Out').waitFor();
    await editor.screenshot('assignment-compare-with');
    await editor.choice('no. 2').click();
    const changed = editor.pane('Comparison').locator('.monaco-list-row', { hasText: 'answer.md' });
    await changed.click();
    await editor.page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: 'It falls.' }).waitFor();
    await editor.page.locator('.monaco-diff-editor .editor.original .view-line', { hasText: 'It rises.' }).waitFor();
    await editor.screenshot('assignment-compare');
    await editor.runCommand('Snapstage: Close Comparison');
    await editor.pickFromMenu(row('Hand-in no. 1'), 'Restore Hand-In…');
    await editor.dialog.waitFor();
    await editor.screenshot('assignment-restore');
    assert.match(await editor.answerDialog('Restore'), /Replace 1 file\. The state now is kept as a snapshot first\./);
    await editor.waitForToast(/Restored from .*: 1 file replaced\./);
    assert.equal(opened.course.read('hw1/answer.md'), 'It rises.\n');
    await editor.clearToasts();
  });

  it('comes back with feedback, which its page shows', async () => {
    master('space', 'status');
    const { items } = master('collect', 'HW 1', '--to', join(people.base, 'copies')) as {
      readonly items: readonly { readonly handIn: string }[];
    };
    const file = join(people.base, 'remarks.md');
    writeFileSync(file, 'See the second plot.\n');
    master('feedback', items[0]!.handIn, '--grade', '1.3', '--comment', 'Well *done*.', '--file', file, '--return');
    await sync();
    await editor.waitForToast(/There is feedback to the assignment “HW 1”\./);
    await row('HW 1, 2 days 3 hours left, returned: 1.3').waitFor();
    await editor.pickInToast(/There is feedback/, 'Show');
    await editor.webview.locator('.feedback', { hasText: 'Grade' }).waitFor();
    await editor.webview.getByText('Fetch Files').click();
    await editor.webview.locator('.files button', { hasText: 'remarks.md' }).waitFor();
    await fold(editor, space);
    await editor.screenshot('assignment-feedback');
    assert.deepEqual(await faults(editor.webview), []);
    await editor.webview.locator('.files button', { hasText: 'remarks.md' }).click();
    await editor.page.locator('.view-line', { hasText: 'See the second plot.' }).waitFor();
    await editor.screenshot('assignment-feedback-file');
  });
});

const notebook = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# Plot'] },
    { cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source: ['plot()'] },
  ],
});
