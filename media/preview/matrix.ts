import type { MatrixColumn, MatrixRow, PageTexts, Place } from '../../src/editor/preview/previewPage.ts';
import { element } from '../page/elements.ts';
import { extentOf, type Extent } from '../page/extent.ts';
import { cellOf, columnHeader, rowHeader } from './cells.ts';

export interface MatrixHooks {
  /** More is to be told of a place. */
  readonly opened: (place: Place) => void;
  /** By this key another strategy is chosen for a place. */
  readonly chosen: (place: Place, key: string) => void;
  /** Nothing more is. */
  readonly left: () => void;
  /** Another place is the active one. */
  readonly changed: () => void;
}

/** Drawn beyond those that are seen, on each side. */
const spare = { rows: 5, columns: 2 };

/** A row that is drawn, and for which columns. */
interface DrawnRow {
  readonly element: HTMLElement;
  readonly header: HTMLElement;
  columns: string;
}

/** Where one is: -1 are the headers. */
interface Position {
  readonly row: number;
  readonly column: number;
}

/**
 * Members and objects as a grid: one stop of the tab key, in which the arrow keys move the active cell, over the headers too. Only cells
 * that are seen are there.
 */
export class MatrixGrid {
  readonly element: HTMLElement;
  active: Place | undefined;
  readonly #hooks: MatrixHooks;
  readonly #corner = element('div', { role: 'columnheader', class: 'member', 'aria-colindex': 1 });
  readonly #ruler = element('span', { class: 'ruler', 'aria-hidden': true });
  readonly #titles = element('div', { role: 'row', 'aria-rowindex': 1, class: 'titles' }, this.#corner);
  readonly #head = element('div', { role: 'rowgroup', class: 'head' }, this.#titles);
  readonly #body = element('div', { role: 'rowgroup', class: 'body' });
  readonly #drawn = new Map<number, DrawnRow>();
  #texts: PageTexts | undefined;
  #rows: readonly MatrixRow[] = [];
  #columns: readonly MatrixColumn[] = [];
  #next: { readonly rows: readonly MatrixRow[]; readonly columns: readonly MatrixColumn[] } = { rows: [], columns: [] };
  #shownRows: readonly number[] = [];
  #shownColumns: readonly number[] = [];
  #isAwaited = false;

