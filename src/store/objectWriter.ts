import type { Claims } from './claims.ts';
import { Codec, compress, compressDelta } from './codec.ts';
import { idOf } from './ids.ts';
import type { ObjectReader } from './objectReader.ts';
import { PackWriter, type FinishedPack, type PackedObject, type PackFiles, type StoredBlock } from './pack.ts';
import type { StoreIndex } from './storeIndex.ts';

/** Blocks are filled up to this, then compressed: solid compression gains a third over one by one. */
const DATA_BLOCK = 512 << 10;
/** Trees and chunk lists have blocks of their own: listing and comparing read only these. */
export const META_BLOCK = 256 << 10;
/** A delta is tried for objects of this size and below whose older version is known. */
const MAX_DELTA = 4 << 20;
/** Below this a difference saves little, and finding its base costs the decompression of a whole block. */
const MIN_DELTA = { data: 16 << 10, meta: 2 << 10 };

/** Trees and chunk lists are `meta`. */
export type ObjectKind = 'data' | 'meta';

/** Takes objects in; only what nobody has yet is written. */
export interface ObjectSink {
  /** Stores content unless it is there; `base` is an older version that it may be stored as a difference from. */
  put(content: Buffer, kind: ObjectKind, base?: Buffer): Buffer;
}

class Slab {
  readonly bytes: Buffer;
  readonly limit: number;
  readonly objects: PackedObject[] = [];
  used = 0;

  constructor(limit: number, spare: number) {
    this.limit = limit;
    this.bytes = Buffer.allocUnsafeSlow(limit + spare);
  }
}

export class ObjectWriter implements ObjectSink {
  private readonly index: StoreIndex;
  private readonly claims: Claims;
  private readonly reader: ObjectReader;
  private readonly packs: PackWriter;
  private readonly level: number;
  private data: Slab | undefined;
  private meta: Slab | undefined;

  constructor(options: {
    readonly files: PackFiles;
    /** What need not be written again. */
    readonly index: StoreIndex;
    readonly claims: Claims;
    readonly reader: ObjectReader;
    readonly newName: () => string;
    /** zstd's level. */
    readonly level: number;
    /** When a pack is full; as usual when absent. */
    readonly limits?: { readonly bytes: number; readonly objects: number };
  }) {
    this.index = options.index;
    this.claims = options.claims;
    this.reader = options.reader;
    this.packs = new PackWriter(options.files, options.newName, options.limits);
    this.level = options.level;
  }

  get storedBytes(): number {
    return this.packs.storedBytes;
  }

  put(content: Buffer, kind: ObjectKind, base?: Buffer): Buffer {
    const id = idOf(content);
    if (!this.isNew(id)) return id;
    if (base !== undefined && this.putDelta(id, content, base, kind)) return id;
    const slab = kind === 'data' ? (this.data ??= new Slab(DATA_BLOCK, DATA_BLOCK)) : (this.meta ??= new Slab(META_BLOCK, META_BLOCK));
    if (content.length > slab.bytes.length) {
      this.emit(content, [{ id, offset: 0, length: content.length }]);
      return id;
    }
    if (slab.used + content.length > slab.bytes.length) this.flush(slab);
    content.copy(slab.bytes, slab.used);
    this.added(slab, id, content.length);
    return id;
  }

  /** Room for `size` bytes (at most 1 MiB) in the block being filled: read a file into it, then `keep` it, without a copy. */
  room(size: number): Buffer {
    const slab = (this.data ??= new Slab(DATA_BLOCK, DATA_BLOCK));
    if (slab.used + size > slab.bytes.length) this.flush(slab);
    return slab.bytes.subarray(slab.used, slab.used + size);
  }

  /** Stores the first `length` bytes of what `room` gave last; returns their id. */
  keep(length: number, base?: Buffer): Buffer {
    const slab = this.data!;
    const content = slab.bytes.subarray(slab.used, slab.used + length);
    const id = idOf(content);
    if (!this.isNew(id)) return id;
    if (base !== undefined && this.putDelta(id, content, base, 'data')) return id;
    this.added(slab, id, length);
    return id;
  }

  /** Takes over a block as it is stored in another pack, checked: nothing that is in it is here yet. */
  append({ codec, bytes, plain, objects, base, crc }: StoredBlock): void {
    for (const { id } of objects) this.claims.claim(id);
    this.packs.append(codec, bytes, plain, objects, base, crc);
  }

  /** Writes what waits and ends the packs, durably; returns them. */
  finish(): readonly FinishedPack[] {
    if (this.data) this.flush(this.data);
    if (this.meta) this.flush(this.meta);
    return this.packs.finish();
  }

  /** Removes what was written. */
  abandon(): void {
    this.packs.abandon();
  }

  private isNew(id: Buffer): boolean {
    return !this.index.has(id) && this.claims.claim(id);
  }

  private putDelta(id: Buffer, content: Buffer, baseId: Buffer, kind: ObjectKind): boolean {
    if (content.length < MIN_DELTA[kind] || content.length > MAX_DELTA) return false;
    const base = this.fullBase(baseId);
    if (base === undefined) return false;
    const bytes = compressDelta(content, base.content, this.level);
    if (bytes === undefined) return false;
    this.packs.append(Codec.delta, bytes, content.length, [{ id, offset: 0, length: content.length }], base.id);
    return true;
  }

  /** The version to start from. One that is a delta itself hands on its own base: chains have depth one. */
  private fullBase(id: Buffer): { id: Buffer; content: Buffer } | undefined {
    const location = this.index.find(id);
    if (location === undefined || !this.index.has(id)) return undefined;
    const base = location.segment.baseOf(location.segment.objectBlock[location.row]!);
    if (base !== undefined) {
      if (!this.index.has(base)) return undefined;
      return { id: base, content: this.reader.get(base) };
    }
    if (location.segment.objectLength[location.row]! > MAX_DELTA) return undefined;
    return { id, content: this.reader.at(location) };
  }

  private added(slab: Slab, id: Buffer, length: number): void {
    slab.objects.push({ id, offset: slab.used, length });
    slab.used += length;
    if (slab.used >= slab.limit) this.flush(slab);
  }

  private flush(slab: Slab): void {
    if (slab.used === 0) return;
    this.emit(slab.bytes.subarray(0, slab.used), slab.objects);
    slab.used = 0;
    slab.objects.length = 0;
  }

  private emit(plain: Buffer, objects: readonly PackedObject[]): void {
    const { codec, bytes } = compress(plain, this.level);
    this.packs.append(codec, bytes, plain.length, objects);
  }
}
