/** How each row of the Snapshots tree looks and what it says to a screen reader. */
import { env, l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, type Command } from 'vscode';
import { applicationsRow } from '../applications/applicationItems.ts';
import { noteInWords } from '../engineWords.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { EntryKind, SnapshotDetails, SnapshotInfo, SnapshotKind } from '../../engine/api.ts';
import type { CommandId } from '../commandTable.ts';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import type { Instance, InstanceState } from '../instance.ts';
import { errorSentence, errorSentences } from '../messages.ts';
import type {
  ChangeNode,
  ChangesNode,
  CurrentNode,
  DayNode,
  EntryNode,
  FailedNode,
  FolderNode,
  InterruptedNode,
  SnapshotNode,
  SnapshotsNode,
} from './nodes.ts';
import { nodeId } from './nodes.ts';
import { noteRow, warningIcon as warning } from './notes.ts';
import { snapshotOf } from '../state.ts';
import type { Row } from './row.ts';
import { rowUri } from './rowDecorations.ts';
import { roomSentences } from '../storage/storageWords.ts';
import { tablesRow } from '../tables/tableItems.ts';
import {
  asSentence,
  changesInWords,
  changesSince,
  changeWord,
  consistencyWord,
  countOf,
  countOfChanges,
  dayTitle,
  entryWord,
  interruptedWords,
  kindWord,
  referenceInWords,
  snapshotCount,
  snapshotFacts,
  snapshotTitle,
} from '../words.ts';

// A row that could not be expanded stays collapsed when it can be: rows that may get children later are Expanded from the start.
const { None, Collapsed, Expanded } = TreeItemCollapsibleState;

/** The row of a node. A snapshot's tooltip comes later, from `snapshotTooltip`. */
export function treeItem(node: SnapshotsNode): TreeItem {
  const row = rowOf(node);
  const item = new TreeItem(row.label, row.state);
  item.id = nodeId(node);
  item.contextValue = row.context;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) item.iconPath = row.icon;
  if (row.resourceUri) item.resourceUri = row.resourceUri;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.command) item.command = commandOf(row.command, node);
  item.accessibilityInformation = { label: [row.label, row.spoken ?? row.description].filter(Boolean).join(', ').replaceAll(' · ', ', ') };
  return item;
}

function rowOf(node: SnapshotsNode): Row {
  switch (node.type) {
    case 'folder':
      return folderRow(node);
    case 'current':
      return currentRow(node);
    case 'change':
      return changeRow(node);
    case 'changes':
      return changesRow(node);
    case 'more':
      return moreRow(node.rest.length);
    case 'unread':
      return moreRow(node.count);
    case 'interrupted':
      return interruptedRow(node);
    case 'failed':
      return failedRow(node);
    case 'day':
      return dayRow(node);
    case 'snapshot':
      return snapshotRow(node);
    case 'entry':
      return entryRow(node);
    case 'tables':
    case 'database':
    case 'table':
      return tablesRow(node);
    case 'applications':
    case 'application':
    case 'dependencies':
    case 'configuration':
      return applicationsRow(node);
    case 'note':
      return noteRow(node);
  }
}

function commandOf(id: CommandId, node: SnapshotsNode): Command {
  return { command: id, title: '', arguments: [node] };
}

function folderRow({ instance }: FolderNode): Row {
  const { state } = instance;
  return {
    label: instance.name,
    description: folderFacts(state),
    tooltip: state.kind === 'failed' ? errorSentence(state.error) : instance.folder.uri.fsPath,
    icon: state.kind === 'failed' ? warning : ThemeIcon.Folder,
    state: Expanded,
    context: `folder ${state.kind}`,
  };
}

function folderFacts(state: InstanceState): string {
  switch (state.kind) {
    case 'unread':
      return '';
    case 'uninitialised':
      return snapshotCount(0);
    case 'failed':
      return l10n.t("can't be read");
    case 'ready':
      return snapshotCount(state.snapshots.length);
  }
}

