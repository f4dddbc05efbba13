import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { Instance } from '../instance.ts';
import { firstPage } from '../paging.ts';
import type { Workspace } from '../workspace.ts';
import { spaceItem } from './spaceItems.ts';
import { spaceNodeId, type DeliveryNode, type SpaceGroupNode, type SpaceNode } from './spaceNodes.ts';
import { conflictsIn, openDeliveries, type Belonging, type Spaces } from './spaces.ts';
import { itemTitle, ownStateInWords, restrictionInWords } from './spaceWords.ts';

/** The content of the Space view: with several folders, each is a row of its own above what is known of its Space. */
export class SpaceTree implements vscode.TreeDataProvider<SpaceNode>, vscode.Disposable {
  readonly #workspace: Pick<Workspace, 'instances'>;
  readonly #spaces: Spaces;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Pick<Workspace, 'instances'>, spaces: Spaces) {
    this.#workspace = workspace;
    this.#spaces = spaces;
    this.#subscription = spaces.onDidChange(() => this.#changed.fire(undefined));
  }

  getTreeItem(node: SpaceNode): vscode.TreeItem {
    return spaceItem(node, this.#spaces.of(node.instance), this.#spaces.findings(node.instance).length);
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
      case 'distribution': {
        const { id, targets } = node.distribution;
        return this.#paged(
          node,
          targets.map((target) => ({ type: 'target', instance, distribution: id, target })),
        );
      }
      case 'more-in-space':
        return this.#paged(node, node.rest);
      case 'member':
      case 'invite':
      case 'conflicts':
      case 'delivered':
      case 'target':
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
        : [{ type: 'finding' as const, instance, above, text: own, isProblem: state.space.me.state !== 'waiting' }]),
      ...(isMaster ? [group('members')] : []),
      ...(openInvites(state).length > 0 ? [group('invites')] : []),
      ...(!isMaster || state.inbox.length > 0 ? [group('inbox')] : []),
      ...(isMaster ? [group('distributions')] : []),
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
        return state.distributions.map((distribution) => ({ type: 'distribution', instance, distribution }));
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

  #paged(node: SpaceNode, rows: readonly SpaceNode[]): SpaceNode[] {
    const { instance } = node;
    return [...firstPage(rows, (rest): SpaceNode => ({ type: 'more-in-space', instance, above: spaceNodeId(node), rest }))];
  }
}

function openInvites({ space }: Belonging): Belonging['space']['invites'] {
  return space.invites.filter(({ state }) => state === 'open');
}
