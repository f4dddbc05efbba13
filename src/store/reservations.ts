import { checksum } from './codec.ts';
import type { StoreFiles } from './files.ts';
import type { Reservations } from './storeIndex.ts';

/** Packs on their way out: deleted once everyone who may rely on them has ended. */
export interface TrashRecord {
  readonly packs: readonly string[];
  /** Sessions that were there when the packs were put in; not noted yet when null. */
  readonly sessions: readonly string[] | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const TRASH = 'trash';
const DAMAGED = 'damaged';

/** JSON behind a CRC-32 line; anything else reads as absent. */
export function encodeChecked(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${checksum(body).toString(16).padStart(8, '0')}\n`), body]);
}

export function decodeChecked(bytes: Buffer | undefined): unknown {
  if (bytes === undefined || bytes.length < 9) return undefined;
  const body = bytes.subarray(9);
  if (bytes.toString('latin1', 0, 9) !== `${checksum(body).toString(16).padStart(8, '0')}\n`) return undefined;
  return JSON.parse(body.toString('utf8'));
}

export function listTrash(files: StoreFiles): { readonly name: string; readonly record: TrashRecord }[] {
  return files.list(TRASH).flatMap((name) => {
    const record = decodeChecked(files.read(`${TRASH}/${name}`)) as TrashRecord | undefined;
    return record === undefined ? [] : [{ name, record }];
  });
}

export function writeTrash(files: StoreFiles, name: string, record: TrashRecord): void {
  files.write(`${TRASH}/${name}`, encodeChecked(record), true);
}

export function removeTrash(files: StoreFiles, name: string): void {
  files.remove(`${TRASH}/${name}`);
}

/** Records offsets of damaged blocks of a pack: nobody relies on what is in them, so the next snapshot stores it again. */
export function writeDamaged(files: StoreFiles, pack: string, offsets: readonly number[]): void {
  files.makeFolder(DAMAGED);
  files.write(`${DAMAGED}/${pack}`, encodeChecked(offsets), true);
}

export function removeDamaged(files: StoreFiles, pack: string): void {
  files.remove(`${DAMAGED}/${pack}`);
}

export function listDamaged(files: StoreFiles): Map<string, number[]> {
  const damaged = new Map<string, number[]>();
  for (const pack of files.list(DAMAGED)) {
    const offsets = decodeChecked(files.read(`${DAMAGED}/${pack}`)) as number[] | undefined;
    if (offsets !== undefined) damaged.set(pack, offsets);
  }
  return damaged;
}

export function readReservations(files: StoreFiles): Reservations {
  const trashed = new Set(listTrash(files).flatMap(({ record }) => record.packs));
  const damaged = new Map([...listDamaged(files)].map(([pack, offsets]) => [pack, new Set(offsets)] as const));
  return { trashed, damaged };
}
