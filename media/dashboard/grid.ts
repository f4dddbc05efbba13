import type { MemberRow, PageTexts } from '../../src/editor/assignments/dashboardPage.ts';
import { element } from '../page/elements.ts';
import { RowGrid } from '../page/rowGrid.ts';
import { drawRow, type DrawnMember } from './row.ts';

export interface GridHooks {
  /** More is to be told of a member. */
  readonly opened: (member: string) => void;
  /** The hand-in is to be compared with the handed-out version. */
  readonly compare: (handIn: string) => void;
  /** Others are selected, as the text says. */
  readonly selected: (text: string) => void;
  /** Nothing more is to be told of a member. */
  readonly left: () => void;
  /** Another row is the active one. */
  readonly changed: () => void;
}

/** The members. Space selects one, Enter tells more of it. */
export class MemberGrid extends RowGrid<MemberRow, DrawnMember> {
  /** Keys of members; they stay selected when they are not shown. */
  readonly selected: Set<string>;
  readonly #hooks: GridHooks;
  #texts: PageTexts | undefined;

  constructor(hooks: GridHooks, active: string | undefined, selected: readonly string[]) {
    super({ columns: 9, changed: hooks.changed, active, open: [] });
    this.#hooks = hooks;
    this.selected = new Set(selected);
    this.element.addEventListener('click', ({ target }) => this.#click(target));
  }

  setTexts(texts: PageTexts): void {
    if (this.#texts !== undefined) return;
    this.#texts = texts;
    this.titled(texts.members, texts.columns);
  }

  /** All rows, instead of those before. Who is there no more is not selected any more. */
  setRows(rows: readonly MemberRow[]): void {
    const there = new Set(rows.map(({ key }) => key));
    for (const key of this.selected) if (!there.has(key)) this.selected.delete(key);
    this.replaceRows(rows);
  }

  /** All that are shown, or none at all. */
  selectShown(isSelected: boolean): void {
    if (!isSelected) this.selected.clear();
    else for (const place of this.order) this.selected.add(this.rows[place]!.key);
    for (const [place, { select }] of this.drawn) select(this.selected.has(this.rows[place]!.key));
    this.#hooks.selected(this.#texts!.selected.replace('{0}', String(this.selected.size)));
  }

  /** Tells more of the member after the active one; of the active one where it is the last. */
  openNext(): void {
    this.goTo(this.activeIndex + 1);
    if (this.active !== undefined) this.#hooks.opened(this.active);
  }

  protected override drawRow(row: MemberRow, place: number): DrawnMember {
    const drawn = drawRow(row, place, this.#texts!, {
      select: () => this.#select(row, place),
      compare: this.#hooks.compare,
    });
    drawn.select(this.selected.has(row.key));
    return drawn;
  }

  protected override hasDetails(): boolean {
    return false;
  }

  protected override detailsOf(): HTMLElement {
    return element('div');
  }

  protected override opened(): void {
    // No row is ever opened.
  }

  protected override keyOnRow(key: string, row: MemberRow): boolean {
    if (key === 'Enter') this.#hooks.opened(row.key);
    else if (key === ' ') this.#select(row, this.rows.indexOf(row));
    else if (key === 'Escape') this.#hooks.left();
    else return false;
    return true;
  }

  #select(row: MemberRow, place: number): void {
    const isSelected = !this.selected.delete(row.key);
    if (isSelected) this.selected.add(row.key);
    this.drawn.get(place)?.select(isSelected);
    const text = isSelected ? this.#texts!.selected : this.#texts!.unselected;
    this.#hooks.selected(text.replace('{0}', row.name));
  }

  /** Anywhere in a row but on its controls. */
  #click(target: EventTarget | null): void {
    const row = target instanceof Element && target.closest('button, label, input') === null ? target.closest('.row') : null;
    const key = this.rows[Number((row as HTMLElement | null)?.dataset['place'] ?? -1)]?.key;
    if (key !== undefined) this.#hooks.opened(key);
  }
}
