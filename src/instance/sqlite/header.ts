/** What the first 100 bytes of a SQLite database say. Format: https://www.sqlite.org/fileformat.html */

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/** Bytes of the header. */
export const HEADER_BYTES = 100;

/** Bytes of a page, by the first bytes of a file; `undefined` for a file that does not start like a database (encrypted ones do not). */
export function pageSizeOf(head: Buffer): number | undefined {
  if (head.length < 18 || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const size = pageSize(head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16));
  return size;
}

/** The size itself, if it can be one: a power of two from 512 to 65536. */
export function pageSize(bytes: number): number | undefined {
  return bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) === 0 ? bytes : undefined;
}
