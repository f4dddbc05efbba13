/** The Space view in a real editor. */
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';
import { pickTheme, pressIcon } from './steps.ts';

export const space = 'Space';
export const viewport = { width: 1280, height: 1100 };

/** A row of the Space view by what it says to a screen reader. */
export function spoken(editor: Workbench, label: string): Locator {
  return editor.pane(space).locator(`.monaco-list-row[aria-label^="${label}"]`).first();
}

/** The view is folded until somebody wants it; the Snapshots view is folded in its place, as rows out of sight are not there. */
export async function openSpace(editor: Workbench): Promise<void> {
  await fold(editor, 'Snapshots');
  const header = editor.pane(space).locator('.pane-header');
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  await editor.pane(space).locator('.pane-header[aria-expanded="true"]').waitFor();
}

/** Shows the view, in dark, with the others folded: there is room for the one that a story is about. */
export async function showSpace(editor: Workbench): Promise<void> {
  await pickTheme(editor, 'Dark Modern', 'vs-dark');
  await pressIcon(editor);
  await openSpace(editor);
  await fold(editor, 'Snapshots', 'Stage');
}

export async function fold(editor: Workbench, ...views: readonly string[]): Promise<void> {
  for (const view of views) {
    const header = editor.pane(view).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
    await editor.pane(view).locator('.pane-header[aria-expanded="false"]').waitFor();
  }
}

/** Ticks a row of the open quick pick, and goes on. */
export async function tick(editor: Workbench, label: string): Promise<void> {
  await editor.choice(label).first().click();
  await editor.page.locator('.quick-input-widget', { hasText: '1 Selected' }).waitFor();
  await editor.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
}
