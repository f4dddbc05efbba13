import { parentPath } from '../../base/paths.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import { Kind } from '../../store/tree.ts';
import type { Staged } from '../merge/staged.ts';
import type { Base } from './bases.ts';
import type { Offered } from './compare.ts';
import { guessOf, type PublishedTable } from './table.ts';

/** What a mirror would delete at a target. */
export interface Removed {
  /** Paths of files and links that were delivered before, are there, and would go. */
  readonly paths: readonly string[];
  /** Objects of the target, wherever they are, that nobody knows by name but the target. */
  readonly others: number;
}

/** The same delivery of mirrored folders, for one target after the other. */
export class Mirror {
  private readonly staged: Pick<Staged, 'isMirrored'>;
  private readonly delivered: ReadonlySet<string>;
  /** What replaces something takes away what is in it. */
  private readonly isReplaced: (path: string) => boolean;

  constructor(offered: readonly Offered[], staged: Pick<Staged, 'isMirrored'>) {
    this.staged = staged;
    this.delivered = new Set(offered.flatMap(({ path }) => [...foldersAbove(path), path]));
    this.isReplaced = within(offered.flatMap(({ path, entry }) => (entry.kind === Kind.folder ? [] : [path])));
  }

  at(table: PublishedTable, base: Base): Removed {
    const known = new Set(this.delivered);
    const paths: string[] = [];
    for (const { path } of base.leaves()) {
      const isNew = !known.has(path);
      for (const each of [...foldersAbove(path), path]) known.add(each);
      if (!isNew || this.isReplaced(path) || !this.staged.isMirrored(parentPath(path))) continue;
      const there = table.find(guessOf(path));
      if (there !== undefined && there.kind !== Kind.folder) paths.push(path);
    }
    let found = 0;
    for (const path of known) if (table.find(guessOf(path)) !== undefined) found += 1;
    return { paths, others: table.rows - found };
  }
}
