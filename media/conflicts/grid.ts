import type { ConflictRow, Decision, Details, PageTexts, RowAction } from '../../src/editor/conflicts/conflictPage.ts';
import { element } from '../page/elements.ts';
import { detailsOf, readingDetails } from './details.ts';
import { extentOf, offsetOf, type List } from './extent.ts';
import { drawRow, type DrawnRow, type Take } from './row.ts';

export interface GridHooks {
  readonly choose: (key: string, take: Take | null) => void;
  readonly act: (key: string, action: RowAction['id']) => void;
  readonly readDetails: (key: string, rows: number) => void;
  readonly chooseRow: (key: string, row: readonly string[], take: 'mine' | 'incoming') => void;
  readonly chooseAllRows: (key: string, take: 'mine' | 'incoming') => void;
  /** Another row is the active one, or is opened or closed. */
  readonly changed: () => void;
}

/** Rows drawn above and below those that are seen. */
const spareRows = 6;

/** How much higher an opened row is taken to be until it is drawn, in pixels. */
const usualExtra = 150;

const none: Decision = { take: null, isWaiting: true, result: '' };

/**
 * The conflicts as a tree grid: one stop of the tab key, in which the arrow keys move the active row. Only rows that are seen are there.
 * Within a row, which Space goes into and Escape leaves, the tab key goes from control to control.
 */
export class ConflictGrid {
  readonly element: HTMLElement;
  readonly #hooks: GridHooks;
  readonly #head: HTMLElement;
  readonly #body: HTMLElement;
  readonly #drawn = new Map<number, DrawnRow>();
  readonly #resized: ResizeObserver;
  #texts: PageTexts | undefined;
  #rows: readonly ConflictRow[] = [];
  #decisions: Decision[] = [];
  #order: readonly number[] = [];
  readonly #details = new Map<string, Details>();
  readonly #extras = new Map<string, number>();
  #rowHeight = 48;
  #isAwaited = false;
  /** The key of the active row. */
  active: string | undefined;
  /** The keys of the rows that are opened. */
  readonly open: Set<string>;

