/** Conflicts within a table: rows that both sides changed, and a choice for each. */
import * as fs from 'node:fs';
import { SnapstageError } from '../base/errors.ts';
import { NO_PAGES, StoredPages, type PageSource } from '../instance/tables/pageSource.ts';
import { Sandbox } from '../instance/tables/sandbox.ts';
import { cellOf, type Cell, type Value } from '../instance/tables/values.ts';
import { readRowChoices, writeChoices, writeRowChoices, type RowChoices } from '../space/delivery/received.ts';
import type { Decision } from '../space/merge/decisions.ts';
import type { Planned } from '../space/merge/plan.ts';
import { compareThree, type ThreeRow, type ThreeTables } from '../space/merge/tables/compareThree.ts';
import { mergeRows, writeExtract } from '../space/merge/tables/images.ts';
import type { Store } from '../store/store.ts';
import type { TreeEntry } from '../store/tree.ts';
import { madeFile } from './deliveredTables.ts';
import type * as api from './deliveryApi.ts';
import { keepContent } from './merging.ts';
import type { Open } from './open.ts';

const SHOWN_ROWS = 200;
const CONFLICTS = new Set(['conflict'] as const);

/** The rows of a table that both sides changed, from `after` on. @throws SnapstageError `refused` where both can't be compared by row. */
export async function conflictsIn(
  open: Open,
  delivery: string,
  object: Planned,
  { after = 0, limit = SHOWN_ROWS }: { readonly after?: number; readonly limit?: number },
): Promise<api.TableConflicts> {
  const { columns, key, counts, rows } = await compared(open, object, after, limit);
  const chosen = chosenIn(open.store, delivery, object);
  return {
    columns,
    incomingOnly: counts.incoming,
    mineOnly: counts.mine,
    total: counts.conflict,
    rows: rows.map((row) => {
      const name = keyOf(row, columns, key);
      const { mine, base, incoming } = row;
      return { key: name, mine: texts(mine), base: texts(base), incoming: texts(incoming), chosen: chosen.get(keyText(name)) ?? null };
    }),
  };
}

/** Notes choices for rows, and for all others; with one for every row in conflict the table is merged by them, otherwise it waits. */
export async function chooseRows(
  open: Open,
  delivery: string,
  object: Planned,
  { rows, others }: Pick<Parameters<api.TableConflictApi['resolveRows']>[0], 'rows' | 'others'>,
): Promise<void> {
  const { files } = open.store;
  const chosen = new Map(others === undefined ? chosenIn(open.store, delivery, object) : await allRows(open, object, others));
  for (const { key, take } of rows) {
    if (take === null) chosen.delete(keyText(key));
    else chosen.set(keyText(key), take);
  }
  const { name, triple } = object;
  writeRowChoices(files, delivery, name, { triple, rows: [...chosen] });
  const decision = await mergedTable(open, delivery, object);
  writeChoices(files, delivery, new Map([[name, decision === undefined ? { triple, waits: true } : { triple, decision }]]));
}

/** The same choice for every row in conflict. */
async function allRows(open: Open, object: Planned, take: 'incoming' | 'mine' | null): Promise<RowChoices> {
  if (take === null) return new Map();
  const { columns, key, rows } = await compared(open, object, 0, Number.POSITIVE_INFINITY);
  return new Map(rows.map((row) => [keyText(keyOf(row, columns, key)), take]));
}

/** A table merged by the choices that there are; `undefined` while rows that both sides changed have none. */
export async function mergedTable(open: Open, delivery: string, object: Planned): Promise<Decision | undefined> {
  const chosen = chosenIn(open.store, delivery, object);
  const { counts } = await compared(open, object, 0, 0);
  return chosen.size < counts.conflict ? undefined : mergedBy(open, delivery, object, chosen);
}

async function mergedBy(open: Open, delivery: string, object: Planned, chosen: RowChoices): Promise<Decision> {
  const { store, work } = open;
  using sides = sidesOf(store, object);
  using made = madeFile(store);
  const name = object.table!;
  await writeExtract(made.file, { name, pages: sides.mine }, work);
  await mergeRows(made.file, sides, name, (key) => chosen.get(keyText(key.map(valueText))) ?? 'mine', work);
  return { take: 'merge', content: keepContent(store, delivery, object.name, fs.readFileSync(made.file)) };
}

async function compared({ store, work }: Open, object: Planned, skip: number, limit: number): Promise<ThreeTables> {
  using sides = sidesOf(store, object);
  using sandbox = await Sandbox.open(work, sides.mine, sides.incoming, sides.base);
  return compareThree(sandbox, object.table!, { skip, limit }, CONFLICTS);
}

interface SidePages extends Disposable {
  readonly mine: PageSource;
  readonly incoming: PageSource;
  readonly base: PageSource;
}

function sidesOf(store: Store, { mine, incoming, base, table, place }: Planned): SidePages {
  if (table === undefined || mine === undefined || incoming === undefined)
    throw new SnapstageError('usage', `“${place}” is no table that both sides have.`, { path: place });
  const pages = (entry: TreeEntry): PageSource => new StoredPages(store.reader, entry);
  const opened = { mine: pages(mine), incoming: pages(incoming), base: base === undefined ? NO_PAGES : pages(base) };
  return { ...opened, [Symbol.dispose]: () => Object.values(opened).forEach((each) => each[Symbol.dispose]()) };
}

function chosenIn(store: Store, delivery: string, { name, triple }: Planned): RowChoices {
  const kept = readRowChoices(store.files, delivery, name);
  return new Map(kept?.triple === triple ? kept.rows : []);
}

function keyOf({ mine, base, incoming }: ThreeRow, columns: readonly string[], key: readonly string[]): readonly string[] {
  return key.map((name) => cellText((mine ?? incoming ?? base)![columns.indexOf(name)]!));
}

function keyText(key: readonly string[]): string {
  return JSON.stringify(key);
}

function texts(row: readonly Cell[] | null): readonly string[] | null {
  return row?.map(cellText) ?? null;
}

function valueText(value: Value): string {
  return cellText(cellOf(value));
}

function cellText(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell !== 'object') return String(cell);
  if ('integer' in cell) return cell.integer;
  if ('real' in cell) return cell.real;
  return 'text' in cell ? cell.text : `x'${cell.blob}'`;
}
