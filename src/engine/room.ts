/** Whether there is room for more: on the disk, and in the budget. */
import * as fs from 'node:fs';
import type { SnapshotRecord } from '../store/snapshots.ts';
import type { DiskSpace, Room, RoomWarning } from './storageApi.ts';

/** Below this share of the disk, but at most so many bytes, little is free. */
const DISK_SHARE = 1 / 20;
const ENOUGH_FREE = 5e9;

/** Snapshots from which the next ones' need is judged. */
const RECENT = 10;

interface RoomFacts {
  readonly storeBytes: number;
  readonly budget: number | undefined;
  readonly disk: DiskSpace | null;
  /** Newest first. */
  readonly snapshots: readonly Pick<SnapshotRecord, 'addedBytes'>[];
}

export function roomOf({ storeBytes, budget, disk, snapshots }: RoomFacts): Room {
  const warnings: RoomWarning[] = [];
  if (budget !== undefined && storeBytes > budget) warnings.push({ kind: 'budget', bytes: storeBytes, budget });
  const wanted = disk === null ? null : Math.round(Math.max(Math.min(disk.total * DISK_SHARE, ENOUGH_FREE), 2 * largestGrowth(snapshots)));
  if (disk !== null && wanted !== null && disk.free < wanted) warnings.push({ kind: 'disk', free: disk.free, wanted });
  return { disk, wanted, budget: budget ?? null, warnings };
}

/** What one of the last snapshots took at most; the first of all had everything to store, and says nothing of the next one. */
function largestGrowth(snapshots: RoomFacts['snapshots']): number {
  return Math.max(
    0,
    ...snapshots
      .slice(0, -1)
      .slice(0, RECENT)
      .map(({ addedBytes }) => addedBytes),
  );
}

/** Of the disk that a folder is on, for a user without privileges; `null` where the system does not tell. */
export function diskSpace(folder: string): DiskSpace | null {
  try {
    const { bavail, blocks, bsize } = fs.statfsSync(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return null;
  }
}
