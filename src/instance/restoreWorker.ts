import * as fs from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import { CancelFlag } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import type { StoreFiles } from '../store/files.ts';
import { ID_BYTES } from '../store/ids.ts';
import { ObjectReader } from '../store/objectReader.ts';
import { StoreIndex, type SharedIndex } from '../store/storeIndex.ts';
import { Flag } from '../store/tree.ts';
import { absolute } from './diskFolder.ts';

export interface WriteSetup {
  readonly index: SharedIndex;
  readonly cancel: SharedArrayBuffer;
  /** Absolute folder that the paths are below. */
  readonly root: string;
}

/** Small files to write anew, in columns, in the order they lie in the store. */
export interface WriteJob {
  readonly paths: readonly string[];
  readonly ids: Uint8Array;
  readonly mode: Uint16Array;
  readonly flags: Uint8Array;
  readonly mtime: BigInt64Array;
}

/** Chunks `from` to `to` of a large file that exists with its full length. */
export interface PartJob {
  readonly path: string;
  readonly list: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly sparse: boolean;
}

export interface WriteResult {
  readonly files: number;
  readonly bytes: number;
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

const ZEROS = Buffer.alloc(512 << 10);
const HOLE = 4096;

/** The part of a restore that runs in every thread: reading objects and writing files. */
export class RestoreWorker {
  private readonly files: StoreFiles;
  private readonly umask = process.umask();
  private root = '';
  private cancel = new CancelFlag();
  private reader: ObjectReader | undefined;

  constructor(files: StoreFiles) {
    this.files = files;
  }

  begin(setup: WriteSetup): void {
    this.root = setup.root;
    this.cancel = new CancelFlag(setup.cancel);
    this.reader = new ObjectReader(this.files, StoreIndex.from(setup.index));
  }

  write(job: WriteJob | PartJob): WriteResult {
    this.cancel.check();
    return 'paths' in job ? this.writeFiles(job) : this.writePart(job);
  }

  end(_: undefined): void {
    this.reader?.close();
    this.reader = undefined;
  }

  private writeFiles(job: WriteJob): WriteResult {
    const ids = Buffer.from(job.ids.buffer, job.ids.byteOffset, job.ids.length);
    const failed: { path: string; reason: string }[] = [];
    let bytes = 0;
    for (const [i, path] of job.paths.entries()) {
      if (i % 32 === 0) this.cancel.check();
      const id = ids.subarray(i * ID_BYTES, (i + 1) * ID_BYTES);
      const isEmpty = id.readDoubleLE(0) === 0;
      const content = isEmpty ? Buffer.alloc(0) : this.reader!.get(id);
      try {
        this.writeFile(path, content, job.mode[i]!, job.mtime[i]!, (job.flags[i]! & Flag.sparse) !== 0);
        bytes += content.length;
      } catch (error) {
        if (!isSystemError(error) || error.code === 'ENOSPC' || error.code === 'EDQUOT') throw error;
        failed.push({ path, reason: `can't be written (${error.code})` });
      }
    }
    return { files: job.paths.length, bytes, failed };
  }

  private writeFile(path: string, content: Buffer, mode: number, mtime: bigint, sparse: boolean): void {
    const fd = fs.openSync(absolute(this.root, path), 'wx', mode | 0o200);
    try {
      if (sparse) {
        fs.ftruncateSync(fd, content.length);
        writeHoley(fd, content, 0);
      } else writeFully(fd, content, 0);
      if ((mode & (this.umask | 0o7000)) !== 0 || (mode & 0o200) === 0) fs.fchmodSync(fd, mode);
      const seconds = Number(mtime) / 1e9;
      fs.futimesSync(fd, seconds, seconds);
    } finally {
      fs.closeSync(fd);
    }
  }

  private writePart(job: PartJob): WriteResult {
    const list = new ChunkList(Buffer.from(job.list.buffer, job.list.byteOffset, job.list.length));
    const fd = fs.openSync(absolute(this.root, job.path), 'r+');
    let at = job.offset;
    try {
      for (let chunk = job.from; chunk < job.to; chunk++) {
        this.cancel.check();
        const content = this.reader!.get(list.id(chunk));
        if (job.sparse) writeHoley(fd, content, at);
        else writeFully(fd, content, at);
        at += content.length;
      }
    } finally {
      fs.closeSync(fd);
    }
    return { files: 0, bytes: at - job.offset, failed: [] };
  }
}

function writeFully(fd: number, content: Buffer, position: number): void {
  let done = 0;
  while (done < content.length) done += fs.writeSync(fd, content, done, content.length - done, position + done);
}

/** Leaves out what is zero: it was a hole, or can be one. */
function writeHoley(fd: number, content: Buffer, position: number): void {
  for (let at = 0; at < content.length; at += HOLE) {
    const end = Math.min(content.length, at + HOLE);
    if (content.compare(ZEROS, 0, end - at, at, end) !== 0) writeFully(fd, content.subarray(at, end), position + at);
  }
}
