import { isAscii } from 'node:buffer';
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
const WORD = 4;
const ID_WORDS = ID_BYTES / WORD;

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

/** A folder as an object holds it: its rows in name order, read where they lie. */
export class Tree {
  readonly names: readonly string[];
  private readonly bytes: Buffer;
  private readonly count: number;
  /** Columns of numbers in four-byte words, as `encodeTree` lays them out: times, sizes and groups of two words each. */
  private readonly words: Uint32Array;
  private readonly sizes: number;
  private readonly groups: number;
  private readonly modes: number;
  private readonly kinds: number;
  private readonly ids: number;

  /**
   * `bytes` must stay as they are. Where `like` has the same names, they are taken from there.
   * @throws SnapstageError `damaged` for anything that `encodeTree` can't have written: a name that leads elsewhere,
   *   entries out of order or twice, an unknown kind. A tree may come from somebody else, so this is the border.
   */
  constructor(bytes: Buffer, like?: Tree) {
    const count = bytes.length >= HEADER ? bytes.readUInt32LE(4) : -1;
    const nameBytes = bytes.length >= HEADER ? bytes.readUInt32LE(8) : -1;
    if (count < 0 || bytes.readUInt32LE(0) !== VERSION || bytes.length !== HEADER + count * (28 + ID_BYTES) + nameBytes) {
      throw bad('it is not a folder');
    }
    this.bytes = bytes.byteOffset % WORD === 0 ? bytes : Buffer.concat([bytes]);
    this.count = count;
    this.sizes = HEADER + count * 8;
    this.groups = this.sizes + count * 8;
    this.modes = this.groups + count * 8;
    this.kinds = this.modes + count * 2;
    this.ids = this.kinds + count * 2;
    this.words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, (this.ids + count * ID_BYTES) / WORD);
    this.names = like !== undefined && this.nameColumn.equals(like.nameColumn) ? like.names : splitNames(this.nameColumn, count);
    for (let row = 0; row < count; row++) this.checkRow(row);
  }

  private get nameColumn(): Buffer {
    return this.bytes.subarray(this.ids + this.count * ID_BYTES);
  }

  private checkRow(row: number): void {
    const kind = this.kind(row);
    if (kind !== Kind.file && kind !== Kind.folder && kind !== Kind.link) throw bad('it holds an unknown kind of entry');
    const size = this.size(row);
    if (!Number.isSafeInteger(size)) throw bad('a size is out of range');
    const id = this.ids + row * ID_BYTES;
    if (this.words[id / WORD] === 0 && isNoId(this.bytes, id) && !(kind === Kind.file && size === 0)) throw bad('an entry has no content');
  }

  kind(row: number): Kind {
    return this.bytes[this.kinds + row] as Kind;
  }

  size(row: number): number {
    const at = this.sizes / WORD + row * 2;
    return this.words[at + 1]! * 2 ** 32 + this.words[at]!;
  }

  mode(row: number): number {
    return this.bytes.readUInt16LE(this.modes + row * 2) & 0o7777;
  }

  /** Whole seconds since 1970, and the nanoseconds beyond them. */
  mtime(row: number): { readonly seconds: number; readonly nanoseconds: number } {
    const at = HEADER / WORD + row * 2;
    return divide(this.words[at + 1]! | 0, this.words[at]!);
  }

  flags(row: number): number {
    return this.bytes[this.kinds + this.count + row]!;
  }

  id(row: number): Buffer {
    return this.bytes.subarray(this.ids + row * ID_BYTES, this.ids + (row + 1) * ID_BYTES);
  }

  /** The ids of all rows one after the other, in hex. */
  idsHex(): string {
    return this.bytes.toString('hex', this.ids, this.ids + this.count * ID_BYTES);
  }

  entry(row: number): TreeEntry {
    return {
      name: this.names[row]!,
      kind: this.kind(row),
      mode: this.mode(row),
      flags: this.flags(row),
      mtime: this.bytes.readBigInt64LE(HEADER + row * 8),
      size: this.size(row),
      group: this.bytes.readBigUInt64LE(this.groups + row * 8),
      id: this.id(row),
    };
  }

  entries(): TreeEntry[] {
    return this.names.map((_, row) => this.entry(row));
  }

  /** True when kind, content, permissions and time are those of another tree's row. */
  isSame(row: number, other: Tree, otherRow: number): boolean {
    return (
      this.mode(row) === other.mode(otherRow) &&
      sameWords(this.words, HEADER / WORD + row * 2, other.words, HEADER / WORD + otherRow * 2, 2) &&
      this.hasSameContent(row, other, otherRow)
    );
  }

  /** True when kind and content are those of another tree's row. */
  hasSameContent(row: number, other: Tree, otherRow: number): boolean {
    const { words, bytes } = this;
    return (
      bytes[this.kinds + row] === other.bytes[other.kinds + otherRow] &&
      sameWords(words, this.sizes / WORD + row * 2, other.words, other.sizes / WORD + otherRow * 2, 2) &&
      sameWords(words, this.ids / WORD + row * ID_WORDS, other.words, other.ids / WORD + otherRow * ID_WORDS, ID_WORDS)
    );
  }
}

/** The entries of a tree object, in name order. @throws SnapstageError `damaged` as `Tree` does. */
export function decodeTree(bytes: Buffer): TreeEntry[] {
  return new Tree(bytes).entries();
}

const BILLION = 1e9;

/** A signed number of nanoseconds in two words as seconds and the rest: long division, for doubles hold 53 bits. */
function divide(high: number, low: number): { seconds: number; nanoseconds: number } {
  let seconds = Math.floor(high / BILLION);
  let rest = high - seconds * BILLION;
  for (const digit of [low >>> 16, low & 0xffff]) {
    const part = rest * 0x10000 + digit;
    const times = Math.floor(part / BILLION);
    seconds = seconds * 0x10000 + times;
    rest = part - times * BILLION;
  }
  return { seconds, nanoseconds: rest };
}

function sameWords(a: Uint32Array, at: number, b: Uint32Array, bt: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[at + i] !== b[bt + i]) return false;
  return true;
}

function splitNames(bytes: Buffer, count: number): string[] {
  if (count === 0) return [];
  // A name is seldom anything but ASCII, for which there is a faster way.
  const text = isAscii(bytes) ? bytes.toString('latin1') : decodeName(bytes);
  const names = text.split('\0');
  if (names.length !== count + 1 || names.pop() !== '') throw bad('its names are damaged');
  for (let i = 0; i < count; i++) {
    const reason = badName(names[i]!);
    if (reason !== undefined) throw bad(`it holds ${reason}`);
    if (i > 0 && !(names[i - 1]! < names[i]!)) throw bad('its entries are out of order');
  }
  return names;
}

function bad(why: string): SnapstageError {
  return new SnapstageError('damaged', `A stored folder is damaged: ${why}.`);
}
