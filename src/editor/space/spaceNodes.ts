import type { SnapstageError } from '../../base/errors.ts';
import type { EntryInfo } from '../../engine/api.ts';
import type { DeliveredItem, DeliveredObject, DeliveryInfo, DistributionInfo } from '../../engine/deliveryApi.ts';
import type { RecallInfo } from '../../engine/recallApi.ts';
import type { InviteInfo, MemberInfo } from '../../engine/spaceApi.ts';
import type { Instance } from '../instance.ts';

/** A row of the Space view. */
export type SpaceNode =
  | SpaceFolderNode
  | SpaceGroupNode
  | MemberNode
  | InviteNode
  | DeliveryNode
  | ConflictsNode
  | DeliveredNode
  | DistributedNode
  | DistributedEntryNode
  | DistributionNode
  | ItemsNode
  | ItemNode
  | TargetNode
  | RecallNode
  | RecalledNode
  | MovedNode
  | HubNode
  | FindingNode
  | SpaceFailedNode
  | MoreInSpaceNode;

/** A workspace folder, where there are several. */
export interface SpaceFolderNode {
  readonly type: 'space';
  readonly instance: Instance;
}

export interface SpaceGroupNode {
  readonly type: 'members' | 'invites' | 'inbox' | 'distributions' | 'findings';
  readonly instance: Instance;
}

export interface MemberNode {
  readonly type: 'member';
  readonly instance: Instance;
  readonly member: MemberInfo;
}

export interface InviteNode {
  readonly type: 'invite';
  readonly instance: Instance;
  readonly invite: InviteInfo;
}

export interface DeliveryNode {
  readonly type: 'delivery';
  readonly instance: Instance;
  readonly delivery: DeliveryInfo;
}

/** Stands for what of a delivery waits for a decision. */
export interface ConflictsNode {
  readonly type: 'conflicts';
  readonly instance: Instance;
  readonly delivery: DeliveryInfo;
  readonly count: number;
}

/** What receiving a delivery would do to one object. */
export interface DeliveredNode {
  readonly type: 'delivered';
  readonly instance: Instance;
  readonly delivery: DeliveryInfo;
  readonly object: DeliveredObject;
}

export interface DistributionNode {
  readonly type: 'distribution';
  readonly instance: Instance;
  readonly distribution: DistributionInfo;
}

/** Stands for the objects of a distribution. */
export interface ItemsNode {
  readonly type: 'items';
  readonly instance: Instance;
  readonly distribution: DistributionInfo;
}

export interface ItemNode {
  readonly type: 'item';
  readonly instance: Instance;
  readonly distribution: DistributionInfo;
  readonly item: DeliveredItem;
}

/** What became of a distribution with one member. */
export interface TargetNode {
  readonly type: 'target';
  readonly instance: Instance;
  readonly distribution: DistributionInfo;
  readonly target: DistributionInfo['targets'][number];
}

/** Something that was taken back from here. */
export interface RecallNode {
  readonly type: 'recall';
  readonly instance: Instance;
  readonly recall: RecallInfo;
}

/** What became of a recall with one member. */
export interface RecalledNode {
  readonly type: 'recalled';
  readonly instance: Instance;
  readonly recall: string;
  readonly target: RecallInfo['targets'][number];
}

/** Stands for all that was distributed. */
export interface DistributedNode {
  readonly type: 'distributed';
  readonly instance: Instance;
}

/** A file, folder or link in what was distributed. */
export interface DistributedEntryNode {
  readonly type: 'distributed-entry';
  readonly instance: Instance;
  readonly entry: EntryInfo;
}

/** Says that the Space has gone to another hub. */
export interface MovedNode {
  readonly type: 'moved';
  readonly instance: Instance;
  readonly place: string;
}

/** Says how it stands with the hub. */
export interface HubNode {
  readonly type: 'hub';
  readonly instance: Instance;
}

/** Something to be known: of the own membership, of the hub, or of the row above. */
export interface FindingNode {
  readonly type: 'finding';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly text: string;
  readonly isProblem: boolean;
}

/** Stands for what can't be read: the Space, or a delivery. */
export interface SpaceFailedNode {
  readonly type: 'space-failed';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly error: SnapstageError;
}

/** Stands for the rows that are not shown until it is opened. */
export interface MoreInSpaceNode {
  readonly type: 'more-in-space';
  readonly instance: Instance;
  /** Of the row above. */
  readonly above: string;
  readonly rest: readonly SpaceNode[];
}

const types: Readonly<Record<SpaceNode['type'], true>> = {
  space: true,
  distributed: true,
  'distributed-entry': true,
  members: true,
  invites: true,
  inbox: true,
  distributions: true,
  findings: true,
  member: true,
  invite: true,
  delivery: true,
  conflicts: true,
  delivered: true,
  distribution: true,
  items: true,
  item: true,
  target: true,
  recall: true,
  recalled: true,
  moved: true,
  hub: true,
  finding: true,
  'space-failed': true,
  'more-in-space': true,
};

export function isSpaceNode(value: unknown): value is SpaceNode {
  return typeof value === 'object' && value !== null && 'type' in value && Object.hasOwn(types, value.type as PropertyKey);
}

/** Stays the same for what is the same, so that selection and what is open survive a refresh. */
export function spaceNodeId(node: SpaceNode): string {
  const space = `${node.instance.folder.uri.toString()}#space`;
  switch (node.type) {
    case 'space':
      return space;
    case 'distributed':
    case 'members':
    case 'invites':
    case 'inbox':
    case 'distributions':
    case 'findings':
      return `${space}:${node.type}`;
    case 'member':
      return `${space}:member:${node.member.id}`;
    case 'invite':
      return `${space}:invite:${node.invite.id}`;
    case 'delivery':
      return `${space}:delivery:${node.delivery.id}`;
    case 'conflicts':
      return `${space}:delivery:${node.delivery.id}:conflicts`;
    case 'delivered':
      return `${space}:delivery:${node.delivery.id}:${node.object.part ?? ''}:${node.object.place}`;
    case 'distribution':
      return `${space}:distribution:${node.distribution.id}`;
    case 'distributed-entry':
      return `${space}:distributed:${node.entry.path}`;
    case 'items':
      return `${space}:distribution:${node.distribution.id}:items`;
    case 'item':
      return `${space}:distribution:${node.distribution.id}:items:${node.item.part ?? ''}:${node.item.path}`;
    case 'target':
      return `${space}:distribution:${node.distribution.id}:${node.target.id}`;
    case 'recall':
      return `${space}:recall:${node.recall.id}`;
    case 'recalled':
      return `${space}:recall:${node.recall}:${node.target.id}`;
    case 'moved':
    case 'hub':
      return `${space}:${node.type}`;
    case 'finding':
      return `${node.above}#finding:${node.text}`;
    case 'space-failed':
      return `${node.above}#failed`;
    case 'more-in-space':
      return `${node.above}#more${node.rest.length}`;
  }
}
