import { element } from './elements.ts';
import { extentOf, offsetOf, type List } from './extent.ts';

export interface KeyedRow {
  readonly key: string;
}

/** A row that is drawn. */
export interface DrawnRow {
  readonly element: HTMLElement;
  /** Shows its details, or none. */
  readonly open: (details: HTMLElement | undefined) => void;
}

export interface RowGridOptions {
  /** Of its columns. */
  readonly columns: number;
  /** Another row is the active one, or is opened or closed. */
  readonly changed: () => void;
  readonly active: string | undefined;
  readonly open: readonly string[];
}

/** Rows drawn above and below those that are seen. */
const spareRows = 6;

/** How much higher an opened row is taken to be until it is drawn, in pixels. */
const usualExtra = 150;

/**
 * A long list as a tree grid: one stop of the tab key, in which the arrow keys move the active row. Only rows that are seen are there.
 * Within a row, which Escape leaves, the tab key goes from control to control.
 */
export abstract class RowGrid<Row extends KeyedRow, Drawn extends DrawnRow> {
  readonly element: HTMLElement;
  /** The key of the active row. */
  active: string | undefined;
  /** The keys of the rows that are opened. */
  readonly open: Set<string>;
  protected rows: readonly Row[] = [];
  /** The places of the rows shown among all rows. */
  protected order: readonly number[] = [];
  /** By their places. */
  protected readonly drawn = new Map<number, Drawn>();
  readonly #changed: () => void;
  readonly #head: HTMLElement;
  readonly #body: HTMLElement;
  readonly #resized: ResizeObserver;
  readonly #extras = new Map<string, number>();
  #rowHeight = 48;
  #isAwaited = false;

