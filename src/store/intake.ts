import { SnapstageError } from '../base/errors.ts';
import { Claims } from './claims.ts';
import { checksum, decompress } from './codec.ts';
import { readConfig } from './config.ts';
import { idHex, idOf } from './ids.ts';
import { ObjectWriter } from './objectWriter.ts';
import type { StoredBlock } from './pack.ts';
import { Segment } from './segment.ts';
import type { Piece } from './pieces.ts';
import type { Store } from './store.ts';

/**
 * Takes in what another store wrote, in new packs. Every block is decompressed and every object in it hashed before it is written;
 * what is there already is not written again, and so an intake that was cut off goes on where its last whole pack ended.
 */
export class Intake {
  /** Of the packs written so far. */
  readonly segments: Segment[] = [];
  private readonly store: Store;
  private readonly writer: ObjectWriter;

  constructor(store: Store) {
    this.store = store;
    this.writer = new ObjectWriter({
      files: store.files,
      index: store.index,
      claims: Claims.forObjects(1 << 16),
      reader: store.reader,
      newName: () => store.host.randomHex(16),
      level: readConfig(store.files).compression,
    });
  }

  /** Bytes written, compressed. */
  get storedBytes(): number {
    return this.writer.storedBytes;
  }

  /** @throws SnapstageError `damaged` for a block that is not what it says. */
  put(piece: Piece): void {
    if ('block' in piece) this.putBlock(piece.block);
    else this.writer.put(piece.content, piece.kind);
  }

  /** Writes all that waits, durably. */
  finish(): void {
    const packs = this.writer.finish();
    for (const { segment } of packs.slice(this.segments.length)) {
      const added = new Segment(segment);
      this.segments.push(added);
      this.store.index.add(added);
    }
  }

  /** Removes what was written: nothing refers to it yet. */
  abandon(): void {
    this.writer.abandon();
  }

  private putBlock(block: StoredBlock): void {
    const { index } = this.store;
    const missing = block.objects.filter(({ id }) => !index.has(id));
    if (missing.length === 0) return;
    const base = block.base === undefined ? undefined : this.base(block.base);
    const plain = unpacked(block, base?.content);
    if (missing.length === block.objects.length && base?.isWhole !== false) return this.writer.append(block);
    for (const { offset, length } of missing) this.writer.put(plain.subarray(offset, offset + length), 'data', block.base);
  }

  /** What a difference starts from: here already, or in what was taken in before. */
  private base(id: Buffer): { content: Buffer; isWhole: boolean } {
    const { index, reader } = this.store;
    if (!index.has(id)) this.finish();
    const location = index.has(id) ? index.find(id) : undefined;
    if (location === undefined) throw new SnapstageError('damaged', `Object ${idHex(id)}, which a difference starts from, is missing.`);
    const isWhole = location.segment.baseOf(location.segment.objectBlock[location.row]!) === undefined;
    return { content: reader.at(location), isWhole };
  }
}

/** The plain bytes of a block, all of them known by their hash. */
function unpacked({ codec, bytes, crc, plain, objects }: StoredBlock, base: Buffer | undefined): Buffer {
  if (checksum(bytes) !== crc) throw new SnapstageError('damaged', 'A block is changed.');
  let end = 0;
  for (const { offset, length } of objects) {
    if (offset !== end) throw new SnapstageError('damaged', 'A block holds something that is no object.');
    end += length;
  }
  // Before anything is decompressed.
  if (end !== plain) throw new SnapstageError('damaged', 'A block holds something that is no object.');
  const content = decompress(codec, bytes, plain, base);
  for (const { id, offset, length } of objects) {
    if (!idOf(content.subarray(offset, offset + length)).equals(id)) {
      throw new SnapstageError('damaged', `Object ${idHex(id)} has another hash.`, { object: idHex(id) });
    }
  }
  return content;
}
