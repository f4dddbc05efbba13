import type { Diff, EntryKind } from '../../engine/api.ts';

export type ChangeKind = 'added' | 'changed' | 'removed' | 'moved';

/** One line of a diff. */
export interface Change {
  readonly change: ChangeKind;
  readonly path: string;
  /** Where it was before, when moved. */
  readonly from?: string;
  readonly kind: EntryKind;
  readonly size: number;
}

/** All changes of a diff as one list, by path. */
export function listChanges(diff: Diff): readonly Change[] {
  const rows: Change[] = [];
  for (const change of ['added', 'changed', 'removed', 'moved'] as const) {
    for (const entry of diff[change]) rows.push({ change, ...entry });
  }
  return rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** How many there are of each kind. */
export function countChanges(diff: Diff): Readonly<Record<ChangeKind, number>> {
  return { added: diff.added.length, changed: diff.changed.length, removed: diff.removed.length, moved: diff.moved.length };
}
