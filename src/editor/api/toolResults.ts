/** What the tools tell a model: short JSON, with numbers where a list would be long. */
import { numberOfChanges } from '../compare/changes.ts';
import type { Changes, RestoreOutcome, SnapshotDetails, SnapshotInfo } from '../../engine/api.ts';

const mostSnapshots = 50;
export const mostPaths = 200;

export function listResult(snapshots: readonly SnapshotInfo[]): object {
  const shown = snapshots.slice(0, mostSnapshots).map(snapshotResult);
  return { snapshots: shown, ...(snapshots.length > shown.length && { older: snapshots.length - shown.length }) };
}

export function takeResult(snapshot: SnapshotDetails, unsaved: readonly string[]): object {
  return {
    ...snapshotResult(snapshot),
    ...(snapshot.evidence.length > 0 && { evidence: snapshot.evidence.slice(0, mostPaths) }),
    ...(snapshot.unreadable.length > 0 && { unreadable: snapshot.unreadable.slice(0, mostPaths) }),
    ...(unsaved.length > 0 && {
      unsavedInEditors: unsaved,
      note: 'A snapshot holds what is on the disk: these files are in it without their unsaved changes.',
    }),
  };
}

export function changesResult({ counts, changes }: Changes): object {
  const notShown = numberOfChanges(counts) - changes.length;
  return { counts, changes, ...(notShown > 0 && { notShown }) };
}

export function restoreResult({ counts, safety, problems }: RestoreOutcome): object {
  return {
    counts,
    ...(problems.length > 0 && { problems: problems.slice(0, mostPaths) }),
    ...(safety && {
      stateBefore: safety.id,
      undo: `Restore the snapshot ${safety.id.slice(0, 8)}, or let the user run “Snapstage: Undo Last Restore”.`,
    }),
  };
}

function snapshotResult(snapshot: SnapshotInfo): object {
  const { id, name, description, kind, created, consistency, partial, pinned, files, bytes } = snapshot;
  return { id, name, description, kind, created, consistency, partial, pinned, files, bytes };
}
