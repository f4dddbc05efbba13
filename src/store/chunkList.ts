import { SnapstageError } from '../base/errors.ts';
import { ID_BYTES } from './ids.ts';

/** A large file is a list of chunks: per chunk its id, and u32 its length. */
const ROW = ID_BYTES + 4;

export class ChunkList {
  readonly bytes: Buffer;

  /** @throws SnapstageError `damaged` when the bytes are no list. */
  constructor(bytes: Buffer) {
    if (bytes.length % ROW !== 0) throw new SnapstageError('damaged', 'A stored list of chunks is damaged.');
    this.bytes = bytes;
  }

  get count(): number {
    return this.bytes.length / ROW;
  }

  id(chunk: number): Buffer {
    return this.bytes.subarray(chunk * ROW, chunk * ROW + ID_BYTES);
  }

  length(chunk: number): number {
    return this.bytes.readUInt32LE(chunk * ROW + ID_BYTES);
  }

  static row(id: Buffer, length: number): Buffer {
    const row = Buffer.allocUnsafe(ROW);
    id.copy(row);
    row.writeUInt32LE(length, ID_BYTES);
    return row;
  }
}
