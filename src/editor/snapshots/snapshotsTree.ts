import * as vscode from 'vscode';
import { applicationChildren } from '../applications/applicationChildren.ts';
import type { Applications } from '../applications/applications.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { Changes, SnapshotInfo } from '../../engine/api.ts';
import { changesAtOnce, numberOfChanges } from '../compare/changes.ts';
import { firstDayOfWeek, groupByDay } from './days.ts';
import { byFolderAndName } from '../entryOrder.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { RowsChanged } from '../rowsChanged.ts';
import {
  nodeId,
  withPages,
  type CurrentNode,
  type DayNode,
  type EntryNode,
  type SnapshotNode,
  type SnapshotsNode,
  type UnreadNode,
} from './nodes.ts';
import { filterSnapshots, isFiltering, noFilter, type SnapshotFilter } from './snapshotFilter.ts';
import { snapshotTooltip, treeItem } from './treeItems.ts';
import type { Unfinished } from '../restore/unfinished.ts';
import { stateOf, type State, type Stored } from '../state.ts';
import type { Databases } from '../tables/databases.ts';
import { tableChildren } from '../tables/tableChildren.ts';
import { onReturnToWindow } from '../windowReturn.ts';
import { snapshotFacts, snapshotTitle } from '../words.ts';
import type { Workspace } from '../workspace.ts';

/** What the tree wants to know of the workspace. */
type Folders = Pick<Workspace, 'instances' | 'onDidChange'>;

/** The content of the Snapshots view: with several folders, each is a row of its own above what a single one shows. */
export class SnapshotsTree implements vscode.TreeDataProvider<SnapshotsNode>, vscode.Disposable {
  readonly #workspace: Folders;
  readonly #unfinished: Unfinished;
  readonly #reporter: Pick<Reporter, 'logError'>;
  readonly #databases: Databases;
  readonly #applications: Applications;
  readonly #changed = new RowsChanged<SnapshotsNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  /** The same object each time, so that a row can be refreshed alone. */
  readonly #current = new WeakMap<Instance, CurrentNode>();
  #day = today();
  #filter = noFilter;

  constructor(services: {
    workspace: Folders;
    unfinished: Unfinished;
    reporter: Pick<Reporter, 'logError'>;
    databases: Databases;
    applications: Applications;
  }) {
    const { workspace } = services;
    this.#workspace = workspace;
    this.#unfinished = services.unfinished;
    this.#reporter = services.reporter;
    this.#databases = services.databases;
    this.#applications = services.applications;
    this.#subscriptions = [
      workspace.onDidChange(({ instance, what }) =>
        this.#changed.fire(instance && what === 'changes' ? this.#currentNode(instance) : undefined),
      ),
      // "Today" is another day when a window is looked at again after midnight.
      onReturnToWindow(() => {
        if (this.#day !== today()) this.#changed.fire(undefined);
      }),
    ];
  }

  /** Which snapshots are shown; all of them with `noFilter`. */
  get filter(): SnapshotFilter {
    return this.#filter;
  }

  set filter(filter: SnapshotFilter) {
    this.#filter = filter;
    this.#changed.fire(undefined);
  }

