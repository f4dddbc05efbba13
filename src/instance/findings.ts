import { baseName, joinPath, parentPath } from '../base/paths.ts';
import { lowerBound } from '../base/sorted.ts';
import { ID_BYTES, idKey, idOf } from '../store/ids.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import type { Note } from '../store/snapshots.ts';
import { encodeRows, Kind } from '../store/tree.ts';
import { hasLinks, LinkNumbers } from './links.ts';
import { allocateColumns, copyRows, StatTable, type FolderRows, type RowColumns } from './rows.ts';
import type { ScannedFolder, ScanResult, Totals } from './scan.ts';

/** A folder in which something differs from the stat table. */
export interface Changed {
  readonly folder: ScannedFolder;
  readonly scan: Pick<ScanResult, 'columns' | 'previous' | 'previousFlags'>;
}

/** One entry of a changed folder. */
export interface ChangedRow {
  readonly changed: Changed;
  readonly row: number;
}

/** What is known of the current state while it is captured: the stat table, and over it the folders that differ. */
export class Findings {
  readonly table: StatTable | undefined;
  readonly changed = new Map<string, Changed>();
  readonly totals: Totals = { files: 0, folders: 0, links: 0, bytes: 0 };
  readonly excluded: Note[] = [];
  readonly unreadable: Note[] = [];
  readonly evidence: Note[] = [];
  /** Databases with content beside them. */
  readonly live = new Set<string>();
  private readonly lost: string[] = [];
  /** Rows of the table asked for, with their names decoded. */
  private readonly looked = new Map<string, FolderRows>();

  constructor(table: StatTable | undefined) {
    this.table = table;
  }

  /** Takes in what a thread found. */
  add(result: ScanResult): void {
    for (const folder of result.folders) this.changed.set(folder.path, { folder, scan: result });
    this.lost.push(...result.lost);
    this.excluded.push(...result.excluded);
    this.unreadable.push(...result.unreadable);
    this.evidence.push(...result.evidence);
    for (const path of result.live) this.live.add(path);
    for (const key of ['files', 'folders', 'links', 'bytes'] as const) this.totals[key] += result.totals[key];
  }

  /** Folders that were gone when they were looked at, but there when the folder above was; each is told once. */
  contradictions(): string[] {
    return this.lost.splice(0).filter((path) => !this.changed.has(path) && this.isThere(path));
  }

  /** Whether every folder on the way, as it was found, has the next one. */
  private isThere(path: string): boolean {
    if (path === '') return true;
    const above = this.isThere(parentPath(path)) ? this.rowsOf(parentPath(path)) : undefined;
    return above !== undefined && hasFolder(above, baseName(path));
  }

  /**
   * Entries of the table that had changed too lately for their times to prove anything, and were read again now and found to be the
   * same, are known by their times from now on. Returns how many.
   */
  confirm(): number {
    let confirmed = 0;
    for (const [path, { scan, folder }] of this.changed) {
      const known = this.tableRows(path);
      if (known === undefined) continue;
      for (const [i, name] of folder.names.entries()) {
        const place = lowerBound(known.names, name);
        if (known.names[place] !== name || !Number.isNaN(known.columns.ctimeMs[known.start + place])) continue;
        if (confirmRow(known.columns, known.start + place, scan.columns, folder.start + i)) confirmed += 1;
      }
    }
    return confirmed;
  }

  /** Forgets subtrees that no folder leads to (gone in between). */
  dropUnreachable(): boolean {
    const isGone = (path: string): boolean => {
      for (let child = path; child !== ''; child = parentPath(child)) {
        const parent = this.changed.get(parentPath(child));
        if (parent !== undefined && !hasFolder(rowsIn(parent), baseName(child))) return true;
      }
      return false;
    };
    const gone = [...this.changed.keys()].filter(isGone);
    for (const path of gone) this.changed.delete(path);
    return gone.length > 0;
  }

  /** Counts the folders above changed ones as changed too: their trees name those below. */
  touchParents(): void {
    for (const path of this.changed.keys()) {
      for (let above = path; above !== '';) {
        above = parentPath(above);
        if (!this.touch(above)) break;
      }
    }
  }

  /** Takes a folder over from the stat table, to be written anew. False when it was there already, or in no table. */
  private touch(path: string): boolean {
    const rows = this.changed.has(path) ? undefined : this.tableRows(path);
    if (rows === undefined) return false;
    const { count } = rows;
    const columns = allocateColumns(count);
    copyRows(rows.columns, rows.start, count, columns, 0);
    const scan = { columns, previous: Buffer.alloc(count * ID_BYTES), previousFlags: new Uint8Array(count) };
    this.changed.set(path, { folder: { path, start: 0, names: rows.names }, scan });
    return true;
  }

  /** Sums over everything that the root leads to. */
  recount(): void {
    const totals = { files: 0, folders: 0, links: 0, bytes: 0 };
    this.walk((_, rows) => {
      for (let i = rows.start; i < rows.start + rows.count; i++) {
        const kind = rows.columns.kind[i];
        if (kind === Kind.folder) totals.folders += 1;
        else if (kind === Kind.link) totals.links += 1;
        else if (kind === Kind.file) {
          totals.files += 1;
          totals.bytes += rows.columns.size[i]!;
        }
      }
    });
    Object.assign(this.totals, totals);
  }

  private rowsOf(path: string): FolderRows | undefined {
    const changed = this.changed.get(path);
    if (changed !== undefined)
      return {
        columns: changed.scan.columns,
        start: changed.folder.start,
        count: changed.folder.names.length,
        names: changed.folder.names,
      };
    return this.tableRows(path);
  }

