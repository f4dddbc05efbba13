import { versionPath, type VersionNode } from './historyNodes.ts';
import { openChanges } from '../compare/multiDiff.ts';
import type { Viewer } from '../files/viewer.ts';

/** Shows what a version changed: a file's difference, or those of a folder's files. A version without one before shows nothing. */
export async function compareWithPrevious(node: VersionNode, viewer: Viewer): Promise<void> {
  const { instance, version } = node;
  const from = version.previous?.snapshots.at(-1);
  const to = version.snapshots.at(-1);
  const path = versionPath(node);
  if (!from) return;
  if (version.entry?.kind !== 'folder' && version.previous?.entry?.kind !== 'folder') {
    await viewer.compare({ instance, snapshot: from, ...(to && { to }), path }, { preserveFocus: true });
    return;
  }
  await openChanges({ instance, from, ...(to && { to }), below: path });
}
