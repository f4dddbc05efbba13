/** The workbench of a rig server, in a headless Chromium. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Server } from './server.ts';

export interface WorkbenchOptions {
  /** The folder to open; absent, and no workspace: an empty window. */
  readonly folder?: string;
  /** A `.code-workspace` file to open instead. */
  readonly workspace?: string;
  /** Folders of extensions to load from their sources. */
  readonly extensionDevelopmentPath?: readonly string[];
  readonly extensionTestsPath?: string;
}

const isHeadless = process.env['SNAPSTAGE_HEADFUL'] === undefined;

/** How long, in milliseconds, a page is given for anything. Only a failing test waits so long: a slow machine is no failure. */
const patience = 120_000;

/** The program of a system Chromium (or the one named by SNAPSTAGE_CHROMIUM); `undefined` when there is none. */
export function findChromium(): string | undefined {
  const named = process.env['SNAPSTAGE_CHROMIUM'];
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  // The same engine without a browser around it: an editor costs a fifth less to open.
  const shell = isHeadless ? ['/usr/bin/chromium-headless-shell'] : [];
  return [...(named === undefined ? [] : [named]), ...shell, ...usual].find((program) => existsSync(program));
}

/**
 * Starts Chromium, headless unless SNAPSTAGE_HEADFUL is set; it can reach this machine only.
 * @throws Error when no Chromium is installed
 */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium here: run `node test/rig/setup.ts`.');
  return chromium.launch({
    executablePath,
    headless: isHeadless,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** A page in a fresh browser profile, with what the workbench expects around it. */
export async function newWorkbenchPage(browser: Browser, viewport = { width: 1280, height: 960 }): Promise<Page> {
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'], locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  // The wrapper that is left out would serve these: half of the key of the secret storage, and the files of a web app.
  const key = randomBytes(32);
  await page.route(
    (url) => url.pathname.endsWith('/mint-key'),
    (route) => route.fulfill({ status: 200, body: key }),
  );
  await page.route(
    (url) => url.pathname.endsWith('/manifest.json') || url.pathname.startsWith('/_static/'),
    (route) => route.fulfill({ status: 204 }),
  );
  return page;
}

/** The address of a server's workbench on a folder or workspace. */
export function workbenchUrl(server: Server, options: WorkbenchOptions): string {
  const url = new URL(server.origin);
  if (options.workspace !== undefined) url.searchParams.set('workspace', resolve(options.workspace));
  else if (options.folder !== undefined) url.searchParams.set('folder', resolve(options.folder));
  else url.searchParams.set('ew', 'true');
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Loads the workbench into a page; resolves when its document has loaded, before its parts are drawn. */
export async function openWorkbench(page: Page, server: Server, options: WorkbenchOptions): Promise<void> {
  const remote = (path: string): object => ({ scheme: 'vscode-remote', authority: new URL(server.origin).host, path: resolve(path) });
  const { extensionDevelopmentPath: extensions = [], extensionTestsPath: tests } = options;
  const development = {
    ...(extensions.length > 0 ? { extensions: extensions.map(remote) } : {}),
    ...(tests === undefined ? {} : { extensionTestsPath: remote(tests) }),
  };
  await page.addInitScript({ content: developWith(development) + letHoversPass + letToastsStay });
  await page.goto(workbenchUrl(server, options), { waitUntil: 'domcontentloaded' });
}

/**
 * The script that lets the pointer pass through hovers. One that comes up where the pointer has rested covers rows; a person moves the
 * pointer and it goes, but a click here is not begun while something lies over its target.
 */
const letHoversPass = `
  const passing = new CSSStyleSheet();
  passing.replaceSync('.context-view:has(.monaco-hover), .context-view:has(.monaco-hover) * { pointer-events: none !important }');
  document.adoptedStyleSheets.push(passing);`;

/**
 * The script that lets toasts stay three times as long as the 10, 12 and 15 seconds that VS Code's notificationsToasts.ts gives them by
 * severity: what a person sees of a toast at once, a test on a busy machine may look for later.
 */
const letToastsStay = `
  const setTimer = window.setTimeout;
  window.setTimeout = (run, delay, ...more) => setTimer(run, [10_000, 12_000, 15_000].includes(delay) ? 3 * delay : delay, ...more);`;

/**
 * The script that adds development options to the configuration, which the workbench reads from one attribute of its document. In the
 * address they would work only with a server flag that also hides every toast; a changed document would be refused the server's socket.
 */
function developWith(options: object): string {
  return `if (window.top === window) {
    const get = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name) {
      const value = get.call(this, name);
      if (name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration') return value;
      const configuration = JSON.parse(value);
      return JSON.stringify({ ...configuration, developmentOptions: { ...configuration.developmentOptions, ...${JSON.stringify(options)} } });
    };
  }`;
}
