import * as fs from 'node:fs';
import { lowerBound } from '../../base/sorted.ts';
import { isSystemError } from '../../base/errors.ts';
import { fill, READ_FLAGS } from '../diskFolder.ts';
import { beside, isOneState, isSameFile, isSameRound, lookAtDatabase, sizeOf, type DatabaseLook } from './look.ts';
import type { Sidecar } from './sidecar.ts';

/** Pages to be taken from beside the database, in columns that go to another thread. */
export interface Patch {
  readonly ending: '-wal' | '-journal';
  readonly pageSize: number;
  /** From 1, ascending. */
  readonly pages: Uint32Array;
  readonly offsets: Float64Array;
}

export function patchOf({ kind, pageSize, pages, offsets }: Sidecar): Patch {
  const numbers = Uint32Array.from(offsets.keys())
    .filter((number) => number <= pages)
    .sort();
  return {
    ending: kind === 'wal' ? '-wal' : '-journal',
    pageSize,
    pages: numbers,
    offsets: Float64Array.from(numbers, (number) => offsets.get(number)!),
  };
}

/** Reads a database with the patched pages in their place. */
export class ImageReader implements Disposable {
  private readonly file: number;
  private readonly sidecar: number;
  private readonly patch: Patch;

  /** @throws the system's error when one of both can't be opened */
  constructor(full: string | Buffer, patch: Patch) {
    this.patch = patch;
    this.file = fs.openSync(full, READ_FLAGS);
    try {
      this.sidecar = fs.openSync(beside(full, patch.ending), READ_FLAGS);
    } catch (error) {
      fs.closeSync(this.file);
      throw error;
    }
  }

  /** Fills the target from whole pages of the image on; beyond the end of the file is what the patch says, else zeros. */
  read(target: Buffer, position: number): number {
    const { pageSize, pages, offsets } = this.patch;
    target.fill(0, fill(this.file, target, position));
    const last = (position + target.length) / pageSize;
    for (let i = lowerBound(pages, position / pageSize + 1); i < pages.length && pages[i]! <= last; i++) {
      const at = (pages[i]! - 1) * pageSize - position;
      if (fs.readSync(this.sidecar, target, at, pageSize, offsets[i]!) < pageSize) return 0;
    }
    return target.length;
  }

  /** Bytes from anywhere in the image; `undefined` when what is beside the database has become shorter. */
  part(offset: number, length: number): Buffer | undefined {
    const { pageSize } = this.patch;
    if (length <= 0) return Buffer.alloc(0);
    const start = Math.floor(offset / pageSize) * pageSize;
    const pages = Buffer.alloc(Math.ceil((offset + length) / pageSize) * pageSize - start);
    return this.read(pages, start) === pages.length ? pages.subarray(offset - start, offset - start + length) : undefined;
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.file);
    fs.closeSync(this.sidecar);
  }
}

/** A database's content, and what its file was like. */
export interface Image {
  readonly content: Buffer;
  readonly look: DatabaseLook;
}

/** Up to this size a live database is read at once, so that it need not be at rest for long. */
export const IN_MEMORY = 16 << 20;
const PATIENCE_MS = 250;

/**
 * One committed state of a database that others may be writing to, without a lock: the file and what is beside it are read until
 * they fit together. `undefined` when they did not in a quarter of a second, or when it is no database (any more).
 */
export function readImage(full: string | Buffer): Image | undefined {
  const end = performance.now() + PATIENCE_MS;
  do {
    const before = lookAtDatabase(full);
    if (before === undefined) return undefined;
    const image = attempt(full, before);
    if (image !== undefined) return image;
  } while (performance.now() < end);
  return undefined;
}

/**
 * Part of a database's committed state; `length` absent: to the end. Of a large one that others write to, parts read one after
 * another need not be of the same state. `undefined` when there is nothing beside it, or it can't be read whole at this moment.
 */
export function readImagePart(full: string | Buffer, offset: number, length = Number.POSITIVE_INFINITY): Buffer | undefined {
  const look = lookAtDatabase(full);
  if (look?.sidecar === undefined) return undefined;
  const size = sizeOf(look);
  if (size <= IN_MEMORY) return readImage(full)?.content.subarray(offset, offset + length);
  using reader = new ImageReader(full, patchOf(look.sidecar));
  return reader.part(offset, Math.min(length, size - offset));
}

function attempt(full: string | Buffer, before: DatabaseLook): Image | undefined {
  try {
    const content = readWhole(full);
    // A file that changed a moment ago shows by being the same twice that nobody is in the middle of changing it.
    const again = before.unseen && before.sidecar === undefined ? readWhole(full) : undefined;
    const after = lookAtDatabase(full);
    if (after === undefined || !isSameRound(before.sidecar, after.sidecar)) return undefined;
    // Whatever was changed in the file by now is beside it by now: this look's sidecar patches all of it.
    if (after.sidecar !== undefined) {
      const image = patched(full, content, after);
      return isSameRound(after.sidecar, lookAtDatabase(full)?.sidecar) ? { content: image, look: after } : undefined;
    }
    if (isOneState(before, after)) return { content, look: after };
    const isCounted = before.counter !== undefined && before.counter === after.counter && isSameFile(before.stat, after.stat);
    return isCounted && again?.equals(content) === true ? { content, look: after } : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined; // the sidecar is gone: its round is over
    throw error;
  }
}

function readWhole(full: string | Buffer): Buffer {
  const fd = fs.openSync(full, READ_FLAGS);
  try {
    return fs.readFileSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function patched(full: string | Buffer, content: Buffer, look: DatabaseLook): Buffer {
  const image = Buffer.alloc(sizeOf(look));
  content.copy(image);
  eachPage(full, look.sidecar!, (page, position) => page.copy(image, position));
  return image;
}

function patchFile(full: string | Buffer, to: string, look: DatabaseLook): void {
  const fd = fs.openSync(to, 'r+');
  try {
    eachPage(full, look.sidecar!, (page, position) => fs.writeSync(fd, page, 0, page.length, position));
    fs.ftruncateSync(fd, sizeOf(look));
  } finally {
    fs.closeSync(fd);
  }
}

function eachPage(full: string | Buffer, sidecar: Sidecar, use: (page: Buffer, position: number) => void): void {
  const { ending, pageSize, pages, offsets } = patchOf(sidecar);
  const page = Buffer.allocUnsafe(pageSize);
  const fd = fs.openSync(beside(full, ending), READ_FLAGS);
  try {
    for (const [i, number] of pages.entries()) {
      fs.readSync(fd, page, 0, pageSize, offsets[i]!);
      use(page, (number - 1) * pageSize);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Writes one committed state of a database into a new file, for one that is too large for memory: to be called while it is locked.
 * Returns what the database was like, or `undefined` when it changed all the same; then there is no new file.
 */
export function copyImage(full: string | Buffer, to: string): DatabaseLook | undefined {
  // Under the lock of a reader that came when all of the log was in the database, the log can begin anew, and only once.
  return copyOnce(full, to) ?? copyOnce(full, to);
}

function copyOnce(full: string | Buffer, to: string): DatabaseLook | undefined {
  const before = lookAtDatabase(full);
  if (before === undefined) return undefined;
  fs.copyFileSync(full, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
  if (before.sidecar !== undefined) patchFile(full, to, before);
  const after = lookAtDatabase(full);
  const isOne =
    after !== undefined &&
    isSameRound(before.sidecar, after.sidecar) &&
    (before.sidecar !== undefined || isSameFile(before.stat, after.stat));
  if (!isOne) fs.unlinkSync(to);
  return isOne ? before : undefined;
}
