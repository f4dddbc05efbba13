import { view } from '../../ui/steps.ts';
import { compareManifests, readManifest, type Difference, type Manifest } from '../compare.ts';
import type { Stopwatch } from './stopwatch.ts';
import { openMenu, rowSight, toastSight, type EditorWindow } from './window.ts';

/** How the folder compares with what it should be; no differences: equal. */
export interface Verdict {
  readonly after: string;
  readonly differences: readonly Difference[];
}

export interface RestoreParts {
  readonly window: EditorWindow;
  readonly stopwatch: Stopwatch;
  readonly folder: string;
  /** What the sentence of the plan must say. */
  readonly plan: RegExp;
  /** What the current state's row must say again after the undo. */
  readonly undone: RegExp;
}

/** Restores the oldest snapshot, by its plan in full, then undoes it; `first` was there at that snapshot, `last` is there now. */
export async function restoreAndUndo(parts: RestoreParts, first: Manifest, last: Manifest): Promise<readonly Verdict[]> {
  const { window, stopwatch, folder, plan, undone } = parts;
  const { editor } = window;
  const restore = await openMenu(window, editor.row(/quick · /, view).last(), 'Restore');
  await stopwatch.step('plan of a restore shown', {
    act: () => restore.click(),
    see: () => ({ selector: '.monaco-dialog-box', text: plan }),
  });
  await stopwatch.picture('plan');
  await stopwatch.step('all of the plan listed', {
    act: () => editor.dialog.locator('.monaco-button', { hasText: 'Show Details' }).click(),
    see: () => ({ selector: '.quick-input-list .monaco-list-row', text: /Restore/ }),
  });
  await stopwatch.picture('plan-listed');
  await stopwatch.step('restored', {
    act: () => editor.choice('Restore').first().click(),
    see: () => toastSight(/Restored from/),
    settle: rowSight(view, /^Current state.*no changes since .* was restored/),
  });
  await stopwatch.picture('restored');
  const restored: Verdict = { after: 'restore', differences: compareManifests(first, readManifest(folder)) };
  await stopwatch.step('undone', {
    act: () => editor.pickInToast('Restored from', 'Undo'),
    see: () => toastSight(/Undone/),
    settle: rowSight(view, undone),
  });
  await stopwatch.picture('undone');
  return [restored, { after: 'undo', differences: compareManifests(last, readManifest(folder)) }];
}
