import type { ConflictRow, Decision, PageTexts, RowAction } from '../../src/editor/conflicts/conflictPage.ts';
import { button, drawing, element } from '../page/elements.ts';
import { radios } from './radios.ts';

export type Take = NonNullable<Decision['take']>;

export interface RowHooks {
  readonly choose: (take: Take) => void;
  readonly act: (action: RowAction['id']) => void;
  readonly toggle: () => void;
}

/** A row that is drawn. */
export interface DrawnRow {
  readonly element: HTMLElement;
  /** Shows what was decided; nothing else of the row changes. */
  readonly decide: (decision: Decision) => void;
  /** Shows its details, or none. */
  readonly open: (details: HTMLElement | undefined) => void;
}

/** One conflict: what it is, what was decided, what will happen, what can be looked at. */
export function drawRow(row: ConflictRow, place: number, texts: PageTexts, hooks: RowHooks): DrawnRow {
  const choice = radios({
    label: row.choicesLabel,
    name: `row-${place}`,
    options: row.choices,
    chosen: hooks.choose,
  });
  const result = element('span', {});
  const mark = element('span', { class: 'mark', 'aria-hidden': true });
  const caret = element(
    'span',
    { class: 'caret', title: texts.showDetails },
    drawing('svg', caretBox, drawing('path', { d: 'M5 3l5 5-5 5' })),
  );
  caret.addEventListener('click', hooks.toggle);
  const made = element(
    'div',
    { role: 'row', id: `conflict-${place}`, class: 'row', 'aria-level': 1 },
    element(
      'div',
      { role: 'gridcell', class: 'object' },
      caret,
      element(
        'div',
        { class: 'lines' },
        element(
          'div',
          { class: 'path', title: `${row.folder}${row.name}` },
          element('span', { class: 'folder' }, row.folder),
          element('span', { class: 'name' }, row.name),
        ),
        element(
          'div',
          { class: 'facts', title: [row.caution, row.facts].filter(Boolean).join('\n') },
          ...(row.caution === '' ? [] : [element('span', { class: 'caution' }, row.caution)]),
          row.facts,
        ),
      ),
    ),
    element('div', { role: 'gridcell', class: 'decision' }, choice.element),
    element('div', { role: 'gridcell', class: 'result' }, mark, result),
    element(
      'div',
      { role: 'gridcell', class: 'look' },
      ...row.actions.map(({ id, label, spoken }) =>
        button(label, `${row.key}:${id}`, () => hooks.act(id), { tabindex: -1, 'aria-label': spoken, class: 'link' }),
      ),
    ),
  );
  return {
    element: made,
    decide: ({ take, isWaiting, result: text }) => {
      choice.choose(take);
      result.textContent = text;
      result.title = text;
      made.classList.toggle('undecided', isWaiting);
      made.setAttribute('aria-label', [`${row.folder}${row.name}`, row.facts, row.caution, text].filter(Boolean).join(', '));
    },
    open: (details) => {
      made.setAttribute('aria-expanded', String(details !== undefined));
      caret.title = details === undefined ? texts.showDetails : texts.hideDetails;
      made.querySelector(':scope > .details')?.remove();
      if (details) made.append(details);
    },
  };
}

const caretBox = { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': true };
