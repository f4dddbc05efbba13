import type { EntryInfo, SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import type { EntryNode } from '../snapshots/nodes.ts';
import type { PathVersion } from './versions.ts';

/** A row of the History view. */
export type HistoryNode = StoredVersionNode | OtherVersionNode | EntryNode | OlderNode;

/** A version that a snapshot holds. It is an entry of the oldest of them too, so that what can be done with one can be done with it. */
export interface StoredVersionNode extends EntryNode {
  readonly version: PathVersion;
}

/** A version that no snapshot can give: not there, or in the current state only. */
export interface OtherVersionNode {
  readonly type: 'version';
  readonly instance: Instance;
  readonly path: string;
  readonly version: PathVersion;
}

/** Stands for the rows that are not shown until it is opened. */
export interface OlderNode {
  readonly type: 'older';
  readonly instance: Instance;
  readonly rest: readonly HistoryNode[];
}

export type VersionNode = StoredVersionNode | OtherVersionNode;

export function versionNode(instance: Instance, path: string, version: PathVersion): VersionNode {
  const { entry } = version;
  const snapshot = version.snapshots.at(-1);
  return entry && snapshot ? { type: 'entry', instance, snapshot, entry, version } : { type: 'version', instance, path, version };
}

/** The first of the rows; those that are left come out of the last of them. */
export function pagesOf(instance: Instance, nodes: readonly HistoryNode[]): HistoryNode[] {
  return [...firstPage(nodes, (rest): OlderNode => ({ type: 'older', instance, rest }))];
}

/** The path in one of the snapshots that hold the version. */
export function holderNode(instance: Instance, snapshot: SnapshotInfo, entry: EntryInfo): EntryNode {
  return { type: 'entry', instance, snapshot, entry };
}

export function isVersion(node: unknown): node is VersionNode {
  return typeof node === 'object' && node !== null && 'version' in node && 'instance' in node;
}

export function versionPath(node: VersionNode): string {
  return node.type === 'version' ? node.path : node.entry.path;
}