function currentRow({ instance }: CurrentNode): Row {
  const { description, some } = currentFacts(instance);
  const { state } = instance;
  const reference = state.kind === 'ready' ? state.reference : null;
  return {
    label: l10n.t('Current state'),
    description,
    tooltip: [
      l10n.t('What is in {0} now.', instance.folder.uri.fsPath),
      ...(reference ? [referenceInWords(reference)] : []),
      ...(description === '' ? [] : [asSentence(description)]),
      ...(state.kind === 'ready' ? roomSentences(state.status.room) : []),
    ].join('\n\n'),
    icon: new ThemeIcon('folder-opened'),
    state: Expanded,
    context: some ? 'current changes' : 'current',
  };
}

function currentFacts({ state }: Instance): { readonly description: string; readonly some: boolean } {
  if (state.kind !== 'ready') return { description: '', some: false };
  const { changes, reference } = state;
  if (changes instanceof SnapstageError) return { description: l10n.t("can't be compared: {0}", errorSentence(changes)), some: false };
  if (!reference || changes === null) return { description: l10n.t('no snapshot to compare with'), some: false };
  if (changes === undefined) return { description: l10n.t('comparing…'), some: false };
  return { description: changesSince(changes.counts, reference), some: changesInWords(changes.counts) !== '' };
}

function changeRow({ instance, snapshot, change, nested }: ChangeNode): Row {
  const path = displayText(change.path);
  const folder = parentPath(path);
  const from = change.from === undefined ? [] : [l10n.t('from {0}', displayText(change.from))];
  const comparable = change.kind !== 'folder';
  const description = [nested ? '' : folder, ...from].filter(Boolean).join(' · ');
  return {
    label: baseName(path),
    description,
    spoken: [changeWord(change.change), entryWord(change.kind), description].filter(Boolean).join(', '),
    tooltip: [path, changeWord(change.change), ...from, ...(comparable ? [formatSize(change.size, env.language)] : [])].join(' · '),
    // A folder's icon of the theme may be none, as rows of folders have their twistie; this one can't be opened.
    icon: change.kind === 'folder' ? new ThemeIcon('symbol-folder') : entryIcon(change.kind),
    resourceUri: rowUri(instance.folder.uri, change.path, change.change),
    state: None,
    // What was distributed is pulled, not restored.
    context: `${snapshotOf(snapshot) ? 'change' : `${snapshot.kind}-change`} ${change.change} ${change.kind}`,
    ...(comparable && { command: 'snapstage.compare' as const }),
  };
}

function changesRow({ instance, snapshot, folder, open }: ChangesNode): Row {
  return {
    label: displayText(folder.label),
    description: `${formatNumber(folder.count, env.language)}${folder.cut ? '+' : ''}`,
    spoken: [entryWord('folder'), countOfChanges(folder.count), ...(folder.cut ? [l10n.t('and more')] : [])].join(', '),
    tooltip: displayText(folder.path),
    icon: ThemeIcon.Folder,
    resourceUri: rowUri(instance.folder.uri, folder.path),
    state: open ? Expanded : Collapsed,
    context: snapshotOf(snapshot) ? 'changes' : `${snapshot.kind}-changes`,
  };
}

function moreRow(count: number): Row {
  return {
    label: l10n.t('{0} more', formatNumber(count, env.language)),
    icon: new ThemeIcon('ellipsis'),
    state: Collapsed,
    context: 'more',
  };
}

function interruptedRow({ interrupted }: InterruptedNode): Row {
  return { ...interruptedWords(interrupted), icon: warning, state: None, context: 'interrupted', command: 'snapstage.recover' };
}

function failedRow({ error }: FailedNode): Row {
  const { what, next = '' } = errorSentences(error);
  return {
    label: what,
    description: next,
    tooltip: errorSentence(error),
    icon: warning,
    state: None,
    context: 'failed',
    command: 'snapstage.showLog',
  };
}

function dayRow({ day, newest, filtered }: DayNode): Row {
  return {
    label: dayTitle(day),
    description: formatNumber(day.items.length, env.language),
    spoken: snapshotCount(day.items.length),
    state: newest || filtered ? Expanded : Collapsed,
    context: 'day',
  };
}

