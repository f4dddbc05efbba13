/** How each row of the History view looks and what it says to a screen reader. */
import { env, l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Changes } from '../../engine/api.ts';
import { formatNumber, formatSize, parseTime } from '../../base/format.ts';
import type { EntryNode } from '../snapshots/nodes.ts';
import { displayText, formatMoment, formatTime } from '../formats.ts';
import { isVersion, versionPath, type HistoryNode, type OlderNode, type VersionNode } from './historyNodes.ts';
import { versionChange, type PathVersion } from './versions.ts';
import { changesInWords, snapshotCount, snapshotFacts, snapshotTitle } from '../words.ts';

/** The row of a node; `counts` of what a version of a folder changed, where that is known. */
export function historyItem(node: HistoryNode, counts?: Changes['counts']): TreeItem {
  if (node.type === 'older') return olderItem(node);
  return isVersion(node) ? versionItem(node, counts) : holderItem(node);
}

function olderItem({ rest }: OlderNode): TreeItem {
  const item = new TreeItem(l10n.t('{0} more', formatNumber(rest.length, env.language)), TreeItemCollapsibleState.Collapsed);
  item.iconPath = new ThemeIcon('ellipsis');
  item.contextValue = 'more';
  return item;
}

function versionItem(node: VersionNode, counts: Changes['counts'] | undefined): TreeItem {
  const { version, instance } = node;
  const { entry, snapshots, previous } = version;
  const path = versionPath(node);
  const label = versionTitle(version);
  const time = label === shortTime(version.since) ? [] : [shortTime(version.since)];
  // What changed comes first: in a narrow view the rest is cut off.
  const facts = [
    changeInWords(version, counts),
    ...time,
    ...(entry && entry.kind !== 'folder' ? [formatSize(entry.size, env.language)] : []),
  ];
  const held = heldInWords(version);
  const item = new TreeItem(label, snapshots.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.id = `${instance.folder.uri.toString()}#${path}#${version.since}#${entry?.id ?? ''}`;
  item.description = facts.join(' · ');
  item.iconPath = new ThemeIcon(entry === null ? 'trash' : snapshots.length === 0 ? 'edit' : 'history');
  item.tooltip = [displayText(path), ...facts, held, formatMoment(version.since, env.language)].join('\n');
  item.contextValue = contextOf(node);
  item.accessibilityInformation = { label: [label, ...facts, held].join(', ') };
  const opens = entry?.kind !== 'folder' && !previous && snapshots.length > 0;
  if (opens) item.command = { command: 'snapstage.open', title: '', arguments: [node] };
  else if (previous) item.command = { command: 'snapstage.compareWithPrevious', title: '', arguments: [node] };
  return item;
}

function holderItem(node: EntryNode): TreeItem {
  const { instance, snapshot, entry } = node;
  const time = snapshot.name === null ? [] : [shortTime(snapshot.created)];
  const item = new TreeItem(snapshotTitle(snapshot), TreeItemCollapsibleState.None);
  item.id = `${instance.folder.uri.toString()}#${entry.path}#in ${snapshot.id}`;
  item.description = [...time, ...snapshotFacts(snapshot)].join(' · ');
  item.iconPath = new ThemeIcon('device-camera');
  item.contextValue = `holder ${entry.kind}`;
  item.accessibilityInformation = { label: [snapshotTitle(snapshot), ...time, ...snapshotFacts(snapshot)].join(', ') };
  if (entry.kind !== 'folder') item.command = { command: 'snapstage.open', title: '', arguments: [node] };
  return item;
}

/** Words that menus look for: `version stored file compared`. */
function contextOf({ version }: VersionNode): string {
  const { entry, snapshots, previous } = version;
  const held = entry === null ? 'gone' : snapshots.length === 0 ? 'current' : 'stored';
  return ['version', held, ...(entry ? [entry.kind] : []), ...(previous ? ['later'] : [])].join(' ');
}

/** What a version is called: by the oldest snapshot with it. */
function versionTitle({ entry, snapshots }: PathVersion): string {
  const oldest = snapshots.at(-1);
  if (entry === null) return l10n.t('Deleted');
  return oldest ? snapshotTitle(oldest) : l10n.t('Current state');
}

function changeInWords(version: PathVersion, counts: Changes['counts'] | undefined): string {
  switch (versionChange(version)) {
    case 'first':
      return l10n.t('first version');
    case 'deleted':
      return version.isCurrent ? l10n.t('not there now') : l10n.t('was not there');
    case 'back':
      return l10n.t('brought back');
    case 'kind':
      return l10n.t('became something else');
    case 'changed':
      if (version.entry?.kind === 'folder') return (counts && changesInWords(counts)) || l10n.t('changed');
      return sizeChange((version.entry?.size ?? 0) - (version.previous?.entry?.size ?? 0));
  }
}

function sizeChange(bytes: number): string {
  if (bytes === 0) return l10n.t('changed, same size');
  const size = formatSize(Math.abs(bytes), env.language);
  return bytes > 0 ? l10n.t('{0} more', size) : l10n.t('{0} less', size);
}

/** Where it is: `now and in 3 snapshots`. */
function heldInWords({ entry, isCurrent, snapshots }: PathVersion): string {
  const count = snapshotCount(snapshots.length);
  if (entry === null) return snapshots.length === 0 ? l10n.t('not there now') : l10n.t('not in {0}', count);
  if (!isCurrent) return l10n.t('in {0}', count);
  return snapshots.length === 0 ? l10n.t('now, in no snapshot') : l10n.t('now and in {0}', count);
}

/** The time alone today, with the date before. */
function shortTime(iso: string): string {
  return formatTime(parseTime(iso).toISOString(), new Date(), env.language);
}
