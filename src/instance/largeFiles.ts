import * as fs from 'node:fs';
import type { Crew } from '../base/crew.ts';
import { isSystemError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import { WHOLE_FILE } from '../store/chunker.ts';
import { ID_BYTES, isNoId, NO_ID } from '../store/ids.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import type { ObjectSink } from '../store/objectWriter.ts';
import { Flag } from '../store/tree.ts';
import {
  databaseChunk,
  isSparse,
  Outcome,
  outcomeOf,
  SEGMENT_BYTES,
  type ChunkJob,
  type ChunkResult,
  type ReadJob,
  type ReadResult,
} from './contentReader.ts';
import { mayChangeUnseen, waitTick } from './clockTick.ts';
import { absolute, exactStat, milliseconds, READ_FLAGS } from './diskFolder.ts';
import type { ChangedRow, Findings } from './findings.ts';
import { VANISHED } from './scan.ts';
import { HEADER_BYTES } from './sqlite/header.ts';
import { copyImage, IN_MEMORY, patchOf, readImage, type Patch } from './sqlite/image.ts';
import { whileLocked } from './sqlite/lock.ts';
import { isOneState, isSameFile, lastChanged, lookAtDatabase, sizeOf } from './sqlite/look.ts';
import type { ContentJob, ContentResult, TakeWorker } from './takeWorker.ts';

const ATTEMPTS = 3;

export interface LargeFile extends ChangedRow {
  readonly path: string;
}

interface OpenLarge extends LargeFile {
  readonly stat: fs.BigIntStats;
  readonly jobs: readonly ChunkJob[];
  /** A committed state of a live database, where it was small enough to be read at once. */
  readonly image?: Buffer;
  /** Whether all that was read by now belongs to one state. */
  readonly isOne: () => boolean;
}

/**
 * Reads large files in parts, so that all threads work on one; what changed meanwhile is read again. Databases that others write to
 * are read here too, of whatever size: as one committed state.
 */
export class LargeFiles {
  private readonly root: string;
  private readonly findings: Findings;
  private readonly sink: ObjectSink;
  private readonly contents: ObjectSink;
  private readonly reader: ObjectReader;
  private readonly newCopy: () => string;
  private readonly work: Work;
  private readonly racyFrom: number;
  /** Paths that are no files any more: their folders are to be looked at again. */
  readonly turned: string[] = [];
  private readonly copies = new Set<string>();

  /**
   * `sink` takes the chunk lists, `contents` what is read here; `newCopy` names a new file of the store, by its path in the folder;
   * a file changed since `racyFrom` (ms) is not trusted next time.
   */
  constructor(options: {
    root: string;
    findings: Findings;
    sink: ObjectSink;
    contents: ObjectSink;
    reader: ObjectReader;
    newCopy: () => string;
    work: Work;
    racyFrom: number;
  }) {
    this.root = options.root;
    this.findings = options.findings;
    this.sink = options.sink;
    this.contents = options.contents;
    this.reader = options.reader;
    this.newCopy = options.newCopy;
    this.work = options.work;
    this.racyFrom = options.racyFrom;
  }

  /** Large files in parts, first, so that none is the last one running; then `others`. */
  async read(
    crew: Crew<TakeWorker>,
    files: readonly LargeFile[],
    others: readonly ReadJob[],
    other: (result: ReadResult, job: number) => void,
  ): Promise<void> {
    try {
      await this.readAll(crew, files, others, other);
    } finally {
      for (const copy of this.copies) fs.rmSync(`${this.root}/${copy}`, { force: true });
      this.copies.clear();
    }
  }

  private async readAll(
    crew: Crew<TakeWorker>,
    files: readonly LargeFile[],
    others: readonly ReadJob[],
    other: (result: ReadResult, job: number) => void,
  ): Promise<void> {
    let pending = await this.openAll(files, 1);
    let rest = others;
    for (let attempt = 1; pending.length > 0 || rest.length > 0; attempt++) {
      const parts = pending.flatMap((file, number) => file.jobs.map((job, part) => ({ job, number, part })));
      const results = pending.map((file) => Array.from<ChunkResult>({ length: file.jobs.length }));
      const jobs: ContentJob[] = [...parts.map((part) => part.job), ...rest];
      await crew.share('read', jobs, (result: ContentResult, job) => {
        const part = parts[job];
        if (part === undefined) {
          const read = result as ReadResult;
          return other({ ...read, ids: asBuffer(read.ids) }, job - parts.length);
        }
        results[part.number]![part.part] = result as ChunkResult;
        this.work.advance(0, part.job.to - part.job.from);
      });
      rest = [];
      const again = pending.filter((file, number) => !this.close(file, results[number]!, attempt));
      pending = await this.openAll(again, attempt + 1);
    }
  }

  private async openAll(files: readonly LargeFile[], attempt: number): Promise<OpenLarge[]> {
    const opened: OpenLarge[] = [];
    for (const { path, changed, row } of files) {
      const file = await this.open({ path, changed, row }, attempt);
      if (file !== undefined) opened.push(file);
    }
    return opened;
  }

  private async open(file: LargeFile, attempt: number): Promise<OpenLarge | undefined> {
    const full = absolute(this.root, file.path);
    try {
      const fd = fs.openSync(full, READ_FLAGS);
      const head = Buffer.alloc(HEADER_BYTES);
      let stat: fs.BigIntStats;
      let unseen: boolean;
      try {
        fs.readSync(fd, head, 0, head.length, 0);
        for (let look = 1; ; look++) {
          const startedMs = Date.now();
          stat = fs.fstatSync(fd, { bigint: true });
          unseen = mayChangeUnseen(milliseconds(stat.ctimeNs), startedMs);
          if (!unseen || look === 2) break;
          waitTick();
        }
      } finally {
        fs.closeSync(fd);
      }
      if (!stat.isFile()) return this.give(file, Outcome.turned);
      const fixed = databaseChunk(head);
      if (fixed > 0) return await this.openDatabase(file, full, fixed, attempt);
      const isOne = (): boolean => !unseen && isSameFile(stat, exactStat(full));
      return { ...file, stat, jobs: chunkJobs(file, file.path, Number(stat.size), 0), isOne };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return this.give(file, outcomeOf(error.code!), `can't be read (${error.code})`);
    }
  }

  private async openDatabase(file: LargeFile, full: string | Buffer, fixed: number, attempt: number): Promise<OpenLarge | undefined> {
    const look = lookAtDatabase(full);
    if (look === undefined) return this.give(file, Outcome.turned);
    const { stat, sidecar } = look;
    const size = sizeOf(look);
    const isLive = sidecar !== undefined || look.unseen || attempt > 1;
    if (size < WHOLE_FILE || (isLive && size <= IN_MEMORY)) {
      const image = readImage(full) ?? (await whileLocked(full, () => readImage(full)));
      if (image !== undefined) return { ...file, stat: image.look.stat, image: image.content, jobs: [], isOne: () => true };
    } else if (attempt === ATTEMPTS) {
      const copy = this.newCopy();
      this.copies.add(copy);
      const copied = await whileLocked(full, () => copyImage(full, `${this.root}/${copy}`));
      if (copied !== undefined) {
        return { ...file, stat: copied.stat, jobs: chunkJobs(file, copy, sizeOf(copied), fixed), isOne: () => true };
      }
    }
    const isOne = (): boolean => {
      const now = lookAtDatabase(full);
      return now !== undefined && isOneState(look, now);
    };
    const jobs = chunkJobs(file, file.path, size, fixed, sidecar === undefined ? undefined : patchOf(sidecar));
    return { ...file, stat, jobs, isOne };
  }

  /** Gives a file up, with what is known of why. */
  private give(file: LargeFile, outcome: Outcome, reason = ''): undefined {
    const { path } = file;
    if (outcome === Outcome.turned) this.turned.push(path);
    else if (outcome === Outcome.gone) this.findings.evidence.push({ path, reason: VANISHED });
    else this.findings.unreadable.push({ path, reason });
    this.findings.drop(file);
  }

  /** Puts the parts together. Returns `false` when the file changed meanwhile and should be tried again. */
  private close(file: OpenLarge, parts: readonly ChunkResult[], attempt: number): boolean {
    const stable = file.isOne();
    const complete = parts.every((part) => part.rows !== undefined);
    if ((!stable || !complete) && attempt < ATTEMPTS) return false;
    if (!complete) {
      const reason = parts.find((part) => part.reason !== undefined)?.reason ?? 'became shorter while it was being read';
      this.give(file, Outcome.unreadable, reason);
      return true;
    }
    if (!stable) this.findings.evidence.push({ path: file.path, reason: 'changed while it was being read' });
    if (file.image !== undefined) this.keepImage(file, file.image);
    else this.keepList(file, Buffer.concat(parts.map((part) => Buffer.from(part.rows!))));
    this.keepStat(file, stable);
    this.work.advance(1, 0);
    return true;
  }

  private keepImage(file: OpenLarge, image: Buffer): void {
    if (image.length >= WHOLE_FILE) return this.keepList(file, this.chunksOf(file, image));
    const { columns } = file.changed.scan;
    const id = image.length === 0 ? NO_ID : this.contents.put(image, 'data', previousId(file, 0));
    id.copy(columns.ids, file.row * ID_BYTES);
    this.keepSize(file, image.length, 0);
  }

  private chunksOf(file: OpenLarge, image: Buffer): Buffer {
    const fixed = databaseChunk(image);
    const previous = previousId(file, Flag.chunked);
    const before = previous === undefined ? undefined : new ChunkList(Buffer.from(this.reader.get(previous)));
    const rows: Buffer[] = [];
    for (let at = 0, number = 0; at < image.length; at += fixed, number++) {
      const chunk = image.subarray(at, at + fixed);
      const base = before !== undefined && number < before.count ? before.id(number) : undefined;
      rows.push(ChunkList.row(this.contents.put(chunk, 'data', base), chunk.length));
    }
    return Buffer.concat(rows);
  }

  private keepList(file: OpenLarge, list: Buffer): void {
    this.sink.put(list, 'meta', previousId(file, Flag.chunked)).copy(file.changed.scan.columns.ids, file.row * ID_BYTES);
    this.keepSize(file, list.length === 0 ? 0 : sumLengths(list), Flag.chunked | (isSparse(file.stat) ? Flag.sparse : 0));
  }

  private keepSize({ changed, row }: OpenLarge, size: number, flags: number): void {
    const { columns } = changed.scan;
    this.findings.totals.bytes += size - columns.size[row]!;
    columns.size[row] = size;
    columns.flags[row] = flags;
  }

  private keepStat({ path, changed, row, stat }: OpenLarge, stable: boolean): void {
    const { columns } = changed.scan;
    const changedMs = lastChanged(absolute(this.root, path), milliseconds(stat.ctimeNs));
    const racy = !stable || Math.max(milliseconds(stat.mtimeNs), changedMs) >= this.racyFrom;
    columns.mtime[row] = stat.mtimeNs;
    columns.mtimeMs[row] = milliseconds(stat.mtimeNs);
    columns.ctimeMs[row] = racy ? Number.NaN : changedMs;
    columns.inode[row] = Number(stat.ino);
    columns.mode[row] = Number(stat.mode) & 0o7777;
  }
}

/** A buffer from another thread arrives as a plain array of bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Parts of a file whose content lies at `path`: its own, or that of a copy. */
function chunkJobs(file: LargeFile, path: string, size: number, fixed: number, patch?: Patch): ChunkJob[] {
  const previous = previousId(file, Flag.chunked);
  const jobs: ChunkJob[] = [];
  for (let from = 0; from < size; from += SEGMENT_BYTES)
    jobs.push({ path, from, to: Math.min(size, from + SEGMENT_BYTES), size, fixed, previous, ...(patch === undefined ? {} : { patch }) });
  return jobs;
}

/** Id of the version before, if it was a chunk list (`Flag.chunked`), or if it was none (0). */
function previousId(file: LargeFile, chunked: number): Buffer | undefined {
  const { previous, previousFlags } = file.changed.scan;
  const id = previous.subarray(file.row * ID_BYTES, (file.row + 1) * ID_BYTES);
  return (previousFlags[file.row]! & Flag.chunked) === chunked && !isNoId(id) ? Buffer.from(id) : undefined;
}

function sumLengths(list: Buffer): number {
  let sum = 0;
  for (let at = ID_BYTES; at < list.length; at += ID_BYTES + 4) sum += list.readUInt32LE(at);
  return sum;
}
