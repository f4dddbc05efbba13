import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Change, Changes } from '../../engine/api.ts';
import { numberOfChanges } from './changes.ts';
import { changeTree, type ChangeFolder } from './changeTree.ts';
import { coalesce } from '../coalesce.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { comparedStates, openChanges, type Sides } from './multiDiff.ts';
import { pageSize } from '../paging.ts';
import type { Reporter } from '../reporter.ts';
import { RowsChanged } from '../rowsChanged.ts';
import { nodeId, withPages, type ChangesNode, type SnapshotsNode, type UnreadNode } from '../snapshots/nodes.ts';
import { treeItem } from '../snapshots/treeItems.ts';
import { asSentence, changesInWords, snapshotInSentence, stateTitle } from '../words.ts';
import { snapshotOf } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import { ObjectDrag } from '../stage/objectDrag.ts';

const viewId = 'snapstage.comparison';

/** Differences that are read and drawn at once. */
const atOnce = 2000;

/**
 * All differences between two states, by folder. The view is there from the first comparison that is asked for until it
 * is closed; one with the current state follows what changes.
 */
export class Comparison implements vscode.TreeDataProvider<SnapshotsNode>, vscode.Disposable {
  readonly #reporter: Reporter;
  readonly #view: vscode.TreeView<SnapshotsNode>;
  readonly #changed = new RowsChanged<SnapshotsNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #reload = coalesce(() => this.#load());
  #subject: Sides | undefined;
  #changes: Changes | undefined;
  #stale = false;

  constructor(workspace: Workspace, reporter: Reporter) {
    this.#reporter = reporter;
    this.#view = vscode.window.createTreeView<SnapshotsNode>(viewId, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      dragAndDropController: new ObjectDrag(),
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
  async show(subject: Sides): Promise<void> {
    this.#subject = subject;
    this.#changes = undefined;
    this.#view.message = '';
    this.#view.description = this.#title(this.#subject);
    this.#changed.fire(undefined);
    await vscode.commands.executeCommand('setContext', viewId, true);
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await vscode.window.withProgress({ location: { viewId } }, () => this.#reload());
  }

  /** The same two states, seen from the other side. */
  async swap(): Promise<void> {
    const { from, to, ...rest } = this.#mustHave();
    if (!to || from.kind === 'distributed') throw new SnapstageError('usage', vscode.l10n.t('The current state is always the second one.'));
    await this.show({ ...rest, from: to, to: from });
  }

  async close(): Promise<void> {
    this.#subject = undefined;
    this.#changes = undefined;
    await vscode.commands.executeCommand('setContext', viewId, false);
    this.#changed.fire(undefined);
  }

  /** Opens the differences together in one editor. */
  async openAll(): Promise<void> {
    await openChanges(this.#mustHave());
  }

  /** Those that have been read. */
  get changes(): readonly Change[] {
    return this.#changes?.changes ?? [];
  }

  getTreeItem(node: SnapshotsNode): vscode.TreeItem {
    return treeItem(node);
  }

  async getChildren(node?: SnapshotsNode): Promise<SnapshotsNode[]> {
    if (!node) this.#changed.asked();
    const subject = this.#subject;
    if (!subject) return [];
    if (!node) return this.#changes ? allRows(subject, this.#changes, viewId, 0) : [];
    switch (node.type) {
      case 'more':
        return [...withPages(node.instance, node.above, node.rest)];
      case 'changes':
        return rowsIn(subject, node.folder, nodeId(node), node.open);
      case 'unread': {
        const changes = await readChanges(subject, node.after);
        return allRows(subject, changes, nodeId(node), numberOfChanges(changes.counts) - node.count);
      }
      default:
        return [];
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #touched({ to }: Sides): void {
    // Two snapshots can't differ otherwise than they did; their names can be others now.
    if (to && this.#changes) return;
    this.#stale = !this.#view.visible;
    if (this.#view.visible) void this.#reload();
  }

  /** Never rejects: what went wrong is the view's message. */
  async #load(): Promise<void> {
    const subject = this.#subject;
    if (!subject) return;
    this.#stale = false;
    const changes = await readChanges(subject).catch((error: unknown) => {
      this.#reporter.logError(error, subject.instance.name);
      return failureOf(subject, error);
    });
    if (this.#subject !== subject) return;
    this.#changes = typeof changes === 'string' ? undefined : changes;
    this.#view.message = typeof changes === 'string' ? changes : told(subject, changes);
    this.#view.description = this.#title(subject);
    this.#changed.fire(undefined);
  }

  #title({ from, to, below }: Sides): string {
    const states = `${stateTitle(from)} ↔ ${stateTitle(to)}`;
    return below === undefined ? states : `${displayText(below)} · ${states}`;
  }

  #mustHave(): Sides {
    if (this.#subject) return this.#subject;
    throw new SnapstageError('usage', vscode.l10n.t('Compare two states first.'));
  }
}

function told({ from, below }: Sides, { counts }: Changes): string {
  const counted = changesInWords(counts);
  if (from.kind !== 'distributed') return counted || vscode.l10n.t('No differences.');
  if (counted === '' && below !== undefined)
    return vscode.l10n.t('All that was distributed in {0} is here as it was distributed.', displayText(below));
  return counted === ''
    ? vscode.l10n.t('All that was distributed is here as it was distributed.')
    : vscode.l10n.t('{0} What was never distributed is left out.', asSentence(counted));
}

/** Why the two can't be compared: most likely one of them has been deleted. */
async function failureOf({ instance, from, to }: Sides, error: unknown): Promise<string> {
  const snapshots = await instance.mustList().catch(() => undefined);
  const sides = [from, ...(to ? [to] : [])].filter(snapshotOf);
  const gone = sides.find(({ id }) => snapshots?.every((snapshot) => snapshot.id !== id));
  return gone ? asSentence(vscode.l10n.t('{0} has been deleted', snapshotInSentence(gone))) : errorSentence(error);
}

function readChanges(sides: Sides, after?: string): Promise<Changes> {
  return sides.instance.engine.changes({ ...comparedStates(sides), limit: atOnce, ...(after !== undefined && { after }) });
}

/** What has been read, by folder, and a row for the rest; `before`: those of all that come before these. */
function allRows(sides: Sides, { counts, changes }: Changes, above: string, before: number): SnapshotsNode[] {
  const { instance, from, to } = sides;
  const last = changes.at(-1);
  const count = numberOfChanges(counts) - before - changes.length;
  const rows = rowsIn(sides, changeTree(changes, count > 0), above, changes.length <= pageSize);
  if (!last || count <= 0) return rows;
  const unread: UnreadNode = { type: 'unread', instance, snapshot: from, ...(to && { to }), after: last.path, count, above };
  return [...rows, unread];
}

function rowsIn({ instance, from, to }: Sides, folder: ChangeFolder, above: string, open: boolean): SnapshotsNode[] {
  const sides = { instance, snapshot: from, ...(to && { to }) };
  const folders = folder.folders.map((below): ChangesNode => ({ type: 'changes', ...sides, folder: below, open, above }));
  const changes = folder.changes.map((change): SnapshotsNode => ({ type: 'change', ...sides, change, nested: true }));
  return [...withPages(instance, above, [...folders, ...changes])];
}
