import { createHash, type Hash } from 'node:crypto';
import type { ObjectReader } from './objectReader.ts';
import { packFile } from './pack.ts';
import type { Piece } from './pieces.ts';
import { smallPacks } from './smallPacks.ts';
import { MAX_NUMBER, TAR_END, tarHeader, tarPadding, TarType } from './tar.ts';

/**
 * A bundle: one snapshot as one file. It is an uncompressed tar of plain files with these names, in this order, below
 * `snapstage-export/`:
 *
 * - `format`: JSON, the version that the bundle is of and the oldest one that its reader must know;
 * - `README.txt`: what this is, for people;
 * - `snapshot`: the record, byte for byte, so that the snapshot has the same id wherever it goes;
 * - `labels`: JSON, its name, description and pin;
 * - `packs/…01`, `…02`, …: packs as in a store, only smaller, with what the snapshot consists of and nothing else. What is stored as a
 *   difference comes after what it starts from;
 * - `end`: JSON, the number of packs and the SHA-256 of all that is before this member's header.
 *
 * Nothing follows but the two blocks of zeros that end a tar. So every byte is known by a hash or has one value only.
 */
export const BUNDLE_FOLDER = 'snapstage-export/';
export const BUNDLE_VERSION = 1;
const BILLION = 1_000_000_000n;

const README = `This is a snapshot of a folder, exported by Snapstage.

"snapshot" describes it and "labels" holds its name, both as JSON. "packs" holds its files, compressed, in the format of
Snapstage's store. To get the files out:

    snapstage -C some/folder import this-file
    snapstage -C some/folder restore THE-ID --to another/folder

For a copy that other programs can open, export the snapshot as a .tar.zst.
`;

/** The name of the pack with this number, from 1. */
export function bundledPack(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export interface BundledSnapshot {
  readonly record: Buffer;
  readonly labels: Buffer;
  /** ISO 8601: the time that all members have, so that the same snapshot gives the same file. */
  readonly created: string;
}

/** The bytes of a bundle, in parts. `level` is zstd's, for what can't be taken as it is stored. */
export function* encodeBundle(snapshot: BundledSnapshot, pieces: Iterable<Piece>, reader: ObjectReader, level: number): Generator<Buffer> {
  const seconds = Math.floor(Date.parse(snapshot.created) / 1000);
  const mtime = BigInt(Math.min(Math.max(0, seconds), MAX_NUMBER)) * BILLION; // whatever the clock said, one header is enough
  const hash = createHash('sha256');
  const member = (name: string, content: readonly Buffer[]): Generator<Buffer> => hashed(tarFile(name, content, mtime), hash);
  const format = { format: 'snapstage-export', version: BUNDLE_VERSION, minReader: BUNDLE_VERSION };
  yield* member('format', [json(format)]);
  yield* member('README.txt', [Buffer.from(README)]);
  yield* member('snapshot', [snapshot.record]);
  yield* member('labels', [snapshot.labels]);
  let packs = 0;
  for (const { name, parts } of smallPacks(pieces, () => bundledPack((packs += 1)), reader, level)) yield* member(packFile(name), parts);
  yield* tarFile('end', [json({ packs, sha256: hash.digest('hex') })], mtime);
  yield TAR_END;
}

function* tarFile(name: string, content: readonly Buffer[], mtime: bigint): Generator<Buffer> {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  yield tarHeader({ name: Buffer.from(BUNDLE_FOLDER + name), type: TarType.file, mode: 0o644, mtime, size });
  yield* content;
  yield tarPadding(size);
}

function* hashed(parts: Iterable<Buffer>, hash: Hash): Generator<Buffer> {
  for (const part of parts) {
    hash.update(part);
    yield part;
  }
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** The member that a pack is. */
export function bundledPackFile(number: number): string {
  return packFile(bundledPack(number));
}
