import * as fs from 'node:fs';
import type { CancelFlag } from '../base/work.ts';
import { isSystemError } from '../base/errors.ts';
import { joinPath, parentPath } from '../base/paths.ts';
import { ID_BYTES, isNoId } from '../store/ids.ts';
import type { Note } from '../store/snapshots.ts';
import { STORE_FOLDER } from '../store/store.ts';
import { Kind } from '../store/tree.ts';
import { absolute, exactStat, readNames } from './diskFolder.ts';
import { IGNORED, type IgnoreRules } from './ignoreRules.ts';
import { databaseOf } from './sqlite/sidecar.ts';
import { hasSidecar, isDatabase, lastChanged } from './sqlite/look.ts';
import { copyRows, RowBuilder, type FolderRows, type RowColumns, type StatTable } from './rows.ts';

export interface Totals {
  files: number;
  folders: number;
  links: number;
  bytes: number;
}

export interface ScannedFolder {
  readonly path: string;
  readonly start: number;
  readonly names: readonly string[];
}

/** What a scan found: the folders in which something differs from the stat table (or all, when asked), and sums over all. */
export interface ScanResult {
  readonly columns: RowColumns;
  /** Ids of what stood at a row's path before; zeros for none. */
  readonly previous: Buffer;
  /** Its flags. */
  readonly previousFlags: Uint8Array;
  readonly folders: readonly ScannedFolder[];
  /** Asked for, but no folders (any more). */
  readonly lost: readonly string[];
  readonly totals: Totals;
  readonly excluded: readonly Note[];
  readonly unreadable: readonly Note[];
  readonly evidence: readonly Note[];
  /** Databases with content beside them: somebody may be at work on them, or was when it broke off. */
  readonly live: readonly string[];
}

/** Why something that was seen is not in the snapshot, or empty in it. */
export const VANISHED = 'vanished while the snapshot was taken';

/** Why what lies beside a database is left out. */
const SIDECAR = 'part of the database beside it';
const NONE: ReadonlySet<string> = new Set();

/** Rows changed within this many milliseconds before the scan may change again without a sign in their times. */
export const RACY_MS = 2000;

/** Looks at folders, without reading a file. */
export class Scanner {
  private readonly root: string;
  private readonly table: StatTable | undefined;
  private readonly rules: IgnoreRules;
  private readonly cancel: CancelFlag;
  private readonly racyFrom: number;
  private readonly always: boolean;
  private readonly rootDevice: number;
  private readonly realFolders = new Set<string>();
  private readonly builder = new RowBuilder();
  private readonly folders: ScannedFolder[] = [];
  private readonly previous: { row: number; id: Buffer; flags: number }[] = [];
  private readonly totals: Totals = { files: 0, folders: 0, links: 0, bytes: 0 };
  private readonly excluded: Note[] = [];
  private readonly unreadable: Note[] = [];
  private readonly evidence: Note[] = [];
  private readonly live: string[] = [];

  /** `startMs` is when the operation began; `always` reports unchanged folders too. */
  constructor(options: {
    readonly root: string;
    readonly table: StatTable | undefined;
    readonly rules: IgnoreRules;
    readonly cancel: CancelFlag;
    readonly startMs: number;
    readonly rootDevice: number;
    readonly always: boolean;
  }) {
    this.root = options.root;
    this.table = options.table;
    this.rules = options.rules;
    this.cancel = options.cancel;
    this.racyFrom = options.startMs - RACY_MS;
    this.rootDevice = options.rootDevice;
    this.always = options.always;
  }

  /** Scans the subtrees at `paths`, without the subfolders in `except` (or those that the table knows). */
  scan(paths: readonly string[], except: readonly string[] | 'known'): ScanResult {
    const listed = new Set(except === 'known' ? [] : except);
    const skips = except === 'known' ? (path: string) => this.table?.folder(path) !== undefined : (path: string) => listed.has(path);
    // They are named after the table: by now something else may be there.
    const lost = paths.filter((path) => !this.isRealFolder(path));
    for (const path of paths) if (!lost.includes(path)) this.visit(path, skips);
    const { columns, count } = this.builder;
    const previous = Buffer.alloc(count * ID_BYTES);
    const previousFlags = new Uint8Array(count);
    for (const { row, id, flags } of this.previous) {
      id.copy(previous, row * ID_BYTES);
      previousFlags[row] = flags;
    }
    const { folders, totals, excluded, unreadable, evidence, live } = this;
    return { columns, previous, previousFlags, folders, lost, totals, excluded, unreadable, evidence, live };
  }