  /** Those of the snapshots that the filter shows. */
  filtered(snapshots: readonly SnapshotInfo[]): readonly SnapshotInfo[] {
    return isFiltering(this.#filter) ? filterSnapshots(snapshots, this.#filter, searchedWords) : snapshots;
  }

  /** True when a row offers to end what was cut off. */
  get hasInterrupted(): boolean {
    return this.#workspace.instances.some((instance) => this.#unfinished.list(instance).length > 0);
  }

  /** The row of a snapshot, where the filter shows it. */
  find(instance: Instance, id: string): SnapshotNode | undefined {
    for (const node of this.#top(instance)) {
      const snapshot = node.type === 'day' && node.day.items.find((one) => one.id === id);
      if (snapshot) return { type: 'snapshot', instance, snapshot, day: node.day };
    }
    return undefined;
  }

  /** For the rows that are brought into sight: snapshots, and those above them. */
  getParent(node: SnapshotsNode): SnapshotsNode | undefined {
    const { instance } = node;
    if (node.type === 'snapshot') return this.#top(instance).find((above) => above.type === 'day' && above.day.key === node.day.key);
    return node.type === 'day' && this.#workspace.instances.length > 1 ? { type: 'folder', instance } : undefined;
  }

  /** Draws all rows anew. */
  redraw(): void {
    this.#changed.fire(undefined);
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
    if (!node) return [...(await this.#roots())];
    try {
      return [...(await this.#childrenOf(node))];
    } catch (error) {
      this.#reporter.logError(error, node.instance.name);
      return [failedNode(node, error)];
    }
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #roots(): Promise<readonly SnapshotsNode[]> {
    this.#changed.asked();
    this.#day = today();
    const { instances } = this.#workspace;
    await Promise.all(instances.map((instance) => instance.mustList().catch(() => [])));
    const [only, ...others] = instances;
    if (only && others.length === 0) return this.#top(only);
    return instances.map((instance) => ({ type: 'folder', instance }));
  }

  async #childrenOf(node: SnapshotsNode): Promise<readonly SnapshotsNode[]> {
    switch (node.type) {
      case 'folder': {
        const { instance } = node;
        return instance.state.kind === 'failed' ? [failedNode(node, instance.state.error)] : this.#top(instance);
      }
      case 'current':
        return [...changesOf(node), ...partsOf({ instance: node.instance })];
      case 'day':
        return snapshotsOf(node);
      case 'snapshot':
        return [...(await entriesOf(node)), ...partsOf(node)];
      case 'entry':
        return entriesOf(node);
      case 'tables':
      case 'database':
      case 'table':
        return tableChildren(node, this.#databases);
      case 'applications':
      case 'application':
      case 'dependencies':
      case 'configuration':
        return applicationChildren(node, this.#applications);
      case 'more':
        return withPages(node.instance, node.above, node.rest);
      case 'unread':
        return changesAfter(node);
      case 'change':
      case 'changes':
      case 'interrupted':
      case 'failed':
      case 'note':
        return [];
    }
  }

  #top(instance: Instance): readonly SnapshotsNode[] {
    const { state } = instance;
    if (state.kind !== 'ready') return [];
    const interrupted = this.#unfinished.list(instance);
    // Without any row the view says how to begin.
    if (state.snapshots.length === 0 && interrupted.length === 0) return [];
    const filtered = isFiltering(this.#filter);
    const days = groupByDay(this.filtered(state.snapshots), new Date(), firstDayOfWeek(vscode.env.language));
    return [
      ...interrupted.map((one): SnapshotsNode => ({ type: 'interrupted', instance, interrupted: one })),
      this.#currentNode(instance),
      ...days.map((day, index): DayNode => ({ type: 'day', instance, day, newest: index === 0, filtered })),
    ];
  }

  #currentNode(instance: Instance): CurrentNode {
    const node = this.#current.get(instance) ?? { type: 'current', instance };
    this.#current.set(instance, node);
    return node;
  }
}

/** What of a state is more than its files. */
function partsOf(state: State): readonly SnapshotsNode[] {
  return [
    { ...stateOf(state), type: 'tables' },
    { ...stateOf(state), type: 'applications' },
  ];
}

function failedNode(above: SnapshotsNode, error: unknown): SnapshotsNode {
  return { type: 'failed', instance: above.instance, error, above: nodeId(above) };
}

function changesOf(node: CurrentNode): readonly SnapshotsNode[] {
  const { instance } = node;
  const { state } = instance;
  if (state.kind !== 'ready' || !state.reference || !state.changes || state.changes instanceof SnapstageError) return [];
  return changeRows(instance, state.reference.snapshot, state.changes, nodeId(node), 0);
}

async function changesAfter(node: UnreadNode): Promise<readonly SnapshotsNode[]> {
  const { instance, snapshot, after } = node;
  const changes = await instance.engine.changes({ a: snapshot.id, limit: changesAtOnce, after });
  return changeRows(instance, snapshot, changes, nodeId(node), numberOfChanges(changes.counts) - node.count);
}

/** `before`: those of all that come before these. */
function changeRows(
  instance: Instance,
  snapshot: Stored,
  { counts, changes }: Changes,
  above: string,
  before: number,
): readonly SnapshotsNode[] {
  const rows = changes.map((change): SnapshotsNode => ({ type: 'change', instance, snapshot, change }));
  const last = changes.at(-1);
  const count = numberOfChanges(counts) - before - changes.length;
  const unread: UnreadNode[] = last && count > 0 ? [{ type: 'unread', instance, snapshot, after: last.path, count, above }] : [];
  return [...withPages(instance, above, rows), ...unread];
}

function snapshotsOf(node: DayNode): readonly SnapshotsNode[] {
  const { instance, day } = node;
  const rows = day.items.map((snapshot): SnapshotsNode => ({ type: 'snapshot', instance, snapshot, day }));
  return withPages(instance, nodeId(node), rows);
}

async function entriesOf(node: SnapshotNode | EntryNode): Promise<readonly SnapshotsNode[]> {
  const { instance, snapshot } = node;
  const entries = await instance.engine.ls({ state: snapshot.id, path: node.type === 'entry' ? node.entry.path : '' });
  const rows = byFolderAndName(entries, vscode.env.language).map((entry): SnapshotsNode => ({ type: 'entry', instance, snapshot, entry }));
  return withPages(instance, nodeId(node), rows);
}

/** What the row and the tooltip of a snapshot say. */
function searchedWords(snapshot: SnapshotInfo): string {
  return [snapshotTitle(snapshot), snapshot.description ?? '', ...snapshotFacts(snapshot)].join(' ');
}

function today(): string {
  return new Date().toDateString();
}
