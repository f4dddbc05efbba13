import { hash } from 'node:crypto';

/** An object's id: the SHA-256 of its plain content. */
export const ID_BYTES = 32;

/** The id of content: 32 bytes. */
export function idOf(content: Uint8Array): Buffer {
  return hash('sha256', content, 'buffer');
}

/** Stands where there is no object: an empty file, a row not read yet. */
export const NO_ID = Buffer.alloc(ID_BYTES);

/** True for 32 zero bytes at `at`. */
export function isNoId(bytes: Buffer, at = 0): boolean {
  return bytes.readDoubleLE(at) === 0 && bytes.compare(NO_ID, 0, ID_BYTES, at, at + ID_BYTES) === 0;
}

/** A short, collision-free key for maps: the id as a binary string. */
export function idKey(bytes: Buffer, at = 0): string {
  return bytes.toString('latin1', at, at + ID_BYTES);
}

/** Where an id lies among `count` that stand one behind the other in their order; -1 when it is not among them. */
export function findId(ids: Buffer, count: number, id: Buffer, at = 0): number {
  const key = id.readUInt32BE(at);
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const start = middle * ID_BYTES;
    const other = ids.readUInt32BE(start);
    let order = other < key ? -1 : other > key ? 1 : 0;
    if (order === 0) order = ids.compare(id, at, at + ID_BYTES, start, start + ID_BYTES);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function idHex(bytes: Buffer, at = 0): string {
  return bytes.toString('hex', at, at + ID_BYTES);
}
