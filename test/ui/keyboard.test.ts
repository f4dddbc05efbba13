/** The same job by keyboard alone. */
import assert from 'node:assert/strict';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, openFile, row, typeAndSave, view } from './steps.ts';

describe('by keyboard alone', function () {
  this.timeout(120_000);
  const opened = courseInEditor();
  const { course } = opened;
  let editor: Workbench;

  before(() => {
    editor = opened.editor;
  });

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await editor.page.keyboard.press(key);
  };

  /**
   * Goes down the rows until the one is reached that says this to a screen reader. An editor that is still opening may
   * take the focus away meanwhile: then the view is focused once more, as a person would.
   */
  async function focusRow(label: RegExp): Promise<void> {
    const rows = editor.pane(view).locator('.monaco-list');
    const focused = editor.pane(view).locator('.monaco-list:focus-within .monaco-list-row.focused');
    for (let attempt = 0; attempt < 8; attempt++) {
      await editor.runCommand('Focus on Snapshots View');
      const isIn = await rows
        .and(editor.page.locator(':focus-within'))
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
      if (!isIn) continue;
      await press('Home');
      for (let step = 0; step < 40 && (await focused.count()) === 1; step++) {
        if (label.test((await focused.getAttribute('aria-label')) ?? '')) return;
        await press('ArrowDown');
      }
    }
    assert.fail(`no row says ${label}`);
  }

  /** Opens the row's context menu and goes down to the entry. */
  async function chooseInMenu(label: RegExp, entry: string): Promise<void> {
    await focusRow(label);
    await press('Shift+F10');
    const focused = editor.page.locator('.monaco-menu .action-item.focused');
    await editor.page.locator('.monaco-menu').waitFor();
    for (let step = 0; step < 20; step++) {
      await press('ArrowDown');
      if ((await focused.innerText()).startsWith(entry)) return press('Enter');
    }
    assert.fail(`no ${entry} in the menu`);
  }

  it('takes a snapshot from the palette', async () => {
    await editor.runCommand('Snapstage: Take Snapshot');
    await editor.runCommand('Focus on Snapshots View');
    await row(editor, 'Today').waitFor();
    await focusRow(/^\d+:\d\d\s[AP]M, quick, /);
  });

  it('sees a change, compares it, and the row says what it is', async () => {
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'By keyboard');
    await row(editor, /^Current state.*1 changed since/).waitFor();
    await focusRow(/^syllabus\.md, changed, file/);
    await press('Enter');
    await editor.tab('↔ Current State)').waitFor();
  });

  it('renames a snapshot from the context menu', async () => {
    await chooseInMenu(/^\d+:\d\d\s[AP]M, quick, /, 'Rename…');
    await editor.answer('week one');
    await row(editor, 'week one').waitFor();
    await focusRow(/^week one, \d+:\d\d\s[AP]M, /);
  });

  it('keeps a snapshot when the first button is pressed by mistake', async () => {
    await chooseInMenu(/^week one, /, 'Delete…');
    await editor.dialog.waitFor();
    await press('Enter');
    await editor.dialog.waitFor({ state: 'hidden' });
    await row(editor, 'week one').waitFor();
  });

  it('restores from the context menu, and undoes from the palette', async () => {
    course.write('syllabus.md', 'all gone\n');
    await chooseInMenu(/^week one, /, 'Restore…');
    await editor.dialog.waitFor();
    assert.match(await editor.dialog.innerText(), /Replace 1 file\. The state now is kept/);
    await press('Enter');
    await editor.waitForToast('Restored from “week one”');
    assert.doesNotMatch(course.read('syllabus.md'), /By keyboard|all gone/);

    await editor.runCommand('Snapstage: Undo Last Restore');
    await editor.dialog.waitFor();
    await press('Enter');
    await editor.waitForToast('Undone');
    assert.equal(course.read('syllabus.md'), 'all gone\n');
  });

  it('restores the active editor’s file from a snapshot that is picked', async () => {
    await editor.clearToasts();
    await openFile(editor, 'syllabus.md');
    await editor.runCommand('Snapstage: Restore File or Folder');
    await editor.answer('week one');
    await editor.dialog.waitFor();
    await press('Enter');
    await editor.waitForToast(/Restored from “week one”.*1 file replaced/);
    assert.doesNotMatch(course.read('syllabus.md'), /all gone/);
  });
});
