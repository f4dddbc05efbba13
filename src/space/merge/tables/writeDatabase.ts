import * as fs from 'node:fs';
import type { Work } from '../../../base/work.ts';
import { Kind, type TreeEntry } from '../../../store/tree.ts';
import { bringsTable } from '../mergedTree.ts';
import type { MergePlan, Planned } from '../plan.ts';
import type { PagesOf } from './classifyTables.ts';
import { copyImage, putTables } from './images.ts';

/** The databases into which a plan puts tables, by place, with these tables. */
export function databasesOf({ objects }: MergePlan): Map<string, Planned[]> {
  return Map.groupBy(objects.filter(bringsTable), ({ place }) => place);
}

/**
 * Writes a database of the target as a new file, with all these tables put into it, or none and no file.
 * @throws SnapstageError as `putTables`.
 */
export async function writeDatabase(file: string, tables: readonly Planned[], pagesOf: PagesOf, work: Work): Promise<void> {
  const mine = tables[0]?.mine;
  const pages = tables.map((planned) => ({ name: planned.table!, pages: pagesOf(contentOf(planned)) }));
  try {
    if (mine?.kind === Kind.file) {
      using image = pagesOf(mine);
      copyImage(image, file, work);
    }
    await putTables(file, pages, work);
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  } finally {
    for (const { pages: each } of pages) each[Symbol.dispose]();
  }
}

/** The extract that comes: what was merged, where that was decided. */
function contentOf({ incoming, decision }: Planned): TreeEntry {
  return decision?.take === 'merge' ? { ...incoming!, ...decision.content } : incoming!;
}
