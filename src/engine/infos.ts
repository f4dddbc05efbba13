import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import type { DiffLists } from '../instance/diff.ts';
import type { Step } from '../instance/restorePlan.ts';
import type { Diff, EntryInfo, EntryKind, RestoreCounts, RestoreItem, SnapshotDetails, SnapshotInfo, SnapshotKind } from './api.ts';

/** Turns the core's records into what the contract says. */
export function snapshotInfo({ id, record, labels }: StoredSnapshot): SnapshotInfo {
  return {
    id,
    name: labels.name,
    description: labels.description,
    kind: snapshotKind(record.kind, labels.name !== null || labels.description !== null),
    reason: record.reason,
    created: record.created,
    consistency: record.consistency,
    partial: record.unreadable.length > 0,
    pinned: labels.pinned,
    files: record.files,
    folders: record.folders,
    links: record.links,
    bytes: record.bytes,
    addedBytes: record.addedBytes,
  };
}

function snapshotKind(kind: StoredSnapshot['record']['kind'], described: boolean): SnapshotKind {
  if (kind !== 'manual') return kind;
  return described ? 'described' : 'quick';
}

export function snapshotDetails(snapshot: StoredSnapshot): SnapshotDetails {
  const { excluded, unreadable, evidence } = snapshot.record;
  return { ...snapshotInfo(snapshot), excluded, unreadable, evidence };
}

const KINDS: Record<Kind, EntryKind> = { [Kind.file]: 'file', [Kind.folder]: 'folder', [Kind.link]: 'link' };

export function kindOf(entry: TreeEntry): EntryKind {
  return KINDS[entry.kind];
}

export function entryInfo(path: string, entry: TreeEntry, target?: string): EntryInfo {
  return {
    path,
    kind: kindOf(entry),
    size: entry.kind === Kind.folder ? 0 : entry.size,
    mode: entry.mode,
    modified: isoNanoseconds(entry.mtime),
    id: entry.id.toString('hex'),
    ...(target === undefined ? {} : { target }),
  };
}

/** ISO 8601, UTC, with nanoseconds. */
export function isoNanoseconds(time: bigint): string {
  const second = time >= 0n ? time / 1_000_000_000n : -((-time + 999_999_999n) / 1_000_000_000n);
  const fraction = (time - second * 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(second) * 1000).toISOString().slice(0, -5)}.${fraction}Z`;
}

export function diffOf(lists: DiffLists): Diff {
  const item = ({ path, entry }: { path: string; entry: TreeEntry }) => ({
    path,
    kind: kindOf(entry),
    size: entry.kind === Kind.folder ? 0 : entry.size,
  });
  return {
    added: lists.added.map(item),
    changed: lists.changed.map(item),
    removed: lists.removed.map(item),
    moved: lists.moved.map((moved) => ({ ...item(moved), from: moved.from })),
  };
}

export function restoreItems(steps: readonly Step[]): RestoreItem[] {
  return steps.map((step) => {
    const entry = (step.to ?? step.from)!;
    return {
      path: step.original ?? step.path,
      action: step.action,
      kind: kindOf(entry),
      size: entry.kind === Kind.folder ? 0 : entry.size,
      ...(step.original === undefined ? {} : { as: step.path }),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
    };
  });
}

export function restoreCounts(steps: readonly Step[]): RestoreCounts {
  const counts = { add: 0, replace: 0, delete: 0, attributes: 0, keep: 0, bytes: 0 };
  for (const step of steps) {
    counts[step.action] += 1;
    if ((step.action === 'add' || step.action === 'replace') && step.to?.kind === Kind.file) counts.bytes += step.to.size;
  }
  return counts;
}
