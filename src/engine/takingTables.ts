/** Tables that were delivered by themselves, when that is taken back: which they are, and the databases without them. */
import { SnapstageError } from '../base/errors.ts';
import { within } from '../instance/scopes.ts';
import { Trees } from '../instance/states.ts';
import type { Distribution } from '../space/delivery/distributions.ts';
import { takingPlan, type TakingPlan } from '../space/delivery/takeBack.ts';
import type { TableTaking, TakenTable, TakenTables } from '../space/delivery/takenTables.ts';
import type { Taking } from '../space/delivery/takings.ts';
import type { Round } from '../space/delivery/undoPlan.ts';
import type { Edit } from '../space/merge/editTree.ts';
import { extractPath } from '../space/merge/tables/tablePlaces.ts';
import type { Store } from '../store/store.ts';
import type { TreeEntry } from '../store/tree.ts';
import type { Work } from '../base/work.ts';
import { storeWithTables } from './deliveredTables.ts';

/** Tables that these distributions delivered at the paths of a recall, or of an undo; of each the last. */
export function tablesTaken(
  { store, work }: { readonly store: Store; readonly work: Work },
  taking: Taking,
  {
    named,
    here,
    rounds,
  }: { readonly named: readonly Distribution[]; readonly here: readonly Distribution[]; readonly rounds: readonly Round[] | undefined },
): readonly TableTaking[] {
  const trees = new Trees(() => store.reader);
  const isNamed = within(taking.paths);
  const found = new Map<string, TableTaking>();
  for (const one of named) {
    for (const { type, path: database, part } of one.items) {
      work.check();
      if (type !== 'table' || part === null || !isNamed(database)) continue;
      const delivered = extractIn(trees, one, database, part);
      if (delivered === undefined) continue;
      const base = lastOf(trees, here, database, part);
      const before = rounds?.[0]?.before;
      const after = before === undefined ? base : before.trees.entry(before.folder, database);
      found.set(`${database}\0${part}`, { database, table: part, delivered, after, base });
    }
  }
  return [...found.values()];
}

function extractIn(trees: Trees, { said }: Distribution, database: string, table: string): TreeEntry | undefined {
  return trees.entry(Buffer.from(said.body.tree, 'hex'), extractPath(database, table));
}

/** The extract that holds of those that were received here, once what was taken back is. */
function lastOf(trees: Trees, here: readonly Distribution[], database: string, table: string): TreeEntry | undefined {
  let last: TreeEntry | undefined;
  for (const one of here) {
    if (!one.items.some(({ type, path, part }) => type === 'table' && path === database && part === table)) continue;
    if (within(one.losses.gone)(database)) last = undefined;
    else if (!within(one.losses.earlier)(database)) last = extractIn(trees, one, database, table);
  }
  return last;
}

/** A plan for files, in which databases count by their tables. */
export function withTables(files: TakingPlan, { objects, baseEdits, settled }: TakenTables, databases: ReadonlySet<string>): TakingPlan {
  const others = files.objects.filter(({ place }) => !databases.has(place));
  const edits = files.baseEdits.filter(({ place }) => !databases.has(place));
  const { counts } = takingPlan([...others, ...objects], []);
  const plan = takingPlan(others, [...edits, ...settled, ...baseEdits.values()]);
  return { ...plan, objects: [...others, ...objects].toSorted((a, b) => (a.place < b.place ? -1 : 1)), counts };
}

/**
 * Stores the databases as they are then. Tables that can't go, as others refer to them, stay. Returns what is so, and the edits of the
 * target's tree: a database of which nothing is left goes.
 */
export async function storeTaken(
  store: Store,
  tables: TakenTables,
  work: Work,
): Promise<{ readonly tables: TakenTables; readonly edits: readonly Edit[] }> {
  const edits: Edit[] = [];
  const baseEdits = new Map(tables.baseEdits);
  const kept = new Set<TakenTable>();
  for (const [place, some] of Map.groupBy(baseEdits.keys(), (one) => one.place)) {
    const { mine, incoming } = some[0]!;
    try {
      const content = await storeWithTables(
        store,
        mine,
        some.map((one) => ({ name: one.table, from: one.outcome === 'deleted' ? undefined : one.incoming })),
        work,
      );
      const entry = content && { ...(mine ?? incoming!), ...content, group: 0n };
      edits.push({ path: place, place, entry });
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code !== 'refused') throw error;
      for (const one of some) kept.add(one);
    }
  }
  for (const one of kept) baseEdits.delete(one);
  const objects = tables.objects.map((one): TakenTable => (kept.has(one) ? { ...one, outcome: 'kept', hold: 'unread' } : one));
  return { tables: { ...tables, objects, baseEdits }, edits };
}
