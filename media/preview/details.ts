import type { Details, FromPage, OwnStrategy } from '../../src/editor/preview/previewPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';

/** What is told of a place, and what can be done there. */
export function detailsOf(details: Details, closeText: string, send: (message: FromPage) => void, close: () => void): HTMLElement {
  const { place, title, facts, actions, strategy } = details;
  const column = place.column;
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
      ...(strategy && column !== null ? strategyOf(strategy, (value) => send({ type: 'strategy', column, strategy: value })) : []),
      ...actions.map(({ value, label }) => button(label, `details:${value}`, () => send({ type: 'action', place, action: value }))),
    ),
  );
}

function strategyOf({ label, value, options, note }: OwnStrategy, chosen: (value: OwnStrategy['value']) => void): HTMLElement[] {
  const select = element('select', { 'data-key': 'details:strategy' });
  fillSelect(select, options, value);
  select.value = value;
  select.addEventListener('change', () => chosen(select.value as OwnStrategy['value']));
  return [element('label', {}, element('span', {}, label), select), ...(note === '' ? [] : [element('span', { class: 'note' }, note)])];
}
