import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError } from '../base/errors.ts';
import type { ReadableStoreFile, StoreFiles, WritableStoreFile } from './files.ts';

/** A store in a folder of the local disk. */
export class DiskFiles implements StoreFiles {
  private readonly root: string;
  private temps = 0;

  constructor(root: string) {
    this.root = root;
  }

  read(name: string): Buffer | undefined {
    return unlessMissing(() => fs.readFileSync(this.at(name)));
  }

  openRead(name: string): ReadableStoreFile {
    return new DiskReader(fs.openSync(this.at(name), 'r'));
  }

  list(folder: string): string[] {
    return unlessMissing(() => fs.readdirSync(this.at(folder))) ?? [];
  }

  size(name: string): number | undefined {
    return fs.statSync(this.at(name), { throwIfNoEntry: false })?.size;
  }

  create(name: string): WritableStoreFile {
    return new DiskWriter(this.createFile(name));
  }

  write(name: string, bytes: Uint8Array, durable: boolean): void {
    const { temp, fd } = this.createTemp(name);
    try {
      try {
        writeAll(fd, bytes);
        if (durable) fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
      fs.renameSync(temp, this.at(name));
    } catch (error) {
      fs.rmSync(temp, { force: true });
      throw error;
    }
    if (durable) this.flushFolder(path.posix.dirname(name));
  }

  /** A file that nobody else has: other threads, and processes of other containers, may have the same number. */
  private createTemp(name: string): { temp: string; fd: number } {
    for (;;) {
      const temp = `${name}.${process.pid}-${this.temps++}.tmp`;
      try {
        return { temp: this.at(temp), fd: this.createFile(temp) };
      } catch (error) {
        if (!isSystemError(error, 'EEXIST')) throw error;
      }
    }
  }

  private createFile(name: string): number {
    const at = this.at(name);
    try {
      return fs.openSync(at, 'wx', 0o600);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
      fs.mkdirSync(path.dirname(at), { mode: 0o700 });
      flushEntries(path.dirname(path.dirname(at)));
      return fs.openSync(at, 'wx', 0o600);
    }
  }

  remove(name: string): void {
    unlessMissing(() => fs.unlinkSync(this.at(name)));
  }

  makeFolder(folder: string): void {
    fs.mkdirSync(this.at(folder), { recursive: true, mode: 0o700 });
  }

  removeFolder(folder: string): void {
    fs.rmSync(this.at(folder), { recursive: true, force: true, maxRetries: 3 });
  }

  flushFolder(folder: string): void {
    flushEntries(this.at(folder));
    if (folder === '' || folder === '.') flushEntries(path.dirname(path.resolve(this.root))); // the store is an entry itself
  }

  elsewhere(place: string): StoreFiles {
    return new DiskFiles(path.resolve(this.place, place));
  }

  wayTo(other: StoreFiles): readonly string[] {
    return [path.relative(this.place, other.place), other.place];
  }

  get place(): string {
    return unlessMissing(() => fs.realpathSync.native(this.root)) ?? path.resolve(this.root);
  }

  private at(name: string): string {
    return name === '' || name === '.' ? this.root : `${this.root}/${name}`;
  }
}

class DiskReader implements ReadableStoreFile {
  readonly size: number;
  private readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
    this.size = fs.fstatSync(fd).size;
  }

  read(target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.length) {
      const got = fs.readSync(this.fd, target, done, target.length - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

class DiskWriter implements WritableStoreFile {
  private readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  append(bytes: Uint8Array): void {
    writeAll(this.fd, bytes);
  }

  flush(): void {
    fs.fsyncSync(this.fd);
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

/** Makes the entries of a folder (absolute path) survive a power cut. */
export function flushEntries(folder: string): void {
  if (process.platform === 'win32') return; // a folder can't be opened there, and NTFS journals its entries
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    if (!canNotFlush(error)) throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/** True for how a system says that it does not flush such a thing: some network file systems only flush files. */
export function canNotFlush(error: unknown): boolean {
  return isSystemError(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP');
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done);
}

function unlessMissing<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