function snapshotRow({ snapshot, day }: SnapshotNode): Row {
  // Under the title of a single day the date would say the same again.
  const reference = day.span === 'today' || day.span === 'yesterday' ? day.since : new Date();
  const time = snapshot.name === null ? [] : [formatTime(snapshot.created, reference, env.language)];
  return {
    label: snapshotTitle(snapshot, reference),
    description: [...time, ...snapshotFacts(snapshot), ...(snapshot.description ? [displayText(snapshot.description)] : [])].join(' · '),
    icon: snapshotIcon(snapshot),
    state: Collapsed,
    context: snapshot.pinned ? 'snapshot pinned' : 'snapshot',
  };
}

function entryRow({ instance, snapshot, entry }: EntryNode): Row {
  const folder = entry.kind === 'folder';
  const name = displayText(baseName(entry.path));
  const size = formatSize(entry.size, env.language);
  const description = entry.kind === 'link' ? `→ ${displayText(entry.target ?? '')}` : folder ? '' : size;
  return {
    label: name,
    description,
    spoken: [entryWord(entry.kind), description, l10n.t('in {0}', snapshotTitle(snapshot))].filter(Boolean).join(', '),
    tooltip: [displayText(entry.path), entryWord(entry.kind), ...(folder ? [] : [size]), formatMoment(entry.modified, env.language)].join(
      ' · ',
    ),
    icon: entryIcon(entry.kind),
    resourceUri: rowUri(instance.folder.uri, entry.path),
    state: folder ? Collapsed : None,
    context: `entry ${entry.kind}`,
    ...(!folder && { command: 'snapstage.open' as const }),
  };
}

const kindIcons: Readonly<Record<SnapshotKind, string>> = {
  described: 'tag',
  quick: 'device-camera',
  automatic: 'history',
  'hand-in': 'mortar-board',
};

/** What matters most of it; all of it is said in words beside. */
function snapshotIcon({ kind, partial, pinned, consistency }: SnapshotInfo): ThemeIcon {
  if (partial) return warning;
  return new ThemeIcon(pinned ? 'pinned' : kindIcons[kind], consistency === 'crash-consistent' ? warning.color : undefined);
}

function entryIcon(kind: EntryKind): ThemeIcon {
  if (kind === 'folder') return ThemeIcon.Folder;
  return kind === 'link' ? new ThemeIcon('file-symlink-file') : ThemeIcon.File;
}

/** All facts of a snapshot; with its details also what was left out and what speaks for its consistency. */
export function snapshotTooltip(snapshot: SnapshotInfo | SnapshotDetails): MarkdownString {
  const number = (count: number): string => formatNumber(count, env.language);
  const size = (bytes: number): string => formatSize(bytes, env.language);
  const text = new MarkdownString();
  const paragraph = (line: string): unknown => text.appendText(line).appendMarkdown('\n\n');
  text.appendMarkdown('**').appendText(snapshotTitle(snapshot)).appendMarkdown('**\n\n');
  if (snapshot.description) paragraph(displayText(snapshot.description));
  paragraph(`${formatMoment(snapshot.created, env.language)} · ${kindWord(snapshot)} · ${consistencyWord(snapshot.consistency)}`);
  const counts = [countOf(snapshot.files, 'files'), countOf(snapshot.folders, 'folders'), countOf(snapshot.links, 'links')].join(', ');
  paragraph(`${counts}: ${size(snapshot.bytes)}`);
  paragraph(l10n.t('The store grew by {0}.', size(snapshot.addedBytes)));
  if (snapshot.pinned) paragraph(l10n.t("Pinned: it can't be deleted."));
  if ('evidence' in snapshot) {
    const notes = [
      [l10n.t('Could not be read'), snapshot.unreadable],
      [l10n.t('Left out'), snapshot.excluded],
      [l10n.t('Consistency'), snapshot.evidence],
    ] as const;
    for (const [title, list] of notes) {
      if (list.length === 0) continue;
      const shown = list.slice(0, 5).map(noteInWords);
      const more = list.length > shown.length ? [l10n.t('{0} more', number(list.length - shown.length))] : [];
      paragraph(`${title}: ${[...shown, ...more].join('; ')}`);
    }
  }
  text.appendMarkdown('`').appendText(snapshot.id).appendMarkdown('`');
  return text;
}
