/** What is brought into the own current state by hand, as the contract has it. */
import type { CallOptions } from '../base/progress.ts';
import type { DeliveryPlan, DistributeRequest, EditorState, ReceiveReport } from './deliveryApi.ts';

/** What bringing something here would do now. Inert. */
export type BringPlan = Omit<DeliveryPlan, 'delivery'>;
export type BringReport = Omit<ReceiveReport, 'delivery'>;

interface Confirmed {
  /** As of the plan; absent: whatever is here. */
  readonly from?: string;
  /** Also when more than half of all files go. */
  readonly confirmed?: boolean;
}

export interface PullRequest extends EditorState {
  /** Instance-relative, of the state `distributed`; `''` is all of it. */
  readonly paths: readonly string[];
}

/** `ask` has nobody to wait for: it is refused. */
export type StageHereRequest = Pick<DistributeRequest, 'strategy' | 'strategies'> & EditorState;

export interface PullApi {
  /**
   * What `pull` would do. It reads `distributed` as it was last brought up to date. What can run programs waits, unless it is named
   * itself, or what it lies in is. Rejects with `not-found` for what was not distributed.
   */
  planPull(request: PullRequest, options?: CallOptions): Promise<BringPlan>;
  /** Makes paths as they were distributed, after an automatic snapshot; what lies beside them in a folder stays. All of it or nothing. */
  pull(request: PullRequest & Confirmed, options?: CallOptions): Promise<BringReport>;
  planStageHere(request: StageHereRequest, options?: CallOptions): Promise<BringPlan>;
  /** Brings what lies on the Stage from snapshots into the current state, as a distribution would to somebody else: no Space is needed. */
  stageHere(request: StageHereRequest & Confirmed, options?: CallOptions): Promise<BringReport>;
}
