/** Taking back what was distributed, and all that was distributed as one state, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { DistributionPlan } from './deliveryApi.ts';

export interface RecallRequest {
  /** Instance-relative, as they were delivered; absent or `''`: all of the distributions that are named then. */
  readonly paths?: readonly string[];
  /** Ids of distributions, or the beginnings of them. Absent: all that delivered the paths; with `previous` the last that did, of each. */
  readonly distributions?: readonly string[];
  /** Absent: all who got it, those of later too. Otherwise names and ids of members, and `group:NAME`. */
  readonly to?: 'all' | readonly string[];
  /** Also where it was edited; absent: that stays, and is reported. */
  readonly evenEdited?: boolean;
  /** What was delivered before comes in its place. */
  readonly previous?: boolean;
  readonly message?: string;
}

/** A distribution of which something is taken back. */
export interface RecalledDistribution {
  readonly id: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly made: string;
}

export interface RecallPlan {
  readonly distributions: readonly RecalledDistribution[];
  /** Empty: all of them. */
  readonly paths: readonly string[];
  readonly to: DistributionPlan['to'];
  readonly evenEdited: boolean;
  readonly previous: boolean;
}

/** A recall, or a distribution undone, as its sender knows it. */
export interface RecallInfo {
  /** 64 hex digits. */
  readonly id: string;
  readonly kind: 'recall' | 'undo';
  /** False: by another Master. */
  readonly isOwn: boolean;
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly message: string;
  readonly to: 'all' | 'editors' | 'chosen';
  /** Ids. */
  readonly distributions: readonly string[];
  /** Empty: all of them. */
  readonly paths: readonly string[];
  readonly evenEdited: boolean;
  readonly previous: boolean;
  /** What became of it, as far as members have told. */
  readonly targets: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly state: 'sent' | 'applied';
    /** ISO 8601, UTC, by the member's clock. */
    readonly at: string | null;
    /** What was touched there, and so stayed as it is. */
    readonly kept: readonly string[];
  }[];
}

export interface DistributedInfo {
  /** Tree id, hex. */
  readonly id: string;
  /** So many distributions it is made of. */
  readonly distributions: number;
  /** When the last of them was made: ISO 8601, UTC. `null`: there are none. */
  readonly made: string | null;
  /** The hub could not be asked: it is as of what was known. */
  readonly isOffline: boolean;
}

export interface RecallApi {
  /** What would be taken back, and from whom. Rejects with `not-found` for a path that no distribution delivered. */
  planRecall(request: RecallRequest, options?: CallOptions): Promise<RecallPlan>;
  /**
   * Takes back what distributions delivered. Members do it when they next receive, and tell what they kept because it was edited;
   * their snapshots keep what they hold. One record for each audience that it went to.
   */
  recall(request: RecallRequest, options?: CallOptions): Promise<readonly RecallInfo[]>;
  /**
   * Puts back, wherever it was applied, what a distribution changed and nobody has touched since. Rejects with `refused` for one that
   * was taken back, and for an undo.
   */
  undoDistribution(request: { readonly distribution: string }, options?: CallOptions): Promise<RecallInfo>;
  /** What this instance has taken back, newest first. */
  recalls(options?: CallOptions): Promise<readonly RecallInfo[]>;
  /** Brings the state `distributed` up to date, as far as is known here; with `sync` the hub is asked first, where it is there. */
  distributed(request: { readonly sync?: boolean }, options?: CallOptions): Promise<DistributedInfo>;
}
