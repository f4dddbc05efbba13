/** How alike hand-ins are: draws what the editor tells, and tells the editor what is asked for. */
import type { PageState } from '../src/editor/assignments/pageState.ts';
import type { FromPage, Look, SimilarityView, ToPage } from '../src/editor/assignments/similarityPage.ts';
import { acquireEditor } from './page/editor.ts';
import { element } from './page/elements.ts';
import { keepingFocus } from './page/focus.ts';
import { showProgress, waitingBar } from './page/waiting.ts';
import { headBar, toolBar } from './similarity/bars.ts';
import { PairGrid } from './similarity/grid.ts';

/** What is kept over a reload of the window. */
interface KeptState extends Partial<PageState> {
  readonly look: Look;
  readonly active?: string | undefined;
  readonly open: readonly string[];
}

const vscode = acquireEditor<KeptState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const kept = vscode.getState();
let look: Look = { find: '', sort: 'ofOne', isDescending: true, ...kept?.look };
let state: Partial<PageState> = {};
let said = 0;

const keep = (): void => vscode.setState({ ...state, look, active: grid.active, open: [...grid.open] });
const looked = (next: Look): void => {
  look = next;
  grid.setSort(look);
  keep();
  send({ type: 'look', look });
};
const tell = (text: string): void => {
  status.textContent = text;
};
const grid = new PairGrid(
  {
    readDetails: (key) => send({ type: 'details', key }),
    open: (key, place, passage) => send({ type: 'open', key, place, passage }),
    sort: (sort, isDescending) => looked({ ...look, sort, isDescending }),
    told: tell,
    changed: keep,
  },
  kept?.active,
  kept?.open ?? [],
);
const head = headBar();
const tools = toolBar(look.find, send, (find) => looked({ ...look, find }));
const keys = element('p', { class: 'hint' });
const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const nothing = element('p', { class: 'hint nothing' });
const waiting = element('div', {});
const ready = element('div', { class: 'ready', hidden: true }, tools.element, grid.element, nothing, element('footer', {}, keys));
document.body.append(element('main', {}, head.element, waiting, ready), status);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'view':
      return show(data.view);
    case 'rows':
      return grid.setRows(data.rows);
    case 'details':
      return grid.setDetails(data.details);
    case 'progress':
      return showProgress(data.text, data.fraction);
  }
});
// The files beside take the focus: who comes back goes on where they were.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body && !ready.hidden) grid.element.focus({ preventScroll: true });
});
send({ type: 'ready', look });

function show(view: SimilarityView): void {
  const { content, texts } = view;
  ({ state } = view);
  head.fill(view);
  const isFirst = ready.hidden;
  ready.hidden = content.state !== 'ready';
  const ways = {
    tryAgain: texts.tryAgain,
    again: () => send({ type: 'again' }),
    cancel: { label: texts.cancel, pressed: () => send({ type: 'cancel' }) },
  };
  keepingFocus(() => waiting.replaceChildren(...(content.state === 'ready' ? [] : [waitingBar(content, ways)])));
  if (content.state === 'ready') {
    tools.fill(view, content);
    keys.textContent = texts.keys;
    grid.setTexts(texts);
    grid.setSort(look);
    grid.element.hidden = content.order.length === 0;
    nothing.hidden = content.order.length > 0;
    nothing.textContent = content.nothing;
    grid.setOrder(content.order);
    if (isFirst) grid.reveal();
    if (content.said.number !== said) tell(content.said.text);
    said = content.said.number;
  }
  keep();
}
