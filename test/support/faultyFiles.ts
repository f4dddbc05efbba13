/** Stores for tests: in memory, one that counts and breaks operations, and one that loses what was not flushed. */
import type { ReadableStoreFile, StoreFiles, WritableStoreFile } from '../../src/store/files.ts';

/** An error as the system gives it. */
export function systemError(code: string, name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${name}`), { code, path: name });
}

/** Thrown where the process would have died. */
export class Killed extends Error {
  constructor(at: number) {
    super(`killed at operation ${at}`);
    this.name = 'Killed';
  }
}

/** True for an error that comes of `Killed`. */
export function wasKilled(error: unknown): boolean {
  if (error instanceof Killed) return true;
  if (error instanceof SuppressedError) return wasKilled(error.error) || wasKilled(error.suppressed);
  return error instanceof Error && wasKilled(error.cause);
}

/** A store's files in memory. */
export class MemoryFiles implements StoreFiles {
  readonly contents: Map<string, Buffer>;

  constructor(contents: Iterable<readonly [string, Buffer]> = []) {
    this.contents = new Map(contents);
  }

  read(name: string): Buffer | undefined {
    const found = this.contents.get(name);
    return found && Buffer.from(found);
  }

  openRead(name: string): ReadableStoreFile {
    const found = this.contents.get(name);
    if (found === undefined) throw systemError('ENOENT', name);
    return {
      size: found.length,
      read: (target, position) => found.copy(target, 0, position, Math.min(found.length, position + target.length)),
      close: () => undefined,
    };
  }

  list(folder: string): string[] {
    const prefix = folder === '' ? '' : `${folder}/`;
    const names = [...this.contents.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).split('/')[0]!);
    return [...new Set(names)];
  }

  size(name: string): number | undefined {
    return this.contents.get(name)?.length;
  }

  create(name: string): WritableStoreFile {
    if (this.contents.has(name)) throw systemError('EEXIST', name);
    let content = Buffer.alloc(0);
    this.contents.set(name, content);
    return {
      append: (bytes) => {
        const longer = Buffer.concat([content, bytes]);
        if (this.contents.get(name) === content) this.contents.set(name, longer); // else it was removed: nobody sees it grow
        content = longer;
      },
      flush: () => undefined,
      close: () => undefined,
    };
  }

  write(name: string, bytes: Uint8Array): void {
    this.contents.set(name, Buffer.from(bytes));
  }

  remove(name: string): void {
    this.contents.delete(name);
  }

  makeFolder(): void {
    // Folders are nothing but the start of names here.
  }

  removeFolder(folder: string): void {
    for (const name of this.contents.keys()) if (name.startsWith(`${folder}/`)) this.contents.delete(name);
  }

  flushFolder(): void {
    // Nothing is ever lost here.
  }

  readonly place = '';

  elsewhere(): StoreFiles {
    return new MemoryFiles();
  }

  wayTo(): readonly string[] {
    return [];
  }
}

/** One operation about to happen. */
export interface Operation {
  readonly kind: keyof StoreFiles | 'readPart' | 'append' | 'flush';
  readonly name: string;
  /** Bytes it writes. */
  readonly bytes: number;
  /** Does it by half, as a process that dies in the middle of it. */
  readonly tear: () => void;
}

/** Shows every operation to `before`, which may throw instead of letting it happen. */
export class FaultyFiles implements StoreFiles {
  private readonly inner: StoreFiles;
  private readonly before: (operation: Operation) => void;

  constructor(inner: StoreFiles, before: (operation: Operation) => void) {
    this.inner = inner;
    this.before = before;
  }

  private show(kind: Operation['kind'], name: string, bytes = 0, tear: () => void = () => undefined): void {
    this.before({ kind, name, bytes, tear });
  }

  read(name: string): Buffer | undefined {
    this.show('read', name);
    return this.inner.read(name);
  }

  openRead(name: string): ReadableStoreFile {
    this.show('openRead', name);
    const file = this.inner.openRead(name);
    const read = (target: Uint8Array, position: number): number => {
      this.show('readPart', name);
      return file.read(target, position);
    };
    return { size: file.size, read, close: () => file.close() };
  }

  list(folder: string): string[] {
    this.show('list', folder);
    return this.inner.list(folder);
  }

  size(name: string): number | undefined {
    this.show('size', name);
    return this.inner.size(name);
  }

  create(name: string): WritableStoreFile {
    this.show('create', name);
    const file = this.inner.create(name);
    return {
      append: (bytes) => {
        this.show('append', name, bytes.length, () => file.append(bytes.subarray(0, bytes.length >> 1)));
        file.append(bytes);
      },
      flush: () => {
        this.show('flush', name);
        file.flush();
      },
      close: () => file.close(),
    };
  }

  write(name: string, bytes: Uint8Array, durable: boolean): void {
    this.show('write', name, bytes.length, () => {
      const temp = this.inner.create(`${name}.1-${process.hrtime.bigint()}.tmp`);
      temp.append(bytes.subarray(0, bytes.length >> 1));
      temp.close();
    });
    this.inner.write(name, bytes, durable);
  }

  remove(name: string): void {
    this.show('remove', name);
    this.inner.remove(name);
  }

  makeFolder(folder: string): void {
    this.show('makeFolder', folder);
    this.inner.makeFolder(folder);
  }

  removeFolder(folder: string): void {
    this.show('removeFolder', folder);
    this.inner.removeFolder(folder);
  }

  flushFolder(folder: string): void {
    this.show('flushFolder', folder);
    this.inner.flushFolder(folder);
  }

  /** With the same faults. */
  elsewhere(place: string): StoreFiles {
    return new FaultyFiles(this.inner.elsewhere(place), this.before);
  }

  wayTo(other: StoreFiles): readonly string[] {
    return this.inner.wayTo(other);
  }

  get place(): string {
    return this.inner.place;
  }
}

const READS = new Set<Operation['kind']>(['read', 'openRead', 'readPart', 'list', 'size']);

export function isRead({ kind }: Operation): boolean {
  return READS.has(kind);
}

/** Kills at the operation number `at` (from 1), and at every one after it: the dead do nothing. `torn` does that one by half. */
export function killer(at: number, torn: boolean): { readonly before: (operation: Operation) => void; readonly count: () => number } {
  let count = 0;
  return {
    before: (operation) => {
      count += 1;
      if (count === at && torn) operation.tear();
      if (count >= at) throw new Killed(at);
    },
    count: () => count,
  };
}

/** A disk with room for `room` more bytes; what was removed does not come back as room. */
export function fullAfter(room: number): (operation: Operation) => void {
  let left = room;
  return (operation) => {
    if (operation.kind !== 'append' && operation.kind !== 'write') return;
    if (operation.bytes > left) {
      if (operation.kind === 'append') operation.tear();
      left = 0;
      throw systemError('ENOSPC', operation.name);
    }
    left -= operation.bytes;
  };
}

interface Inode {
  content: Buffer;
  flushed: Buffer;
}

/** What a power cut leaves of what was not flushed. */
export type Loss = 'everything' | 'names only' | 'contents only' | ((choices: number) => number);

/** A disk with a cache: entries and contents are safe only once they were flushed. */
export class VolatileFiles extends MemoryFiles {
  private readonly inodes = new Map<string, Inode>();
  private readonly safe = new Map<string, Inode>();

  override create(name: string): WritableStoreFile {
    const file = super.create(name);
    const inode = { content: Buffer.alloc(0), flushed: Buffer.alloc(0) };
    this.inodes.set(name, inode);
    return {
      append: (bytes) => {
        file.append(bytes);
        inode.content = Buffer.concat([inode.content, bytes]);
      },
      flush: () => void (inode.flushed = inode.content),
      close: () => undefined,
    };
  }

  override write(name: string, bytes: Uint8Array, durable = false): void {
    super.write(name, bytes);
    const content = Buffer.from(bytes);
    this.inodes.set(name, { content, flushed: durable ? content : Buffer.alloc(0) });
    if (durable) this.flushFolder(name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '');
  }

  override remove(name: string): void {
    super.remove(name);
    this.inodes.delete(name);
  }

  override removeFolder(folder: string): void {
    super.removeFolder(folder);
    for (const name of this.inodes.keys()) if (name.startsWith(`${folder}/`)) this.inodes.delete(name);
  }

  override flushFolder(folder = ''): void {
    const isIn = (name: string): boolean => (folder === '' || folder === '.' ? !name.includes('/') : name.startsWith(`${folder}/`));
    for (const name of this.safe.keys()) if (isIn(name) && !this.inodes.has(name)) this.safe.delete(name);
    for (const [name, inode] of this.inodes) if (isIn(name)) this.safe.set(name, inode);
  }

  /** What is on the disk after a power cut now. */
  afterCut(loss: Loss): MemoryFiles {
    const pick = (choices: number): number => (typeof loss === 'function' ? loss(choices) : 0);
    const left = new MemoryFiles();
    for (const name of new Set([...this.inodes.keys(), ...this.safe.keys()])) {
      const keepsNew = typeof loss === 'function' ? pick(2) === 1 : loss === 'names only';
      const inode = keepsNew ? this.inodes.get(name) : this.safe.get(name);
      if (inode === undefined) continue;
      const partly = typeof loss === 'function' ? pick(inode.content.length - inode.flushed.length + 1) : 0;
      const keptBytes = loss === 'contents only' ? inode.content.length : inode.flushed.length + partly;
      left.contents.set(name, inode.content.subarray(0, keptBytes));
    }
    return left;
  }
}
