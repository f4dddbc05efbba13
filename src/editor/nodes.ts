import type { EntryInfo, InterruptedRestore, SnapshotInfo } from '../engine/api.ts';
import type { Change } from './changes.ts';
import type { DayGroup } from './days.ts';
import type { Instance } from './instance.ts';

/** A row of the Snapshots tree. */
export type SnapshotsNode = FolderNode | CurrentNode | ChangeNode | MoreChangesNode | InterruptedNode | DayNode | SnapshotNode | EntryNode;

/** A workspace folder, where there are several. */
export interface FolderNode {
  readonly type: 'folder';
  readonly instance: Instance;
}

export interface CurrentNode {
  readonly type: 'current';
  readonly instance: Instance;
}

/** A difference between the latest snapshot and the current state. */
export interface ChangeNode {
  readonly type: 'change';
  readonly instance: Instance;
  readonly snapshot: SnapshotInfo;
  readonly change: Change;
}

/** Stands for the changes that are not shown one by one. */
export interface MoreChangesNode {
  readonly type: 'more';
  readonly instance: Instance;
  readonly count: number;
}

export interface InterruptedNode {
  readonly type: 'interrupted';
  readonly instance: Instance;
  readonly interrupted: InterruptedRestore;
}

export interface DayNode {
  readonly type: 'day';
  readonly instance: Instance;
  readonly day: DayGroup<SnapshotInfo>;
}

export interface SnapshotNode {
  readonly type: 'snapshot';
  readonly instance: Instance;
  readonly snapshot: SnapshotInfo;
  /** The group it stands in; its time is told without the date there where the group is a day. */
  readonly day: DayGroup<SnapshotInfo>;
}

/** A file, folder or link in a snapshot. */
export interface EntryNode {
  readonly type: 'entry';
  readonly instance: Instance;
  readonly snapshot: SnapshotInfo;
  readonly entry: EntryInfo;
}

/** Stays the same for what is the same, so that selection and expansion survive a refresh. */
export function nodeId(node: SnapshotsNode): string {
  const folder = node.instance.folder.uri.toString();
  switch (node.type) {
    case 'folder':
      return folder;
    case 'current':
    case 'interrupted':
    case 'more':
      return `${folder}#${node.type}`;
    case 'change':
      return `${folder}#change:${node.change.path}`;
    case 'day':
      return `${folder}#day:${node.day.key}`;
    case 'snapshot':
      return `${folder}#${node.snapshot.id}`;
    case 'entry':
      return `${folder}#${node.snapshot.id}:${node.entry.path}`;
  }
}
