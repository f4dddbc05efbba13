import type { AuditRow, Details, PageTexts, RecordRow } from '../../src/editor/audit/auditPage.ts';
import { caretFor } from '../page/caret.ts';
import { button, element } from '../page/elements.ts';
import { keepingFocus } from '../page/focus.ts';
import { RowGrid, type DrawnRow } from '../page/rowGrid.ts';

export interface GridHooks {
  readonly readDetails: (key: string) => void;
  /** To another record. */
  readonly goTo: (key: string) => void;
  /** Another row is the active one, or is opened or closed. */
  readonly changed: () => void;
}

/** The trail: days, and their records below them. */
export class AuditGrid extends RowGrid<AuditRow, DrawnRow> {
  readonly #hooks: GridHooks;
  #texts: PageTexts | undefined;
  readonly #details = new Map<string, Details>();

  constructor(hooks: GridHooks, active: string | undefined, open: readonly string[]) {
    super({ columns: 4, changed: hooks.changed, active, open });
    this.#hooks = hooks;
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    this.titled(texts.trail, texts.columns);
  }

  /** All rows, instead of those before. */
  setRows(rows: readonly AuditRow[]): void {
    this.#details.clear();
    this.replaceRows(rows);
  }

  setDetails(details: Details): void {
    this.#details.set(details.key, details);
    keepingFocus(() => this.refreshDetails(details.key));
    this.draw();
  }

  /** Makes a row the active one, and opens it; false where it is not shown. */
  show(key: string): boolean {
    const index = this.order.findIndex((place) => this.rows[place]?.key === key);
    const row = this.rows[this.order[index] ?? -1];
    if (!row) return false;
    this.element.focus({ preventScroll: true });
    if (!this.open.has(key)) this.toggle(row);
    this.goTo(index);
    return true;
  }

  protected override drawRow(row: AuditRow, place: number, toggle: () => void): DrawnRow {
    return row.type === 'day' ? drawDay(row.label, place) : drawRecord(row, place, this.#texts!, toggle);
  }

  protected override hasDetails({ type }: AuditRow): boolean {
    return type === 'record';
  }

  protected override detailsOf({ key }: AuditRow): HTMLElement {
    const details = this.#details.get(key);
    const { reading, goTo } = this.#texts!;
    return element(
      'div',
      { role: 'gridcell', class: 'details', 'aria-colspan': 4 },
      ...(details ? factsOf(details, goTo, this.#hooks.goTo) : [element('p', { class: 'hint' }, reading)]),
    );
  }

  protected override opened({ key }: AuditRow): void {
    this.#hooks.readDetails(key);
  }

  protected override keyOnRow(key: string, row: AuditRow): boolean {
    if (key === 'Enter') this.toggle(row);
    else if (key === ' ') this.#enter(row);
    else return false;
    return true;
  }

  /** To the first of those that it cites. */
  #enter(row: AuditRow): void {
    this.drawn.get(this.rows.indexOf(row))?.element.querySelector<HTMLElement>('.details button')?.focus({ preventScroll: true });
  }
}

function drawDay(label: string, place: number): DrawnRow {
  return {
    element: element(
      'div',
      { role: 'row', class: 'row day', id: `record-${place}`, 'aria-level': 1, 'aria-expanded': true },
      element('div', { role: 'gridcell', 'aria-colspan': 4 }, label),
    ),
    open: () => undefined,
  };
}

function drawRecord({ key, time, who, what, proven, caution }: RecordRow, place: number, texts: PageTexts, toggle: () => void): DrawnRow {
  const caret = caretFor(texts, toggle);
  const made = element(
    'div',
    {
      role: 'row',
      class: 'row record',
      id: `record-${place}`,
      'aria-level': 2,
      'aria-label': [time, who, what, proven, caution].filter(Boolean).join(', '),
      'data-key': key,
    },
    element('div', { role: 'gridcell', class: 'when' }, caret.element, element('span', {}, time)),
    element('div', { role: 'gridcell', class: 'who', title: who }, who),
    element(
      'div',
      { role: 'gridcell', class: 'what', title: [caution, what].filter(Boolean).join('\n') },
      ...(caution === '' ? [] : [element('span', { class: 'caution' }, caution)]),
      what,
    ),
    element('div', { role: 'gridcell', class: 'proven', title: proven }, proven),
  );
  return {
    element: made,
    open: (details) => {
      made.setAttribute('aria-expanded', String(details !== undefined));
      caret.turn(details !== undefined);
      made.querySelector(':scope > .details')?.remove();
      if (details) made.append(details);
    },
  };
}

function factsOf({ key, facts, cited, citedTitle }: Details, goToText: string, goTo: (key: string) => void): HTMLElement[] {
  return [
    element('dl', {}, ...facts.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)])),
    element('p', { class: 'hint' }, citedTitle),
    ...(cited.length === 0
      ? []
      : [
          element(
            'ul',
            {},
            ...cited.map(({ text, key: to }) =>
              element(
                'li',
                {},
                element('span', {}, text),
                ...(to === null
                  ? []
                  : [
                      button(goToText, `${key}:${to}`, () => goTo(to), {
                        class: 'link',
                        tabindex: -1,
                        'aria-label': `${goToText}: ${text}`,
                      }),
                    ]),
              ),
            ),
          ),
        ]),
  ];
}
