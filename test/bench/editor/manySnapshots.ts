import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../../src/engine/engine.ts';
import { pressIcon, view } from '../../ui/steps.ts';
import type { Stopwatch } from './stopwatch.ts';
import { chooseCommand, openMenu, row, rowSight, type EditorWindow } from './window.ts';

const snapshots = 1000;
const entries = 10_000;

/** Makes an instance with a folder of many entries and many snapshots, between any two of which one file differs. */
export async function makeManySnapshots(folder: string): Promise<void> {
  mkdirSync(join(folder, 'many'), { recursive: true });
  for (let number = 0; number < entries; number++) writeFileSync(join(folder, 'many', `entry-${number}.txt`), `${number}\n`);
  const engine = openEngine({ folder });
  await engine.init();
  for (let number = 1; number <= snapshots; number++) {
    writeFileSync(join(folder, 'notes.txt'), `${number}\n`.repeat(number));
    await engine.take({ name: `state ${number}`, ...(number > 1 && { hint: ['notes.txt'] }) });
  }
  await engine.dispose();
}

/** The view of a thousand snapshots: shown, filtered, a large folder of one expanded, the history of a file. */
export async function manySnapshots(window: EditorWindow, stopwatch: Stopwatch): Promise<void> {
  const { editor, page } = window;
  const newest = new RegExp(`^state ${snapshots}`);
  await stopwatch.step('1,000 snapshots shown', {
    act: () => pressIcon(editor),
    see: () => rowSight(view, newest),
    settle: rowSight(view, /^Current state.*no changes since/),
  });
  await chooseCommand(window, 'Snapstage: Filter Snapshots');
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-title', { hasText: 'Filter Snapshots' }).waitFor();
  await stopwatch.step('filtered', {
    act: async () => {
      await editor.quickInput.fill('state 777');
      return undefined;
    },
    see: () => rowSight(view, /^state 777/),
  });
  await stopwatch.picture('filtered');
  await stopwatch.step('no longer filtered', { act: () => page.keyboard.press('Escape'), see: () => rowSight(view, newest) });
  await row(window, view, newest).click();
  await row(window, view, /^many/).waitFor();
  await stopwatch.step('folder of 10,000 expanded', {
    act: () => row(window, view, /^many/).click(),
    see: () => rowSight(view, /^entry-/),
  });
  await stopwatch.picture('entries');
  await row(window, view, /^many/).click();
  const history = await openMenu(window, row(window, view, /^notes\.txt/), 'Show History');
  await stopwatch.step('history of 1,000 versions shown', { act: () => history.click(), see: () => rowSight('History', /^state/) });
  await stopwatch.picture('history');
}
