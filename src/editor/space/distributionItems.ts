/** How distributions look in the Space view, and what was taken back of them. */
import { env, l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { baseName } from '../../base/paths.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { objectCount, strategyInWords, strategyName } from '../stage/stageWords.ts';
import { asSentence } from '../words.ts';
import {
  audienceInWords,
  distributionTitles,
  progressOfDistribution,
  progressOfRecall,
  recalledInWords,
  recalledStateWord,
  recallTitle,
  targetStateWord,
} from './distributionWords.ts';
import type { DistributionNode, ItemNode, ItemsNode, RecalledNode, RecallNode, TargetNode } from './spaceNodes.ts';
import type { Belonging } from './spaces.ts';
import { concernedBy } from './standings.ts';
import { deliveryTitle, itemsInWords, itemTitle, memberName } from './spaceWords.ts';

const { None, Collapsed } = TreeItemCollapsibleState;
const time = (iso: string): string => formatTime(iso, new Date(), env.language);
const moment = (iso: string): string => formatMoment(iso, env.language);

type DistributionsNode = DistributionNode | ItemsNode | ItemNode | TargetNode | RecallNode | RecalledNode;

export function distributionsRow(node: DistributionsNode, belonging: Belonging | undefined): Row {
  switch (node.type) {
    case 'distribution':
      return distributionRow(node);
    case 'items':
      return itemsRow(node);
    case 'item':
      return itemRow(node);
    case 'target':
      return targetRow(node);
    case 'recall':
      return recallRow(node, belonging);
    case 'recalled':
      return recalledRow(node);
  }
}

function distributionRow({ distribution }: DistributionNode): Row {
  const { message, made, isOwn, items, isVoid } = distribution;
  const facts = [progressOfDistribution(distribution), ...authorInWords(isOwn), time(made)];
  return {
    label: deliveryTitle(distribution),
    description: facts.join(' · '),
    spoken: [...facts, audienceInWords(distribution)].join(', '),
    tooltip: [
      ...(message === '' ? [] : [displayText(message)]),
      l10n.t('Distributed {0}, {1}.', audienceInWords(distribution), moment(made)),
      itemsInWords(items),
      progressOfDistribution(distribution),
    ].join('\n\n'),
    icon: new ThemeIcon(isVoid ? 'circle-slash' : 'rocket'),
    state: Collapsed,
    context: isVoid ? 'distribution void' : 'distribution',
  };
}

/** Of several Masters each shows what the others did. */
function authorInWords(isOwn: boolean): readonly string[] {
  return isOwn ? [] : [l10n.t('by another Master')];
}

function itemsRow({ distribution: { items } }: ItemsNode): Row {
  const titles = itemsInWords(items);
  return {
    label: objectCount(items.length),
    description: titles,
    tooltip: titles,
    icon: new ThemeIcon('package'),
    state: Collapsed,
    context: 'items',
  };
}

function itemRow({ instance, distribution, item }: ItemNode): Row {
  const { type, path, part, strategy } = item;
  const isFile = type === 'file' || type === 'folder';
  const isLost = distribution.takenBack.includes(path);
  const said = isLost ? l10n.t('taken back') : strategyName(strategy);
  return {
    label: isFile ? displayText(baseName(path)) : itemTitle(item),
    description: said,
    spoken: isLost ? said : l10n.t('strategy: {0}', said),
    tooltip: [itemTitle(item), isLost ? asSentence(said) : [asSentence(said), strategyInWords(strategy)].join(' ')].join('\n\n'),
    icon:
      type === 'folder'
        ? ThemeIcon.Folder
        : type === 'file'
          ? ThemeIcon.File
          : new ThemeIcon(part === null ? 'device-camera' : type === 'table' ? 'table' : 'gear'),
    ...(isFile && { resourceUri: rowUri(instance.folder.uri, path) }),
    state: None,
    context: isLost ? 'item void' : 'item',
  };
}

function targetRow({ distribution, target }: TargetNode): Row {
  const { state, at } = target;
  const said = targetStateWord(state, distribution.isVoid);
  const facts = [said, ...(at === null ? [] : [time(at)])];
  return {
    label: memberName(target),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      [memberName(target), said].join(': '),
      ...(state === 'superseded' ? [l10n.t('It receives the later one instead, and this one no more.')] : []),
      at === null
        ? l10n.t('It has not answered since {0}.', moment(distribution.made))
        : l10n.t('It told so on {0}, by its own clock.', moment(at)),
    ].join('\n\n'),
    icon: state === 'waiting' ? warningIcon : new ThemeIcon(targetIcons[state]),
    state: None,
    context: distribution.isVoid ? 'target void' : 'target',
  };
}

const targetIcons = { applied: 'check', sent: 'watch', superseded: 'circle-slash' } as const;

function recallRow({ recall }: RecallNode, belonging: Belonging | undefined): Row {
  const { message, made, isOwn } = recall;
  const all = belonging?.distributions ?? [];
  const progress = progressOfRecall(recall, all);
  const facts = [progress, ...authorInWords(isOwn), time(made)];
  const title = recallTitle(recall, all);
  return {
    label: title,
    description: facts.join(' · '),
    spoken: [...facts, audienceInWords(recall)].join(', '),
    tooltip: [
      ...(message === '' ? [] : [displayText(message)]),
      [title, audienceInWords(recall), moment(made)].join(', '),
      l10n.t('Distributed as {0}.', distributionTitles(recall.distributions, all)),
      recalledInWords(recall),
      progress,
    ].join('\n\n'),
    icon: new ThemeIcon('reply'),
    state: concernedBy(recall, all).length === 0 ? None : Collapsed,
    context: 'recall',
  };
}

function recalledRow({ target }: RecalledNode): Row {
  const { state, at, kept } = target;
  const facts = [recalledStateWord(target), ...(at === null ? [] : [time(at)])];
  return {
    label: memberName(target),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      memberName(target),
      ...(kept.length === 0 ? [] : [l10n.t('Edited there, and so kept:'), kept.map(displayText).join('\n\n')]),
      ...(at === null ? [] : [l10n.t('It told so on {0}, by its own clock.', moment(at))]),
    ].join('\n\n'),
    icon: new ThemeIcon(state === 'sent' ? 'watch' : kept.length === 0 ? 'check' : 'info'),
    state: None,
    context: 'recalled',
  };
}
