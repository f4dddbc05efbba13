import { SnapstageError } from '../base/errors.ts';
import { Codec, MAX_BLOCK } from './codec.ts';
import { findId, ID_BYTES } from './ids.ts';

/**
 * A piece of the index: which object lies in which block of which pack. A pack's trailer is one (with one pack), the
 * merged index is one (with many). The same bytes serve on disk, in memory and, in a SharedArrayBuffer, in all threads.
 *
 * Little-endian: eight u32 (magic, version, objects, blocks, packs, deltas, 0, 0), then columns: per block f64 offset,
 * u32 pack, stored length, plain length, codec, CRC-32 of the stored bytes, delta number; per object, in the order of the
 * ids, u32 block, offset in the plain block, length; the ids; per delta the id of its base; per pack its 16-byte name.
 */
const MAGIC = 0x58494e53;
const VERSION = 1;
const HEADER = 32;
const PER_BLOCK = 8 + 6 * 4;
const PER_OBJECT = 3 * 4 + ID_BYTES;
const PACK_NAME_BYTES = 16;
const NO_DELTA = 0xffffffff;

export interface Location {
  readonly segment: Segment;
  /** Row of the object in the segment. */
  readonly row: number;
}

export class Segment {
  readonly bytes: Buffer;
  readonly objects: number;
  readonly blocks: number;
  readonly packs: readonly string[];
  readonly ids: Buffer;
  readonly blockOffset: Float64Array;
  readonly blockPack: Uint32Array;
  readonly blockStored: Uint32Array;
  readonly blockPlain: Uint32Array;
  readonly blockCodec: Uint32Array;
  readonly blockCrc: Uint32Array;
  readonly objectBlock: Uint32Array;
  readonly objectOffset: Uint32Array;
  readonly objectLength: Uint32Array;
  private readonly blockDelta: Uint32Array;
  private readonly bases: Buffer;

  /** `isChecked`: they come from a segment. @throws SnapstageError `damaged` when the bytes are no segment, or refer outside themselves. */
  constructor(source: Buffer | SharedArrayBuffer, isChecked = false) {
    const bytes = aligned(source);
    if (bytes.length < HEADER) throw damaged('too short');
    const [magic, version, objects, blocks, packs, deltas] = new Uint32Array(bytes.buffer, bytes.byteOffset, 8) as unknown as number[];
    if (magic !== MAGIC || version !== VERSION) throw damaged('not a segment');
    const expected = HEADER + blocks! * PER_BLOCK + objects! * PER_OBJECT + deltas! * ID_BYTES + packs! * PACK_NAME_BYTES;
    if (bytes.length !== expected) throw damaged('wrong length');
    this.bytes = bytes;
    this.objects = objects!;
    this.blocks = blocks!;
    let at = bytes.byteOffset + HEADER;
    const column = (length: number): Uint32Array => {
      const view = new Uint32Array(bytes.buffer, at, length);
      at += length * 4;
      return view;
    };
    const rows = (count: number, width: number): Buffer => {
      const view = bytes.subarray(at - bytes.byteOffset, at - bytes.byteOffset + count * width);
      at += count * width;
      return view;
    };
    this.blockOffset = new Float64Array(bytes.buffer, at, blocks);
    at += blocks! * 8;
    this.blockPack = column(blocks!);
    this.blockStored = column(blocks!);
    this.blockPlain = column(blocks!);
    this.blockCodec = column(blocks!);
    this.blockCrc = column(blocks!);
    this.blockDelta = column(blocks!);
    this.objectBlock = column(objects!);
    this.objectOffset = column(objects!);
    this.objectLength = column(objects!);
    this.ids = rows(objects!, ID_BYTES);
    this.bases = rows(deltas!, ID_BYTES);
    const names = rows(packs!, PACK_NAME_BYTES);
    this.packs = Array.from({ length: packs! }, (_, i) => names.toString('hex', i * PACK_NAME_BYTES, (i + 1) * PACK_NAME_BYTES));
    if (!isChecked) this.validate(deltas!);
  }

  private validate(deltas: number): void {
    for (let b = 0; b < this.blocks; b++) {
      const delta = this.blockDelta[b]!;
      const isGoodDelta = this.blockCodec[b] === Codec.delta ? delta < deltas : delta === NO_DELTA;
      if (this.blockPack[b]! >= this.packs.length || this.blockPlain[b]! > MAX_BLOCK || !isGoodDelta) throw damaged('a bad block');
    }
    for (let i = 0; i < this.objects; i++) {
      const block = this.objectBlock[i]!;
      if (block >= this.blocks || this.objectOffset[i]! + this.objectLength[i]! > this.blockPlain[block]!) throw damaged('a bad object');
    }
  }

  /** Row of the id at `id[at…]`, or -1. */
  find(id: Buffer, at = 0): number {
    return findId(this.ids, this.objects, id, at);
  }

  id(row: number): Buffer {
    return this.ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  /** Id of the object that a delta block starts from, or `undefined` for a block that stands alone. */
  baseOf(block: number): Buffer | undefined {
    const delta = this.blockDelta[block]!;
    return delta === NO_DELTA ? undefined : this.bases.subarray(delta * ID_BYTES, (delta + 1) * ID_BYTES);
  }
}

/** Typed arrays want an aligned start; a buffer from `read` may lie anywhere in a shared pool. */
function aligned(source: Buffer | SharedArrayBuffer): Buffer {
  if (!Buffer.isBuffer(source)) return Buffer.from(source);
  if (source.byteOffset % 8 === 0) return source;
  const copy = Buffer.allocUnsafeSlow(source.length);
  source.copy(copy);
  return copy;
}

function damaged(why: string): SnapstageError {
  return new SnapstageError('damaged', `An index is damaged: ${why}.`);
}

export interface NewBlock {
  readonly pack: number;
  readonly offset: number;
  readonly stored: number;
  readonly plain: number;
  readonly codec: Codec;
  readonly crc: number;
  readonly base?: Buffer | undefined;
}

/** Collects blocks and objects, and gives the segment's bytes. */
export class SegmentBuilder {
  readonly packs: string[] = [];
  private readonly blocks: NewBlock[] = [];
  private ids = Buffer.allocUnsafe(1024 * ID_BYTES);
  private rows = new Uint32Array(1024 * 3);
  private count = 0;

