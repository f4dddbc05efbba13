/** Records of one log in one file, here or as a pack in the hub: u32 (big-endian) length, then the record, one after the other. */
import { SnapstageError } from '../../base/errors.ts';
import { parseRecord, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';

const LENGTH_BYTES = 4;

export function encodeRecords(records: readonly SignedRecord[]): Buffer {
  return encodePieces(records.map(({ bytes }) => bytes));
}

/** Each with its length before it: what `pieces` reads. */
export function encodePieces(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((bytes) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The number of bytes that `encodeRecords` makes. */
export function encodedSize(records: readonly SignedRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + LENGTH_BYTES + bytes.length, 0);
}

/**
 * The records of a local file, which may be lost but is not trusted, as far as it is good. A record with the hash `trusted` was verified
 * when that was noted, and vouches for those before it by their hashes; the signatures of others are verified now.
 */
export function decodeRecords(file: Buffer | undefined, place: Place, trusted: string | undefined): SignedRecord[] {
  const records: SignedRecord[] = [];
  const vouched = new Set([trusted]);
  try {
    for (const bytes of pieces(file).toReversed()) {
      const record = parseRecord(bytes, place);
      if (vouched.has(record.hash)) vouched.add(record.header.previous ?? undefined);
      records.push(vouched.has(record.hash) ? record : readRecord(bytes, place));
    }
  } catch (error) {
    if (!(error instanceof SnapstageError)) throw error;
  }
  return records;
}

/** The bytes of what may be records, or whatever else was encoded so, in a file, as far as it is not cut off, and of no more than so many. */
export function pieces(file: Buffer = Buffer.alloc(0), most = Infinity): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + LENGTH_BYTES <= file.length && found.length < most;) {
    const end = at + LENGTH_BYTES + file.readUInt32BE(at);
    if (end > file.length) break;
    found.push(file.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return found;
}
