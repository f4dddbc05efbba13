/** How each row of the Stage looks and what it says to a screen reader. */
import { env, l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { kindTitle } from '../applications/applicationWords.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatMoment } from '../formats.ts';
import { errorSentences } from '../messages.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { asSentence } from '../words.ts';
import { stageNodeId, type HintNode, type StagedNode, type StageFailedNode, type StageNode, type UnreadableNode } from './stageNodes.ts';
import { fromInSentence, fromTitle, objectTitle, strategyInWords, strategyName, typeWord } from './stageWords.ts';

const { None, Collapsed, Expanded } = TreeItemCollapsibleState;

/** `count`: how many objects are on the Stage of a folder's row. */
export function stageItem(node: StageNode, count: string): TreeItem {
  const row = rowOf(node, count);
  const item = new TreeItem(row.label, row.state);
  item.id = stageNodeId(node);
  item.contextValue = row.context;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) item.iconPath = row.icon;
  if (row.resourceUri) item.resourceUri = row.resourceUri;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.command) item.command = { command: row.command, title: '', arguments: [node] };
  item.accessibilityInformation = { label: [row.label, row.spoken ?? row.description].filter(Boolean).join(', ') };
  return item;
}

function rowOf(node: StageNode, count: string): Row {
  switch (node.type) {
    case 'stage':
      return { label: node.instance.name, description: count, icon: ThemeIcon.Folder, state: Expanded, context: 'stage' };
    case 'staged':
      return stagedRow(node);
    case 'unreadable':
      return unreadableRow(node);
    case 'stage-failed':
      return failedRow(node);
    case 'hint':
      return hintRow(node);
    case 'more-staged':
      return {
        label: l10n.t('{0} more', formatNumber(node.rest.length, env.language)),
        icon: new ThemeIcon('ellipsis'),
        state: Collapsed,
        context: 'more',
      };
  }
}

function stagedRow(node: StagedNode): Row {
  const { object, instance } = node;
  const { type, problem, strategy } = object;
  const facts = [
    ...(problem === null ? [] : [engineWords(problem)]),
    l10n.t('from {0}', fromTitle(object)),
    ...(strategy === null ? [] : [l10n.t('strategy {0}', strategyName(strategy))]),
  ];
  const place = placeOf(node);
  const isFile = type === 'file' || type === 'folder';
  return {
    label: labelOf(node),
    description: [...(place === '' ? [] : [place]), ...facts].join(' · '),
    spoken: [typeWord(type), ...(place === '' ? [] : [l10n.t('in {0}', place)]), ...facts, ...withinFacts(node)].join(', '),
    tooltip: tooltipOf(node).join('\n\n'),
    icon: problem === null ? iconOf(node) : warningIcon,
    ...(isFile && { resourceUri: rowUri(instance.folder.uri, object.path) }),
    state: None,
    context: `staged ${type}`,
    command: 'snapstage.openStaged',
  };
}

function labelOf({ object, instance }: StagedNode): string {
  const { type, path, table, application } = object;
  if (type === 'table') return displayText(table ?? '');
  if (type === 'application' && application !== null) return kindTitle(application);
  if (path === '') return type === 'snapshot' ? l10n.t('Everything') : displayText(instance.name);
  return displayText(baseName(path));
}

/** Where it lies, as far as the label does not say it. */
function placeOf({ object: { type, path } }: StagedNode): string {
  return displayText(type === 'table' || type === 'application' ? path : parentPath(path));
}

function iconOf({ object }: StagedNode): ThemeIcon {
  switch (object.type) {
    case 'file':
      return ThemeIcon.File;
    case 'folder':
      return ThemeIcon.Folder;
    case 'table':
      return new ThemeIcon('table');
    case 'application':
      return new ThemeIcon('package');
    case 'snapshot':
      return new ThemeIcon('device-camera');
  }
}

/** All that is known of it, a paragraph each. */
function tooltipOf(node: StagedNode): string[] {
  const { object } = node;
  const { type, size, strategy, problem, added } = object;
  const sizes = size === null ? [] : [formatSize(size, env.language)];
  return [
    [objectTitle(object), typeWord(type), ...sizes].join(' · '),
    asSentence(l10n.t('from {0}', fromInSentence(object))),
    ...(problem === null ? [] : [l10n.t("It can't be distributed: {0}.", engineWords(problem))]),
    strategy === null
      ? l10n.t('Strategy: as chosen for the distribution.')
      : l10n.t('Strategy {0}: {1}', strategyName(strategy), strategyInWords(strategy)),
    ...withinFacts(node).map(asSentence),
    l10n.t('Staged on {0}.', formatMoment(added, env.language)),
  ];
}

function withinFacts({ within }: StagedNode): string[] {
  if (!within) return [];
  return [l10n.t('{0} from {1} is on the Stage too and holds it; what is chosen here counts more', objectTitle(within), fromTitle(within))];
}

function unreadableRow({ reason, id }: UnreadableNode): Row {
  return {
    label: l10n.t('Unreadable object'),
    description: engineWords(reason),
    tooltip: l10n.t('Nobody can tell any more what this was ({0}): {1}. It can be removed.', id.slice(0, 8), engineWords(reason)),
    icon: warningIcon,
    state: None,
    context: 'staged unreadable',
  };
}

function hintRow({ how }: HintNode): Row {
  const isDrop = how === 'drop';
  return {
    label: isDrop ? l10n.t('Drop files, tables, snapshots here') : l10n.t('or choose “Add to Stage” in a menu'),
    tooltip: isDrop
      ? l10n.t(
          'Files and folders of the explorer, and files, tables, applications and whole snapshots of the Snapshots view. What is on the Stage is what will be distributed.',
        )
      : l10n.t('In the menus of the explorer, of editor tabs and of the Snapshots view.'),
    icon: new ThemeIcon(isDrop ? 'inbox' : 'add'),
    state: None,
    context: 'hint',
  };
}

function failedRow({ error }: StageFailedNode): Row {
  const { what, next } = errorSentences(error);
  return {
    label: what,
    ...(next !== undefined && { description: next, tooltip: `${what} ${next}` }),
    icon: warningIcon,
    state: None,
    context: 'failed',
    command: 'snapstage.showLog',
  };
}
