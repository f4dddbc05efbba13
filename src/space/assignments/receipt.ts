/**
 * The receipt of a hand-in: a small file that anybody can check without the Space. It holds what its author claims, signed; what a Master
 * has countersigned, if one has; and the clear records by which the Space's root made that one a Master. The Space's id is that of its root's
 * keys, so the file proves all but that no office was ended since.
 */
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { idOf } from '../../store/ids.ts';
import { verify } from '../crypto/signing.ts';
import { MAX_RECORD, parseJson, readRecord, type SignedRecord } from '../records/envelope.ts';
import { identityId } from '../records/identity.ts';
import { clearBody } from '../records/sealedBodies.ts';
import { base64, count64, id128, id256, label, publicKeys, time } from '../records/shapes.ts';
import type { BodyOf } from '../records/bodies.ts';

/** The largest file of a receipt, in bytes. */
export const MAX_RECEIPT = 1 << 20;
/** Masters from the root down to the one who countersigned. */
const MAX_OFFICES = 8;
const CLAIM = 'snapstage receipt 1';
const COUNTERSIGN = 'snapstage countersignature 1';
const FORMAT = 'snapstage receipt 1';

const statementShape = z.strictObject({
  format: z.literal(FORMAT),
  space: id128,
  assignment: id256,
  title: label,
  author: id128,
  keys: publicKeys,
  /** The hash of its record. */
  handIn: id256,
  /** The root tree of what was handed in. */
  tree: id256,
  files: z.int().min(1),
  bytes: count64,
  taken: time,
  made: time,
});

/** What an author claims, and a Master countersigns. */
export type Statement = z.infer<typeof statementShape>;

const signature = base64(64);

const fileShape = z.strictObject({
  statement: statementShape,
  signature,
  countersigned: z
    .strictObject({
      keys: publicKeys,
      name: label.nullable(),
      received: time,
      signature,
      /** The records that certify it, from the root's on. */
      offices: z.array(base64(MAX_RECORD)).max(MAX_OFFICES),
    })
    .nullable(),
});

export type Receipt = z.infer<typeof fileShape>;

/** What the receipt of a hand-in says. `title`: of the assignment, as the author knew it. */
export function statementOf({ header, hash }: SignedRecord, body: BodyOf<'hand-in'>, title: string): Statement {
  const { assignment, tree, files, bytes, taken, made } = body;
  const { space, log, keys } = header;
  return { format: FORMAT, space, assignment, title, author: log, keys, handIn: hash, tree, files, bytes, taken, made };
}

/** A short text of what a receipt says, for comparing by eye: the first 80 bits of its SHA-256, in groups of four digits. */
export function receiptCode(statement: Statement): string {
  const digits = idOf(bytesOf(statement)).toString('hex').slice(0, 20).toUpperCase();
  return digits.match(/.{4}/g)!.join('-');
}

/** Somebody who signs, 64 bytes. */
export interface Signer {
  sign(label: string, ...parts: readonly Uint8Array[]): Buffer;
}

export function signStatement(statement: Statement, author: Signer): Buffer {
  return author.sign(CLAIM, bytesOf(statement));
}

/** A Master's signature: it had seen the hand-in at `received` (milliseconds since 1970), by somebody of this name. */
export function countersign(statement: Statement, received: number, name: string | null, master: Signer): Buffer {
  return master.sign(COUNTERSIGN, ...countersignedParts(statement, received, name));
}

function isCountersigned(
  statement: Statement,
  { received, name, signature: signed }: Pick<NonNullable<Receipt['countersigned']>, 'received' | 'name' | 'signature'>,
  key: string,
): boolean {
  return verify(Buffer.from(key, 'hex'), Buffer.from(signed, 'base64url'), COUNTERSIGN, ...countersignedParts(statement, received, name));
}

/** The file of a receipt, as people can read it. */
export function encodeReceipt(receipt: Receipt): Buffer {
  return Buffer.from(`${JSON.stringify(fileShape.parse(receipt), null, 2)}\n`);
}

/** @throws SnapstageError `damaged` for one that is not as it was signed, `newer-format`. */
export function readReceipt(bytes: Uint8Array): Receipt {
  const found = bytes.length > MAX_RECEIPT ? undefined : parseJson(bytes);
  const format = z.looseObject({ statement: z.looseObject({ format: z.string() }) }).safeParse(found).data?.statement.format;
  if (format !== undefined && format !== FORMAT && /^snapstage receipt \d+$/.test(format))
    throw new SnapstageError('newer-format', 'This receipt was written by a newer Snapstage; update this one to check it.');
  const receipt = fileShape.safeParse(found).data;
  if (receipt === undefined) throw bad('it is no receipt, or a part of it is missing');
  const { statement, countersigned } = receipt;
  if (identityId(statement.keys) !== statement.author) throw bad('its keys are not its author’s');
  if (!isSignedBy(statement.keys.sign, statement, receipt.signature)) throw bad('it is not what its author signed');
  if (countersigned === null) return receipt;
  if (!isCountersigned(statement, countersigned, countersigned.keys.sign)) throw bad('it is not what the Master countersigned');
  checkOffice(statement.space, identityId(countersigned.keys), countersigned.offices);
  return receipt;
}

function isSignedBy(key: string, statement: Statement, signed: string): boolean {
  return verify(Buffer.from(key, 'hex'), Buffer.from(signed, 'base64url'), CLAIM, bytesOf(statement));
}

/** Each record certifies the next one's author, the first being the root's, the last one's the Master. */
function checkOffice(space: string, master: string, offices: readonly string[]): void {
  let by = space;
  for (const office of offices) by = certifiedBy(Buffer.from(office, 'base64url'), space, by);
  if (by !== master || master === space) throw bad('who countersigned it was never made a Master of its Space');
}

function certifiedBy(bytes: Buffer, space: string, log: string): string {
  const body = clearBody(readRecord(bytes, { space, log }));
  if (body?.kind !== 'certify') throw bad('a record in it certifies nobody');
  return identityId(body.keys);
}

function countersignedParts(statement: Statement, received: number, name: string | null): Buffer[] {
  return [bytesOf(statement), Buffer.from(JSON.stringify([received, name]))];
}

function bytesOf(statement: Statement): Buffer {
  // In the order of the schema, whatever order it came in.
  return Buffer.from(JSON.stringify(statementShape.parse(statement)));
}

function bad(why: string): SnapstageError {
  return new SnapstageError('damaged', `This receipt does not hold: ${why}.`, {
    reason: 'bad-receipt',
    next: 'Ask its author for the file once more.',
  });
}
