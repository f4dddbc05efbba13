/**
 * The API of the Snapstage extension for other extensions, version 1. Copy this file into yours; it needs only
 * `@types/vscode`. See README.md beside it for how to get it.
 *
 * Paths are relative to the folder, with `/`; `''` is the folder itself. Times are ISO 8601, UTC; sizes are bytes.
 * A STATE is `current`, a snapshot's id (or a unique start of it, four digits or more), its name, `latest` or `latest~2`.
 * Promises reject with an `Error` that has a `code` of type `SnapstageErrorCode`.
 */
import type { CancellationToken, Event, Uri } from 'vscode';

export interface SnapstageExtension {
  /** Throws for a version that this extension doesn't have. */
  getAPI(version: 1): SnapstageApi;
}

export interface SnapstageApi {
  /** The workspace's folders on a disk, in their order. */
  readonly folders: readonly SnapstageFolder[];
  /** When folders come or go, or the snapshots of one change. */
  readonly onDidChange: Event<SnapstageFolder | undefined>;
  /** The folder that holds the file. */
  folderOf(uri: Uri): SnapstageFolder | undefined;
}

/** What can be done with the snapshots of one folder. Nothing here deletes a snapshot. */
export interface SnapstageFolder {
  readonly uri: Uri;
  readonly name: string;
  /** Newest first; none where the folder has no snapshots yet. */
  list(): Promise<readonly Snapshot[]>;
  /** Rejects with `not-found` where there is none, with `ambiguous` where several fit. */
  show(state: string): Promise<SnapshotDetails>;
  /** Takes a snapshot of what is on the disk. Rejects with `in-use` when something is in use and `force` is not set. */
  take(labels?: TakeOptions, options?: CallOptions): Promise<SnapshotDetails>;
  /** From `a` to `b`, which is the current state if it is absent; `path` narrows it to a file or folder. */
  compare(a: string, b?: string, path?: string, options?: CallOptions): Promise<Changes>;
  /** By a glob on the name, or on the path when there is a `/` in it; in all states, or in one. */
  find(pattern: string, state?: string, options?: CallOptions): Promise<readonly FoundPath[]>;
  /** The versions of a file or folder, newest first; that it was not there is a version too. */
  history(path: string, options?: CallOptions): Promise<readonly Version[]>;
  /** A file or folder of a snapshot in the read-only `snapstage:` file system, to be opened, read or compared. */
  uriOf(snapshot: Snapshot, path: string): Uri;
  /** What a restore would do; nothing is changed. */
  planRestore(request: RestoreRequest, options?: CallOptions): Promise<RestorePlan>;
  /**
   * Does what the plan says, after a snapshot of the state now. Rejects with `stale-plan` when the files are no longer those that the
   * plan was made for, with `refused` when a file of the plan has unsaved changes in an editor.
   */
  restore(plan: RestorePlan, options?: CallOptions): Promise<RestoreOutcome>;
  /** Undoes the last restore. Rejects with `refused` when there is none to undo. */
  undo(options?: CallOptions): Promise<RestoreOutcome>;
}

export interface CallOptions {
  /** Stops the work; the promise rejects with `cancelled`. */
  readonly token?: CancellationToken;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly phase: string;
  readonly files: number;
  readonly totalFiles?: number;
  readonly bytes: number;
  readonly totalBytes?: number;
}

export type SnapstageErrorCode =
  | 'usage'
  | 'not-found'
  | 'ambiguous'
  | 'exists'
  | 'refused'
  | 'busy'
  | 'in-use'
  | 'stale-plan'
  | 'conflict'
  | 'damaged'
  | 'newer-format'
  | 'no-space'
  | 'io'
  | 'cancelled'
  | 'bug';

export interface Snapshot {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly kind: 'described' | 'quick' | 'automatic' | 'hand-in';
  /** Why an automatic one was taken. */
  readonly reason: string | null;
  readonly created: string;
  readonly consistency: 'consistent' | 'quiesced' | 'crash-consistent';
  /** Something could not be read and is not in it. */
  readonly partial: boolean;
  readonly pinned: boolean;
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  /** What the store grew by. */
  readonly addedBytes: number;
}

export interface SnapshotDetails extends Snapshot {
  readonly excluded: readonly PathNote[];
  readonly unreadable: readonly PathNote[];
  /** What speaks for or against its consistency. */
  readonly evidence: readonly PathNote[];
}

export interface PathNote {
  readonly path: string;
  readonly reason: string;
}

export interface TakeOptions {
  readonly name?: string;
  readonly description?: string;
  /** A pinned snapshot can't be deleted. */
  readonly pin?: boolean;
  /** Take it although something is in use; the snapshot says so. */
  readonly force?: boolean;
}

export type EntryKind = 'file' | 'folder' | 'link';

export interface Changes {
  readonly added: readonly ChangedEntry[];
  readonly changed: readonly ChangedEntry[];
  readonly removed: readonly ChangedEntry[];
  readonly moved: readonly (ChangedEntry & { readonly from: string })[];
}

export interface ChangedEntry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly size: number;
}

export interface FoundPath {
  readonly path: string;
  readonly kind: EntryKind;
  /** It is there now. */
  readonly current: boolean;
  /** How many snapshots hold it. */
  readonly snapshots: number;
  /** Ids of the newest and the oldest of them. */
  readonly newest: string | null;
  readonly oldest: string | null;
}

export interface Version {
  /** `null`: it was not there. */
  readonly entry: { readonly kind: EntryKind; readonly size: number; readonly modified: string; readonly id: string } | null;
  /** Snapshots' ids and `current`, newest first. */
  readonly states: readonly string[];
  /** Time of the oldest of them. */
  readonly since: string;
}

export interface RestoreRequest {
  readonly state: string;
  /** Absent or empty: everything. */
  readonly paths?: readonly string[];
  /** Keep what differs and write the restored one beside it. */
  readonly keepBoth?: boolean;
}

/** To be shown to somebody, and handed back as it is. */
export interface RestorePlan {
  readonly snapshot: Snapshot;
  readonly counts: RestoreCounts;
  readonly items: readonly RestoreItem[];
}

export interface RestoreCounts {
  readonly add: number;
  readonly replace: number;
  readonly delete: number;
  readonly attributes: number;
  readonly keep: number;
  /** How many of these are folders. */
  readonly folders: {
    readonly add: number;
    readonly replace: number;
    readonly delete: number;
    readonly attributes: number;
    readonly keep: number;
  };
  /** To be written. */
  readonly bytes: number;
}

export interface RestoreItem {
  readonly path: string;
  readonly action: 'add' | 'replace' | 'delete' | 'attributes' | 'keep';
  readonly kind: EntryKind;
  readonly size: number;
  /** Where it is written, when not to its own path. */
  readonly as?: string;
  readonly reason?: string;
}

export interface RestoreOutcome {
  readonly counts: RestoreCounts;
  readonly items: readonly RestoreItem[];
  /** The snapshot of the state before. */
  readonly safety?: Snapshot;
  /** What could not be done; empty when all went well. */
  readonly problems: readonly PathNote[];
}
