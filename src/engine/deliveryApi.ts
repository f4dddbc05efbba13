/** Distributions as they come to an instance, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { EntryKind, SnapshotInfo } from './api.ts';
import type { ExceptionalStrategy } from '../space/strategy.ts';
import type { ObjectType, Strategy } from './stageApi.ts';

export type { ExceptionalStrategy } from '../space/strategy.ts';
export type { ObjectType, Strategy } from './stageApi.ts';

/**
 * How a delivered object stands to what is here: not there; the same; to be updated, as nobody has edited it since it was delivered;
 * edited since then, or never delivered; deleted since then; of another kind; spelled so that the file system takes both for the same;
 * not delivered, but in a folder that is to be a mirror of what is.
 */
export type DeliveredState = 'new' | 'same' | 'safe' | 'edited' | 'deleted-there' | 'kind-clash' | 'case-clash' | 'extra';

export type DeliveryOutcome = 'created' | 'updated' | 'replaced' | 'kept' | 'saved-beside' | 'deleted' | 'merged' | 'waiting';

/** What is chosen for one conflict. */
export type Resolution = 'incoming' | 'mine' | 'both' | 'merge';

export interface DeliveredItem {
  readonly type: ObjectType;
  /** Of a table, its database's; `''` for a whole snapshot. */
  readonly path: string;
  /** A table's name, an application's id. */
  readonly part: string | null;
  readonly strategy: Strategy;
}

export interface DeliveryInfo {
  /** 64 hex digits: the hash of the record that says so. */
  readonly id: string;
  /** What is delivered, or takes back what was: for that `incoming` is what comes in its place, and nothing waits for a decision. */
  readonly kind: 'distribution' | 'recall' | 'undo';
  /** What the sender is called. */
  readonly from: string;
  readonly message: string;
  /** ISO 8601, UTC, by the sender's clock. */
  readonly made: string;
  /**
   * `waiting`: applied but for conflicts that wait for a decision. `void`: taken back before all of it was applied; nothing to take back.
   * `superseded`: before all of it was applied, later ones came that replace all of it.
   */
  readonly state: 'new' | 'waiting' | 'applied' | 'undone' | 'void' | 'superseded';
  readonly items: readonly DeliveredItem[];
}

/** One side of an object: what it was when it was last delivered, what comes, or what is here. */
export interface ObjectVersion {
  readonly kind: EntryKind;
  /** Bytes; a folder's 0. */
  readonly size: number;
  /** ISO 8601 with nanoseconds, UTC. */
  readonly modified: string;
  /** Content id (hex); a folder's tree id. */
  readonly id: string;
}

/** What can be done to bring both sides of a conflict together: lines of a text, cells of a notebook, rows of a table. */
export type MergeKind = 'text' | 'notebook' | 'table';

/** A delivered object that is not the same here. */
export interface DeliveredObject {
  /** In the delivery. */
  readonly path: string;
  /** Here. */
  readonly place: string;
  readonly type: ObjectType;
  readonly part: string | null;
  readonly state: DeliveredState;
  readonly strategy: Strategy;
  readonly outcome: DeliveryOutcome;
  /** Where the incoming one is saved beside. */
  readonly as: string | null;
  /** `code`: it may run programs, so it is never taken without a decision. `store`, `unread`: it can't be touched here. */
  readonly hold: 'code' | 'store' | 'unread' | null;
  readonly base: ObjectVersion | null;
  readonly incoming: ObjectVersion | null;
  readonly mine: ObjectVersion | null;
  /** Of these three. A resolution holds as long as they stay what they are. */
  readonly triple: string;
  /** What is to be chosen from; none where there is nothing to choose. */
  readonly choices: readonly Resolution[];
  /** What was chosen here. */
  readonly chosen: Resolution | null;
  /** What was chosen for the same three elsewhere. */
  readonly offered: Resolution | null;
  readonly mergeable: MergeKind | null;
}

