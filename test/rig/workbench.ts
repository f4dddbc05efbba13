/** A person at the editor: what UI tests do and see. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser, newWorkbenchPage, openWorkbench } from './browser.ts';
import { installExtension, startServer, type Server, type ServerOptions } from './server.ts';

const project = resolve(import.meta.dirname, '..', '..');

export interface EditorOptions extends ServerOptions {
  readonly folder?: string;
  readonly workspace?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Folders of extensions to run from; absent: the project's alone, or none where a package is installed. */
  readonly extensions?: readonly string[];
  /** A package to install instead of the project's folder; absent: the one that SNAPSTAGE_VSIX names, if it does. */
  readonly vsix?: string;
  /** What the workbench must show before the editor counts as open; absent: Snapstage's icon in the activity bar. */
  readonly ready?: (workbench: Workbench) => Locator;
}

/** Starts a server and a browser and opens the workbench with the extension: from the project's folder or a package. Call `close` at the end. */
export async function openEditor(options: EditorOptions): Promise<Workbench> {
  const server = await startServer(options);
  const browser = await launchBrowser();
  const workbench = new Workbench(server, browser, await newWorkbenchPage(browser, options.viewport));
  try {
    const vsix = options.vsix ?? process.env['SNAPSTAGE_VSIX'];
    if (vsix !== undefined && (await installExtension(server, vsix)) !== 0) throw new Error(`${vsix} could not be installed`);
    const extensionDevelopmentPath = options.extensions ?? (vsix === undefined ? [project] : []);
    await openWorkbench(workbench.page, server, { ...options, extensionDevelopmentPath });
    const ready = options.ready?.(workbench) ?? workbench.activity('Snapstage');
    await ready.first().waitFor();
    return workbench;
  } catch (error) {
    await workbench.screenshot('failed-to-open').catch(() => undefined);
    await workbench.close();
    throw error;
  }
}

/** How long a menu or picker is waited for that may have been closed again. */
const closesSoon = { timeout: 5000 };

export class Workbench {
  readonly server: Server;
  readonly page: Page;
  readonly #browser: Browser;

  constructor(server: Server, browser: Browser, page: Page) {
    this.server = server;
    this.#browser = browser;
    this.page = page;
  }

  /** Opens the command palette, runs the command with this title (category included), and sees the palette close or ask on. */
  async runCommand(title: string): Promise<void> {
    await this.persist(async () => {
      await this.openAndType(['F1'], `>${title}`, this.choice(title));
      // A key would go to whatever has taken the focus meanwhile, an editor that is still opening for one.
      await this.choice(title).first().click(closesSoon);
    });
    await this.page.locator('.quick-input-widget input[aria-label*="Type the name of a command"]').waitFor({ state: 'hidden' });
  }

  /**
   * Opens the palette or a picker by its keys, types into it and sees what is expected. A dialog that is still closing, or an editor
   * that is still opening, takes the focus back and the picker closes: then it is opened once more.
   */
  async openAndType(keys: readonly string[], text: string, expected = this.quickInput): Promise<void> {
    await this.persist(async () => {
      for (const key of keys) await this.page.keyboard.press(key);
      await this.quickInput.fill(text, closesSoon);
      await expected.first().waitFor(closesSoon);
    });
  }

  /** Tries anew, by default after escape, what something that is still opening or being drawn can undo: an attempt ends soon if it fails. */
  async persist(attempt: () => Promise<void>, between = () => this.page.keyboard.press('Escape')): Promise<void> {
    for (let left = 4; ; left--) {
      try {
        return await attempt();
      } catch (error) {
        if (left === 0) throw error;
        await between();
      }
    }
  }

