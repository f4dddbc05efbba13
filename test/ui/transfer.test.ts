/** Snapshots exported, imported and copied by a person, with the editor's own file dialogs. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, pickTheme, pressIcon, row, view } from './steps.ts';

describe('transfers', function () {
  this.timeout(120_000);
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
    course.write('syllabus.md', 'changed\n');
    course.snapstage('take', '--name', 'week two');
  });
  const { course } = opened;
  let editor: Workbench;
  const file = join(course.parent, 'handout.snapstage');

  before(async () => {
    editor = opened.editor;
    await pickTheme(editor, 'Dark Modern', 'vs-dark');
    await pressIcon(editor);
    await row(editor, 'as handed out').waitFor();
  });

  /** Waits for the file dialog with this title to be at its place; returns what it proposes. */
  async function fileDialog(title: string): Promise<string> {
    await editor.page.locator('.quick-input-title', { hasText: title }).waitFor();
    for (;;) {
      const proposed = await editor.quickInput.inputValue();
      if (proposed.startsWith(`${course.parent}/`)) return proposed;
      await editor.page.waitForTimeout(50);
    }
  }

  /** Types the path into the file dialog that is open, and confirms it. */
  async function inFileDialog(title: string, path: string): Promise<void> {
    await fileDialog(title);
    await editor.quickInput.fill(path);
    await editor.quickInput.press('Enter');
  }

  const selected = (): Locator => editor.pane(view).locator('.monaco-list-row.selected');

  it('a snapshot is exported from its menu, after a question about the kind of file', async () => {
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Export Snapshot…');
    await editor.choice('Portable Snapshot').waitFor();
    await editor.screenshot('transfer-format');
    await editor.page.keyboard.press('Enter');
    assert.match(await fileDialog('Export as handed out'), /\/econometrics as handed out\.snapstage$/);
    await editor.screenshot('transfer-save');
    await inFileDialog('Export as handed out', file);
    await editor.waitForToast(/Exported “as handed out” of .* to .*handout\.snapstage: .*Snapshots are no backup/);
    await editor.screenshot('transfer-exported');
    assert.ok(existsSync(file));
    await editor.clearToasts();
  });

  it('it is imported after it was deleted, and the view shows it', async () => {
    course.snapstage('delete', 'as handed out', '--yes');
    await row(editor, 'as handed out').waitFor({ state: 'hidden' });
    await editor.activity('Explorer').first().click();
    await editor.runCommand('Snapstage: Import Snapshot');
    await inFileDialog('Import a Snapshot into econometrics', file);
    await editor.waitForToast(/Imported “as handed out” of .*files, .*\. The store grew by/);
    await selected().filter({ hasText: 'as handed out' }).waitFor();
    await editor.screenshot('transfer-imported');
    await editor.clearToasts();
  });

  it('a file of the explorer is dropped on the view', async () => {
    course.write('dropped.snapstage', '');
    truncateSync(course.path('dropped.snapstage'), 0);
    await editor.activity('Explorer').first().click();
    const dragged = editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'dropped.snapstage' });
    await dragged.hover();
    await editor.page.mouse.down();
    await editor.activity('Snapstage').first().hover();
    await row(editor, 'week two').waitFor();
    await row(editor, 'week two').hover();
    await editor.screenshot('transfer-dropping');
    await editor.page.mouse.up();
    await editor.waitForToast(/The file is damaged: it is no export of Snapstage|The file is damaged: it ends too early/);
    await editor.clearToasts();
  });

  it('a file that is cut off says so, and what to do', async () => {
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    await editor.runCommand('Snapstage: Import Snapshot');
    await inFileDialog('Import a Snapshot into econometrics', file);
    await editor.waitForToast(/The file is damaged: it ends too early, after .* bytes\. Nothing was imported\. Get the file once more/);
    await editor.screenshot('transfer-damaged');
    await editor.clearToasts();
  });

  it('snapshots are copied to a folder that becomes an instance, and only what is missing goes', async () => {
    const other = join(course.parent, 'safe place');
    mkdirSync(other);
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Copy to Another Store…');
    await inFileDialog('Copy as handed out to Another Store', other);
    await editor.dialog.waitFor();
    await editor.screenshot('transfer-make');
    assert.match(await editor.answerDialog('Make It One'), /There is no instance in .*safe place/);
    await editor.waitForToast(/Copied “as handed out” of .* to .*safe place: /);
    await editor.clearToasts();
    await editor.runCommand('Snapstage: Copy to Another Store');
    await editor.answer('week two');
    await inFileDialog('Copy week two to Another Store', other);
    await editor.waitForToast(/Copied “week two” of .* to .*safe place: .*; .* of it were there already\./);
    await editor.screenshot('transfer-copied');
    await editor.clearToasts();
  });
});
