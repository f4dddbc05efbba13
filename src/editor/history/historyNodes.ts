import type { EntryInfo, SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { EntryNode } from '../snapshots/nodes.ts';
import type { PathVersion } from './versions.ts';

/** A row of the History view. */
export type HistoryNode = StoredVersionNode | OtherVersionNode | EntryNode;

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

export type VersionNode = StoredVersionNode | OtherVersionNode;

export function versionNode(instance: Instance, path: string, version: PathVersion): VersionNode {
  const { entry } = version;
  const snapshot = version.snapshots.at(-1);
  return entry && snapshot ? { type: 'entry', instance, snapshot, entry, version } : { type: 'version', instance, path, version };
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
