import * as fs from 'node:fs';
import { isSystemError, SnapstageError } from '../../base/errors.ts';
import { badName, decodeName, joinPath } from '../../base/paths.ts';
import type { ObjectReader } from '../../store/objectReader.ts';
import { STORE_FOLDER } from '../../store/store.ts';
import { Kind } from '../../store/tree.ts';
import { readIgnoreFile } from '../capture.ts';
import { absolute, exactStat, milliseconds } from '../diskFolder.ts';
import { IgnoreRules } from '../ignoreRules.ts';
import { foldersAbove } from '../scopes.ts';
import { readContent, readCurrent, type State } from '../states.ts';

/** A state, as far as applications are looked for in it. No link is followed. */
export interface StateFiles {
  /** What is in a folder, by name. The folder must be one that `list` or `stat` told of. */
  list(folder: string): readonly Listed[];
  /** `undefined` where nothing is, or where the way there leads through a link. */
  stat(path: string): Stat | undefined;
  /** Bytes of a file, or a link's target, up to a length. */
  read(path: string, length: number): Buffer;
  /** True for what snapshots leave out. */
  isLeftOut(path: string, isFolder: boolean): boolean;
}

export interface Listed {
  readonly name: string;
  readonly kind: Kind;
}

export interface Stat {
  readonly kind: Kind;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Files of a snapshot. Reading throws SnapstageError `damaged`. */
export function snapshotFiles({ root, trees }: State, reader: () => ObjectReader): StateFiles {
  // Folders that were told of and not listed yet: from the root down, each would cost as many trees as it is deep.
  const ahead = new Map<string, Buffer>();
  return {
    list(folder) {
      const tree = trees.tree(ahead.get(folder) ?? trees.folder(root, folder)!);
      ahead.delete(folder);
      return tree.names.map((name, row) => {
        const kind = tree.kind(row);
        if (kind === Kind.folder) ahead.set(joinPath(folder, name), tree.id(row));
        return { name, kind };
      });
    },
    stat(path) {
      const entry = trees.entry(root, path);
      return entry && { kind: entry.kind, size: entry.size, modified: Number(entry.mtime / 1_000_000n) };
    },
    read(path, length) {
      return readContent(reader(), trees.entry(root, path)!, 0, length);
    },
    isLeftOut: () => false,
  };
}

/**
 * Files of the folder as they are now: names are listed and little else is touched, so that it takes no longer where much has
 * changed since the last snapshot. Reading throws system errors.
 */
export function currentFiles(folder: string): StateFiles {
  const rules = new IgnoreRules(readIgnoreFile(folder));
  return {
    list: (path) => listed(absolute(folder, path)).filter(({ name }) => path !== '' || name !== STORE_FOLDER),
    stat(path) {
      if (path.split('/').some((name) => badName(name) !== undefined)) return undefined;
      for (const above of foldersAbove(path)) if (exactStat(absolute(folder, above))?.isDirectory() !== true) return undefined;
      const stat = exactStat(absolute(folder, path));
      const kind = stat && kindOf(stat);
      return kind && { kind, size: Number(stat.size), modified: milliseconds(stat.mtimeNs) };
    },
    read: (path, length) =>
      readCurrent(folder, path, exactStat(absolute(folder, path))?.isSymbolicLink() ? Kind.link : Kind.file, 0, length),
    isLeftOut: (path, isFolder) => rules.excludes(path, isFolder),
  };
}

function listed(folder: string | Buffer): Listed[] {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes('\uFFFD'))) return entries.flatMap((entry) => told(entry.name, entry)).sort(byName);
    const raw = fs.readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
    return raw.flatMap((entry) => told(decodeName(entry.name), entry)).sort(byName);
  } catch (error) {
    if (isSystemError(error)) return []; // gone, or closed to us: there is nothing to be found in it
    throw error;
  }
}

function told(name: string, entry: Parameters<typeof kindOf>[0]): Listed[] {
  const kind = kindOf(entry);
  return kind === undefined ? [] : [{ name, kind }];
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): Kind | undefined {
  if (entry.isFile()) return Kind.file;
  if (entry.isDirectory()) return Kind.folder;
  return entry.isSymbolicLink() ? Kind.link : undefined;
}

function byName(a: Listed, b: Listed): number {
  return a.name < b.name ? -1 : 1;
}

/** Why a file could not be read, for a remark; anything but a refusal of the system or damage of the store is thrown. */
export function whyUnreadable(error: unknown): string {
  if (isSystemError(error)) return `can't be read (${error.code})`;
  if (error instanceof SnapstageError && error.code === 'damaged') return 'is damaged in the store: `snapstage verify` says more';
  throw error;
}
