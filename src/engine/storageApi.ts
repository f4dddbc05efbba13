/** The part of the contract that is about room: what takes it, how it comes back, and which automatic snapshots stay. */
import type { CallOptions } from '../base/progress.ts';
import type { RetentionPolicy } from '../instance/retention.ts';
import type { DeletePlan, EntryInfo, EntryKind, SnapshotInfo } from './api.ts';

export type { RetentionPolicy } from '../instance/retention.ts';

/** Where the room goes, below a folder in all snapshots together. */
export interface StoredFolderRequest {
  /** The folder whose entries are told; absent: all of it. */
  readonly path?: string;
  /** At most so many of them; absent: 50. */
  readonly limit?: number;
}

/** A folder as all snapshots together hold it. */
export interface StoredFolder {
  readonly path: string;
  /** Bytes on disk. Less than its entries take together where they have something in common, which is stored once. */
  readonly stored: number;
  /** Heaviest first. */
  readonly entries: readonly StoredPath[];
  /** How many there are beyond the limit, and what these take, each by itself. */
  readonly more: { readonly count: number; readonly stored: number };
}

export interface StoredPath {
  readonly path: string;
  /** In the newest snapshot that has it. */
  readonly kind: EntryKind;
  /** Bytes on disk of all its versions, all that is below them included, whether it is held elsewhere too or not. */
  readonly stored: number;
  /** How much of that the newest snapshot does not have at this path. */
  readonly earlier: number;
  /** Different contents among the snapshots. */
  readonly versions: number;
}

/** The disk and the budget, and what is to be said of them. */
export interface Room {
  /** Of the disk that the folder is on; `null` where the system does not tell. */
  readonly disk: DiskSpace | null;
  /** Bytes that should be free there. */
  readonly wanted: number | null;
  /** Bytes that the store is meant to stay below; `null`: none is set. */
  readonly budget: number | null;
  readonly warnings: readonly RoomWarning[];
}

/** Bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

export type RoomWarning =
  /** The store takes more than its budget. */
  | { readonly kind: 'budget'; readonly bytes: number; readonly budget: number }
  /** Less is free than the next snapshots may need, or than a disk should have. */
  | { readonly kind: 'disk'; readonly free: number; readonly wanted: number };

/** All in bytes on disk. What holds what is told by weight: an object's part of its block, and of its pack's trailer. */
export interface StorageReport {
  /** Packs, records of snapshots, and index. */
  readonly bytes: number;
  /** Needed by more than one snapshot. */
  readonly shared: number;
  /** What `compact` would give back now: exact. */
  readonly unneeded: number;
  /** What is kept without a snapshot, for itself alone: deliveries. */
  readonly kept: number;
  /** Of the disk that the folder is on; `null` where the system does not tell. */
  readonly disk: DiskSpace | null;
  /** What each holds alone, newest first. */
  readonly snapshots: readonly { readonly snapshot: SnapshotInfo; readonly alone: number }[];
}

export interface WhyReport {
  readonly path: string;
  /** By content, newest first. */
  readonly versions: readonly StoredVersion[];
  /** Of the snapshots in `versions`, those that may not be deleted, and why. */
  readonly blocked: DeletePlan['blocked'];
}

/** One version of a path: its room comes back when all the snapshots in the three lists (ids, newest first) are deleted. */
export interface StoredVersion {
  readonly entry: EntryInfo;
  /** Bytes on disk, all that is below it included. */
  readonly stored: number;
  /** Have it at this path. */
  readonly snapshots: readonly string[];
  /** Have it, or some of it, only at other paths. */
  readonly elsewhere: readonly string[];
  /** Have something that is stored as a difference from it. */
  readonly asBase: readonly string[];
}

/** What deleting some snapshots would bring. */
export interface DeleteForecast {
  /** By which the store would shrink on disk once it is compacted: exact, to less than a block of the file system. */
  readonly bytes: number;
  /** Sessions of others at work on the store: space comes back when they have ended. */
  readonly waitingFor: readonly string[];
}

export interface ReclaimRequest {
  /** Bytes. */
  readonly free: number;
}

/** What of a plan is needed to carry it out. */
export interface PlannedReclaim {
  /** To be deleted, newest first; none where compacting is enough. */
  readonly snapshots: readonly SnapshotInfo[];
  /** By which the store will shrink on disk: exact, to less than a block of the file system. */
  readonly bytes: number;
  /** Identifies the store that it was made for; `reclaim` refuses another with `stale-plan`. */
  readonly from: string;
}

/** Inert: the fewest snapshots whose deletion, with a compaction, gives back what was asked for. */
export interface ReclaimPlan extends PlannedReclaim {
  readonly free: number;
  /** How much of it compacting would give back with nothing deleted. */
  readonly compacting: number;
  /** The last restore can't be undone after it. */
  readonly losesUndo: boolean;
  /** Sessions of others at work on the store: space comes back when they have ended. */
  readonly waitingFor: readonly string[];
}

export interface ReclaimOutcome {
  /** Deleted. */
  readonly snapshots: readonly SnapshotInfo[];
  /** Bytes that the plan said. */
  readonly planned: number;
  /** Bytes by which the store really shrank on disk. */
  readonly bytes: number;
  /** Why some could not be given back yet: sessions of others still at work. */
  readonly waitingFor: readonly string[];
}

export interface ThinRequest {
  /** Absent: as chosen for the instance. */
  readonly policy?: RetentionPolicy;
  /** IANA name of the time zone in which hours and days are counted; absent: the system's. */
  readonly timeZone?: string;
}

/** Inert: what automatic snapshots go, and why the others stay. Those taken by hand are not in it, nor those that came from another store. */
export interface ThinPlan {
  readonly policy: RetentionPolicy;
  /** To be deleted, newest first. */
  readonly snapshots: readonly SnapshotInfo[];
  /** Newest first, with what keeps them: rules, or in words why they can't go. */
  readonly kept: readonly { readonly snapshot: SnapshotInfo; readonly reasons: readonly string[] }[];
}

export interface StorageApi {
  /** What takes the room, by snapshot. Rejects with `damaged` for a store that can't be followed. */
  storage(options?: CallOptions): Promise<StorageReport>;
  /** What takes the room, by what lies in a folder. Rejects with `not-found` when no snapshot has such a folder. */
  storedFolder(request: StoredFolderRequest, options?: CallOptions): Promise<StoredFolder>;
  /** Why a path is still stored: its versions in snapshots. Rejects with `not-found` when none has it. */
  why(path: string, options?: CallOptions): Promise<WhyReport>;
  /** What deleting these snapshots and compacting would give back, whether they may be deleted or not. */
  forecastDelete(states: readonly string[], options?: CallOptions): Promise<DeleteForecast>;
  /** Proposes neither what can't be deleted nor the newest. Rejects with `refused` when so much can't be freed; `details.most` says how much can. */
  planReclaim(request: ReclaimRequest, options?: CallOptions): Promise<ReclaimPlan>;
  /** Deletes exactly what `planReclaim` showed, and compacts; rejects with `stale-plan` when the store has changed. */
  reclaim(plan: PlannedReclaim, options?: CallOptions): Promise<ReclaimOutcome>;
  /** Rejects with `usage` for rules that make no sense, and where there are none. */
  planThin(request: ThinRequest, options?: CallOptions): Promise<ThinPlan>;
  /** Deletes what `planThin` showed: automatic snapshots alone. Rejects with `refused` when one of them has to stay by now, or is no automatic one. */
  thin(plan: Pick<ThinPlan, 'snapshots'>, options?: CallOptions): Promise<DeletePlan>;
}
