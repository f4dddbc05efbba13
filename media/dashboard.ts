/** An assignment's dashboard: draws what the editor tells, and tells the editor what is asked for. */
import type { DashboardView, Details, FromPage, Look, ToPage } from '../src/editor/assignments/dashboardPage.ts';
import type { PageState } from '../src/editor/assignments/pageState.ts';
import { bulkBar, headBar, toolBar } from './dashboard/bars.ts';
import { MemberDetails, type Draft } from './dashboard/details.ts';
import { MemberGrid } from './dashboard/grid.ts';
import { acquireEditor } from './page/editor.ts';
import { element } from './page/elements.ts';
import { waitingBar } from './page/waiting.ts';

/** What is kept over a reload of the window. */
interface KeptState extends Partial<PageState> {
  readonly look: Look;
  readonly active?: string | undefined;
  readonly selected: readonly string[];
  /** The member and the hand-in of which more is told. */
  readonly opened?: { readonly member: string; readonly handIn: string | null } | undefined;
  /** Feedback that is not saved yet, by hand-in. */
  readonly drafts: readonly (readonly [handIn: string, draft: Draft])[];
}

const vscode = acquireEditor<KeptState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const kept = vscode.getState();
let look: Look = { find: '', show: 'all', sort: 'name', ...kept?.look };
let state: Partial<PageState> = {};
let opened = kept?.opened;
let said = 0;

const keep = (): void =>
  vscode.setState({ ...state, look, active: grid.active, selected: [...grid.selected], opened, drafts: [...details.drafts] });
const tell = (text: string): void => {
  status.textContent = text;
};
const grid = new MemberGrid(
  {
    opened: (member) => open(member, null),
    compare: (handIn) => send({ type: 'handIn', action: 'compare', handIn }),
    selected: (text) => {
      tell(text);
      bulk.count(grid.selected.size);
      keep();
    },
    left: () => close(),
    changed: keep,
  },
  kept?.active,
  kept?.selected ?? [],
);
const details = new MemberDetails(
  {
    send,
    shown: (handIn) => {
      if (opened) open(opened.member, handIn);
    },
    next: () => grid.openNext(),
    closed: () => close(),
    changed: keep,
  },
  kept?.drafts ?? [],
);
const head = headBar(send);
const tools = toolBar(look, (next) => {
  look = next;
  keep();
  send({ type: 'look', look });
});
const bulk = bulkBar(
  (isSelected) => grid.selectShown(isSelected),
  (action) => send({ type: 'bulk', action, members: [...grid.selected] }),
);
const keys = element('p', { class: 'hint' });
const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const nothing = element('p', { class: 'hint nothing' });
const waiting = element('div', {});
const ready = element(
  'div',
  { class: 'ready', hidden: true },
  head.summary,
  tools.element,
  bulk.element,
  grid.element,
  nothing,
  details.element,
  element('footer', {}, keys),
);
document.body.append(element('main', {}, head.element, waiting, ready), status);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'view':
      return show(data.view);
    case 'rows':
      return grid.setRows(data.rows);
    case 'details':
      return showDetails(data.details);
  }
});
// A diff beside takes the focus: who comes back goes on where they were.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body && !ready.hidden) grid.element.focus({ preventScroll: true });
});
send({ type: 'ready', look });
if (opened) send({ type: 'details', ...opened });

function show(view: DashboardView): void {
  const { content, texts } = view;
  ({ state } = view);
  head.fill(view);
  const isFirst = ready.hidden;
  ready.hidden = content.state !== 'ready';
  waiting.replaceChildren(
    ...(content.state === 'ready' ? [] : [waitingBar(content, { tryAgain: texts.tryAgain, again: () => send({ type: 'again' }) })]),
  );
  if (content.state === 'ready') {
    for (const bar of [tools, bulk]) bar.fill(view, content);
    keys.textContent = texts.keys;
    grid.setTexts(texts);
    details.setTexts(texts);
    grid.element.hidden = content.order.length === 0;
    nothing.hidden = content.order.length > 0;
    nothing.textContent = texts.nothingShown;
    grid.setOrder(content.order);
    bulk.count(grid.selected.size);
    if (isFirst) grid.reveal();
    if (content.said.number !== said) tell(content.said.text);
    said = content.said.number;
  }
  keep();
}

function open(member: string, handIn: string | null): void {
  opened = { member, handIn };
  keep();
  send({ type: 'details', ...opened });
}

/** Told to who can't see it, too: the focus stays where it is. */
function showDetails(shown: Details | null): void {
  if (!shown) return close();
  if (opened?.member !== shown.member) return;
  const isOther = details.show(shown);
  if (!isOther) return;
  tell([shown.title, ...shown.facts.map(({ name, value }) => `${name}: ${value}`)].join('. '));
  grid.reveal();
}

function close(): void {
  const isIn = details.element.contains(document.activeElement);
  opened = undefined;
  details.hide();
  if (isIn) grid.element.focus({ preventScroll: true });
  keep();
}
