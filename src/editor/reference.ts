import type { SnapshotInfo, UndoInfo } from '../engine/api.ts';

/** The snapshot that "changes since" are told against. */
export interface Reference {
  readonly snapshot: SnapshotInfo;
  /** The whole folder was restored to it, and no snapshot has been taken since. */
  readonly restored: boolean;
}

/**
 * What a person takes for the last known state: the snapshot that the folder was restored to as a whole, or else the
 * newest one that was taken here, apart from those that are taken before a restore by itself. Those hold what somebody has just left; against
 * them everything that a restore has done would be a change. `snapshots` newest first; nothing where there is none.
 */
export function referenceOf(snapshots: readonly SnapshotInfo[], undo: UndoInfo | null): Reference | null {
  const newest = snapshots.find((snapshot) => !isSafety(snapshot) && isOwn(snapshot)) ?? latestOf(snapshots);
  if (!newest) return null;
  return undo && isRestored(undo) && undo.safety.created >= newest.created
    ? { snapshot: undo.snapshot, restored: true }
    : { snapshot: newest, restored: false };
}

/** The newest that was taken here; where all came from other stores, the newest of those. `snapshots` newest first. */
export function latestOf(snapshots: readonly SnapshotInfo[]): SnapshotInfo | undefined {
  return snapshots.find(isOwn) ?? snapshots[0];
}

function isOwn({ imported }: SnapshotInfo): boolean {
  return imported === undefined;
}

/** An undo goes back to what was there before a restore: then what was compared with before that is compared with again. */
function isRestored({ paths, snapshot, safety }: UndoInfo): boolean {
  return paths.length === 0 && !(isSafety(snapshot) && safety.reason !== 'before restore');
}

function isSafety({ kind, reason }: SnapshotInfo): boolean {
  return kind === 'automatic' && reason !== null && /^before (?:restore|undo|recovery)$/.test(reason);
}
