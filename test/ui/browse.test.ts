/** Looking around in snapshots: a window of its own for one, finding by name, bringing back what is gone. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, pressIcon, row } from './steps.ts';

describe('looking around', () => {
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'as handed out');
    course.write('analysis/trend.py', 'print("mine")\n');
    course.snapstage('take', '--name', 'my own trend');
    rmSync(course.path('analysis'), { recursive: true });
  });
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
    await row(editor, 'as handed out').waitFor();
  });

  it('finds what was deleted, and brings it back from its row', async () => {
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.quickInput.fill('TREND');
    const found = editor.choice('trend.py');
    await found.waitFor();
    assert.match(await found.innerText(), /analysis\s+deleted · last in “my own trend” of .+ · in 2 snapshots/);
    await editor.screenshot('find-deleted');
    await editor.pressInRow(found, 'Restore the Newest Version');
    assert.match(await editor.answerDialog('Restore'), /Bring back 1 file\./);
    await editor.waitForToast('Restored from');
    assert.equal(course.read('analysis/trend.py'), 'print("mine")\n');
    await editor.clearToasts();
  });

  it('finds by a pattern with the keyboard alone, and shows the history of what is chosen', async () => {
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.quickInput.fill('*.ipynb');
    await editor.choice('explore.ipynb').waitFor();
    await editor.page.keyboard.press('Enter');
    await editor.row('Deleted', 'History').waitFor();
    await editor.row('as handed out', 'History').waitFor();
    await editor.screenshot('find-history');
    await editor.runCommand('Snapstage: Close History');
    await editor.pane('History').waitFor({ state: 'hidden' });
  });

  it('opens a snapshot as a read-only folder in a new window', async () => {
    const opening = editor.page.context().waitForEvent('page');
    await editor.pickFromMenu(row(editor, 'as handed out'), 'Open in New Window');
    const window = await opening;
    await window.waitForURL(/snapstage/);
    const url = window.url();
    await window.close();
    // The rig loads the extension into its own page only.
    await editor.page.goto(url);
    const explorer = editor.page.locator('.explorer-folders-view');
    await explorer.getByText('syllabus.md').waitFor();
    await explorer.getByText('analysis').click();
    await explorer.getByText('trend.py').dblclick();
    await editor.page.locator('.editor-group-container .view-lines', { hasText: 'import' }).first().waitFor();
    await editor.screenshot('snapshot-window');
    await editor.page.locator('.editor-group-container .view-lines').first().click();
    await editor.page.keyboard.type('x');
    await editor.page.locator('.monaco-editor-overlaymessage').first().waitFor();
    assert.equal(course.read('analysis/trend.py'), 'print("mine")\n');
  });

  it('finds in that window, by its name and by its view', async () => {
    await editor.runCommand('Snapstage: Find in This Snapshot');
    await editor.quickInput.fill('temper');
    await editor.choice('temperatures.csv').waitFor();
    await editor.choice('temperatures.png').waitFor();
    await editor.screenshot('snapshot-window-find');
    await editor.choice('temperatures.png').click();
    await editor.tab('temperatures.png').waitFor();
    await editor.webview.locator('img').waitFor();
    await pressIcon(editor);
    await editor.page.getByText('This window shows a snapshot').waitFor();
    await editor.page.locator('.pane-body .monaco-button', { hasText: 'Open Its Folder' }).waitFor();
    await editor.screenshot('snapshot-window-view');
    assert.ok(existsSync(course.path('.snapstage')));
  });

  it('says what is wrong when the snapshot has been deleted', async () => {
    course.snapstage('delete', 'as handed out', '--yes');
    await editor.page.reload();
    await editor.activity('Snapstage').first().waitFor();
    await editor.runCommand('View: Show Explorer');
    const shown = editor.page.locator('.explorer-folders-view .monaco-list-row').first();
    // VS Code may ask for another workspace first.
    const cancel = editor.dialog.locator('.monaco-button', { hasText: 'Cancel' });
    await shown.or(cancel).first().waitFor();
    if (await cancel.isVisible()) {
      await editor.screenshot('snapshot-window-asked');
      await cancel.click();
      await editor.runCommand('View: Show Explorer');
      await shown.waitFor();
    }
    await editor.screenshot('snapshot-window-deleted');
    assert.equal(await editor.page.locator('.explorer-folders-view').getByText('syllabus.md').count(), 0);
  });
});
