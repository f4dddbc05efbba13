/** Linked instances, as a person meets them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workbench } from '../rig/workbench.ts';
import type { Course } from './course.ts';
import { courseInEditor, inFileDialog, pressIcon, row } from './steps.ts';

describe('linked instances', () => {
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'week one');
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
  });

  it('are one of the ways to make a new instance', async () => {
    await editor.pickFromMenu(row(editor, /^week one/), 'New Instance from Snapshot');
    await editor.choice('Linked, without Files').waitFor();
    await editor.screenshot('links-choice');
    await editor.choice('Linked, without Files').click();
    await inFileDialog(opened, 'New Instance from', course.parent, 'Make the New Folder Here');
    await editor.page.locator('.quick-input-title', { hasText: 'New Instance from' }).waitFor();
    await editor.quickInput.fill('without files');
    await editor.quickInput.press('Enter');
    await editor.waitForToast(/New instance in .*without files\. Its folder is empty/);
    await editor.screenshot('links-empty');
    await editor.clearToasts();
    const made = join(course.parent, 'without files');
    assert.deepEqual(readdirSync(made), ['.snapstage']);
    course.snapstage('-C', made, 'restore', 'latest', 'syllabus.md', '--yes');
    assert.equal(readFileSync(join(made, 'syllabus.md'), 'utf8'), readFileSync(join(course.folder, 'syllabus.md'), 'utf8'));
    course.snapstage('-C', made, 'detach');
  });

  it('keep their snapshot from being deleted, which says why', async () => {
    course.snapstage('clone', 'week one', join(dirname(course.folder), 'linked'), '--linked');
    await editor.pickFromMenu(row(editor, /^week one/), 'Delete');
    await editor.waitForToast(/Can't be deleted\. .*the linked instance in .*linked depends on it/);
    await editor.screenshot('links-refused');
    await editor.clearToasts();
    await row(editor, /^week one/).waitFor();
  });

  it('are listed, and one that is not where it was can be forgotten', async () => {
    await editor.runCommand('Snapstage: Linked Instances');
    await editor.choice('linked').waitFor();
    await editor.screenshot('links-list');
    await editor.page.keyboard.press('Escape');
    const linked = join(dirname(course.folder), 'linked');
    renameSync(linked, `${linked}-moved`);
    await editor.runCommand('Snapstage: Linked Instances');
    await editor.page.locator('.quick-input-list').getByText('not found there').waitFor();
    await editor.choice('linked').click();
    assert.match(await editor.answerDialog('Forget'), /Nothing is kept for it any more/);
    await editor.pickFromMenu(row(editor, /^week one/), 'Delete');
    assert.match(await editor.answerDialog('Cancel'), /Delete/);
  });
});

describe('a linked instance whose parent was moved', () => {
  /** Where the parent is now; the linked instance has taken its place. */
  const now = (course: Course): string => join(course.parent, 'moved');
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'week one');
    course.snapstage('clone', 'week one', join(course.parent, 'linked'), '--linked');
    renameSync(course.folder, now(course));
    renameSync(join(course.parent, 'linked'), course.folder);
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
  });

  it('says so, and finds it again by its new folder', async () => {
    await row(editor, /^week one/).click();
    await row(editor, 'The instance that this one is linked to is not in').waitFor();
    await editor.screenshot('links-lost');
    await editor.runCommand('Snapstage: Linked Instances');
    await editor.page.locator('.quick-input-list').getByText('not found there').waitFor();
    await editor.page.keyboard.press('Enter');
    await inFileDialog(opened, 'Now?', now(course), 'It Is Here');
    await editor.waitForToast(/econometrics is linked to .*moved again\./);
    await row(editor, /^Current state.*no changes since/).waitFor();
    await row(editor, 'syllabus.md').waitFor();
    await editor.screenshot('links-found');
    await editor.clearToasts();
  });

  it('is detached after a question, and needs nobody from then on', async () => {
    await editor.runCommand('Snapstage: Detach from Linked Instance');
    assert.match(await editor.answerDialog('Detach'), /It gets a copy of all that it has from there/);
    await editor.waitForToast(/econometrics is independent now: .* copied\./);
    rmSync(now(course), { recursive: true });
    assert.match(course.snapstage('verify', '--read-data'), /all well/);
    await editor.runCommand('Snapstage: Detach from Linked Instance');
    await editor.waitForToast('econometrics is linked to no other instance.');
  });
});
