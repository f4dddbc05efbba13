/**
 * The file system of the SQLite inside WebAssembly (https://www.sqlite.org/vfs.html): databases are page sources, which nobody can write
 * to, and all else are temporary files for what is too large to be sorted in memory.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Sqlite3Result, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { quietly } from '../../base/errors.ts';
import type { PageSource } from './pageSource.ts';

export const VFS = 'snapstage';

interface SandboxFile extends Disposable {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  write?(bytes: Uint8Array, offset: number): void;
  truncate?(size: number): void;
}

/** What databases are called inside, and why one could not be read. */
export class SandboxFiles {
  private readonly sources = new Map<string, PageSource>();
  private readonly opened = new Map<number, SandboxFile>();
  private named = 0;
  private failure: unknown;

  /** Gives the source a name that SQLite can open. */
  add(source: PageSource): string {
    this.named += 1;
    const name = `source-${this.named}`;
    this.sources.set(name, source);
    return name;
  }

  remove(name: string): void {
    this.sources.delete(name);
  }

  /** What a source or the disk threw since the last call. */
  takeFailure(): unknown {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  install({ capi, wasm, vfs }: Sqlite3Static): void {
    const methods = new capi.sqlite3_io_methods();
    const system = new capi.sqlite3_vfs();
    system.$iVersion = 1;
    system.$szOsFile = new capi.sqlite3_file().structInfo.sizeof;
    system.$mxPathname = 512;
    // Those of 64 bits come as bigints.
    const int64 = (value: number | bigint): number => Number(value);
    const heap = (at: number, length: number): Uint8Array => wasm.heap8u().subarray(at, at + length);
    // The package types what it should call numbers.
    const number = (value: number): Sqlite3Result => value as Sqlite3Result;
    const guarded = (failed: number, run: () => number): Sqlite3Result => {
      try {
        return number(run());
      } catch (error) {
        this.failure ??= error;
        return number(failed);
      }
    };
    const file = (pointer: number): SandboxFile => this.opened.get(pointer)!;
    vfs.installVfs({
      io: {
        struct: methods,
        methods: {
          xClose: (pointer) => guarded(capi.SQLITE_IOERR_CLOSE, () => this.close(pointer)),
          xRead: (pointer, at, length, offset) =>
            guarded(capi.SQLITE_IOERR_READ, () => {
              const bytes = file(pointer).read(int64(offset), length);
              const target = heap(at, length);
              target.set(bytes);
              if (bytes.length === length) return 0;
              target.fill(0, bytes.length);
              return capi.SQLITE_IOERR_SHORT_READ;
            }),
          xWrite: (pointer, at, length, offset) =>
            guarded(capi.SQLITE_IOERR_WRITE, () => {
              const target = file(pointer);
              if (target.write === undefined) return capi.SQLITE_READONLY;
              target.write(heap(at, length), int64(offset));
              return 0;
            }),
          xTruncate: (pointer, size) =>
            guarded(capi.SQLITE_IOERR_TRUNCATE, () => {
              const target = file(pointer);
              if (target.truncate === undefined) return capi.SQLITE_READONLY;
              target.truncate(int64(size));
              return 0;
            }),
          xSync: () => 0,
          xFileSize: (pointer, out) => {
            wasm.poke64(out, BigInt(file(pointer).size));
            return 0;
          },
          xLock: () => 0,
          xUnlock: () => 0,
          xCheckReservedLock: (_, out) => {
            wasm.poke32(out, 0);
            return 0;
          },
          xFileControl: () => capi.SQLITE_NOTFOUND,
          xSectorSize: () => number(4096),
          xDeviceCharacteristics: (pointer) => number(file(pointer).write === undefined ? capi.SQLITE_IOCAP_IMMUTABLE : 0),
        },
      },
      vfs: {
        struct: system,
        name: VFS,
        methods: {
          xOpen: (_, name, pointer, flags, out) =>
            guarded(capi.SQLITE_CANTOPEN, () => {
              const opened = this.open(name === 0 ? null : wasm.cstrToJs(name));
              if (opened === undefined) return capi.SQLITE_CANTOPEN;
              this.opened.set(pointer, opened);
              const struct = new capi.sqlite3_file(pointer);
              struct.$pMethods = methods.pointer;
              struct.dispose();
              if (out !== 0) wasm.poke32(out, flags);
              return 0;
            }),
          xDelete: () => 0,
          xAccess: (_, _name, _flags, out) => {
            wasm.poke32(out, 0);
            return 0;
          },
          xFullPathname: (_, name, length, out) => (wasm.cstrncpy(out, name, length) < length ? 0 : capi.SQLITE_CANTOPEN),
          // What a view or a generated column makes of them is the same every time.
          xCurrentTime: (_, out) => {
            wasm.poke64f(out, 2_440_587.5);
            return 0;
          },
          xRandomness: (_, length, out) => {
            heap(out, length).fill(0);
            return number(length);
          },
          xSleep: () => 0,
          xGetLastError: () => 0,
        },
      },
    });
  }

  private open(name: string | null): SandboxFile | undefined {
    if (name === null) return new TemporaryFile();
    const source = this.sources.get(name);
    // Whoever added the source frees it.
    return source && { size: source.size, read: source.read.bind(source), [Symbol.dispose]: () => undefined };
  }

  private close(pointer: number): number {
    this.opened.get(pointer)?.[Symbol.dispose]();
    this.opened.delete(pointer);
    return 0;
  }
}

/** A file without a name: on systems that allow it nothing is left even of a process that was killed. */
class TemporaryFile implements SandboxFile {
  private readonly folder = fs.mkdtempSync(path.join(tmpdir(), 'snapstage-'));
  private readonly fd = fs.openSync(path.join(this.folder, 'sort'), 'wx+', 0o600);
  private buffer = Buffer.alloc(0);

  constructor() {
    this.removeFolder();
  }

  get size(): number {
    return fs.fstatSync(this.fd).size;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.buffer.length < length) this.buffer = Buffer.alloc(length);
    return this.buffer.subarray(0, fs.readSync(this.fd, this.buffer, 0, length, offset));
  }

  write(bytes: Uint8Array, offset: number): void {
    let done = 0;
    while (done < bytes.length) done += fs.writeSync(this.fd, bytes, done, bytes.length - done, offset + done);
  }

  truncate(size: number): void {
    fs.ftruncateSync(this.fd, size);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.fd);
    this.removeFolder();
  }

  private removeFolder(): void {
    quietly(() => fs.rmSync(this.folder, { recursive: true, force: true }));
  }
}
