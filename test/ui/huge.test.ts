/** The views with a thousand snapshots and a folder of ten thousand entries. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { makeMany } from './many.ts';
import { Many, viewport } from './manySteps.ts';
import { courseInEditor, pressIcon, pressTitleButton, row, view } from './steps.ts';

describe('a thousand snapshots', () => {
  const opened = courseInEditor({ viewport }, ({ folder }) => makeMany(folder));
  const many = new Many(opened);
  const { month } = many;
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
  });

  const toTheEnd = async (): Promise<void> => {
    await editor.page.keyboard.press('End');
  };

  it('are shown by day and month, and month by month in pages', async () => {
    await row(editor, /^state 1000/).waitFor();
    await row(editor, /^Current state.*no changes since/).waitFor();
    await editor.screenshot('huge-view');
    await row(editor, 'Today').click();
    await row(editor, /^state 1000/).waitFor({ state: 'hidden' });
    await row(editor, month).click();
    await row(editor, /^state \d+/).waitFor();
    // The snapshots of the month, and the months before it, of which there is one at least in a hundred days.
    await toTheEnd();
    await editor.row(/^\d+ more/, view).click();
    await toTheEnd();
    await row(editor, /^state \d+/).waitFor();
    await editor.screenshot('huge-more');
  });

  it('are filtered', async () => {
    await pressTitleButton(editor, 'Filter Snapshots');
    await editor.quickInput.fill('state 777');
    await row(editor, 'state 777').waitFor();
    await editor.page
      .locator('.pane-body', { hasText: /Filter: “state 777”\. \d+ of 1,000 shown\./ })
      .first()
      .waitFor();
    await editor.screenshot('huge-filter');
    await editor.page.keyboard.press('Escape');
    await row(editor, 'Today').waitFor();
  });

  it('are found in, and have a history', async () => {
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.quickInput.fill('entry-');
    await editor.choice('entry-00001').waitFor();
    // From the first row up to the last.
    await editor.page.keyboard.press('ArrowUp');
    await editor.choice(/^9,500 more: be more exact/).waitFor();
    await editor.quickInput.fill('notes.md');
    await editor.choice('notes.md').waitFor();
    await editor.screenshot('huge-find');
    await editor.page.keyboard.press('Enter');
    await editor.row(/first version/, 'History').waitFor();
    assert.equal(await editor.row(/bytes/, 'History').count(), 12);
    await editor.screenshot('huge-history');
    await editor.runCommand('Snapstage: Close History');
  });

  it('hold a folder of ten thousand entries, which is listed, compared and brought back', async () => {
    await pressTitleButton(editor, 'Collapse All');
    await row(editor, 'Today').click();
    await row(editor, /^state 1000/).click();
    await row(editor, /^many/).click();
    await row(editor, /^entry-00001/).waitFor();
    await toTheEnd();
    await editor.row(/^[\d,]+ more/, view).waitFor();
    await editor.page.keyboard.press('Home');
    await row(editor, /^many/).click();
    rmSync(course.path('many'), { recursive: true });
    await row(editor, /^Current state.*10,00[01] deleted since/).waitFor();
    await editor.runCommand('Snapstage: Show Changes since Last Snapshot');
    // So many are not opened at once.
    await editor.row(/^many/, 'Comparison').first().click();
    await editor.row(/^entry-00001/, 'Comparison').waitFor();
    await editor.screenshot('huge-comparison');
    await editor.runCommand('Snapstage: Close Comparison');
    await editor.pickFromMenu(row(editor, /^many/), 'Restore File or Folder');
    assert.match(await editor.answerDialog('Restore'), /Bring back 10,000 files\./);
    await editor.waitForToast(/Restored from .*10,000 files brought back/);
    assert.equal(readdirSync(course.path('many')).length, 10_000);
    await editor.clearToasts();
  });
});
