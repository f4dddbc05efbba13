/** The editor's side of a page inside a browser, in place of VS Code. What is said crosses as JSON, as it does in VS Code. */

interface Browser {
  readonly location: { readonly search: string };
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  postMessage(message: unknown): void;
  pageStage?: unknown;
  acquireVsCodeApi?: () => object;
}

const browser = globalThis as unknown as Browser;
const cross = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;

/** What the tests look at and turn, whatever the page. */
export interface PageStage {
  /** What was asked of the editor outside of the page. */
  readonly asked: string[];
  /** Of messages of the page, those that are none. */
  readonly refused: unknown[];
  isTrusted: boolean;
}

/** The scene that the page's address asks for. */
export function sceneAsked(): string {
  return new URLSearchParams(browser.location.search).get('scene') ?? 'small';
}

/** What the page keeps over a reload; VS Code gives it to the editor's side too. */
export function keptByPage(): unknown {
  return JSON.parse(browser.sessionStorage.getItem('state') ?? 'null');
}

export function newStage(): PageStage {
  return { asked: [], refused: [], isTrusted: true };
}

export function sendToPage(message: unknown): void {
  browser.postMessage(cross(message));
}

/** Lets the page speak with its other side, and the tests with the stage. */
export function connect<FromPage>(
  stage: PageStage,
  parse: (value: unknown) => FromPage | undefined,
  answer: (message: FromPage) => Promise<void>,
): void {
  browser.pageStage = stage;
  browser.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => {
      const parsed = parse(cross(message));
      if (!parsed) stage.refused.push(message);
      else answer(parsed).catch((error: unknown) => stage.asked.push(`failed ${String(error)}`));
    },
    getState: keptByPage,
    setState: (state: unknown) => browser.sessionStorage.setItem('state', JSON.stringify(state)),
  });
}
