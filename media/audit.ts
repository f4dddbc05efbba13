/** The audit trail: draws what the editor tells, and tells the editor what is asked for. */
import type { AuditView, FromPage, Look, PageState, ToPage } from '../src/editor/audit/auditPage.ts';
import { headBar, reportBar, toolBar } from './audit/bars.ts';
import { AuditGrid } from './audit/grid.ts';
import { acquireEditor } from './page/editor.ts';
import { element } from './page/elements.ts';
import { waitingBar } from './page/waiting.ts';

/** What is kept over a reload of the window. */
interface KeptState extends Partial<PageState> {
  readonly look: Look;
  readonly active?: string | undefined;
  readonly open: readonly string[];
}

const everything: Look = { find: '', person: '', kind: '', assignment: '' };
const vscode = acquireEditor<KeptState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const kept = vscode.getState();
let look: Look = { ...everything, ...kept?.look };
let state: Partial<PageState> = {};
let told = 0;
/** The record that is to be shown when all are. */
let wanted: string | undefined;

const keep = (): void => vscode.setState({ ...state, look, active: grid.active, open: [...grid.open] });
const grid = new AuditGrid({ readDetails: (key) => send({ type: 'details', key }), goTo, changed: keep }, kept?.active, kept?.open ?? []);
const head = headBar();
const tools = toolBar(look, send, (next) => {
  look = next;
  keep();
  send({ type: 'look', look });
});
const report = reportBar(send, goTo);
const keys = element('p', { class: 'hint' });
const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const nothing = element('p', { class: 'hint nothing' });
const waiting = element('div', {});
const foot = element('footer', {}, keys);
const ready = element('div', { class: 'ready', hidden: true }, tools.element, report.element, grid.element, nothing, foot);
document.body.append(element('main', {}, head.element, waiting, ready), status);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case 'view':
      return show(data.view);
    case 'lookAt':
      return tools.lookAt(data.look);
    case 'rows':
      return grid.setRows(data.rows);
    case 'details':
      return grid.setDetails(data.details);
  }
});
send({ type: 'ready', look });

function show(view: AuditView): void {
  const { content, texts } = view;
  ({ state } = view);
  head.fill(view);
  const isFirst = ready.hidden;
  ready.hidden = content.state !== 'ready';
  waiting.replaceChildren(
    ...(content.state === 'ready' ? [] : [waitingBar(content, { tryAgain: texts.tryAgain, again: () => send({ type: 'again' }) })]),
  );
  if (content.state === 'ready') {
    for (const bar of [tools, report]) bar.fill(view, content);
    keys.textContent = texts.keys;
    grid.setTexts(texts);
    grid.element.hidden = content.order.length === 0;
    nothing.hidden = content.order.length > 0;
    nothing.textContent = texts.nothingShown;
    grid.setOrder(content.order);
    if (isFirst) grid.reveal();
    if (wanted !== undefined && grid.show(wanted)) wanted = undefined;
    if (content.said.number !== told) status.textContent = content.said.text;
    told = content.said.number;
  }
  keep();
}

/** What the filters leave out is shown by taking them away. */
function goTo(key: string): void {
  if (grid.show(key)) return;
  wanted = key;
  tools.lookAt(everything);
}
