/**
 * The one contract between the core and its faces. Every value here is plain data that survives a structured
 * clone, because the editor talks to an engine in a worker. Paths are instance-relative with `/`, `''` is the folder
 * itself; a name that is not valid UTF-8 carries its raw bytes as lone surrogates (see `base/paths.ts`).
 * Every method may reject with a `SnapstageError`; long ones report progress and stop when their signal aborts.
 */
import type { CallOptions } from '../base/progress.ts';
import type { ApplicationsApi, InstalledExtension } from './applicationsApi.ts';
import type { AssignmentApi } from './assignmentApi.ts';
import type { AuditApi } from './auditApi.ts';
import type { AutomaticApi } from './automaticApi.ts';
import type { DeliveryApi } from './deliveryApi.ts';
import type { DirectApi } from './directApi.ts';
import type { LinksApi } from './linksApi.ts';
import type { OverviewApi } from './overviewApi.ts';
import type { PreviewApi } from './previewApi.ts';
import type { PullApi } from './pullApi.ts';
import type { RecallApi } from './recallApi.ts';
import type { SpaceApi } from './spaceApi.ts';
import type { StageApi } from './stageApi.ts';
import type { RetentionPolicy, Room, StorageApi } from './storageApi.ts';
import type { TablesApi } from './tablesApi.ts';
import type { TransferApi } from './transferApi.ts';

export type SnapshotKind = 'described' | 'quick' | 'automatic' | 'hand-in';
export type Consistency = 'consistent' | 'quiesced' | 'crash-consistent';
export type EntryKind = 'file' | 'folder' | 'link';

export interface SnapshotInfo {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly kind: SnapshotKind;
  /** Why an automatic one was taken: `before restore`, `before undo`, `scheduled`, … */
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly consistency: Consistency;
  readonly partial: boolean;
  readonly pinned: boolean;
  /** When it came here from another store, ISO 8601, UTC; absent for one that was taken here. */
  readonly imported?: string;
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  /** Sum of the files' sizes. */
  readonly bytes: number;
  /** What the store grew by, compressed. */
  readonly addedBytes: number;
}

/** Something left out or remarked on, with the reason in plain words. */
export interface PathNote {
  readonly path: string;
  readonly reason: string;
}

export interface SnapshotDetails extends SnapshotInfo {
  /** Named by `.snapstageignore`, or not a file, folder or link. An excluded folder counts once. */
  readonly excluded: readonly PathNote[];
  /** Could not be read; the snapshot is partial then. */
  readonly unreadable: readonly PathNote[];
  /** What speaks for or against the consistency. */
  readonly evidence: readonly PathNote[];
}

export interface TakeRequest {
  readonly name?: string;
  readonly description?: string;
  readonly pin?: boolean;
  /** Take although something is in use. Otherwise that rejects with `in-use`, and the details' `inUse` (`PathNote[]`) name what. */
  readonly force?: boolean;
  /** What the caller knows to be in use; path `''` for what is no file. */
  readonly inUse?: readonly PathNote[];
  /** What was done to quiet the folder down: with nothing in use any more the snapshot is *quiesced*. */
  readonly quieted?: readonly PathNote[];
  /** What the editor's profile has installed; the snapshot's editor is an application with these then. */
  readonly extensions?: readonly InstalledExtension[];
  /** Paths known to have changed (editor's hint): only these are looked at, the rest is as of the last full look. */
  readonly hint?: readonly string[];
}

export interface EntryInfo {
  readonly path: string;
  readonly kind: EntryKind;
  /** Bytes; a link's is the length of its target, a folder's 0. */
  readonly size: number;
  /** Permission bits, as in `chmod`. */
  readonly mode: number;
  /** ISO 8601 with nanoseconds, UTC. */
  readonly modified: string;
  /** Content id (hex) of a file or link, tree id of a folder. */
  readonly id: string;
  readonly target?: string;
}

export interface ChangedEntry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly size: number;
}

export interface MovedEntry extends ChangedEntry {
  readonly from: string;
}

