/** A page in a browser without VS Code, with its colours and the editor's real other side. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../rig/browser.ts';
import type { PageStage } from '../support/pageStage.ts';
import { project } from '../support/texts.ts';

export const themes = ['vs-dark', 'vs', 'hc-black', 'hc-light'] as const;

export type Theme = (typeof themes)[number];

const bodyClasses: Readonly<Record<Theme, string>> = {
  'vs-dark': 'vscode-dark',
  vs: 'vscode-light',
  'hc-black': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast vscode-high-contrast-light',
};

/** What VS Code gives to a webview in each theme, as far as our style sheets ask for it. */
const colours = JSON.parse(readFileSync(join(project, 'test/support/themes.json'), 'utf8')) as Readonly<
  Record<Theme, Readonly<Record<string, string>>>
>;

const origin = 'http://localhost:9';

/** The editor's side as one script for a browser. */
async function stageScript(stage: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(project, 'test/support', `${stage}.ts`)],
    alias: { vscode: join(project, 'test/support/vscodeWords.ts') },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome140',
  });
  return outputFiles[0]!.text;
}

function documentOf(name: string, theme: Theme): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${origin}; script-src 'nonce-of-test'">
    <link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/page.css">
    <script nonce="of-test" src="/stage.js"></script><script nonce="of-test" type="module" src="/page.js"></script>
    </head><body class="${bodyClasses[theme]}"></body></html>`;
}

function styleOf(theme: Theme): string {
  const lines = Object.entries(colours[theme]).map(([name, value]) => `${name}: ${value};`);
  return `:root { ${lines.join('\n')} }`;
}

function rowSelector(index: number): string {
  return `[role=row][aria-rowindex="${index + 2}"]`;
}

/** A person at the page. */
export class PageInBrowser<Stage extends PageStage> {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #first: string;
  #theme: Theme = 'vs-dark';

  private constructor(browser: Browser, page: Page, first: string) {
    this.#browser = browser;
    this.#first = first;
    this.page = page;
  }

  /** The page `name` of the extension, with `<stage>.ts` of the tests' support as its other side; `first` is there once it shows something. */
  static async start<Stage extends PageStage>(
    name: string,
    stage: string,
    viewport = { width: 1280, height: 800 },
    first = rowSelector(0),
  ): Promise<PageInBrowser<Stage>> {
    const script = await stageScript(stage);
    const browser = await launchBrowser();
    // What is shown is of fixed times, and so is their day.
    const page = await (await browser.newContext({ viewport, locale: 'en-US', timezoneId: 'UTC' })).newPage();
    page.setDefaultTimeout(60_000);
    const opened = new PageInBrowser<Stage>(browser, page, first);
    const media = (ending: string): string => readFileSync(join(project, 'dist/media', `${name}.${ending}`), 'utf8');
    await page.route(`${origin}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      const javascript = 'text/javascript';
      if (pathname === '/stage.js') return route.fulfill({ contentType: javascript, body: script });
      if (pathname === '/page.js') return route.fulfill({ contentType: javascript, body: media('js') });
      if (pathname === '/page.css') return route.fulfill({ contentType: 'text/css', body: media('css') });
      if (pathname === '/theme.css') return route.fulfill({ contentType: 'text/css', body: styleOf(opened.#theme) });
      return route.fulfill({ contentType: 'text/html', body: documentOf(name, opened.#theme) });
    });
    return opened;
  }

  /** Opens a scene anew; what the page kept of another one is forgotten. */
  async open(scene: string, theme: Theme = 'vs-dark'): Promise<void> {
    this.#theme = theme;
    await this.page.goto(`${origin}/?scene=${scene}`);
    await this.page.evaluate('sessionStorage.clear()');
    await this.reload();
  }

  /** Waits until it shows something. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator(this.#first).first().waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  get grid(): Locator {
    return this.page.locator('[role=treegrid], [role=grid]');
  }

  /** By its place among those shown. */
  row(index: number): Locator {
    return this.page.locator(rowSelector(index));
  }

  get active(): Locator {
    return this.grid.locator('.active');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  get status(): Locator {
    return this.page.locator('[role=status].unseen');
  }

  /** Looks at or turns something behind the page. */
  stage<T>(look: (stage: Stage) => T): Promise<T> {
    return this.page.evaluate(`(${look.toString()})(pageStage)`) as Promise<T>;
  }

  async screenshot(name: string): Promise<void> {
    const folder = join(project, 'out', 'shots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
