import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Changes } from '../../engine/api.ts';
import { coalesce } from '../coalesce.ts';
import { displayText } from '../formats.ts';
import { historyItem } from './historyItems.ts';
import { holderNode, isVersion, pagesOf, versionNode, versionPath, type HistoryNode, type VersionNode } from './historyNodes.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { RowsChanged } from '../rowsChanged.ts';
import { pathVersions, versionChange } from './versions.ts';
import type { Workspace } from '../workspace.ts';
import { ObjectDrag } from '../stage/objectDrag.ts';

const viewId = 'snapstage.history';

/** Versions of a folder whose changes are counted; the ones before say that there were some. */
const mostCounted = 30;

interface Subject {
  readonly instance: Instance;
  readonly path: string;
}

/** The versions of one file or folder through all snapshots, newest first. The view is there from the first one that is asked for. */
export class HistoryView implements vscode.TreeDataProvider<HistoryNode>, vscode.Disposable {
  readonly #reporter: Reporter;
  readonly #view: vscode.TreeView<HistoryNode>;
  readonly #changed = new RowsChanged<HistoryNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #counts = new WeakMap<VersionNode, Changes['counts']>();
  readonly #reload = coalesce(() => this.#load());
  #subject: Subject | undefined;
  #rows: readonly VersionNode[] = [];
  #stale = false;

  constructor(workspace: Workspace, reporter: Reporter) {
    this.#reporter = reporter;
    this.#view = vscode.window.createTreeView<HistoryNode>(viewId, { treeDataProvider: this, dragAndDropController: new ObjectDrag() });
    this.#subscriptions = [
      workspace.onDidChange(({ instance }) => {
        if (instance === undefined || instance === this.#subject?.instance) this.#touched();
      }),
      this.#view.onDidChangeVisibility(() => {
        if (this.#stale) this.#touched();
      }),
    ];
  }

  /** Shows the versions of a path. Rejects where no state has it. */
  async show(instance: Instance, path: string): Promise<void> {
    if (path === '') throw new SnapstageError('usage', vscode.l10n.t('Choose a file or folder in {0}.', instance.name));
    this.#subject = { instance, path };
    this.#rows = [];
    this.#view.description = displayText(path);
    this.#view.message = '';
    this.#changed.fire(undefined);
    await vscode.commands.executeCommand('setContext', viewId, true);
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await vscode.window.withProgress({ location: { viewId } }, () => this.#reload());
    const [first] = this.#rows;
    if (first && this.#view.visible) await this.#view.reveal(first, { select: false, focus: true });
  }

  async close(): Promise<void> {
    this.#subject = undefined;
    this.#rows = [];
    await vscode.commands.executeCommand('setContext', viewId, false);
    this.#changed.fire(undefined);
  }

  /** What the view shows, as far as it is read. */
  get rows(): readonly VersionNode[] {
    return this.#rows;
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    return historyItem(node, isVersion(node) ? this.#counts.get(node) : undefined);
  }

  getChildren(node?: HistoryNode): HistoryNode[] {
    if (!node) this.#changed.asked();
    if (!node) return this.#subject ? pagesOf(this.#subject.instance, this.#rows) : [];
    if (node.type === 'older') return pagesOf(node.instance, node.rest);
    if (!isVersion(node) || node.type === 'version') return [];
    const { instance, entry, version } = node;
    const holders = version.snapshots.map((snapshot) => holderNode(instance, snapshot, entry));
    return pagesOf(instance, holders);
  }

  getParent(node: HistoryNode): HistoryNode | undefined {
    if (isVersion(node) || node.type === 'older') return undefined;
    return this.#rows.find((row) => row.version.snapshots.some(({ id }) => id === node.snapshot.id));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #touched(): void {
    this.#stale = !this.#view.visible;
    if (this.#subject && this.#view.visible) void this.#reload();
  }

  /** Never rejects: what went wrong is the view's message. */
  async #load(): Promise<void> {
    const subject = this.#subject;
    if (!subject) return;
    this.#stale = false;
    const { instance, path } = subject;
    let rows: readonly VersionNode[] = [];
    let message = '';
    try {
      const [versions, snapshots] = await Promise.all([instance.engine.history(path), instance.engine.list()]);
      rows = pathVersions(versions, snapshots).map((version) => versionNode(instance, path, version));
      await Promise.all(rows.slice(0, mostCounted).map((row) => this.#count(row)));
      const isStored = rows.some(({ version }) => version.snapshots.length > 0);
      if (!isStored) message = vscode.l10n.t('No snapshot has {0} yet.', displayText(path));
    } catch (error) {
      const isUnknown = error instanceof SnapstageError && error.code === 'not-found';
      if (!isUnknown) this.#reporter.logError(error, instance.name);
      message = isUnknown ? vscode.l10n.t('Neither a snapshot nor the current state has {0}.', displayText(path)) : errorSentence(error);
    }
    if (this.#subject !== subject) return;
    this.#rows = rows;
    this.#view.message = message;
    this.#changed.fire(undefined);
  }

  /** Counts what a version of a folder changed. */
  async #count(row: VersionNode): Promise<void> {
    const { version, instance } = row;
    if (version.entry?.kind !== 'folder' || versionChange(version) !== 'changed' || !version.previous) return;
    const [a, b] = [version.previous, version].map(({ snapshots }) => snapshots[0]?.id ?? 'current');
    if (a === undefined || b === undefined) return;
    const changes = await instance.engine.changes({ a, b, path: versionPath(row), limit: 0 }).catch(() => undefined);
    if (changes) this.#counts.set(row, changes.counts);
  }
}
