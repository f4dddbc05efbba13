/** Records of one log in one local file: u32 (big-endian) length, then the record, one after the other. It may be lost, but not trusted. */
import { SnapstageError } from '../../base/errors.ts';
import { parseRecord, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';

export function encodeRecords(records: readonly SignedRecord[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ bytes }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * The records of a file, as far as it is good. A record with the hash `trusted` was verified when that was noted, and vouches for those
 * before it by their hashes; the signatures of others are verified now.
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

function pieces(file: Buffer = Buffer.alloc(0)): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= file.length;) {
    const end = at + 4 + file.readUInt32BE(at);
    if (end > file.length) break;
    found.push(file.subarray(at + 4, end));
    at = end;
  }
  return found;
}
