import * as fs from 'node:fs';
import { SnapstageError } from '../../base/errors.ts';
import { ChunkList } from '../../store/chunkList.ts';
import type { ObjectReader } from '../../store/objectReader.ts';
import { Flag, Kind, type TreeEntry } from '../../store/tree.ts';
import { absolute, fill, READ_FLAGS } from '../diskFolder.ts';
import { ImageReader, IN_MEMORY, patchOf, readImage } from '../sqlite/image.ts';
import { lookAtDatabase, sizeOf, type DatabaseLook } from '../sqlite/look.ts';
import type { Sidecar } from '../sqlite/sidecar.ts';
import { currentKind } from '../states.ts';

/** The bytes of a file, read piece by piece. */
export interface PageSource extends Disposable {
  readonly size: number;
  /** As many bytes as there are, at most `length`. They are good until the next call. */
  read(offset: number, length: number): Uint8Array;
}

/** A file that is not there: SQLite reads it as a database without tables. */
export const NO_PAGES: PageSource = { size: 0, read: () => new Uint8Array(), [Symbol.dispose]: () => undefined };

const CACHED_BYTES = 4 << 20;

/** A stored file: its chunks are found by offset and decoded when they are asked for. */
export class StoredPages implements PageSource {
  readonly size: number;
  private readonly reader: ObjectReader;
  private readonly ids: readonly Buffer[] | ChunkList;
  /** Where each chunk ends. */
  private readonly ends: Float64Array;
  private readonly cache = new Map<number, Buffer>();
  private cached = 0;

  /** @throws SnapstageError `damaged`. */
  constructor(reader: ObjectReader, entry: TreeEntry) {
    this.reader = reader;
    this.size = entry.size;
    if ((entry.flags & Flag.chunked) === 0) {
      this.ids = entry.size === 0 ? [] : [entry.id];
      this.ends = Float64Array.from(this.ids, () => entry.size);
      return;
    }
    const list = new ChunkList(Buffer.from(reader.get(entry.id)));
    this.ids = list;
    this.ends = new Float64Array(list.count);
    let end = 0;
    for (let i = 0; i < list.count; i++) this.ends[i] = end += list.length(i);
    if (end !== entry.size) throw new SnapstageError('damaged', 'A stored list of chunks is damaged.');
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(this.size, offset + length);
    if (end <= offset) return new Uint8Array();
    let number = this.chunkAt(offset);
    if (end <= this.ends[number]!) return this.part(number, offset, end);
    const parts: Buffer[] = [];
    for (let at = offset; at < end; at = this.ends[number]!, number++) parts.push(this.part(number, at, Math.min(end, this.ends[number]!)));
    return Buffer.concat(parts);
  }

  /** The first chunk that ends behind the offset. */
  private chunkAt(offset: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private part(number: number, from: number, to: number): Buffer {
    const start = number === 0 ? 0 : this.ends[number - 1]!;
    return this.chunk(number).subarray(from - start, to - start);
  }

  private chunk(number: number): Buffer {
    const known = this.cache.get(number);
    if (known !== undefined) return known;
    // Copied, because the store's own cache takes in whole blocks, and would otherwise be held by this one.
    const chunk = Buffer.from(this.reader.get(this.ids instanceof ChunkList ? this.ids.id(number) : this.ids[number]!));
    const length = this.ends[number]! - (number === 0 ? 0 : this.ends[number - 1]!);
    if (chunk.length !== length) throw new SnapstageError('damaged', 'A stored file is not as long as its folder says.');
    this.cache.set(number, chunk);
    this.cached += chunk.length;
    for (const [oldest, { length: bytes }] of this.cache) {
      if (this.cached <= CACHED_BYTES || oldest === number) break;
      this.cache.delete(oldest);
      this.cached -= bytes;
    }
    return chunk;
  }

  [Symbol.dispose](): void {
    this.cache.clear();
  }
}

/** Bytes that are in memory. */
class MemoryPages implements PageSource {
  readonly size: number;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }

  [Symbol.dispose](): void {
    // Nothing is open.
  }
}

/** A database with what lies beside it, as it was when it was opened, as long as no checkpoint brings more into the file. */
class ImagePages implements PageSource {
  readonly size: number;
  private readonly image: ImageReader;

  constructor(full: string | Buffer, look: DatabaseLook & { readonly sidecar: Sidecar }) {
    this.size = sizeOf(look);
    this.image = new ImageReader(full, patchOf(look.sidecar));
  }

  read(offset: number, length: number): Uint8Array {
    return this.image.part(offset, Math.min(length, this.size - offset)) ?? new Uint8Array();
  }

  [Symbol.dispose](): void {
    this.image[Symbol.dispose]();
  }
}

/** A file as it lies in the folder. */
class FilePages implements PageSource {
  readonly size: number;
  private readonly fd: number;
  private buffer = Buffer.alloc(0);

  constructor(path: string | Buffer) {
    this.fd = fs.openSync(path, READ_FLAGS);
    this.size = fs.fstatSync(this.fd).size;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.buffer.length < length) this.buffer = Buffer.alloc(length);
    return this.buffer.subarray(0, fill(this.fd, this.buffer.subarray(0, length), offset));
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.fd);
  }
}

/**
 * The pages of a database of the current state, with what is committed beside it. Follows no link; of a large one that others write to
 * all the time, pages may be of different moments. @throws SnapstageError `not-found`, `usage`; system errors.
 */
export function currentPages(root: string, path: string): PageSource {
  if (currentKind(root, path) !== Kind.file) throw new SnapstageError('usage', `“${path}” is a link, not a database.`, { path });
  const full = absolute(root, path);
  const look = lookAtDatabase(full);
  const image = look !== undefined && sizeOf(look) <= IN_MEMORY ? readImage(full) : undefined;
  if (image !== undefined) return new MemoryPages(image.content);
  return look?.sidecar === undefined ? new FilePages(full) : new ImagePages(full, { ...look, sidecar: look.sidecar });
}
