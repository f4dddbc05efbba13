/** Steps that several stories share, on top of the rig's page object. */
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
  await item.waitFor();
  await editor.page.waitForTimeout(300);
  await item.click();
  await editor.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
}

/** Picks a colour theme by its label, and waits for the workbench to be of that base: vs, vs-dark, hc-black, hc-light. */
export async function pickTheme(editor: Workbench, label: string, base: string): Promise<void> {
  await editor.page.keyboard.press('Control+K');
  await editor.page.keyboard.press('Control+T');
  await editor.choice('Solarized Light').waitFor();
  await editor.quickInput.fill(label);
  await editor.choice('Solarized Light').waitFor({ state: 'hidden' });
  await editor.page.keyboard.press('Enter');
  await editor.page.locator(`.monaco-workbench.${base}`).waitFor();
  // Menus that are open while the theme settles are closed.
  await editor.page.waitForTimeout(1000);
}

/** Waits until the palette knows the extension's commands: at first it lacks those that want a trusted folder. */
export async function waitForCommands(editor: Workbench): Promise<void> {
  const command = editor.choice('Snapstage: Take Snapshot').first();
  for (let tries = 0; !(await command.isVisible()); tries++) {
    if (tries === 30) throw new Error('the palette does not show the commands');
    await editor.page.keyboard.press('Escape');
    await editor.page.keyboard.press('F1');
    await editor.quickInput.fill('>Snapstage: Take Snapshot');
    await editor.page.waitForTimeout(500);
  }
  await editor.page.keyboard.press('Escape');
}
