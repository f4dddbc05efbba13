import * as fs from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import { baseName, parentPath } from '../base/paths.ts';
import { lowerBound } from '../base/sorted.ts';
import { ID_BYTES } from '../store/ids.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { absolute } from './diskFolder.ts';
import type { StatTable } from './rows.ts';
import { isDatabaseSize } from './sqlite/guard.ts';
import { hasSidecar } from './sqlite/look.ts';

/** Below this a file is written as quickly. */
const LEAST_BYTES = 64 << 10;

/**
 * The files of a folder that are still as the last look saw them. Where the file system can (APFS, Btrfs, XFS, ReFS), a copy of one
 * shares its blocks until either is written to: it takes no time and no room, however large it is.
 */
export class UnchangedFiles {
  private readonly root: string;
  private readonly table: StatTable;
  private canShare = true;

  constructor(root: string, table: StatTable) {
    this.root = root;
    this.table = table;
  }

  /** Makes the file `to` (absolute) from the one at the path when that has the very content; permissions and times are to be set. */
  share(path: string, entry: TreeEntry, to: string | Buffer): boolean {
    if (!this.canShare || entry.size < LEAST_BYTES) return false;
    const row = this.rowOf(path, entry);
    const from = absolute(this.root, path);
    // What lies beside a database is part of its content.
    if (row === undefined || !this.isStill(row, from) || (isDatabaseSize(entry.size) && hasSidecar(from))) return false;
    try {
      fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE_FORCE);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.canShare = isSystemError(error, 'ENOENT', 'EACCES', 'EPERM');
      return false;
    }
    if (this.isStill(row, from)) return true;
    fs.unlinkSync(to);
    return false;
  }

  private rowOf(path: string, { id }: TreeEntry): number | undefined {
    const folder = this.table.folder(parentPath(path));
    if (folder === undefined) return undefined;
    const name = baseName(path);
    const place = lowerBound(folder.names, name);
    if (folder.names[place] !== name) return undefined;
    const row = folder.start + place;
    const { kind, ids } = this.table.columns;
    const isSame = kind[row] === Kind.file && ids.compare(id, 0, ID_BYTES, row * ID_BYTES, (row + 1) * ID_BYTES) === 0;
    return isSame ? row : undefined;
  }

  private isStill(row: number, full: string | Buffer): boolean {
    const { size, mtimeMs, ctimeMs, inode } = this.table.columns;
    const stat = lookAt(full);
    if (stat === undefined || !stat.isFile()) return false;
    return stat.size === size[row] && stat.mtimeMs === mtimeMs[row] && stat.ctimeMs === ctimeMs[row] && stat.ino === inode[row];
  }
}

/** `undefined` also where something else is above it by now. */
function lookAt(full: string | Buffer): fs.Stats | undefined {
  try {
    return fs.lstatSync(full, { throwIfNoEntry: false });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}
