import type { Host } from '../base/host.ts';
import { CancelFlag } from '../base/work.ts';
import { Claims } from '../store/claims.ts';
import type { StoreFiles } from '../store/files.ts';
import { idOf } from '../store/ids.ts';
import { ObjectReader } from '../store/objectReader.ts';
import { ObjectWriter } from '../store/objectWriter.ts';
import { StoreIndex, type SharedIndex } from '../store/storeIndex.ts';
import { ContentReader, type ChunkJob, type ChunkResult, type ContentSink, type ReadJob, type ReadResult } from './contentReader.ts';
import { IgnoreRules } from './ignoreRules.ts';
import { StatTable } from './rows.ts';
import { Scanner, type ScanResult } from './scan.ts';

export interface TakeSetup {
  readonly root: string;
  readonly rootDevice: number;
  readonly table: SharedArrayBuffer | undefined;
  readonly ignoreText: string | undefined;
  readonly alwaysTaken: readonly string[];
  readonly cancel: SharedArrayBuffer;
  readonly startMs: number;
}

export interface ReadSetup {
  readonly index: SharedIndex;
  /** Absent: nothing is written, content is only given its id. */
  readonly claims: SharedArrayBuffer | undefined;
  /** zstd's level. */
  readonly level: number;
}

export interface ScanJob {
  readonly paths: readonly string[];
  /** Report unchanged folders too. */
  readonly always: boolean;
  /** Subfolders not to go into: none, those in a list (others scan them), those that the stat table knows. */
  readonly except: readonly string[] | 'known';
}

export type ContentJob = ReadJob | ChunkJob;
export type ContentResult = ReadResult | ChunkResult;

export interface FinishedPacks {
  readonly packs: readonly { readonly pack: string; readonly segment: Buffer }[];
  readonly storedBytes: number;
}

/** The part of taking a snapshot that runs in every thread: looking, reading, storing. */
export class TakeWorker {
  private readonly files: StoreFiles;
  private readonly host: Host;
  private setup: TakeSetup | undefined;
  private table: StatTable | undefined;
  private content: ContentReader | undefined;
  private writer: ObjectWriter | undefined;
  private reader: ObjectReader | undefined;

  constructor(files: StoreFiles, host: Host) {
    this.files = files;
    this.host = host;
  }

  begin(setup: TakeSetup): void {
    this.end(undefined);
    this.setup = setup;
    this.table = setup.table && new StatTable(setup.table);
  }

  scan(job: ScanJob): ScanResult {
    const { root, rootDevice, ignoreText, alwaysTaken, cancel, startMs } = this.setup!;
    const scanner = new Scanner({
      root,
      rootDevice,
      table: this.table,
      rules: new IgnoreRules(ignoreText, alwaysTaken),
      cancel: new CancelFlag(cancel),
      startMs,
      always: job.always,
    });
    return scanner.scan(job.paths, job.except);
  }

  beginRead(setup: ReadSetup): void {
    const index = StoreIndex.from(setup.index);
    this.reader = new ObjectReader(this.files, index);
    let sink: ContentSink = new DrySink();
    if (setup.claims !== undefined) {
      const claims = new Claims(setup.claims);
      const newName = (): string => this.host.randomHex(16);
      this.writer = new ObjectWriter({ files: this.files, index, claims, reader: this.reader, newName, level: setup.level });
      sink = this.writer;
    }
    this.content = new ContentReader(this.setup!.root, sink, this.reader, new CancelFlag(this.setup!.cancel));
  }

  read(job: ContentJob): ContentResult {
    // A buffer from another thread arrives as a plain array of bytes.
    const previous = job.previous && Buffer.from(job.previous.buffer, job.previous.byteOffset, job.previous.length);
    return 'paths' in job ? this.content!.read({ ...job, previous: previous! }) : this.content!.chunk({ ...job, previous });
  }

  /** Ends what was written. It can be abandoned still. */
  finish(_: undefined): FinishedPacks {
    return { packs: this.writer?.finish() ?? [], storedBytes: this.writer?.storedBytes ?? 0 };
  }

  abandon(_: undefined): void {
    this.writer?.abandon();
    this.end(undefined);
  }

  end(_: undefined): void {
    this.reader?.close();
    this.reader = undefined;
    this.writer = undefined;
    this.content = undefined;
    this.table = undefined;
  }
}

/** Tells ids without storing anything. */
class DrySink implements ContentSink {
  private bytes = Buffer.alloc(0);

  put(content: Buffer): Buffer {
    return idOf(content);
  }

  room(size: number): Buffer {
    if (this.bytes.length < size) this.bytes = Buffer.allocUnsafeSlow(Math.max(size, 1 << 20));
    return this.bytes.subarray(0, size);
  }

  keep(length: number): Buffer {
    return idOf(this.bytes.subarray(0, length));
  }
}
