/** The same job by keyboard alone, in a project of thousands of files. */
import assert from 'node:assert/strict';
import type { Workbench } from '../rig/workbench.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';
import { courseInEditor, focusRow, openFile, row, typeAndSave } from './steps.ts';

describe('by keyboard alone', () => {
  const opened = courseInEditor({}, (course) => course.addLibraries());
  const { course } = opened;
  let editor: Workbench;

  before(() => {
    editor = opened.editor;
  });

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await editor.page.keyboard.press(key);
  };

  /** Opens the row's context menu and goes down to the entry. */
  async function chooseInMenu(label: RegExp, entry: string): Promise<void> {
    await focusRow(editor, label);
    await press('Shift+F10');
    await editor.chooseInMenu(entry);
  }

  it('takes a snapshot from the palette', async () => {
    await editor.runCommand('Snapstage: Take Snapshot');
    await editor.runCommand('Focus on Snapshots View');
    await row(editor, 'Today').waitFor();
    await focusRow(editor, /^\d+:\d\d\s[AP]M, quick, /);
  });

  it('sees a change, compares it, and the row says what it is', async () => {
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'By keyboard');
    await row(editor, /^Current state.*1 changed since/).waitFor();
    await focusRow(editor, /^syllabus\.md, changed, file/);
    await press('Enter');
    await editor.tab('↔ Current State)').waitFor();
  });

  it('renames a snapshot from the context menu', async () => {
    await chooseInMenu(/^\d+:\d\d\s[AP]M, quick, /, 'Rename…');
    await editor.answer('week one');
    await row(editor, 'week one').waitFor();
    await focusRow(editor, /^week one, \d+:\d\d\s[AP]M, /);
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

  it('compares what a build has done to dozens of files, restores a folder, then all, and undoes it', async () => {
    await editor.clearToasts();
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('before the build');
    await editor.answer('');
    await row(editor, 'before the build').waitFor();
    const before = readManifest(course.folder);
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'While it is built');
    course.build();
    await row(editor, /^Current state.*41 changed, 5 new, 10 deleted since/).waitFor();
    await editor.runCommand('Snapstage: Show Changes since Last Snapshot');
    await editor.pane('Comparison').getByText('41 changed, 5 new, 10 deleted').waitFor();
    await focusRow(editor, /^part1\.js, added, file/, 'Comparison');
    await press('Enter');
    await editor.tab('part1.js').waitFor();
    await editor.runCommand('Snapstage: Close Comparison');

    await focusRow(editor, /^Current state/);
    await press('ArrowLeft');
    await focusRow(editor, /^before the build/);
    await press('ArrowRight');
    await focusRow(editor, /^lib, folder/);
    await press('ArrowRight');
    await chooseInMenu(/^typescript, folder/, 'Restore File or Folder…');
    await editor.dialog.waitFor();
    assert.match(await editor.dialog.innerText(), /Replace 20 files, bring back 5\. The state now is kept/);
    await press('Enter');
    await editor.waitForToast(/Restored from “before the build”.*20 files replaced, 5 brought back/);
    const inPart = readManifest(course.folder);
    const left = manifestDifferences(before, inPart).filter((line) => line.includes('typescript'));
    assert.deepEqual(left, []);

    await chooseInMenu(/^before the build/, 'Restore…');
    await editor.dialog.waitFor();
    assert.match(await editor.dialog.innerText(), /Replace 21 files, bring back 5, delete 5 that came later\./);
    // Where something is deleted, the first button shows what.
    await press('Enter');
    await editor.choice('lib/part1.js').waitFor();
    await press('Enter');
    await editor.waitForToast(/Restored from “before the build”.*21 files replaced, 5 brought back, 5 deleted/);
    assert.deepEqual(manifestDifferences(before, readManifest(course.folder)), []);
    await editor.runCommand('Snapstage: Undo Last Restore');
    await editor.dialog.waitFor();
    await press('Enter');
    await editor.choice('lib/knip/package.json').waitFor();
    await press('Enter');
    await editor.waitForToast('Undone');
    assert.deepEqual(manifestDifferences(inPart, readManifest(course.folder)), []);
  });
});
