import * as vscode from 'vscode';
import type { SnapshotInfo } from '../../engine/api.ts';
import { changesIn } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { SnapshotsNode } from './nodes.ts';
import { setting } from '../settings.ts';
import { isFiltering } from './snapshotFilter.ts';
import type { SnapshotsTree } from './snapshotsTree.ts';
import { roomSentences } from '../storage/storageWords.ts';
import type { Instance } from '../instance.ts';
import { countOfChanges, filterInWords } from '../words.ts';
import type { Workspace } from '../workspace.ts';

/** The Snapshots view around its tree: its message and badge, and the context keys that its welcome pages and menus look at. */
export class SnapshotsView implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #tree: SnapshotsTree;
  readonly #view: vscode.TreeView<SnapshotsNode>;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, tree: SnapshotsTree, dragAndDropController: vscode.TreeDragAndDropController<SnapshotsNode>) {
    this.#workspace = workspace;
    this.#tree = tree;
    this.#view = vscode.window.createTreeView('snapstage.snapshots', {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
      dragAndDropController,
    });
    const update = (): void => this.#update();
    const observe = (): void => {
      workspace.observed = this.#view.visible || setting('followChanges');
    };
    this.#subscriptions = [
      workspace.onDidChange(update),
      tree.onDidChangeTreeData(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('snapstage')) return;
        observe();
        update();
      }),
      this.#view.onDidChangeVisibility(observe),
    ];
    observe();
    update();
  }

  /** Brings a snapshot's row into sight and selects it. One that the filter hides stays hidden. */
  async show(instance: Instance, id: string): Promise<void> {
    const node = this.#tree.find(instance, id);
    if (!node) return;
    await vscode.commands.executeCommand('snapstage.snapshots.focus');
    // One on a later page of a long day has no row yet.
    await this.#view.reveal(node, { focus: true }).then(undefined, () => undefined);
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
    const failed = others.length === 0 && only?.kind === 'failed' ? only.error : undefined;
    const all = ready.flatMap((state) => state.snapshots);
    setContext('snapstage.state', others.length > 0 ? 'folders' : empty ? 'empty' : (only?.kind ?? 'none'));
    setContext('snapstage.failure', failed?.code ?? '');
    setContext('snapstage.hasSnapshots', all.length > 0);
    setContext('snapstage.filtered', isFiltering(this.#tree.filter));
    setContext(
      'snapstage.canUndo',
      ready.some((state) => state.status.undo !== null),
    );
    setContext('snapstage.interrupted', this.#tree.hasInterrupted);
    const messages = [...this.#restriction(ready.length > 0), ...this.#filtered(all), ...this.#room()];
    // A message would hide the welcome page, which says what to do about the failure.
    this.#view.message = failed ? '' : messages.join(' ');
    this.#view.description = failed ? errorSentence(failed) : '';
    this.#view.badge = this.#badge();
  }

  /** How many changes there are since the last snapshot, in all folders. */
  #badge(): vscode.ViewBadge | undefined {
    if (!setting('showBadge')) return undefined;
    const value = this.#workspace.instances.reduce((sum, instance) => sum + changesIn(instance), 0);
    return value === 0 ? undefined : { value, tooltip: vscode.l10n.t('{0} since the last snapshot', countOfChanges(value)) };
  }

  #restriction(some: boolean): string[] {
    if (vscode.workspace.isTrusted || !some) return [];
    return [vscode.l10n.t('Restricted Mode: snapshots can be viewed and compared only.')];
  }

  /** Of which folder it is said where there are several. */
  #room(): string[] {
    const { instances } = this.#workspace;
    return instances.flatMap(({ name, state }) =>
      state.kind === 'ready'
        ? roomSentences(state.status.room).map((sentence) => (instances.length > 1 ? `${name}: ${sentence}` : sentence))
        : [],
    );
  }

  #filtered(all: readonly SnapshotInfo[]): string[] {
    const { filter } = this.#tree;
    return isFiltering(filter) ? [filterInWords(filter, this.#tree.filtered(all).length, all.length)] : [];
  }
}

function setContext(key: string, value: string | boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
