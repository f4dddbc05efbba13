/** What takes the room of the store, in words. */
import type {
  ReclaimOutcome,
  ReclaimPlan,
  Room,
  StorageReport,
  StoredFolder,
  StoredPath,
  StoredVersion,
  WhyReport,
} from '../../engine/storageApi.ts';
import { shownPath } from './changes.ts';
import type { Formats } from './format.ts';
import { snapshotTitle } from './snapshots.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

type Weighed = StorageReport['snapshots'][number];

/** The columns of `reclaim`. A terminal gets the short id, programs the whole one. */
export function weighedColumns(formats: Formats, terminal: boolean): Column<Weighed>[] {
  return [
    { title: 'ID', cell: ({ snapshot }) => (terminal ? shortId(snapshot.id) : snapshot.id), style: () => 'cyan' },
    { title: 'Taken', cell: ({ snapshot }) => formats.time(snapshot.created) },
    { title: 'Name', cell: ({ snapshot }) => escapeText(snapshot.name ?? ''), style: () => 'bold' },
    { title: 'Kind', cell: ({ snapshot }) => (snapshot.pinned ? `${snapshot.kind}, pinned` : snapshot.kind) },
    { title: 'Holds alone', align: 'right', cell: ({ alone }) => formats.size(alone) },
  ];
}

/** The columns of `reclaim --below`. */
export function storedColumns(formats: Formats): Column<StoredPath>[] {
  return [
    { title: 'Takes', align: 'right', cell: ({ stored }) => formats.size(stored) },
    { title: 'Only earlier', align: 'right', cell: ({ earlier }) => formats.size(earlier) },
    { title: 'Versions', align: 'right', cell: ({ versions }) => formats.number(versions) },
    { title: 'Path', cell: ({ path, kind }) => shownPath(path, kind), style: ({ kind }) => (kind === 'folder' ? 'bold' : undefined) },
  ];
}

/** What a folder takes, and how much of it the columns leave out. */
export function storedSentence({ path, stored, more }: StoredFolder, formats: Formats): string {
  const what = path === '' ? 'All of it' : `“${escapeText(path)}”`;
  const rest = more.count === 0 ? '' : ` ${formats.count(more.count, 'entry', 'entries')} more take ${formats.size(more.stored)}.`;
  return `${what} takes ${formats.size(stored)} in all snapshots together.${rest}`;
}

/** What all of it takes, and what is heaviest in all snapshots together. */
export function storageLines(
  { bytes, shared, unneeded, kept, disk }: StorageReport,
  folders: StoredFolder,
  most: number,
  formats: Formats,
): string[] {
  const free = disk === null ? '' : ` ${formats.size(disk.free)} free on the disk.`;
  const lines = [
    `The store takes ${formats.size(bytes)}: ${formats.size(shared)} of it several snapshots share.${free}`,
    kept > 0 ? `${formats.size(kept)} are kept for deliveries alone.` : '',
    unneeded > 0 ? `\`snapstage compact\` would give back ${formats.size(unneeded)} that no snapshot needs.` : '',
    folders.entries.length > 0 ? 'Heaviest in all snapshots together (`snapstage reclaim --below PATH` looks into one):' : '',
  ].filter((line) => line !== '');
  const heaviest = folders.entries.slice(0, most).map(({ path, kind, stored }) => `  ${formats.size(stored)}  ${shownPath(path, kind)}`);
  return [...lines, ...heaviest];
}

/** What is to be said of the budget and the disk, and what to do about it. */
export function roomLines({ warnings }: Room, formats: Formats): string[] {
  return warnings.map((warning) =>
    warning.kind === 'budget'
      ? `The store takes ${formats.size(warning.bytes)}, and its budget is ${formats.size(warning.budget)}: \`snapstage reclaim --free SIZE\` frees some.`
      : `Only ${formats.size(warning.free)} are free on the disk; the next snapshots may need ${formats.size(warning.wanted)}: \`snapstage reclaim\` shows what takes the room.`,
  );
}

/** What goes, and what that brings. */
export function reclaimLines(plan: ReclaimPlan, formats: Formats): string[] {
  const lines = plan.snapshots.map(
    (snapshot) => `delete  ${snapshotTitle(snapshot)}  (${snapshot.kind}, taken ${formats.time(snapshot.created)})`,
  );
  const what =
    plan.snapshots.length === 0
      ? 'Compact the store: nothing has to be deleted.'
      : `Delete ${formats.count(plan.snapshots.length, 'snapshot')} for good and compact the store.`;
  lines.push(`${what} That gives back ${exactSize(plan.bytes, formats)}.`);
  if (plan.losesUndo) lines.push('The last restore can’t be undone after that.');
  if (plan.waitingFor.length > 0) lines.push('Others are at work on the store: the room comes back when they have ended.');
  return lines;
}

/** What came back, beside what was said. */
export function reclaimedLines({ snapshots, bytes, planned, waitingFor }: ReclaimOutcome, formats: Formats): string[] {
  const deleted = snapshots.length === 0 ? 'Compacted' : `Deleted ${formats.count(snapshots.length, 'snapshot')} and compacted`;
  if (waitingFor.length === 0) return [`${deleted}: ${exactSize(bytes, formats)} came back, ${exactSize(planned, formats)} were foretold.`];
  const others = waitingFor.map(escapeText).join(', ');
  return [`${deleted}. ${exactSize(planned, formats)} come back when others have ended (${others}): run \`snapstage compact\` then.`];
}

/** Why a path is stored: version by version, who holds it, and what would have to go. */
export function whyLines({ path, versions, blocked }: WhyReport, formats: Formats): string[] {
  const reasons = new Map(blocked.map(({ id, reason }) => [id, reason]));
  return versions.flatMap((version) => {
    const { entry, stored, snapshots, elsewhere, asBase } = version;
    const size = entry.kind === 'folder' ? '' : `, ${formats.size(entry.size)} large`;
    const kept = [...snapshots, ...elsewhere, ...asBase].filter((id) => reasons.has(id));
    return [
      `${shownPath(path, entry.kind)}  version ${entry.id.slice(0, 12)}${size}, takes ${formats.size(stored)}`,
      ...holderLine('Still stored because of', snapshots, formats),
      ...holderLine('At other paths in', elsewhere, formats),
      ...holderLine('What is stored as a difference from it, in', asBase, formats),
      `  ${freeingText(version, formats)}`,
      ...kept.map((id) => `  ${shortId(id)} can’t be deleted: ${escapeText(reasons.get(id)!)}.`),
    ];
  });
}

const HOLDERS_SHOWN = 8;

function holderLine(title: string, ids: readonly string[], formats: Formats): string[] {
  if (ids.length === 0) return [];
  const more = ids.length > HOLDERS_SHOWN ? ` and ${formats.number(ids.length - HOLDERS_SHOWN)} more` : '';
  return [`  ${title} ${formats.count(ids.length, 'snapshot')}: ${ids.slice(0, HOLDERS_SHOWN).map(shortId).join(', ')}${more}`];
}

function freeingText({ snapshots, elsewhere, asBase }: StoredVersion, formats: Formats): string {
  const count = snapshots.length + elsewhere.length + asBase.length;
  return `Its room comes back when ${count === 1 ? 'that one is' : `all ${formats.number(count)} are`} deleted and the store is compacted.`;
}

/** `1.2 MB (1,234,567 bytes)`. */
function exactSize(bytes: number, formats: Formats): string {
  return Math.abs(bytes) < 1000 ? formats.size(bytes) : `${formats.size(bytes)} (${formats.number(bytes)} bytes)`;
}
