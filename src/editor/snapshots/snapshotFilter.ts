import type { SnapshotInfo, SnapshotKind } from '../../engine/api.ts';

/** What can be asked of a snapshot beside its kind. */
export type SnapshotMark = 'pinned' | 'partial';

/** Which snapshots the view shows. */
export interface SnapshotFilter {
  /** Words that its name, description, kind or id must hold, each of them. */
  readonly text: string;
  /** Empty: all kinds. */
  readonly kinds: readonly SnapshotKind[];
  /** All of these must hold. */
  readonly marks: readonly SnapshotMark[];
}

export const noFilter: SnapshotFilter = { text: '', kinds: [], marks: [] };

export function isFiltering({ text, kinds, marks }: SnapshotFilter): boolean {
  return text.trim() !== '' || kinds.length > 0 || marks.length > 0;
}

/** The snapshots that fit. `wordsOf` gives what is shown of one, so that what can be read can be found. */
export function filterSnapshots(
  snapshots: readonly SnapshotInfo[],
  { text, kinds, marks }: SnapshotFilter,
  wordsOf: (snapshot: SnapshotInfo) => string,
): readonly SnapshotInfo[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return snapshots.filter((snapshot) => {
    if (kinds.length > 0 && !kinds.includes(snapshot.kind)) return false;
    if (!marks.every((mark) => snapshot[mark])) return false;
    if (words.length === 0) return true;
    const shown = wordsOf(snapshot).toLocaleLowerCase();
    return words.every((word) => shown.includes(word) || (word.length >= 4 && snapshot.id.startsWith(word)));
  });
}
