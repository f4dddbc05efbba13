/** Tables that are delivered by themselves: as extracts, and put into the databases that are here. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Work } from '../base/work.ts';
import { StoredPages, type PageSource } from '../instance/tables/pageSource.ts';
import { storeFile, storing } from '../space/delivery/storing.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { MergePlan, MergeRequest } from '../space/merge/plan.ts';
import type { Databases } from '../space/merge/mergedTree.ts';
import { classifyTables, type TableObject } from '../space/merge/tables/classifyTables.ts';
import { copyImage, setTables, writeExtract } from '../space/merge/tables/images.ts';
import { databasesOf, writeDatabase } from '../space/merge/tables/writeDatabase.ts';
import type { Store } from '../store/store.ts';
import type { TreeEntry } from '../store/tree.ts';

/** Stores an extract of a table of a stored database. @throws SnapstageError as `writeExtract`. */
export async function storeExtract(store: Store, database: TreeEntry, table: string, work: Work): Promise<TreeEntry> {
  using pages = pagesOf(store, database);
  const content = await written(store, (file) => writeExtract(file, { name: table, pages }, work), work);
  return { ...database, ...content, mode: 0o600, group: 0n };
}

/** The tables of a delivery that differ; `mine` must be stored. */
export function differingTables(store: Store, { sides, staged, target }: MergeRequest, work: Work): Promise<TableObject[]> {
  return classifyTables(sides, staged, target, (entry) => pagesOf(store, entry), work);
}

/** Stores the databases into which a plan puts tables. */
export async function storeDatabases(store: Store, plan: MergePlan, work: Work): Promise<Databases> {
  const databases = new Map<string, TreeEntryContent>();
  const mtime = BigInt(store.host.now()) * 1_000_000n;
  for (const [place, tables] of databasesOf(plan)) {
    const content = await written(store, (file) => writeDatabase(file, tables, (entry) => pagesOf(store, entry), work), work);
    databases.set(place, { ...content, mtime });
  }
  return databases;
}

/**
 * Stores a database with tables as they are in others, or without them; nothing when nothing is left in it then.
 * @throws SnapstageError as `setTables`.
 */
export async function storeWithTables(
  store: Store,
  database: TreeEntry | undefined,
  tables: readonly { readonly name: string; readonly from: TreeEntry | undefined }[],
  work: Work,
): Promise<TreeEntryContent | undefined> {
  let isLeft = false;
  const content = await written(
    store,
    async (file) => {
      const sources = tables.map(({ name, from }) => ({ name, pages: from && pagesOf(store, from) }));
      try {
        if (database !== undefined) {
          using image = pagesOf(store, database);
          copyImage(image, file, work);
        }
        isLeft = await setTables(file, sources, work);
      } finally {
        for (const { pages } of sources) pages?.[Symbol.dispose]();
      }
    },
    work,
  );
  return isLeft ? { ...content, mtime: BigInt(store.host.now()) * 1_000_000n } : undefined;
}

type TreeEntryContent = Pick<TreeEntry, 'id' | 'size' | 'flags' | 'mtime'>;

/** Stores what is written to a file of its own, which is removed then. */
async function written(
  store: Store,
  write: (file: string) => Promise<void>,
  work: Work,
): Promise<Pick<TreeEntry, 'id' | 'size' | 'flags'>> {
  using made = madeFile(store);
  await write(made.file);
  return storing(store, (sink) => storeFile(sink, made.file, () => work.check()));
}

/** A place for a database that is being made, which goes with all that SQLite leaves beside it. */
export function madeFile({ files, host }: Store): Disposable & { readonly file: string } {
  const folder = path.join(files.place, SPACE_FOLDER, `made-${host.randomHex(8)}.tmp`);
  fs.mkdirSync(folder, { recursive: true });
  return { file: path.join(folder, 'database'), [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

export function pagesOf(store: Store, entry: TreeEntry): PageSource {
  return new StoredPages(store.reader, entry);
}
