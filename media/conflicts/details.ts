import type { Details, FactTable, TableRow, TableRows } from '../../src/editor/conflicts/conflictPage.ts';
import { button, element } from '../page/elements.ts';
import { radios } from './radios.ts';

export interface DetailsHooks {
  readonly chooseRow: (row: readonly string[], take: 'mine' | 'incoming') => void;
  readonly chooseAllRows: (take: 'mine' | 'incoming') => void;
  /** Asks for so many rows. */
  readonly more: (rows: number) => void;
}

/** What is told of an opened conflict: who, when, how large on each side; of a table its rows. */
export function detailsOf({ key, sides, rows }: Details, name: string, hooks: DetailsHooks): HTMLElement {
  return element(
    'div',
    { role: 'gridcell', class: 'details', 'aria-colspan': 4 },
    factTable(sides, name),
    ...(rows === null ? [] : tableRows(rows, key, name, hooks)),
  );
}

/** In place of details that are being read. */
export function readingDetails(text: string): HTMLElement {
  return element('div', { role: 'gridcell', class: 'details', 'aria-colspan': 4 }, element('p', { class: 'hint' }, text));
}

function factTable({ columns, lines }: FactTable, name: string): HTMLElement {
  return element(
    'table',
    { class: 'sides' },
    element('caption', {}, name),
    head(columns),
    element(
      'tbody',
      {},
      ...lines.map(([first = '', ...others]) =>
        element('tr', {}, element('th', { scope: 'row' }, first), ...others.map((text) => element('td', {}, text))),
      ),
    ),
  );
}

function head(columns: readonly string[]): HTMLElement {
  return element('thead', {}, element('tr', {}, ...columns.map((title) => element('th', { scope: 'col' }, title))));
}

/** A row of the table is as many lines as it has cells that differ. */
function tableRows(table: TableRows, key: string, name: string, hooks: DetailsHooks): HTMLElement[] {
  const { summary, columns, rows, more, all } = table;
  return [
    element(
      'div',
      { class: 'summary' },
      element('span', {}, summary),
      ...all.map(({ value, label }) => button(label, `${key}:all:${value}`, () => hooks.chooseAllRows(value), { tabindex: -1 })),
    ),
    element(
      'table',
      { class: 'cells' },
      element('caption', {}, `${name}: ${summary}`),
      head(columns),
      ...rows.map((row, at) => tableRow(row, `${key}:${at}`, table, hooks)),
    ),
    ...(more === null ? [] : [button(more, `${key}:more`, () => hooks.more(rows.length + 1), { tabindex: -1 })]),
  ];
}

function tableRow(
  { key, label, choicesLabel, cells, take }: TableRow,
  name: string,
  { choices }: TableRows,
  hooks: DetailsHooks,
): HTMLElement {
  const choice = radios({ label: choicesLabel, name, options: choices, chosen: (value) => hooks.chooseRow(key, value) });
  choice.choose(take);
  const span = { rowspan: cells.length };
  return element(
    'tbody',
    {},
    ...cells.map(([column = '', ...sides], at) =>
      element(
        'tr',
        {},
        ...(at === 0 ? [element('th', { scope: 'rowgroup', ...span }, label)] : []),
        element('td', { class: 'column' }, column),
        ...sides.map((text) => element('td', { class: 'value', title: text }, text)),
        ...(at === 0 ? [element('td', span, choice.element)] : []),
      ),
    ),
  );
}
