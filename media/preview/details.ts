import type { ExceptionalStrategy } from '../../src/engine/deliveryApi.ts';
import type { Details, FromPage, OwnStrategy, Place } from '../../src/editor/preview/previewPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';

/** What is told of a place, and what can be done there. */
export function detailsOf(details: Details, closeText: string, send: (message: FromPage) => void, close: () => void): HTMLElement {
  const { place, title, facts, actions, strategy } = details;
  return element(
    'section',
    { class: 'details', 'aria-labelledby': 'details-title' },
    element(
      'div',
      { class: 'titled' },
      element('h2', { id: 'details-title' }, title),
      button(closeText, 'details:close', close, { class: 'link' }),
    ),
    element('dl', {}, ...facts.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)])),
    element(
      'div',
      { class: 'tools' },
      ...(strategy ? strategyOf(strategy, (value) => send(choiceOf(place, value))) : []),
      ...actions.map(({ value, label }) => button(label, `details:${value}`, () => send({ type: 'action', place, action: value }))),
    ),
  );
}

/** At a cell it is another strategy for that alone. */
function choiceOf({ row, column }: Place, value: string): FromPage {
  return row === null || column === null
    ? { type: 'strategy', column, strategy: value as OwnStrategy['value'] }
    : { type: 'exception', row, column, strategy: value as ExceptionalStrategy | '' };
}

function strategyOf({ label, value, options, note }: OwnStrategy, chosen: (value: string) => void): HTMLElement[] {
  const select = element('select', { 'data-key': 'details:strategy' });
  fillSelect(select, options, value);
  select.value = value;
  select.addEventListener('change', () => chosen(select.value));
  return [element('label', {}, element('span', {}, label), select), ...(note === '' ? [] : [element('span', { class: 'note' }, note)])];
}