  /** The field of an open quick pick or input box. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type="text"], .quick-input-widget input[type="password"]').first();
  }

  /** A line of the open quick pick. */
  choice(label: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label });
  }

  /** Types into the open quick pick or input box and confirms. */
  async answer(text: string): Promise<void> {
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** An icon of the activity bar by its container's title. */
  activity(title: string): Locator {
    return this.page.locator('.activitybar .action-item', { has: this.page.locator(`.action-label[aria-label^="${title}"]`) });
  }

  /** A row of a tree in the sidebar or panel; one view only when its title is given. */
  row(label: string | RegExp, view?: string): Locator {
    const panes = view === undefined ? this.page.locator('.pane') : this.pane(view);
    return panes.locator('.pane-body .monaco-list-row', { hasText: label });
  }

  /** A view in the sidebar, header and body, by its title. */
  pane(title: string): Locator {
    return this.page.locator('.pane', { has: this.page.locator('.pane-header .title', { hasText: title }) });
  }

  /**
   * A button in the title of a view, there when the pointer is over the view or the focus in it. The title of a view that is
   * alone in its container is the container's.
   */
  viewAction(view: string, title: string): Locator {
    const button = `.action-label[aria-label^="${title}"]`;
    return this.pane(view)
      .locator(`.pane-header ${button}`)
      .or(this.page.locator(`.part .composite.title ${button}`))
      .first();
  }

  /** Opens a row's context menu and picks an entry, in a submenu after its name. A menu that is closed by something else is opened again. */
  async pickFromMenu(row: Locator, ...entries: readonly string[]): Promise<void> {
    await this.persist(async () => this.pressed(await this.menuEntry(row, entries)));
    await this.page.locator('.monaco-menu').first().waitFor({ state: 'hidden' });
  }

  /** Picks an entry behind the three dots in the header of a view. */
  async pickFromViewMenu(view: string, entry: string): Promise<void> {
    const header = this.pane(view).locator('.pane-header');
    await this.persist(async () => {
      await header.hover();
      await header.locator('.codicon-toolbar-more').click(closesSoon);
      await this.pressed(this.inMenu(entry));
    });
  }

  /** Goes down by the keys to an entry of the open context menu whose text begins like this, and presses Enter. */
  async chooseInMenu(entry: string): Promise<void> {
    const focused = this.page.locator('.monaco-menu .action-item.focused');
    await this.page.locator('.monaco-menu').waitFor();
    for (let step = 0; step < 20; step++) {
      await this.page.keyboard.press('ArrowDown');
      if ((await focused.innerText()).startsWith(entry)) return this.page.keyboard.press('Enter');
    }
    throw new Error(`no ${entry} in the menu`);
  }

  private inMenu(entry: string): Locator {
    return this.page.locator('.monaco-menu .action-menu-item', { hasText: entry }).first();
  }

  /** Opens a row's context menu down to an entry, in a submenu after its name, and leaves it open. */
  async openMenu(row: Locator, ...entries: readonly string[]): Promise<void> {
    await this.persist(async () => void (await this.menuEntry(row, entries)));
  }

  /** The last of these entries, as it is seen. */
  private async menuEntry(row: Locator, entries: readonly string[]): Promise<Locator> {
    await row.click({ button: 'right' });
    const items = entries.map((entry) => this.inMenu(entry));
    for (const item of items.slice(0, -1)) await this.pressed(item);
    await items.at(-1)!.waitFor(closesSoon);
    return items.at(-1)!;
  }

  private async pressed(item: Locator): Promise<void> {
    await item.waitFor(closesSoon);
    // A click too soon after a menu has opened is taken for the end of the one that opened it.
    await this.page.waitForTimeout(300);
    await item.click(closesSoon);
  }

  /** Presses a button on a row, there while the pointer is over it. A row that moves meanwhile is pointed at once more. */
  async pressInRow(row: Locator, title: string): Promise<void> {
    const press = async (): Promise<void> => {
      await row.hover();
      await row.locator(`.action-label[aria-label^="${title}"]`).click(closesSoon);
    };
    await this.persist(press, () => this.pointAway());
  }

  /** Points at something until its hover is there with this text. Where it is drawn anew meanwhile the hover goes: it is pointed at once more. */
  async hoverOver(target: Locator, text: string | RegExp): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible', { hasText: text }).first();
    const point = async (): Promise<void> => {
      await target.hover(closesSoon);
      await hover.waitFor(closesSoon);
    };
    await target.waitFor();
    await this.persist(point, () => this.pointAway());
    return hover;
  }

  /** Takes the pointer to where nothing answers to it. */
  async pointAway(): Promise<void> {
    await this.page.mouse.move(900, 500);
  }

  /** A notification toast that holds the text. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** Waits for a toast and returns its whole message. */
  async waitForToast(text: string | RegExp): Promise<string> {
    const toast = this.toast(text).first();
    await toast.waitFor();
    return toast.locator('.notification-list-item-message').innerText();
  }

  /** Clicks a button of a toast. */
  async pickInToast(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).first().locator('.monaco-button', { hasText: button }).first().click();
  }

  async clearToasts(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** The open modal dialog. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Waits for the modal dialog, clicks its button, sees it close, and returns what it said. Another one may open at once. */
  async answerDialog(button: string): Promise<string> {
    const text = this.dialog.locator('.dialog-message-container');
    await text.waitFor();
    const said = await text.innerText();
    await this.dialog.locator('.monaco-button', { hasText: button }).first().click();
    for (let tries = 0; (await text.count()) > 0 && (await text.innerText().catch(() => '')) === said; tries++) {
      if (tries === 200) throw new Error(`the dialog stays: ${said}`);
      await this.page.waitForTimeout(50);
    }
    return said;
  }

  /** An editor tab by its label. */
  tab(label: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: label });
  }

  /** An item of the status bar by its text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** The document inside the visible webview. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Writes a picture of the window to `out/shots` of the project and returns its path. */
  async screenshot(name: string): Promise<string> {
    const folder = join(project, 'out', 'shots');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Ends the browser and the server. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
  }
}

/** For `afterEach`: takes a picture when the test failed; `name` tells one of several windows from the others. */
export async function pictureOfFailure(context: Mocha.Context, workbench: Workbench | undefined, name = ''): Promise<void> {
  const test = context.currentTest;
  if (test?.state === 'failed') await workbench?.screenshot(`failed-${test.fullTitle()} ${name}`.trimEnd());
}
