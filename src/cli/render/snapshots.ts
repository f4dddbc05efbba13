/** Snapshots and states in words. */
import type { PathNote, SnapshotDetails, SnapshotInfo } from '../../engine/api.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

/** The columns of `list`. A terminal gets the short id, programs the whole one. */
export function snapshotColumns(formats: Formats, terminal: boolean): Column<SnapshotInfo>[] {
  return [
    { title: 'ID', cell: (row) => (terminal ? shortId(row.id) : row.id), style: () => 'cyan' },
    { title: 'Taken', cell: (row) => formats.time(row.created) },
    { title: 'Name', cell: (row) => escapeText(row.name ?? ''), style: () => 'bold' },
    { title: 'Kind', cell: kindText, style: (row) => (row.kind === 'automatic' ? 'dim' : undefined) },
    {
      title: 'Consistency',
      cell: conditionText,
      style: (row) => (row.partial ? 'red' : row.consistency === 'crash-consistent' ? 'yellow' : undefined),
    },
    { title: 'Files', align: 'right', cell: (row) => formats.number(row.files) },
    { title: 'Size', align: 'right', cell: (row) => formats.size(row.bytes) },
    { title: 'Added', align: 'right', cell: (row) => `+${formats.size(row.addedBytes)}` },
  ];
}

/** `1a2b3c4d "before the refactor"`. */
export function snapshotTitle(snapshot: SnapshotInfo): string {
  return snapshot.name === null ? shortId(snapshot.id) : `${shortId(snapshot.id)} "${escapeText(snapshot.name)}"`;
}

/** Everything about one snapshot, for `show`. */
export function snapshotLines(snapshot: SnapshotDetails, formats: Formats): string[] {
  const facts: [string, string][] = [
    ['Snapshot', snapshot.id],
    ['Name', escapeText(snapshot.name ?? '')],
    ['Taken', formats.time(snapshot.created)],
    ['Kind', kindText(snapshot)],
    ['Consistency', conditionText(snapshot)],
    ['Imported', snapshot.imported === undefined ? '' : formats.time(snapshot.imported)],
    ['Holds', contentText(snapshot, formats)],
    ['Added', `${formats.size(snapshot.addedBytes)} to the store`],
  ];
  const lines = facts.filter(([, value]) => value !== '').map(([title, value]) => `${`${title}:`.padEnd(13)}${value}`);
  if (snapshot.description !== null) lines.push('', ...snapshot.description.split('\n').map((line) => `  ${escapeText(line)}`));
  lines.push(
    ...noteLines('Evidence', snapshot.evidence),
    ...noteLines('Left out', snapshot.excluded),
    ...noteLines('Could not be read', snapshot.unreadable),
  );
  return lines;
}

/** What a `take` made, in two lines and a hint at what was left out. */
export function takenLines(snapshot: SnapshotDetails, formats: Formats): string[] {
  const lines = [
    `Took snapshot ${snapshotTitle(snapshot)}: ${kindText(snapshot)}, ${conditionText(snapshot)}.`,
    `${contentText(snapshot, formats)}; the store grew by ${formats.size(snapshot.addedBytes)}.`,
  ];
  if (snapshot.consistency === 'crash-consistent') lines.push(...noteLines('Evidence', snapshot.evidence).slice(1));
  if (snapshot.excluded.length > 0) {
    lines.push(
      `${formats.count(snapshot.excluded.length, 'entry', 'entries')} left out: \`snapstage show ${shortId(snapshot.id)}\` lists them.`,
    );
  }
  return lines;
}

/** `12 files, 3 folders, 1.2 MB`. */
export function contentText(snapshot: SnapshotInfo, formats: Formats): string {
  const parts = [formats.count(snapshot.files, 'file'), formats.count(snapshot.folders, 'folder')];
  if (snapshot.links > 0) parts.push(formats.count(snapshot.links, 'link'));
  return [...parts, formats.size(snapshot.bytes)].join(', ');
}

/** `Title:` and a line for each note; nothing when there are none. */
export function noteLines(title: string, notes: readonly PathNote[]): string[] {
  if (notes.length === 0) return [];
  return ['', `${title}:`, ...notes.map((note) => `  ${noteText(note)}`)];
}

export function noteText(note: PathNote): string {
  return note.path === '' ? escapeText(note.reason) : `${escapeText(note.path)}: ${escapeText(note.reason)}`;
}

function kindText(snapshot: SnapshotInfo): string {
  const kind = snapshot.reason === null ? snapshot.kind : `${snapshot.kind}, ${escapeText(snapshot.reason)}`;
  return snapshot.pinned ? `${kind}, pinned` : kind;
}

function conditionText(snapshot: SnapshotInfo): string {
  return snapshot.partial ? `${snapshot.consistency}, partial` : snapshot.consistency;
}
