import * as vscode from 'vscode';
import { ApplicationDocuments, applicationScheme } from './editor/applications/applicationDocuments.ts';
import { Applications } from './editor/applications/applications.ts';
import { Checker } from './editor/applications/check.ts';
import { EditorRecreator } from './editor/applications/editorRecreate.ts';
import { Recreator } from './editor/applications/recreate.ts';
import { TaskPanels } from './editor/assignments/assignmentPanel.ts';
import { AssignmentTeller } from './editor/assignments/assignmentTeller.ts';
import { AssignmentTree } from './editor/assignments/assignmentTree.ts';
import { AssignmentView } from './editor/assignments/assignmentView.ts';
import { DashboardPanels } from './editor/assignments/dashboardPanel.ts';
import { AssignmentGiver } from './editor/assignments/giveAssignment.ts';
import { Grading } from './editor/assignments/grading.ts';
import { HandInHistory } from './editor/assignments/handInHistory.ts';
import { HandingIn } from './editor/assignments/handingIn.ts';
import { SimilarFiles } from './editor/assignments/similarFiles.ts';
import { SimilarityPanels } from './editor/assignments/similarityPanel.ts';
import { AuditPanels } from './editor/audit/auditPanel.ts';
import { AgreedRestore } from './editor/restore/agreedRestore.ts';
import { exportApi, ExportedApi } from './editor/api/exportedApi.ts';
import type { SnapstageExtension } from './editor/api/snapstage.d.ts';
import { registerTools } from './editor/api/tools.ts';
import { registerCommands } from './editor/commands.ts';
import { Finder } from './editor/find/find.ts';
import type { StartEngine } from './editor/instance.ts';
import { HistoryView } from './editor/history/historyView.ts';
import { AutomaticSnapshots } from './editor/automatic/automaticSnapshots.ts';
import { Retention } from './editor/automatic/retention.ts';
import { followOccasions } from './editor/automatic/occasions.ts';
import { wallClock } from './editor/automatic/wallClock.ts';
import { Comparison } from './editor/compare/comparison.ts';
import { ConflictPanels } from './editor/conflicts/conflictPanel.ts';
import { MergedFiles } from './editor/conflicts/mergedFiles.ts';
import { AtWork } from './editor/inUse/atWork.ts';
import { Quieting } from './editor/inUse/quiet.ts';
import { Copier } from './editor/files/copies.ts';
import { DetailsDocuments, detailsScheme } from './editor/snapshots/details.ts';
import { ListDocuments, listScheme } from './editor/lists.ts';
import { EditorReloader } from './editor/restore/reload.ts';
import { OpenedSnapshots } from './editor/files/openedSnapshots.ts';
import { followInstances } from './editor/restore/followInstances.ts';
import { Recovery } from './editor/restore/recovery.ts';
import { Reporter } from './editor/reporter.ts';
import { Restorer } from './editor/restore/restore.ts';
import { RowDecorations } from './editor/snapshots/rowDecorations.ts';
import { SnapshotEditor } from './editor/snapshots/snapshotEditor.ts';
import { SnapshotFiles } from './editor/files/snapshotFiles.ts';
import { SnapshotsTree } from './editor/snapshots/snapshotsTree.ts';
import { SnapshotsView } from './editor/snapshots/snapshotsView.ts';
import { snapshotScheme } from './editor/files/snapshotUris.ts';
import { StatusBar } from './editor/statusBar.ts';
import { Links } from './editor/links/links.ts';
import { StoreCare } from './editor/snapshots/storeCare.ts';
import { SnapshotTaker } from './editor/snapshots/take.ts';
import { UnsavedTeller } from './editor/restore/unsavedTeller.ts';
import { Unfinished } from './editor/restore/unfinished.ts';
import { Databases } from './editor/tables/databases.ts';
import { TableDocuments, tableScheme } from './editor/tables/tableDocuments.ts';
import { TableRestorer } from './editor/tables/tableRestore.ts';
import { PreviewPanels } from './editor/preview/previewPanel.ts';
import { FileDrop } from './editor/transfer/fileDrop.ts';
import { Transfers } from './editor/transfer/transfers.ts';
import { Viewer } from './editor/files/viewer.ts';
import { Arrivals } from './editor/space/arrivals.ts';
import { Bandwidth } from './editor/space/bandwidth.ts';
import { BucketKeys } from './editor/space/bucketKeys.ts';
import { Applier } from './editor/space/applier.ts';
import { DirectDelivery } from './editor/space/directDelivery.ts';
import { Distributed } from './editor/space/distributed.ts';
import { Distributor } from './editor/space/distributor.ts';
import { JoinLinks } from './editor/space/joinLinks.ts';
import { HubCompactor } from './editor/space/hubCompactor.ts';
import { HubMover } from './editor/space/hubMover.ts';
import { MemberEditor } from './editor/space/memberEditor.ts';
import { isOnline } from './editor/space/network.ts';
import { Puller } from './editor/space/puller.ts';
import { Recaller } from './editor/space/recaller.ts';
import { Receiver } from './editor/space/receiver.ts';
import { SpaceEditor } from './editor/space/spaceEditor.ts';
import { Spaces } from './editor/space/spaces.ts';
import { SpaceSync } from './editor/space/spaceSync.ts';
import { SpaceTree } from './editor/space/spaceTree.ts';
import { SpaceView } from './editor/space/spaceView.ts';
import { StageDrop } from './editor/stage/stageDrop.ts';
import { StageEditor } from './editor/stage/stageEditor.ts';
import { Stages } from './editor/stage/stages.ts';
import { StageTree } from './editor/stage/stageTree.ts';
import { StageView } from './editor/stage/stageView.ts';
import { SpaceFreer } from './editor/storage/freeUp.ts';
import { RoomWatch } from './editor/storage/roomWatch.ts';
import { StoragePanels } from './editor/storage/storagePanel.ts';
import { WhyStored } from './editor/storage/whyStored.ts';
import { followWalkthrough } from './editor/walkthrough.ts';
import { Work } from './editor/work.ts';
import { Workspace } from './editor/workspace.ts';
import { startEngineWorker } from './engine/client.ts';

