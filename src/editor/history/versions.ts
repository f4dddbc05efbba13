import type { EntryInfo, SnapshotInfo, Version } from '../../engine/api.ts';

/** A version of a path, with what a row needs to know of it. */
export interface PathVersion {
  /** Nothing: it was not there. */
  readonly entry: EntryInfo | null;
  /** The snapshots with it, newest first; none where only the current state has it. */
  readonly snapshots: readonly SnapshotInfo[];
  readonly isCurrent: boolean;
  /** ISO 8601: the oldest state with it. */
  readonly since: string;
  readonly previous: PathVersion | undefined;
}

/** The engine's versions with their snapshots, newest first. One whose snapshots have all been deleted meanwhile is left out. */
export function pathVersions(versions: readonly Version[], snapshots: readonly SnapshotInfo[]): readonly PathVersion[] {
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const rows: PathVersion[] = [];
  let previous: PathVersion | undefined;
  for (const { entry, states, since } of versions.toReversed()) {
    const holders = states.flatMap((state) => byId.get(state) ?? []);
    const isCurrent = states.includes('current');
    if (holders.length === 0 && !isCurrent) continue;
    previous = { entry, snapshots: holders, isCurrent, since, previous };
    rows.unshift(previous);
  }
  return rows;
}

/** How a version came about from the one before. */
export type VersionChange = 'first' | 'changed' | 'deleted' | 'back' | 'kind';

export function versionChange({ entry, previous }: PathVersion): VersionChange {
  if (entry === null) return 'deleted';
  if (previous === undefined) return 'first';
  if (previous.entry === null) return 'back';
  return previous.entry.kind === entry.kind ? 'changed' : 'kind';
}
