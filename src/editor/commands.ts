import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { SnapshotInfo } from '../engine/api.ts';
import { commandTable, type CommandId } from './commandTable.ts';
import { Instance } from './instance.ts';
import type { SnapshotsNode } from './nodes.ts';
import { pickInstance, pickSnapshot } from './pickers.ts';
import type { Reporter } from './reporter.ts';
import type { Restorer } from './restore.ts';
import type { SnapshotEditor } from './snapshotEditor.ts';
import { pathIn, snapshotScheme } from './snapshotUris.ts';
import type { SnapshotTaker } from './take.ts';
import type { StoredPath, Viewer } from './viewer.ts';
import type { Workspace } from './workspace.ts';

/** What the commands put to work. */
export interface Services {
  readonly workspace: Workspace;
  readonly reporter: Reporter;
  readonly taker: SnapshotTaker;
  readonly restorer: Restorer;
  readonly snapshotEditor: SnapshotEditor;
  readonly viewer: Viewer;
}

/** What a command is meant for: the rows it was chosen on, the first one being the one under the pointer. */
type Handler = (nodes: readonly SnapshotsNode[]) => Promise<void>;

/** Registers every command of the table: trust is checked before, and errors are reported after. */
export function registerCommands(services: Services): vscode.Disposable {
  const handlers = commandHandlers(services);
  const ids = Object.keys(commandTable) as CommandId[];
  return vscode.Disposable.from(
    ...ids.map((id) =>
      vscode.commands.registerCommand(id, async (first: unknown, all: unknown) => {
        if (commandTable[id].writes && !services.reporter.requireTrust()) return;
        try {
          await handlers[id](nodesOf(first, all));
        } catch (error) {
          services.reporter.error(error);
        }
      }),
    ),
  );
}

function commandHandlers(services: Services): Readonly<Record<CommandId, Handler>> {
  const { workspace, reporter, taker, restorer, snapshotEditor, viewer } = services;
  const withInstance = (title: string, run: (instance: Instance) => Promise<void>): Handler => {
    return async ([node]) => {
      const instance = node?.instance ?? (await pickInstance(workspace, title));
      if (instance) await run(instance);
    };
  };
  const withSnapshot = (title: string, run: (instance: Instance, snapshot: SnapshotInfo) => Promise<void>): Handler => {
    return async ([node]) => {
      const instance = node?.instance ?? (await pickInstance(workspace, title));
      const snapshot = snapshotOf(node) ?? (instance && (await pickSnapshot(instance, title)));
      if (instance && snapshot) await run(instance, snapshot);
    };
  };
  const withPath = (title: string, run: (stored: StoredPath & { readonly from?: string }) => Promise<void>): Handler => {
    return async ([node]) => {
      const stored = pathOf(node) ?? (await pathOfActiveEditor(workspace, title));
      if (stored) await run(stored);
    };
  };

  return {
    'snapstage.take': withInstance(vscode.l10n.t('Take Snapshot'), (instance) => taker.take(instance)),
    'snapstage.takeDescribed': withInstance(vscode.l10n.t('Take Snapshot'), (instance) => taker.takeDescribed(instance)),
    'snapstage.restore': withSnapshot(vscode.l10n.t('Restore'), (instance, snapshot) => restorer.restore(instance, snapshot)),
    'snapstage.restoreEntry': withPath(vscode.l10n.t('Restore'), ({ instance, snapshot, path, from }) =>
      restorer.restore(instance, snapshot, [from ?? path]),
    ),
    'snapstage.undoRestore': withInstance(vscode.l10n.t('Undo Last Restore'), (instance) => restorer.undo(instance)),
    'snapstage.recover': withInstance(vscode.l10n.t('Interrupted Restore'), async (instance) => {
      await instance.refresh();
      const interrupted = instance.state.kind === 'ready' ? instance.state.status.interrupted : null;
      if (!interrupted) throw new SnapstageError('usage', vscode.l10n.t('No restore in {0} was interrupted.', instance.name));
      restorer.offerRecovery(instance, interrupted, true);
    }),
    'snapstage.compare': withPath(vscode.l10n.t('Compare with Current State'), (stored) => viewer.compare(stored)),
    'snapstage.open': withPath(vscode.l10n.t('Open Version'), (stored) => viewer.open(stored)),
    'snapstage.listChanges': withInstance(vscode.l10n.t('List Changes'), (instance) => viewer.listChanges(instance)),
    'snapstage.rename': withSnapshot(vscode.l10n.t('Rename Snapshot'), (instance, snapshot) => snapshotEditor.rename(instance, snapshot)),
    'snapstage.describe': withSnapshot(vscode.l10n.t('Describe Snapshot'), (instance, snapshot) =>
      snapshotEditor.describe(instance, snapshot),
    ),
    'snapstage.pin': withSnapshot(vscode.l10n.t('Pin Snapshot'), (instance, snapshot) => snapshotEditor.pin(instance, snapshot, true)),
    'snapstage.unpin': withSnapshot(vscode.l10n.t('Unpin Snapshot'), (instance, snapshot) => snapshotEditor.pin(instance, snapshot, false)),
    'snapstage.delete': async (nodes) => {
      const chosen = nodes.filter((node) => node.type === 'snapshot');
      const one = withSnapshot(vscode.l10n.t('Delete Snapshot'), (instance, snapshot) => snapshotEditor.delete(instance, [snapshot]));
      if (chosen.length < 2) return one(nodes);
      for (const instance of new Set(chosen.map((node) => node.instance))) {
        await snapshotEditor.delete(
          instance,
          chosen.filter((node) => node.instance === instance).map((node) => node.snapshot),
        );
      }
    },
    'snapstage.refresh': () => workspace.refresh(),
    'snapstage.showLog': async () => reporter.log.show(),
  };
}

