/** The engine's calls about what was distributed: taking it back, and bringing it here. */
import type { CallOptions } from '../base/progress.ts';
import type * as pullApi from './pullApi.ts';
import type * as recallApi from './recallApi.ts';
import { SpaceEngine } from './spaceEngine.ts';

/** Loaded when they are first needed. */
const laying = () => import('./distributed.ts');
const pulling = () => import('./pulling.ts');
const recalling = () => import('./recalling.ts');

export class Courses extends SpaceEngine implements pullApi.PullApi, recallApi.RecallApi {
  planRecall(request: recallApi.RecallRequest, options?: CallOptions): Promise<recallApi.RecallPlan> {
    return this.open('write', options, async (open) => (await recalling()).planRecall(open, this.machine, request));
  }

  recall(request: recallApi.RecallRequest, options?: CallOptions): Promise<readonly recallApi.RecallInfo[]> {
    return this.open('write', options, async (open) => (await recalling()).recall(open, this.machine, request));
  }

  undoDistribution(request: Parameters<recallApi.RecallApi['undoDistribution']>[0], options?: CallOptions): Promise<recallApi.RecallInfo> {
    return this.open('write', options, async (open) => (await recalling()).undoDistribution(open, this.machine, request));
  }

  recalls(options?: CallOptions): Promise<readonly recallApi.RecallInfo[]> {
    return this.open('write', options, async (open) => (await recalling()).recalls(open, this.machine));
  }

  distributed(request: Parameters<recallApi.RecallApi['distributed']>[0], options?: CallOptions): Promise<recallApi.DistributedInfo> {
    return this.open('write', options, async (open) => (await laying()).distributed(open, this.machine, request));
  }

  planPull(request: pullApi.PullRequest, options?: CallOptions): Promise<pullApi.BringPlan> {
    return this.open('write', options, async (open) => (await pulling()).planPull(open, request));
  }

  pull(request: Parameters<pullApi.PullApi['pull']>[0], options?: CallOptions): Promise<pullApi.BringReport> {
    return this.open('write', options, async (open) => (await pulling()).pull(open, request));
  }

  planStageHere(request: pullApi.StageHereRequest, options?: CallOptions): Promise<pullApi.BringPlan> {
    return this.open('write', options, async (open) => (await pulling()).planStageHere(open, request));
  }

  stageHere(request: Parameters<pullApi.PullApi['stageHere']>[0], options?: CallOptions): Promise<pullApi.BringReport> {
    return this.open('write', options, async (open) => (await pulling()).stageHere(open, request));
  }
}