  constructor(hooks: MatrixHooks, active: Place | undefined) {
    this.#hooks = hooks;
    this.active = active;
    this.element = element('div', { role: 'grid', class: 'grid', tabindex: 0, 'aria-readonly': true }, this.#head, this.#body);
    this.element.addEventListener('scroll', () => this.#drawSoon());
    this.element.addEventListener('keydown', (event) => this.#keyDown(event));
    this.element.addEventListener('mousedown', ({ target }) => this.#press(target));
    new ResizeObserver(() => this.#resized()).observe(this.element);
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    this.element.setAttribute('aria-label', texts.matrix);
    this.#corner.replaceChildren(texts.members, this.#ruler);
  }

  /** All members and objects, instead of those before, from the next order on: what is drawn is of both. */
  setMatrix(rows: readonly MatrixRow[], columns: readonly MatrixColumn[]): void {
    this.#next = { rows, columns };
  }

  setOrder(rows: readonly number[], columns: readonly number[]): void {
    // Without the rows that are drawn there is nothing to be scrolled.
    const { scrollTop, scrollLeft } = this.element;
    this.#rows = this.#next.rows;
    this.#columns = this.#next.columns;
    this.#shownRows = rows;
    this.#shownColumns = columns;
    this.#forgetDrawn();
    this.element.style.setProperty('--above', String(rows.length));
    this.element.setAttribute('aria-rowcount', String(rows.length + 1));
    this.element.setAttribute('aria-colcount', String(columns.length + 1));
    this.element.style.setProperty('--columns', String(columns.length));
    if (this.#position === undefined) this.active = this.#placeAt({ row: 0, column: 0 });
    Object.assign(this.element, { scrollTop, scrollLeft });
    this.draw();
  }

  /** Draws the cells that are seen now, and no others. */
  draw(): void {
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.element;
    const { width, height } = this.#cell;
    // Not seen, so nothing can be measured: without a size all would be drawn.
    if (width === 0 || height === 0) return;
    const none = new Map<number, number>();
    const rows = extentOf(
      { count: this.#shownRows.length, size: height, extras: none },
      scrollTop,
      clientHeight - this.#head.offsetHeight,
      spare.rows,
    );
    const columns = extentOf(
      { count: this.#shownColumns.length, size: width, extras: none },
      scrollLeft,
      clientWidth - this.#corner.offsetWidth,
      spare.columns,
    );
    this.#drawColumns(columns);
    this.#drawRows(rows, columns);
    this.#markActive();
  }

  /** Brings the active cell into sight. */
  reveal(): void {
    const at = this.#position;
    if (!at) return;
    const { width, height } = this.#cell;
    const grid = this.element;
    if (at.row >= 0) grid.scrollTop = nearest(grid.scrollTop, grid.clientHeight - this.#head.offsetHeight, at.row * height, height);
    if (at.column >= 0) grid.scrollLeft = nearest(grid.scrollLeft, grid.clientWidth - this.#corner.offsetWidth, at.column * width, width);
    this.draw();
  }

  /** Of a cell, in pixels and parts of them: a thousand columns would add up what is rounded. */
  get #cell(): { readonly width: number; readonly height: number } {
    return this.#ruler.getBoundingClientRect();
  }

  get #position(): Position | undefined {
    const { active } = this;
    if (!active) return undefined;
    const row = active.row === null ? -1 : this.#shownRows.findIndex((place) => this.#rows[place]?.key === active.row);
    const column = active.column === null ? -1 : this.#shownColumns.findIndex((place) => this.#columns[place]?.key === active.column);
    const isGone = (row < 0 && active.row !== null) || (column < 0 && active.column !== null);
    return isGone ? undefined : { row, column };
  }

  #placeAt({ row, column }: Position): Place | undefined {
    const [member, object] = [this.#rows[this.#shownRows[row] ?? -1], this.#columns[this.#shownColumns[column] ?? -1]];
    return member || object ? { row: member?.key ?? null, column: object?.key ?? null } : undefined;
  }

  /** An editor that opens beside takes room: what one looks at stays in sight. */
  #resized(): void {
    if (this.element.hasAttribute('aria-activedescendant')) this.reveal();
    else this.draw();
  }

  #drawSoon(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    requestAnimationFrame(() => {
      this.#isAwaited = false;
      this.draw();
    });
  }

  #drawColumns({ from, to }: Extent): void {
    const key = `${from}-${to}`;
    if (this.#titles.dataset['columns'] === key) return;
    this.#titles.dataset['columns'] = key;
    this.element.style.setProperty('--from', String(from));
    this.#titles.replaceChildren(
      this.#corner,
      ...this.#shownColumns.slice(from, to).map((place, at) => columnHeader(this.#columns[place]!, place, from + at)),
    );
  }

  #drawRows({ from, to }: Extent, columns: Extent): void {
    const shown = this.#shownRows.slice(from, to);
    const wanted = new Set(shown);
    for (const [place, { element: row }] of this.#drawn) {
      if (wanted.has(place)) continue;
      row.remove();
      this.#drawn.delete(place);
    }
    this.element.style.setProperty('--above', String(from));
    this.element.style.setProperty('--below', String(this.#shownRows.length - to));
    for (const [at, place] of shown.entries()) {
      const drawn = this.#drawn.get(place) ?? this.#drawRow(place);
      drawn.element.setAttribute('aria-rowindex', String(from + at + 2));
      this.#fill(drawn, place, columns);
      if (this.#body.children[at] !== drawn.element) this.#body.insertBefore(drawn.element, this.#body.children[at] ?? null);
    }
  }

  #drawRow(place: number): DrawnRow {
    const header = rowHeader(this.#rows[place]!, place);
    const drawn = { element: element('div', { role: 'row', class: 'row' }), header, columns: '' };
    this.#drawn.set(place, drawn);
    return drawn;
  }

  #fill(drawn: DrawnRow, place: number, { from, to }: Extent): void {
    const key = `${from}-${to}`;
    if (drawn.columns === key) return;
    drawn.columns = key;
    const row = this.#rows[place]!;
    const cells = this.#shownColumns
      .slice(from, to)
      .map((column, at) => cellOf(row, this.#columns[column]!, { row: place, column, index: from + at }, this.#texts!.states));
    drawn.element.replaceChildren(drawn.header, ...cells);
  }

  #forgetDrawn(): void {
    for (const { element: row } of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    delete this.#titles.dataset['columns'];
  }

  #markActive(): void {
    for (const marked of this.element.querySelectorAll('.active')) marked.classList.remove('active');
    const at = this.#position;
    const id = at && idAt(this.#shownRows[at.row], this.#shownColumns[at.column]);
    const cell = id === undefined ? null : document.getElementById(id);
    cell?.classList.add('active');
    if (cell && id !== undefined) this.element.setAttribute('aria-activedescendant', id);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #press(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row], [data-column]') : null;
    if (!cell) return;
    const { row, column } = cell.dataset;
    this.active = {
      row: row === undefined ? null : (this.#rows[Number(row)]?.key ?? null),
      column: column === undefined ? null : (this.#columns[Number(column)]?.key ?? null),
    };
    this.#markActive();
    this.#hooks.changed();
    this.#hooks.opened(this.active);
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    if (event.key === 'Escape') return this.#hooks.left();
    if (/^(?:[1-4]|Delete|Backspace)$/.test(event.key) && this.active) return this.#hooks.chosen(this.active, event.key);
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (this.active) this.#hooks.opened(this.active);
      return;
    }
    const to = this.#target(event);
    if (!to) return;
    event.preventDefault();
    this.#goTo(to);
  }

  /** Where a key leads. */
  #target({ key, ctrlKey }: KeyboardEvent): Position | undefined {
    const { row, column } = this.#position ?? { row: 0, column: 0 };
    const [lastRow, lastColumn] = [this.#shownRows.length - 1, this.#shownColumns.length - 1];
    const page = Math.max(1, Math.floor((this.element.clientHeight - this.#head.offsetHeight) / this.#cell.height) - 1);
    const moves: Readonly<Record<string, Position>> = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: Math.min(lastRow, row + page), column },
      PageUp: { row: Math.max(0, row - page), column },
      Home: { row: ctrlKey ? 0 : row, column: 0 },
      End: { row: ctrlKey ? lastRow : row, column: lastColumn },
    };
    return ctrlKey && key !== 'Home' && key !== 'End' ? undefined : moves[key];
  }

  #goTo({ row, column }: Position): void {
    const to = { row: clamp(row, this.#shownRows.length), column: clamp(column, this.#shownColumns.length) };
    const place = this.#placeAt(to);
    if (!place) return;
    this.active = place;
    this.#hooks.changed();
    this.reveal();
  }
}

/** From -1 to the last. */
function clamp(index: number, count: number): number {
  return Math.max(-1, Math.min(count - 1, index));
}

function idAt(row: number | undefined, column: number | undefined): string | undefined {
  if (row !== undefined && column !== undefined) return `cell-${row}-${column}`;
  if (row !== undefined) return `row-${row}`;
  return column === undefined ? undefined : `column-${column}`;
}

/** The scroll offset nearest to the present one at which something is wholly seen. */
function nearest(offset: number, room: number, start: number, size: number): number {
  if (start < offset) return start;
  return start + size > offset + room ? start + size - room : offset;
}
