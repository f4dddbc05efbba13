/** How each row of the Space view looks and what it says to a screen reader. */
import { env, l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { errorSentences } from '../messages.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { entryWord } from '../words.ts';
import { distributedEntryRow, distributedRow } from './distributedItems.ts';
import { distributionsRow } from './distributionItems.ts';
import { hubRow } from './hubItems.ts';
import { inviteRow, memberRow, membersRow } from './memberItems.ts';
import {
  spaceNodeId,
  type DeliveredNode,
  type DeliveryNode,
  type SpaceFolderNode,
  type SpaceGroupNode,
  type SpaceNode,
} from './spaceNodes.ts';
import { hasLostKeys, openDeliveries, type Belonging, type HubStanding, type SpaceState } from './spaces.ts';
import {
  conflictCount,
  deliveryStateWord,
  deliveryTitle,
  itemsInWords,
  outcomeInWords,
  roleWord,
  senderName,
  spaceName,
} from './spaceWords.ts';

const { None, Collapsed, Expanded } = TreeItemCollapsibleState;
const number = (count: number): string => formatNumber(count, env.language);
const time = (iso: string): string => formatTime(iso, new Date(), env.language);

/** What is known of the Space of a row's folder. */
export interface SpaceFacts {
  readonly state: SpaceState;
  /** How many oddities the hub has. */
  readonly findings: number;
  readonly hub: HubStanding;
}

export function spaceItem(node: SpaceNode, facts: SpaceFacts): TreeItem {
  const row = rowOf(node, facts);
  const item = new TreeItem(row.label, row.state);
  // One that was empty would stay folded when something comes.
  item.id = row.state === None ? `${spaceNodeId(node)}#leaf` : spaceNodeId(node);
  item.contextValue = row.context;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) item.iconPath = row.icon;
  if (row.resourceUri) item.resourceUri = row.resourceUri;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.command) item.command = { command: row.command, title: '', arguments: [node] };
  item.accessibilityInformation = { label: [row.label, row.spoken ?? row.description].filter(Boolean).join(', ') };
  return item;
}

function rowOf(node: SpaceNode, { state, findings, hub }: SpaceFacts): Row {
  const belonging = state === null || state instanceof SnapstageError ? undefined : state;
  switch (node.type) {
    case 'space':
      return state instanceof SnapstageError ? failedFolderRow(node) : folderRow(node, belonging);
    case 'distributed':
      return distributedRow(belonging);
    case 'members':
    case 'invites':
    case 'inbox':
    case 'distributions':
    case 'findings':
      return groupRow(node, belonging, findings);
    case 'member':
      return memberRow(node, belonging);
    case 'invite':
      return inviteRow(node);
    case 'delivery':
      return deliveryRow(node, belonging);
    case 'conflicts':
      return {
        label: conflictCount(node.count),
        description: l10n.t('decide'),
        icon: warningIcon,
        state: None,
        context: 'conflicts',
        command: 'snapstage.resolveConflicts',
      };
    case 'delivered':
      return deliveredRow(node);
    case 'distribution':
    case 'items':
    case 'item':
    case 'target':
    case 'recall':
    case 'recalled':
      return distributionsRow(node, belonging);
    case 'distributed-entry':
      return distributedEntryRow(node);
    case 'moved': {
      const label = l10n.t('The Space has gone to another hub');
      const place = displayText(node.place);
      return {
        label,
        description: place,
        tooltip: place,
        icon: warningIcon,
        state: None,
        context: 'moved',
        command: 'snapstage.followHub',
      };
    }
    case 'hub':
      return hubRow(hub);
    case 'finding': {
      const text = displayText(engineWords(node.text));
      return { label: text, tooltip: text, icon: node.isProblem ? warningIcon : new ThemeIcon('info'), state: None, context: 'finding' };
    }
    case 'space-failed': {
      const { what, next } = errorSentences(node.error);
      const said = next === undefined ? what : `${what} ${next}`;
      return {
        label: what,
        tooltip: said,
        spoken: next ?? '',
        icon: warningIcon,
        state: None,
        context: hasLostKeys(node.error) ? 'failed no-keys' : 'failed',
        command: 'snapstage.showLog',
      };
    }
    case 'more-in-space':
      return { label: l10n.t('{0} more', number(node.rest.length)), icon: new ThemeIcon('ellipsis'), state: Collapsed, context: 'more' };
  }
}

function folderRow({ instance }: SpaceFolderNode, belonging: Belonging | undefined): Row {
  const description = belonging ? [spaceName(belonging.space), roleWord(belonging.space.me.role)].join(' · ') : l10n.t('in no Space');
  return {
    label: instance.name,
    description,
    icon: ThemeIcon.Folder,
    state: belonging ? Expanded : None,
    context: belonging ? `space ${belonging.space.me.role === 'master' ? 'master' : 'member'}` : 'space none',
    ...(belonging && { tooltip: l10n.t('Hub: {0}', displayText(belonging.space.hub)) }),
  };
}

