/**
 * Extracts: a block of a log as newcomers read it, of which its author has signed the hash (a `checkpoint` record). What concerns everybody
 * is there as it is; of what concerns one person alone there is a stub, by which the rest can be checked as if it were there. What is which
 * can be seen without any key, so that whoever has all records of the block makes the same file, byte for byte.
 *
 * For each record: u32 (big-endian) length, and so many bytes: what it is, a sum of `STUB`, `INVITE` and `SEEN`, or `WHOLE` and then the
 * record. Of a stub: the record's hash (32 bytes); with `INVITE` the first 4 bytes of the id of the invite that it concerns; with `SEEN` what
 * it cites as JSON, where that is not what the one before it cites.
 */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import type { Body } from '../records/bodies.ts';
import { MAX_SEEN, parseJson, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';
import { clearBody } from '../records/sealedBodies.ts';
import { citation, type Citation } from '../records/shapes.ts';
import type { Link, Stub } from './link.ts';
import { encodePieces, pieces } from './recordFile.ts';

/** The largest extract, in bytes; of 64 records any fits. */
export const MAX_EXTRACT = 8 << 20;

const [WHOLE, STUB, INVITE, SEEN] = [0, 1, 2, 4];
const HASH_BYTES = 32;
const INVITE_BYTES = 4;
/** What concerns one person alone though everybody can read it. */
const PERSONAL: ReadonlySet<Body['kind']> = new Set(['withdraw', 'admit', 'remove', 'seen']);
const citations = z.array(citation).max(MAX_SEEN);

/** How extracts name an invite. */
export function inviteMark(id: string): string {
  return id.slice(0, 2 * INVITE_BYTES);
}

/** The extract of records that follow one another. */
export function encodeExtract(records: readonly SignedRecord[]): Buffer {
  let before: readonly Citation[] = [];
  return encodePieces(
    records.map((record) => {
      const { seen } = record.header;
      const isSame = isDeepStrictEqual(seen, before);
      before = seen;
      const said = clearBody(record);
      if (!isPersonal(record, said)) return Buffer.concat([Buffer.of(WHOLE), record.bytes]);
      const invite = inviteOf(record, said);
      return Buffer.concat([
        Buffer.of(STUB + (invite === undefined ? 0 : INVITE) + (isSame ? 0 : SEEN)),
        Buffer.from(record.hash, 'hex'),
        Buffer.from(invite ?? '', 'hex'),
        Buffer.from(isSame ? '' : JSON.stringify(seen)),
      ]);
    }),
  );
}

/**
 * What an extract says of so many records of a log, which follow `last`; the signatures of those that are whole are verified.
 * @throws SnapstageError `damaged` when it makes no sense, as `readRecord`.
 */
export function decodeExtract(bytes: Buffer, place: Place, count: number, last: Link | undefined): Link[] {
  const links: Link[] = [];
  let before: readonly Citation[] = [];
  const found = pieces(bytes);
  if (found.length !== count) throw senseless();
  for (const piece of found) {
    const previous = links.at(-1) ?? last;
    const link = piece[0] === WHOLE ? readRecord(piece.subarray(1), place) : decodeStub(piece, place, previous, before);
    const { sequence, previous: follows, seen } = link.header;
    if (sequence !== (previous?.header.sequence ?? 0) + 1 || follows !== (previous?.hash ?? null)) throw senseless();
    before = seen;
    links.push(link);
  }
  return links;
}

function decodeStub(piece: Buffer, { log }: Place, previous: Link | undefined, before: readonly Citation[]): Stub {
  const what = piece[0] ?? WHOLE;
  const inviteAt = 1 + HASH_BYTES;
  const seenAt = inviteAt + (what & INVITE ? INVITE_BYTES : 0);
  const seen = what & SEEN ? citations.safeParse(parseJson(piece.subarray(seenAt))).data : [...before];
  if ((what & STUB) === 0 || what > STUB + INVITE + SEEN || seen === undefined) throw senseless();
  if (piece.length < seenAt || (!(what & SEEN) && piece.length > seenAt)) throw senseless();
  const depth = 1 + Math.max(previous?.header.depth ?? 0, ...seen.map((cited) => cited.depth));
  const sequence = (previous?.header.sequence ?? 0) + 1;
  return {
    header: { log, sequence, depth, previous: previous?.hash ?? null, seen },
    hash: piece.toString('hex', 1, inviteAt),
    invite: what & INVITE ? piece.toString('hex', inviteAt, seenAt) : undefined,
  };
}

/** True for what nobody needs but Masters and the one whom it concerns. */
function isPersonal({ header: { audience } }: SignedRecord, said: Body | undefined): boolean {
  if (audience === 'clear') return said !== undefined && PERSONAL.has(said.kind);
  return audience === 'masters' || audience.startsWith('vault-') || audience.startsWith('box-');
}

/** The mark of the invite that a record concerns. */
function inviteOf({ header: { audience } }: SignedRecord, said: Body | undefined): string | undefined {
  if (audience.startsWith('box-')) return inviteMark(audience.slice('box-'.length));
  if (said?.kind === 'withdraw') return inviteMark(said.invite);
  return said?.kind === 'admit' && said.via.startsWith('invite-') ? inviteMark(said.via.slice('invite-'.length)) : undefined;
}

function senseless(): SnapstageError {
  return new SnapstageError('damaged', 'An extract of a log makes no sense.', { flaw: 'malformed' });
}
