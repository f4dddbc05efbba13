/** An assignment: draws what the editor tells, and tells the editor what is asked for. */
import type { AssignmentPageView, FromPage, ReadyContent, ToPage } from '../src/editor/assignments/assignmentPage.ts';
import type { PageState } from '../src/editor/assignments/pageState.ts';
import { handInCards } from './assignment/handIns.ts';
import { markdownNodes } from './assignment/markdown.ts';
import { factList } from './assignment/facts.ts';
import { acquireEditor } from './page/editor.ts';
import { button, element } from './page/elements.ts';
import { keepingFocus } from './page/focus.ts';
import { waitingBar } from './page/waiting.ts';

const vscode = acquireEditor<PageState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

const status = element('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
const main = element('main', {});
let told = 0;

document.body.append(main, status);
window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => keepingFocus(() => show(data.view)));
send({ type: 'ready' });

function show(view: AssignmentPageView): void {
  const { title, subtitle, content, texts } = view;
  const head = element('header', {}, element('h1', {}, title), element('p', { class: 'hint' }, subtitle));
  if (content.state === 'ready') {
    main.replaceChildren(head, ...ready(view, content));
    if (content.said.number !== told) status.textContent = content.said.text;
    told = content.said.number;
  } else main.replaceChildren(head, waitingBar(content, { tryAgain: texts.tryAgain, again: () => send({ type: 'again' }) }));
  vscode.setState(view.state);
}

function ready({ texts }: AssignmentPageView, content: ReadyContent): readonly HTMLElement[] {
  const { urgency, isClosed, left, standing, canHandIn, facts, description, handIns } = content;
  const time = element('strong', { class: `time ${isClosed ? 'closed' : urgency}` }, left);
  const bar = element(
    'div',
    { class: 'bar' },
    time,
    ...(standing === '' ? [] : [element('span', { class: 'standing' }, standing)]),
    ...(canHandIn ? [button(texts.handIn, 'handIn', () => send({ type: 'handIn' }), { class: 'primary' })] : []),
  );
  const task = element(
    'section',
    { class: 'task' },
    element('h2', {}, texts.task),
    ...(description.length === 0 ? [element('p', { class: 'hint' }, texts.nothingSaid)] : markdownNodes(description)),
  );
  const own =
    standing === ''
      ? []
      : [
          element(
            'section',
            {},
            element('h2', {}, texts.handIns),
            ...(handIns.length === 0 ? [element('p', { class: 'hint' }, texts.noHandIns)] : handInCards(handIns, texts, send)),
          ),
        ];
  return [bar, factList(facts), task, ...own];
}