  constructor({ columns, changed, active, open }: RowGridOptions) {
    this.#changed = changed;
    this.active = active;
    this.open = new Set(open);
    this.#head = element('div', { role: 'rowgroup', class: 'head' });
    this.#body = element('div', { role: 'rowgroup', class: 'body' });
    this.element = element('div', { role: 'treegrid', class: 'grid', tabindex: 0, 'aria-colcount': columns }, this.#head, this.#body);
    this.element.addEventListener('scroll', () => this.#drawSoon());
    this.element.addEventListener('keydown', (event) => this.#keyDown(event));
    this.element.addEventListener('focusin', ({ target }) => this.#focusIn(target));
    this.element.addEventListener('focusout', ({ target, relatedTarget }) => focusOut(target, relatedTarget));
    this.#body.addEventListener('mousedown', ({ target }) => this.#reach(rowAround(target)));
    this.#body.addEventListener('dblclick', ({ target }) => this.#doubleClick(target));
    this.#resized = new ResizeObserver(() => this.#measure());
    this.#resized.observe(this.element);
  }

  /** Draws a row that comes into sight; `toggle` opens or closes it. */
  protected abstract drawRow(row: Row, place: number, toggle: () => void): Drawn;
  /** What an opened row shows, as far as it is known. */
  protected abstract detailsOf(row: Row): HTMLElement;
  /** A row was opened, or its details are wanted anew. */
  protected abstract opened(row: Row): void;
  /** True where the key did something with the active row; a key that moves or opens does not come here. */
  protected abstract keyOnRow(key: string, row: Row): boolean;

  /** True for a row that has details. */
  protected hasDetails(_: Row): boolean {
    return true;
  }

  /** Returns the titles as they stand above the columns. */
  protected titled(label: string, columns: readonly (string | HTMLElement)[]): readonly HTMLElement[] {
    this.element.setAttribute('aria-label', label);
    const titles = columns.map((title) => element('span', { role: 'columnheader' }, title));
    this.#head.replaceChildren(element('div', { role: 'row', 'aria-rowindex': 1, class: 'titles' }, ...titles));
    return titles;
  }

  /** All rows, instead of those before. */
  protected replaceRows(rows: readonly Row[]): void {
    this.rows = rows;
    this.#forgetDrawn();
    for (const row of rows) if (this.open.has(row.key)) this.opened(row);
  }

  setOrder(order: readonly number[]): void {
    this.order = order;
    this.element.setAttribute('aria-rowcount', String(order.length + 1));
    if (this.activeIndex < 0) this.active = this.#keyAt(0);
    this.draw();
  }

  /** Draws the rows that are seen now, and no others. */
  draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const { from, to, above, below } = extentOf(this.#list, scrollTop - this.#head.offsetHeight, clientHeight, spareRows);
    const wanted = new Set(this.order.slice(from, to));
    for (const [place, { element: row }] of this.drawn) {
      if (wanted.has(place)) continue;
      if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      this.#resized.unobserve(row);
      row.remove();
      this.drawn.delete(place);
    }
    this.#body.style.paddingTop = `${above}px`;
    this.#body.style.paddingBottom = `${below}px`;
    for (const [at, place] of this.order.slice(from, to).entries()) {
      const { element: row } = this.drawn.get(place) ?? this.#draw(place);
      row.setAttribute('aria-rowindex', String(from + at + 2));
      if (this.#body.children[at] !== row) this.#body.insertBefore(row, this.#body.children[at] ?? null);
    }
    this.#markActive();
    this.#measure();
  }

  /** Brings the active row into sight. */
  reveal(): void {
    const index = this.activeIndex;
    if (index < 0) return;
    const { clientHeight, scrollTop } = this.element;
    const room = clientHeight - this.#head.offsetHeight;
    const top = offsetOf(this.#list, index);
    const bottom = Math.min(offsetOf(this.#list, index + 1), top + room);
    if (top < scrollTop) this.element.scrollTop = top;
    else if (bottom > scrollTop + room) this.element.scrollTop = bottom - room;
    this.draw();
  }

  protected get activeIndex(): number {
    const { active } = this;
    return active === undefined ? -1 : this.order.findIndex((place) => this.rows[place]?.key === active);
  }

  protected goTo(index: number): void {
    const key = this.#keyAt(Math.max(0, Math.min(this.order.length - 1, index)));
    if (key === undefined) return;
    if (key !== this.active) {
      this.active = key;
      this.#changed();
    }
    this.reveal();
  }

  protected toggle(row: Row): void {
    if (!this.hasDetails(row)) return;
    const { key } = row;
    if (!this.open.delete(key)) {
      this.open.add(key);
      this.opened(row);
    }
    this.refreshDetails(key);
    this.#changed();
    this.reveal();
  }

  /** Draws the details of a row anew, where it is drawn. */
  protected refreshDetails(key: string): void {
    for (const [place, drawn] of this.drawn) if (this.rows[place]?.key === key) this.#showDetails(place, drawn);
  }

  get #list(): List {
    const extras = new Map<number, number>();
    if (this.open.size > 0) {
      for (const [index, place] of this.order.entries()) {
        const key = this.rows[place]?.key ?? '';
        if (this.open.has(key)) extras.set(index, this.#extras.get(key) ?? usualExtra);
      }
    }
    return { count: this.order.length, size: this.#rowHeight, extras };
  }

  get #activeRow(): Row | undefined {
    return this.rows[this.order[this.activeIndex] ?? -1];
  }

  #keyAt(index: number): string | undefined {
    return this.rows[this.order[index] ?? -1]?.key;
  }

  #drawSoon(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    requestAnimationFrame(() => {
      this.#isAwaited = false;
      this.draw();
    });
  }

  #draw(place: number): Drawn {
    const row = this.rows[place]!;
    const drawn = this.drawRow(row, place, () => this.toggle(row));
    drawn.element.dataset['place'] = String(place);
    this.drawn.set(place, drawn);
    this.#showDetails(place, drawn);
    return drawn;
  }

  #showDetails(place: number, { element: row, open }: Drawn): void {
    const shown = this.rows[place]!;
    if (!this.open.has(shown.key)) {
      this.#resized.unobserve(row);
      open(undefined);
      return;
    }
    open(this.detailsOf(shown));
    this.#resized.observe(row);
  }

  #forgetDrawn(): void {
    const isInside = this.element !== document.activeElement && this.element.contains(document.activeElement);
    for (const { element: row } of this.drawn.values()) {
      this.#resized.unobserve(row);
      row.remove();
    }
    this.drawn.clear();
    if (isInside) this.element.focus({ preventScroll: true });
  }

  /** Rows are as high as the style sheet makes them; opened ones as high as what is in them. */
  #measure(): void {
    let isOther = false;
    for (const [place, { element: row }] of this.drawn) {
      const details = row.querySelector<HTMLElement>(':scope > .details');
      // With the line below it.
      const extra = details ? details.offsetHeight + 1 : 0;
      const height = row.offsetHeight - extra;
      const { key } = this.rows[place]!;
      if (height <= 0) return;
      isOther ||= height !== this.#rowHeight || (details !== null && this.#extras.get(key) !== extra);
      this.#rowHeight = height;
      if (details) this.#extras.set(key, extra);
    }
    if (isOther) this.#drawSoon();
  }

