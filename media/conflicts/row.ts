import type { ConflictRow, Decision, PageTexts, RowAction } from '../../src/editor/conflicts/conflictPage.ts';
import { button, element } from '../page/elements.ts';
import { caretFor } from '../page/caret.ts';
import type { DrawnRow } from '../page/rowGrid.ts';
import { radios } from './radios.ts';

export type Take = NonNullable<Decision['take']>;

export interface RowHooks {
  readonly choose: (take: Take) => void;
  readonly act: (action: RowAction['id']) => void;
  readonly toggle: () => void;
}

/** A conflict that is drawn. */
export interface DrawnConflict extends DrawnRow {
  /** Shows what was decided; nothing else of the row changes. */
  readonly decide: (decision: Decision) => void;
}

/** One conflict: what it is, what was decided, what will happen, what can be looked at. */
export function drawRow(row: ConflictRow, place: number, texts: PageTexts, hooks: RowHooks): DrawnConflict {
  const choice = radios({
    label: row.choicesLabel,
    name: `row-${place}`,
    options: row.choices,
    chosen: hooks.choose,
  });
  const result = element('span', {});
  const mark = element('span', { class: 'mark', 'aria-hidden': true });
  const caret = caretFor(texts, hooks.toggle);
  const made = element(
    'div',
    { role: 'row', id: `conflict-${place}`, class: 'row', 'aria-level': 1 },
    element(
      'div',
      { role: 'gridcell', class: 'object' },
      caret.element,
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
      caret.turn(details !== undefined);
      made.querySelector(':scope > .details')?.remove();
      if (details) made.append(details);
    },
  };
}
