import { SnapstageError } from '../base/errors.ts';
import { joinPath } from '../base/paths.ts';
import { ChunkList } from './chunkList.ts';
import { idKey, isNoId } from './ids.ts';
import type { ObjectReader } from './objectReader.ts';
import type { Location, Segment } from './segment.ts';
import type { StoreIndex } from './storeIndex.ts';
import { decodeTree, Flag, Kind, type TreeEntry } from './tree.ts';

/** What a row of a segment is to the snapshot: 0 for nothing. */
export const Part = { content: 1, meta: 2 } as const;

/** Deeper than any path that a system opens. */
const MAX_DEPTH = 2048;
/** The same folder may be in a snapshot in many places: a few small objects can claim to be more entries than atoms. */
const MAX_ENTRIES = 2 ** 27;

interface Folder {
  readonly entries: number;
  /** Levels of folders below it. */
  readonly height: number;
}

/**
 * What a snapshot consists of, and nothing else: unlike `Reach`, without what its objects are stored as differences from, which may
 * be another snapshot's. All is checked on the way: trees and chunk lists are read, and what they say of sizes is compared with
 * what is stored. Contents are only looked up.
 */
export class Inventory {
  /** By segment, for each of its rows a `Part`, or 0. */
  readonly parts = new Map<Segment, Uint8Array>();
  private readonly index: StoreIndex;
  private readonly reader: ObjectReader;
  private readonly isSound: (id: Buffer) => boolean;
  private readonly check: () => void;
  private readonly folders = new Map<string, Folder>();
  private readonly lists = new Map<string, number>();

  /** `isSound` says whether an object of the index may be relied on. */
  constructor(options: {
    readonly index: StoreIndex;
    readonly reader: ObjectReader;
    readonly isSound?: (id: Buffer) => boolean;
    readonly check: () => void;
  }) {
    this.index = options.index;
    this.reader = options.reader;
    this.isSound = options.isSound ?? (() => true);
    this.check = options.check;
  }

  /**
   * Adds all that a root tree leads to. Returns the number of its entries, on all levels.
   * @throws SnapstageError `damaged`, with the path, when something is missing or not what it must be.
   */
  add(root: Buffer): number {
    return this.folder(root, '', 0).entries;
  }

  /** True for an object that the snapshot consists of. */
  has(id: Buffer): boolean {
    return this.locationOf(id) !== undefined;
  }

  /** True for an object that the snapshot consists of and that is stored as it is, not as a difference. */
  hasWhole(id: Buffer): boolean {
    const location = this.locationOf(id);
    return location !== undefined && location.segment.baseOf(location.segment.objectBlock[location.row]!) === undefined;
  }

  private locationOf(id: Buffer): Location | undefined {
    const location = this.index.find(id);
    return location !== undefined && this.parts.get(location.segment)?.[location.row] ? location : undefined;
  }

  private folder(id: Buffer, path: string, depth: number): Folder {
    const key = idKey(id);
    const known = this.folders.get(key);
    const height = known?.height ?? 0;
    if (depth + height > MAX_DEPTH) throw wrong(path.slice(0, 100), 'its folders are too deep in one another');
    if (known !== undefined) return known;
    this.check();
    this.mark(id, Part.meta, path);
    const found = { entries: 0, height: 0 };
    for (const entry of this.entries(id, path)) {
      const at = joinPath(path, entry.name);
      found.entries += 1;
      if (entry.kind === Kind.folder) {
        const below = this.folder(entry.id, at, depth + 1);
        found.entries += below.entries;
        found.height = Math.max(found.height, below.height + 1);
      } else if (this.contentSize(entry, at) !== entry.size) throw wrong(at, 'its size is another');
      if (found.entries > MAX_ENTRIES) throw wrong(at, 'there are too many entries');
    }
    this.folders.set(key, found);
    return found;
  }

  private entries(id: Buffer, path: string): TreeEntry[] {
    try {
      return decodeTree(Buffer.from(this.reader.get(id)));
    } catch (error) {
      throw named(path, error);
    }
  }

  private contentSize(entry: TreeEntry, path: string): number {
    if (isNoId(entry.id)) return 0;
    if ((entry.flags & Flag.chunked) === 0) return this.mark(entry.id, Part.content, path);
    if (entry.kind !== Kind.file) throw wrong(path, 'it can’t be in parts');
    const key = idKey(entry.id);
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    this.mark(entry.id, Part.meta, path);
    const list = this.chunks(entry.id, path);
    let size = 0;
    for (let i = 0; i < list.count; i++) {
      if (this.mark(list.id(i), Part.content, path) !== list.length(i)) throw wrong(path, 'a part of it has another size');
      size += list.length(i);
    }
    this.lists.set(key, size);
    return size;
  }

  private chunks(id: Buffer, path: string): ChunkList {
    try {
      return new ChunkList(Buffer.from(this.reader.get(id)));
    } catch (error) {
      throw named(path, error);
    }
  }

  /** Returns the object's length. */
  private mark(id: Buffer, part: number, path: string): number {
    const location = this.index.find(id);
    if (location === undefined || !this.isSound(id)) throw wrong(path, 'what it consists of is missing');
    this.partsOf(location)[location.row]! |= part;
    return location.segment.objectLength[location.row]!;
  }

  private partsOf({ segment }: Location): Uint8Array {
    let parts = this.parts.get(segment);
    if (parts === undefined) this.parts.set(segment, (parts = new Uint8Array(segment.objects)));
    return parts;
  }
}

function wrong(path: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `${path === '' ? 'The folder itself' : `“${path}”`} is damaged: ${why}.`, { path });
}

function named(path: string, error: unknown): unknown {
  return error instanceof SnapstageError && error.code === 'damaged' ? wrong(path, error.message.replace(/\.$/, '')) : error;
}