  get objects(): number {
    return this.count;
  }

  /** Number of the new block, for `addObject`. */
  addBlock(block: NewBlock): number {
    return this.blocks.push(block) - 1;
  }

  addObject(id: Buffer, idAt: number, block: number, offset: number, length: number): void {
    if (this.count * ID_BYTES === this.ids.length) this.grow();
    id.copy(this.ids, this.count * ID_BYTES, idAt, idAt + ID_BYTES);
    this.rows.set([block, offset, length], this.count * 3);
    this.count += 1;
  }

  private grow(): void {
    const ids = Buffer.allocUnsafe(this.ids.length * 2);
    this.ids.copy(ids);
    this.ids = ids;
    const rows = new Uint32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }

  encode(): Buffer {
    const blocks = this.blocks;
    const bases = blocks.filter((block) => block.base !== undefined);
    const size =
      HEADER + blocks.length * PER_BLOCK + this.count * PER_OBJECT + bases.length * ID_BYTES + this.packs.length * PACK_NAME_BYTES;
    const bytes = Buffer.allocUnsafeSlow(size);
    new Uint32Array(bytes.buffer, 0, 8).set([MAGIC, VERSION, this.count, blocks.length, this.packs.length, bases.length, 0, 0]);
    let at = HEADER;
    new Float64Array(bytes.buffer, at, blocks.length).set(blocks.map((block) => block.offset));
    at += blocks.length * 8;
    const column = (length: number, value: (i: number) => number): void => {
      const view = new Uint32Array(bytes.buffer, at, length);
      for (let i = 0; i < length; i++) view[i] = value(i);
      at += length * 4;
    };
    let deltas = 0;
    column(blocks.length, (b) => blocks[b]!.pack);
    column(blocks.length, (b) => blocks[b]!.stored);
    column(blocks.length, (b) => blocks[b]!.plain);
    column(blocks.length, (b) => blocks[b]!.codec);
    column(blocks.length, (b) => blocks[b]!.crc);
    column(blocks.length, (b) => (blocks[b]!.base === undefined ? NO_DELTA : deltas++));
    const order = sortedRows(this.ids, this.count);
    for (const part of [0, 1, 2]) column(this.count, (i) => this.rows[order[i]! * 3 + part]!);
    for (const row of order) at += this.ids.copy(bytes, at, row * ID_BYTES, (row + 1) * ID_BYTES);
    for (const block of bases) at += block.base!.copy(bytes, at);
    for (const pack of this.packs) at += bytes.write(pack, at, 'hex');
    return bytes;
  }
}

/** Row numbers in the order of their ids: by the first four bytes as numbers, which sort natively, then by all of them. */
function sortedRows(ids: Buffer, count: number): Uint32Array {
  const SHIFT = 2 ** 21;
  if (count >= SHIFT) throw new RangeError('too many objects for one sort');
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = ids.readUInt32BE(i * ID_BYTES) * SHIFT + i;
  keys.sort();
  const order = Uint32Array.from(keys, (key) => key % SHIFT);
  for (let i = 1; i < count; i++) {
    for (let k = i; k > 0 && compareRows(ids, order[k - 1]!, order[k]!) > 0; k--) {
      const row = order[k]!;
      order[k] = order[k - 1]!;
      order[k - 1] = row;
    }
  }
  return order;
}

function compareRows(ids: Buffer, a: number, b: number): number {
  return ids.compare(ids, b * ID_BYTES, (b + 1) * ID_BYTES, a * ID_BYTES, (a + 1) * ID_BYTES);
}

/** One segment holding what all of `segments` hold, for those packs that `keep` wants; an object named twice stays once. */
export function mergeSegments(segments: readonly Segment[], keep: (pack: string) => boolean): Buffer {
  const builder = new SegmentBuilder();
  const packNumber = new Map<string, number>();
  const cursors = segments.map((segment) => {
    const blockNumber = new Map<number, number>();
    for (let b = 0; b < segment.blocks; b++) {
      const pack = segment.packs[segment.blockPack[b]!]!;
      if (!keep(pack)) continue;
      if (!packNumber.has(pack)) packNumber.set(pack, builder.packs.push(pack) - 1);
      const block = {
        pack: packNumber.get(pack)!,
        offset: segment.blockOffset[b]!,
        stored: segment.blockStored[b]!,
        plain: segment.blockPlain[b]!,
        codec: segment.blockCodec[b] as Codec,
        crc: segment.blockCrc[b]!,
        base: segment.baseOf(b),
      };
      blockNumber.set(b, builder.addBlock(block));
    }
    return { segment, blockNumber };
  });
  const seen = new Set<string>();
  for (const { segment, blockNumber } of cursors) {
    for (let i = 0; i < segment.objects; i++) {
      const block = blockNumber.get(segment.objectBlock[i]!);
      if (block === undefined) continue;
      const key = segment.ids.toString('latin1', i * ID_BYTES, i * ID_BYTES + ID_BYTES);
      if (segments.length > 1 && seen.has(key)) continue;
      if (segments.length > 1) seen.add(key);
      builder.addObject(segment.ids, i * ID_BYTES, block, segment.objectOffset[i]!, segment.objectLength[i]!);
    }
  }
  return builder.encode();
}
