/** The first records of a log as a checkpoint has them. */
import { SnapstageError } from '../../base/errors.ts';
import { idHex, idOf } from '../../store/ids.ts';
import { readRecord, type Place, type SignedRecord } from '../records/envelope.ts';
import { clearBody } from '../records/sealedBodies.ts';
import { decodeExtract } from './extract.ts';
import type { Link } from './link.ts';
import { encodePieces, pieces } from './recordFile.ts';

export interface Start {
  readonly checkpoint: SignedRecord;
  readonly extracts: readonly Buffer[];
  /** From the first on. */
  readonly links: readonly Link[];
}

/** An extract that a checkpoint names: of the records after the number `from`, up to the number `to`. */
interface NamedExtract {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
}

/** In their order; none of a record that is no checkpoint. */
export function extractsIn(record: SignedRecord): NamedExtract[] {
  const said = clearBody(record);
  let to = 0;
  return (said?.kind === 'checkpoint' ? said.extracts : []).map(({ records, hash }) => ({ from: to, to: (to += records), hash }));
}

/** Those that go no further than the number `upTo`, and than the checkpoint itself. */
export function extractsWithin(checkpoint: SignedRecord, upTo: number): NamedExtract[] {
  return extractsIn(checkpoint).filter(({ to }) => to <= upTo && to < checkpoint.header.sequence);
}

/**
 * The first records of a log, `upTo` of them at most, by a record of it and files in any order. Nothing where that is no checkpoint, or a file
 * is missing or makes no sense. Whether the checkpoint counts, and fits all else, only the whole Space tells.
 */
export function startOf(checkpoint: SignedRecord, files: readonly Buffer[], upTo: number): Start | undefined {
  const byHash = new Map(files.map((bytes) => [idHex(idOf(bytes)), bytes]));
  const named = extractsWithin(checkpoint, upTo);
  const extracts = named.flatMap(({ hash }) => byHash.get(hash) ?? []);
  if (named.length === 0 || extracts.length < named.length) return undefined;
  const links: Link[] = [];
  try {
    for (const [at, { from, to }] of named.entries()) {
      for (const link of decodeExtract(extracts[at]!, checkpoint.header, to - from, links.at(-1))) links.push(link);
    }
  } catch (error) {
    if (isBad(error)) return undefined;
    throw error;
  }
  return { checkpoint, extracts, links };
}

/** A start as one local file. */
export function encodeStart({ checkpoint, extracts }: Start): Buffer {
  return encodePieces([checkpoint.bytes, ...extracts]);
}

/** As `startOf`, of a local file, which may be lost and is not trusted. */
export function decodeStart(file: Buffer | undefined, place: Place, upTo: number): Start | undefined {
  const [record, ...extracts] = pieces(file);
  try {
    return record && startOf(readRecord(record, place), extracts, upTo);
  } catch (error) {
    if (isBad(error)) return undefined;
    throw error;
  }
}

function isBad(error: unknown): boolean {
  return error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'newer-format');
}
