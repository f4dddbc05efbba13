import type { RestoreCounts, RestoreItem } from '../../src/engine/api.ts';

const none = { add: 0, replace: 0, delete: 0, attributes: 0, keep: 0 };

/** Counts of a restore that does nothing. */
export const noCounts: RestoreCounts = { ...none, folders: none, bytes: 0 };

/** What the engine counts of these items. */
export function countsOf(items: readonly RestoreItem[]): RestoreCounts {
  const counts = { ...none, folders: { ...none }, bytes: 0 };
  for (const { action, kind, size } of items) {
    counts[action] += 1;
    if (kind === 'folder') counts.folders[action] += 1;
    else if (action === 'add' || action === 'replace') counts.bytes += size;
  }
  return counts;
}
