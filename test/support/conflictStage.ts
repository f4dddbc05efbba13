/**
 * The editor's side of the conflict view inside a browser, in place of VS Code: the real one, over deliveries that lie in memory. What is
 * said crosses as JSON, as it does in VS Code.
 */
import { parseFromPage, type FromPage, type ToPage } from '../../src/editor/conflicts/conflictPage.ts';
import { OpenConflicts } from '../../src/editor/conflicts/openConflicts.ts';
import { deliveriesOf } from './conflictScenes.ts';
import { delivery, type MemoryDeliveries } from './memoryDeliveries.ts';

/** What the tests look at and turn. */
export interface ConflictStage {
  readonly deliveries: MemoryDeliveries;
  readonly page: OpenConflicts;
  /** What was asked of the editor outside of the page. */
  readonly asked: string[];
  /** Of messages of the page, those that are none. */
  readonly refused: unknown[];
  isTrusted: boolean;
  agrees: boolean;
}

interface Browser {
  readonly location: { readonly search: string };
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  postMessage(message: ToPage): void;
  conflictStage?: ConflictStage;
  acquireVsCodeApi?: () => object;
}

const browser = globalThis as unknown as Browser;
const deliveries = deliveriesOf(new URLSearchParams(browser.location.search).get('scene') ?? 'small');
const asked: string[] = [];
const refused: unknown[] = [];
const cross = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;
const ask = (what: string): Promise<void> => Promise.resolve(void asked.push(what));

const page = new OpenConflicts({ folder: 'file:///course', delivery: delivery.id }, 'course', {
  api: deliveries,
  reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
  send: (message) => browser.postMessage(cross(message)),
  actions: {
    compare: (_, { place }) => ask(`compare ${place}`),
    merge: ({ place }) => ask(`merge ${place}`),
    apply: async ({ counts, from }) => {
      await ask(`apply ${JSON.stringify(counts)}`);
      await deliveries.receive({ delivery: delivery.id, from });
      return true;
    },
    confirmTakeBack: async (count) => {
      await ask(`take back ${count}`);
      return stage.agrees;
    },
    close: () => void asked.push('close'),
  },
});
const stage: ConflictStage = { deliveries, page, asked, refused, isTrusted: true, agrees: true };
browser.conflictStage = stage;
browser.acquireVsCodeApi = () => ({
  postMessage: (message: FromPage) => {
    const parsed = parseFromPage(cross(message));
    if (!parsed) refused.push(message);
    else page.answer(parsed).catch((error: unknown) => asked.push(`failed ${String(error)}`));
  },
  getState: () => JSON.parse(browser.sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state: unknown) => browser.sessionStorage.setItem('state', JSON.stringify(state)),
});
