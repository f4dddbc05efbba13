/** Views that can't show what they should, yet or any more: they say why and what helps, and go on by themselves once they can. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { courseInEditor, openFile, pressIcon, row, view } from './steps.ts';

describe('failures', () => {
  const opened = courseInEditor({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } }, (course) => {
    course.snapstage('init');
    course.snapstage('take', '--name', 'week one');
    course.write('analysis/trend.py', 'print("mine")\n');
    course.snapstage('take', '--name', 'week two');
    course.write('fresh.md', 'fresh\n');
  });
  const { course } = opened;
  let editor: Workbench;
  let bringBack: (() => void) | undefined;

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await editor.page.keyboard.press(key);
  };
  const version = (label: string | RegExp): Locator => editor.row(label, 'History').first();
  const says = (pane: string, text: string | RegExp): Promise<void> => editor.pane(pane).getByText(text).first().waitFor();
  const button = (label: string): Locator => editor.page.locator('.pane-body .monaco-button', { hasText: label });
  const busy = (pane: string): Locator => editor.pane(pane).locator('.monaco-progress-container.active').first();
  const log = (text: string): Locator => editor.page.locator('.part.panel .view-lines', { hasText: text });

  /** The log is there with this in it; then its panel goes. */
  async function seeLog(text: string): Promise<void> {
    await log(text).first().waitFor();
    await editor.runCommand('View: Hide Panel');
    await log(text).first().waitFor({ state: 'hidden' });
  }

  /** Puts something else in the place of a part of the folder. What it returns brings the part back. */
  function replace(part: string, put: (path: string) => void): () => void {
    const path = course.path(part);
    const aside = join(course.parent, 'aside');
    renameSync(path, aside);
    put(path);
    bringBack = () => {
      bringBack = undefined;
      rmSync(path, { recursive: true });
      renameSync(aside, path);
    };
    return bringBack;
  }

  /** As after an accident with a disk. */
  const loseContent = (): (() => void) => replace('.snapstage/packs', (packs) => mkdirSync(packs));

  /** As on a disk that does not answer: whoever opens the store waits until what this returns is called. */
  function stall(): () => void {
    const format = course.path('.snapstage/format');
    const bytes = readFileSync(format);
    const end = replace('.snapstage/format', (pipe) => spawnSync('mkfifo', [pipe]));
    return () => {
      const pipe = openSync(format, 'r+');
      end();
      writeSync(pipe, bytes);
      closeSync(pipe);
    };
  }

  before(async () => {
    editor = opened.editor;
    await pressIcon(editor);
    await row(editor, /^Current state.*1 new since/).waitFor();
  });

  afterEach(() => bringBack?.());

  it('a store that can’t be read says so, and by the keyboard it is tried again, which tells why, and the log is shown', async () => {
    const mend = replace('.snapstage/format', (format) => mkdirSync(format));
    await button('Show Log').waitFor();
    await editor.runCommand('Focus on Snapshots View');
    await press('Tab', 'Enter');
    await editor.waitForToast('Reading or writing failed (EISDIR: ');
    await press('Tab', 'Enter');
    await seeLog('EISDIR');
    await editor.clearToasts();
    mend();
    await row(editor, 'week one').waitFor();
  });

  it('one that the system refuses too, by the mouse; it is back when the cause is gone', async () => {
    // A link to itself is refused to everybody, as a missing permission is to most.
    const mend = replace('.snapstage', (store) => symlinkSync('.snapstage', store));
    await editor.page.getByText('a permission may be missing').waitFor();
    await button('Try Again').click();
    await editor.waitForToast(/\.snapstage\/format can’t be used \(ELOOP: .*\)\. The system refused it: the log says more\./);
    await editor.screenshot('refused');
    await editor.pickInToast('can’t be used', 'Show Log');
    await seeLog('econometrics: io: ELOOP');
    await editor.clearToasts();
    mend();
    await row(editor, 'week one').waitFor();
  });

  it('a file in the place of the store is in the way of a first snapshot', async () => {
    const mend = replace('.snapstage', (store) => writeFileSync(store, 'mine'));
    await button('Take First Snapshot').click();
    await editor.waitForToast(/\.snapstage is not a folder\. Move it away and try again\./);
    await editor.screenshot('in-the-way');
    await editor.clearToasts();
    mend();
    await row(editor, 'week one').waitFor();
  });

  it('the history of nothing asks what to find, of a new file says that no snapshot has it, then that it is gone', async () => {
    await editor.runCommand('Snapstage: Show History');
    await editor.page.locator('.quick-input-title', { hasText: 'Find in Snapshots of econometrics' }).waitFor();
    await press('Escape');
    await openFile(editor, 'fresh.md');
    await editor.runCommand('Snapstage: Show History');
    await says('History', 'No snapshot has fresh.md yet.');
    await version('Current state').waitFor();
    await editor.screenshot('history-in-no-snapshot');
    rmSync(course.path('fresh.md'));
    await says('History', 'Neither a snapshot nor the current state has fresh.md.');
    await version('Current state').waitFor({ state: 'hidden' });
    await editor.screenshot('history-empty');
    await editor.runCommand('View: Revert and Close Editor');
  });

  it('while the store doesn’t answer the views and the search are busy, and can be left', async () => {
    await openFile(editor, 'trend.py');
    let go = stall();
    await editor.runCommand('Snapstage: Show History');
    await busy('History').waitFor();
    await says('History', 'analysis/trend.py');
    await editor.screenshot('history-busy');
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.quickInput.fill('trend');
    await editor.page.locator('.quick-input-progress.active').waitFor();
    await editor.screenshot('find-busy');
    await press('Escape');
    await editor.quickInput.waitFor({ state: 'hidden' });
    go();
    await version(/^week one.*first version/).waitFor();
    await busy('History').waitFor({ state: 'hidden' });

    go = stall();
    await editor.pickFromMenu(row(editor, 'week one'), 'Compare Snapshot');
    await editor.answer('week two');
    await busy('Comparison').waitFor();
    await editor.screenshot('comparison-busy');
    go();
    await editor.row('trend.py', 'Comparison').waitFor();
    await busy('Comparison').waitFor({ state: 'hidden' });
  });

  it('lost content is told by each view in its place, and by the row that should hold it', async () => {
    const mend = loseContent();
    course.write('syllabus.md', 'changed\n');
    const lost = /^Object [0-9a-f]{8} is missing from the store\. .* Verify the snapshots to see what is affected\.$/;
    await says('History', lost);
    await row(editor, /^Current state.*can't be compared: Object/).waitFor();
    await row(editor, 'week two').click();
    const inPlace = row(editor, /^Object [0-9a-f]{8} is missing/);
    await inPlace.waitFor();
    await editor.screenshot('content-lost');
    await inPlace.click();
    await seeLog('econometrics: damaged: Object ');

    await editor.runCommand('Snapstage: Swap Sides');
    await says('Comparison', lost);
    await editor.screenshot('comparison-lost');
    await editor.pickFromViewMenu('History', 'Show Log');
    await seeLog('damaged');

    mend();
    await editor.runCommand('Snapstage: Refresh');
    await row(editor, /^Current state.*1 changed/).waitFor();
    await version(/^week one.*first version/).waitFor();
    await editor.row('trend.py', 'Comparison').waitFor();
    await row(editor, /^cache/).waitFor();
  });

  it('a search says when it finds nothing, what went wrong in it, and finds again afterwards', async () => {
    await editor.runCommand('Snapstage: Find in Snapshots');
    await editor.quickInput.fill('nowhere');
    await editor.choice('Nothing found').waitFor();
    await press('Enter');
    await editor.quickInput.fill('trend');
    await editor.choice('trend.py').waitFor();
    const mend = loseContent();
    await editor.quickInput.fill('tren');
    await editor.choice(/Object [0-9a-f]{8} is missing from the store\..*Show Log/s).waitFor();
    await editor.choice('Verify the snapshots to see what is affected.').waitFor();
    await editor.screenshot('find-error');
    mend();
    await editor.quickInput.fill('trend');
    await editor.choice('trend.py').waitFor();
    loseContent();
    await editor.quickInput.fill('tre');
    await editor.choice('is missing from the store').waitFor();
    await press('Enter');
    await seeLog('damaged');
    await editor.quickInput.waitFor({ state: 'hidden' });
    await editor.pane(view).waitFor();
  });
});
