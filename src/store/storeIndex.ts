import { checksum } from './codec.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { findId, ID_BYTES } from './ids.ts';
import { PACK_FOLDER, readTrailer } from './pack.ts';
import { mergeSegments, Segment, type Location } from './segment.ts';

const MERGED_FILE = 'index/merged';
/** So many packs may stand beside the merged index before it is made anew. */
const MAX_LOOSE = 24;
const PACK_NAME = /^[0-9a-f]{32}$/;

/** What keeps parts of the store from being counted on: packs in the trash, blocks found damaged. */
export interface Reservations {
  readonly trashed: ReadonlySet<string>;
  readonly damaged: ReadonlyMap<string, ReadonlySet<number>>;
}
export const NO_RESERVATIONS: Reservations = { trashed: new Set(), damaged: new Map() };

/** What a store that is linked to another one finds there. */
export interface Lent {
  /** Of the parent, and of what that one is linked to. */
  readonly segments: readonly Segment[];
  readonly reserved: Reservations;
  /** Ids of what the parent keeps for this one, in their order. */
  readonly granted: Buffer;
  /** The parent's store, and those behind it, as `StoreFiles.elsewhere` takes them. */
  readonly places: readonly string[];
}

/** Where every object of the store lies. Plain data of shared memory: `shared()` gives it to another thread. */
export class StoreIndex {
  readonly lent: Lent | undefined;
  private readonly segments: Segment[];
  private readonly lentSegments: Segment[];
  private readonly reserved: Reservations;
  private readonly restricted: boolean;

  constructor(segments: readonly Segment[], reserved: Reservations = NO_RESERVATIONS, lent?: Lent) {
    this.segments = [...segments];
    this.lent = lent;
    this.lentSegments = [...(lent?.segments ?? [])];
    this.reserved = lent === undefined ? reserved : joined(reserved, lent.reserved);
    this.restricted = this.reserved.trashed.size > 0 || this.reserved.damaged.size > 0;
  }

  /** What lies in the store itself. */
  get all(): readonly Segment[] {
    return this.segments;
  }

  /** Also what lies in those that it is linked to. */
  get withLent(): readonly Segment[] {
    return [...this.segments, ...this.lentSegments];
  }

  get reservations(): Reservations {
    return this.reserved;
  }

  get empty(): boolean {
    return this.segments.length === 0 && this.lentSegments.length === 0;
  }

  add(segment: Segment): void {
    this.segments.push(segment);
  }

  /** Where the object lies, a sound place first; a trashed pack's is still readable. */
  find(id: Buffer, at = 0): Location | undefined {
    const own = this.findIn(this.segments, id, at);
    if (this.lent === undefined || (own !== undefined && this.isSound(own))) return own;
    return this.findIn(this.lentSegments, id, at) ?? own;
  }

  /** True when a new snapshot may rely on the object being here, or being kept where this store is linked to. */
  has(id: Buffer, at = 0): boolean {
    if (this.isSoundIn(this.segments, id, at)) return true;
    const { lent } = this;
    if (lent === undefined || findId(lent.granted, lent.granted.length / ID_BYTES, id, at) < 0) return false;
    return this.isSoundIn(this.lentSegments, id, at);
  }

  /** True for a place that `find` gave, unless it is known to be damaged. */
  isReadable(location: Location): boolean {
    return !this.restricted || this.isTrashed(location) || this.isSound(location);
  }

  private findIn(segments: readonly Segment[], id: Buffer, at: number): Location | undefined {
    let second: Location | undefined;
    for (let s = segments.length - 1; s >= 0; s--) {
      const segment = segments[s]!;
      const row = segment.find(id, at);
      if (row < 0) continue;
      const location = { segment, row };
      if (!this.restricted || this.isSound(location)) return location;
      second = location;
    }
    return second;
  }

  private isSoundIn(segments: readonly Segment[], id: Buffer, at: number): boolean {
    for (let s = segments.length - 1; s >= 0; s--) {
      const row = segments[s]!.find(id, at);
      if (row >= 0 && (!this.restricted || this.isSound({ segment: segments[s]!, row }))) return true;
    }
    return false;
  }

  private isTrashed({ segment, row }: Location): boolean {
    return this.reserved.trashed.has(segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!);
  }

  private isSound(location: Location): boolean {
    const { segment, row } = location;
    const block = segment.objectBlock[row]!;
    const pack = segment.packs[segment.blockPack[block]!]!;
    return !this.isTrashed(location) && this.reserved.damaged.get(pack)?.has(segment.blockOffset[block]!) !== true;
  }

  /** For another thread's `StoreIndex.from`. */
  shared(): SharedIndex {
    const { reserved, lent } = this;
    const parts = shareSegments(this.segments);
    if (lent === undefined) return { parts, reserved };
    return { parts, reserved, lent: { parts: shareSegments(this.lentSegments), granted: shareBytes(lent.granted), places: lent.places } };
  }

