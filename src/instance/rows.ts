import { decodeName, encodeName, parentPath } from '../base/paths.ts';
import { ID_BYTES } from '../store/ids.ts';

/** Columns of entries, as they are kept, sent between threads, and saved. */
export interface RowColumns {
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  readonly mode: Uint16Array;
  readonly size: Float64Array;
  /** Milliseconds, as `fs.Stats` gives them: quick to get, good enough to see a change. */
  readonly mtimeMs: Float64Array;
  /** `NaN`: the entry changed so lately that its times prove nothing; it must be read again. */
  readonly ctimeMs: Float64Array;
  readonly inode: Float64Array;
  /** Nanoseconds: what is recorded. */
  readonly mtime: BigInt64Array;
  readonly group: BigUint64Array;
  readonly ids: Buffer;
}

/** One folder's entries within some columns, in name order. */
export interface FolderRows {
  readonly columns: RowColumns;
  readonly start: number;
  readonly count: number;
  readonly names: readonly string[];
}

/** Rows of a table: their names lie there joined by zero bytes, and are seldom asked for. */
class TableRows implements FolderRows {
  readonly columns: RowColumns;
  readonly start: number;
  readonly count: number;
  readonly nameBytes: Buffer;
  private decoded: readonly string[] | undefined;

  constructor(columns: RowColumns, start: number, count: number, nameBytes: Buffer) {
    this.columns = columns;
    this.start = start;
    this.count = count;
    this.nameBytes = nameBytes;
  }

  get names(): readonly string[] {
    return (this.decoded ??= this.count === 0 ? [] : decodeName(this.nameBytes).split('\0'));
  }
}

export function allocateColumns(count: number): RowColumns {
  return {
    kind: new Uint8Array(count),
    flags: new Uint8Array(count),
    mode: new Uint16Array(count),
    size: new Float64Array(count),
    mtimeMs: new Float64Array(count),
    ctimeMs: new Float64Array(count),
    inode: new Float64Array(count),
    mtime: new BigInt64Array(count),
    group: new BigUint64Array(count),
    ids: Buffer.alloc(count * ID_BYTES),
  };
}

/** Copies rows between columns. */
export function copyRows(from: RowColumns, start: number, count: number, to: RowColumns, at: number): void {
  const end = start + count;
  to.kind.set(from.kind.subarray(start, end), at);
  to.flags.set(from.flags.subarray(start, end), at);
  to.mode.set(from.mode.subarray(start, end), at);
  to.size.set(from.size.subarray(start, end), at);
  to.mtimeMs.set(from.mtimeMs.subarray(start, end), at);
  to.ctimeMs.set(from.ctimeMs.subarray(start, end), at);
  to.inode.set(from.inode.subarray(start, end), at);
  to.mtime.set(from.mtime.subarray(start, end), at);
  to.group.set(from.group.subarray(start, end), at);
  from.ids.copy(to.ids, at * ID_BYTES, start * ID_BYTES, end * ID_BYTES);
}

/** Columns that grow. */
export class RowBuilder {
  columns: RowColumns;
  count = 0;

  constructor(capacity = 256) {
    this.columns = allocateColumns(capacity);
  }

  /** Index of a new, empty row. */
  add(): number {
    if (this.count === this.columns.kind.length) {
      const larger = allocateColumns(this.count * 2);
      copyRows(this.columns, 0, this.count, larger, 0);
      this.columns = larger;
    }
    return this.count++;
  }

  truncate(count: number): void {
    this.columns.ids.fill(0, count * ID_BYTES, this.count * ID_BYTES);
    this.count = count;
  }
}

const MAGIC = 0x54415453; // "STAT"
const HEADER = 64;
const ROW_BYTES = 4 * 8 + 2 * 8 + 2 + 1 + 1 + ID_BYTES;

/**
 * What the last look at the folder found: the stat cache. Saved and shared between threads as one piece of memory:
 * a header (u32 magic, rows, folders, length of paths, length of names; 16 bytes of the snapshot's id), the columns, and the
 * folders' paths, first rows, row counts and names.
 */
