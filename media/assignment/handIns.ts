import type { FeedbackCard, FromPage, HandInCard, PageTexts } from '../../src/editor/assignments/assignmentPage.ts';
import { button, element } from '../page/elements.ts';
import { factList } from './facts.ts';
import { markdownNodes } from './markdown.ts';

type Send = (message: FromPage) => void;

/** Hand-ins whose evidence is open: they stay so when the page is drawn anew. */
const opened = new Set<string>();

/** The hand-ins, each with what came back for it. */
export function handInCards(handIns: readonly HandInCard[], texts: PageTexts, send: Send): readonly HTMLElement[] {
  return handIns.map((handIn) => cardOf(handIn, texts, send));
}

function cardOf(handIn: HandInCard, texts: PageTexts, send: Send): HTMLElement {
  const { id, title, counts, caution, facts, isHere, feedback } = handIn;
  const about = (type: 'compare' | 'restore' | 'saveReceipt', label: string): HTMLElement =>
    button(label, `${type} ${id}`, () => send({ type, id }), { 'aria-label': `${label} ${title}` });
  return element(
    'article',
    { class: counts ? 'hand-in counting' : 'hand-in' },
    element('h3', {}, title, ...(counts ? [element('span', { class: 'mark' }, texts.counts)] : [])),
    ...(caution === '' ? [] : [element('p', { class: 'warning' }, caution)]),
    factList(facts),
    ...(feedback ? [feedbackOf(handIn.id, feedback, texts, send)] : []),
    evidenceOf(handIn, texts),
    element(
      'div',
      { class: 'buttons' },
      ...(isHere ? [about('compare', texts.compare)] : []),
      about('restore', texts.restore),
      about('saveReceipt', texts.saveReceipt),
    ),
  );
}

function evidenceOf({ id, evidence }: HandInCard, texts: PageTexts): HTMLElement {
  const details = element(
    'details',
    { open: opened.has(id) },
    element('summary', { 'data-key': `evidence ${id}` }, texts.evidence),
    element('ul', {}, ...evidence.map((sentence) => element('li', {}, sentence))),
  );
  details.addEventListener('toggle', () => void (details.open ? opened.add(id) : opened.delete(id)));
  return details;
}

function feedbackOf(id: string, { grade, comment, hidden, files }: FeedbackCard, texts: PageTexts, send: Send): HTMLElement {
  const rows =
    files?.map(({ path, label, size }) =>
      element(
        'li',
        {},
        button(label, `open ${id} ${path}`, () => send({ type: 'open', id, path }), { class: 'link' }),
        element('span', { class: 'hint' }, size),
      ),
    ) ?? [];
  return element(
    'div',
    { class: 'feedback' },
    element('h4', {}, texts.feedback),
    ...(hidden === '' ? [] : [element('p', { class: 'hint' }, hidden)]),
    ...(grade === '' ? [] : [factList([{ name: texts.grade, value: grade }])]),
    ...markdownNodes(comment),
    ...(files === null ? [button(texts.fetchFiles, `fetch ${id}`, () => send({ type: 'fetch', id }))] : []),
    ...(rows.length === 0 ? [] : [element('ul', { class: 'files' }, ...rows)]),
  );
}