  /** True for a folder that no link leads to. */
  private isRealFolder(path: string): boolean {
    if (path === '' || this.realFolders.has(path)) return true;
    if (!this.isRealFolder(parentPath(path))) return false;
    try {
      if (fs.lstatSync(absolute(this.root, path)).isDirectory()) this.realFolders.add(path);
    } catch (error) {
      if (!isSystemError(error)) throw error; // what it is, and why it can't be looked at, the folder above tells
    }
    return this.realFolders.has(path);
  }

  /** True when nothing below the path differs from the table. Children come before their folder in the result. */
  private visit(path: string, skips: (path: string) => boolean): boolean {
    this.cancel.check();
    const known = this.table?.folder(path);
    const found = this.names(path);
    const draft = new FolderDraft(known);
    const names: string[] = [];
    const subfolders: number[] = [];
    const knownNames = known?.names ?? [];
    let at = 0;
    const databases = this.databases(path, found);
    for (const name of found) {
      if (path === '' && name === STORE_FOLDER) continue;
      while (at < knownNames.length && knownNames[at]! < name) at += 1;
      const old = known !== undefined && knownNames[at] === name ? known.start + at : -1;
      const isBeside = databases.size > 0 && databases.has(databaseOf(name) ?? '');
      const row = isBeside
        ? this.exclude(joinPath(path, name), SIDECAR)
        : this.look(joinPath(path, name), old, draft, databases.size > 0 && databases.has(name));
      if (row === undefined) continue;
      names.push(name);
      if (draft.kind(row) === Kind.folder) subfolders.push(row);
    }
    for (const row of subfolders) {
      const below = joinPath(path, names[row]!);
      if (!skips(below) && !this.visit(below, skips)) draft.forgetTree(row);
    }
    const same = draft.isSame(names.length);
    if (!same || this.always) this.report(path, names, draft);
    return same;
  }

  /** Names of the databases in the folder that something lies beside. */
  private databases(path: string, names: readonly string[]): ReadonlySet<string> {
    let bases: Set<string> | undefined;
    for (const name of names) {
      const base = databaseOf(name);
      if (base !== undefined) (bases ??= new Set()).add(base);
    }
    if (bases === undefined) return NONE;
    const isLeftOut = (base: string): boolean => this.rules.excludes(joinPath(path, base), false);
    return new Set(names.filter((name) => bases.has(name) && !isLeftOut(name) && isDatabase(absolute(this.root, joinPath(path, name)))));
  }

  private names(path: string): string[] {
    try {
      return readNames(absolute(this.root, path));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'ENOENT') this.evidence.push({ path, reason: VANISHED });
      else this.unreadable.push({ path, reason: `the folder can't be listed (${error.code})` });
      return [];
    }
  }

  /** Adds a row for the entry; `undefined` when it is left out or gone. */
  private look(path: string, old: number, draft: FolderDraft, isLive: boolean): number | undefined {
    const full = absolute(this.root, path);
    const stat = this.stat(path, full);
    if (stat === undefined) return undefined;
    const kind = kindOf(stat);
    if (kind === undefined) return this.exclude(path, specialKind(stat));
    if (this.rules.excludes(path, kind === Kind.folder)) return this.exclude(path, IGNORED);
    if (isLive) this.addLive(path, full, stat);
    this.count(kind, stat.size);
    if (old >= 0 && draft.isUnchanged(old, stat, kind)) return draft.take(old);
    const row = draft.add(old, kind);
    const columns = draft.columns;
    columns.kind[row] = kind;
    columns.mode[row] = stat.mode & 0o7777;
    columns.size[row] = kind === Kind.folder ? 0 : stat.size;
    columns.mtimeMs[row] = stat.mtimeMs;
    columns.ctimeMs[row] = Math.max(stat.mtimeMs, stat.ctimeMs) >= this.racyFrom ? Number.NaN : stat.ctimeMs;
    columns.inode[row] = stat.ino;
    if (kind === Kind.file && stat.nlink > 1) columns.group[row] = linkGroup(exactStat(full), this.rootDevice);
    if (kind !== Kind.file) columns.mtime[row] = exactStat(full)?.mtimeNs ?? 0n;
    return row;
  }

  /** What lies beside a database is part of its content: it counts when that changed. */
  private addLive(path: string, full: string | Buffer, stat: fs.Stats): void {
    const changedMs = lastChanged(full, stat.ctimeMs);
    if (hasSidecar(full)) this.live.push(path);
    stat.ctimeMs = changedMs;
  }

  private exclude(path: string, reason: string): undefined {
    this.excluded.push({ path, reason });
  }

  /** `undefined` when it is gone, or can't be looked at: a folder may let its names be listed and no more. */
  private stat(path: string, full: string | Buffer): fs.Stats | undefined {
    try {
      return fs.lstatSync(full, { throwIfNoEntry: false });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code !== 'ENOTDIR') this.unreadable.push({ path, reason: `can't be read (${error.code})` });
      return undefined;
    }
  }

  private count(kind: Kind, size: number): void {
    if (kind === Kind.folder) this.totals.folders += 1;
    else if (kind === Kind.link) this.totals.links += 1;
    else {
      this.totals.files += 1;
      this.totals.bytes += size;
    }
  }

  private report(path: string, names: readonly string[], draft: FolderDraft): void {
    const start = this.builder.count;
    const rows = draft.own();
    for (let i = 0; i < rows.count; i++) this.builder.add();
    copyRows(rows.columns, 0, rows.count, this.builder.columns, start);
    for (const { row, id, flags } of draft.before) this.previous.push({ row: start + row, id, flags });
    this.folders.push({ path, start, names });
  }
}

