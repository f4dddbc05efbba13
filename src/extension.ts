import * as vscode from 'vscode';
import { registerCommands } from './editor/commands.ts';
import { ListDocuments, listScheme } from './editor/lists.ts';
import { EditorReloader } from './editor/reload.ts';
import { Reporter } from './editor/reporter.ts';
import { Restorer } from './editor/restore.ts';
import { RowDecorations } from './editor/rowDecorations.ts';
import { SnapshotEditor } from './editor/snapshotEditor.ts';
import { SnapshotFiles } from './editor/snapshotFiles.ts';
import { SnapshotsTree } from './editor/snapshotsTree.ts';
import { SnapshotsView } from './editor/snapshotsView.ts';
import { snapshotScheme } from './editor/snapshotUris.ts';
import { StatusBar } from './editor/statusBar.ts';
import { SnapshotTaker } from './editor/take.ts';
import { Viewer } from './editor/viewer.ts';
import { Work } from './editor/work.ts';
import { Workspace } from './editor/workspace.ts';
import { startEngineWorker } from './engine/client.ts';

let workspace: Workspace | undefined;

/** What the tests inside the extension host look at. */
export interface Internals {
  readonly workspace: Workspace;
  readonly tree: SnapshotsTree;
}

/**
 * Wires the editor's face together. Nothing is waited for here, and no engine starts before something needs it.
 * Returns its inner parts in a test run only.
 */
export function activate(context: vscode.ExtensionContext): Internals | undefined {
  const log = vscode.window.createOutputChannel('Snapstage', { log: true });
  const reporter = new Reporter(log);
  const work = new Work(log);
  workspace = new Workspace(startEngineWorker, (error) => reporter.error(error));
  const tree = new SnapshotsTree(workspace);
  const lists = new ListDocuments();
  const viewer = new Viewer(lists);
  const restorer = new Restorer(work, reporter, viewer, lists, new EditorReloader(reporter));
  context.subscriptions.push(
    log,
    work,
    tree,
    new SnapshotsView(workspace, tree),
    lists,
    new StatusBar(workspace, work),
    vscode.window.registerFileDecorationProvider(new RowDecorations()),
    vscode.workspace.registerTextDocumentContentProvider(listScheme, lists),
    vscode.workspace.registerFileSystemProvider(snapshotScheme, new SnapshotFiles(workspace), { isReadonly: true, isCaseSensitive: true }),
    registerCommands({
      workspace,
      reporter,
      taker: new SnapshotTaker(work, reporter),
      restorer,
      snapshotEditor: new SnapshotEditor(work),
      viewer,
    }),
    offerRecovery(workspace, restorer),
  );
  void workspace.refresh();
  return context.extensionMode === vscode.ExtensionMode.Test ? { workspace, tree } : undefined;
}

/** Ends the engines; what they were doing is ended or can be recovered at the next start. */
export async function deactivate(): Promise<void> {
  await workspace?.dispose();
  workspace = undefined;
}

function offerRecovery(folders: Workspace, restorer: Restorer): vscode.Disposable {
  return folders.onDidChange(({ instance }) => {
    if (instance?.state.kind !== 'ready' || !instance.state.status.interrupted || !vscode.workspace.isTrusted) return;
    restorer.offerRecovery(instance, instance.state.status.interrupted, false);
  });
}
