/** Linked instances, as a person meets them. */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, pressIcon, row } from './steps.ts';

describe('linked instances', function () {
  this.timeout(120_000);
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

  it('are one of two ways to make a new instance', async () => {
    await editor.pickFromMenu(row(editor, /^week one/), 'New Instance from Snapshot');
    await editor.choice('Linked').waitFor();
    await editor.screenshot('links-choice');
    await editor.page.keyboard.press('Escape');
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