export interface Diff {
  readonly added: readonly ChangedEntry[];
  readonly changed: readonly ChangedEntry[];
  readonly removed: readonly ChangedEntry[];
  readonly moved: readonly MovedEntry[];
}

export type ChangeKind = 'added' | 'changed' | 'removed' | 'moved';

/** One line of a difference between two states. */
export interface Change extends ChangedEntry {
  readonly change: ChangeKind;
  /** Where it was before, when moved. */
  readonly from?: string;
}

/** A part of what differs, as much as was asked for. */
export interface Changes {
  /** Of all there are. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** As a walk meets them: what is in a folder right after it. */
  readonly changes: readonly Change[];
}

export type RestoreAction = 'add' | 'replace' | 'delete' | 'attributes' | 'keep';

export interface RestoreItem {
  readonly path: string;
  readonly action: RestoreAction;
  readonly kind: EntryKind;
  readonly size: number;
  /** Where it goes, when not to its own path (kept both, escaped name). */
  readonly as?: string;
  /** Why it is kept, or written under another name. */
  readonly reason?: string;
}

export interface RestoreCounts {
  readonly add: number;
  readonly replace: number;
  readonly delete: number;
  readonly attributes: number;
  readonly keep: number;
  /** How many of these are folders. */
  readonly folders: Readonly<Record<RestoreAction, number>>;
  /** Bytes to be written. */
  readonly bytes: number;
}

/** Says which items of a long plan or outcome are wanted. What is done and counted does not depend on it. */
export interface RestoreCall extends CallOptions {
  readonly items?: {
    /** At most so many; absent: all. */
    readonly limit?: number;
    /** And in any case those of these paths, and of the folders above them. */
    readonly about?: readonly string[];
  };
}

export interface RestoreRequest {
  /** A STATE: id, unique prefix, name, `latest`, `latest~N`. */
  readonly state: string;
  /** Empty or absent: the whole instance. */
  readonly paths?: readonly string[];
  /** Another folder, absolute. A whole restore wants it absent or empty. */
  readonly to?: string;
  /** Keep what differs, write the restored one beside it. */
  readonly keepBoth?: boolean;
  /** Reads what it replaces or deletes just before, for where nobody watches: an edit that came meanwhile stays, whatever its size and time. */
  readonly careful?: boolean;
}

/** What of a plan is needed to carry it out. */
export interface PlannedRestore {
  readonly request: RestoreRequest;
  readonly snapshot: SnapshotInfo;
  /** Identifies the current state that the plan starts from; `executeRestore` refuses another with `stale-plan`. */
  readonly from: string;
}

/** Inert: describes what a restore will do from the state it was made for. */
export interface RestorePlan extends PlannedRestore {
  readonly counts: RestoreCounts;
  readonly items: readonly RestoreItem[];
}

export interface RestoreOutcome {
  /** Of what was done. */
  readonly counts: RestoreCounts;
  readonly items: readonly RestoreItem[];
  /** The automatic snapshot taken first; absent when restored to another folder. */
  readonly safety?: SnapshotInfo;
  /** Items that could not be done, with the reason; empty when all went well. */
  readonly problems: readonly PathNote[];
}

/** The last restore, while it can be undone. */
export interface UndoInfo {
  readonly snapshot: SnapshotInfo;
  readonly safety: SnapshotInfo;
  readonly paths: readonly string[];
  readonly at: string;
}

/** A restore that was interrupted by a crash. */
export interface InterruptedRestore {
  readonly state: string;
  readonly paths: readonly string[];
  readonly safety: string | null;
  readonly at: string;
}

export interface Status {
  readonly folder: string;
  readonly initialized: boolean;
  readonly snapshots: number;
  readonly latest: SnapshotInfo | null;
  /** Current state against the latest snapshot; absent when there is none. */
  readonly changes: Diff | null;
  readonly undo: UndoInfo | null;
  readonly interrupted: InterruptedRestore | null;
  /** Bytes the store takes on disk: packs, records of snapshots, and index. */
  readonly storeBytes: number;
  /** `null` where there is no store yet. */
  readonly room: Room | null;
}

