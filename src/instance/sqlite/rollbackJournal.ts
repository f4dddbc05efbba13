import * as fs from 'node:fs';
import { pageSize } from './header.ts';
import type { Sidecar } from './sidecar.ts';

const MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
const HEADER = 28;
const UP_TO_THE_END = 0xffffffff;
/** A journal of several databases' transaction ends with the name of the file that they share. */
const MAX_NAME = 4096;

/**
 * What a rollback journal holds of the pages as they were before its transaction. Returns `undefined` when there is nothing to roll
 * back: no valid header (the transaction was committed), nothing flushed yet (the database is untouched), or a transaction over
 * several databases that was committed. Format: https://www.sqlite.org/fileformat.html#the_rollback_journal
 *
 * `exists` tells whether the file that the journals of several databases share is there, by its absolute path.
 */
export function readJournal(fd: number, exists: (superJournal: string) => boolean): Sidecar | undefined {
  const size = fs.fstatSync(fd).size;
  const first = readHeader(fd, 0);
  if (first === undefined) return undefined;
  const shared = superJournal(fd, size);
  if (shared !== undefined && !exists(shared)) return undefined;
  const offsets = new Map<number, number>();
  const record = Buffer.allocUnsafe(first.pageSize + 8);
  let records = 0;
  for (let header: Header | undefined = first, at = 0; header !== undefined; header = readHeader(fd, at)) {
    let isWhole = true;
    at += first.sector;
    for (let i = 0; i < header.records && isWhole; i++, at += record.length) {
      isWhole = fs.readSync(fd, record, 0, record.length, at) === record.length && isValid(record, header.nonce);
      const number = record.readUInt32BE(0);
      if (!isWhole || number === 0) break;
      records += 1;
      if (number <= first.pages && !offsets.has(number)) offsets.set(number, at + 4);
    }
    if (!isWhole || header.records === UP_TO_THE_END) break;
    at = Math.ceil(at / first.sector) * first.sector;
  }
  if (records === 0) return undefined;
  const round = first.nonce.toString(16);
  return { kind: 'journal', round, length: records, pageSize: first.pageSize, pages: first.pages, offsets };
}

interface Header {
  readonly records: number;
  readonly nonce: number;
  readonly pages: number;
  readonly sector: number;
  readonly pageSize: number;
}

function readHeader(fd: number, at: number): Header | undefined {
  const bytes = Buffer.alloc(HEADER);
  if (fs.readSync(fd, bytes, 0, HEADER, at) < HEADER || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  const sector = bytes.readUInt32BE(20);
  const size = pageSize(bytes.readUInt32BE(24));
  const isSector = sector >= 32 && sector <= 65536 && (sector & (sector - 1)) === 0;
  if (size === undefined || !isSector) return undefined;
  return { records: bytes.readUInt32BE(8), nonce: bytes.readUInt32BE(12), pages: bytes.readUInt32BE(16), sector, pageSize: size };
}

/** Every 200th byte of the page, from its end, and the journal's random number. */
function isValid(record: Buffer, nonce: number): boolean {
  let sum = nonce;
  for (let i = record.length - 8 - 200; i > 0; i -= 200) sum = (sum + record[4 + i]!) >>> 0;
  return sum === record.readUInt32BE(record.length - 4);
}

function superJournal(fd: number, size: number): string | undefined {
  const end = Buffer.alloc(16);
  if (size < HEADER + 16 || fs.readSync(fd, end, 0, 16, size - 16) < 16 || !end.subarray(8).equals(MAGIC)) return undefined;
  const length = end.readUInt32BE(0);
  if (length === 0 || length > MAX_NAME || length > size - HEADER - 16) return undefined;
  const name = Buffer.alloc(length);
  fs.readSync(fd, name, 0, length, size - 16 - length);
  let sum = 0;
  for (const byte of name) sum = (sum + ((byte << 24) >> 24)) >>> 0;
  return sum === end.readUInt32BE(4) ? name.toString('utf8') : undefined;
}
