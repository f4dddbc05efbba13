import * as fs from 'node:fs';
import type { Crew } from '../base/crew.ts';
import { isSystemError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { ID_BYTES } from '../store/ids.ts';
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
import type { ContentJob, ContentResult, TakeWorker } from './takeWorker.ts';

const ATTEMPTS = 3;

export interface LargeFile extends ChangedRow {
  readonly path: string;
}

interface OpenLarge extends LargeFile {
  readonly stat: fs.BigIntStats;
  /** It may have changed since the stat without a sign. */
  readonly unseen: boolean;
  readonly jobs: readonly ChunkJob[];
}

/** Reads large files in parts, so that all threads work on one; what changed meanwhile is read again. */
export class LargeFiles {
  private readonly root: string;
  private readonly findings: Findings;
  private readonly sink: ObjectSink;
  private readonly work: Work;
  private readonly racyFrom: number;
  /** Paths that are no files any more: their folders are to be looked at again. */
  readonly turned: string[] = [];

  /** `sink` takes the chunk lists; a file changed since `racyFrom` (ms) is not trusted next time. */
  constructor(options: { root: string; findings: Findings; sink: ObjectSink; work: Work; racyFrom: number }) {
    this.root = options.root;
    this.findings = options.findings;
    this.sink = options.sink;
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
    let pending = files.map((file) => this.open(file)).filter((file) => file !== undefined);
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
      pending = pending.flatMap((file, number) => this.close(file, results[number]!, attempt));
    }
  }

  private open(file: LargeFile): OpenLarge | undefined {
    try {
      const fd = fs.openSync(absolute(this.root, file.path), READ_FLAGS);
      const head = Buffer.alloc(100);
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
      return { ...file, stat, unseen, jobs: chunkJobs(file.path, Number(stat.size), databaseChunk(head), previousList(file)) };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return this.give(file, outcomeOf(error.code!), `can't be read (${error.code})`);
    }
  }

  /** Gives a file up, with what is known of why. */
  private give(file: LargeFile, outcome: Outcome, reason = ''): undefined {
    const { path } = file;
    if (outcome === Outcome.turned) this.turned.push(path);
    else if (outcome === Outcome.gone) this.findings.evidence.push({ path, reason: VANISHED });
    else this.findings.unreadable.push({ path, reason });
    this.findings.drop(file);
  }

  /** Puts the parts together; gives the file back when it changed meanwhile and should be tried again. */
  private close(file: OpenLarge, parts: readonly ChunkResult[], attempt: number): OpenLarge[] {
    const { columns, previous, previousFlags } = file.changed.scan;
    const after = exactStat(absolute(this.root, file.path));
    const stable =
      after !== undefined &&
      !file.unseen &&
      after.mtimeNs === file.stat.mtimeNs &&
      after.ctimeNs === file.stat.ctimeNs &&
      after.size === file.stat.size;
    const complete = parts.every((part) => part.rows !== undefined);
    if ((!stable || !complete) && attempt < ATTEMPTS) {
      const next = this.open(file);
      return next === undefined ? [] : [next];
    }
    if (!complete) {
      const reason = parts.find((part) => part.reason !== undefined)?.reason ?? 'became shorter while it was being read';
      this.give(file, Outcome.unreadable, reason);
      return [];
    }
    if (!stable) this.findings.evidence.push({ path: file.path, reason: 'changed while it was being read' });
    const { row } = file;
    const list = Buffer.concat(parts.map((part) => Buffer.from(part.rows!)));
    const hasList = (previousFlags[row]! & Flag.chunked) !== 0;
    const base = hasList ? previous.subarray(row * ID_BYTES, (row + 1) * ID_BYTES) : undefined;
    this.sink.put(list, 'meta', base).copy(columns.ids, row * ID_BYTES);
    const size = list.length === 0 ? 0 : sumLengths(list);
    this.findings.totals.bytes += size - columns.size[row]!;
    columns.size[row] = size;
    columns.flags[row] = Flag.chunked | (isSparse(file.stat) ? Flag.sparse : 0);
    columns.mtime[row] = file.stat.mtimeNs;
    columns.mtimeMs[row] = milliseconds(file.stat.mtimeNs);
    const racy = !stable || Math.max(milliseconds(file.stat.mtimeNs), milliseconds(file.stat.ctimeNs)) >= this.racyFrom;
    columns.ctimeMs[row] = racy ? Number.NaN : milliseconds(file.stat.ctimeNs);
    columns.inode[row] = Number(file.stat.ino);
    columns.mode[row] = Number(file.stat.mode) & 0o7777;
    this.work.advance(1, 0);
    return [];
  }
}

/** A buffer from another thread arrives as a plain array of bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function chunkJobs(path: string, size: number, fixed: number, previous: Buffer | undefined): ChunkJob[] {
  const jobs: ChunkJob[] = [];
  for (let from = 0; from < size; from += SEGMENT_BYTES)
    jobs.push({ path, from, to: Math.min(size, from + SEGMENT_BYTES), size, fixed, previous });
  return jobs;
}

/** The chunk list of the version before, if it had one. */
function previousList(file: LargeFile): Buffer | undefined {
  const { previous, previousFlags } = file.changed.scan;
  const isList = (previousFlags[file.row]! & Flag.chunked) !== 0;
  return isList ? Buffer.from(previous.subarray(file.row * ID_BYTES, (file.row + 1) * ID_BYTES)) : undefined;
}

function sumLengths(list: Buffer): number {
  let sum = 0;
  for (let at = ID_BYTES; at < list.length; at += ID_BYTES + 4) sum += list.readUInt32LE(at);
  return sum;
}
