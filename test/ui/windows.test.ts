/** Several windows on one folder, and windows that end in the middle of something. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { openEditor, pictureOfFailure, type Workbench } from '../rig/workbench.ts';
import { Course } from './course.ts';
import { pressTitleButton, row, waitForCommands } from './steps.ts';

const parts = [0, 1, 2, 3, 4].map((part) => `data/part${part}.bin`);

describe('windows', () => {
  let course: Course;
  const editors: Workbench[] = [];

  async function open(): Promise<Workbench> {
    const editor = await openEditor({ folder: course.folder });
    editors.push(editor);
    await waitForCommands(editor);
    await editor.activity('Snapstage').first().click();
    return editor;
  }

  /** So much that what is done with it can be cut off in the middle. */
  function writeMuch(): void {
    for (const file of parts) writeFileSync(course.path(file), randomBytes(120_000_000));
  }

  /** As a crash would end it; then the folder is opened again. */
  async function killAndReopen(editor: Workbench): Promise<void> {
    assert.ok(editor.server.killExtensionHosts() > 0);
    await editor.page.reload();
    await seen(editor);
  }

  /** As a person closes a window: the extension is told to end. */
  async function closeAndReopen(editor: Workbench): Promise<void> {
    const address = editor.page.url();
    await editor.page.goto('about:blank');
    await editor.page.goto(address);
    await seen(editor);
  }

  async function seen(editor: Workbench): Promise<void> {
    await editor.activity('Snapstage').first().waitFor();
    await waitForCommands(editor);
  }

  before(() => {
    course = new Course();
  });

  afterEach(async function () {
    for (const editor of editors) await pictureOfFailure(this, editor);
  });

  after(async () => {
    for (const editor of editors) await editor.close();
    course.remove();
  });

  it('show the same: the first snapshot, a name, a pin, a restore that can be undone', async () => {
    const [one, two] = [await open(), await open()];
    await two.page.locator('.monaco-button', { hasText: 'Take First Snapshot' }).waitFor();
    await one.runCommand('Snapstage: Take Snapshot');
    await row(two, /quick · /).waitFor();
    await one.runCommand('Snapstage: Rename…');
    await one.choice('quick').first().waitFor();
    await one.page.keyboard.press('Enter');
    await one.answer('by the first window');
    await row(two, 'by the first window').waitFor();
    await two.pickFromMenu(row(two, 'by the first window'), 'Pin');
    await row(one, /by the first window.*pinned/).waitFor();
    course.write('syllabus.md', 'changed\n');
    for (const window of [one, two]) await row(window, /^Current state.*1 changed since/).waitFor();
    await one.pickFromMenu(row(one, 'by the first window'), 'Restore…');
    await one.answerDialog('Restore');
    for (const window of [one, two]) await row(window, /^Current state.*no changes since “by the first window”/).waitFor();
    await pressTitleButton(two, 'Undo Last Restore');
    await two.answerDialog('Undo Restore');
    await two.waitForToast('Undone');
    await row(one, /^Current state.*1 changed since/).waitFor();
    assert.equal(course.read('syllabus.md'), 'changed\n');
  });

  it('killed, or closed, while a snapshot is taken say so, and take it again', async () => {
    for (const editor of editors.splice(1)) await editor.close();
    const [editor = assert.fail('no window')] = editors;
    writeMuch();
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('all of the data');
    await editor.answer('');
    await editor.statusItem('Taking a snapshot').waitFor();
    await killAndReopen(editor);
    await editor.waitForToast(/Taking a snapshot of econometrics was interrupted on .* Nothing of it is left\./);
    await row(editor, 'Interrupted snapshot').waitFor();
    assert.equal(await row(editor, 'all of the data').count(), 0);
    await editor.screenshot('interrupted-take');

    await editor.pickInToast('was interrupted', 'Take It Again');
    await editor.statusItem('Taking a snapshot').waitFor();
    await closeAndReopen(editor);
    await editor.waitForToast(/Taking a snapshot of econometrics was interrupted on .* Nothing of it is left\./);
    await row(editor, 'Interrupted snapshot').waitFor();
    assert.equal(await row(editor, 'all of the data').count(), 0);
    await editor.pickInToast('was interrupted', 'Take It Again');
    await row(editor, 'all of the data').waitFor();
    await row(editor, 'Interrupted snapshot').waitFor({ state: 'hidden' });
    await editor.pickFromMenu(row(editor, 'by the first window'), 'Restore…');
    await editor.answerDialog('Restore');
    await editor.waitForToast('Restored from “by the first window”');
    assert.deepEqual(
      parts.filter((file) => existsSync(course.path(file))),
      [],
    );
    assert.notEqual(course.read('syllabus.md'), 'changed\n');
    await editor.clearToasts();
  });

  it('killed in the middle of a restore offer to undo or finish it', async () => {
    const [editor = assert.fail('no window')] = editors;
    await editor.pickFromMenu(row(editor, 'all of the data'), 'Restore…');
    await editor.answerDialog('Restore');
    // From here on files are changed.
    while (!existsSync(course.path('.snapstage/journal/restore'))) await editor.page.waitForTimeout(10);
    await killAndReopen(editor);
    await editor.waitForToast('A restore in econometrics was interrupted');
    await row(editor, 'Interrupted restore').waitFor();
    await editor.screenshot('interrupted-restore');
    await editor.pickInToast('was interrupted', 'Finish');
    await editor.waitForToast('The restore is finished');
    for (const file of parts) assert.ok(existsSync(course.path(file)), file);
    await row(editor, 'Interrupted restore').waitFor({ state: 'hidden' });
  });

  it('are busy while a snapshot is taken, and cancel it', async () => {
    const [editor = assert.fail('no window')] = editors;
    await editor.clearToasts();
    writeMuch();
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('never taken');
    await editor.answer('');
    const toast = editor.toast('Taking a snapshot of econometrics');
    await toast.getByText(/ MB of [\d.,]+ MB/).waitFor();
    await editor.statusItem(/Taking a snapshot of econometrics \d+%/).waitFor();
    await editor.page.locator('.part.sidebar .monaco-progress-container.active').first().waitFor();
    await editor.screenshot('busy-take');
    await editor.pickInToast('Taking a snapshot', 'Cancel');
    await editor.statusItem('Cancelled.').waitFor();
    await toast.waitFor({ state: 'hidden' });
    await row(editor, /^Current state.*5 changed since/).waitFor();
    assert.equal(await row(editor, 'never taken').count(), 0);
    assert.equal(await row(editor, 'Interrupted').count(), 0);
  });
});
