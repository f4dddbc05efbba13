/** The history of a file: from the explorer, by the mouse and by the keyboard, with what it shows and brings back. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, openFile, pickTheme, pressIcon, row } from './steps.ts';

const view = 'History';

describe('history', () => {
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.write('notes.md', '# Notes\n\nfirst\n');
    course.snapstage('take', '--name', 'first draft');
    course.write('notes.md', '# Notes\n\nfirst\nsecond\nthird\n');
    course.write('analysis/more.py', 'print(1)\n');
    course.snapstage('take', '--name', 'with more');
    rmSync(course.path('notes.md'));
    course.snapstage('take', '--name', 'thrown away');
    course.write('notes.md', '# Notes\n\nagain\n');
  });
  const { course } = opened;
  let editor: Workbench;
  const version = (label: string | RegExp) => editor.row(label, view).first();

  const focused = () => editor.pane(view).locator('.monaco-list-row.focused').first();

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
    await row(editor, 'first draft').waitFor();
    await editor.runCommand('View: Show Explorer');
  });

  it('opens from the explorer’s menu with every version', async () => {
    await editor.pickFromMenu(
      editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'notes.md' }),
      'Snapstage',
      'Show History',
    );
    await version(/^Current state.*brought back/).waitFor();
    await version(/^Deleted/).waitFor();
    await version(/^with more.*13 bytes more/).waitFor();
    await version(/^first draft.*first version/).waitFor();
    await editor.screenshot('history');
  });

  it('shows what each version changed by a click', async () => {
    await version(/^with more/).click();
    await editor.tab('notes.md (first draft ↔ with more)').waitFor();
    await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await editor.screenshot('history-diff');
    await version(/^Deleted/).click();
    await editor.tab('notes.md (with more ↔ thrown away)').waitFor();
    await editor.pressInRow(version(/^with more/), 'Compare');
    await editor.tab('notes.md (with more ↔ Current State)').waitFor();
  });

  it('brings back a version by its button, and it can be undone', async () => {
    await editor.pressInRow(version(/^with more/), 'Restore');
    assert.match(await editor.answerDialog('Restore'), /Replace 1 file\. The state now is kept as a snapshot first\./);
    await editor.waitForToast('Restored from');
    assert.match(course.read('notes.md'), /third/);
    await editor.screenshot('history-restored');
    await editor.pickInToast('Restored from', 'Undo');
    await editor.waitForToast('Undone');
    assert.match(course.read('notes.md'), /again/);
    await editor.clearToasts();
  });

  it('by the keyboard alone: from the active editor, through the versions, to the difference', async () => {
    await editor.runCommand('Snapstage: Close History');
    await openFile(editor, 'notes.md');
    await editor.runCommand('Snapstage: Show History');
    await version(/^first draft/).waitFor();
    await focused().waitFor();
    for (let press = 0; press < 10 && !(await focused().innerText()).startsWith('with more'); press++) {
      await editor.page.keyboard.press('ArrowDown');
    }
    assert.match(await focused().innerText(), /^with more/);
    assert.match((await focused().getAttribute('aria-label')) ?? '', /^with more, .*in 1 snapshot/);
    await editor.page.keyboard.press('Enter');
    await editor.tab('notes.md (first draft ↔ with more)').waitFor();
  });

  it('of a folder counts the changes, and opens them together', async () => {
    await editor.runCommand('View: Show Explorer');
    await editor.pickFromMenu(
      editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'analysis' }),
      'Snapstage',
      'Show History',
    );
    await version(/^with more.*1 new/).click();
    await editor.tab('first draft ↔ with more').waitFor();
    await editor.page.locator('.multiDiffEntry .view-lines', { hasText: 'print(1)' }).first().waitFor();
    await editor.screenshot('history-folder');
  });

  it('is in the menu of a tab', async () => {
    await openFile(editor, 'syllabus.md');
    await editor.pickFromMenu(editor.tab('syllabus.md').first(), 'Show History');
    await editor.pane(view).locator('.pane-header', { hasText: 'syllabus.md' }).waitFor();
    await version(/^first draft.*first version/).waitFor();
    await focused().waitFor();
  });

  for (const [name, theme, base] of [
    ['dark', 'Dark Modern', 'vs-dark'],
    ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ] as const) {
    it(`looks right in ${name}`, async () => {
      await pickTheme(editor, theme, base);
      await editor.activity('Explorer').first().click();
      await editor.pickFromMenu(
        editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'notes.md' }),
        'Snapstage',
        'Show History',
      );
      await version(/^with more/).click();
      await editor.tab('notes.md (first draft ↔ with more)').waitFor();
      await editor.screenshot(`history-${name}`);
    });
  }
});
