import { SnapstageError, isSystemError } from '../base/errors.ts';
import { checksum, decompress } from './codec.ts';
import type { ReadableStoreFile, StoreFiles } from './files.ts';
import { idHex, idOf } from './ids.ts';
import { packFile } from './pack.ts';
import type { Location, Segment } from './segment.ts';
import type { StoreIndex } from './storeIndex.ts';

const CACHE_BYTES = 8 << 20;
const OPEN_PACKS = 64;
/** Differences start from full objects; only what was stored twice at once can make a chain, and a long one is a circle. */
export const MAX_CHAIN = 8;

/** Reads objects; what it returns has the id that was asked for, or it throws. */
export class ObjectReader {
  /** Of the store, and of those that it is linked to. */
  private readonly places: readonly Pick<StoreFiles, 'openRead'>[];
  private readonly index: StoreIndex;
  private readonly packs = new Map<string, ReadableStoreFile>();
  private readonly cache = new Map<string, Buffer>();
  private cached = 0;
  private chain = 0;

  constructor(files: Pick<StoreFiles, 'openRead' | 'elsewhere'>, index: StoreIndex) {
    this.places = [files, ...(index.lent?.places ?? []).map((place) => files.elsewhere(place))];
    this.index = index;
  }

  /**
   * The object's content. It may be a view into a cached block: copy what is kept or changed.
   * @throws SnapstageError `damaged` when it is missing, or what is stored is not what the id says.
   */
  get(id: Buffer): Buffer {
    const location = this.index.find(id);
    if (location === undefined)
      throw new SnapstageError('damaged', `Object ${idHex(id)} is missing from the store.`, { object: idHex(id) });
    return this.at(location);
  }

  /** As `get`, for an object whose place is known. */
  at(location: Location): Buffer {
    const content = this.unverified(location);
    const { segment, row } = location;
    if (segment.ids.compare(idOf(content), 0, 32, row * 32, row * 32 + 32) !== 0) {
      throw this.damagedBlock(segment, segment.objectBlock[row]!, 'its content has another hash');
    }
    return content;
  }

  private unverified({ segment, row }: Location): Buffer {
    const offset = segment.objectOffset[row]!;
    return this.block(segment, segment.objectBlock[row]!).subarray(offset, offset + segment.objectLength[row]!);
  }

  private block(segment: Segment, block: number): Buffer {
    const pack = segment.packs[segment.blockPack[block]!]!;
    const key = `${pack}${segment.blockOffset[block]}`;
    const known = this.cache.get(key);
    if (known !== undefined) {
      this.cache.delete(key); // back in as the youngest
      this.cache.set(key, known);
      return known;
    }
    const plain = this.readBlock(segment, block);
    this.cache.set(key, plain);
    this.cached += plain.length;
    for (const [oldest, bytes] of this.cache) {
      if (this.cached <= CACHE_BYTES || oldest === key) break;
      this.cache.delete(oldest);
      this.cached -= bytes.length;
    }
    return plain;
  }

  /** A block's bytes as they are stored. @throws SnapstageError `damaged` when they are not those that were stored. */
  stored(segment: Segment, block: number): Buffer {
    const stored = this.readStored(segment, block);
    if (checksum(stored) !== segment.blockCrc[block]) throw this.damagedBlock(segment, block, 'its checksum is another');
    return stored;
  }

  private readStored(segment: Segment, block: number): Buffer {
    const stored = Buffer.allocUnsafe(segment.blockStored[block]!);
    const pack = segment.packs[segment.blockPack[block]!]!;
    if (this.pack(pack).read(stored, segment.blockOffset[block]!) === stored.length) return stored;
    throw this.damagedBlock(segment, block, 'it ends too early');
  }

  private readBlock(segment: Segment, block: number): Buffer {
    const stored = this.readStored(segment, block);
    const base = segment.baseOf(block);
    try {
      return decompress(segment.blockCodec[block]!, stored, segment.blockPlain[block]!, base && this.base(base));
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'damaged') throw this.damagedBlock(segment, block, error.message);
      throw error;
    }
  }

  private base(id: Buffer): Buffer {
    if (this.chain === MAX_CHAIN) throw new SnapstageError('damaged', 'Differences are stored in a circle.', { object: idHex(id) });
    this.chain += 1;
    try {
      return this.get(id);
    } finally {
      this.chain -= 1;
    }
  }

  private pack(name: string): ReadableStoreFile {
    const open = this.packs.get(name);
    if (open !== undefined) return open;
    if (this.packs.size >= OPEN_PACKS) this.close();
    const file = this.openPack(name);
    this.packs.set(name, file);
    return file;
  }

  private openPack(name: string): ReadableStoreFile {
    for (const files of this.places) {
      try {
        return files.openRead(packFile(name));
      } catch (error) {
        if (!isSystemError(error, 'ENOENT')) throw error;
      }
    }
    throw new SnapstageError('damaged', `Pack ${name} is missing from the store.`, { part: packFile(name) });
  }

  private damagedBlock(segment: Segment, block: number, why: string): SnapstageError {
    const part = packFile(segment.packs[segment.blockPack[block]!]!);
    return new SnapstageError('damaged', `Stored data is damaged (${part}): ${why}.`, { part, offset: segment.blockOffset[block] });
  }

  /** Closes the packs; they are opened again when needed. */
  close(): void {
    for (const file of this.packs.values()) file.close();
    this.packs.clear();
  }
}
