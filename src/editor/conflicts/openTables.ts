import type { DeliveredObject, DeliveryApi, PlanChange, TableConflicts } from '../../engine/deliveryApi.ts';
import { keyOf } from './conflicts.ts';

export type RowSide = 'mine' | 'incoming';

export interface RowChoice {
  readonly key: readonly string[];
  readonly take: RowSide;
}

/** A table that both sides changed. */
export type ChangedTable = DeliveredObject & { readonly part: string };

export function isTable(object: DeliveredObject): object is ChangedTable {
  return object.mergeable === 'table' && object.part !== null;
}

/** Rows that are read at once. */
const rowsAtOnce = 50;

/** The rows read so far of the tables that were opened, and what was chosen of them before. */
export class OpenTables {
  readonly #api: Pick<DeliveryApi, 'tableConflicts' | 'resolveRows'>;
  readonly #delivery: string;
  readonly #read = new Map<string, TableConflicts>();
  readonly #before = new Map<string, TableConflicts>();

  constructor(api: Pick<DeliveryApi, 'tableConflicts' | 'resolveRows'>, delivery: string) {
    this.#api = api;
    this.#delivery = delivery;
  }

  /** So many rows at least, where there are so many. */
  async rows(table: ChangedTable, wanted: number): Promise<TableConflicts> {
    const { place, part } = table;
    let read = this.#read.get(keyOf(table));
    while (read === undefined || read.rows.length < Math.min(wanted, read.total)) {
      const after: number = read?.rows.length ?? 0;
      const next = await this.#api.tableConflicts({ delivery: this.#delivery, place, part, after, limit: rowsAtOnce });
      read = { ...next, rows: [...(read?.rows ?? []), ...next.rows] };
      if (next.rows.length === 0) break;
    }
    this.#read.set(keyOf(table), read);
    return read;
  }

  /** Chooses for rows, and for all others where `others` says how. Returns what that made of the plan. */
  async choose(table: ChangedTable, rows: readonly RowChoice[], others?: RowSide): Promise<PlanChange> {
    const { place, part, triple } = table;
    const read = await this.rows(table, 1);
    if (!this.#before.has(keyOf(table))) this.#before.set(keyOf(table), read);
    const change = await this.#api.resolveRows({ delivery: this.#delivery, place, part, triple, rows, ...(others && { others }) });
    const takes = new Map(rows.map(({ key, take }) => [JSON.stringify(key), take]));
    const chosen = read.rows.map((row) => ({ ...row, chosen: takes.get(JSON.stringify(row.key)) ?? others ?? row.chosen }));
    this.#read.set(keyOf(table), { ...read, rows: chosen });
    return change;
  }

  /** True where rows were chosen since it was opened. */
  isChosenIn(object: DeliveredObject): boolean {
    return this.#before.has(keyOf(object));
  }

  /** Chooses as it was before; rows that had not been read then are undecided. */
  async takeBack(table: ChangedTable): Promise<void> {
    const { place, part, triple } = table;
    const rows = (this.#before.get(keyOf(table))?.rows ?? []).map(({ key, chosen }) => ({ key, take: chosen }));
    await this.#api.resolveRows({ delivery: this.#delivery, place, part, triple, rows, others: null });
  }

  /** What was read is of another plan. */
  forget(): void {
    this.#read.clear();
  }
}
