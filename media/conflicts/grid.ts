import type { ConflictRow, Decision, Details, PageTexts, RowAction } from '../../src/editor/conflicts/conflictPage.ts';
import { keepingFocus } from '../page/focus.ts';
import { RowGrid } from '../page/rowGrid.ts';
import { detailsOf, readingDetails } from './details.ts';
import { drawRow, type DrawnConflict, type Take } from './row.ts';

export interface GridHooks {
  readonly choose: (key: string, take: Take | null) => void;
  readonly act: (key: string, action: RowAction['id']) => void;
  readonly readDetails: (key: string, rows: number) => void;
  readonly chooseRow: (key: string, row: readonly string[], take: 'mine' | 'incoming') => void;
  readonly chooseAllRows: (key: string, take: 'mine' | 'incoming') => void;
  /** Another row is the active one, or is opened or closed. */
  readonly changed: () => void;
}

const none: Decision = { take: null, isWaiting: true, result: '' };

/** The conflicts. Space goes into a row, to its choices. */
export class ConflictGrid extends RowGrid<ConflictRow, DrawnConflict> {
  readonly #hooks: GridHooks;
  #texts: PageTexts | undefined;
  #decisions: Decision[] = [];
  readonly #details = new Map<string, Details>();

  constructor(hooks: GridHooks, active: string | undefined, open: readonly string[]) {
    super({ columns: 4, changed: hooks.changed, active, open });
    this.#hooks = hooks;
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    this.titled(texts.conflicts, texts.columns);
  }

  /** All rows, instead of those before. */
  setRows(rows: readonly ConflictRow[]): void {
    this.#decisions = rows.map(() => none);
    this.#details.clear();
    this.replaceRows(rows);
  }

  decide(decisions: readonly (readonly [number, Decision])[]): void {
    for (const [place, decision] of decisions) {
      this.#decisions[place] = decision;
      this.drawn.get(place)?.decide(decision);
    }
  }

  setDetails(details: Details): void {
    this.#details.set(details.key, details);
    keepingFocus(() => this.refreshDetails(details.key));
    this.draw();
  }

  /** Goes to the row that waits for a decision after the active one, or before it where none comes after. */
  nextWaiting(): void {
    const at = this.activeIndex;
    const waiting = this.order.flatMap((place, index) => (this.#decisions[place]?.isWaiting === true ? [index] : []));
    const next = waiting.find((index) => index > at) ?? waiting[0];
    this.element.focus({ preventScroll: true });
    if (next !== undefined) this.goTo(next);
  }

  protected override drawRow(row: ConflictRow, place: number, toggle: () => void): DrawnConflict {
    const { key } = row;
    const drawn = drawRow(row, place, this.#texts!, {
      choose: (take) => this.#hooks.choose(key, take),
      act: (action) => this.#hooks.act(key, action),
      toggle,
    });
    drawn.decide(this.#decisions[place] ?? none);
    return drawn;
  }

  protected override detailsOf({ key, name }: ConflictRow): HTMLElement {
    const details = this.#details.get(key);
    if (!details) return readingDetails(this.#texts!.reading);
    return detailsOf(details, name, {
      chooseRow: (row, take) => this.#hooks.chooseRow(key, row, take),
      chooseAllRows: (take) => this.#hooks.chooseAllRows(key, take),
      more: (rows) => this.#hooks.readDetails(key, rows),
    });
  }

  protected override opened({ key }: ConflictRow): void {
    this.#hooks.readDetails(key, 0);
  }

  protected override toggle(row: ConflictRow): void {
    // They are read anew, and may be others then.
    if (this.open.has(row.key)) this.#details.delete(row.key);
    super.toggle(row);
  }

  protected override keyOnRow(key: string, row: ConflictRow): boolean {
    const choice = row.choices[Number(key) - 1];
    if (choice) {
      this.#hooks.choose(row.key, choice.value);
      return true;
    }
    switch (key) {
      case ' ':
        this.#enter(row.key);
        return true;
      case 'Enter':
        if (row.actions[0]) this.#hooks.act(row.key, row.actions[0].id);
        else this.toggle(row);
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
    const drawn = this.drawn.get(this.rows.findIndex((row) => row.key === key));
    const inputs = [...(drawn?.element.querySelectorAll<HTMLInputElement>('.decision input') ?? [])];
    (inputs.find((input) => input.checked) ?? inputs[0])?.focus({ preventScroll: true });
  }
}
