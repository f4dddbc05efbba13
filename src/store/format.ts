import { SnapstageError } from '../base/errors.ts';
import { checksum } from './codec.ts';
import type { StoreFiles } from './files.ts';

export const FORMAT_FILE = 'format';

/** What the format file says of a store. Fields that a newer version adds are kept out of here. */
export interface Format {
  readonly format: number;
  /** Who knows this format can read. */
  readonly minReader: number;
  /** Who knows this format, and all of the features, can write. */
  readonly minWriter: number;
  readonly features: readonly string[];
}

/** The newest format that this build knows. */
const KNOWN = 1;
const KNOWN_FEATURES: ReadonlySet<string> = new Set();

export const FORMAT: Format & Readonly<Record<string, unknown>> = {
  format: KNOWN,
  minReader: 1,
  minWriter: 1,
  features: [],
  hash: 'sha256',
  chunker: { name: 'fastcdc-gear', min: 32 << 10, avg: 128 << 10, max: 512 << 10, whole: 512 << 10 },
};

/** JSON whose last field is the CRC-32 of the others' JSON, so that damage is told from what a newer version wrote. */
export function encodeFormat(format: Format): Buffer {
  const crc = checksum(Buffer.from(JSON.stringify(format)))
    .toString(16)
    .padStart(8, '0');
  return Buffer.from(`${JSON.stringify({ ...format, checksum: crc }, null, 2)}\n`);
}

/** The format, or `undefined` for bytes that are not exactly as `encodeFormat` of any version writes them. */
function decodeFormat(bytes: Buffer): Format | undefined {
  try {
    const { checksum: crc, ...format } = JSON.parse(bytes.toString('utf8')) as Format & { readonly checksum: unknown };
    return typeof crc === 'string' && encodeFormat(format).equals(bytes) ? format : undefined;
  } catch {
    return undefined;
  }
}

/** What a store is opened for; `heal` is to write, also into one whose format file is damaged. */
export type Access = 'read' | 'write' | 'heal';

/** @throws SnapstageError `not-found`, `damaged`, `newer-format`. */
export function checkFormat(files: StoreFiles, access: Access): void {
  const bytes = files.read(FORMAT_FILE);
  if (bytes === undefined) throw new SnapstageError('not-found', 'There is no store here.', { reason: 'not-initialized' });
  const format = decodeFormat(bytes);
  if (format === undefined) {
    if (access === 'heal') return;
    throw new SnapstageError('damaged', 'The store’s format file is damaged; “verify” writes it anew.', { part: FORMAT_FILE });
  }
  if (format.minReader > KNOWN) {
    throw new SnapstageError('newer-format', 'This store was written by a newer Snapstage.', { format: format.format });
  }
  const unknown = format.features.filter((feature) => !KNOWN_FEATURES.has(feature));
  if (access !== 'read' && (format.minWriter > KNOWN || unknown.length > 0)) {
    throw new SnapstageError('newer-format', 'This store was written by a newer Snapstage; this one can only read it.', {
      format: format.format,
      features: unknown,
    });
  }
}

/** Writes a damaged format file anew, and says whether it had to. One that a newer version wrote stays as it is. */
export function healFormat(files: StoreFiles): boolean {
  const bytes = files.read(FORMAT_FILE);
  if (bytes === undefined || decodeFormat(bytes) !== undefined) return false;
  files.write(FORMAT_FILE, encodeFormat(FORMAT), true);
  return true;
}