  static from({ parts, reserved, lent }: SharedIndex): StoreIndex {
    if (lent === undefined) return new StoreIndex(segmentsOf(parts), reserved);
    const { granted, places } = lent;
    return new StoreIndex(segmentsOf(parts), reserved, {
      segments: segmentsOf(lent.parts),
      reserved: NO_RESERVATIONS,
      granted: Buffer.from(granted),
      places,
    });
  }
}

export interface SharedIndex {
  readonly parts: readonly SharedArrayBuffer[];
  /** Of the store and all that it is linked to. */
  readonly reserved: Reservations;
  readonly lent?: {
    readonly parts: readonly SharedArrayBuffer[];
    readonly granted: SharedArrayBuffer;
    readonly places: readonly string[];
  };
}

function joined(a: Reservations, b: Reservations): Reservations {
  return { trashed: new Set([...a.trashed, ...b.trashed]), damaged: new Map([...a.damaged, ...b.damaged]) };
}

/** Puts the segments into shared memory, in their places. */
function shareSegments(segments: Segment[]): SharedArrayBuffer[] {
  const parts = segments.map(({ bytes }) => shareBytes(bytes));
  segments.splice(0, segments.length, ...segmentsOf(parts));
  return parts;
}

function shareBytes({ buffer, byteOffset, length }: Buffer): SharedArrayBuffer {
  if (buffer instanceof SharedArrayBuffer) return buffer;
  const shared = new SharedArrayBuffer(length);
  new Uint8Array(shared).set(new Uint8Array(buffer, byteOffset, length));
  return shared;
}

function segmentsOf(parts: readonly SharedArrayBuffer[]): Segment[] {
  return parts.map((part) => new Segment(part, true));
}

export interface LoadedIndex {
  readonly segments: Segment[];
  /** Files in `packs/` that are no finished pack. */
  readonly unfinished: readonly string[];
  /** Packs whose trailer can't be used, with the reason. */
  readonly broken: readonly { readonly pack: string; readonly problem: string }[];
  /** Packs not in the merged index. */
  readonly loose: number;
}

/** Reads the index: the merged one as far as it is good, trailers for the rest. `trustMerged: false` reads every trailer. */
export function loadIndex(files: StoreFiles, trustMerged = true): LoadedIndex {
  const present = new Set(files.list(PACK_FOLDER));
  const merged = trustMerged ? readMerged(files) : undefined;
  const segments: Segment[] = [];
  if (merged !== undefined && merged.packs.every((pack) => present.delete(pack))) segments.push(merged);
  else for (const pack of merged?.packs ?? []) if (files.size(`${PACK_FOLDER}/${pack}`) !== undefined) present.add(pack);
  const unfinished: string[] = [];
  const broken: { pack: string; problem: string }[] = [];
  let loose = 0;
  // In the order of their names: of an object that is stored twice, everybody finds the same copy.
  for (const pack of [...present].toSorted()) {
    if (!PACK_NAME.test(pack)) continue;
    try {
      segments.push(readTrailer(files, pack));
      loose += 1;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) continue; // compacted away just now
      if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
      if (error.details.unfinished === true) unfinished.push(pack);
      else broken.push({ pack, problem: error.message });
    }
  }
  return { segments, unfinished, broken, loose };
}

function readMerged(files: StoreFiles): Segment | undefined {
  const bytes = files.read(MERGED_FILE);
  if (bytes === undefined || bytes.length < 4) return undefined;
  const body = bytes.subarray(0, bytes.length - 4);
  if (bytes.readUInt32LE(body.length) !== checksum(body)) return undefined;
  try {
    return new Segment(body);
  } catch {
    return undefined;
  }
}

/** True when so many packs stand beside the merged index that it should be made anew. */
export function wantsMerge(loose: number): boolean {
  return loose > MAX_LOOSE;
}

/** Writes the merged index of these segments; it can be lost at any time. */
export function writeMerged(files: StoreFiles, segments: readonly Segment[], keep: (pack: string) => boolean = () => true): void {
  const body = mergeSegments(segments, keep);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(checksum(body));
  files.write(MERGED_FILE, Buffer.concat([body, crc]), false);
}

/** Bytes that `writeMerged` would write. */
export function mergedBytes(segments: readonly Segment[], keep: (pack: string) => boolean): number {
  return mergeSegments(segments, keep).length + 4;
}

/** Bytes of the merged index that is there. */
export function mergedSize(files: StoreFiles): number {
  return files.size(MERGED_FILE) ?? 0;
}

export function dropMerged(files: StoreFiles): void {
  files.remove(MERGED_FILE);
}