  private tableRows(path: string): FolderRows | undefined {
    const known = this.looked.get(path);
    if (known !== undefined) return known;
    const rows = this.table?.folder(path);
    if (rows !== undefined) this.looked.set(path, rows);
    return rows;
  }

  private walk(visit: (path: string, rows: FolderRows) => void, path = ''): void {
    const rows = this.rowsOf(path);
    if (rows === undefined) return;
    visit(path, rows);
    for (let i = 0; i < rows.count; i++) {
      if (rows.columns.kind[rows.start + i] === Kind.folder) this.walk(visit, joinPath(path, rows.names[i]!));
    }
  }

  /** Takes an entry out again: it vanished, or can't be read. */
  drop({ changed, row }: ChangedRow): void {
    const { columns } = changed.scan;
    if (columns.kind[row] === Kind.file) {
      this.totals.files -= 1;
      this.totals.bytes -= columns.size[row]!;
    } else if (columns.kind[row] === Kind.link) this.totals.links -= 1;
    columns.kind[row] = 0;
  }

  /**
   * Puts the trees of all changed folders, deepest first, each into the row of the folder above; returns the root's id.
   * `links` are the numbers of files with several names.
   */
  buildTrees(sink: ObjectSink, links: LinkNumbers): Buffer {
    const built = new Map<string, Buffer>();
    for (const path of [...new Set([...this.changed.keys(), ''])].sort().toReversed()) {
      const rows = this.rowsOf(path) ?? { columns: allocateColumns(0), start: 0, count: 0, names: [] };
      for (const [i, name] of rows.names.entries()) {
        const row = rows.start + i;
        if (rows.columns.kind[row] === Kind.folder) built.get(joinPath(path, name))?.copy(rows.columns.ids, row * ID_BYTES);
      }
      const { columns, start, names } = links.applied(withoutDead(rows));
      built.set(path, sink.put(encodeRows(columns, start, names), 'meta', this.previousTree(path)));
    }
    return built.get('')!;
  }

  /**
   * Numbers the files with several names. Folders that nothing else has changed in, but whose files' numbers have changed since
   * the stat table, count as changed too.
   */
  numberLinks(): LinkNumbers {
    const { table } = this;
    const scans = new Set([...this.changed.values()].map(({ scan }) => scan));
    const hadLinks = table !== undefined && hasLinks(table.columns);
    if (!hadLinks && ![...scans].some((scan) => hasLinks(scan.columns))) return new LinkNumbers();
    const links = new LinkNumbers();
    this.walk((path, rows) => links.add(path, rows));
    if (!hadLinks) return links;
    const before = new LinkNumbers();
    for (const path of table.paths()) before.add(path, table.folder(path)!);
    for (const path of table.paths()) if (links.differs(before, table.folder(path)!)) this.touch(path);
    this.touchParents();
    return links;
  }

  private previousTree(path: string): Buffer | undefined {
    const parent = this.tableRows(parentPath(path));
    if (path === '' || parent === undefined) return undefined;
    const at = parent.names.indexOf(baseName(path));
    if (at < 0 || parent.columns.kind[parent.start + at] !== Kind.folder) return undefined;
    const row = parent.start + at;
    return parent.columns.ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  /** The stat table for next time, as of the given snapshot. */
  nextTable(snapshot: string): StatTable {
    const folders: { path: string; rows: FolderRows }[] = [];
    this.walk((path, rows) => folders.push({ path, rows: withoutDead(rows) }));
    return StatTable.build(snapshot, folders);
  }
}

function hasFolder({ columns, start, names }: FolderRows, name: string): boolean {
  const at = lowerBound(names, name);
  return names[at] === name && columns.kind[start + at] === Kind.folder;
}

/** Takes over what tells a change from a row read now, if it says the same. */
function confirmRow(known: RowColumns, at: number, read: RowColumns, row: number): boolean {
  const isSame =
    known.kind[at] === Kind.file &&
    read.kind[row] === Kind.file &&
    !Number.isNaN(read.ctimeMs[row]) &&
    known.size[at] === read.size[row] &&
    known.mode[at] === read.mode[row] &&
    known.flags[at] === read.flags[row] &&
    known.mtime[at] === read.mtime[row] &&
    known.ids.compare(read.ids, row * ID_BYTES, (row + 1) * ID_BYTES, at * ID_BYTES, (at + 1) * ID_BYTES) === 0;
  if (!isSame) return false;
  known.mtimeMs[at] = read.mtimeMs[row]!;
  known.ctimeMs[at] = read.ctimeMs[row]!;
  known.inode[at] = read.inode[row]!;
  return true;
}

function rowsIn({ folder, scan }: Changed): FolderRows {
  return { columns: scan.columns, start: folder.start, count: folder.names.length, names: folder.names };
}

/** Keeps objects in memory instead of a store. */
export function memorySink(objects: Map<string, Buffer>): ObjectSink {
  return {
    put: (content) => {
      const id = idOf(content);
      objects.set(idKey(id), Buffer.from(content));
      return id;
    },
  };
}

function withoutDead(rows: FolderRows): FolderRows {
  const alive: number[] = [];
  for (let i = 0; i < rows.count; i++) if (rows.columns.kind[rows.start + i] !== 0) alive.push(i);
  if (alive.length === rows.count) return rows;
  const columns = allocateColumns(alive.length);
  for (const [to, from] of alive.entries()) copyRows(rows.columns, rows.start + from, 1, columns, to);
  return { columns, start: 0, count: alive.length, names: alive.map((i) => rows.names[i]!) };
}
