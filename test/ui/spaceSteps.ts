/** The Space view in a real editor. */
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';

export const space = 'Space';
export const viewport = { width: 1280, height: 1100 };

/** A row of the Space view by what it says to a screen reader. */
export function spoken(editor: Workbench, label: string): Locator {
  return editor.pane(space).locator(`.monaco-list-row[aria-label^="${label}"]`).first();
}

/** The view is folded until somebody wants it. */
export async function openSpace(editor: Workbench): Promise<void> {
  const header = editor.pane(space).locator('.pane-header');
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  await editor.pane(space).locator('.pane-header[aria-expanded="true"]').waitFor();
}
