import type { EditorWindow } from './window.ts';

/** High enough that all running extensions are drawn. */
const tall = { width: 1280, height: 2400 };

/**
 * Milliseconds that the extension took to be loaded and activated by VS Code's own account, in a window where it is active.
 * Throws when VS Code does not list it.
 */
export async function activationMilliseconds({ editor, page }: EditorWindow): Promise<number> {
  await page.setViewportSize(tall);
  await editor.runCommand('Developer: Show Running Extensions');
  const own = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'snapstage.snapstage' });
  const said = own.locator('.activation-time', { hasText: /\d+ms/ });
  await said.waitFor();
  return Number(/(\d+)ms/.exec(await said.innerText())?.[1]);
}
