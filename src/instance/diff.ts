import { joinPath } from '../base/paths.ts';
import { isNoId, idKey } from '../store/ids.ts';
import { encodeTree, Kind, Tree, type TreeEntry } from '../store/tree.ts';
import type { Trees } from './states.ts';

/** One difference between two folders: `undefined` on the side where there is nothing. */
export interface Difference {
  readonly path: string;
  readonly from: TreeEntry | undefined;
  readonly to: TreeEntry | undefined;
}

export interface Side {
  readonly trees: Trees;
  /** `undefined`: an empty side. */
  readonly folder: Buffer | undefined;
}

/** A folder without anything in it. */
export const EMPTY = new Tree(encodeTree([]));

/**
 * All differences below two folders, parents before children; equal subtrees cost nothing. An entry whose kind differs is
 * told as one that went (with all below it) and one that came. Folders on both sides are told when their own mode or time differs.
 */
export function* differences(from: Side, to: Side, path = ''): Generator<Difference> {
  if (from.folder !== undefined && to.folder !== undefined && from.folder.equals(to.folder)) return;
  const before = from.folder === undefined ? EMPTY : from.trees.tree(from.folder);
  const after = to.folder === undefined ? EMPTY : to.trees.tree(to.folder, before);
  let a = 0;
  let b = 0;
  while (a < before.names.length || b < after.names.length) {
    const x = before.names[a];
    const y = after.names[b];
    if (y === undefined || (x !== undefined && x < y)) {
      yield* oneSided(from.trees, joinPath(path, x!), before.entry(a++), 'from');
    } else if (x === undefined || y < x) {
      yield* oneSided(to.trees, joinPath(path, y), after.entry(b++), 'to');
    } else {
      if (!before.isSame(a, after, b)) yield* both(from.trees, to.trees, joinPath(path, y), before.entry(a), after.entry(b));
      a += 1;
      b += 1;
    }
  }
}

function* both(fromTrees: Trees, toTrees: Trees, path: string, from: TreeEntry, to: TreeEntry): Generator<Difference> {
  if (from.kind !== to.kind) {
    yield* oneSided(fromTrees, path, from, 'from');
    yield* oneSided(toTrees, path, to, 'to');
    return;
  }
  if (!sameContent(from, to) || !sameAttributes(from, to)) {
    if (from.kind !== Kind.folder || !sameAttributes(from, to)) yield { path, from, to };
  }
  if (from.kind === Kind.folder) yield* differences({ trees: fromTrees, folder: from.id }, { trees: toTrees, folder: to.id }, path);
}

function* oneSided(trees: Trees, path: string, entry: TreeEntry, side: 'from' | 'to'): Generator<Difference> {
  yield side === 'from' ? { path, from: entry, to: undefined } : { path, from: undefined, to: entry };
  if (entry.kind !== Kind.folder) return;
  for (const child of trees.walk(entry.id, path)) {
    yield side === 'from' ? { path: child.path, from: child.entry, to: undefined } : { path: child.path, from: undefined, to: child.entry };
  }
}

/** Same bytes (or link target); for folders, the same tree. */
export function sameContent(a: TreeEntry, b: TreeEntry): boolean {
  return a.kind === b.kind && a.size === b.size && a.id.equals(b.id);
}

/** Same permissions and time. A link's own are not compared by mode: few systems let it be set. */
export function sameAttributes(a: TreeEntry, b: TreeEntry): boolean {
  return a.mtime === b.mtime && (a.mode === b.mode || a.kind === Kind.link);
}

export interface DiffLists {
  readonly added: { path: string; entry: TreeEntry }[];
  readonly changed: { path: string; entry: TreeEntry }[];
  readonly removed: { path: string; entry: TreeEntry }[];
  readonly moved: { path: string; from: string; entry: TreeEntry }[];
}

/**
 * What a person calls a difference: content, permissions, kind, presence; a different time alone is none. A file that went and
 * one with the same content that came are one that moved.
 */
export function diffLists(found: Iterable<Difference>): DiffLists {
  const added: { path: string; entry: TreeEntry }[] = [];
  const changed: { path: string; entry: TreeEntry }[] = [];
  const removed: { path: string; entry: TreeEntry }[] = [];
  for (const { path, from, to } of found) {
    if (from === undefined) added.push({ path, entry: to! });
    else if (to === undefined) removed.push({ path, entry: from });
    else if (isChanged(from, to)) changed.push({ path, entry: to });
  }
  return { ...pairMoves(added, removed), changed };
}

function isChanged(from: TreeEntry, to: TreeEntry): boolean {
  return from.kind === Kind.folder ? from.mode !== to.mode : !sameContent(from, to) || (from.mode !== to.mode && from.kind !== Kind.link);
}

/** Whether there is any difference that `diffLists` would tell. */
export function hasChanges(found: Iterable<Difference>): boolean {
  for (const { from, to } of found) if (from === undefined || to === undefined || isChanged(from, to)) return true;
  return false;
}

/** Whether the same files and links are below two folders, whatever their permissions and times. */
export function holdsSame(from: Side, to: Side): boolean {
  for (const one of differences(from, to)) {
    if (one.from === undefined || one.to === undefined) return false;
    if (one.to.kind !== Kind.folder && !sameContent(one.from, one.to)) return false;
  }
  return true;
}

function pairMoves(added: { path: string; entry: TreeEntry }[], removed: { path: string; entry: TreeEntry }[]): Omit<DiffLists, 'changed'> {
  const gone = new Map<string, { path: string; entry: TreeEntry }[]>();
  for (const item of removed) {
    if (item.entry.kind !== Kind.file || isNoId(item.entry.id)) continue;
    const key = idKey(item.entry.id);
    const same = gone.get(key);
    if (same === undefined) gone.set(key, [item]);
    else same.push(item);
  }
  const moved: DiffLists['moved'] = [];
  const paired = new Set<unknown>();
  for (const item of added) {
    const source = item.entry.kind === Kind.file ? gone.get(idKey(item.entry.id))?.shift() : undefined;
    if (source === undefined) continue;
    moved.push({ path: item.path, from: source.path, entry: item.entry });
    paired.add(item).add(source);
  }
  return { added: added.filter((item) => !paired.has(item)), removed: removed.filter((item) => !paired.has(item)), moved };
}
