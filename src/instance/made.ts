import type { Work } from '../base/work.ts';
import { NO_LABELS, nextSequence, type StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { Kind } from '../store/tree.ts';
import { REASONS } from './journal.ts';
import { Trees } from './states.ts';

/**
 * Makes a snapshot of a tree that was put together from another one's, and is stored durably.
 * @throws SnapstageError `damaged` when a folder of it can't be read; `busy`.
 */
export function publishMade(store: Store, from: StoredSnapshot, root: Buffer, work: Work): StoredSnapshot {
  const totals = { files: 0, folders: 0, links: 0, bytes: 0, linked: false };
  work.begin('plan');
  for (const { entry } of new Trees(() => store.reader).walk(root)) {
    work.check();
    if (entry.kind === Kind.folder) totals.folders += 1;
    else if (entry.kind === Kind.link) totals.links += 1;
    else {
      totals.files += 1;
      totals.bytes += entry.size;
      totals.linked ||= entry.group !== 0n;
    }
  }
  const record = {
    ...from.record,
    ...totals,
    nonce: store.host.randomHex(8),
    root: root.toString('hex'),
    created: new Date(store.host.now()).toISOString(),
    sequence: nextSequence(store.snapshots.list().snapshots),
    reason: REASONS.made,
    addedBytes: 0,
  };
  return { id: store.publish(record, NO_LABELS), record, labels: NO_LABELS };
}

/** A tree as a snapshot that is in no list, to be restored into another folder. `at`: ISO 8601. */
export function unlistedSnapshot(root: Buffer, id: string, at: string): StoredSnapshot {
  const counts = { files: 0, folders: 0, links: 0, bytes: 0, addedBytes: 0, linked: true };
  const nothing = { excluded: [], unreadable: [], evidence: [] };
  const record = {
    version: 1 as const,
    nonce: '',
    root: root.toString('hex'),
    rootMode: 0o755,
    rootMtime: String(BigInt(Date.parse(at)) * 1_000_000n),
    created: at,
    sequence: 0,
    kind: 'automatic' as const,
    reason: null,
    consistency: 'consistent' as const,
    ...counts,
    ...nothing,
  };
  return { id, record, labels: NO_LABELS };
}
