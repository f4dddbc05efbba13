/** How each row of the Snapshots tree looks and what it says to a screen reader. */
import { env, l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, type Command, type Uri } from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { EntryKind, SnapshotDetails, SnapshotInfo, SnapshotKind } from '../engine/api.ts';
import type { CommandId } from './commandTable.ts';
import { baseName, displayText, folderName, formatMoment, formatNumber, formatSize, formatTime } from './formats.ts';
import type { Instance, InstanceState } from './instance.ts';
import { errorSentence } from './messages.ts';
import type {
  ChangeNode,
  CurrentNode,
  DayNode,
  EntryNode,
  FolderNode,
  InterruptedNode,
  MoreChangesNode,
  SnapshotNode,
  SnapshotsNode,
} from './nodes.ts';
import { nodeId } from './nodes.ts';
import { rowUri } from './rowDecorations.ts';
import { changesInWords, changeWord, consistencyWord, countOf, dayTitle, kindWord, snapshotFacts, snapshotTitle } from './words.ts';

// A row that could not be expanded stays collapsed when it can be: rows that may get children later are Expanded from the start.
const { None, Collapsed, Expanded } = TreeItemCollapsibleState;

interface Row {
  readonly label: string;
  readonly description?: string;
  /** Said to a screen reader after the label, in place of the description. */
  readonly spoken?: string;
  readonly icon?: ThemeIcon;
  readonly resourceUri?: Uri;
  readonly tooltip?: string | MarkdownString;
  readonly state: TreeItemCollapsibleState;
  /** Words that menus look for. */
  readonly context: string;
  readonly command?: CommandId;
}

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
    case 'more':
      return moreRow(node);
    case 'interrupted':
      return interruptedRow(node);
    case 'day':
      return dayRow(node);
    case 'snapshot':
      return snapshotRow(node);
    case 'entry':
      return entryRow(node);
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
  return {
    label: l10n.t('Current state'),
    description,
    tooltip: l10n.t('What is in {0} now. {1}', instance.folder.uri.fsPath, description),
    icon: new ThemeIcon('folder-opened'),
    state: Expanded,
    context: some ? 'current changes' : 'current',
  };
}

function currentFacts({ state }: Instance): { readonly description: string; readonly some: boolean } {
  if (state.kind !== 'ready') return { description: '', some: false };
  const latest = state.snapshots[0];
  const { changes } = state;
  if (changes instanceof SnapstageError) return { description: l10n.t("can't be compared: {0}", errorSentence(changes)), some: false };
  if (!latest || changes === null) return { description: l10n.t('no snapshot to compare with'), some: false };
  if (changes === undefined) return { description: l10n.t('comparing…'), some: false };
  const since = formatTime(latest.created, new Date(), env.language);
  const counted = changesInWords(changes);
  return counted === ''
    ? { description: l10n.t('no changes since {0}', since), some: false }
    : { description: l10n.t('{0} since {1}', counted, since), some: true };
}

function changeRow({ instance, change }: ChangeNode): Row {
  const path = displayText(change.path);
  const folder = folderName(path);
  const from = change.from === undefined ? [] : [l10n.t('from {0}', displayText(change.from))];
  const comparable = change.kind !== 'folder';
  const description = [folder, ...from].filter(Boolean).join(' · ');
  return {
    label: baseName(path),
    description,
    spoken: [changeWord(change.change), entryWord(change.kind), description].filter(Boolean).join(', '),
    tooltip: [path, changeWord(change.change), ...from, ...(comparable ? [formatSize(change.size, env.language)] : [])].join(' · '),
    // A folder's icon of the theme may be none, as rows of folders have their twistie; this one can't be opened.
    icon: change.kind === 'folder' ? new ThemeIcon('symbol-folder') : entryIcon(change.kind),
    resourceUri: rowUri(instance.folder.uri, change.path, change.change),
    state: None,
    context: `change ${change.change} ${change.kind}`,
    ...(comparable && { command: 'snapstage.compare' as const }),
  };
}

function moreRow({ count }: MoreChangesNode): Row {
  return {
    label: l10n.t('{0} more changes', formatNumber(count, env.language)),
    description: l10n.t('show all as a list'),
    icon: new ThemeIcon('ellipsis'),
    state: None,
    context: 'more',
    command: 'snapstage.listChanges',
  };
}

function interruptedRow({ interrupted }: InterruptedNode): Row {
  return {
    label: l10n.t('Interrupted restore'),
    description: l10n.t('finish or undo it'),
    tooltip: l10n.t('A restore was interrupted on {0}. It can be finished or undone.', formatMoment(interrupted.at, env.language)),
    icon: warning,
    state: None,
    context: 'interrupted',
    command: 'snapstage.recover',
  };
}

function dayRow({ day }: DayNode): Row {
  return {
    label: dayTitle(day),
    description: formatNumber(day.items.length, env.language),
    spoken: snapshotCount(day.items.length),
    state: day.span === 'today' || day.span === 'yesterday' ? Expanded : Collapsed,
    context: 'day',
  };
}

function snapshotRow({ snapshot, day }: SnapshotNode): Row {
  // Under the title of a single day the date would say the same again.
  const reference = day.span === 'today' || day.span === 'yesterday' ? day.since : new Date();
  const time = snapshot.name === null ? [] : [formatTime(snapshot.created, reference, env.language)];
  return {
    label: snapshotTitle(snapshot, reference),
    description: [...time, ...snapshotFacts(snapshot)].join(' · '),
    icon: snapshot.partial ? warning : new ThemeIcon(kindIcons[snapshot.kind]),
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

const warning = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));

const kindIcons: Readonly<Record<SnapshotKind, string>> = {
  described: 'tag',
  quick: 'device-camera',
  automatic: 'history',
  'hand-in': 'mortar-board',
};

function entryIcon(kind: EntryKind): ThemeIcon {
  if (kind === 'folder') return ThemeIcon.Folder;
  return kind === 'link' ? new ThemeIcon('file-symlink-file') : ThemeIcon.File;
}

function snapshotCount(count: number): string {
  if (count === 0) return l10n.t('no snapshots yet');
  return count === 1 ? l10n.t('1 snapshot') : l10n.t('{0} snapshots', formatNumber(count, env.language));
}

function entryWord(kind: EntryKind): string {
  if (kind === 'folder') return l10n.t('folder');
  return kind === 'link' ? l10n.t('link') : l10n.t('file');
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
      const shown = list.slice(0, 5).map((note) => displayText(note.path === '' ? note.reason : `${note.path}: ${note.reason}`));
      const more = list.length > shown.length ? [l10n.t('{0} more', number(list.length - shown.length))] : [];
      paragraph(`${title}: ${[...shown, ...more].join('; ')}`);
    }
  }
  text.appendMarkdown('`').appendText(snapshot.id).appendMarkdown('`');
  return text;
}
