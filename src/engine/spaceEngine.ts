import { toSnapstageError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { Work } from '../base/work.ts';
import type { EngineApi } from './api.ts';
import type * as assignmentApi from './assignmentApi.ts';
import type * as auditApi from './auditApi.ts';
import type * as deliveryApi from './deliveryApi.ts';
import type * as directApi from './directApi.ts';
import { Opener } from './opener.ts';
import type { OverviewApi, SpaceOverview } from './overviewApi.ts';
import type { DistributionPreview, PreviewApi, ReceivedRequest } from './previewApi.ts';
import type * as pullApi from './pullApi.ts';
import type * as recallApi from './recallApi.ts';
import type * as spaceApi from './spaceApi.ts';
import type * as stageApi from './stageApi.ts';

/** Loaded when they are first needed. */
const assigning = () => import('./assigning.ts');
const assignments = () => import('./assignments.ts');
const auditing = () => import('./auditing.ts');
const collecting = () => import('./collecting.ts');
const handInChanges = () => import('./handInChanges.ts');
const deciding = () => import('./deciding.ts');
const deliveries = () => import('./deliveries.ts');
const direct = () => import('./direct.ts');
const distributing = () => import('./distributing.ts');
const grading = () => import('./grading.ts');
const handingIn = () => import('./handingIn.ts');
const laying = () => import('./distributed.ts');
const hubCompaction = () => import('./hubCompaction.ts');
const moving = () => import('./moving.ts');
const overviewing = () => import('./overview.ts');
const previewing = () => import('./previewing.ts');
const pulling = () => import('./pulling.ts');
const recalling = () => import('./recalling.ts');
const receivePlan = () => import('./receivePlan.ts');
const receiptFiles = () => import('./receiptFile.ts');
const receipts = () => import('./received.ts');
const receiving = () => import('./receiving.ts');
const similar = () => import('./similarity.ts');
const spaces = () => import('./spaces.ts');
const staging = () => import('./staging.ts');

type SpaceCalls = stageApi.StageApi &
  spaceApi.SpaceApi &
  OverviewApi &
  deliveryApi.DeliveryApi &
  Pick<directApi.DirectApi, 'directTargets'> &
  recallApi.RecallApi &
  pullApi.PullApi &
  PreviewApi &
  assignmentApi.AssignmentApi &
  auditApi.AuditApi;

/** The engine's operations that are about more than one instance: the Stage, the Space, and what passes between its members. */
export class SpaceEngine extends Opener implements SpaceCalls {
  stage(options?: CallOptions): Promise<stageApi.Stage> {
    return this.open('read', options, async (open) => (await staging()).stage(open));
  }

  planStage(request: stageApi.StageRequest, options?: CallOptions): Promise<stageApi.StagePlan> {
    return this.open('read', options, async (open) => (await staging()).plan(open, request));
  }

  addToStage(request: stageApi.StageRequest, options?: CallOptions): Promise<stageApi.StagePlan> {
    return this.open('write', options, async (open) => (await staging()).add(open, request));
  }

  removeFromStage(ids: readonly string[], options?: CallOptions): Promise<stageApi.Stage> {
    return this.open('write', options, async (open) => (await staging()).remove(open, ids));
  }

  setStrategy(request: Parameters<EngineApi['setStrategy']>[0], options?: CallOptions): Promise<stageApi.Stage> {
    return this.open('write', options, async (open) => (await staging()).setStrategy(open, request));
  }

  bundles(options?: CallOptions): Promise<stageApi.BundleList> {
    return this.open('read', options, async (open) => (await staging()).bundles(open));
  }

  saveBundle(request: Parameters<EngineApi['saveBundle']>[0], options?: CallOptions): Promise<stageApi.BundleInfo> {
    return this.open('write', options, async (open) => (await staging()).saveBundle(open, request));
  }

  deleteBundles(names: readonly string[], options?: CallOptions): Promise<stageApi.BundleList> {
    return this.open('write', options, async (open) => (await staging()).deleteBundles(open, names));
  }

  space(request: spaceApi.SpaceRequest, options?: CallOptions): Promise<spaceApi.SpaceInfo | null> {
    return this.open(request.sync === true ? 'write' : 'read', options, async (open) =>
      (await spaces()).space(open, this.machine, request),
    );
  }

  spaceOverview(request: spaceApi.SpaceRequest, options?: CallOptions): Promise<SpaceOverview | null> {
    return this.open(request.sync === true ? 'write' : 'read', options, async (open) =>
      (await overviewing()).spaceOverview(open, this.machine, request),
    );
  }

  createSpace(request: spaceApi.CreateSpaceRequest, options?: CallOptions): Promise<spaceApi.SpaceCreated> {
    return this.open('write', options, async (open) => (await spaces()).createSpace(open, this.machine, request));
  }

  async readInvite(request: { readonly code: string }): Promise<spaceApi.InviteContents> {
    return (await spaces()).readInvite(request);
  }

  joinSpace(request: spaceApi.JoinRequest, options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).join(open, this.machine, request));
  }

  recoverSpace(request: Parameters<EngineApi['recoverSpace']>[0], options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).recover(open, this.machine, request));
  }

  invite(request: spaceApi.InviteRequest, options?: CallOptions): Promise<spaceApi.InviteMade> {
    return this.open('write', options, async (open) => (await spaces()).invite(open, this.machine, request));
  }

  withdrawInvite(request: Parameters<EngineApi['withdrawInvite']>[0], options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).withdrawInvite(open, this.machine, request));
  }

  admitMember(request: Parameters<EngineApi['admitMember']>[0], options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).admitMember(open, this.machine, request));
  }

  changeMember(request: Parameters<EngineApi['changeMember']>[0], options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).changeMember(open, this.machine, request));
  }

  removeMember(request: Parameters<EngineApi['removeMember']>[0], options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await spaces()).removeMember(open, this.machine, request));
  }

  compactHub(request: spaceApi.CompactHubRequest, options?: CallOptions): Promise<spaceApi.HubCompaction> {
    return this.open('write', options, async (open) => (await hubCompaction()).compactHub(open, this.machine, request));
  }

  moveHub(request: spaceApi.MoveRequest, options?: CallOptions): Promise<spaceApi.SpaceMoved> {
    return this.open('write', options, async (open) => (await moving()).moveHub(open, this.machine, request));
  }

  followHub(request: spaceApi.FollowRequest, options?: CallOptions): Promise<spaceApi.SpaceInfo> {
    return this.open('write', options, async (open) => (await moving()).followHub(open, this.machine, request));
  }

  hubRights(options?: CallOptions): Promise<spaceApi.HubRightsInfo> {
    return this.open('write', options, async (open) => (await moving()).rightsInHub(open, this.machine));
  }

  leaveSpace(options?: CallOptions): Promise<void> {
    return this.open('write', options, async (open) => (await spaces()).leave(open, this.machine));
  }

  preview(request: deliveryApi.DistributeRequest, options?: CallOptions): Promise<DistributionPreview> {
    return this.open('write', options, async (open) => (await previewing()).preview(open, this.machine, request));
  }

  received(request: ReceivedRequest, options?: CallOptions): Promise<deliveryApi.ObjectVersion | null> {
    return this.open('write', options, async (open) => (await receipts()).received(open, this.machine, request));
  }

  readReceived(request: ReceivedRequest, options?: CallOptions): Promise<Uint8Array> {
    return this.open('write', options, async (open) => (await receipts()).readReceived(open, this.machine, request));
  }

  planDistribution(request: deliveryApi.DistributeRequest, options?: CallOptions): Promise<deliveryApi.DistributionPlan> {
    return this.open('write', options, async (open) => (await distributing()).planDistribution(open, this.machine, request));
  }

  distribute(request: deliveryApi.DistributeRequest, options?: CallOptions): Promise<deliveryApi.DistributionInfo> {
    return this.open('write', options, async (open) => (await distributing()).distribute(open, this.machine, request));
  }

  directTargets(options?: CallOptions): Promise<readonly directApi.DirectTarget[]> {
    return this.open('write', options, async (open) => (await direct()).directTargets(open, this.machine));
  }

  distributions(options?: CallOptions): Promise<readonly deliveryApi.DistributionInfo[]> {
    return this.open('write', options, async (open) => (await distributing()).distributions(open, this.machine));
  }

  inbox(options?: CallOptions): Promise<readonly deliveryApi.DeliveryInfo[]> {
    return this.open('write', options, async (open) => (await deliveries()).inbox(open, this.machine));
  }

  planReceive(request: Parameters<EngineApi['planReceive']>[0], options?: CallOptions): Promise<deliveryApi.DeliveryPlan> {
    return this.open('write', options, async (open) => (await receivePlan()).planReceive(open, this.machine, request));
  }

  receive(request: deliveryApi.ReceiveRequest, options?: CallOptions): Promise<deliveryApi.ReceiveReport> {
    return this.open('write', options, async (open) => (await receiving()).receive(open, this.machine, request));
  }

  resolve(request: Parameters<EngineApi['resolve']>[0], options?: CallOptions): Promise<deliveryApi.DeliveryPlan> {
    return this.open('write', options, async (open) => (await deciding()).resolve(open, this.machine, request));
  }

  mergeText(request: Parameters<EngineApi['mergeText']>[0], options?: CallOptions): Promise<deliveryApi.MergedText> {
    return this.open('write', options, async (open) => (await deciding()).mergeText(open, this.machine, request));
  }

  keepMerged(request: Parameters<EngineApi['keepMerged']>[0], options?: CallOptions): Promise<deliveryApi.DeliveryPlan> {
    return this.open('write', options, async (open) => (await deciding()).keepMerged(open, this.machine, request));
  }

  tableConflicts(request: Parameters<EngineApi['tableConflicts']>[0], options?: CallOptions): Promise<deliveryApi.TableConflicts> {
    return this.open('write', options, async (open) => (await deciding()).tableConflicts(open, this.machine, request));
  }

  resolveRows(request: Parameters<EngineApi['resolveRows']>[0], options?: CallOptions): Promise<deliveryApi.DeliveryPlan> {
    return this.open('write', options, async (open) => (await deciding()).resolveRows(open, this.machine, request));
  }

  readSide(request: Parameters<EngineApi['readSide']>[0], options?: CallOptions): Promise<Uint8Array> {
    return this.open('write', options, async (open) => (await deciding()).readSide(open, this.machine, request));
  }

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

  planAssignment(request: assignmentApi.CreateAssignmentRequest, options?: CallOptions): Promise<assignmentApi.AssignmentPlan> {
    return this.open('write', options, async (open) => (await assigning()).planAssignment(open, this.machine, request));
  }

  createAssignment(request: assignmentApi.CreateAssignmentRequest, options?: CallOptions): Promise<assignmentApi.AssignmentInfo> {
    return this.open('write', options, async (open) => (await assigning()).createAssignment(open, this.machine, request));
  }

  editAssignment(request: assignmentApi.EditAssignmentRequest, options?: CallOptions): Promise<assignmentApi.AssignmentInfo> {
    return this.open('write', options, async (open) => (await assigning()).editAssignment(open, this.machine, request));
  }

  extend(request: assignmentApi.ExtendRequest, options?: CallOptions): Promise<assignmentApi.AssignmentDetails> {
    return this.open('write', options, async (open) => (await assigning()).extend(open, this.machine, request));
  }

  assignments(options?: CallOptions): Promise<readonly assignmentApi.AssignmentInfo[]> {
    return this.open('write', options, async (open) => (await assignments()).assignments(open, this.machine));
  }

  assignment(request: Parameters<EngineApi['assignment']>[0], options?: CallOptions): Promise<assignmentApi.AssignmentDetails> {
    return this.open('write', options, async (open) => (await assignments()).assignment(open, this.machine, request));
  }

  planHandIn(request: assignmentApi.HandInRequest, options?: CallOptions): Promise<assignmentApi.HandInPlan> {
    return this.open('write', options, async (open) => (await handingIn()).planHandIn(open, this.machine, request));
  }

  handIn(request: Parameters<EngineApi['handIn']>[0], options?: CallOptions): Promise<assignmentApi.HandInDone> {
    return this.open('write', options, async (open) => (await handingIn()).handIn(open, this.machine, request));
  }

  saveReceipt(request: Parameters<EngineApi['saveReceipt']>[0], options?: CallOptions): Promise<assignmentApi.ReceiptInfo> {
    return this.open('write', options, async (open) => (await receiptFiles()).saveReceipt(open, this.machine, request));
  }

  async verifyReceipt(request: { readonly from: string }): Promise<assignmentApi.ReceiptInfo> {
    try {
      return (await receiptFiles()).verifyReceipt(request);
    } catch (error) {
      throw toSnapstageError(error);
    }
  }

  collect(request: assignmentApi.CollectRequest, options?: CallOptions): Promise<assignmentApi.CollectReport> {
    return this.open('write', options, async (open) => (await collecting()).collect(open, this.machine, request));
  }

  handInChanges(
    request: Parameters<EngineApi['handInChanges']>[0],
    options?: CallOptions,
  ): Promise<readonly assignmentApi.HandInChanges[]> {
    return this.open('write', options, async (open) => (await handInChanges()).handInChanges(open, this.machine, request));
  }

  judge(request: Parameters<EngineApi['judge']>[0], options?: CallOptions): Promise<assignmentApi.HandInInfo> {
    return this.open('write', options, async (open) => (await assigning()).judge(open, this.machine, request));
  }

  giveFeedback(request: assignmentApi.FeedbackRequest, options?: CallOptions): Promise<assignmentApi.HandInInfo> {
    return this.open('write', options, async (open) => (await grading()).giveFeedback(open, this.machine, request));
  }

  fetchFeedback(request: Parameters<EngineApi['fetchFeedback']>[0], options?: CallOptions): ReturnType<EngineApi['fetchFeedback']> {
    return this.open('write', options, async (open) => (await grading()).fetchFeedback(open, this.machine, request));
  }

  grades(request: Parameters<EngineApi['grades']>[0], options?: CallOptions): Promise<readonly assignmentApi.GradeRow[]> {
    return this.open('write', options, async (open) => (await grading()).grades(open, this.machine, request));
  }

  similarity(request: Parameters<EngineApi['similarity']>[0], options?: CallOptions): Promise<assignmentApi.SimilarityReport> {
    return this.open('write', options, async (open) => (await similar()).similarity(open, this.machine, request));
  }

  similarMatches(request: Parameters<EngineApi['similarMatches']>[0], options?: CallOptions): Promise<assignmentApi.SimilarMatches> {
    return this.open('write', options, async (open) => (await similar()).similarMatches(open, this.machine, request));
  }

  audit(options?: CallOptions): Promise<auditApi.AuditTrail> {
    return this.open('write', options, async (open) => (await auditing()).audit(open, this.machine));
  }

  verifyAudit(request: { readonly hub?: boolean }, options?: CallOptions): Promise<auditApi.AuditReport> {
    return this.open('write', options, async (open) => (await auditing()).verifyAudit(open, this.machine, request));
  }

  exportAudit(request: { readonly to: string; readonly force?: boolean }, options?: CallOptions): Promise<auditApi.AuditExport> {
    return this.open('write', options, async (open) => (await auditing()).exportAudit(open, this.machine, request));
  }

  async verifyAuditFile({ from }: { readonly from: string }, options?: CallOptions): Promise<auditApi.AuditReport> {
    try {
      return await (await auditing()).verifyAuditFile(from, this.host.now(), new Work(options));
    } catch (error) {
      throw toSnapstageError(error);
    }
  }
}
