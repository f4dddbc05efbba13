import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Diff, SnapshotInfo } from '../../engine/api.ts';
import { listChanges, type Change } from './changes.ts';
import { changeTree, type ChangeFolder } from './changeTree.ts';
import { coalesce } from '../coalesce.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import { openChanges } from './multiDiff.ts';
import { nodeId, withPages, type ChangesNode, type SnapshotsNode } from '../snapshots/nodes.ts';
import { treeItem } from '../snapshots/treeItems.ts';
import { changesInWords, stateTitle } from '../words.ts';
import type { Workspace } from '../workspace.ts';

const viewId = 'snapstage.comparison';

/** Two states of a folder; without `to`, the current one is the second. */
interface Subject {
  readonly instance: Instance;
  readonly from: SnapshotInfo;
  readonly to?: SnapshotInfo;
}

/**
 * All differences between two states, by folder. The view is there from the first comparison that is asked for until it
 * is closed; one with the current state follows what changes.
 */
export class Comparison implements vscode.TreeDataProvider<SnapshotsNode>, vscode.Disposable {
  readonly #view: vscode.TreeView<SnapshotsNode>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #reload = coalesce(() => this.#load());
  #subject: Subject | undefined;
  #changes: readonly Change[] = [];
  #stale = false;

  constructor(workspace: Workspace) {
    this.#view = vscode.window.createTreeView<SnapshotsNode>(viewId, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#subscriptions = [
      workspace.onDidChange(({ instance }) => {
        if (this.#subject && (!instance || instance === this.#subject.instance)) this.#touched(this.#subject);
      }),
      this.#view.onDidChangeVisibility(() => {
        if (this.#stale && this.#subject) this.#touched(this.#subject);
      }),
    ];
  }

  /** Shows the differences from the one to the other. Rejects when they can't be read. */
  async show(instance: Instance, from: SnapshotInfo, to?: SnapshotInfo): Promise<void> {
    this.#subject = { instance, from, ...(to && { to }) };
    this.#changes = [];
    this.#view.message = '';
    this.#view.description = this.#title(this.#subject);
    this.#changed.fire(undefined);
    await vscode.commands.executeCommand('setContext', viewId, true);
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await vscode.window.withProgress({ location: { viewId } }, () => this.#reload());
  }

  /** The same two states, seen from the other side. */
  async swap(): Promise<void> {
    const { instance, from, to } = this.#mustHave();
    if (!to) throw new SnapstageError('usage', vscode.l10n.t('The current state is always the second one.'));
    await this.show(instance, to, from);
  }

  async close(): Promise<void> {
    this.#subject = undefined;
    this.#changes = [];
    await vscode.commands.executeCommand('setContext', viewId, false);
    this.#changed.fire(undefined);
  }

  /** Opens the differences together in one editor. */
  async openAll(): Promise<void> {
    const { instance, from, to } = this.#mustHave();
    await openChanges({ instance, from, ...(to && { to }), changes: this.#changes });
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  getTreeItem(node: SnapshotsNode): vscode.TreeItem {
    return treeItem(node);
  }

  getChildren(node?: SnapshotsNode): SnapshotsNode[] {
    const subject = this.#subject;
    if (!subject) return [];
    if (node?.type === 'more') return [...withPages(node.instance, node.above, node.rest)];
    const folder = node?.type === 'changes' ? node.folder : node ? undefined : changeTree(this.#changes);
    return folder ? [...rowsIn(subject, folder, node ? nodeId(node) : viewId)] : [];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #touched({ to }: Subject): void {
    // Two snapshots can't differ otherwise than they did; their names can be others now.
    if (to) return;
    this.#stale = !this.#view.visible;
    if (this.#view.visible) void this.#reload();
  }

  /** Never rejects: what went wrong is the view's message. */
  async #load(): Promise<void> {
    const subject = this.#subject;
    if (!subject) return;
    this.#stale = false;
    const { instance, from, to } = subject;
    const diff = await instance.engine.diff({ a: from.id, ...(to && { b: to.id }) }).catch(errorSentence);
    if (this.#subject !== subject) return;
    this.#changes = typeof diff === 'string' ? [] : listChanges(diff);
    this.#view.message = typeof diff === 'string' ? diff : messageOf(diff);
    this.#view.description = this.#title(subject);
    this.#changed.fire(undefined);
  }

  #title({ from, to }: Subject): string {
    return `${stateTitle(from)} ↔ ${stateTitle(to)}`;
  }

  #mustHave(): Subject {
    if (this.#subject) return this.#subject;
    throw new SnapstageError('usage', vscode.l10n.t('Compare two states first.'));
  }
}

function messageOf(diff: Diff): string {
  const counted = changesInWords(diff);
  return counted === '' ? vscode.l10n.t('No differences.') : counted;
}

function rowsIn({ instance, from, to }: Subject, folder: ChangeFolder, above: string): readonly SnapshotsNode[] {
  const sides = { instance, snapshot: from, ...(to && { to }) };
  const folders = folder.folders.map((below): ChangesNode => ({ type: 'changes', ...sides, folder: below }));
  const changes = folder.changes.map((change): SnapshotsNode => ({ type: 'change', ...sides, change, nested: true }));
  return withPages(instance, above, [...folders, ...changes]);
}
