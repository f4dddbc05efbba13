import * as fs from 'node:fs';
import { SnapstageError } from '../base/errors.ts';
import { baseName, joinPath, parentPath } from '../base/paths.ts';
import { lowerBound } from '../base/sorted.ts';
import { ChunkList } from '../store/chunkList.ts';
import { idKey } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Flag, Kind, Tree, type TreeEntry } from '../store/tree.ts';
import { absolute, fill, READ_FLAGS } from './diskFolder.ts';
import { readImagePart } from './sqlite/image.ts';
import { hasSidecar } from './sqlite/look.ts';

/** What the current state is called among states. */
export const CURRENT = 'current';

/** Anything that can be browsed: its root tree, and where trees and contents come from. */
export interface State {
  /** A snapshot's id, or `CURRENT`. */
  readonly id: string;
  readonly root: Buffer;
  readonly trees: Trees;
  /** ISO 8601; when it was taken. */
  readonly at: string;
}

const CACHED_TREES = 4096;

/** Reads trees, from memory first (those of the current state are in no store). */
export class Trees {
  private readonly reader: () => ObjectReader;
  private readonly memory: ReadonlyMap<string, Buffer>;
  private readonly decoded = new Map<string, Tree>();

  constructor(reader: () => ObjectReader, memory: ReadonlyMap<string, Buffer> = new Map()) {
    this.reader = reader;
    this.memory = memory;
  }

  /** The folder, not kept for later; one of which `like` is another version is decoded faster. @throws SnapstageError `damaged`. */
  tree(id: Buffer, like?: Tree): Tree {
    // Copied, because the tree and its entries keep views of it and the block's cache should be free to go.
    return new Tree(Buffer.from(this.memory.get(idKey(id)) ?? this.reader().get(id)), like);
  }

  /** Entries in name order. @throws SnapstageError `damaged`. */
  get(id: Buffer): readonly TreeEntry[] {
    return this.kept(id).entries();
  }

  private kept(id: Buffer): Tree {
    const key = idKey(id);
    const known = this.decoded.get(key);
    if (known !== undefined) return known;
    const tree = this.tree(id);
    if (this.decoded.size >= CACHED_TREES) this.decoded.clear();
    this.decoded.set(key, tree);
    return tree;
  }

  find(folder: Buffer, name: string): TreeEntry | undefined {
    const tree = this.kept(folder);
    const place = lowerBound(tree.names, name);
    return tree.names[place] === name ? tree.entry(place) : undefined;
  }

  /** The entry at a path below the root; `undefined` when there is none (or the path is the root itself). */
  entry(root: Buffer, path: string): TreeEntry | undefined {
    const folder = this.folder(root, parentPath(path));
    return path === '' || folder === undefined ? undefined : this.find(folder, baseName(path));
  }

  /** Tree id of the folder at a path. */
  folder(root: Buffer, path: string): Buffer | undefined {
    let id = root;
    if (path === '') return id;
    for (const name of path.split('/')) {
      const entry = this.find(id, name);
      if (entry === undefined || entry.kind !== Kind.folder) return undefined;
      id = entry.id;
    }
    return id;
  }

  /** Everything below a folder, parents first. */
  *walk(folder: Buffer, path = ''): Generator<{ path: string; entry: TreeEntry }> {
    for (const entry of this.tree(folder).entries()) {
      const child = joinPath(path, entry.name);
      yield { path: child, entry };
      if (entry.kind === Kind.folder) yield* this.walk(entry.id, child);
    }
  }
}

/** Bytes of a stored file (or a link's target). @throws SnapstageError `damaged`. */
export function readContent(reader: ObjectReader, entry: TreeEntry, offset = 0, length = entry.size - offset): Buffer {
  const end = Math.min(entry.size, offset + length);
  if (entry.size === 0 || end <= offset) return Buffer.alloc(0);
  if ((entry.flags & Flag.chunked) === 0) return Buffer.from(reader.get(entry.id).subarray(offset, end));
  const list = new ChunkList(Buffer.from(reader.get(entry.id)));
  const parts: Buffer[] = [];
  for (let i = 0, at = 0; i < list.count && at < end; at += list.length(i), i++) {
    const next = at + list.length(i);
    if (next <= offset) continue;
    parts.push(Buffer.from(reader.get(list.id(i)).subarray(Math.max(0, offset - at), Math.min(list.length(i), end - at))));
  }
  return Buffer.concat(parts);
}

/** Whether a file or a link is at the path now. @throws SnapstageError `not-found`, or `usage` for anything else. */
export function currentKind(root: string, path: string): Kind {
  const stat = lookAt(root, path);
  if (stat === undefined) throw new SnapstageError('not-found', `There is no “${path}” in current.`, { path, state: 'current' });
  if (stat.isFile()) return Kind.file;
  if (stat.isSymbolicLink()) return Kind.link;
  throw new SnapstageError('usage', `“${path}” is not a file.`, { path });
}

/** What is at a path of the folder now, if every folder above it is a real one; `undefined` for nothing there. */
function lookAt(root: string, path: string): fs.Stats | undefined {
  const above = path === '' ? undefined : lookAt(root, parentPath(path));
  if (path !== '' && !above?.isDirectory()) return undefined;
  return path === '' ? fs.statSync(root, { throwIfNoEntry: false }) : fs.lstatSync(absolute(root, path), { throwIfNoEntry: false });
}

/** Bytes of a file (or a link's target) as it is in the folder now; of a database, what is committed. Follows no link. */
export function readCurrent(root: string, path: string, kind: Kind, offset: number, length: number | undefined): Buffer {
  if (kind === Kind.link) {
    const target = fs.readlinkSync(absolute(root, path), 'buffer');
    return target.subarray(offset, length === undefined ? undefined : offset + length);
  }
  const full = absolute(root, path);
  const image = hasSidecar(full) ? readImagePart(full, offset, length) : undefined;
  if (image !== undefined) return image;
  const fd = fs.openSync(full, READ_FLAGS);
  try {
    const size = fs.fstatSync(fd).size;
    const bytes = Buffer.alloc(Math.max(0, Math.min(size - offset, length ?? Number.POSITIVE_INFINITY)));
    return bytes.subarray(0, fill(fd, bytes, offset));
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * The snapshot that a STATE names: an id, a unique prefix of 4 or more, a name, `latest`, `latest~N`.
 * `snapshots` are newest first. @throws SnapstageError `not-found`, `ambiguous`.
 */
export function findSnapshot(snapshots: readonly StoredSnapshot[], state: string): StoredSnapshot {
  const latest = /^latest(?:~(\d{1,6}))?$/.exec(state);
  if (latest !== null) {
    const found = snapshots[Number(latest[1] ?? 0)];
    if (found !== undefined) return found;
    throw new SnapstageError(
      'not-found',
      snapshots.length === 0 ? 'There is no snapshot yet.' : `There are only ${snapshots.length} snapshots.`,
      { state },
    );
  }
  const named = snapshots.filter((snapshot) => snapshot.labels.name === state);
  if (named.length === 1) return named[0]!;
  const prefixed = /^[0-9a-f]{4,32}$/i.test(state) ? snapshots.filter((snapshot) => snapshot.id.startsWith(state.toLowerCase())) : [];
  const candidates = named.length > 0 ? named : prefixed;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length === 0) throw new SnapstageError('not-found', `There is no snapshot “${state}”.`, { state });
  throw new SnapstageError('ambiguous', `“${state}” fits ${candidates.length} snapshots.`, {
    state,
    candidates: candidates.map((snapshot) => snapshot.id),
  });
}
