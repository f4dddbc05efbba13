/** A person's way through the main job with the mouse, in a project of thousands of files: take, change, compare, restore, undo. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { manifestDifferences, readManifest } from '../support/manifest.ts';
import { courseInEditor, openFile, pickTheme, pressTitleButton, row, typeAndSave } from './steps.ts';

describe('with the mouse', () => {
  const opened = courseInEditor({}, (course) => course.addLibraries());
  const { course } = opened;
  let editor: Workbench;

  before(() => {
    editor = opened.editor;
  });

  it('the first snapshot is one click away', async () => {
    await editor.activity('Snapstage').first().click();
    const button = editor.page.locator('.monaco-button', { hasText: 'Take First Snapshot' });
    await button.waitFor();
    await editor.screenshot('welcome');
    assert.ok(!existsSync(course.path('.snapstage')), 'looking makes nothing');
    await button.click();
    await row(editor, 'Today').waitFor();
    await row(editor, /^Current state.*no changes since/).waitFor();
    await row(editor, /quick · /).waitFor();
    await editor.statusItem(/^\s*\d+:\d\d\s[AP]M/).waitFor();
  });

  it('an edited file shows up by itself, and opens as a diff', async () => {
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'A line of mine');
    await row(editor, /^Current state.*1 changed since/).waitFor();
    await row(editor, 'syllabus.md').click();
    await editor.tab('↔ Current State)').waitFor();
    await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await editor.screenshot('compare');
  });

  it('a named snapshot asks for name and description, and can be opened to its files', async () => {
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('before the exam');
    await editor.answer('Week one as handed out');
    const target = row(editor, 'before the exam');
    await target.click();
    await row(editor, /^data/).click();
    await row(editor, 'course.sqlite').waitFor();
    await row(editor, 'temperatures.csv').click();
    await editor.tab('temperatures.csv').waitFor();
    await editor.page.locator('.view-lines', { hasText: 'Ticino' }).first().waitFor();
    await editor.page.keyboard.type('x');
    await editor.page.locator('.monaco-editor-overlaymessage').first().waitFor();
    await row(editor, 'README.md').hover();
    await editor.screenshot('snapshot-open');
    await editor.hoverOver(target, 'Week one as handed out');
    await editor.screenshot('tooltip');
    await target.click();
  });

  it('a restore shows its plan in a sentence and in full, and is undone by its toast', async () => {
    course.write('syllabus.md', 'all gone\n');
    course.write('draft.md', 'later\n');
    rmSync(course.path('README.md'));
    await row(editor, /^Current state.*1 changed, 1 new, 1 deleted since/).waitFor();
    await editor.screenshot('changes');

    await editor.pickFromMenu(row(editor, 'before the exam'), 'Restore');
    await editor.dialog.waitFor();
    await editor.screenshot('plan');
    const said = await editor.answerDialog('Show Details');
    assert.match(said, /Replace 1 file, bring back 1, delete 1 that came later\. The state now is kept as a snapshot first\./);
    assert.match(said, /Restores the folder econometrics to “before the exam” of /);

    await editor.choice('syllabus.md').click();
    await editor.tab('syllabus.md (before the exam ↔ Current State)').waitFor();
    assert.ok(await editor.choice('draft.md').isVisible(), 'the list stays while a difference is looked at');
    await editor.screenshot('plan-details');
    await editor.choice('Restore').first().click();

    const done = await editor.waitForToast('Restored from');
    assert.match(done, /1 file replaced, 1 brought back, 1 deleted/);
    assert.match(course.read('syllabus.md'), /^A line of mine/);
    assert.ok(existsSync(course.path('README.md')) && !existsSync(course.path('draft.md')));
    await editor.screenshot('restored');

    await editor.pickInToast('Restored from', 'Undo');
    await editor.waitForToast('Undone');
    assert.equal(course.read('syllabus.md'), 'all gone\n');
    assert.equal(course.read('draft.md'), 'later\n');
    assert.ok(!existsSync(course.path('README.md')));
    await row(editor, /automatic, before restore/).waitFor();
    await editor.page.locator('.monaco-diff-editor .modified .view-lines', { hasText: 'all gone' }).waitFor();
    await editor.clearToasts();
  });

  it('one changed file comes back by the button on its row', async () => {
    await editor.pressInRow(row(editor, 'syllabus.md'), 'Restore File');
    assert.match(await editor.answerDialog('Cancel'), /Replace 1 file\./);
    assert.equal(course.read('syllabus.md'), 'all gone\n');
  });

  it('a snapshot taken in a terminal is seen by itself', async () => {
    course.snapstage('take', '--name', 'from a terminal');
    await row(editor, 'from a terminal').waitFor();
  });

  it('a deletion takes two steps, and pinning forbids it', async () => {
    const target = row(editor, 'from a terminal');
    await editor.pickFromMenu(target, 'Pin');
    await row(editor, /from a terminal.*pinned/).waitFor();
    await editor.pickFromMenu(target, 'Delete');
    await editor.waitForToast(/Can't be deleted/);
    await editor
      .toast(/Can't be deleted/)
      .locator('.monaco-button', { hasText: 'Show Log' })
      .waitFor();
    await editor.clearToasts();
    await editor.pickFromMenu(target, 'Unpin');
    await row(editor, /from a terminal(?!.*pinned)/).waitFor();
    await editor.pickFromMenu(target, 'Delete');
    await editor.dialog.waitFor();
    await editor.screenshot('delete');
    // The second step opens as soon as the first one closes.
    await editor.dialog.locator('.monaco-button', { hasText: 'Delete…' }).click();
    await editor.dialog.getByText("This can't be undone.").waitFor();
    await editor.answerDialog('I Understand');
    await target.waitFor({ state: 'hidden' });
  });

  for (const [name, theme, base] of [
    ['dark', 'Dark Modern', 'vs-dark'],
    ['high-contrast', 'Dark High Contrast', 'hc-black'],
    ['high-contrast-light', 'Light High Contrast', 'hc-light'],
    ['light', 'Light Modern', 'vs'],
  ] as const) {
    it(`looks right in ${name}`, async () => {
      await pickTheme(editor, theme, base);
      await row(editor, 'syllabus.md').click();
      // A menu that is open when the diff takes the focus is closed.
      await editor.page.locator('.monaco-diff-editor .monaco-editor.focused').waitFor();
      await editor.pickFromMenu(row(editor, 'before the exam'), 'Restore');
      await editor.dialog.waitFor();
      await editor.screenshot(`looks-${name}-dialog`);
      await editor.answerDialog('Cancel');
      await editor.screenshot(`looks-${name}`);
    });
  }

  it('what a build has done to dozens of files is compared by folder, restored in part and as a whole, and undone', async () => {
    await pressTitleButton(editor, 'Take Snapshot');
    await row(editor, /^Current state.*no changes since \d/).waitFor();
    const before = readManifest(course.folder);
    await openFile(editor, 'syllabus.md');
    await typeAndSave(editor, 'While it is built');
    course.build();
    await row(editor, /^Current state.*41 changed, 5 new, 10 deleted since/).waitFor();
    await editor.pickFromMenu(row(editor, /^Current state/), 'Show Changes since Last Snapshot');
    await editor.pane('Comparison').getByText('41 changed, 5 new, 10 deleted').waitFor();
    await editor.row('knip-bun.js', 'Comparison').click();
    await editor.tab(/^knip-bun\.js \(.* ↔ Current State\)/).waitFor();
    await editor.screenshot('project-comparison');

    // The changes fill the view.
    await row(editor, /^Current state/).click();
    const latest = row(editor, /^\d+:\d\d\s[AP]M(?!.*before restore)/);
    await latest.click();
    await row(editor, /^lib/).click();
    await editor.pickFromMenu(row(editor, /^knip/), 'Restore File or Folder');
    assert.match(await editor.answerDialog('Restore'), /Replace 20 files, bring back 5\./);
    await editor.waitForToast(/Restored from .*20 files replaced, 5 brought back/);
    await editor.pane('Comparison').getByText('21 changed, 5 new, 5 deleted').waitFor();
    await editor.clearToasts();
    const inPart = readManifest(course.folder);
    const left = manifestDifferences(before, inPart).filter((line) => line.includes('knip'));
    assert.deepEqual(left, []);

    await editor.pickFromMenu(latest, 'Restore…');
    assert.match(await editor.answerDialog('Restore'), /Replace 21 files, bring back 5, delete 5 that came later\./);
    await editor.waitForToast(/Restored from .*21 files replaced, 5 brought back, 5 deleted/);
    await editor.screenshot('project-restored');
    const restored = readManifest(course.folder);
    await editor.pickInToast('Restored from', 'Undo');
    await editor.waitForToast('Undone');
    assert.deepEqual(manifestDifferences(before, restored), []);
    assert.deepEqual(manifestDifferences(inPart, readManifest(course.folder)), []);
    await editor.runCommand('Snapstage: Close Comparison');
    await editor.clearToasts();
  });
});