export interface DeletePlan {
  readonly snapshots: readonly SnapshotInfo[];
  /** Why some may not be deleted (pinned, depended on); nothing is deleted while this is not empty. */
  readonly blocked: readonly { readonly id: string; readonly reason: string }[];
}

export interface AloneReport {
  /** Files and folders as stored, chunks of large files one by one. */
  readonly objects: number;
  /** Compressed bytes. */
  readonly bytes: number;
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

export interface FoundPaths {
  /** Of all there are. */
  readonly count: number;
  /** By path; as many as were asked for. */
  readonly paths: readonly FoundPath[];
}

export interface Version {
  /** Content id; absent: not there (deleted, or not yet made). */
  readonly entry: EntryInfo | null;
  /** The states with this version, newest first: snapshot ids and `current`. */
  readonly states: readonly string[];
  /** Time of the oldest of them. */
  readonly since: string;
}

export interface Damage {
  /** What is damaged: a file of the store. */
  readonly part: string;
  readonly problem: string;
  /** True when this run put it right. */
  readonly healed: boolean;
  /** Paths in snapshots that it touches. */
  readonly affected: readonly { readonly snapshot: string; readonly path: string }[];
}

export interface VerifyReport {
  readonly snapshots: number;
  readonly packs: number;
  readonly objects: number;
  /** Bytes read back and compared with their hashes. */
  readonly bytesRead: number;
  readonly damage: readonly Damage[];
}

export interface CompactReport {
  readonly removedObjects: number;
  readonly freedBytes: number;
  readonly rewrittenBytes: number;
  readonly packsBefore: number;
  readonly packsAfter: number;
  /** Why space could not be given back yet: sessions of others still at work. */
  readonly waitingFor: readonly string[];
}

export interface CloneRequest {
  readonly state: string;
  readonly to: string;
  /** Counts on what this instance has stored, instead of storing it again. */
  readonly linked?: boolean;
  /** Of a linked one: its folder stays empty, to be filled by restoring. It is made at once then, whatever the size. */
  readonly withoutFiles?: boolean;
}

export interface CloneReport {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly snapshot: SnapshotInfo;
}

/** What is chosen for an instance. */
export interface InstanceConfig {
  /** zstd's level, 1 to 19: higher is smaller and slower. */
  readonly compression: number;
  /** Which automatic snapshots stay when they are thinned; absent: all. */
  readonly retention?: RetentionPolicy;
  /** Whether what another instance of this user hands out is applied here at once; absent: it is. */
  readonly receive?: 'automatically' | 'ask';
  /** Bytes that the store is meant to stay below: a warning tells when it does not; absent: none. */
  readonly budget?: number;
  /** The most bytes per second that go to and come from a hub in git or a bucket; absent: as many as can. */
  readonly bandwidth?: number;
}

export interface EngineApi
  extends
    ApplicationsApi,
    AssignmentApi,
    AuditApi,
    AutomaticApi,
    DeliveryApi,
    DirectApi,
    LinksApi,
    OverviewApi,
    PreviewApi,
    PullApi,
    RecallApi,
    SpaceApi,
    StageApi,
    StorageApi,
    TablesApi,
    TransferApi {
  /** Makes the folder an instance. Rejects with `exists` when it is one. */
  init(options?: CallOptions): Promise<Status>;
  /** `changes: false` leaves out the look at the current state; `budget` stands in for the one chosen for the instance. */
  status(request: { readonly changes?: boolean; readonly budget?: number }, options?: CallOptions): Promise<Status>;
  /**
   * Tells other windows and programs what has unsaved changes here, until it is told anew or the engine is disposed of: deliveries that
   * come meanwhile count it as edited. Instance-relative paths.
   */
  noteUnsaved(request: { readonly unsaved: readonly string[] }, options?: CallOptions): Promise<void>;
  /** Changes what is given, where `null` goes back to the default, and tells what holds then. */
  config(change: { readonly [K in keyof InstanceConfig]?: InstanceConfig[K] | null }, options?: CallOptions): Promise<InstanceConfig>;
  /** All snapshots, newest first. */
  list(options?: CallOptions): Promise<readonly SnapshotInfo[]>;
  take(request: TakeRequest, options?: CallOptions): Promise<SnapshotDetails>;
  show(state: string, options?: CallOptions): Promise<SnapshotDetails>;
  /** What a snapshot alone holds: what its deletion and a compaction would give back. */
  alone(state: string, options?: CallOptions): Promise<AloneReport>;
  /** `null` clears a label; an absent one stays. */
  edit(
    request: { readonly state: string; readonly name?: string | null; readonly description?: string | null; readonly pinned?: boolean },
    options?: CallOptions,
  ): Promise<SnapshotInfo>;
  planDelete(states: readonly string[], options?: CallOptions): Promise<DeletePlan>;
  /** Deletes by id what `planDelete` showed. Rejects with `refused` when something blocks it; cancelled, those not yet deleted stay. */
  delete(ids: readonly string[], options?: CallOptions): Promise<DeletePlan>;

  /** A folder's entries by name, or the one entry of a file; `recursive` goes all the way down. */
  ls(
    request: { readonly state: string; readonly path: string; readonly recursive?: boolean },
    options?: CallOptions,
  ): Promise<readonly EntryInfo[]>;
  /** Bytes of a file (or a link's target); `length` absent: to the end. */
  read(
    request: { readonly state: string; readonly path: string; readonly offset?: number; readonly length?: number },
    options?: CallOptions,
  ): Promise<Uint8Array>;
  /** From `a` to `b` (default: the current state); `path` narrows it to a file or folder. */
  diff(request: { readonly a: string; readonly b?: string; readonly path?: string }, options?: CallOptions): Promise<Diff>;
  /**
   * The same as one list of at most `limit` lines that come after the path `after`: for callers who show a part at a time. `without`:
   * what `a` does not have is left out.
   */
  changes(
    request: {
      readonly a: string;
      readonly b?: string;
      readonly path?: string;
      readonly limit: number;
      readonly after?: string;
      readonly without?: 'added';
    },
    options?: CallOptions,
  ): Promise<Changes>;
  /** By glob on the name, or on the whole path when the pattern holds a `/`; in all states, or in one. */
  find(request: { readonly pattern: string; readonly state?: string; readonly limit?: number }, options?: CallOptions): Promise<FoundPaths>;
  /** Versions of one path, newest first; a deleted one's absence is a version too. */
  history(path: string, options?: CallOptions): Promise<readonly Version[]>;

  planRestore(request: RestoreRequest, options?: RestoreCall): Promise<RestorePlan>;
  /** Executes exactly this plan after the automatic snapshot; rejects with `stale-plan` when the state has changed. */
  executeRestore(plan: PlannedRestore, options?: RestoreCall): Promise<RestoreOutcome>;
  /** Snapshot first, then plan and execute in one go: for callers that ask nobody. */
  restore(request: RestoreRequest, options?: RestoreCall): Promise<RestoreOutcome>;
  planUndo(options?: RestoreCall): Promise<RestorePlan>;
  undo(options?: RestoreCall): Promise<RestoreOutcome>;
  /** Ends an interrupted restore: `finish` goes on, `undo` puts back what was there before it. */
  recover(how: 'finish' | 'undo', options?: RestoreCall): Promise<RestoreOutcome>;
  /** A new instance in a folder that is absent or empty, starting with the state as its first snapshot. */
  clone(request: CloneRequest, options?: CallOptions): Promise<CloneReport>;

  verify(request: { readonly readData?: boolean }, options?: CallOptions): Promise<VerifyReport>;
  compact(options?: CallOptions): Promise<CompactReport>;

  /** Stops what runs and frees files and threads. The engine can't be used afterwards. */
  dispose(): Promise<void>;
}
