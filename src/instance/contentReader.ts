import * as fs from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import type { CancelFlag } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import { CHUNKS, Chunker, WHOLE_FILE } from '../store/chunker.ts';
import { ID_BYTES, idKey, idOf, NO_ID } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { ObjectWriter } from '../store/objectWriter.ts';
import { Flag, Kind } from '../store/tree.ts';
import { mayChangeUnseen, waitTick } from './clockTick.ts';
import { absolute, fill, milliseconds, READ_FLAGS } from './diskFolder.ts';
import { pageSizeOf } from './sqlite/header.ts';
import { ImageReader, type Patch } from './sqlite/image.ts';
import { hasSidecar } from './sqlite/look.ts';

/** How reading one entry ended. */
export const Outcome = { good: 0, gone: 1, turned: 2, unreadable: 3, changing: 4, large: 5, database: 6 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Small files and links to read, in columns. */
export interface ReadJob {
  readonly paths: readonly string[];
  readonly kind: Uint8Array;
  readonly size: Float64Array;
  readonly mtimeMs: Float64Array;
  readonly ctimeMs: Float64Array;
  readonly previous: Buffer;
}

export interface ReadResult {
  readonly outcome: Uint8Array;
  readonly ids: Buffer;
  readonly flags: Uint8Array;
  readonly size: Float64Array;
  readonly mtimeMs: Float64Array;
  readonly ctimeMs: Float64Array;
  readonly inode: Float64Array;
  readonly mtime: BigInt64Array;
  readonly mode: Uint16Array;
  /** Why, for `unreadable`. */
  readonly reasons: Readonly<Record<number, string>>;
  readonly bytes: number;
}

/** Part of a large file. */
export interface ChunkJob {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
  /** Fixed chunk length for a database, 0: cut by content. */
  readonly fixed: number;
  /** Chunk list of the version before. */
  readonly previous: Buffer | undefined;
  /** What of a database lies beside it. */
  readonly patch?: Patch;
}

export interface ChunkResult {
  /** Rows of a chunk list; `undefined` when the file ended early or could not be read. */
  readonly rows: Buffer | undefined;
  readonly reason?: string;
}

const ATTEMPTS = 3;
/** Where a large file is split, so that all threads work on it. */
export const SEGMENT_BYTES = 64 << 20;
const SQLITE_RUN = 16 << 10;

/** Where content goes; a dry sink only tells ids. */
export type ContentSink = Pick<ObjectWriter, 'put' | 'room' | 'keep'>;

/** Reads content and hands it to the store's writer. One per thread. */
export class ContentReader {
  private readonly root: string;
  private readonly sink: ContentSink;
  private readonly reader: ObjectReader;
  private readonly cancel: CancelFlag;
  private chunker: Chunker | undefined;

  constructor(root: string, sink: ContentSink, reader: ObjectReader, cancel: CancelFlag) {
    this.root = root;
    this.sink = sink;
    this.reader = reader;
    this.cancel = cancel;
  }

  read(job: ReadJob): ReadResult {
    const count = job.paths.length;
    const result = {
      outcome: new Uint8Array(count),
      ids: Buffer.alloc(count * ID_BYTES),
      flags: new Uint8Array(count),
      size: Float64Array.from(job.size),
      mtimeMs: Float64Array.from(job.mtimeMs),
      ctimeMs: Float64Array.from(job.ctimeMs),
      inode: new Float64Array(count),
      mtime: new BigInt64Array(count),
      mode: new Uint16Array(count),
      reasons: {} as Record<number, string>,
      bytes: 0,
    };
    for (let i = 0; i < count; i++) {
      if (i % 32 === 0) this.cancel.check();
      try {
        result.outcome[i] = job.kind[i] === Kind.link ? this.readLink(job, i, result) : this.readFile(job, i, result);
      } catch (error) {
        if (!isSystemError(error)) throw error;
        result.outcome[i] = outcomeOf(error.code!);
        result.reasons[i] = `can't be read (${error.code})`;
      }
    }
    return result;
  }

  private readLink(job: ReadJob, i: number, result: ReadResult): Outcome {
    const target = fs.readlinkSync(absolute(this.root, job.paths[i]!), 'buffer');
    this.sink.put(target, 'data').copy(result.ids, i * ID_BYTES);
    const stat = fs.lstatSync(absolute(this.root, job.paths[i]!), { bigint: true });
    result.size[i] = target.length;
    result.mtime[i] = stat.mtimeNs;
    result.inode[i] = Number(stat.ino);
    result.mode[i] = Number(stat.mode) & 0o7777;
    return Outcome.good;
  }

  private readFile(job: ReadJob, i: number, result: ReadResult & { bytes: number }): Outcome {
    const path = absolute(this.root, job.paths[i]!);
    const base = job.previous.subarray(i * ID_BYTES, (i + 1) * ID_BYTES);
    let expected = { size: job.size[i]!, mtimeMs: job.mtimeMs[i]!, ctimeMs: job.ctimeMs[i]! };
    for (let attempt = 1; ; attempt++) {
      const startedMs = Date.now();
      const fd = fs.openSync(path, READ_FLAGS);
      let length: number;
      let room: Buffer;
      let isDatabase: boolean;
      let stat: fs.BigIntStats;
      try {
        room = this.sink.room(Math.min(expected.size, WHOLE_FILE) + 1);
        length = fill(fd, room, 0);
        isDatabase = pageSizeOf(room.subarray(0, length)) !== undefined;
        // Before the look at the file: what was beside it while it was read, and is gone now, has changed it since.
        if (isDatabase && hasSidecar(path)) return Outcome.database;
        stat = fs.fstatSync(fd, { bigint: true });
      } finally {
        fs.closeSync(fd);
      }
      if (!stat.isFile()) return Outcome.turned;
      const size = Number(stat.size);
      if (size >= WHOLE_FILE) return Outcome.large;
      const found = { size, mtimeMs: milliseconds(stat.mtimeNs), ctimeMs: milliseconds(stat.ctimeNs) };
      const unseen = mayChangeUnseen(found.ctimeMs, startedMs);
      const sameTimes = found.mtimeMs === expected.mtimeMs && (found.ctimeMs === expected.ctimeMs || Number.isNaN(expected.ctimeMs));
      const stable = length === size && sameTimes && !unseen;
      if (!stable && isDatabase) return Outcome.database;
      if (!stable && attempt < ATTEMPTS) {
        if (unseen) waitTick();
        expected = found;
        continue;
      }
      const id = length === 0 ? NO_ID : this.sink.keep(Math.min(length, room.length), base.readDoubleLE(0) === 0 ? undefined : base);
      id.copy(result.ids, i * ID_BYTES);
      result.size[i] = length;
      result.mtimeMs[i] = found.mtimeMs;
      result.ctimeMs[i] = stable && !Number.isNaN(job.ctimeMs[i]!) && attempt === 1 ? found.ctimeMs : Number.NaN;
      result.inode[i] = Number(stat.ino);
      result.mtime[i] = stat.mtimeNs;
      result.mode[i] = Number(stat.mode) & 0o7777;
      result.flags[i] = isSparse(stat) ? Flag.sparse : 0;
      result.bytes += length;
      return stable ? Outcome.good : Outcome.changing;
    }
  }

  /** Chunks of one part of a large file. */
  chunk(job: ChunkJob): ChunkResult {
    try {
      using file = openContent(absolute(this.root, job.path), job.patch);
      const rows = job.fixed > 0 ? this.fixedChunks(file, job) : this.contentChunks(file, job);
      return { rows };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { rows: undefined, reason: `can't be read (${error.code})` };
    }
  }

  private fixedChunks(file: Content, job: ChunkJob): Buffer | undefined {
    const before = this.previousChunks(job);
    const rows: Buffer[] = [];
    const window = this.theChunker().window;
    for (let at = job.from; at < job.to; at += window.length) {
      this.cancel.check();
      const length = Math.min(window.length, job.to - at);
      if (file.read(window.subarray(0, length), at) !== length) return undefined;
      for (let o = 0; o < length; o += job.fixed) {
        const chunk = window.subarray(o, Math.min(o + job.fixed, length));
        const number = (at + o) / job.fixed;
        const base = before !== undefined && number < before.count ? before.id(number) : undefined;
        rows.push(ChunkList.row(this.sink.put(chunk, 'data', base), chunk.length));
      }
    }
    return Buffer.concat(rows);
  }

  private contentChunks(file: Content, job: ChunkJob): Buffer | undefined {
    const chunker = this.theChunker();
    const window = chunker.window;
    const start = job.from === 0 ? 0 : job.from + this.boundary(file, job.from, job.size);
    const stop = job.to === job.size ? job.size : job.to + this.boundary(file, job.to, job.size);
    const lookup = new BaseLookup(this.previousChunks(job), start);
    const rows: Buffer[] = [];
    let have = 0;
    let at = start;
    do {
      this.cancel.check();
      const want = Math.min(window.length - have, stop - at);
      if (want > 0 && file.read(window.subarray(have, have + want), at) !== want) return undefined;
      at += want;
      have += want;
      let o = 0;
      // A cut may lie anywhere in the longest chunk: until the end is there, that much must be in sight.
      const limit = at >= stop ? have : have - CHUNKS.max + 1;
      while (o < limit) {
        const end = chunker.cut(o, have);
        const chunk = window.subarray(o, end);
        rows.push(ChunkList.row(lookup.put(chunk, this.sink), chunk.length));
        o = end;
      }
      window.copy(window, 0, o, have);
      have -= o;
    } while (at < stop || have > 0);
    return Buffer.concat(rows);
  }

  /** Distance from a multiple of the segment length to the first cut after it: both neighbours find the same. */
  private boundary(file: Content, at: number, size: number): number {
    const chunker = this.theChunker();
    const length = file.read(chunker.window.subarray(0, Math.min(CHUNKS.max, size - at)), at);
    return chunker.firstCut(length);
  }

  private previousChunks(job: ChunkJob): ChunkList | undefined {
    if (job.previous === undefined) return undefined;
    return new ChunkList(Buffer.from(this.reader.get(Buffer.from(job.previous))));
  }

  private theChunker(): Chunker {
    return (this.chunker ??= new Chunker());
  }
}

/** Finds, for a changed chunk, the old one that stood at the same place between unchanged neighbours. */
class BaseLookup {
  private readonly list: ChunkList | undefined;
  private readonly places = new Map<string, number>();
  private readonly ends: number[] = [];
  private next = 0;
  private offset = 0;

  constructor(list: ChunkList | undefined, start: number) {
    this.list = list;
    if (list === undefined) return;
    let end = 0;
    for (let i = 0; i < list.count; i++) {
      this.places.set(idKey(list.bytes, i * (ID_BYTES + 4)), i);
      end += list.length(i);
      this.ends.push(end);
      if (end <= start) this.next = i + 1;
    }
    this.offset = start;
  }

  put(chunk: Buffer, sink: ContentSink): Buffer {
    if (this.list === undefined) return sink.put(chunk, 'data');
    const place = this.places.get(idKey(idOf(chunk)));
    if (place !== undefined) {
      this.next = place + 1;
      this.offset = this.ends[place]!;
      return sink.put(chunk, 'data');
    }
    const base = this.next < this.list.count ? this.list.id(this.next) : undefined;
    this.offset += chunk.length;
    while (this.next < this.list.count && this.ends[this.next]! <= this.offset) this.next += 1;
    return sink.put(chunk, 'data', base);
  }
}

interface Content extends Disposable {
  /** Fills the target from a position on; returns how much of it could be. */
  read(target: Buffer, position: number): number;
}

function openContent(full: string | Buffer, patch: Patch | undefined): Content {
  if (patch !== undefined) return new ImageReader(full, patch);
  const fd = fs.openSync(full, READ_FLAGS);
  return { read: (target, position) => fill(fd, target, position), [Symbol.dispose]: () => fs.closeSync(fd) };
}

/** What a system error of opening or reading a file says of it. */
export function outcomeOf(code: string): Outcome {
  if (code === 'ENOENT' || code === 'ENOTDIR') return Outcome.gone;
  if (code === 'ELOOP' || code === 'ENXIO' || code === 'EISDIR' || code === 'EINVAL') return Outcome.turned;
  return Outcome.unreadable;
}

export function isSparse(stat: fs.BigIntStats): boolean {
  return stat.blocks !== undefined && stat.blocks * 512n < stat.size && process.platform !== 'win32';
}

/** Chunk length for a file that starts like a SQLite database: whole pages; 0 for others. */
export function databaseChunk(head: Buffer): number {
  const page = pageSizeOf(head);
  return page === undefined ? 0 : Math.max(SQLITE_RUN, page);
}
