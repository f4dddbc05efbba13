import { applicationsNodeId, type ApplicationsNode } from '../applications/applicationNodes.ts';
import type { Change, EntryInfo, SnapshotInfo } from '../../engine/api.ts';
import type { ChangeFolder } from '../compare/changeTree.ts';
import type { DayGroup } from './days.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import { noteId, type NoteNode } from './notes.ts';
import type { Interrupted } from '../restore/unfinished.ts';
import type { Stored } from '../state.ts';
import { tablesNodeId, type TablesNode } from '../tables/tableNodes.ts';

/** A row of the Snapshots and Comparison trees. */
export type SnapshotsNode =
  | FolderNode
  | CurrentNode
  | ChangeNode
  | ChangesNode
  | MoreNode
  | UnreadNode
  | InterruptedNode
  | FailedNode
  | DayNode
  | SnapshotNode
  | EntryNode
  | TablesNode
  | ApplicationsNode
  | NoteNode;

/** A workspace folder, where there are several. */
export interface FolderNode {
  readonly type: 'folder';
  readonly instance: Instance;
}

export interface CurrentNode {
  readonly type: 'current';
  readonly instance: Instance;
}

/** A difference from a state of the store to another one. */
export interface ChangeNode {
  readonly type: 'change';
  readonly instance: Instance;
  readonly snapshot: Stored;
  /** Absent: the current state. */
  readonly to?: Stored;
  readonly change: Change;
  /** Below the row of its folder. */
  readonly nested?: true;
}

/** A folder with differences below it. */
export interface ChangesNode {
  readonly type: 'changes';
  readonly instance: Instance;
  readonly snapshot: Stored;
  readonly to?: Stored;
  readonly folder: ChangeFolder;
  /** Open from the start: there are few. */
  readonly open: boolean;
  /** Of the row above all of the list. */
  readonly above: string;
}

/** Stands for the changes that have not been read; they come when it is opened. */
export interface UnreadNode {
  readonly type: 'unread';
  readonly instance: Instance;
  readonly snapshot: Stored;
  readonly to?: Stored;
  /** The path of the last one that has been read. */
  readonly after: string;
  readonly count: number;
  /** Of the row above all of them. */
  readonly above: string;
}

/** Stands for the rows that are not shown until it is opened. */
export interface MoreNode {
  readonly type: 'more';
  readonly instance: Instance;
  /** Of the row above all of them. */
  readonly above: string;
  readonly rest: readonly SnapshotsNode[];
}

/** Work that a window began and did not end. */
export interface InterruptedNode {
  readonly type: 'interrupted';
  readonly instance: Instance;
  readonly interrupted: Interrupted;
}

/** Stands for the rows below another one that can't be read. */
export interface FailedNode {
  readonly type: 'failed';
  readonly instance: Instance;
  readonly error: unknown;
  readonly above: string;
}

export interface DayNode {
  readonly type: 'day';
  readonly instance: Instance;
  readonly day: DayGroup<SnapshotInfo>;
  /** No other day has newer ones. */
  readonly newest: boolean;
  /** It holds what a filter has found, which shall be seen. */
  readonly filtered: boolean;
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

/** The first of the rows below another one; those that are left come out of the last of them. */
export function withPages(instance: Instance, above: string, nodes: readonly SnapshotsNode[]): readonly SnapshotsNode[] {
  return firstPage(nodes, (rest): MoreNode => ({ type: 'more', instance, above, rest }));
}

/** Stays the same for what is the same, so that selection and expansion survive a refresh. */
export function nodeId(node: SnapshotsNode): string {
  const folder = node.instance.folder.uri.toString();
  switch (node.type) {
    case 'folder':
      return folder;
    case 'current':
      return `${folder}#current`;
    case 'interrupted':
      return `${folder}#interrupted:${node.interrupted.what}`;
    case 'failed':
      return `${node.above}#failed`;
    case 'more':
      return `${node.above}#more${node.rest.length}`;
    case 'change':
      return `${folder}#change:${node.change.path}`;
    case 'changes':
      return `${node.above}#changes:${node.folder.path}`;
    case 'unread':
      return `${node.above}#after:${node.after}`;
    case 'day':
      return `${folder}#day:${node.day.key}${node.filtered ? ':filtered' : ''}`;
    case 'snapshot':
      return `${folder}#${node.snapshot.id}`;
    case 'entry':
      return `${folder}#${node.snapshot.id}:${node.entry.path}`;
    case 'tables':
    case 'database':
    case 'table':
      return tablesNodeId(node);
    case 'applications':
    case 'application':
    case 'dependencies':
    case 'configuration':
      return applicationsNodeId(node);
    case 'note':
      return noteId(node);
  }
}