/** A folder being looked at: as long as everything is as the table says, in order, there are no rows to make. */
class FolderDraft {
  readonly before: { row: number; id: Buffer; flags: number }[] = [];
  private readonly known: FolderRows | undefined;
  private rows: RowBuilder | undefined;
  private matched = 0;
  private differs: boolean;

  constructor(known: FolderRows | undefined) {
    this.known = known;
    this.differs = known === undefined;
  }

  get columns(): RowColumns {
    return this.own().columns;
  }

  kind(row: number): number | undefined {
    return this.rows === undefined ? this.known!.columns.kind[this.known!.start + row] : this.rows.columns.kind[row];
  }

  isUnchanged(old: number, stat: fs.Stats, kind: Kind): boolean {
    const was = this.known!.columns;
    return (
      was.mtimeMs[old] === stat.mtimeMs &&
      was.mode[old] === (stat.mode & 0o7777) &&
      was.kind[old] === kind &&
      (kind === Kind.folder || (was.ctimeMs[old] === stat.ctimeMs && was.size[old] === stat.size && was.inode[old] === stat.ino))
    );
  }

  /** Takes a row over from the table. */
  take(old: number): number {
    if (this.rows === undefined && old === this.known!.start + this.matched) return this.matched++;
    const rows = this.own();
    const row = rows.add();
    copyRows(this.known!.columns, old, 1, rows.columns, row);
    return row;
  }

  /** A new row; what stood there before (`old`, -1 for nothing) is remembered. */
  add(old: number, kind: Kind): number {
    this.differs = true;
    const rows = this.own();
    const row = rows.add();
    const was = this.known?.columns;
    if (old < 0 || was?.kind[old] !== kind) return row;
    const id = was.ids.subarray(old * ID_BYTES, (old + 1) * ID_BYTES);
    if (kind === Kind.folder) id.copy(rows.columns.ids, row * ID_BYTES);
    else this.before.push({ row, id, flags: was.flags[old]! });
    return row;
  }

  /** The folder at the row has changed below: its tree is made anew. */
  forgetTree(row: number): void {
    this.differs = true;
    const { ids } = this.columns;
    this.before.push({ row, id: Buffer.from(ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES)), flags: 0 });
    ids.fill(0, row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  isSame(count: number): boolean {
    return !this.differs && count === this.known!.names.length;
  }

  own(): RowBuilder {
    if (this.rows === undefined) {
      this.rows = new RowBuilder(Math.max(8, this.matched + 1));
      for (let i = 0; i < this.matched; i++) this.rows.add();
      if (this.matched > 0) copyRows(this.known!.columns, this.known!.start, this.matched, this.rows.columns, 0);
    }
    return this.rows;
  }
}

/** A file or link whose content must be read: its row was not taken over from the table. */
export function isPending(columns: RowColumns, row: number): boolean {
  const kind = columns.kind[row];
  return kind === Kind.file ? columns.mtime[row] === 0n : kind === Kind.link && isNoId(columns.ids, row * ID_BYTES);
}

function kindOf(stat: fs.Stats | fs.BigIntStats): Kind | undefined {
  if (stat.isFile()) return Kind.file;
  if (stat.isDirectory()) return Kind.folder;
  if (stat.isSymbolicLink()) return Kind.link;
  return undefined;
}

function specialKind(stat: fs.Stats): string {
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * What tells names of one file apart from other files': its inode, exactly (numbers on NTFS go beyond a double's), mixed with
 * the device where that is another. 0 for a file that is gone.
 */
function linkGroup(stat: fs.BigIntStats | undefined, rootDevice: number): bigint {
  if (stat === undefined) return 0n;
  return BigInt.asUintN(64, stat.dev === BigInt(rootDevice) ? stat.ino : stat.ino ^ (stat.dev << 40n));
}
