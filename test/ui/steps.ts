/** Steps that several stories share, on top of the rig's page object. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../rig/workbench.ts';

/** The one view, by the title of its pane. */
export const view = 'Snapshots';

/** A row of the Snapshots view. */
export function row(editor: Workbench, label: string | RegExp): Locator {
  return editor.row(label, view).first();
}

/** Presses a button in the title; with a single view its title is the whole side bar's. */
export async function pressTitleButton(editor: Workbench, label: string): Promise<void> {
  await editor.page.locator(`.sidebar .composite.title .action-label[aria-label^="${label}"]`).click();
}

/** Opens a file by name, without the pointer, and waits for the caret to be in it. */
export async function openFile(editor: Workbench, name: string): Promise<void> {
  await editor.page.keyboard.press('Control+P');
  await editor.quickInput.waitFor();
  await editor.quickInput.fill(name);
  await editor.choice(name).first().waitFor();
  await editor.page.keyboard.press('Enter');
  await editor.tab(name).first().waitFor();
  await editor.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
}

/** Types at the beginning of the open file and saves it. */
export async function typeAndSave(editor: Workbench, line: string): Promise<void> {
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type(`${line}\n`);
  await editor.page.keyboard.press('Control+S');
}

/** Picks from a row's context menu. A click too soon after the menu opens is taken for the end of the one that opened it. */
export async function pickFromMenu(editor: Workbench, target: Locator, entry: string): Promise<void> {
  await target.click({ button: 'right' });
  const item = editor.page.locator('.monaco-menu .action-item', { hasText: entry }).first();
  await item.hover();
  await editor.page.waitForTimeout(300);
  await item.click();
  await editor.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
}

/** Changes a user setting of the running editor. */
export function changeSetting(editor: Workbench, key: string, value: unknown): void {
  const file = join(editor.server.userDataDir, 'User', 'settings.json');
  const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...settings, [key]: value }, null, 2));
}
