import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import { RowsChanged } from '../rowsChanged.ts';
import type { Workspace } from '../workspace.ts';
import { byFolderAndName } from '../entryOrder.ts';
import type { Distributed } from './distributed.ts';
import { hubTooltip } from './hubItems.ts';
import { spaceItem } from './spaceItems.ts';
import {
  spaceNodeId,
  type DeliveryNode,
  type DistributedEntryNode,
  type DistributedNode,
  type DistributionNode,
  type ItemsNode,
  type RecallNode,
  type SpaceGroupNode,
  type SpaceNode,
} from './spaceNodes.ts';
import { conflictsIn, openDeliveries, type Belonging, type Spaces } from './spaces.ts';
import { concernedBy } from './standings.ts';
import { itemTitle, ownStateInWords, restrictionInWords } from './spaceWords.ts';

/** The content of the Space view: with several folders, each is a row of its own above what is known of its Space. */
export class SpaceTree implements vscode.TreeDataProvider<SpaceNode>, vscode.Disposable {
  readonly #workspace: Pick<Workspace, 'instances'>;
  readonly #spaces: Spaces;
  readonly #distributed: Distributed;
  readonly #changed = new RowsChanged<SpaceNode>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Pick<Workspace, 'instances'>, spaces: Spaces, distributed: Distributed) {
    this.#workspace = workspace;
    this.#spaces = spaces;
    this.#distributed = distributed;
    this.#subscription = spaces.onDidChange(() => this.#changed.fire(undefined));
  }

  getTreeItem(node: SpaceNode): vscode.TreeItem {
    const { instance } = node;
    const spaces = this.#spaces;
    return spaceItem(node, { state: spaces.of(instance), findings: spaces.findings(instance).length, hub: spaces.hub(instance) });
  }

  /** When the hub was asked is told as of now, and not as of when the row was drawn. */
  resolveTreeItem(item: vscode.TreeItem, { type, instance }: SpaceNode): vscode.TreeItem {
    const belonging = this.#spaces.belonging(instance);
    if (type === 'hub' && belonging) item.tooltip = hubTooltip(belonging.space.hub, this.#spaces.hub(instance));
    return item;
  }

  getChildren(node?: SpaceNode): SpaceNode[] | Promise<SpaceNode[]> {
    if (node === undefined) return this.#roots();
    const { instance } = node;
    switch (node.type) {
      case 'space':
        return this.#groupsOf(instance);
      case 'members':
      case 'invites':
      case 'inbox':
      case 'distributions':
      case 'findings':
        return this.#paged(node, this.#inGroup(node));
      case 'delivery':
        return this.#inDelivery(node);
      case 'distributed':
      case 'distributed-entry':
        return this.#inDistributed(node);
      case 'distribution':
      case 'items':
      case 'recall':
        return this.#paged(node, inDistribution(node, this.#spaces.belonging(instance)?.distributions ?? []));
      case 'more-in-space':
        return this.#paged(node, node.rest);
      case 'member':
      case 'invite':
      case 'conflicts':
      case 'delivered':
      case 'item':
      case 'target':
      case 'recalled':
      case 'moved':
      case 'hub':
      case 'finding':
      case 'space-failed':
        return [];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #roots(): SpaceNode[] {
    this.#changed.asked();
    const { instances } = this.#workspace;
    const [only, ...others] = instances;
    if (only && others.length === 0) return this.#groupsOf(only);
    // While none is in a Space, the welcome page says what to do.
    return instances.some((instance) => this.#spaces.of(instance)) ? instances.map((instance) => ({ type: 'space', instance })) : [];
  }

  #groupsOf(instance: Instance): SpaceNode[] {
    const state = this.#spaces.of(instance);
    const above = spaceNodeId({ type: 'space', instance });
    if (state instanceof SnapstageError) return [{ type: 'space-failed', instance, above, error: state }];
    if (!state) return [];
    const group = (type: SpaceGroupNode['type']): SpaceGroupNode => ({ type, instance });
    const own = ownStateInWords(state.space);
    const isMaster = state.space.me.role === 'master';
    return [
      ...(own === undefined
        ? []
        : [
            {
              type: 'finding' as const,
              instance,
              above,
              text: own,
              isProblem: state.space.me.state !== 'waiting' || state.space.me.obstacle !== null,
            },
          ]),
      ...(state.space.movedTo === null ? [] : [{ type: 'moved' as const, instance, place: state.space.movedTo }]),
      ...(state.space.me.state === 'member' ? [{ type: 'distributed' as const, instance }] : []),
      ...(isMaster ? [group('members')] : []),
      ...(openInvites(state).length > 0 ? [group('invites')] : []),
      ...(!isMaster || state.inbox.length > 0 ? [group('inbox')] : []),
      ...(isMaster ? [group('distributions')] : []),
      { type: 'hub', instance },
      ...(this.#spaces.findings(instance).length > 0 ? [group('findings')] : []),
    ];
  }

  #inGroup(node: SpaceGroupNode): readonly SpaceNode[] {
    const { instance, type } = node;
    const state = this.#spaces.belonging(instance);
    if (!state) return [];
    switch (type) {
      case 'members':
        return state.space.members.map((member) => ({ type: 'member', instance, member }));
      case 'invites':
        return openInvites(state).map((invite) => ({ type: 'invite', instance, invite }));
      case 'inbox':
        return state.inbox.map((delivery) => ({ type: 'delivery', instance, delivery }));
      case 'distributions':
        return historyOf(instance, state);
      case 'findings':
        return this.#spaces
          .findings(instance)
          .map((text) => ({ type: 'finding', instance, above: spaceNodeId(node), text, isProblem: true }));
    }
  }

  /** What receiving it would do as things stand; of one that is done with, what is in it. */
  async #inDelivery(node: DeliveryNode): Promise<SpaceNode[]> {
    const { instance, delivery } = node;
    const note = (text: string): SpaceNode => ({ type: 'finding', instance, above: spaceNodeId(node), text, isProblem: false });
    if (openDeliveries([delivery]).length === 0)
      return this.#paged(
        node,
        delivery.items.map((item) => note(itemTitle(item))),
      );
    // To tell, it has to be fetched first.
    if (!vscode.workspace.isTrusted) return [note(restrictionInWords())];
    try {
      const plan = await instance.engine.planReceive({ delivery: delivery.id });
      const count = conflictsIn(plan);
      const open = count === 0 ? [] : [{ type: 'conflicts' as const, instance, delivery, count }];
      return [
        ...open,
        ...this.#paged(
          node,
          plan.objects.map((object) => ({ type: 'delivered', instance, delivery, object })),
        ),
      ];
    } catch (error) {
      return [{ type: 'space-failed', instance, above: spaceNodeId(node), error: toSnapstageError(error) }];
    }
  }

  /** Brought here when it is opened. */
  async #inDistributed(node: DistributedNode | DistributedEntryNode): Promise<SpaceNode[]> {
    const { instance } = node;
    try {
      const entries = await this.#distributed.list(instance, node.type === 'distributed-entry' ? node.entry.path : '');
      return this.#paged(
        node,
        byFolderAndName(entries, vscode.env.language).map((entry) => ({ type: 'distributed-entry', instance, entry })),
      );
    } catch (error) {
      return [{ type: 'space-failed', instance, above: spaceNodeId(node), error: toSnapstageError(error) }];
    }
  }

  #paged(node: SpaceNode, rows: readonly SpaceNode[]): SpaceNode[] {
    const { instance } = node;
    return [...firstPage(rows, (rest): SpaceNode => ({ type: 'more-in-space', instance, above: spaceNodeId(node), rest }))];
  }
}

