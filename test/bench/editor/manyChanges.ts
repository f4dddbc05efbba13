import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pressIcon, view } from '../../ui/steps.ts';
import { readManifest } from '../compare.ts';
import { copyTree } from '../trees.ts';
import { restoreAndUndo, type Verdict } from './restoreAndUndo.ts';
import { now, type Stopwatch } from './stopwatch.ts';
import { chooseCommand, row, rowSight, type EditorWindow } from './window.ts';

export interface ManyChanges {
  readonly window: EditorWindow;
  readonly stopwatch: Stopwatch;
  /** As `makeNearlyEmpty` left it, open in the window. */
  readonly folder: string;
  /** The tree that then appears in it. */
  readonly pristine: string;
}

/** A folder that has next to nothing in it. */
export function makeNearlyEmpty(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'notes\n');
}

/** After the first snapshot a whole tree appears: all of it is listed, compared, planned to be deleted, deleted, brought back. */
export async function manyChanges({ window, stopwatch, folder, pristine }: ManyChanges): Promise<readonly Verdict[]> {
  const { editor, page } = window;
  await pressIcon(editor);
  const before = readManifest(folder);
  await stopwatch.step('first snapshot of one file', {
    act: () => page.locator('.monaco-button', { hasText: 'Take First Snapshot' }).click(),
    see: () => rowSight(view, /quick · /),
    settle: rowSight(view, /^Current state.*no changes since/),
  });
  const allNew = new RegExp(`^Current state.*${(readManifest(pristine).size + 1).toLocaleString('en')} new since`);
  await stopwatch.step('a tree appears', {
    act: () => {
      copyTree(pristine, join(folder, 'tree'));
      return Promise.resolve(now());
    },
    see: () => rowSight(view, allNew),
  });
  const after = readManifest(folder);
  await lookAtThem(window, stopwatch);
  return restoreAndUndo({ window, stopwatch, folder, plan: /Delete .* that came later/, undone: allNew }, before, after);
}

async function lookAtThem(window: EditorWindow, stopwatch: Stopwatch): Promise<void> {
  const { editor, page } = window;
  const current = row(window, view, /^Current state/);
  const firstChange = rowSight(view, /^tree/);
  // It stands expanded: once to, once fro.
  await current.click();
  await row(window, view, /^tree/).waitFor({ state: 'hidden' });
  await stopwatch.step('they are listed', { act: () => current.click(), see: () => firstChange });
  const more = row(window, view, /^[\d,]+ more/);
  for (let turns = 0; !(await more.isVisible()) && turns < 100; turns++) await page.mouse.wheel(0, 500);
  // Room for what comes below it.
  await page.mouse.wheel(0, 400);
  await stopwatch.step('more of them are listed', {
    act: () => more.click(),
    see: () => ({ selector: '.pane-body .monaco-list-row[aria-level="3"]' }),
  });
  await stopwatch.picture('many-changes');
  await chooseCommand(window, 'Snapstage: Show Changes since Last Snapshot');
  await stopwatch.step('they are compared by folder', {
    act: () => page.keyboard.press('Enter'),
    see: () => rowSight('Comparison', /^tree/),
    settle: { selector: '.pane .message', text: /new/ },
  });
  await stopwatch.picture('comparison');
  await editor.runCommand('Snapstage: Close Comparison');
  await editor.pane(view).locator('.pane-body').hover();
  await page.mouse.wheel(0, -1_000_000);
  await page.waitForTimeout(500);
  await current.click();
  // A click on the row that sticks to the top only goes there.
  await page.keyboard.press('ArrowLeft');
  await row(window, view, /^tree/).waitFor({ state: 'hidden' });
}
