/** What can be done with snapshots beside the main job, by the mouse and by the keyboard. */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Workbench } from '../rig/workbench.ts';
import { encodeFormat } from '../../src/store/format.ts';
import { courseInEditor, openFile, pickTheme, pressTitleButton, row } from './steps.ts';

describe('more to do', () => {
  const opened = courseInEditor({}, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'week one', '--description', 'as handed out');
    course.write('analysis/trend.py', 'print("mine")\n');
    course.snapstage('take');
    course.write('syllabus.md', 'changed\n');
    course.write('figures/new.txt', 'new\n');
    rmSync(course.path('README.md'));
  });
  const { course } = opened;
  let editor: Workbench;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await editor.page.keyboard.press(key);
  };

  before(async () => {
    editor = opened.editor;
    await editor.activity('Snapstage').first().click();
    await row(editor, /^Current state.*1 changed, 1 new, 1 deleted since/).waitFor();
  });

  it('the icon and the status bar tell how much has changed', async () => {
    await editor.page.locator('.activitybar .badge-content', { hasText: '3' }).waitFor();
    await editor.statusItem(/\d+:\d\d\s[AP]M\s+3/).waitFor();
    await editor.screenshot('actions-view');
  });

  it('two snapshots chosen together are compared by folder, and all texts open at once', async () => {
    await row(editor, /^\d+:\d\d\s[AP]M.*quick/).click();
    await press('ArrowLeft');
    await row(editor, 'week one').click({ modifiers: ['ControlOrMeta'] });
    await editor.pickFromMenu(row(editor, 'week one'), 'Compare Snapshot');
    await editor.row('trend.py', 'Comparison').waitFor();
    await editor.pane('Comparison').getByText('1 changed').waitFor();
    await editor.row('trend.py', 'Comparison').click();
    await editor.tab('trend.py (week one ↔ ').waitFor();
    await editor.screenshot('comparison');
    await pressTitleButton(editor, 'Open All Changes', 'Comparison');
    await editor.tab('week one ↔ ').first().waitFor();
    await editor.page.locator('.multiDiffEditor').first().waitFor();
    await editor.screenshot('comparison-all');
    await editor.runCommand('Snapstage: Close Comparison');
    await editor.pane('Comparison').waitFor({ state: 'hidden' });
    // Chosen rows stay chosen; these are left for another one.
    await row(editor, 'Today').click();
    await row(editor, 'Today').click();
    await row(editor, 'week one').waitFor();
  });

  it('by the keyboard a snapshot is compared with the current state', async () => {
    await editor.runCommand('Snapstage: Compare Snapshot');
    await editor.answer('week one');
    await editor.choice('Current State').waitFor();
    await press('Enter');
    await editor.row('syllabus.md', 'Comparison').waitFor();
    await editor.row('figures', 'Comparison').waitFor();
    course.write('figures/newer.txt', 'newer\n');
    await editor.row('newer.txt', 'Comparison').waitFor();
    await editor.runCommand('Snapstage: Close Comparison');
  });

  it('the view is filtered by kind and text, and says so', async () => {
    await pressTitleButton(editor, 'Filter Snapshots');
    await editor.quickInput.fill('handed');
    await row(editor, 'week one').waitFor();
    await editor.page.locator('.pane-body', { hasText: 'Filter: “handed”. 1 of 2 shown.' }).first().waitFor();
    await editor.screenshot('filter');
    await press('Enter');
    assert.equal(await row(editor, /quick · /).count(), 0);
    await pressTitleButton(editor, 'Show All Snapshots');
    await row(editor, /quick · /).waitFor();
  });

  it('the details of a snapshot tell what it holds alone', async () => {
    await editor.pressInRow(row(editor, 'week one'), 'Show Details');
    await editor.page.locator('.view-lines', { hasText: 'which deleting it and compacting would give back' }).waitFor();
    await editor.screenshot('details');
  });

  it('a file of the explorer is compared and restored from its menu', async () => {
    await editor.activity('Explorer').first().click();
    const file = editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'syllabus.md' });
    await editor.pickFromMenu(file, 'Snapstage', 'Compare with');
    await editor.answer('week one');
    await editor.tab('syllabus.md (week one ↔ Current State)').waitFor();
    await editor.openMenu(file, 'Snapstage', 'Restore Beside');
    await editor.screenshot('explorer-menu');
    await press('Escape', 'Escape');
    await editor.activity('Snapstage').first().click();
  });

  it('unsaved changes are asked about before a snapshot', async () => {
    await openFile(editor, 'syllabus.md');
    await press('Control+Home');
    await editor.page.keyboard.type('unsaved ');
    await editor.runCommand('Snapstage: Take Snapshot');
    await editor.choice('Take as on Disk').waitFor();
    await editor.screenshot('unsaved');
    await press('Escape');
    assert.equal(course.read('syllabus.md'), 'changed\n');
    await editor.runCommand('Snapstage: Take Snapshot');
    await editor.choice('Save All').waitFor();
    await press('Enter');
    await row(editor, /^Current state.*no changes since/).waitFor();
    assert.equal(course.read('syllabus.md'), 'unsaved changed\n');
  });

  it('what is in use is asked about before a snapshot, and on record', async () => {
    const log = openSync(course.path('data/run.log'), 'w');
    const database = new DatabaseSync(course.path('data/prices.db'));
    try {
      database.exec('PRAGMA journal_mode = WAL; CREATE TABLE runs (id INTEGER PRIMARY KEY); INSERT INTO runs VALUES (1)');
      await editor.runCommand('Snapstage: Take Snapshot');
      await editor.choice('Take It As It Is').waitFor();
      await editor.page.locator('.quick-input-list').getByText('data/prices.db: open for writing by').waitFor();
      await editor.screenshot('in-use');
      await press('ArrowDown', 'Enter');
      await row(editor, /^\d+:\d\d\s[AP]M.*crash-consistent/).waitFor();
      await row(editor, /^Current state.*no changes since/).waitFor();
      await editor.hoverOver(row(editor, /^\d+:\d\d\s[AP]M.*crash-consistent/), 'open for writing by');
      await editor.screenshot('in-use-recorded');
    } finally {
      database.close();
      closeSync(log);
    }
  });

  it('after a restore the view says what is compared', async () => {
    await editor.pickFromMenu(row(editor, 'week one'), 'Restore…');
    await editor.answerDialog('Restore');
    await editor.waitForToast('Restored from');
    await row(editor, /^Current state.*no changes since “week one” of .* was restored/).waitFor();
    await editor.screenshot('restored-reference');
    await editor.pickInToast('Restored from', 'Undo');
    await editor.waitForToast('Undone');
    await row(editor, /^Current state.*no changes since \d/).waitFor();
    await editor.clearToasts();
  });

  it('the store is verified with a report, and compacted', async () => {
    await editor.runCommand('Snapstage: Verify Snapshots');
    await editor.choice('Structure and Content').first().click();
    await editor.waitForToast('All is well with');
    await editor.pickInToast('All is well with', 'Show Report');
    await editor.page.locator('.view-lines', { hasText: 'were read back and compared' }).waitFor();
    await editor.runCommand('Snapstage: Compact the Store');
    await editor.waitForToast('given back.');
    await editor.clearToasts();
  });

  it('a comparison says when there are no differences, and when its snapshot is gone', async () => {
    await editor.runCommand('Snapstage: Take Snapshot with Description');
    await editor.answer('soon gone');
    await editor.answer('');
    await row(editor, 'soon gone').waitFor();
    await editor.runCommand('Snapstage: Compare Snapshot');
    await editor.answer('soon gone');
    await editor.choice('Current State').waitFor();
    await press('Enter');
    await editor.pane('Comparison').getByText('No differences.').waitFor();
    await editor.screenshot('comparison-empty');
    course.snapstage('delete', 'soon gone', '--yes');
    await editor
      .pane('Comparison')
      .getByText(/“soon gone” of .* has been deleted\./)
      .waitFor();
    await editor.screenshot('comparison-error');
    await editor.runCommand('Snapstage: Close Comparison');
  });

  for (const [name, theme, base] of [
    ['high-contrast', 'Dark High Contrast', 'hc-black'],
    ['light', 'Light Modern', 'vs'],
  ] as const) {
    it(`looks right in ${name}`, async () => {
      await pickTheme(editor, theme, base);
      await editor.runCommand('Snapstage: Show Changes since Last Snapshot');
      // Its view takes the focus when it is there, and would close a picker.
      await editor.pane('Comparison').getByText('No differences.').waitFor();
      await editor.runCommand('Snapstage: Compare Snapshot');
      await editor.answer('week one');
      await editor.choice('Current State').waitFor();
      await press('Enter');
      await editor.row('trend.py', 'Comparison').waitFor();
      await editor.screenshot(`actions-${name}`);
      await editor.runCommand('Snapstage: Close Comparison');
    });
  }

  it('a store written by a newer version, or damaged, says what to do', async () => {
    const format = course.path('.snapstage/format');
    writeFileSync(format, encodeFormat({ format: 99, minReader: 99, minWriter: 99, features: [] }));
    await editor.runCommand('Snapstage: Refresh');
    await editor.page.locator('.pane-body .monaco-button', { hasText: 'Update Extensions' }).waitFor();
    await editor.screenshot('newer-format');
    assert.ok(existsSync(format));
    writeFileSync(format, 'damaged');
    await editor.runCommand('Snapstage: Refresh');
    await editor.page.locator('.pane-body .monaco-button', { hasText: 'Verify Snapshots' }).waitFor();
    await editor.screenshot('damaged');
  });
});
