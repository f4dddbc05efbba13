/** Many snapshots are deleted, which is seen and can be ended; and what is left when the editor dies meanwhile. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Workbench } from '../rig/workbench.ts';
import { makeMany } from './many.ts';
import { Many, place, viewport } from './manySteps.ts';
import { courseInEditor, pressIcon, row } from './steps.ts';

describe('a deletion of many snapshots', () => {
  const opened = courseInEditor({ viewport, place }, ({ folder }) => makeMany(folder, 0));
  const many = new Many(opened);
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
    await row(editor, /^state 1000/).waitFor();
  });

  it('says how far it is, and what is done when it is cancelled', async () => {
    const before = many.stored();
    await many.askToDelete();
    await editor.answerDialog('Delete…');
    // A machine that is quicker than the person would have deleted all of them: it only goes on until something is told.
    const stopped = many.signalAtChange('snapshots', 'SIGSTOP');
    await editor.answerDialog('I Understand');
    await stopped;
    const progress = editor.toast(/Deleting \d+ snapshots of econometrics/).getByText(/\d+ of \d+ snapshots/);
    const isTold = (): Promise<boolean> =>
      progress.waitFor({ timeout: 500 }).then(
        () => true,
        () => false,
      );
    for (let steps = 0; !(await isTold()); steps++) {
      assert.ok(steps < 150, 'no progress is told');
      many.signal('SIGCONT');
      // Where a moment is enough to delete all, the first ones are shorter; on a busy machine it gets little of each.
      await wait(Math.min(200, 1.15 ** steps));
      many.signal('SIGSTOP');
    }
    await editor.screenshot('huge-deleting');
    await editor.pickInToast(/Deleting \d+ snapshots/, 'Cancel');
    many.signal('SIGCONT');
    await editor.statusItem(/Cancelled: \d+ of \d+ snapshots are deleted\./).waitFor();
    const [, deleted] = /: (\d+) of/.exec(await editor.statusItem('Cancelled: ').innerText()) ?? [];
    assert.equal(many.stored(), before - Number(deleted));
    assert.ok(Number(deleted) > 0 && Number(deleted) < 250, deleted);
    await row(editor, many.month).waitFor();
    assert.equal(await row(editor, /^Interrupted/).count(), 0);
  });
});

describe('a deletion of many snapshots in which the editor dies', () => {
  const opened = courseInEditor({ viewport, place }, ({ folder }) => makeMany(folder, 0));
  const many = new Many(opened);
  const { course } = opened;
  let editor: Workbench;

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
    await row(editor, /^state 1000/).waitFor();
  });

  /** Kills the extension hosts at the first change in a folder of the store, and opens the window again. */
  async function killAtChange(folder: string): Promise<void> {
    await many.signalAtChange(folder, 'SIGKILL');
    await editor.page.reload();
    await editor.activity('Snapstage').first().waitFor();
  }

  it('is told of in the next window, and goes on', async () => {
    const before = many.stored();
    await many.askToDelete();
    await editor.screenshot('deleting-question');
    const [, count] = /Delete (\d+) snapshots: /.exec(await editor.answerDialog('Delete…')) ?? [];
    assert.ok(Number(count) > 0, count);
    const killed = killAtChange('snapshots');
    await editor.answerDialog('I Understand');
    await killed;
    // At once: it does not stay for long.
    const said = await editor.waitForToast(new RegExp(`A deletion in econometrics was interrupted on .*: \\d+ of ${count} snapshots are`));
    await editor.screenshot('deleting-interrupted');
    const [, left] = /: (\d+) of/.exec(said) ?? [];
    assert.ok(Number(left) < Number(count), said);
    await editor.pickInToast('was interrupted', 'Delete the Rest');
    for (let tries = 0; many.stored() !== before - Number(count); tries++) {
      assert.ok(tries < 600, `${many.stored()} are left`);
      await editor.page.waitForTimeout(100);
    }
    await row(editor, /^Interrupted deletion/).waitFor({ state: 'hidden' });
    await editor.statusItem('Deleting').waitFor({ state: 'hidden' });
  });

  it('leaves the others whole, also when the editor dies in the compaction that follows', async () => {
    const killed = killAtChange('packs');
    await editor.runCommand('Snapstage: Compact the Store');
    await killed;
    await row(editor, /^Current state.*no changes since/).waitFor();
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
