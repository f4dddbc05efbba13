/**
 * What a member has, as a table in which only who guesses finds something (SPACE.md, Preview). For each object a row of 17 bytes: the
 * first 8 of HMAC-SHA256(key, 0 ‖ path); its kind, covered by the next byte of that; and the first 8 of HMAC-SHA256(key, 1 ‖ path ‖ kind ‖
 * content id). Rows are in the order of their bytes. The key is new in each table, so that two of them can't be compared either. It
 * stands in the table: Masters, who can open it, test what they are about to send; what they do not guess is a number of rows to them.
 */
import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import { encodeName } from '../../base/paths.ts';
import { NO_ID } from '../../store/ids.ts';
import { Kind } from '../../store/tree.ts';

const MARK = Buffer.from('snapview 1\n\0', 'latin1');
const KEY_BYTES = 32;
const HEADER = MARK.length + KEY_BYTES;
const TAG = 8;
const ROW = TAG + 1 + TAG;

/** Objects that one table has at most; an instance with more of them publishes none. */
export const MAX_ROWS = 1 << 20;

/** An object of a state: what it is, and its content. A folder's content are the others. */
export interface PublishedObject {
  readonly path: string;
  readonly kind: Kind;
  readonly id: Buffer;
}

/** Bytes of a table with so many rows. */
export function tableBytes(rows: number): number {
  return HEADER + rows * ROW;
}

/** How many rows a table has. */
export function rowsIn(table: Buffer): number {
  return (table.length - HEADER) / ROW;
}

/** The table of these objects, with a key of 32 bytes that no other table has. */
export function encodeTable(objects: Iterable<PublishedObject>, key: Buffer): Buffer {
  const rows: string[] = [];
  const secret = createSecretKey(key); // a key as bytes costs as much as four hashes, each time
  for (const object of objects) rows.push(rowOf(secret, object).toString('latin1'));
  // Strings of bytes are sorted as bytes are.
  return Buffer.concat([MARK, key, Buffer.from(rows.toSorted().join(''), 'latin1')]);
}

/** The same for the same objects in the same order, whatever the key: to see whether another table is due. */
export function digestOf(objects: Iterable<PublishedObject>): string {
  const hash = createHash('sha256');
  for (const { path, kind, id } of objects) hash.update(encodeName(path)).update(Buffer.of(0, kind)).update(contentOf(kind, id));
  return hash.digest('hex');
}

/** A path, by which a table can be asked for it. */
export interface Guess {
  /** 0 ‖ path. */
  readonly path: Buffer;
}

export function guessOf(path: string): Guess {
  return { path: Buffer.concat([Buffer.of(0), encodeName(path)]) };
}

/** What is at a path, as far as a table tells. */
export interface Finding {
  readonly kind: number;
  readonly row: number;
}

/** A table that was received. */
export class PublishedTable {
  readonly rows: number;
  private readonly key: KeyObject;
  private readonly bytes: Buffer;

  /** @throws SnapstageError `damaged` for what is none. */
  constructor(bytes: Buffer) {
    this.rows = rowsIn(bytes);
    this.bytes = bytes.subarray(HEADER);
    const isOne = bytes.subarray(0, MARK.length).equals(MARK) && Number.isInteger(this.rows) && this.rows >= 0 && this.isSorted();
    if (!isOne) throw new SnapstageError('damaged', 'This is no table of a published state.', { flaw: 'bad-table' });
    this.key = createSecretKey(bytes.subarray(MARK.length, HEADER));
  }

  /** What is at the path. */
  find({ path }: Guess): Finding | undefined {
    const digest = createHmac('sha256', this.key).update(path).digest();
    const row = this.rowOf(digest);
    if (row < 0) return undefined;
    return { row, kind: this.bytes[row * ROW + TAG]! ^ digest[TAG]! };
  }

  /** True when what was found has this kind and content. */
  holds({ row, kind }: Finding, { path }: Guess, object: Pick<PublishedObject, 'kind' | 'id'>): boolean {
    if (kind !== object.kind) return false;
    const tag = contentTag(this.key, path, object.kind, object.id);
    const at = row * ROW + TAG + 1;
    return this.bytes.compare(tag, 0, TAG, at, at + TAG) === 0;
  }

  private rowOf(digest: Buffer): number {
    let low = 0;
    let high = this.rows - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = middle * ROW;
      const order = this.bytes.compare(digest, 0, TAG, at, at + TAG);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  private isSorted(): boolean {
    const { bytes } = this;
    for (let at = ROW; at + ROW <= bytes.length; at += ROW)
      if (bytes.compare(bytes, at - ROW, at - ROW + TAG, at, at + TAG) < 0) return false;
    return true;
  }
}

function rowOf(key: KeyObject, { path, kind, id }: PublishedObject): Buffer {
  const guess = guessOf(path);
  const digest = createHmac('sha256', key).update(guess.path).digest();
  return Buffer.concat([digest.subarray(0, TAG), Buffer.of(digest[TAG]! ^ kind), contentTag(key, guess.path, kind, id)]);
}

/** `path` with the 0 before it, in the place of which 1 is hashed. */
function contentTag(key: KeyObject, path: Buffer, kind: Kind, id: Buffer): Buffer {
  const hmac = createHmac('sha256', key).update(Buffer.of(1)).update(path.subarray(1));
  return hmac.update(Buffer.of(kind)).update(contentOf(kind, id)).digest().subarray(0, TAG);
}

function contentOf(kind: Kind, id: Buffer): Buffer {
  return kind === Kind.folder ? NO_ID : id;
}
