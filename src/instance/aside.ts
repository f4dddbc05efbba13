/** What a careful restore takes out of the folder is looked at before it is gone. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { isSystemError, quietly } from '../base/errors.ts';
import { baseName, encodeName, joinPath } from '../base/paths.ts';
import { ChunkList } from '../store/chunkList.ts';
import { idOf, isNoId } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import { Flag, Kind, type TreeEntry } from '../store/tree.ts';
import { absolute, exactStat, fill, READ_FLAGS, readNames } from './diskFolder.ts';
import { besideName } from './names.ts';
import { foldersAbove } from './scopes.ts';
import type { State } from './states.ts';

/**
 * A plan goes by sizes and times, as every quick look does. Where nobody watches that is not enough: what is to be replaced or deleted
 * is read first, and moved aside before it goes. So an edit that came since the automatic snapshot goes back to its place, even one
 * that kept size and time, or came in the last moment.
 */
export class Aside implements Disposable {
  private readonly root: string;
  private readonly folder: string;
  private readonly reader: () => ObjectReader;
  private readonly check: () => void;

  /** `folder`: below `root`, relative to it, on the same file system. `check` is called while large files are read, and may throw. */
  constructor(root: string, folder: string, reader: () => ObjectReader, check: () => void) {
    this.root = root;
    this.folder = folder;
    this.reader = reader;
    this.check = check;
  }

  /**
   * Takes a file or link away from its path, if it has the content that the entry says (none given: whatever it has): true then, and
   * for nothing there. Otherwise it is at its path again. What comes to the path meanwhile is left there.
   */
  take(path: string, entry: TreeEntry | undefined): boolean {
    const place = absolute(this.root, path);
    const before = exactStat(place);
    if (before === undefined) return true;
    if (entry !== undefined && !this.isContent(place, entry)) return false;
    const name = joinPath(this.folder, asideName(path));
    const aside = absolute(this.root, name);
    fs.mkdirSync(absolute(this.root, this.folder), { recursive: true });
    fs.renameSync(place, aside);
    const after = exactStat(aside);
    if (after !== undefined && isSameFile(before, after)) {
      fs.unlinkSync(aside);
      return true;
    }
    this.giveBack(name, path);
    return false;
  }

  /**
   * Gives back what a killed process left here: to the path where it was, in one of the states, or beside it when that is taken.
   * Returns the paths. What was at none of them stays where it is.
   */
  giveAllBack(states: readonly State[]): string[] {
    const left = new Set(exactStat(absolute(this.root, this.folder)) === undefined ? [] : readNames(absolute(this.root, this.folder)));
    const given: string[] = [];
    for (const { trees, root } of left.size === 0 ? [] : states) {
      for (const { path } of trees.walk(root)) {
        if (!left.delete(asideName(path))) continue;
        given.push(this.giveBack(joinPath(this.folder, asideName(path)), path));
      }
    }
    return given;
  }

  /** Leaves nothing of its own behind. */
  [Symbol.dispose](): void {
    quietly(() => fs.rmdirSync(absolute(this.root, this.folder)));
  }

  private giveBack(name: string, path: string): string {
    const folder = realFolderAbove(this.root, path);
    let place = joinPath(folder, baseName(path));
    for (let number = 1; !moveNew(this.root, name, place); number++) place = joinPath(folder, besideName(baseName(path), 'before', number));
    return place;
  }

  private isContent(place: string | Buffer, entry: TreeEntry): boolean {
    if (entry.kind === Kind.link) return idOf(fs.readlinkSync(place, 'buffer')).equals(entry.id);
    const fd = fs.openSync(place, READ_FLAGS);
    try {
      const size = fs.fstatSync(fd).size;
      return size === entry.size && (size === 0 || this.isFileContent(fd, entry));
    } finally {
      fs.closeSync(fd);
    }
  }

  private isFileContent(fd: number, { id, flags, size }: TreeEntry): boolean {
    if (isNoId(id)) return false;
    if ((flags & Flag.chunked) === 0) return isPart(fd, 0, size, id);
    const list = new ChunkList(Buffer.from(this.reader().get(id)));
    let at = 0;
    for (let i = 0; i < list.count; at += list.length(i), i++) {
      this.check();
      if (!isPart(fd, at, list.length(i), list.id(i))) return false;
    }
    return true;
  }
}

/** Moves a file or link below `root` to a path where nothing is. Returns false, and moves nothing, when something is there. */
export function moveNew(root: string, from: string, to: string): boolean {
  const [source, place] = [absolute(root, from), absolute(root, to)];
  try {
    // A second name of a link is one of what it leads to, on some systems.
    if (exactStat(source)?.isSymbolicLink() === true) fs.symlinkSync(fs.readlinkSync(source, 'buffer'), place);
    else fs.linkSync(source, place);
    fs.unlinkSync(source);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    if (!isSystemError(error) || isSystemError(error, 'ENOENT', 'ENOTDIR', 'ENOSPC', 'EDQUOT')) throw error;
  }
  // Some file systems have no second names, and no other way to move a file only to where nothing is.
  if (exactStat(place) !== undefined) return false;
  fs.renameSync(source, place);
  return true;
}

/** The innermost folder above a path, below `root`, that is a real one. */
function realFolderAbove(root: string, path: string): string {
  const real = foldersAbove(path);
  const lost = real.findIndex((folder) => exactStat(absolute(root, folder))?.isDirectory() !== true);
  return (lost < 0 ? real.at(-1) : real[lost - 1]) ?? '';
}

/** Any path has one that every system takes. */
function asideName(path: string): string {
  return createHash('sha256').update(encodeName(path)).digest('hex');
}

function isPart(fd: number, at: number, length: number, id: Buffer): boolean {
  const bytes = Buffer.allocUnsafe(length);
  return fill(fd, bytes, at) === length && idOf(bytes).equals(id);
}

/** Moving a file changes none of these. */
function isSameFile(a: fs.BigIntStats, b: fs.BigIntStats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}