/** What VS Code or another extension passed: rows of the tree, or something else that is left alone. */
function nodesOf(first: unknown, all: unknown): readonly SnapshotsNode[] {
  const nodes: readonly unknown[] = Array.isArray(all) ? all : [];
  // The row under the pointer can lie outside the selection, which then isn't meant.
  return (nodes.includes(first) ? [first, ...nodes.filter((node) => node !== first)] : [first]).filter(isNode);
}

function isNode(value: unknown): value is SnapshotsNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'instance' in value && value.instance instanceof Instance;
}

function snapshotOf(node: SnapshotsNode | undefined): SnapshotInfo | undefined {
  return node?.type === 'snapshot' ? node.snapshot : undefined;
}

function pathOf(node: SnapshotsNode | undefined): (StoredPath & { readonly from?: string }) | undefined {
  if (node?.type === 'entry') return { instance: node.instance, snapshot: node.snapshot, path: node.entry.path };
  if (node?.type !== 'change') return undefined;
  const { path, from } = node.change;
  return { instance: node.instance, snapshot: node.snapshot, path, ...(from !== undefined && { from }) };
}

/** The active editor's file in a snapshot that the user picks; a snapshot's document names its own. */
async function pathOfActiveEditor(workspace: Workspace, title: string): Promise<StoredPath | undefined> {
  const uri = activeUri();
  for (const instance of uri ? workspace.instances : []) {
    const path = uri && pathIn(instance.folder.uri, uri);
    if (!path) continue;
    const stored = uri.scheme === snapshotScheme ? (await instance.mustList()).find(({ id }) => id === uri.authority) : undefined;
    const snapshot = stored ?? (uri.scheme === 'file' ? await pickSnapshot(instance, title) : undefined);
    return snapshot && { instance, snapshot, path };
  }
  throw new SnapstageError('usage', vscode.l10n.t('Choose a file in the Snapshots view, or open one of the folder in an editor first.'));
}

function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) return input.modified;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom)
    return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
