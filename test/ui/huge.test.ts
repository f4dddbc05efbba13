/** The views with a thousand snapshots and a folder of ten thousand entries; and what is left when the editor dies among them. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync, watch } from 'node:fs';
import type { Workbench } from '../rig/workbench.ts';
import { makeMany } from './many.ts';
import { courseInEditor, pressIcon, pressTitleButton, row, view, waitForCommands } from './steps.ts';

/** Reading so much may take its time on a slow machine. */
const patience = { timeout: 60_000 };

describe('a thousand snapshots', function () {
  this.timeout(180_000);
  const opened = courseInEditor({ viewport: { width: 1280, height: 1400 } }, ({ folder }) => makeMany(folder));
  const { course } = opened;
  let editor: Workbench;
  // All its days are of one group: neither of this week nor of the last, and not longer ago than the first snapshot.
  const now = new Date();
  const monthsAgo = (months: number): string =>
    new Date(now.getFullYear(), now.getMonth() - months, 1).toLocaleDateString('en-US', { month: 'long', year: 'numeric' });
  const month = monthsAgo(2);

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
  });

  const stored = (): number => readdirSync(course.path('.snapstage/snapshots')).filter((name) => /^[0-9a-f]{32}$/.test(name)).length;

  const toTheEnd = async (): Promise<void> => {
    await editor.page.keyboard.press('End');
  };

  /** Signals the extension hosts at the first change in a folder of the store. */
  async function signalAtChange(folder: string, name: NodeJS.Signals): Promise<void> {
    assert.ok(editor.server.extensionHosts().length > 0);
    await new Promise<void>((resolve) => {
      const watcher = watch(course.path(`.snapstage/${folder}`), () => {
        watcher.close();
        resolve();
      });
    });
    signal(name);
  }

  function signal(name: NodeJS.Signals): void {
    for (const pid of editor.server.extensionHosts()) process.kill(pid, name);
  }

  /** Kills the extension hosts at the first change in a folder of the store, and opens the window again. */
  async function killAtChange(folder: string): Promise<void> {
    await signalAtChange(folder, 'SIGKILL');
    await editor.page.reload();
    await editor.activity('Snapstage').first().waitFor(patience);
    await waitForCommands(editor);
  }

  /** Chooses the rows of the month up to the last one that is shown, and begins to delete them. */
  async function askToDelete(): Promise<void> {
    await pressTitleButton(editor, 'Collapse All');
    await row(editor, month).click();
    const first = row(editor, /^state \d+/);
    await first.click();
    await editor.page.keyboard.press('ArrowLeft');
    // Not by a key, which would begin the selection anew.
    const end = editor
      .row(/^\d+ more/, view)
      .or(editor.row(monthsAgo(3), view))
      .first();
    for (let turns = 0; turns < 500 && !(await end.isVisible()); turns++) await editor.page.mouse.wheel(0, 500);
    const last = editor.pane(view).locator(`.monaco-list-row[data-index="${Number(await end.getAttribute('data-index')) - 1}"]`);
    await last.click({ modifiers: ['Shift'] });
    await editor.pickFromMenu(last, 'Delete');
    await editor.dialog.waitFor(patience);
  }

  it('are shown by day and month, and month by month in pages', async () => {
    await row(editor, /^state 1000/).waitFor(patience);
    await row(editor, /^Current state.*no changes since/).waitFor(patience);
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
    await editor.choice('entry-00001').waitFor(patience);
    // From the first row up to the last.
    await editor.page.keyboard.press('ArrowUp');
    await editor.choice(/^9,500 more: be more exact/).waitFor();
    await editor.quickInput.fill('notes.md');
    await editor.choice('notes.md').waitFor(patience);
    await editor.screenshot('huge-find');
    await editor.page.keyboard.press('Enter');
    await editor.row(/first version/, 'History').waitFor(patience);
    assert.equal(await editor.row(/bytes/, 'History').count(), 12);
    await editor.screenshot('huge-history');
    await editor.runCommand('Snapstage: Close History');
  });

  it('hold a folder of ten thousand entries, which is listed, compared and brought back', async () => {
    await pressTitleButton(editor, 'Collapse All');
    await row(editor, 'Today').click();
    await row(editor, /^state 1000/).click();
    await row(editor, /^many/).click();
    await row(editor, /^entry-00001/).waitFor(patience);
    await toTheEnd();
    await editor.row(/^[\d,]+ more/, view).waitFor();
    await editor.page.keyboard.press('Home');
    await row(editor, /^many/).click();
    rmSync(course.path('many'), { recursive: true });
    await row(editor, /^Current state.*10,00[01] deleted since/).waitFor(patience);
    await editor.runCommand('Snapstage: Show Changes since Last Snapshot');
    // So many are not opened at once.
    await editor.row(/^many/, 'Comparison').first().click();
    await editor.row(/^entry-00001/, 'Comparison').waitFor(patience);
    await editor.screenshot('huge-comparison');
    await editor.runCommand('Snapstage: Close Comparison');
    await editor.pickFromMenu(row(editor, /^many/), 'Restore File or Folder');
    assert.match(await editor.answerDialog('Restore'), /Bring back 10,000 files\./);
    await editor.waitForToast(/Restored from .*10,000 files brought back/, 60_000);
    assert.equal(readdirSync(course.path('many')).length, 10_000);
    await editor.clearToasts();
  });

  it('of which many are deleted, say how far that is, and what is done when it is cancelled', async () => {
    const before = stored();
    await askToDelete();
    await editor.answerDialog('Delete…');
    // A machine that is quicker than the person would have deleted all of them: it only goes on until something is told.
    const stopped = signalAtChange('snapshots', 'SIGSTOP');
    await editor.answerDialog('I Understand');
    await stopped;
    const progress = editor.toast(/Deleting \d+ snapshots of econometrics/).getByText(/\d+ of \d+ snapshots/);
    const isTold = (): Promise<boolean> =>
      progress.waitFor({ timeout: 500 }).then(
        () => true,
        () => false,
      );
    for (let steps = 0; !(await isTold()); steps++) {
      assert.ok(steps < 50, 'no progress is told');
      signal('SIGCONT');
      await editor.page.waitForTimeout(10);
      signal('SIGSTOP');
    }
    await editor.screenshot('huge-deleting');
    await editor.pickInToast(/Deleting \d+ snapshots/, 'Cancel');
    signal('SIGCONT');
    await editor.statusItem(/Cancelled: \d+ of \d+ snapshots are deleted\./).waitFor();
    const [, deleted] = /: (\d+) of/.exec(await editor.statusItem('Cancelled: ').innerText()) ?? [];
    assert.equal(stored(), before - Number(deleted));
    assert.ok(Number(deleted) > 0 && Number(deleted) < 250, deleted);
    await row(editor, month).waitFor();
    assert.equal(await row(editor, /^Interrupted/).count(), 0);
  });

  it('of which many are deleted, say so when the editor died meanwhile, and go on', async () => {
    const before = stored();
    await askToDelete();
    await editor.screenshot('huge-delete');
    const [, count] = /Delete (\d+) snapshots: /.exec(await editor.answerDialog('Delete…')) ?? [];
    assert.ok(Number(count) > 0, count);
    const killed = killAtChange('snapshots');
    await editor.answerDialog('I Understand');
    await killed;
    const said = await editor.waitForToast(new RegExp(`A deletion in econometrics was interrupted on .*: \\d+ of ${count} snapshots are`));
    await row(editor, /^Interrupted deletion/).waitFor();
    await editor.screenshot('huge-interrupted-delete');
    const [, left] = /: (\d+) of/.exec(said) ?? [];
    assert.ok(Number(left) < Number(count), said);
    await editor.pickInToast('was interrupted', 'Delete the Rest');
    await row(editor, /^Interrupted deletion/).waitFor({ state: 'hidden', ...patience });
    for (let tries = 0; stored() !== before - Number(count); tries++) {
      assert.ok(tries < 600, `${stored()} are left`);
      await editor.page.waitForTimeout(100);
    }
    await editor.statusItem('Deleting').waitFor({ state: 'hidden' });
  });

  it('of which those that are left are whole when the editor dies in the compaction that follows', async () => {
    const killed = killAtChange('packs');
    await editor.runCommand('Snapstage: Compact the Store');
    await killed;
    await row(editor, /^Current state.*no changes since/).waitFor(patience);
    assert.equal(await row(editor, /^Interrupted/).count(), 0);
    const before = course.read('notes.md');
    course.write('notes.md', 'gone\n');
    await editor.pickFromMenu(row(editor, /^state 999/), 'Restore…');
    await editor.answerDialog('Restore');
    await editor.waitForToast('Restored from');
    assert.equal(course.read('notes.md'), before);
    assert.match(course.snapstage('verify', '--read-data'), /all well/);
    await editor.runCommand('Snapstage: Compact the Store');
    await editor.waitForToast('given back.');
  });
});