  constructor(hooks: GridHooks, active: string | undefined, open: readonly string[]) {
    this.#hooks = hooks;
    this.active = active;
    this.open = new Set(open);
    this.#head = element('div', { role: 'rowgroup', class: 'head' });
    this.#body = element('div', { role: 'rowgroup', class: 'body' });
    this.element = element('div', { role: 'treegrid', class: 'grid', tabindex: 0, 'aria-colcount': 4 }, this.#head, this.#body);
    this.element.addEventListener('scroll', () => this.#drawSoon());
    this.element.addEventListener('keydown', (event) => this.#keyDown(event));
    this.element.addEventListener('focusin', ({ target }) => this.#focusIn(target));
    this.element.addEventListener('focusout', ({ target, relatedTarget }) => focusOut(target, relatedTarget));
    this.#body.addEventListener('mousedown', ({ target }) => this.#reach(rowAround(target)));
    this.#body.addEventListener('dblclick', ({ target }) => this.#doubleClick(target));
    this.#resized = new ResizeObserver(() => this.#measure());
    this.#resized.observe(this.element);
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    this.element.setAttribute('aria-label', texts.conflicts);
    const titles = texts.columns.map((title) => element('span', { role: 'columnheader' }, title));
    this.#head.replaceChildren(element('div', { role: 'row', 'aria-rowindex': 1, class: 'titles' }, ...titles));
  }

  /** All rows, instead of those before. */
  setRows(rows: readonly ConflictRow[]): void {
    this.#rows = rows;
    this.#decisions = rows.map(() => none);
    this.#details.clear();
    this.#forgetDrawn();
    for (const key of this.open) this.#hooks.readDetails(key, 0);
  }

  decide(decisions: readonly (readonly [number, Decision])[]): void {
    for (const [place, decision] of decisions) {
      this.#decisions[place] = decision;
      this.#drawn.get(place)?.decide(decision);
    }
  }

  setOrder(order: readonly number[]): void {
    this.#order = order;
    this.element.setAttribute('aria-rowcount', String(order.length + 1));
    if (this.#activeIndex < 0) this.active = this.#keyAt(0);
    this.draw();
  }

  setDetails(details: Details): void {
    this.#details.set(details.key, details);
    for (const [place, drawn] of this.#drawn) {
      if (this.#rows[place]?.key !== details.key) continue;
      keepingFocus(() => this.#showDetails(place, drawn));
    }
    this.draw();
  }

  /** Draws the rows that are seen now, and no others. */
  draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const { from, to, above, below } = extentOf(this.#list, scrollTop - this.#head.offsetHeight, clientHeight, spareRows);
    const wanted = new Set(this.#order.slice(from, to));
    for (const [place, { element: row }] of this.#drawn) {
      if (wanted.has(place)) continue;
      if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      this.#resized.unobserve(row);
      row.remove();
      this.#drawn.delete(place);
    }
    this.#body.style.paddingTop = `${above}px`;
    this.#body.style.paddingBottom = `${below}px`;
    for (const [at, place] of this.#order.slice(from, to).entries()) {
      const { element: row } = this.#drawn.get(place) ?? this.#drawRow(place);
      row.setAttribute('aria-rowindex', String(from + at + 2));
      if (this.#body.children[at] !== row) this.#body.insertBefore(row, this.#body.children[at] ?? null);
    }
    this.#markActive();
    this.#measure();
  }

  /** Goes to the row that waits for a decision after the active one, or before it where none comes after. */
  nextWaiting(): void {
    const at = this.#activeIndex;
    const waiting = this.#order.flatMap((place, index) => (this.#decisions[place]?.isWaiting === true ? [index] : []));
    const next = waiting.find((index) => index > at) ?? waiting[0];
    this.element.focus({ preventScroll: true });
    if (next !== undefined) this.#goTo(next);
  }

  /** Brings the active row into sight. */
  reveal(): void {
    const index = this.#activeIndex;
    if (index < 0) return;
    const { clientHeight, scrollTop } = this.element;
    const room = clientHeight - this.#head.offsetHeight;
    const top = offsetOf(this.#list, index);
    const bottom = Math.min(offsetOf(this.#list, index + 1), top + room);
    if (top < scrollTop) this.element.scrollTop = top;
    else if (bottom > scrollTop + room) this.element.scrollTop = bottom - room;
    this.draw();
  }

  get #list(): List {
    const extras = new Map<number, number>();
    if (this.open.size > 0) {
      for (const [index, place] of this.#order.entries()) {
        const key = this.#rows[place]?.key ?? '';
        if (this.open.has(key)) extras.set(index, this.#extras.get(key) ?? usualExtra);
      }
    }
    return { count: this.#order.length, rowHeight: this.#rowHeight, extras };
  }

  get #activeIndex(): number {
    const { active } = this;
    return active === undefined ? -1 : this.#order.findIndex((place) => this.#rows[place]?.key === active);
  }

  get #activeRow(): ConflictRow | undefined {
    return this.#rows[this.#order[this.#activeIndex] ?? -1];
  }

  #keyAt(index: number): string | undefined {
    return this.#rows[this.#order[index] ?? -1]?.key;
  }

  #drawSoon(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    requestAnimationFrame(() => {
      this.#isAwaited = false;
      this.draw();
    });
  }

  #drawRow(place: number): DrawnRow {
    const row = this.#rows[place]!;
    const { key } = row;
    const drawn = drawRow(row, place, this.#texts!, {
      choose: (take) => this.#hooks.choose(key, take),
      act: (action) => this.#hooks.act(key, action),
      toggle: () => this.#toggle(key),
    });
    drawn.element.dataset['place'] = String(place);
    drawn.decide(this.#decisions[place] ?? none);
    this.#drawn.set(place, drawn);
    this.#showDetails(place, drawn);
    return drawn;
  }

  #showDetails(place: number, { element: row, open }: DrawnRow): void {
    const { key, name } = this.#rows[place]!;
    if (!this.open.has(key)) {
      this.#resized.unobserve(row);
      open(undefined);
      return;
    }
    const details = this.#details.get(key);
    const shown = details
      ? detailsOf(details, name, {
          chooseRow: (row_, take) => this.#hooks.chooseRow(key, row_, take),
          chooseAllRows: (take) => this.#hooks.chooseAllRows(key, take),
          more: (rows) => this.#hooks.readDetails(key, rows),
        })
      : readingDetails(this.#texts!.reading);
    open(shown);
    this.#resized.observe(row);
  }

  #forgetDrawn(): void {
    const isInside = this.element !== document.activeElement && this.element.contains(document.activeElement);
    for (const { element: row } of this.#drawn.values()) {
      this.#resized.unobserve(row);
      row.remove();
    }
    this.#drawn.clear();
    if (isInside) this.element.focus({ preventScroll: true });
  }

  /** Rows are as high as the style sheet makes them; opened ones as high as what is in them. */
  #measure(): void {
    let isOther = false;
    for (const [place, { element: row }] of this.#drawn) {
      const details = row.querySelector<HTMLElement>(':scope > .details');
      // With the line below it.
      const extra = details ? details.offsetHeight + 1 : 0;
      const height = row.offsetHeight - extra;
      const { key } = this.#rows[place]!;
      if (height <= 0) return;
      isOther ||= height !== this.#rowHeight || (details !== null && this.#extras.get(key) !== extra);
      this.#rowHeight = height;
      if (details) this.#extras.set(key, extra);
    }
    if (isOther) this.#drawSoon();
  }

  #toggle(key: string): void {
    if (this.open.delete(key)) this.#details.delete(key);
    else {
      this.open.add(key);
      this.#hooks.readDetails(key, 0);
    }
    for (const [place, drawn] of this.#drawn) if (this.#rows[place]?.key === key) this.#showDetails(place, drawn);
    this.#hooks.changed();
    this.reveal();
  }

  #goTo(index: number): void {
    const key = this.#keyAt(Math.max(0, Math.min(this.#order.length - 1, index)));
    if (key === undefined) return;
    if (key !== this.active) {
      this.active = key;
      this.#hooks.changed();
    }
    this.reveal();
  }

  #markActive(): void {
    let id: string | undefined;
    for (const [place, { element: row }] of this.#drawn) {
      const isActive = this.#rows[place]?.key === this.active;
      row.classList.toggle('active', isActive);
      row.setAttribute('aria-selected', String(isActive));
      if (isActive) ({ id } = row);
    }
    if (id === undefined) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', id);
  }

  #reach(row: HTMLElement | undefined): void {
    const key = this.#rows[Number(row?.dataset['place'] ?? -1)]?.key;
    if (key === undefined || key === this.active) return;
    this.active = key;
    this.#markActive();
    this.#hooks.changed();
  }

  #focusIn(target: EventTarget | null): void {
    const row = rowAround(target);
    if (!row) return;
    this.#reach(row);
    for (const control of controlsOf(row)) control.tabIndex = 0;
  }