/** What was distributed and what was taken back, newest first. */
function historyOf(instance: Instance, { distributions, recalls }: Belonging): readonly SpaceNode[] {
  const rows = [
    ...distributions.map((distribution) => ({ made: distribution.made, node: { type: 'distribution', instance, distribution } as const })),
    ...recalls.map((recall) => ({ made: recall.made, node: { type: 'recall', instance, recall } as const })),
  ];
  return rows.toSorted((a, b) => (a.made < b.made ? 1 : a.made > b.made ? -1 : 0)).map(({ node }) => node);
}

const urgency = { waiting: 0, sent: 1, superseded: 2, applied: 3 } as const;

/** Below a distribution what it consists of, then its targets: first those with whom something is open. */
function inDistribution(node: DistributionNode | ItemsNode | RecallNode, all: Belonging['distributions']): readonly SpaceNode[] {
  const { instance } = node;
  if (node.type === 'recall')
    return concernedBy(node.recall, all)
      .toSorted((a, b) => urgency[a.state] - urgency[b.state])
      .map((target) => ({ type: 'recalled', instance, recall: node.recall.id, target }));
  const { distribution } = node;
  if (node.type === 'items') return distribution.items.map((item) => ({ type: 'item', instance, distribution, item }));
  const targets = distribution.targets.toSorted((a, b) => urgency[a.state] - urgency[b.state]);
  return [
    { type: 'items', instance, distribution },
    ...targets.map((target): SpaceNode => ({ type: 'target', instance, distribution, target })),
  ];
}

function openInvites({ space }: Belonging): Belonging['space']['invites'] {
  return space.invites.filter(({ state }) => state === 'open');
}