/** What applying a delivery would do now. Inert. */
export interface DeliveryPlan {
  readonly delivery: DeliveryInfo;
  /** The current state that it is for; `receive` refuses another with `stale-plan`. */
  readonly from: string;
  readonly counts: Readonly<Record<DeliveryOutcome, number>>;
  /** Objects that are the same here already. */
  readonly same: number;
  /** All that is not the same, in the order of places. */
  readonly objects: readonly DeliveredObject[];
  readonly deletedFiles: number;
  /** More than half of all files would go: that has to be confirmed. */
  readonly isMostOfAll: boolean;
}

/** What a choice made of a plan. A whole plan is one too. */
export interface PlanChange extends Pick<DeliveryPlan, 'from' | 'counts' | 'deletedFiles' | 'isMostOfAll'> {
  /** Those for which something was chosen, as they are now; all others are as they were, unless `from` is another state. */
  readonly objects: readonly DeliveredObject[];
}

/** What the caller knows of the folder and the engine does not; what other windows have told (`noteUnsaved`) counts besides. */
export interface EditorState {
  /** Instance-relative paths of files with unsaved changes in an editor: they count as edited. */
  readonly unsaved?: readonly string[];
}

export interface PlanReceiveRequest extends EditorState {
  /** A delivery's id. */
  readonly delivery: string;
}

export interface ReceiveRequest extends PlanReceiveRequest {
  /** As of the plan; absent: whatever is here. */
  readonly from?: string;
  /** Also when more than half of all files go. */
  readonly confirmed?: boolean;
}

/** What was done. Nothing else was changed. */
export interface ReceiveReport {
  readonly delivery: DeliveryInfo;
  readonly counts: Readonly<Record<DeliveryOutcome, number>>;
  readonly objects: readonly DeliveredObject[];
  /** Taken before; absent when there was nothing to do. */
  readonly safety?: SnapshotInfo;
}

/** A text that both sides were brought together in; of a notebook, its JSON. */
export interface MergedText {
  /** False: it has conflict markers. */
  readonly isClean: boolean;
  readonly text: string;
  readonly conflicts: number;
}

/** A row of a table that differs on the three sides: per column a value as text, `null` where there is no such row. */
export interface TableConflict {
  /** Names the row. */
  readonly key: readonly string[];
  readonly base: readonly string[] | null;
  readonly incoming: readonly string[] | null;
  readonly mine: readonly string[] | null;
  readonly chosen: 'incoming' | 'mine' | null;
}

export interface TableConflicts {
  readonly columns: readonly string[];
  /** Rows that changed on one side alone, and need no decision. */
  readonly incomingOnly: number;
  readonly mineOnly: number;
  /** Of rows that changed on both sides. */
  readonly total: number;
  readonly rows: readonly TableConflict[];
}

/** Another strategy for one object at one member; those who join later have none. */
export interface ExceptionRequest {
  /** A member's name or id. */
  readonly target: string;
  /** Of a file, a link or an empty folder that is delivered; of a table, its database's. */
  readonly path: string;
  readonly table?: string;
  readonly strategy: ExceptionalStrategy;
}

/** What lies on the Stage is handed out. */
export interface DistributeRequest {
  /** Absent: all members, those of later too. Otherwise names and ids of members, and `group:NAME`. */
  readonly to?: 'all' | readonly string[];
  /** Where neither an object nor its type has one; absent: `overwrite`. */
  readonly strategy?: Strategy;
  readonly strategies?: Readonly<Partial<Record<ObjectType, Strategy>>>;
  /** They count more than all other strategies; of two for the same the later one. */
  readonly exceptions?: readonly ExceptionRequest[];
  readonly message?: string;
}

export interface DistributionPlan {
  readonly objects: readonly DeliveredItem[];
  readonly to: 'all' | readonly { readonly id: string; readonly name: string | null }[];
  readonly exceptions: readonly PlannedException[];
  /** Something is from the current state, of which a snapshot is taken first. */
  readonly takesSnapshot: boolean;
}

export interface ExceptionInfo {
  readonly path: string;
  readonly table: string | null;
  readonly strategy: ExceptionalStrategy;
}

export interface PlannedException extends ExceptionInfo {
  readonly target: { readonly id: string; readonly name: string | null };
}