  #doubleClick(target: EventTarget | null): void {
    const key = this.#rows[Number(rowAround(target)?.dataset['place'] ?? -1)]?.key;
    const isControl = target instanceof Element && target.closest('label, button, table') !== null;
    if (key !== undefined && !isControl) this.#toggle(key);
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
      ArrowDown: this.#activeIndex + 1,
      ArrowUp: this.#activeIndex - 1,
      PageDown: this.#activeIndex + page,
      PageUp: this.#activeIndex - page,
      Home: 0,
      End: this.#order.length - 1,
    };
    const move = moves[key];
    if (move !== undefined) {
      this.#goTo(move);
      return true;
    }
    const row = this.#activeRow;
    return row !== undefined && this.#keyOnRow(key, row);
  }

  #keyOnRow(key: string, row: ConflictRow): boolean {
    const choice = row.choices[Number(key) - 1];
    if (choice) {
      this.#hooks.choose(row.key, choice.value);
      return true;
    }
    switch (key) {
      case ' ':
        this.#enter(row.key);
        return true;
      case 'ArrowRight':
      case 'ArrowLeft':
        if (this.open.has(row.key) === (key === 'ArrowLeft')) this.#toggle(row.key);
        return true;
      case 'Enter':
        if (row.actions[0]) this.#hooks.act(row.key, row.actions[0].id);
        else this.#toggle(row.key);
        return true;
      case 'Delete':
      case 'Backspace':
        this.#hooks.choose(row.key, null);
        return true;
      case 'n':
      case 'N':
        this.nextWaiting();
        return true;
      default:
        return false;
    }
  }

  /** To the choice of the active row, or to the first that there is. */
  #enter(key: string): void {
    this.reveal();
    const drawn = this.#drawn.get(this.#rows.findIndex((row) => row.key === key));
    const inputs = [...(drawn?.element.querySelectorAll<HTMLInputElement>('.decision input') ?? [])];
    (inputs.find((input) => input.checked) ?? inputs[0])?.focus({ preventScroll: true });
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

/** What had the focus is drawn anew: its successor gets it. */
function keepingFocus(draw: () => void): void {
  const focused = document.activeElement;
  const name =
    focused instanceof HTMLInputElement ? `input[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]` : undefined;
  const key = focused?.getAttribute('data-key');
  draw();
  if (focused?.isConnected === true) return;
  const wanted = name ?? (key === null || key === undefined ? undefined : `[data-key="${CSS.escape(key)}"]`);
  if (wanted !== undefined) document.querySelector<HTMLElement>(wanted)?.focus({ preventScroll: true });
}
