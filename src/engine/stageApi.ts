/** The part of the contract that is about the Stage: what is to be distributed next. */
import type { CallOptions } from '../base/progress.ts';
import type { ApplicationKind } from '../instance/applications/application.ts';
import type { ObjectType } from '../space/stage/stagedObject.ts';
import type { Strategy } from '../space/strategy.ts';
import type { InstalledExtension } from './applicationsApi.ts';
import type { SnapshotInfo } from './api.ts';

export type { ObjectType } from '../space/stage/stagedObject.ts';
export type { Strategy } from '../space/strategy.ts';

/** Something of a state (a STATE: `current`, id, unique prefix, name, `latest`, `latest~N`) that is to be staged. */
export type ObjectRequest =
  /** A file, a link or a folder; `''` is all of the state. */
  | { readonly type: 'path'; readonly state: string; readonly path: string }
  /** `path` is that of the database. */
  | { readonly type: 'table'; readonly state: string; readonly path: string; readonly table: string }
  /** Named as `Application.name` has it, or by the beginning of `kind:path`. */
  | { readonly type: 'application'; readonly state: string; readonly application: string }
  | { readonly type: 'snapshot'; readonly state: string };

export type StageRequest =
  | {
      readonly objects: readonly ObjectRequest[];
      /** Absent: what lies on the Stage keeps the one it has. */
      readonly strategy?: Strategy;
      /** What the editor's profile has installed now, which only the editor knows. */
      readonly extensions?: readonly InstalledExtension[];
    }
  /** All that was kept under this name. */
  | { readonly bundle: string };

/** An object on the Stage. */
export interface StagedObject {
  /** 32 hex digits: the same for the same place (a path, a table, an application), whatever state it is from. */
  readonly id: string;
  /** As it is now: what was a file of the current state may have become a folder. */
  readonly type: ObjectType;
  /** A snapshot's id, or `current`. */
  readonly state: string;
  /** `null` for the current state, and for a snapshot that is gone. */
  readonly snapshot: SnapshotInfo | null;
  /** Of the file or folder, of a table's database, of an application's folder; `''` for all of it. */
  readonly path: string;
  readonly table: string | null;
  readonly application: ApplicationKind | null;
  /** `null`: as the distribution has it. */
  readonly strategy: Strategy | null;
  /** ISO 8601, UTC. */
  readonly added: string;
  /** Bytes of a file, as it is now; `null` for all else. */
  readonly size: number | null;
  /** Id of the innermost other object on the Stage that holds this one. What is said of this one counts for it. */
  readonly within: string | null;
  /** Why it can't be distributed, in words: it has gone from the current state, its snapshot is damaged. `null`: it can. */
  readonly problem: string | null;
}

export interface Stage {
  /** By path; a table or an application after the file or folder of the same path. */
  readonly objects: readonly StagedObject[];
  /** What lies there too, and can't be told any more, as its record is damaged or was written by a newer Snapstage. */
  readonly unreadable: readonly { readonly id: string; readonly reason: string }[];
}

/** What staging does, or has done. */
export interface StageChange {
  readonly object: StagedObject;
  /** What lies in its place on the Stage before: the later one replaces it. `null`: nothing. */
  readonly replaces: Pick<StagedObject, 'type' | 'state' | 'snapshot' | 'strategy'> | null;
}

export interface StagePlan {
  readonly changes: readonly StageChange[];
  /** Of a bundle: what is not there any more, which is not staged. */
  readonly missing: readonly StagedObject[];
}

export interface BundleInfo {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly saved: string;
  readonly objects: number;
}

export interface BundleList {
  /** By name. */
  readonly bundles: readonly BundleInfo[];
  /** Those whose record is damaged, or was written by a newer Snapstage. */
  readonly unreadable: readonly { readonly id: string; readonly reason: string }[];
}

export interface StageApi {
  /** What lies on the Stage, each looked after in its state. */
  stage(options?: CallOptions): Promise<Stage>;
  /** What `addToStage` would do. */
  planStage(request: StageRequest, options?: CallOptions): Promise<StagePlan>;
  /**
   * Puts objects on the Stage, all or none. Rejects with `not-found` when one is not in its state (`details.missing`: all that are
   * not), `refused` when one can't be distributed: no snapshot has it, or a table that can't be alone.
   */
  addToStage(request: StageRequest, options?: CallOptions): Promise<StagePlan>;
  /** Takes objects, or what is unreadable, off the Stage by their ids; what is not there any more is passed over. Nothing happens to the files. */
  removeFromStage(ids: readonly string[], options?: CallOptions): Promise<Stage>;
  /** `null`: as the distribution has it. Rejects with `not-found` when one of them is not on the Stage. */
  setStrategy(request: { readonly ids: readonly string[]; readonly strategy: Strategy | null }, options?: CallOptions): Promise<Stage>;
  bundles(options?: CallOptions): Promise<BundleList>;
  /** Keeps what lies on the Stage under a name. Rejects with `exists` when the name is taken, unless it is to be replaced; `refused` for an empty Stage. */
  saveBundle(request: { readonly name: string; readonly replace?: boolean }, options?: CallOptions): Promise<BundleInfo>;
  /** Deletes bundles by name, unreadable ones by id. Rejects with `not-found` when one is not there: none is deleted then. */
  deleteBundles(names: readonly string[], options?: CallOptions): Promise<BundleList>;
}
