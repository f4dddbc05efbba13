import { zstdCompressSync } from 'node:zlib';
import { SnapstageError } from '../base/errors.ts';
import { checksum, Codec, decompress } from './codec.ts';
import type { ReadableStoreFile, StoreFiles, WritableStoreFile } from './files.ts';
import { idOf } from './ids.ts';
import { Segment, SegmentBuilder } from './segment.ts';

/**
 * A pack: a 16-byte header, blocks one after the other, the trailer (a compressed segment), and a 64-byte footer:
 * SHA-256 of the stored trailer, f64 its offset, u32 its stored and plain length, 0, CRC-32 of the footer up to here, magic.
 * A file without a good footer is an unfinished write, and no pack.
 */
export const PACK_FOLDER = 'packs';
/** When a pack is full. */
const PACK_LIMITS = { bytes: 64 << 20, objects: 1 << 20 };
/** More than the index of any pack: nobody is made to unpack more than this. */
const MAX_TRAILER = 256 << 20;
const HEADER = Buffer.from('SNAPPACK\x01\0\0\0\0\0\0\0', 'latin1');
const END_MAGIC = Buffer.from('PACKSNAP', 'latin1');
const FOOTER = 64;
const CRC_AT = 52;

export function packFile(pack: string): string {
  return `${PACK_FOLDER}/${pack}`;
}

/** What packs are written to. */
export type PackFiles = Pick<StoreFiles, 'create' | 'remove' | 'flushFolder'>;

export interface FinishedPack {
  readonly pack: string;
  readonly segment: Buffer;
}

/** Writes blocks into packs, starting a new one when one is full. */
export class PackWriter {
  private readonly files: PackFiles;
  private readonly newName: () => string;
  private readonly limits: typeof PACK_LIMITS;
  private readonly finished: FinishedPack[] = [];
  private open: { pack: string; file: WritableStoreFile; builder: SegmentBuilder; offset: number } | undefined;
  private stored = 0;

  constructor(files: PackFiles, newName: () => string, limits = PACK_LIMITS) {
    this.files = files;
    this.newName = newName;
    this.limits = limits;
  }

  /** Bytes written so far, trailers included. */
  get storedBytes(): number {
    return this.stored;
  }

  /** Appends a block; `objects` are (id, offset in the plain block, length), `crc` is the checksum of `bytes` where it is known. */
  append(codec: Codec, bytes: Uint8Array, plain: number, objects: readonly PackedObject[], base?: Buffer, crc = checksum(bytes)): void {
    const open = (this.open ??= this.start());
    open.file.append(bytes);
    const block = open.builder.addBlock({ pack: 0, offset: open.offset, stored: bytes.length, plain, codec, crc, base });
    for (const object of objects) open.builder.addObject(object.id, 0, block, object.offset, object.length);
    open.offset += bytes.length;
    this.stored += bytes.length;
    if (open.offset >= this.limits.bytes || open.builder.objects >= this.limits.objects) this.finishPack();
  }

  /**
   * Ends the open pack: data and trailer are flushed, and the folder after the last one. Returns the new packs.
   */
  finish(): readonly FinishedPack[] {
    this.finishPack();
    if (this.finished.length > 0) this.files.flushFolder(PACK_FOLDER);
    return this.finished;
  }

  /** Removes what was written: nothing refers to it yet. */
  abandon(): void {
    const open = this.open;
    this.open = undefined;
    open?.file.close();
    for (const pack of [...this.finished.map((done) => done.pack), ...(open ? [open.pack] : [])]) this.files.remove(packFile(pack));
    this.finished.length = 0;
  }

  private start(): NonNullable<PackWriter['open']> {
    const pack = this.newName();
    const file = this.files.create(packFile(pack));
    const open = { pack, file, builder: new SegmentBuilder(), offset: HEADER.length };
    open.builder.packs.push(pack);
    this.open = open;
    file.append(HEADER);
    return open;
  }

