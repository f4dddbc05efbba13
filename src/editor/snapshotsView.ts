import * as vscode from 'vscode';
import { errorSentence } from './messages.ts';
import type { SnapshotsNode } from './nodes.ts';
import type { SnapshotsTree } from './snapshotsTree.ts';
import type { Workspace } from './workspace.ts';

/** The Snapshots view around its tree: its message, and the context keys that its welcome pages and menus look at. */
export class SnapshotsView implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #view: vscode.TreeView<SnapshotsNode>;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, tree: SnapshotsTree) {
    this.#workspace = workspace;
    this.#view = vscode.window.createTreeView('snapstage.snapshots', {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
    });
    const update = (): void => this.#update();
    this.#subscriptions = [
      workspace.onDidChange(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      this.#view.onDidChangeVisibility(({ visible }) => (workspace.observed = visible)),
    ];
    workspace.observed = this.#view.visible;
    update();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
  }

  #update(): void {
    const states = this.#workspace.instances.map((instance) => instance.state);
    const [only, ...others] = states;
    const ready = states.filter((state) => state.kind === 'ready');
    const empty = only?.kind === 'uninitialised' || (only?.kind === 'ready' && only.snapshots.length === 0);
    setContext('snapstage.state', others.length > 0 ? 'folders' : empty ? 'empty' : (only?.kind ?? 'none'));
    setContext(
      'snapstage.hasSnapshots',
      ready.some((state) => state.snapshots.length > 0),
    );
    setContext(
      'snapstage.canUndo',
      ready.some((state) => state.status.undo !== null),
    );
    setContext(
      'snapstage.interrupted',
      ready.some((state) => state.status.interrupted !== null),
    );
    this.#view.message = only?.kind === 'failed' && others.length === 0 ? errorSentence(only.error) : this.#restriction(ready.length > 0);
  }

  #restriction(some: boolean): string {
    if (vscode.workspace.isTrusted || !some) return '';
    return vscode.l10n.t('Restricted Mode: snapshots can be viewed and compared only.');
  }
}

function setContext(key: string, value: string | boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