  #markActive(): void {
    let id: string | undefined;
    for (const [place, { element: row }] of this.drawn) {
      const isActive = this.rows[place]?.key === this.active;
      row.classList.toggle('active', isActive);
      row.setAttribute('aria-selected', String(isActive));
      if (isActive) ({ id } = row);
    }
    if (id === undefined) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', id);
  }

  #rowAt(row: HTMLElement | undefined): Row | undefined {
    return this.rows[Number(row?.dataset['place'] ?? -1)];
  }

  #reach(row: HTMLElement | undefined): void {
    const key = this.#rowAt(row)?.key;
    if (key === undefined || key === this.active) return;
    this.active = key;
    this.#markActive();
    this.#changed();
  }

  #focusIn(target: EventTarget | null): void {
    const row = rowAround(target);
    if (!row) return;
    this.#reach(row);
    for (const control of controlsOf(row)) control.tabIndex = 0;
  }

  #doubleClick(target: EventTarget | null): void {
    const row = this.#rowAt(rowAround(target));
    const isControl = target instanceof Element && target.closest('label, button, table') !== null;
    if (row !== undefined && !isControl) this.toggle(row);
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isIn = event.target !== this.element;
    if (isIn ? this.#keyInRow(event) : this.#keyInList(event.key)) event.preventDefault();
  }

  /** True where the key did something. */
  #keyInRow({ key, target }: KeyboardEvent): boolean {
    if (key !== 'Escape' || !(target instanceof HTMLElement)) return false;
    this.element.focus({ preventScroll: true });
    return true;
  }

  #keyInList(key: string): boolean {
    const page = Math.max(1, Math.floor((this.element.clientHeight - this.#head.offsetHeight) / this.#rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.activeIndex + 1,
      ArrowUp: this.activeIndex - 1,
      PageDown: this.activeIndex + page,
      PageUp: this.activeIndex - page,
      Home: 0,
      End: this.order.length - 1,
    };
    const move = moves[key];
    if (move !== undefined) {
      this.goTo(move);
      return true;
    }
    const row = this.#activeRow;
    if (row === undefined) return false;
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return this.keyOnRow(key, row);
    if (this.open.has(row.key) === (key === 'ArrowLeft')) this.toggle(row);
    return true;
  }
}

function rowAround(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('.row')) || undefined;
}

function controlsOf(row: HTMLElement): NodeListOf<HTMLElement> {
  return row.querySelectorAll<HTMLElement>('input, button');
}

/** The tab key reaches what is in a row only while the focus is in it. */
function focusOut(target: EventTarget | null, to: EventTarget | null): void {
  const row = rowAround(target);
  if (!row || (to instanceof Node && row.contains(to))) return;
  for (const control of controlsOf(row)) control.tabIndex = -1;
}