  private finishPack(): void {
    const open = this.open;
    if (open === undefined) return;
    const segment = open.builder.encode();
    const trailer = zstdCompressSync(segment);
    open.file.append(trailer);
    open.file.append(encodeFooter(trailer, open.offset, segment.length));
    open.file.flush();
    open.file.close();
    this.open = undefined;
    this.stored += HEADER.length + trailer.length + FOOTER;
    this.finished.push({ pack: open.pack, segment });
  }
}

export interface PackedObject {
  readonly id: Buffer;
  readonly offset: number;
  readonly length: number;
}

/** A block as it is stored, with all that must be known to read it. */
export interface StoredBlock {
  readonly codec: Codec;
  /** As they are stored. */
  readonly bytes: Buffer;
  /** CRC-32 of `bytes`. */
  readonly crc: number;
  /** Length when decompressed. */
  readonly plain: number;
  readonly objects: readonly PackedObject[];
  /** What a difference starts from. */
  readonly base?: Buffer | undefined;
}

function encodeFooter(trailer: Buffer, offset: number, plain: number): Buffer {
  const footer = Buffer.alloc(FOOTER);
  idOf(trailer).copy(footer, 0);
  footer.writeDoubleLE(offset, 32);
  footer.writeUInt32LE(trailer.length, 40);
  footer.writeUInt32LE(plain, 44);
  footer.writeUInt32LE(checksum(footer.subarray(0, CRC_AT)), CRC_AT);
  END_MAGIC.copy(footer, CRC_AT + 4);
  return footer;
}

/**
 * The index of one pack, from its trailer.
 * @throws SnapstageError `damaged` when header, trailer or footer is not what a finished pack has;
 *   `details.unfinished` is true when the footer is missing altogether.
 */
export function readTrailer(files: Pick<StoreFiles, 'openRead'>, pack: string): Segment {
  const file = files.openRead(packFile(pack));
  try {
    const ends = readEnds(file, pack);
    const stored = ends.footer.readUInt32LE(40);
    const offset = ends.footer.readDoubleLE(32);
    // Before memory is taken for what a footer claims.
    if (offset + stored + FOOTER !== file.size) throw bad(pack, 'its trailer lies elsewhere');
    const plain = ends.footer.readUInt32LE(44);
    if (plain > MAX_TRAILER) throw bad(pack, 'its trailer is too large');
    const trailer = Buffer.allocUnsafe(stored);
    if (file.read(trailer, offset) !== stored) throw bad(pack, 'its trailer lies elsewhere');
    if (idOf(trailer).compare(ends.footer, 0, 32) !== 0) throw bad(pack, 'its trailer is changed');
    const segment = new Segment(decompress(Codec.zstd, trailer, plain));
    if (segment.packs.length !== 1 || segment.packs[0] !== pack) throw bad(pack, 'its trailer belongs to another pack');
    checkTiling(segment, offset, pack);
    return segment;
  } finally {
    file.close();
  }
}

function readEnds(file: ReadableStoreFile, pack: string): { footer: Buffer } {
  const footer = Buffer.alloc(FOOTER);
  if (file.size < HEADER.length + FOOTER) throw bad(pack, 'it is too short', true);
  file.read(footer, file.size - FOOTER);
  const good = footer.subarray(CRC_AT + 4).equals(END_MAGIC) && footer.readUInt32LE(CRC_AT) === checksum(footer.subarray(0, CRC_AT));
  if (!good) throw bad(pack, 'it has no good footer', true);
  const header = Buffer.alloc(HEADER.length);
  file.read(header, 0);
  if (!header.equals(HEADER)) throw bad(pack, 'its header is changed');
  return { footer };
}

/** Blocks cover the pack without gaps, so that no byte of it is outside a checksum. */
function checkTiling(segment: Segment, end: number, pack: string): void {
  let at = HEADER.length;
  for (let b = 0; b < segment.blocks; b++) {
    if (segment.blockOffset[b] !== at) throw bad(pack, 'its blocks leave gaps');
    at += segment.blockStored[b]!;
  }
  if (at !== end) throw bad(pack, 'its blocks leave gaps');
}

function bad(pack: string, why: string, unfinished = false): SnapstageError {
  return new SnapstageError('damaged', `Pack ${pack} is damaged: ${why}.`, { part: packFile(pack), unfinished });
}