export class StatTable {
  readonly memory: SharedArrayBuffer;
  /** The snapshot that the ids come from. */
  readonly snapshot: string;
  readonly rows: number;
  readonly columns: RowColumns;
  private readonly folders = new Map<string, number>();
  private readonly starts: Uint32Array;
  private readonly counts: Uint32Array;
  private readonly nameEnds: Uint32Array;
  private readonly names: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    const [magic, rows, folders, pathBytes, nameBytes] = new Uint32Array(memory, 0, 8) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (magic !== MAGIC) throw new RangeError('not a stat table');
    this.snapshot = Buffer.from(memory, 32, 16).toString('hex');
    this.rows = rows;
    let at = HEADER;
    const next = (bytes: number): number => {
      const start = at;
      at += bytes;
      return start;
    };
    this.columns = {
      size: new Float64Array(memory, next(rows * 8), rows),
      mtimeMs: new Float64Array(memory, next(rows * 8), rows),
      ctimeMs: new Float64Array(memory, next(rows * 8), rows),
      inode: new Float64Array(memory, next(rows * 8), rows),
      mtime: new BigInt64Array(memory, next(rows * 8), rows),
      group: new BigUint64Array(memory, next(rows * 8), rows),
      ids: Buffer.from(memory, next(rows * ID_BYTES), rows * ID_BYTES),
      mode: new Uint16Array(memory, next(rows * 2), rows),
      kind: new Uint8Array(memory, next(rows), rows),
      flags: new Uint8Array(memory, next(rows), rows),
    };
    at += (4 - (at % 4)) % 4;
    this.starts = new Uint32Array(memory, next(folders * 4), folders);
    this.counts = new Uint32Array(memory, next(folders * 4), folders);
    this.nameEnds = new Uint32Array(memory, next(folders * 4), folders);
    const paths = Buffer.from(memory, next(pathBytes), pathBytes);
    this.names = Buffer.from(memory, next(nameBytes), nameBytes);
    if (at !== memory.byteLength) throw new RangeError('a cut-off stat table');
    if (folders > 0)
      decodeName(paths)
        .split('\0')
        .forEach((path, i) => this.folders.set(path, i));
  }

  folder(path: string): FolderRows | undefined {
    const number = this.folders.get(path);
    if (number === undefined) return undefined;
    return new TableRows(this.columns, this.starts[number]!, this.counts[number]!, this.nameBytes(number));
  }

  /** The folders' paths, each before those below it. */
  paths(): Iterable<string> {
    return this.folders.keys();
  }

  /** For every folder, how many rows it and all folders below it have. */
  weights(): Map<string, number> {
    const weights = new Map<string, number>();
    for (const [path, number] of this.folders) weights.set(path, this.counts[number]!);
    // A folder stands before those below it.
    for (const path of [...weights.keys()].toReversed()) {
      const parent = weights.get(parentPath(path));
      if (path !== '' && parent !== undefined) weights.set(parentPath(path), parent + weights.get(path)!);
    }
    return weights;
  }

  /** The folder's names as saved: joined by zero bytes. */
  private nameBytes(number: number): Buffer {
    return this.names.subarray(number === 0 ? 0 : this.nameEnds[number - 1], this.nameEnds[number]);
  }

  /** A table of these folders (path and rows), as of a snapshot. */
  static build(snapshot: string, folders: readonly { readonly path: string; readonly rows: FolderRows }[]): StatTable {
    const rows = folders.reduce((sum, folder) => sum + folder.rows.count, 0);
    const paths = encodeName(folders.map((folder) => folder.path).join('\0'));
    const names = folders.map(({ rows: from }) => (from instanceof TableRows ? from.nameBytes : encodeName(from.names.join('\0'))));
    const nameBytes = names.reduce((sum, bytes) => sum + bytes.length, 0);
    const columnBytes = rows * ROW_BYTES;
    const size = HEADER + columnBytes + ((4 - ((HEADER + columnBytes) % 4)) % 4) + folders.length * 12 + paths.length + nameBytes;
    const memory = new SharedArrayBuffer(size);
    new Uint32Array(memory, 0, 5).set([MAGIC, rows, folders.length, paths.length, nameBytes]);
    Buffer.from(memory, 32, 16).write(snapshot, 'hex');
    const table = new StatTableWriter(memory, rows, folders.length);
    for (const [i, folder] of folders.entries()) table.add(folder.rows, names[i]!.length);
    table.end();
    const tail = Buffer.from(memory, size - nameBytes - paths.length);
    let at = paths.copy(tail);
    for (const bytes of names) at += bytes.copy(tail, at);
    return new StatTable(memory);
  }
}

class StatTableWriter {
  private readonly columns: RowColumns;
  private readonly starts: Uint32Array;
  private readonly counts: Uint32Array;
  private readonly nameEnds: Uint32Array;
  private run: { columns: RowColumns | undefined; start: number; count: number } = { columns: undefined, start: 0, count: 0 };
  private row = 0;
  private folder = 0;
  private names = 0;

  constructor(memory: SharedArrayBuffer, rows: number, folders: number) {
    const f64 = HEADER;
    const ids = f64 + rows * 48;
    const mode = ids + rows * ID_BYTES;
    let after = mode + rows * 4;
    after += (4 - (after % 4)) % 4;
    this.columns = {
      size: new Float64Array(memory, f64, rows),
      mtimeMs: new Float64Array(memory, f64 + rows * 8, rows),
      ctimeMs: new Float64Array(memory, f64 + rows * 16, rows),
      inode: new Float64Array(memory, f64 + rows * 24, rows),
      mtime: new BigInt64Array(memory, f64 + rows * 32, rows),
      group: new BigUint64Array(memory, f64 + rows * 40, rows),
      ids: Buffer.from(memory, ids, rows * ID_BYTES),
      mode: new Uint16Array(memory, mode, rows),
      kind: new Uint8Array(memory, mode + rows * 2, rows),
      flags: new Uint8Array(memory, mode + rows * 3, rows),
    };
    this.starts = new Uint32Array(memory, after, folders);
    this.counts = new Uint32Array(memory, after + folders * 4, folders);
    this.nameEnds = new Uint32Array(memory, after + folders * 8, folders);
  }

  add({ columns, start, count }: FolderRows, nameBytes: number): void {
    this.names += nameBytes;
    this.starts[this.folder] = this.row + this.run.count;
    this.counts[this.folder] = count;
    this.nameEnds[this.folder] = this.names;
    this.folder += 1;
    // Folders that lie one after the other are copied at once: most are as in the table before.
    if (columns === this.run.columns && start === this.run.start + this.run.count) this.run.count += count;
    else {
      this.end();
      this.run = { columns, start, count };
    }
  }

  /** Copies what was added last. */
  end(): void {
    const { columns, start, count } = this.run;
    if (columns !== undefined) copyRows(columns, start, count, this.columns, this.row);
    this.row += count;
    this.run = { columns: undefined, start: 0, count: 0 };
  }
}
