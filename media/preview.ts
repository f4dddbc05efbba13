/** The preview matrix: draws what the editor tells, and tells the editor what is asked for. */
import {
  exceptional,
  type Details,
  type FromPage,
  type Look,
  type PageState,
  type Place,
  type PreviewView,
  type ToPage,
} from '../src/editor/preview/previewPage.ts';
import { acquireEditor } from './page/editor.ts';
import { element } from './page/elements.ts';
import { keepingFocus } from './page/focus.ts';
import { waitingBar } from './page/waiting.ts';
import { footBar, headBar, toolBar } from './preview/bars.ts';
import { detailsOf } from './preview/details.ts';
import { MatrixGrid } from './preview/matrix.ts';

/** What is kept over a reload of the window. */
interface KeptState extends Partial<PageState> {
  readonly look: Look;
  readonly active?: Place | undefined;
  /** The place of which more is told. */
  readonly opened?: Place | undefined;
}

const vscode = acquireEditor<KeptState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const kept = vscode.getState();
let look: Look = { find: '', isInterestingOnly: false, sort: 'name', ...kept?.look };
let state: Partial<PageState> = {};
let opened = kept?.opened;
let told: Place | undefined;
let said = 0;
let closeText = '';

const keep = (): void => vscode.setState({ ...state, look, active: grid.active, opened });
const grid = new MatrixGrid(
  {
    opened: (place) => {
      opened = place;
      keep();
      send({ type: 'details', place });
    },
    chosen: ({ row, column }, key) => {
      const strategy = key === 'Delete' || key === 'Backspace' ? '' : exceptional[Number(key) - 1];
      if (row !== null && column !== null && strategy !== undefined) send({ type: 'exception', row, column, strategy });
    },
    left: () => close(),
    changed: keep,
  },
  kept?.active,
);
const head = headBar();
const tools = toolBar(look, send, (next) => {
  look = next;
  keep();
  send({ type: 'look', look });
});
const foot = footBar(send);
const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const nothing = element('p', { class: 'hint nothing' });
const details = element('div', {});
const waiting = element('div', {});
const ready = element('div', { class: 'ready', hidden: true }, tools.element, grid.element, nothing, details, foot.element);
document.body.append(element('main', {}, head.element, waiting, ready), status);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'view':
      return show(data.view);
    case 'matrix':
      return grid.setMatrix(data.rows, data.columns);
    case 'details':
      return tell(data.details);
  }
});
// A diff beside takes the focus: who comes back goes on where they were.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body && !ready.hidden) grid.element.focus({ preventScroll: true });
});
details.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') close();
});
send({ type: 'ready', look });
if (opened) send({ type: 'details', place: opened });

function show(view: PreviewView): void {
  const { content, texts } = view;
  ({ state } = view);
  closeText = texts.close;
  head.fill(view);
  const isFirst = ready.hidden;
  ready.hidden = content.state !== 'ready';
  waiting.replaceChildren(
    ...(content.state === 'ready' ? [] : [waitingBar(content, { tryAgain: texts.tryAgain, again: () => send({ type: 'again' }) })]),
  );
  if (content.state === 'ready') {
    for (const bar of [tools, foot]) bar.fill(view, content);
    grid.setTexts(texts);
    grid.element.hidden = content.rows.length === 0;
    nothing.hidden = content.rows.length > 0;
    nothing.textContent = texts.nothingShown;
    grid.setOrder(content.rows, content.columns);
    if (isFirst) grid.reveal();
    if (content.said.number !== said) status.textContent = content.said.text;
    said = content.said.number;
  }
  keep();
}

/** Told to who can't see it, too: the focus stays in the matrix. */
function tell(shown: Details | null): void {
  if (!shown) return close();
  const { row, column } = shown.place;
  if (opened?.row !== row || opened.column !== column) return;
  const isOther = details.childElementCount === 0 || row !== told?.row || column !== told.column;
  told = shown.place;
  keepingFocus(() => details.replaceChildren(detailsOf(shown, closeText, send, close)));
  status.textContent = [shown.title, ...shown.facts.map(({ name, value }) => `${name}: ${value}`)].join('. ');
  // Whoever has looked elsewhere since goes on there.
  if (isOther) grid.reveal();
}

function close(): void {
  const isIn = details.contains(document.activeElement);
  opened = undefined;
  details.replaceChildren();
  if (isIn) grid.element.focus({ preventScroll: true });
  keep();
}
