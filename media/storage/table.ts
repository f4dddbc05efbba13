import type { Column, Part, PartAction } from '../../src/editor/storage/storagePage.ts';
import { button, element } from '../page/elements.ts';
import type { Reach } from './picture.ts';

export interface TableOptions {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly parts: readonly Part[];
  /** Title of the column of further buttons. */
  readonly actions: string;
  /** Before the keys of its buttons. */
  readonly prefix: string;
  readonly act: (part: Part, action: PartAction) => void;
  /** The focus or the pointer is on a row, or on none any more. */
  readonly reached: (how: Reach, part: Part | undefined) => void;
}

/** The parts as a table with buttons: one stop of the tab key, in which arrow keys move. */
export function partsTable(options: TableOptions): HTMLTableElement {
  const { columns, parts } = options;
  const hasMore = parts.some(({ actions }) => actions.length > 0);
  const titles = [...columns, ...(hasMore ? [{ title: options.actions, isNumber: false }] : [])];
  const table = element(
    'table',
    {},
    element('caption', {}, options.caption),
    element(
      'thead',
      {},
      element('tr', {}, ...titles.map((column) => element('th', { scope: 'col', class: classOf(column) }, column.title))),
    ),
    element('tbody', {}, ...parts.map((part) => row(part, options, hasMore))),
  );
  const [first] = buttonsOf(table);
  first?.setAttribute('tabindex', '0');
  table.addEventListener('keydown', (event) => {
    const target = next(table, event.key);
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  });
  table.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const one of buttonsOf(table)) one.setAttribute('tabindex', one === target ? '0' : '-1');
  });
  table.addEventListener('focusout', () => options.reached('focused', undefined));
  table.addEventListener('mouseleave', () => options.reached('pointed', undefined));
  return table;
}

function row(part: Part, options: TableOptions, hasMore: boolean): HTMLTableRowElement {
  const { main, actions } = part;
  const act = (action: PartAction, label: string, kind: string): HTMLButtonElement =>
    button(label, `${options.prefix}:${part.key}:${kind}:${action.id}`, () => options.act(part, action), {
      class: kind,
      tabindex: -1,
      'aria-label': action.spoken,
    });
  const made = element(
    'tr',
    { 'data-part': part.key },
    element('th', { scope: 'row' }, main === undefined ? part.label : act(main, part.label, 'name')),
    ...part.cells.map((cell, index) => element('td', { class: classOf(options.columns[index + 1]) }, cell)),
    ...(hasMore ? [element('td', { class: 'actions' }, ...actions.map((action) => act(action, action.label, 'action')))] : []),
  );
  made.addEventListener('focusin', () => options.reached('focused', part));
  made.addEventListener('mouseenter', () => options.reached('pointed', part));
  return made;
}

function classOf(column: Column | undefined): string | undefined {
  return column?.isNumber === true ? 'number' : undefined;
}

function buttonsOf(within: Element): HTMLButtonElement[] {
  return [...within.querySelectorAll('button')];
}

/** Where a key leads from the button that has the focus: up and down by rows, left and right within one. */
function next(table: HTMLTableElement, key: string): HTMLButtonElement | undefined {
  const rows = [...table.tBodies[0]!.rows].map(buttonsOf).filter((buttons) => buttons.length > 0);
  const at = rows.findIndex((buttons) => buttons.some((one) => one === document.activeElement));
  const here = rows[at];
  if (here === undefined) return undefined;
  const place = here.findIndex((one) => one === document.activeElement);
  const inRow = (index: number): HTMLButtonElement | undefined => rows[index]?.[Math.min(place, rows[index].length - 1)];
  switch (key) {
    case 'ArrowDown':
      return inRow(at + 1);
    case 'ArrowUp':
      return inRow(at - 1);
    case 'ArrowRight':
      return here[place + 1];
    case 'ArrowLeft':
      return here[place - 1];
    case 'Home':
      return inRow(0);
    case 'End':
      return inRow(rows.length - 1);
    default:
      return undefined;
  }
}