let workspace: Workspace | undefined;
let unfinished: Unfinished | undefined;

/** What the tests inside the extension host look at. */
export interface Internals {
  readonly workspace: Workspace;
  readonly tree: SnapshotsTree;
  readonly comparison: Comparison;
  readonly history: HistoryView;
  readonly atWork: AtWork;
  readonly storagePanels: StoragePanels;
  readonly stageTree: StageTree;
  readonly stageView: StageView;
  readonly stages: Stages;
  readonly mergedFiles: MergedFiles;
  readonly conflictPanels: ConflictPanels;
  readonly previewPanels: PreviewPanels;
  readonly auditPanels: AuditPanels;
  readonly spaces: Spaces;
  readonly spaceTree: SpaceTree;
  readonly spaceView: SpaceView;
  readonly joinLinks: JoinLinks;
  readonly assignmentTree: AssignmentTree;
  readonly assignmentView: AssignmentView;
  readonly assignmentPanels: TaskPanels;
  readonly dashboardPanels: DashboardPanels;
  readonly similarityPanels: SimilarityPanels;
}

/**
 * Wires the editor's face together. Nothing is waited for here, and no engine starts before something needs it.
 * Returns the API for other extensions, and its inner parts in a test run only.
 */
export function activate(context: vscode.ExtensionContext): SnapstageExtension & Partial<Internals> {
  const log = vscode.window.createOutputChannel('Snapstage', { log: true });
  const bucketKeys = new BucketKeys(context.secrets);
  const reporter = new Reporter(log, (error) => bucketKeys.remedyFor(error));
  const work = new Work(log);
  const startEngine: StartEngine = (options) => startEngineWorker({ ...options, bucketKeys: (bucket) => bucketKeys.of(bucket) });
  workspace = new Workspace(startEngine, (error) => reporter.error(error));
  const opened = new OpenedSnapshots(context.globalState, startEngine, (error) => reporter.error(error));
  const files = new SnapshotFiles(workspace, opened);
  const history = new HistoryView(workspace, reporter);
  unfinished = new Unfinished(context.storageUri?.fsPath);
  const databases = new Databases(work);
  const applications = new Applications(work);
  const tree = new SnapshotsTree({ workspace, unfinished, reporter, databases, applications });
  const lists = new ListDocuments();
  const viewer = new Viewer(lists, reporter);
  const reloader = new EditorReloader(reporter);
  const restorer = new Restorer(work, reporter, viewer, lists, reloader);
  const agreedRestore = new AgreedRestore(reloader);
  const api = new ExportedApi(workspace, agreedRestore);
  const atWork = new AtWork();
  const taker = new SnapshotTaker({ work, reporter, unfinished, atWork, quieting: new Quieting(log) });
  const snapshotEditor = new SnapshotEditor(work, unfinished);
  const recovery = new Recovery({ unfinished, tree, work, reporter, restorer, taker, snapshotEditor });
  const comparison = new Comparison(workspace, reporter);
  const details = new DetailsDocuments(workspace);
  const tableDocuments = new TableDocuments(workspace, work, reporter, databases);
  const storeCare = new StoreCare(work, reporter, lists);
  const spaceFreer = new SpaceFreer({ work, reporter, unfinished });
  const whyStored = new WhyStored({ work, reporter, snapshotEditor });
  const storagePanels = new StoragePanels({
    workspace,
    reporter,
    extensionUri: context.extensionUri,
    actions: {
      freeUp: (instance) => spaceFreer.freeUp(instance),
      compact: (instance) => storeCare.compact(instance),
      why: (instance, path) => whyStored.show(instance, path),
      history: (instance, path) => history.show(instance, path),
      details: (instance, { id }) => details.show(instance, id),
      delete: (instance, snapshot) => whyStored.delete(instance, [snapshot]),
    },
  });
  const mergedFiles = new MergedFiles(context.storageUri);
  const automatic = new AutomaticSnapshots({ workspace, work, reporter, atWork, clock: wallClock });
  const view = new SnapshotsView(workspace, tree, new FileDrop(reporter));
  const stages = new Stages(workspace);
  const stageEditor = new StageEditor(stages, work, reporter);
  const stageTree = new StageTree(workspace, stages);
  const stageView = new StageView({ workspace, stages, tree: stageTree, drop: new StageDrop(workspace, stageEditor, reporter) });
  const spaces = new Spaces(workspace);
  const distributed = new Distributed(spaces, work);
  const spaceTree = new SpaceTree(workspace, spaces, distributed);
  const spaceView = new SpaceView(workspace, spaces, spaceTree);
  const spaceEditor = new SpaceEditor(spaces, work);
  const applier = new Applier({ spaces, work, reporter, restorer, reloader, lists });
  const receiver = new Receiver({
    spaces,
    work,
    applier,
    decide: (instance, { id }) => conflictPanels.show(instance, id),
  });
  const conflictPanels = new ConflictPanels({
    workspace,
    reporter,
    mergedFiles,
    extensionUri: context.extensionUri,
    apiOf: ({ engine }) => engine,
    receive: (instance, plan) => receiver.receiveShown(instance, plan),
    closed: (instance) => spaces.refresh(instance),
  });
  const joinLinks = new JoinLinks(workspace, spaceEditor, reporter);
  const applicationDocuments = new ApplicationDocuments(workspace, applications, reporter);
  const direct = new DirectDelivery({ spaces, work, reporter });
  const distributor = new Distributor({
    spaces,
    work,
    direct,
    preview: (instance, request) => previewPanels.show(instance, request),
  });
  const auditPanels = new AuditPanels({ workspace, reporter, spaces, work, extensionUri: context.extensionUri });
  const previewPanels = new PreviewPanels({
    workspace,
    reporter,
    spaces,
    stages,
    extensionUri: context.extensionUri,
    showing: { viewer, details, tableDocuments, applicationDocuments },
    distribute: (instance, request) => distributor.distribute(instance, request),
  });
  const assignmentTree = new AssignmentTree(workspace, spaces);
  const assignmentView = new AssignmentView({ workspace, spaces, tree: assignmentTree, clock: wallClock });
  const handingIn = new HandingIn({ spaces, work, reporter, viewer });
  const handInHistory = new HandInHistory({ comparison, viewer, restorer });
  const assignmentPanels = new TaskPanels({ workspace, reporter, spaces, handingIn, handInHistory, extensionUri: context.extensionUri });
  const assignmentGiver = new AssignmentGiver(spaces, work);
  const grading = new Grading({ spaces, work, reporter, comparison, viewer });
  const similarFiles = new SimilarFiles(viewer);
  const similarityPanels = new SimilarityPanels({
    workspace,
    reporter,
    spaces,
    grading,
    similarFiles,
    extensionUri: context.extensionUri,
  });
  const dashboardPanels = new DashboardPanels({
    workspace,
    reporter,
    spaces,
    giver: assignmentGiver,
    grading,
    similarityPanels,
    clock: wallClock,
    extensionUri: context.extensionUri,
  });
  const checker = new Checker(applications, applicationDocuments, reporter);
  const editors = new EditorRecreator({ work, applications, reporter, restorer, documents: applicationDocuments });
  context.subscriptions.push(
    log,
    work,
    atWork,
    automatic,
    followOccasions(workspace, automatic),
    tree,
    view,
    stages,
    stageTree,
    stageView,
    spaces,
    distributed,
    distributed.onDidChange((instance) => files.distributedChanged(instance)),
    spaceTree,
    spaceView,
    conflictPanels,
    previewPanels,
    auditPanels,
    new SpaceSync({ workspace, spaces, reporter, clock: wallClock, isFocused: () => vscode.window.state.focused, isOnline }),
    new Bandwidth({ workspace, spaces, memory: context.workspaceState, reporter }),
    new Arrivals({ spaces, memory: context.workspaceState, reporter, receiver }),
    assignmentTree,
    assignmentView,
    assignmentPanels,
    grading,
    dashboardPanels,
    similarFiles,
    similarityPanels,
    new AssignmentTeller({ workspace, spaces, memory: context.workspaceState, reporter, clock: wallClock }),
    vscode.window.registerUriHandler(joinLinks),
    lists,
    details,
    tableDocuments,
    applicationDocuments,
    comparison,
    storagePanels,
    mergedFiles,
    new RoomWatch({
      workspace,
      memory: context.workspaceState,
      reporter,
      freeUp: (instance) => spaceFreer.freeUp(instance),
      showStorage: (instance) => storagePanels.show(instance),
    }),
    new UnsavedTeller(workspace, reporter),
    new StatusBar(workspace, work),
    vscode.window.registerFileDecorationProvider(new RowDecorations()),
    vscode.workspace.registerTextDocumentContentProvider(listScheme, lists),
    vscode.workspace.registerTextDocumentContentProvider(detailsScheme, details),
    vscode.workspace.registerTextDocumentContentProvider(tableScheme, tableDocuments),
    vscode.languages.registerCodeLensProvider({ scheme: tableScheme }, tableDocuments),
    vscode.workspace.registerTextDocumentContentProvider(applicationScheme, applicationDocuments),
    vscode.languages.registerCodeLensProvider({ scheme: applicationScheme }, applicationDocuments),
    api,
    registerTools(vscode.lm, workspace, agreedRestore),
    files,
    opened,
    followWalkthrough(),
    history,
    vscode.workspace.registerFileSystemProvider(snapshotScheme, files, { isReadonly: true, isCaseSensitive: true }),
    registerCommands({
      workspace,
      reporter,
      tree,
      taker,
      restorer,
      recovery,
      snapshotEditor,
      viewer,
      comparison,
      details,
      copier: new Copier(work, reporter),
      storeCare,
      links: new Links(work, reporter, () => tree.redraw()),
      storagePanels,
      spaceFreer,
      whyStored,
      mergedFiles,
      transfers: new Transfers(work, reporter, (instance, id) => view.show(instance, id)),
      retention: new Retention(work, lists),
      opened,
      history,
      databases,
      tableDocuments,
      tableRestorer: new TableRestorer({ work, reporter, restorer, databases, documents: tableDocuments }),
      applications,
      applicationDocuments,
      checker,
      recreator: new Recreator({ applications, reporter, restorer, checker, editors, documents: applicationDocuments }),
      stageEditor,
      stageView,
      spaces,
      spaceEditor,
      memberEditor: new MemberEditor(spaces, work),
      hubMover: new HubMover(spaces, work),
      hubCompactor: new HubCompactor(spaces, work),
      distributor,
      receiver,
      recaller: new Recaller({ spaces, work, direct }),
      puller: new Puller({ distributed, work, applier, viewer, comparison }),
      conflictPanels,
      previewPanels,
      auditPanels,
      handingIn,
      handInHistory,
      assignmentPanels,
      assignmentGiver,
      grading,
      similarityPanels,
      dashboardPanels,
      finder: new Finder(reporter, viewer, restorer, history),
    }),
    followInstances(workspace, recovery, reporter),
  );
  void workspace.refresh();
  void vscode.commands.executeCommand('setContext', 'snapstage.snapshotWindow', opened.current !== undefined);
  return {
    ...exportApi(api),
    ...(context.extensionMode === vscode.ExtensionMode.Test && {
      workspace,
      tree,
      comparison,
      history,
      atWork,
      storagePanels,
      stageTree,
      stageView,
      stages,
      mergedFiles,
      conflictPanels,
      previewPanels,
      auditPanels,
      spaces,
      spaceTree,
      spaceView,
      joinLinks,
      assignmentTree,
      assignmentView,
      assignmentPanels,
      dashboardPanels,
      similarityPanels,
    }),
  };
}

/** Ends the engines; what they were doing is ended or can be recovered at the next start. */
export async function deactivate(): Promise<void> {
  unfinished?.close();
  await workspace?.dispose();
  workspace = undefined;
}
