import type { Column, Details, Look, PageTexts, PairRow, PlaceDetails } from '../../src/editor/assignments/similarityPage.ts';
import { caretFor } from '../page/caret.ts';
import { button, element } from '../page/elements.ts';
import { keepingFocus } from '../page/focus.ts';
import { RowGrid, type DrawnRow } from '../page/rowGrid.ts';

export interface GridHooks {
  readonly readDetails: (key: string) => void;
  /** Two files of a pair are to be shown, at a passage of theirs. */
  readonly open: (key: string, place: number, passage: number | null) => void;
  readonly sort: (column: Column, isDescending: boolean) => void;
  /** To be said to who can't see it. */
  readonly told: (text: string) => void;
  /** Another row is the active one, or is opened or closed. */
  readonly changed: () => void;
}

/** Those are read from A; of all others what is most comes first. */
const names: readonly Column[] = ['one', 'other'];

/** The pairs, each with its passages below it where it is opened. The titles of the columns sort. */
export class PairGrid extends RowGrid<PairRow, DrawnRow> {
  readonly #hooks: GridHooks;
  #texts: PageTexts | undefined;
  #titles: readonly HTMLElement[] = [];
  #look: Pick<Look, 'sort' | 'isDescending'> | undefined;
  readonly #details = new Map<string, Details>();
  /** The pair whose passages were asked for last, until they are told. */
  #asked: string | undefined;

  constructor(hooks: GridHooks, active: string | undefined, open: readonly string[]) {
    super({ columns: 7, changed: hooks.changed, active, open });
    this.#hooks = hooks;
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    const sorters = texts.columns.map(({ value, label, hint }) =>
      button(label, `sort:${value}`, () => this.#sort(value), { class: 'sorter', title: hint || undefined }),
    );
    this.#titles = this.titled(texts.pairs, sorters);
  }

  /** Says by which column the pairs are in order. */
  setSort(look: Pick<Look, 'sort' | 'isDescending'>): void {
    this.#look = look;
    for (const [at, title] of this.#titles.entries()) {
      const isSorted = this.#texts?.columns[at]?.value === look.sort;
      title.setAttribute('aria-sort', isSorted ? (look.isDescending ? 'descending' : 'ascending') : 'none');
    }
  }

  /** All pairs, instead of those before. */
  setRows(rows: readonly PairRow[]): void {
    this.#details.clear();
    this.replaceRows(rows);
  }

  setDetails(details: Details): void {
    const { key } = details;
    this.#details.set(key, details);
    keepingFocus(() => this.refreshDetails(key));
    this.draw();
    if (this.#asked === key) this.#hooks.told(saidOf(details));
    this.#asked = undefined;
  }

  protected override drawRow(row: PairRow, place: number, toggle: () => void): DrawnRow {
    const { one, other, ofOne, ofOther, passages, largest, files } = row;
    const caret = caretFor(this.#texts!, toggle);
    const cell = (text: string, kind?: string): HTMLElement => element('div', { role: 'gridcell', class: kind, title: text }, text);
    const made = element(
      'div',
      { role: 'row', class: 'row', id: `pair-${place}`, 'aria-level': 1, 'aria-label': row.spoken },
      element('div', { role: 'gridcell', class: 'first' }, caret.element, element('span', { class: 'name', title: one }, one)),
      cell(other, 'name'),
      cell(ofOne),
      cell(ofOther),
      cell(passages, 'number'),
      cell(largest, 'number'),
      cell(files),
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

  protected override detailsOf({ key }: PairRow): HTMLElement {
    const details = this.#details.get(key);
    const { reading, tryAgain } = this.#texts!;
    const whole = (...children: readonly HTMLElement[]): HTMLElement =>
      element('div', { role: 'gridcell', class: 'details', 'aria-colspan': 7 }, ...children);
    if (!details) return whole(element('p', { class: 'hint' }, reading));
    if (details.state === 'failed')
      return whole(
        element('p', { class: 'caution' }, details.text),
        button(tryAgain, `${key}:again`, () => this.#hooks.readDetails(key), { tabindex: -1 }),
      );
    return whole(element('p', { class: 'hint' }, details.summary), ...details.places.map((place, at) => this.#drawPlace(key, place, at)));
  }

  protected override opened({ key }: PairRow): void {
    if (this.#details.get(key)?.state === 'ready') return;
    if (key === this.active) this.#asked = key;
    this.#hooks.readDetails(key);
  }

  protected override keyOnRow(key: string, row: PairRow): boolean {
    if (key === 'Enter') this.toggle(row);
    else if (key === ' ') this.#enter(row);
    else return false;
    return true;
  }

  #drawPlace(key: string, { label, facts, passages, more }: PlaceDetails, at: number): HTMLElement {
    const link = (text: string, passage: number | null, spoken: string): HTMLElement =>
      button(text, `${key}:${at}:${passage ?? ''}`, () => this.#hooks.open(key, at, passage), {
        class: 'link',
        tabindex: -1,
        'aria-label': spoken,
      });
    return element(
      'section',
      { class: 'place' },
      element('div', { class: 'files' }, link(label, null, `${label}, ${facts}`), element('span', { class: 'hint' }, facts)),
      element(
        'ul',
        {},
        ...passages.map((passage, index) =>
          element(
            'li',
            {},
            link(passage.label, index, `${label}: ${passage.label}, ${passage.facts}`),
            element('span', { class: 'hint' }, passage.facts),
          ),
        ),
      ),
      ...(more === '' ? [] : [element('p', { class: 'hint' }, more)]),
    );
  }

  /** To the first of its passages. */
  #enter(row: PairRow): void {
    this.drawn.get(this.rows.indexOf(row))?.element.querySelector<HTMLElement>('.details button')?.focus({ preventScroll: true });
  }

  #sort(column: Column): void {
    const isSorted = this.#look?.sort === column;
    this.#hooks.sort(column, isSorted ? !this.#look!.isDescending : !names.includes(column));
  }
}

function saidOf(details: Details): string {
  if (details.state === 'failed') return details.text;
  return [details.summary, ...details.places.map(({ label, facts }) => `${label}, ${facts}`)].join('. ');
}
