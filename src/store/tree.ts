import { badName, decodeName, encodeName } from '../base/paths.ts';
import { SnapstageError } from '../base/errors.ts';
import { ID_BYTES, isNoId } from './ids.ts';

/** What an entry of a folder is. */
export const Kind = { file: 1, folder: 2, link: 3 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** How a file's content is kept, beside its kind. */
export const Flag = { chunked: 1, sparse: 2 } as const;

export interface TreeEntry {
  readonly name: string;
  readonly kind: Kind;
  /** Permission bits. */
  readonly mode: number;
  readonly flags: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  readonly size: number;
  /** Not 0: files of one snapshot with the same number are one file with several names. */
  readonly group: bigint;
  /** A file's content or chunk list, a folder's tree, a link's target; `NO_ID` for an empty file. */
  readonly id: Buffer;
}

const VERSION = 1;
const HEADER = 12;

/**
 * A folder as an object, in columns, because neighbours in a column compress: u32 version, entries, bytes of names; then per
 * entry i64 mtime, u64 size, u64 group, u16 mode, u8 kind, u8 flags, the ids, and the names in
 * JavaScript string order, each ended by a zero byte.
 */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const columns = {
    mtime: BigInt64Array.from(entries, (entry) => entry.mtime),
    size: Float64Array.from(entries, (entry) => entry.size),
    group: BigUint64Array.from(entries, (entry) => entry.group),
    mode: Uint16Array.from(entries, (entry) => entry.mode),
    kind: Uint8Array.from(entries, (entry) => entry.kind),
    flags: Uint8Array.from(entries, (entry) => entry.flags),
    ids: Buffer.concat(entries.map((entry) => entry.id)),
  };
  return encodeRows(
    columns,
    0,
    entries.map((entry) => entry.name),
  );
}

/** Entries in columns. */
export interface TreeColumns {
  readonly mtime: BigInt64Array;
  readonly size: Float64Array;
  readonly group: BigUint64Array;
  readonly mode: Uint16Array;
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  readonly ids: Buffer;
}

/** As `encodeTree`, of as many rows from `start` as there are names. Columns are copied as they lie in memory: little-endian. */
export function encodeRows(columns: TreeColumns, start: number, names: readonly string[]): Buffer {
  const count = names.length;
  const nameColumn = encodeName(count === 0 ? '' : `${names.join('\0')}\0`);
  const bytes = Buffer.allocUnsafe(HEADER + count * (28 + ID_BYTES) + nameColumn.length);
  bytes.writeUInt32LE(VERSION, 0);
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(nameColumn.length, 8);
  let at = HEADER;
  const copy = (column: BigInt64Array | BigUint64Array | Uint16Array | Uint8Array): void => {
    const width = column.BYTES_PER_ELEMENT;
    at += Buffer.from(column.buffer, column.byteOffset + start * width, count * width).copy(bytes, at);
  };
  copy(columns.mtime);
  for (let row = start; row < start + count; row++) at = writeSize(bytes, columns.size[row]!, at);
  copy(columns.group);
  copy(columns.mode);
  copy(columns.kind);
  copy(columns.flags);
  at += columns.ids.copy(bytes, at, start * ID_BYTES, (start + count) * ID_BYTES);
  nameColumn.copy(bytes, at);
  return bytes;
}

function writeSize(bytes: Buffer, size: number, at: number): number {
  bytes.writeUInt32LE(size % 2 ** 32, at);
  return bytes.writeUInt32LE(Math.floor(size / 2 ** 32), at + 4);
}

/**
 * The entries of a tree object, in name order.
 * @throws SnapstageError `damaged` for anything that `encodeTree` can't have written: a name that leads elsewhere,
 *   entries out of order or twice, an unknown kind. A tree may come from somebody else, so this is the border.
 */
export function decodeTree(bytes: Buffer): TreeEntry[] {
  const count = bytes.length >= HEADER ? bytes.readUInt32LE(4) : -1;
  const nameBytes = bytes.length >= HEADER ? bytes.readUInt32LE(8) : -1;
  if (count < 0 || bytes.readUInt32LE(0) !== VERSION || bytes.length !== HEADER + count * (28 + ID_BYTES) + nameBytes) {
    throw bad('it is not a folder');
  }
  const sizes = HEADER + count * 8;
  const groups = sizes + count * 8;
  const modes = groups + count * 8;
  const kinds = modes + count * 2;
  const flags = kinds + count;
  const ids = flags + count;
  const names = splitNames(bytes.subarray(ids + count * ID_BYTES), count);
  const entries: TreeEntry[] = [];
  for (let i = 0; i < count; i++) {
    const name = names[i]!;
    const reason = badName(name);
    if (reason !== undefined) throw bad(`it holds ${reason}`);
    if (i > 0 && !(names[i - 1]! < name)) throw bad('its entries are out of order');
    const kind = bytes[kinds + i] as Kind;
    if (kind !== Kind.file && kind !== Kind.folder && kind !== Kind.link) throw bad('it holds an unknown kind of entry');
    const at = sizes + i * 8;
    const size = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
    if (!Number.isSafeInteger(size)) throw bad('a size is out of range');
    const id = bytes.subarray(ids + i * ID_BYTES, ids + (i + 1) * ID_BYTES);
    if (isNoId(id) && !(kind === Kind.file && size === 0)) throw bad('an entry has no content');
    entries.push({
      name,
      kind,
      mode: bytes.readUInt16LE(modes + i * 2) & 0o7777,
      flags: bytes[flags + i]!,
      mtime: bytes.readBigInt64LE(HEADER + i * 8),
      size,
      group: bytes.readBigUInt64LE(groups + i * 8),
      id,
    });
  }
  return entries;
}

function splitNames(bytes: Buffer, count: number): string[] {
  if (count === 0) return [];
  const text = decodeName(bytes);
  const names = text.split('\0');
  if (names.length !== count + 1 || names[count] !== '') throw bad('its names are damaged');
  return names;
}

function bad(why: string): SnapstageError {
  return new SnapstageError('damaged', `A stored folder is damaged: ${why}.`);
}
