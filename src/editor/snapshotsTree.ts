import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import { listChanges } from './changes.ts';
import { firstDayOfWeek, groupByDay } from './days.ts';
import { byFolderAndName } from './entryOrder.ts';
import type { Instance } from './instance.ts';
import type { CurrentNode, DayNode, EntryNode, SnapshotsNode } from './nodes.ts';
import { snapshotTooltip, treeItem } from './treeItems.ts';
import type { Workspace } from './workspace.ts';

/** Rows of changes shown one by one; the rest is told as a number. */
export const mostChanges = 500;

/** What the tree wants to know of the workspace. */
type Folders = Pick<Workspace, 'instances' | 'onDidChange'>;

/** The content of the Snapshots view: with several folders, each is a row of its own above what a single one shows. */
export class SnapshotsTree implements vscode.TreeDataProvider<SnapshotsNode>, vscode.Disposable {
  readonly #workspace: Folders;
  readonly #changed = new vscode.EventEmitter<SnapshotsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  /** The same object each time, so that a row can be refreshed alone. */
  readonly #current = new WeakMap<Instance, CurrentNode>();
  #day = today();

  constructor(workspace: Folders) {
    this.#workspace = workspace;
    this.#subscriptions = [
      workspace.onDidChange(({ instance, what }) =>
        this.#changed.fire(instance && what === 'changes' ? this.#currentNode(instance) : undefined),
      ),
      // "Today" is another day when a window is looked at again after midnight.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#day !== today()) this.#changed.fire(undefined);
      }),
    ];
  }

  getTreeItem(node: SnapshotsNode): vscode.TreeItem {
    return treeItem(node);
  }

  /** Only a snapshot's tooltip is left for when it is asked for: it holds what has to be read from the store. */
  async resolveTreeItem(item: vscode.TreeItem, node: SnapshotsNode): Promise<vscode.TreeItem> {
    if (node.type === 'snapshot')
      item.tooltip = snapshotTooltip(await node.instance.engine.show(node.snapshot.id).catch(() => node.snapshot));
    return item;
  }

  async getChildren(node?: SnapshotsNode): Promise<SnapshotsNode[]> {
    return [...(node ? await this.#childrenOf(node) : await this.#roots())];
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #roots(): Promise<readonly SnapshotsNode[]> {
    this.#day = today();
    const { instances } = this.#workspace;
    await Promise.all(instances.map((instance) => instance.mustList().catch(() => [])));
    const [only, ...others] = instances;
    if (only && others.length === 0) return this.#top(only);
    return instances.map((instance) => ({ type: 'folder', instance }));
  }

  async #childrenOf(node: SnapshotsNode): Promise<readonly SnapshotsNode[]> {
    switch (node.type) {
      case 'folder':
        return this.#top(node.instance);
      case 'current':
        return changesOf(node.instance);
      case 'day':
        return snapshotsOf(node);
      case 'snapshot':
        return entriesOf(node, '');
      case 'entry':
        return entriesOf(node, node.entry.path);
      default:
        return [];
    }
  }

  #top(instance: Instance): readonly SnapshotsNode[] {
    const { state } = instance;
    if (state.kind !== 'ready') return [];
    const days = groupByDay(state.snapshots, new Date(), firstDayOfWeek(vscode.env.language));
    const { interrupted } = state.status;
    // Without any row the view says how to begin.
    if (days.length === 0 && !interrupted) return [];
    return [
      ...(interrupted ? [{ type: 'interrupted', instance, interrupted } as const] : []),
      this.#currentNode(instance),
      ...days.map((day): DayNode => ({ type: 'day', instance, day })),
    ];
  }

  #currentNode(instance: Instance): CurrentNode {
    const node = this.#current.get(instance) ?? { type: 'current', instance };
    this.#current.set(instance, node);
    return node;
  }
}

function changesOf(instance: Instance): readonly SnapshotsNode[] {
  const { state } = instance;
  if (state.kind !== 'ready' || !state.changes || state.changes instanceof SnapstageError) return [];
  const snapshot = state.snapshots[0];
  if (!snapshot) return [];
  const changes = listChanges(state.changes);
  const rows = changes.slice(0, mostChanges).map((change): SnapshotsNode => ({ type: 'change', instance, snapshot, change }));
  const more = changes.length - rows.length;
  return more > 0 ? [...rows, { type: 'more', instance, count: more }] : rows;
}

function snapshotsOf({ instance, day }: DayNode): readonly SnapshotsNode[] {
  return day.items.map((snapshot) => ({ type: 'snapshot', instance, snapshot, day }));
}

async function entriesOf(
  { instance, snapshot }: Pick<EntryNode, 'instance' | 'snapshot'>,
  path: string,
): Promise<readonly SnapshotsNode[]> {
  const entries = await instance.engine.ls({ state: snapshot.id, path });
  return byFolderAndName(entries, vscode.env.language).map((entry) => ({ type: 'entry', instance, snapshot, entry }));
}

function today(): string {
  return new Date().toDateString();
}
