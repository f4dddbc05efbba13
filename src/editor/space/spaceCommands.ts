import { l10n } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { AuditPanels } from '../audit/auditPanel.ts';
import { instanceOf, pathsOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { ConflictPanels } from '../conflicts/conflictPanel.ts';
import type { Instance } from '../instance.ts';
import { pickInstance } from '../pickers.ts';
import type { PreviewPanels } from '../preview/previewPanel.ts';
import type { SnapshotsNode } from '../snapshots/nodes.ts';
import type { Workspace } from '../workspace.ts';
import type { Distributor } from './distributor.ts';
import type { Puller } from './puller.ts';
import type { HubCompactor } from './hubCompactor.ts';
import type { HubMover } from './hubMover.ts';
import type { Recalled, Recaller } from './recaller.ts';
import type { MemberEditor } from './memberEditor.ts';
import type { Receiver } from './receiver.ts';
import type { SpaceEditor } from './spaceEditor.ts';
import type { SpaceNode } from './spaceNodes.ts';
import type { Spaces } from './spaces.ts';

/** What the commands put to work. */
export interface SpaceServices {
  readonly workspace: Workspace;
  readonly spaces: Spaces;
  readonly spaceEditor: SpaceEditor;
  readonly memberEditor: MemberEditor;
  readonly hubMover: HubMover;
  readonly hubCompactor: HubCompactor;
  readonly distributor: Distributor;
  readonly receiver: Receiver;
  readonly recaller: Recaller;
  readonly puller: Puller;
  readonly conflictPanels: ConflictPanels;
  readonly previewPanels: PreviewPanels;
  readonly auditPanels: AuditPanels;
}

/** The commands of the Space: on rows of its view, or of the only folder. */
export function spaceCommands(services: SpaceServices) {
  const { spaces, spaceEditor, memberEditor, hubMover, hubCompactor, distributor, receiver, conflictPanels, previewPanels, auditPanels } =
    services;
  const inSpace = (title: string, run: (instance: Instance) => Promise<void>): CommandHandler => withInstance(services, title, run);
  return {
    'snapstage.createSpace': inSpace(l10n.t('Create Space'), (instance) => spaceEditor.create(instance)),
    'snapstage.joinSpace': inSpace(l10n.t('Join Space'), (instance) => spaceEditor.join(instance)),
    'snapstage.recoverSpace': inSpace(l10n.t('Recover Space'), (instance) => spaceEditor.recover(instance)),
    'snapstage.leaveSpace': inSpace(l10n.t('Leave Space'), (instance) => spaceEditor.leave(instance)),
    'snapstage.compactHub': inSpace(l10n.t('Compact Hub'), (instance) => hubCompactor.compact(instance)),
    'snapstage.moveHub': inSpace(l10n.t('Move Hub'), (instance) => hubMover.move(instance)),
    'snapstage.followHub': inSpace(l10n.t('Follow to Another Hub'), (instance) => hubMover.follow(instance)),
    'snapstage.syncSpace': inSpace(l10n.t('Sync Space'), (instance) => spaceEditor.sync(instance)),
    'snapstage.distribute': inSpace(l10n.t('Distribute'), (instance) => distributor.distribute(instance)),
    'snapstage.preview': inSpace(l10n.t('Preview Distribution'), (instance) => previewPanels.show(instance)),
    'snapstage.showAudit': inSpace(l10n.t('Show Audit Trail'), (instance) => auditPanels.show(instance)),
    'snapstage.invite': inSpace(l10n.t('Invite'), (instance) => memberEditor.invite(instance)),
    ...memberCommands(services),
    ...recallCommands(services),
    ...distributedCommands(services),
    'snapstage.receive': async (chosen) => {
      const deliveries = chosen.inSpace.flatMap((node) => (node.type === 'delivery' ? [node] : []));
      if (deliveries.length === 0) return inSpace(l10n.t('Receive'), (instance) => receiver.receiveAll(instance))(chosen);
      // The oldest first: what came later may replace it.
      const inOrder = deliveries.toSorted((a, b) => (a.delivery.made < b.delivery.made ? -1 : 1));
      for (const { instance, delivery } of inOrder) if (!(await receiver.receive(instance, delivery))) return;
    },
    'snapstage.resolveConflicts': async (chosen) => {
      const [node] = chosen.inSpace;
      if (node?.type === 'conflicts' || node?.type === 'delivery') return conflictPanels.show(node.instance, node.delivery.id);
      const decide = async (instance: Instance): Promise<void> => {
        const waiting = (await spaces.mustBelong(instance)).inbox.findLast(({ state }) => state === 'waiting');
        if (!waiting) throw new SnapstageError('usage', l10n.t('No conflict waits for a decision.'));
        conflictPanels.show(instance, waiting.id);
      };
      return inSpace(l10n.t('Decide Conflicts'), decide)(chosen);
    },
    'snapstage.showDelivery': async ({ inSpace: [node] }) => {
      if (node?.type === 'delivery') await receiver.show(node.instance, node.delivery);
    },
    'snapstage.compareDelivered': async ({ inSpace: [node] }) => {
      if (node?.type === 'delivered') await conflictPanels.compare(node.instance, node.delivery, node.object);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** What a Master does with those that belong to the Space. */
function memberCommands(services: SpaceServices) {
  const { memberEditor } = services;
  const withMember =
    (title: string, run: MemberEditor['admit']): CommandHandler =>
    async (chosen) => {
      const [node] = chosen.inSpace;
      if (node?.type === 'member') return run(node.instance, node.member);
      return withInstance(services, title, (instance) => run(instance))(chosen);
    };
  return {
    'snapstage.withdrawInvite': async (chosen) => {
      const [node] = chosen.inSpace;
      if (node?.type === 'invite') return memberEditor.withdraw(node.instance, node.invite);
      return withInstance(services, l10n.t('Withdraw Invite'), (instance) => memberEditor.withdraw(instance))(chosen);
    },
    'snapstage.inviteAgain': withMember(l10n.t('Invite Again'), (instance, member) => memberEditor.inviteAgain(instance, member)),
    'snapstage.admitMember': withMember(l10n.t('Admit'), (instance, member) => memberEditor.admit(instance, member)),
    'snapstage.changeMember': withMember(l10n.t('Change Role or Groups'), (instance, member) => memberEditor.change(instance, member)),
    'snapstage.removeMember': withMember(l10n.t('Remove Member'), (instance, member) => memberEditor.remove(instance, member)),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** What a Master takes back. */
function recallCommands(services: SpaceServices) {
  const { recaller } = services;
  return {
    'snapstage.recall': async (chosen) => {
      const [node] = chosen.inSpace;
      const recalled = recalledIn(chosen);
      if (node && recalled) return recaller.recall(node.instance, recalled);
      return withInstance(services, l10n.t('Recall'), (instance) => recaller.recall(instance))(chosen);
    },
    'snapstage.undoDistribution': async (chosen) => {
      const [node] = chosen.inSpace;
      if (node?.type === 'distribution') return recaller.undo(node.instance, node.distribution);
      return withInstance(services, l10n.t('Undo Distribution'), (instance) => recaller.undo(instance))(chosen);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** Rows of one kind, as the first of them is: distributions, objects of one, or members who got one. */
function recalledIn({ inSpace: [first, ...others] }: Chosen): Recalled | undefined {
  switch (first?.type) {
    case 'distribution': {
      const more = others.flatMap((node) => (node.type === 'distribution' && node.instance === first.instance ? [node] : []));
      return { distributions: [first, ...more].map(({ distribution }) => distribution) };
    }
    case 'item': {
      const more = others.flatMap((node) => (node.type === 'item' && node.distribution.id === first.distribution.id ? [node] : []));
      return { distributions: [first.distribution], paths: [first, ...more].map(({ item }) => item.path) };
    }
    case 'target': {
      const more = others.flatMap((node) => (node.type === 'target' && node.distribution.id === first.distribution.id ? [node] : []));
      return { distributions: [first.distribution], to: [first, ...more].map(({ target }) => target.id) };
    }
    default:
      return undefined;
  }
}

/** All that was distributed: looked at, compared, pulled. */
function distributedCommands(services: SpaceServices) {
  const { workspace, puller } = services;
  return {
    'snapstage.openDistributed': async ({ inSpace: [node] }) => {
      if (node?.type === 'distributed-entry') await puller.open(node.instance, node.entry.path);
    },
    'snapstage.compareDistributed': async (chosen) => {
      const [node] = chosen.inSpace;
      if (node?.type === 'distributed-entry') return puller.compare(node.instance, node.entry);
      return withInstance(services, l10n.t('Compare with Mine'), (instance) => puller.compare(instance))(chosen);
    },
    'snapstage.pull': async (chosen) => {
      const found = pulledPaths(workspace, chosen);
      for (const [instance, paths] of found) await puller.pull(instance, paths);
      if (found.size === 0) await withInstance(services, l10n.t('Pull into Workspace'), (instance) => puller.pull(instance))(chosen);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** What was chosen to be pulled: rows of what was distributed or of a comparison with it, or files of the explorer. */
function pulledPaths(workspace: Workspace, { inSpace, nodes, uris }: Chosen): ReadonlyMap<Instance, readonly string[]> {
  const rows = [...inSpace, ...nodes].flatMap((node) => {
    const path = distributedPath(node);
    return path === undefined ? [] : [{ instance: node.instance, path }];
  });
  const files = pathsOf(workspace, { nodes: [], uris }).flatMap(({ instance, paths }) => paths.map((path) => ({ instance, path })));
  const byInstance = Map.groupBy([...rows, ...files], ({ instance }) => instance);
  return new Map([...byInstance].map(([instance, all]) => [instance, all.map(({ path }) => path)]));
}

/** Where it lies in what was distributed; `''` for all of that. */
function distributedPath(node: SpaceNode | SnapshotsNode): string | undefined {
  switch (node.type) {
    case 'distributed':
      return '';
    case 'distributed-entry':
      return node.entry.path;
    case 'change':
      return node.snapshot.kind === 'distributed' ? (node.change.from ?? node.change.path) : undefined;
    case 'changes':
      return node.snapshot.kind === 'distributed' ? node.folder.path : undefined;
    default:
      return undefined;
  }
}

/** Runs for the folder whose row was chosen, the only one, or the one that is picked. */
function withInstance({ workspace }: SpaceServices, title: string, run: (instance: Instance) => Promise<void>): CommandHandler {
  return async (chosen) => {
    const instance =
      chosen.inSpace[0]?.instance ?? chosen.staged[0]?.instance ?? instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
    if (instance) await run(instance);
  };
}
