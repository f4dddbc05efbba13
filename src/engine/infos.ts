import { ID_BYTES } from '../store/ids.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind, type Tree, type TreeEntry } from '../store/tree.ts';
import type { DiffLists } from '../instance/diff.ts';
import type { Trees } from '../instance/states.ts';
import type { Step } from '../instance/restorePlan.ts';
import type { Diff, EntryInfo, EntryKind, RestoreCounts, RestoreItem, SnapshotDetails, SnapshotInfo, SnapshotKind } from './api.ts';

/** Turns the core's records into what the contract says. */
export function snapshotInfo({ id, record, labels }: StoredSnapshot): SnapshotInfo {
  return {
    id,
    name: labels.name,
    description: labels.description,
    kind: snapshotKind(record.kind, labels.name !== null || labels.description !== null),
    reason: record.reason,
    created: record.created,
    consistency: record.consistency,
    partial: record.unreadable.length > 0,
    pinned: labels.pinned,
    files: record.files,
    folders: record.folders,
    links: record.links,
    bytes: record.bytes,
    addedBytes: record.addedBytes,
  };
}

function snapshotKind(kind: StoredSnapshot['record']['kind'], described: boolean): SnapshotKind {
  if (kind !== 'manual') return kind;
  return described ? 'described' : 'quick';
}

export function snapshotDetails(snapshot: StoredSnapshot): SnapshotDetails {
  const { excluded, unreadable, evidence } = snapshot.record;
  return { ...snapshotInfo(snapshot), excluded, unreadable, evidence };
}

const KINDS: Record<Kind, EntryKind> = { [Kind.file]: 'file', [Kind.folder]: 'folder', [Kind.link]: 'link' };

export function kindOf(entry: TreeEntry): EntryKind {
  return KINDS[entry.kind];
}

export function entryInfo(path: string, entry: TreeEntry, target?: string): EntryInfo {
  return {
    path,
    kind: kindOf(entry),
    size: entry.kind === Kind.folder ? 0 : entry.size,
    mode: entry.mode,
    modified: isoNanoseconds(entry.mtime),
    id: entry.id.toString('hex'),
    ...(target === undefined ? {} : { target }),
  };
}

/** What the contract says of the entries of a folder at a path, and with `recursive` of all below it; `target` reads a link's. */
export function folderInfos(trees: Trees, folder: Buffer, path: string, recursive: boolean, target: LinkTarget): EntryInfo[] {
  const infos: EntryInfo[] = [];
  const list = (id: Buffer, at: string): void => {
    const tree = trees.tree(id);
    const prefix = at === '' ? '' : `${at}/`;
    const { paths, times, ids } = columnTexts(tree, prefix);
    let pathAt = 0;
    for (let row = 0; row < tree.names.length; row++) {
      const kind = tree.kind(row);
      const pathEnd = pathAt + prefix.length + tree.names[row]!.length;
      const info = {
        path: paths.slice(pathAt, pathEnd),
        kind: KINDS[kind],
        size: kind === Kind.folder ? 0 : tree.size(row),
        mode: tree.mode(row),
        modified: times.slice(row * TIME_LENGTH, (row + 1) * TIME_LENGTH),
        id: ids.slice(row * ID_DIGITS, (row + 1) * ID_DIGITS),
      };
      pathAt = pathEnd;
      infos.push(kind === Kind.link ? { ...info, target: target(info.path, tree.entry(row)) } : info);
      if (recursive && kind === Kind.folder) list(tree.id(row), info.path);
    }
  };
  list(folder, path);
  return infos;
}

/** All rows' texts in one string for each column: a slice of one takes a third of the memory of a string put together. */
function columnTexts(tree: Tree, prefix: string): { paths: string; times: string; ids: string } {
  const times = tree.names.map((_, row) => isoTime(tree.mtime(row)));
  return { paths: prefix + tree.names.join(prefix), times: times.join(''), ids: tree.idsHex() };
}

type LinkTarget = (path: string, entry: TreeEntry) => string;
const ID_DIGITS = ID_BYTES * 2;
const TIME_LENGTH = '1970-01-01T00:00:00.000000000Z'.length;

/** Nanoseconds since 1970 as ISO 8601, UTC, with nanoseconds. */
export function isoNanoseconds(time: bigint): string {
  const rest = ((time % BILLION) + BILLION) % BILLION;
  return isoTime({ seconds: Number((time - rest) / BILLION), nanoseconds: Number(rest) });
}

const BILLION = 1_000_000_000n;
/** Files made together share their second, and writing one costs as much as all the rest of an entry. */
let last = { seconds: 0, text: '1970-01-01T00:00:00' };

function isoTime({ seconds, nanoseconds }: ReturnType<Tree['mtime']>): string {
  if (last.seconds !== seconds) last = { seconds, text: new Date(seconds * 1000).toISOString().slice(0, -5) };
  return `${last.text}.${String(1e9 + nanoseconds).slice(1)}Z`;
}

export function diffOf(lists: DiffLists): Diff {
  const item = ({ path, entry }: { path: string; entry: TreeEntry }) => ({
    path,
    kind: kindOf(entry),
    size: entry.kind === Kind.folder ? 0 : entry.size,
  });
  return {
    added: lists.added.map(item),
    changed: lists.changed.map(item),
    removed: lists.removed.map(item),
    moved: lists.moved.map((moved) => ({ ...item(moved), from: moved.from })),
  };
}

export function restoreItems(steps: readonly Step[]): RestoreItem[] {
  return steps.map((step) => {
    const entry = (step.to ?? step.from)!;
    return {
      path: step.original ?? step.path,
      action: step.action,
      kind: kindOf(entry),
      size: entry.kind === Kind.folder ? 0 : entry.size,
      ...(step.original === undefined ? {} : { as: step.path }),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
    };
  });
}

export function restoreCounts(steps: readonly Step[]): RestoreCounts {
  const counts = { add: 0, replace: 0, delete: 0, attributes: 0, keep: 0, bytes: 0 };
  for (const step of steps) {
    counts[step.action] += 1;
    if ((step.action === 'add' || step.action === 'replace') && step.to?.kind === Kind.file) counts.bytes += step.to.size;
  }
  return counts;
}
