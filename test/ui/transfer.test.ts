/** Snapshots exported, imported and copied by a person, with the editor's own file dialogs. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, fileDialog, inFileDialog, row, showHandedOut, view } from './steps.ts';

describe('transfers', () => {
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
    await showHandedOut(editor);
  });

  async function moveOver(target: Locator): Promise<void> {
    const box = (await target.boundingBox()) ?? assert.fail('it is not there');
    for (const x of [8, 10, 12, 10]) await editor.page.mouse.move(box.x + x, box.y + box.height / 2, { steps: 4 });
  }

  const selected = (): Locator => editor.pane(view).locator('.monaco-list-row.selected');

  it('a snapshot is exported from its menu, after a question about the kind of file', async () => {
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Export Snapshot…');
    await editor.choice('Portable Snapshot').waitFor();
    await editor.screenshot('transfer-format');
    await editor.page.keyboard.press('Enter');
    assert.match(await fileDialog(opened, 'Export as handed out'), /\/econometrics as handed out\.snapstage$/);
    await editor.screenshot('transfer-save');
    await inFileDialog(opened, 'Export as handed out', file);
    await editor.waitForToast(/Exported “as handed out” of .* to .*handout\.snapstage: .*Snapshots are no backup/);
    await editor.screenshot('transfer-exported');
    assert.ok(existsSync(file));
    await editor.clearToasts();
  });

  it('a file that is cut off says so; a whole one is imported, and the view shows it', async () => {
    course.snapstage('delete', 'as handed out', '--yes');
    await row(editor, 'as handed out').waitFor({ state: 'hidden' });
    const cutOff = join(course.parent, 'cut off.snapstage');
    copyFileSync(file, cutOff);
    truncateSync(cutOff, Math.floor(readFileSync(file).length / 2));
    await editor.runCommand('Snapstage: Import Snapshot');
    await inFileDialog(opened, 'Import a Snapshot into econometrics', cutOff);
    await editor.waitForToast(/The file is damaged: it ends too early, after .* bytes\. Nothing was imported\. Get the file once more/);
    await editor.screenshot('transfer-damaged');
    await editor.clearToasts();
    await editor.activity('Explorer').first().click();
    await editor.runCommand('Snapstage: Import Snapshot');
    await inFileDialog(opened, 'Import a Snapshot into econometrics', file);
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
    // Held over the icon until the view opens, as a hand that is never quite still.
    while (!(await row(editor, 'week two').isVisible())) await moveOver(editor.activity('Snapstage').first());
    await moveOver(row(editor, 'week two'));
    await editor.screenshot('transfer-dropping');
    await editor.page.mouse.up();
    await editor.waitForToast(/The file is damaged: it is no export of Snapstage|The file is damaged: it ends too early/);
    await editor.clearToasts();
  });

  it('snapshots are copied to a folder that becomes an instance, and only what is missing goes', async () => {
    const other = join(course.parent, 'safe place');
    mkdirSync(other);
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Copy to Another Store…');
    await inFileDialog(opened, 'Copy as handed out to Another Store', other, 'Copy Here');
    await editor.dialog.waitFor();
    await editor.screenshot('transfer-make');
    assert.match(await editor.answerDialog('Make It One'), /There is no instance in .*safe place/);
    await editor.waitForToast(/Copied “as handed out” of .* to .*safe place: /);
    await editor.clearToasts();
    await editor.runCommand('Snapstage: Copy to Another Store');
    await editor.answer('week two');
    await inFileDialog(opened, 'Copy week two to Another Store', other, 'Copy Here');
    await editor.waitForToast(/Copied “week two” of .* to .*safe place: .*; .* of it were there already\./);
    await editor.screenshot('transfer-copied');
    await editor.clearToasts();
  });
});
