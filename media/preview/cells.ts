/** The parts of the matrix, each an element. Those of a member and an object say whose they are. */
import { letters, type MatrixColumn, type MatrixRow, type PageTexts } from '../../src/editor/preview/previewPage.ts';
import { element } from '../page/elements.ts';

const states = Object.fromEntries(Object.entries(letters).map(([state, letter]) => [letter, state])) as Readonly<
  Record<string, keyof typeof letters>
>;

export function rowHeader({ name, facts }: MatrixRow, place: number): HTMLElement {
  return element(
    'div',
    { role: 'rowheader', class: 'member', id: `row-${place}`, 'data-row': place, 'aria-colindex': 1, title: `${name}\n${facts}` },
    element('span', { class: 'name' }, name),
    element('span', { class: 'facts' }, facts),
  );
}

export function columnHeader({ folder, name, facts }: MatrixColumn, place: number, index: number): HTMLElement {
  return element(
    'div',
    {
      role: 'columnheader',
      class: 'object',
      id: `column-${place}`,
      'data-column': place,
      'aria-colindex': index + 2,
      title: `${folder}${name}\n${facts}`,
    },
    element('span', { class: 'name' }, name),
    element('span', { class: 'folder' }, folder),
    element('span', { class: 'facts' }, facts),
  );
}

/** Where a cell is: places among all members and objects, and its index among the objects shown. */
interface At {
  readonly row: number;
  readonly column: number;
  readonly index: number;
}

export function cellOf(
  { name: member, cells, unknown, exceptions }: MatrixRow,
  { folder, name }: MatrixColumn,
  { row, column, index }: At,
  words: PageTexts['states'],
): HTMLElement {
  const state = states[cells[column] ?? ''] ?? 'unknown';
  const text = state === 'unknown' ? unknown : words[state];
  const own = exceptions[column];
  const told = own === undefined ? text : `${text}, ${own}`;
  return element(
    'div',
    {
      role: 'gridcell',
      class: `cell ${state}${own === undefined ? '' : ' exceptional'}`,
      id: `cell-${row}-${column}`,
      'data-row': row,
      'data-column': column,
      'aria-colindex': index + 2,
      'aria-label': `${member}, ${folder}${name}: ${told}`,
      title: told,
    },
    ...(own === undefined ? [text] : [`${text}, `, element('span', { class: 'own' }, own)]),
  );
}
