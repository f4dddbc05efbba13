import { comparePaths } from '../base/paths.ts';
import { ID_BYTES } from '../store/ids.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Kind, type Tree, type TreeEntry } from '../store/tree.ts';
import type { DiffLists } from '../instance/diff.ts';
import type { Trees } from '../instance/states.ts';
import type { Step } from '../instance/restorePlan.ts';
import { foldersAbove } from '../instance/scopes.ts';
import type {
  Change,
  ChangedEntry,
  ChangeKind,
  Changes,
  Diff,
  EntryInfo,
  EntryKind,
  RestoreCall,
  RestoreCounts,
  RestoreItem,
  SnapshotDetails,
  SnapshotInfo,
  SnapshotKind,
} from './api.ts';

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
    ...(labels.imported === undefined ? {} : { imported: labels.imported }),
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
  return {
    added: lists.added.map(changedEntry),
    changed: lists.changed.map(changedEntry),
    removed: lists.removed.map(changedEntry),
    moved: lists.moved.map((moved) => ({ ...changedEntry(moved), from: moved.from })),
  };
}

function changedEntry({ path, entry }: { readonly path: string; readonly entry: TreeEntry }): ChangedEntry {
  return { path, kind: kindOf(entry), size: entry.kind === Kind.folder ? 0 : entry.size };
}

/** The first `limit` of them after the path `after`, as one list. */
export function changesOf(lists: DiffLists, limit: number, after: string | undefined): Changes {
  const rest = changeKinds.map((change) => ({
    change,
    list: lists[change],
    next: after === undefined ? 0 : firstAfter(lists[change], after),
  }));
  const changes: Change[] = [];
  for (;;) {
    let first: (typeof rest)[number] | undefined;
    for (const one of rest) {
      const path = one.list[one.next]?.path;
      if (path !== undefined && (first === undefined || comparePaths(path, first.list[first.next]!.path) < 0)) first = one;
    }
    if (first === undefined || changes.length >= limit) break;
    const item: { path: string; from?: string; entry: TreeEntry } = first.list[first.next]!;
    changes.push({ change: first.change, ...changedEntry(item), ...(item.from === undefined ? {} : { from: item.from }) });
    first.next += 1;
  }
  const count = (change: ChangeKind): number => lists[change].length;
  return { counts: { added: count('added'), changed: count('changed'), removed: count('removed'), moved: count('moved') }, changes };
}

const changeKinds = ['added', 'changed', 'removed', 'moved'] as const;

/** Index of the first item behind the path; the list is in the order of a walk. */
function firstAfter(list: readonly { readonly path: string }[], path: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePaths(list[middle]!.path, path) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the contract says of the steps, as many of them as are wanted. */
export function restoreItems(steps: readonly Step[], { limit, about }: NonNullable<RestoreCall['items']> = {}): RestoreItem[] {
  if (limit === undefined || steps.length <= limit) return steps.map(restoreItem);
  const wanted = new Set(about?.flatMap((path) => [path, ...foldersAbove(path)]));
  return steps.filter((step, index) => index < limit || wanted.has(step.path) || wanted.has(step.original ?? step.path)).map(restoreItem);
}

function restoreItem(step: Step): RestoreItem {
  const entry = (step.to ?? step.from)!;
  return {
    path: step.original ?? step.path,
    action: step.action,
    kind: kindOf(entry),
    size: entry.kind === Kind.folder ? 0 : entry.size,
    ...(step.original === undefined ? {} : { as: step.path }),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
  };
}

export function restoreCounts(steps: readonly Step[]): RestoreCounts {
  const none = { add: 0, replace: 0, delete: 0, attributes: 0, keep: 0 };
  const counts = { ...none, folders: { ...none }, bytes: 0 };
  for (const step of steps) {
    counts[step.action] += 1;
    if ((step.to ?? step.from)?.kind === Kind.folder) counts.folders[step.action] += 1;
    if ((step.action === 'add' || step.action === 'replace') && step.to?.kind === Kind.file) counts.bytes += step.to.size;
  }
  return counts;
}
