/** The conflict view: draws what the editor tells, and tells the editor what is chosen. */
import type { ConflictsView, FromPage, Look, PageState, Sort, ToPage } from '../src/editor/conflicts/conflictPage.ts';
import { footBar, headBar, safeBar, toolBar } from './conflicts/bars.ts';
import { ConflictGrid } from './conflicts/grid.ts';
import { acquireEditor } from './page/editor.ts';
import { element } from './page/elements.ts';
import { waitingBar } from './page/waiting.ts';

/** What is kept over a reload of the window. */
interface KeptState extends Partial<PageState> {
  readonly look: Look;
  readonly active?: string | undefined;
  readonly open: readonly string[];
}

const vscode = acquireEditor<KeptState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const kept = vscode.getState();
let look: Look = { filter: '', isWaitingOnly: false, sort: 'path' satisfies Sort, ...kept?.look };
let state: Partial<PageState> = {};
let told = 0;

const keep = (): void => vscode.setState({ ...state, look, active: grid.active, open: [...grid.open] });
const grid = new ConflictGrid(
  {
    choose: (key, take) => send({ type: 'choose', key, take }),
    act: (key, action) => send({ type: 'action', key, action }),
    readDetails: (key, rows) => send({ type: 'details', key, rows }),
    chooseRow: (key, row, take) => send({ type: 'chooseRow', key, row, take }),
    chooseAllRows: (key, take) => send({ type: 'chooseAllRows', key, take }),
    changed: keep,
  },
  kept?.active,
  kept?.open ?? [],
);
const head = headBar();
const safe = safeBar(send);
const tools = toolBar(
  look,
  send,
  (next) => {
    look = next;
    keep();
    send({ type: 'look', look });
  },
  () => grid.nextWaiting(),
);
const foot = footBar(send);
const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const nothing = element('p', { class: 'hint nothing' });
const waiting = element('div', {});
const ready = element('div', { class: 'ready', hidden: true }, safe.element, tools.element, grid.element, nothing, foot.element);
document.body.append(element('main', {}, head.element, waiting, ready), status);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'view':
      return show(data.view);
    case 'rows':
      return grid.setRows(data.rows);
    case 'decisions':
      return grid.decide(data.decisions);
    case 'details':
      return grid.setDetails(data.details);
  }
});
// A diff beside takes the focus: who comes back goes on where they were.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body && !ready.hidden) grid.element.focus({ preventScroll: true });
});
send({ type: 'ready', look });

function show(view: ConflictsView): void {
  const { content, texts } = view;
  state = view.state;
  head.fill(view);
  const isFirst = ready.hidden;
  ready.hidden = content.state !== 'ready';
  waiting.replaceChildren(
    ...(content.state === 'ready' ? [] : [waitingBar(content, { tryAgain: texts.tryAgain, again: () => send({ type: 'again' }) })]),
  );
  if (content.state === 'ready') {
    for (const bar of [safe, tools, foot]) bar.fill(view, content);
    grid.setTexts(texts);
    grid.element.hidden = content.order.length === 0;
    nothing.hidden = content.order.length > 0;
    nothing.textContent = look.filter.trim() !== '' || look.isWaitingOnly ? texts.nothingShown : '';
    grid.setOrder(content.order);
    if (isFirst) grid.reveal();
    if (content.said.number !== told) status.textContent = content.said.text;
    told = content.said.number;
  }
  keep();
}