/** A distribution as the Masters know it. */
export interface DistributionInfo {
  /** 64 hex digits. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly made: string;
  /** False: by another Master, perhaps one that was lost since. */
  readonly isOwn: boolean;
  readonly message: string;
  /** `editors`: what comes from a current state, of which viewers get nothing. */
  readonly to: 'all' | 'editors' | 'chosen';
  readonly items: readonly DeliveredItem[];
  /** All of it was recalled or undone. */
  readonly isVoid: boolean;
  /** Paths of its items that were recalled or undone, for all who got it. */
  readonly takenBack: readonly string[];
  /** What became of it, as far as members have told. */
  readonly targets: readonly {
    readonly id: string;
    readonly name: string | null;
    /** `superseded`: not all of it was applied, and later ones replace all of it; nothing more is expected. */
    readonly state: 'sent' | 'applied' | 'waiting' | 'superseded';
    /** ISO 8601, UTC, by the member's clock. */
    readonly at: string | null;
  }[];
}

/** A choice for one object. `merge` takes the merged content that was kept for it, or, absent that, what merges cleanly; otherwise it waits. */
export interface Choice {
  readonly place: string;
  readonly part?: string;
  readonly triple: string;
  /** `null` takes the choice back. */
  readonly take: Resolution | null;
}

export interface SendApi {
  /** Rejects as `distribute`. */
  planDistribution(request: DistributeRequest, options?: CallOptions): Promise<DistributionPlan>;
  /**
   * Hands out what is on the Stage. Rejects with `refused` where it is empty, this instance is no Master, or an exception is about nothing
   * that is delivered there (reason `no-exception`, with those that are: `exceptions`).
   */
  distribute(request: DistributeRequest, options?: CallOptions): Promise<DistributionInfo>;
  /** What this instance has handed out, newest first. */
  distributions(options?: CallOptions): Promise<readonly DistributionInfo[]>;
}

export interface DeliveryApi extends SendApi, MergeApi, TableConflictApi {
  /** What came, newest first. Reads nothing but what was fetched before. */
  inbox(options?: CallOptions): Promise<readonly DeliveryInfo[]>;
  planReceive(request: PlanReceiveRequest, options?: CallOptions): Promise<DeliveryPlan>;
  /** Applies a delivery but for what waits: all of that or nothing, after an automatic snapshot. */
  receive(request: ReceiveRequest, options?: CallOptions): Promise<ReceiveReport>;
  /** Notes choices, durably, and nothing else. Those of a triple that is not so any more are left out. */
  resolve(request: PlanReceiveRequest & { readonly choices: readonly Choice[] }, options?: CallOptions): Promise<PlanChange>;
  /** Bytes of one side of an object, a folder excepted. */
  readSide(
    request: { readonly delivery: string; readonly place: string; readonly side: 'base' | 'incoming' | 'mine' },
    options?: CallOptions,
  ): Promise<Uint8Array>;
}

/** Conflicts in which both sides are brought together. */
export interface MergeApi {
  /** Both sides brought together, where they can be. */
  mergeText(request: { readonly delivery: string; readonly place: string }, options?: CallOptions): Promise<MergedText>;
  /** Keeps what a person made of both sides, as the choice `merge` for it. */
  keepMerged(
    request: { readonly delivery: string; readonly place: string; readonly triple: string; readonly content: Uint8Array },
    options?: CallOptions,
  ): Promise<PlanChange>;
}

/** Conflicts within tables. */
export interface TableConflictApi {
  /** The rows of a table that changed on both sides, from `after` on. */
  tableConflicts(
    request: { readonly delivery: string; readonly place: string; readonly part: string; readonly after?: number; readonly limit?: number },
    options?: CallOptions,
  ): Promise<TableConflicts>;
  /** Chooses for single rows of a table, or for all but these; so `merge` is chosen for the table, which waits as long as one of its rows does. */
  resolveRows(
    request: {
      readonly delivery: string;
      readonly place: string;
      readonly part: string;
      readonly triple: string;
      readonly rows: readonly { readonly key: readonly string[]; readonly take: 'incoming' | 'mine' | null }[];
      readonly others?: 'incoming' | 'mine' | null;
    },
    options?: CallOptions,
  ): Promise<PlanChange>;
}
