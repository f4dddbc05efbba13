/** What the Storage page shows, put together from what the engine tells. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { StorageReport, StoredFolder, StoredPath } from '../../engine/storageApi.ts';
import { displayText, formatPercent, formatTime } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { countOf, kindWord, markWord, snapshotTitle } from '../words.ts';
import type { Crumb, Fact, Part, PartAction, SectionContent } from './storagePage.ts';
import { sizeText } from './storageWords.ts';

/** Snapshots with rows of their own: those that hold the most. */
const snapshotsShown = 100;

/** Of the whole, in per cent; of little that there is some. */
function share(part: number, whole: number): string {
  if (whole <= 0) return '';
  const fraction = Math.min(1, part / whole);
  return part > 0 && fraction < 0.005 ? `< ${formatPercent(0.01, env.language)}` : formatPercent(fraction, env.language);
}

/** The totals: of the store, of the folder, of the disk. */
export function factsOf({ state }: Instance, report: StorageReport | undefined): Fact[] {
  if (state.kind !== 'ready') return [];
  const { status, snapshots } = state;
  const bytes = report?.bytes ?? status.storeBytes;
  const { latest, room } = status;
  const copies = snapshots.reduce((sum, one) => sum + one.bytes, 0);
  return [
    { name: l10n.t('Snapshots take'), value: sizeText(bytes) },
    ...(room?.budget
      ? [{ name: l10n.t('Their budget'), value: `${sizeText(room.budget)} (${formatPercent(bytes / room.budget, env.language)})` }]
      : []),
    { name: l10n.t('Snapshots'), value: formatNumber(snapshots.length, env.language) },
    ...(latest
      ? [{ name: l10n.t('In the folder at the latest'), value: `${sizeText(latest.bytes)}, ${countOf(latest.files, 'files')}` }]
      : []),
    { name: l10n.t('As plain copies they would take'), value: sizeText(copies) },
    ...(room?.disk
      ? [{ name: l10n.t('Free on the disk'), value: l10n.t('{0} of {1}', sizeText(room.disk.free), sizeText(room.disk.total)) }]
      : []),
  ];
}

/** What each snapshot holds alone, what several share, and what nobody needs. */
export function snapshotsContent(report: StorageReport): SectionContent {
  const { bytes, shared, unneeded, kept, snapshots } = report;
  const byWeight = snapshots.toSorted((a, b) => b.alone - a.alone);
  const others = byWeight.slice(snapshotsShown);
  const othersBytes = others.reduce((sum, { alone }) => sum + alone, 0);
  const single = (kind: Part['kind'], key: string, label: string, held: number, actions: Part['actions'] = []): Part[] =>
    held <= 0
      ? []
      : [{ key, kind, label, bytes: held, size: sizeText(held), cells: ['', '', sizeText(held), share(held, bytes)], actions }];
  const compact = l10n.t('Compact');
  return {
    state: 'ready',
    summary: l10n.t(
      'What a snapshot holds alone comes back when it is deleted and the store is compacted; what several share stays for the others.',
    ),
    picture: l10n.t('Picture of the table that follows: the larger the area, the more space it takes.'),
    columns: [
      { title: l10n.t('Held by'), isNumber: false },
      { title: l10n.t('Taken'), isNumber: false },
      { title: l10n.t('Kind'), isNumber: false },
      { title: l10n.t('Takes'), isNumber: true },
      { title: l10n.t('Share'), isNumber: true },
    ],
    parts: [
      ...single('shared', 'shared', l10n.t('Several snapshots'), shared),
      ...single('shared', 'kept', l10n.t('Deliveries'), kept),
      ...single('unneeded', 'unneeded', l10n.t('No snapshot: comes back by compacting'), unneeded, [
        { id: 'compact', label: compact, spoken: compact },
      ]),
      ...byWeight.slice(0, snapshotsShown).map(({ snapshot, alone }) => snapshotPart(snapshot, alone, bytes)),
      ...(others.length === 0 ? [] : single('others', 'others', l10n.t('{0} more', countOf(others.length, 'snapshots')), othersBytes)),
    ],
  };
}

function snapshotPart(snapshot: SnapshotInfo, alone: number, whole: number): Part {
  const title = snapshotTitle(snapshot);
  const kind = [kindWord(snapshot), ...(snapshot.pinned ? [markWord('pinned')] : [])].join(', ');
  return {
    key: snapshot.id,
    kind: 'own',
    label: title,
    bytes: alone,
    size: sizeText(alone),
    cells: [formatTime(snapshot.created, new Date(), env.language), kind, sizeText(alone), share(alone, whole)],
    main: { id: 'details', label: l10n.t('Details'), spoken: l10n.t('{0}: show details', title) },
    actions: snapshot.pinned ? [] : [{ id: 'delete', label: l10n.t('Delete…'), spoken: l10n.t('Delete {0}…', title) }],
  };
}

/** What lies in a folder, in all snapshots together. */
export function folderContent(folder: StoredFolder): SectionContent {
  const { entries, more, stored } = folder;
  return {
    state: 'ready',
    summary: l10n.t(
      'All versions in all snapshots together take {0}. What entries have in common is stored once, but counted for each of them.',
      sizeText(stored),
    ),
    picture: l10n.t('Picture of the table that follows: the larger the area, the more space it takes.'),
    columns: [
      { title: l10n.t('Name'), isNumber: false },
      { title: l10n.t('Takes'), isNumber: true },
      { title: l10n.t('Share'), isNumber: true },
      { title: l10n.t('Only in earlier snapshots'), isNumber: true },
      { title: l10n.t('Versions'), isNumber: true },
    ],
    parts: [
      ...entries.map((entry) => entryPart(entry, stored)),
      ...(more.count === 0
        ? []
        : [
            {
              key: '',
              kind: 'others' as const,
              label: l10n.t('{0} more', formatNumber(more.count, env.language)),
              bytes: more.stored,
              size: sizeText(more.stored),
              cells: [sizeText(more.stored), share(more.stored, stored), '', ''],
              actions: [],
            },
          ]),
    ],
  };
}

function entryPart({ path, kind, stored, earlier, versions }: StoredPath, whole: number): Part {
  const isFolder = kind === 'folder';
  const name = displayText(baseName(path));
  const label = isFolder ? `${name}/` : name;
  const why: PartAction = { id: 'why', label: l10n.t('Why?'), spoken: l10n.t('Why is {0} still stored?', label) };
  return {
    key: path,
    kind: isFolder ? 'folder' : 'file',
    label,
    bytes: stored,
    size: sizeText(stored),
    cells: [sizeText(stored), share(stored, whole), earlier === 0 ? '' : sizeText(earlier), formatNumber(versions, env.language)],
    main: isFolder ? { id: 'open', label: l10n.t('Open'), spoken: l10n.t('{0}: show what is in it', label) } : why,
    actions: [why, { id: 'history', label: l10n.t('History'), spoken: l10n.t('History of {0}', label) }],
  };
}

/** The way to a folder, each step a way back. */
export function crumbsOf(instance: Instance, path: string): Crumb[] {
  const names = path === '' ? [] : path.split('/');
  const all = ['', ...names.map((_, index) => names.slice(0, index + 1).join('/'))];
  return all.map((to, index) => {
    const label = to === '' ? instance.name : displayText(baseName(to));
    return index === all.length - 1 ? { label } : { label, path: to };
  });
}