function failedFolderRow({ instance }: SpaceFolderNode): Row {
  return { label: instance.name, description: l10n.t("can't be read"), icon: warningIcon, state: Expanded, context: 'space failed' };
}

function groupRow({ type }: SpaceGroupNode, belonging: Belonging | undefined, findings: number): Row {
  const { space, inbox = [], distributions = [], recalls = [] } = belonging ?? {};
  const history = distributions.length + recalls.length;
  switch (type) {
    case 'members':
      return membersRow(belonging);
    case 'invites': {
      const open = (space?.invites ?? []).filter(({ state }) => state === 'open').length;
      return group(l10n.t('Invites'), l10n.t('{0} open', number(open)), 'mail', 'invites', Collapsed);
    }
    case 'inbox': {
      const open = openDeliveries(inbox);
      return {
        ...group(
          l10n.t('Inbox'),
          inbox.length === 0 ? l10n.t('nothing yet') : countOfOpen(inbox),
          'inbox',
          open.length > 0 ? 'inbox open' : 'inbox',
        ),
        state: inbox.length === 0 ? None : Expanded,
      };
    }
    case 'distributions':
      return {
        ...group(l10n.t('Distributions'), history === 0 ? l10n.t('nothing yet') : number(distributions.length), 'rocket', 'distributions'),
        state: history === 0 ? None : Collapsed,
      };
    case 'findings':
      return { ...group(l10n.t('Oddities in the Hub'), number(findings), 'warning', 'findings', Collapsed), icon: warningIcon };
  }
}

function group(label: string, description: string, icon: string, context: string, state = Expanded): Row {
  return { label, description, icon: new ThemeIcon(icon), state, context };
}

function countOfOpen(inbox: Belonging['inbox']): string {
  const fresh = inbox.filter(({ state }) => state === 'new').length;
  const waiting = inbox.filter(({ state }) => state === 'waiting').length;
  return [
    ...(fresh > 0 ? [l10n.t('{0} new', number(fresh))] : []),
    ...(waiting > 0 ? [l10n.t('{0} waiting', number(waiting))] : []),
    ...(fresh + waiting === 0 ? [l10n.t('all received')] : []),
  ].join(' · ');
}

function deliveryRow({ delivery }: DeliveryNode, belonging: Belonging | undefined): Row {
  const { id, message, made, state, items } = delivery;
  const conflicts = belonging?.waiting.get(id) ?? 0;
  const facts = [
    conflicts > 0 ? conflictCount(conflicts) : deliveryStateWord(delivery),
    l10n.t('from {0}', senderName(delivery)),
    time(made),
  ];
  return {
    label: deliveryTitle(delivery),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      ...(message === '' ? [] : [displayText(message)]),
      l10n.t('From {0}, {1}.', senderName(delivery), formatMoment(made, env.language)),
      itemsInWords(items),
      deliveryStateWord(delivery),
    ].join('\n\n'),
    icon: state === 'waiting' ? warningIcon : new ThemeIcon(deliveryIcon(delivery)),
    state: Collapsed,
    context: `delivery ${state}`,
  };
}

function deliveryIcon({ state, kind }: DeliveryNode['delivery']): string {
  if (state === 'undone' || state === 'void') return 'circle-slash';
  if (kind !== 'distribution') return 'reply';
  return state === 'new' ? 'mail' : 'mail-read';
}

function deliveredRow({ instance, object }: DeliveredNode): Row {
  const { place, part, mine, incoming } = object;
  const version = incoming ?? mine;
  const folder = displayText(parentPath(place));
  const outcome = outcomeInWords(object);
  const sizes = version && version.kind !== 'folder' ? [formatSize(version.size, env.language)] : [];
  return {
    label: displayText(part ?? baseName(place)),
    description: [outcome, ...(folder === '' ? [] : [folder])].join(' · '),
    spoken: [...(version ? [entryWord(version.kind)] : []), ...(folder === '' ? [] : [l10n.t('in {0}', folder)]), outcome].join(', '),
    tooltip: [[displayText(place), ...sizes].join(' · '), outcome].join('\n\n'),
    icon: object.outcome === 'waiting' ? warningIcon : version?.kind === 'folder' ? ThemeIcon.Folder : ThemeIcon.File,
    resourceUri: rowUri(instance.folder.uri, place),
    state: None,
    context: 'delivered',
    command: 'snapstage.compareDelivered',
  };
}
