/** All of a Space that is shown at once, as the contract has it. */
import type { CallOptions } from '../base/progress.ts';
import type { DeliveryInfo, DistributionInfo } from './deliveryApi.ts';
import type { RecallInfo } from './recallApi.ts';
import type { SpaceInfo, SpaceRequest } from './spaceApi.ts';

/** What was distributed to this instance among others and holds, as records tell: nothing of it is fetched. */
export interface DistributedSummary {
  /** Objects, as they were staged. */
  readonly items: number;
  /** Of these, those whose latest version was not received here. */
  readonly newer: number;
  /** When the last of them was distributed: ISO 8601, UTC. `null`: there are none. */
  readonly made: string | null;
}

export interface SpaceOverview extends SpaceInfo {
  /** As `inbox`; empty for who is no member. */
  readonly inbox: readonly DeliveryInfo[];
  /** As `distributions`. */
  readonly distributions: readonly DistributionInfo[];
  /** As `recalls`. */
  readonly recalls: readonly RecallInfo[];
  readonly distributed: DistributedSummary;
}

export interface OverviewApi {
  /** The Space that this instance belongs to with all that passed in it, as far as is known here, or `null`: the log is opened once. */
  spaceOverview(request: SpaceRequest, options?: CallOptions): Promise<SpaceOverview | null>;
}
