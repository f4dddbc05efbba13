/** The private keys of one user, as the bytes of a file. */
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import { knownSecret } from '../records/membership.ts';
import { head, id128, id256 } from '../records/shapes.ts';

/** What one instance has in one Space. */
const instance = z.strictObject({
  /** The seed that it signs with, and the private key of what is sealed to it: 32 bytes each, as hex. */
  signing: id256,
  box: id256,
  /** Where the instance is, as an absolute path: another folder with the same log is a copy. */
  folder: z.string().min(1),
  secrets: z.array(knownSecret),
  /** The newest record of each log that was ever seen. */
  heads: z.record(id128, head),
});

const FORMAT = 1;

/** By the Space's id, then by the log's. */
const content = z.strictObject({ format: z.literal(FORMAT), spaces: z.record(id128, z.record(id128, instance)) });

export type KeyringContent = z.infer<typeof content>;
export type InstanceEntry = z.infer<typeof instance>;

/** JSON behind a CRC-32 line: a digit of a key that the disk changed would look like any other. */
export function encodeKeyring(keyring: KeyringContent): Buffer {
  return encodeChecked(keyring);
}

/** What a file holds, which is nothing for none. @throws SnapstageError `damaged`; `newer-format` when a newer Snapstage wrote it. */
export function decodeKeyring(bytes: Buffer | undefined): KeyringContent {
  if (bytes === undefined) return { format: FORMAT, spaces: {} };
  const value = decodeChecked(bytes);
  if (isNewer(value))
    throw new SnapstageError('newer-format', 'The keys on this machine were written by a newer Snapstage; update this one.');
  const parsed = content.safeParse(value);
  // What does not fit is not told: it may be a part of a key.
  if (!parsed.success) throw new SnapstageError('damaged', 'The keys on this machine can’t be read.');
  return parsed.data;
}

function isNewer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'format' in value && typeof value.format === 'number' && value.format > FORMAT;
}
