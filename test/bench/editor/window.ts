/** The real editor with the probe in its extension host, and what a person does in it and sees, by the window's own clock. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { launchBrowser, newWorkbenchPage, openWorkbench } from '../../rig/browser.ts';
import { startServer } from '../../rig/server.ts';
import { Workbench } from '../../rig/workbench.ts';
import { Probe } from './probe.ts';

export interface WindowOptions {
  readonly folder: string;
  /** Folders of extensions, beside the probe. */
  readonly extensions: readonly string[];
  /** An absent folder for the window's own files. */
  readonly scratch: string;
  /** Where CPU profiles go. */
  readonly profiles: string | undefined;
}

/** Something that is there when an element that fits the selector is shown and holds the text. */
export interface Sight {
  readonly selector: string;
  readonly text?: RegExp;
}

/** Milliseconds between two looks: more often would keep the browser busy. */
const lookMilliseconds = 20;

/** How long a sight is waited for, in milliseconds. */
const patience = 180_000;

/** Git's extension starts a process for every folder that changes, which holds the extension host up for up to 200 ms each time. */
const ownStallsOnly = { 'git.enabled': false };

export class EditorWindow {
  readonly editor: Workbench;
  readonly probe: Probe;

  private constructor(editor: Workbench, probe: Probe) {
    this.editor = editor;
    this.probe = probe;
  }

  /** Opens a window in an editor of its own; resolves when the window and its extension host answer. */
  static async open({ folder, extensions, scratch, profiles }: WindowOptions): Promise<EditorWindow> {
    const probe = await Probe.make(join(scratch, 'probe'), profiles);
    const server = await startServer({ settings: ownStallsOnly });
    const browser = await launchBrowser();
    const page = await newWorkbenchPage(browser);
    const opened = new EditorWindow(new Workbench(server, browser, page), probe);
    try {
      await page.addInitScript({ content: noteInput });
      await openWorkbench(page, server, { folder, extensionDevelopmentPath: [...extensions, probe.folder] });
      await probe.wait();
      await opened.see({ selector: '.statusbar-item' });
      return opened;
    } catch (error) {
      await opened.editor.screenshot('bench-failed-to-open');
      await opened.close();
      throw error;
    }
  }

  get page(): Page {
    return this.editor.page;
  }

  /** When the sight is there, in milliseconds since 1970 by the window's clock. Throws when it does not come. */
  async see({ selector, text }: Sight): Promise<number> {
    const look = `(${timeOfSight})(${JSON.stringify({ selector, pattern: text?.source })})`;
    try {
      const seen = await this.page.waitForFunction<number>(look, undefined, { polling: lookMilliseconds, timeout: patience });
      return await seen.jsonValue();
    } catch (error) {
      throw new Error(`not seen: ${selector} ${text?.source ?? ''}`, { cause: error });
    }
  }

  /** When the last button or key was pressed. */
  lastInput(): Promise<number> {
    return this.page.evaluate<number>('window.lastInput');
  }

  close(): Promise<void> {
    return this.editor.close();
  }
}

/** A row of a view in the sidebar, as a sight. */
export function rowSight(view: string, text: RegExp): Sight {
  return { selector: `${paneSelector(view)} .pane-body .monaco-list-row`, text };
}

/** A row that is there already. */
export function row(window: EditorWindow, view: string, text: RegExp): Locator {
  return window.page.locator(`${paneSelector(view)} .pane-body .monaco-list-row`, { hasText: text }).first();
}

export function toastSight(text: RegExp): Sight {
  return { selector: '.notification-toast', text };
}

/** Opens a row's context menu; gives the entry that is to be clicked. */
export async function openMenu({ page }: EditorWindow, target: Locator, entry: string): Promise<Locator> {
  await target.click({ button: 'right' });
  const item = page.locator('.monaco-menu .action-menu-item', { hasText: entry }).first();
  await item.waitFor();
  // A click too soon after a menu has opened is taken for the end of the one that opened it.
  await page.waitForTimeout(300);
  return item;
}

/** Opens the palette and chooses a command, all but the last key. */
export async function chooseCommand({ editor }: EditorWindow, title: string): Promise<void> {
  await editor.openAndType(['F1'], `>${title}`);
  await editor.choice(title).first().waitFor();
}

function paneSelector(view: string): string {
  return `.pane:has(.pane-header[aria-label^="${view}"])`;
}

/** Runs in the page. */
const noteInput = `{
  const note = () => { window.lastInput = performance.timeOrigin + performance.now(); };
  for (const type of ['mousedown', 'keydown', 'input']) addEventListener(type, note, true);
}`;

/** Runs in the page. */
const timeOfSight = `({ selector, pattern }) => {
  const text = pattern === undefined ? undefined : new RegExp(pattern);
  const fits = (element) => element.checkVisibility() && (!text || text.test(element.textContent.replaceAll(/\\s+/g, ' ')));
  return Array.from(document.querySelectorAll(selector)).some(fits) && performance.timeOrigin + performance.now();
}`;
