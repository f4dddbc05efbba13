/** A person's way through the main job with the mouse: take, change, compare, restore, undo. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { openEditor, pictureOfFailure, type Workbench } from '../rig/workbench.ts';
import { Course } from './course.ts';

const view = 'Snapshots';

describe('with the mouse', function () {
  this.timeout(120_000);
  const course = new Course();
  let editor: Workbench;

  before(async () => {
    editor = await openEditor({ folder: course.folder });
  });

  afterEach(async function () {
    await pictureOfFailure(this, editor);
  });

  after(async () => {
    await editor?.close();
    course.remove();
  });

  it('the first snapshot is one click away', async () => {
    await editor.activity('Snapstage').first().click();
    const button = editor.page.locator('.monaco-button', { hasText: 'Take First Snapshot' });
    await button.waitFor();
    await editor.screenshot('welcome');
    assert.ok(!existsSync(course.path('.snapstage')), 'looking makes nothing');
    await button.click();
    await editor.row('Today').waitFor();
    await editor.row(/^Current state.*no changes since/).waitFor();
    await editor.row(/quick · /).waitFor();
    await editor.statusItem(/^\s*\d+:\d\d [AP]M/).waitFor();
  });

  it('an edited file shows up by itself, and opens as a diff', async () => {
    await editor.runCommand('Go to File');
    await editor.quickInput.fill('syllabus.md');
    await editor.choice('syllabus.md').first().click();
    await editor.tab('syllabus.md').waitFor();
    await editor.page.locator('.monaco-editor .view-lines').first().click();
    await editor.page.keyboard.press('Control+Home');
    await editor.page.keyboard.type('A line of mine\n');
    await editor.page.keyboard.press('Control+S');
    await editor.row(/^Current state.*1 changed since/).waitFor();
    await editor.row('syllabus.md', view).click();
    await editor.tab(/syllabus\.md \(.* ↔ Current State\)/).waitFor();
    await editor.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await editor.screenshot('compare');
  });

  it('a named snapshot asks for name and description, and can be opened to its files', async () => {
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('before the exam');
    await editor.answer('Week one as handed out');
    const row = editor.row('before the exam', view);
    await row.click();
    await editor.row('data', view).click();
    await editor.row('course.sqlite', view).waitFor();
    await editor.row('temperatures.csv', view).click();
    await editor.tab('temperatures.csv').waitFor();
    await editor.page.locator('.view-lines', { hasText: 'Ticino' }).first().waitFor();
    await editor.page.keyboard.type('x');
    await editor.page.locator('.monaco-editor-overlaymessage').first().waitFor();
    await editor.row('README.md', view).hover();
    await editor.screenshot('snapshot-open');
    await row.hover();
    await editor.page.locator('.monaco-hover', { hasText: 'Week one as handed out' }).waitFor();
    await editor.screenshot('tooltip');
    await editor.runCommand('Snapshots: Collapse All').catch(() => undefined);
    await editor.page.keyboard.press('Escape');
  });

  it('a restore shows its plan in a sentence and in full, and is undone by its toast', async () => {
    course.write('syllabus.md', 'all gone\n');
    course.write('draft.md', 'later\n');
    rmSync(course.path('README.md'));
    await editor.viewAction(view, 'Refresh').click();
    await editor.row(/^Current state.*1 changed, 1 new, 1 deleted since/).waitFor();
    await editor.screenshot('changes');

    await editor.pickFromMenu(editor.row('before the exam', view), 'Restore');
    await editor.dialog.waitFor();
    await editor.screenshot('plan');
    const said = await editor.answerDialog('Show Details');
    assert.match(said, /Replace 1 file, bring back 1, delete 1 that came later\. The state now is kept as a snapshot first\./);
    assert.match(said, /Restores the folder econometrics to “before the exam” of /);

    await editor.choice('syllabus.md').click();
    await editor.tab(/syllabus\.md \(before the exam ↔ Current State\)/).waitFor();
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
    await editor.row(/automatic, before restore/).waitFor();
    await editor.clearToasts();
  });

  it('one changed file comes back by the button on its row', async () => {
    const row = editor.row('syllabus.md', view).first();
    await row.hover();
    await row.locator('.action-label[aria-label^="Restore File"]').click();
    assert.match(await editor.answerDialog('Cancel'), /Replace 1 file\./);
    assert.equal(course.read('syllabus.md'), 'all gone\n');
    await editor.runCommand('Snapstage: Undo Last Restore').catch(() => editor.page.keyboard.press('Escape'));
  });

  it('a snapshot taken in a terminal is seen by itself', async () => {
    course.snapstage('take', '--name', 'from a terminal');
    await editor.row('from a terminal', view).waitFor();
  });

  it('a deletion takes two steps, and pinning forbids it', async () => {
    const row = editor.row('from a terminal', view);
    await editor.pickFromMenu(row, 'Pin');
    await editor.row(/from a terminal.*pinned/, view).waitFor();
    await editor.pickFromMenu(row, 'Delete');
    await editor.waitForToast(/Can't be deleted/);
    await editor
      .toast(/Can't be deleted/)
      .locator('.monaco-button', { hasText: 'Show Log' })
      .waitFor();
    await editor.clearToasts();
    await editor.pickFromMenu(row, 'Unpin');
    await editor.row(/from a terminal(?!.*pinned)/, view).waitFor();
    await editor.pickFromMenu(row, 'Delete');
    await editor.dialog.waitFor();
    await editor.screenshot('delete');
    await editor.answerDialog('Delete…');
    await editor.dialog.getByText("This can't be undone.").waitFor();
    await editor.answerDialog('I Understand');
    await row.waitFor({ state: 'hidden' });
  });

  for (const [name, theme] of [
    ['dark', 'Default Dark Modern'],
    ['high-contrast', 'Default High Contrast'],
    ['high-contrast-light', 'Default High Contrast Light'],
    ['light', 'Default Light Modern'],
  ] as const) {
    it(`looks right in ${name}`, async () => {
      await editor.runCommand('Preferences: Color Theme');
      await editor.answer(theme);
      await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await editor.row('syllabus.md', view).first().click();
      await editor.tab(/↔ Current State/).waitFor();
      await editor.pickFromMenu(editor.row('before the exam', view), 'Restore');
      await editor.dialog.waitFor();
      await editor.screenshot(`looks-${name}-dialog`);
      await editor.answerDialog('Cancel');
      await editor.screenshot(`looks-${name}`);
    });
  }
});
