import { createHash } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import { uncounted, type Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';
import { MAX_SMALL_PACK } from '../../store/smallPacks.ts';
import type { SealedFile } from '../crypto/sealedFile.ts';
import { open, sealedBytes, type SealContext } from '../crypto/sealing.ts';
import type { Hub } from '../hub/hub.ts';

/**
 * Where the content for one audience lies: sealed packs in a folder of the hub, and beside each its index, sealed too, so that who wants
 * something finds the packs that hold it. Signed records name these files; no other is ever opened.
 */
export interface Area {
  readonly hub: Hub;
  /** In the hub. */
  readonly folder: string;
  /**
   * A folder of this instance's own for this area alone, with sealed files under the names that they have in the hub: what was written
   * here, to send it again, and what was fetched and is needed more than once. Any of it can be lost.
   */
  readonly local: StoreFiles;
  readonly space: string;
  readonly audience: string;
  /** The audience's key of an epoch. @throws SnapstageError when this instance has none. */
  keyOf(epoch: string): Uint8Array;
}

/** A sealed file, as a signed record names it. */
export interface AreaFile extends SealedFile {
  /** In the area's folder. */
  readonly name: string;
}

/** A pack of an area, as a signed record names it. */
export interface AreaPack {
  /** Of the keys that it is sealed with. */
  readonly epoch: string;
  readonly pack: AreaFile;
  readonly index: AreaFile;
}

/** Of a file in the hub. */
export function hubName(area: Area, { name }: AreaFile): string {
  return `${area.folder}/${name}`;
}

export function sealContext(area: Area, epoch: string, name: string): SealContext {
  const { space, audience, folder } = area;
  return { key: area.keyOf(epoch), space, audience, epoch, name: `${folder}/${name}` };
}

const NAME = /^[0-9a-f]{32}$/;
/** No index of an honest pack is larger. */
const MAX_INDEX = 16 << 20;

/** @throws SnapstageError `damaged` for a pack that nobody honest names: nobody is made to fetch it, or to hold it in memory. */
export function checkPack(area: Area, { pack, index }: AreaPack): void {
  if (![pack, index].every(({ name }) => NAME.test(name)) || pack.name === index.name) throw unusable(area, pack, 'its name can’t be');
  const isSane = ({ bytes }: AreaFile, most: number): boolean => Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= sealedBytes(most);
  if (!isSane(pack, MAX_SMALL_PACK) || !isSane(index, MAX_INDEX)) throw unusable(area, pack, 'its size can’t be');
}

/** A sealed file that lies in this instance's own folder, under the name `at`; `undefined` when it does not, or is not what the record says. */
export function localFile({ local }: Area, file: AreaFile, at = file.name): Buffer | undefined {
  if (local.size(at) !== file.bytes) return undefined;
  const bytes = local.read(at);
  return bytes !== undefined && isListed(file, bytes) ? bytes : undefined;
}

/**
 * A sealed file's bytes from the hub, of which each is what the record says.
 * @throws SnapstageError `not-found` when the hub does not have it, `damaged` when it has another; those of the hub.
 */
export async function fetchFile(area: Area, file: AreaFile, work: Work): Promise<Buffer> {
  const name = hubName(area, file);
  const bytes = Buffer.allocUnsafeSlow(file.bytes);
  let at = 0;
  const into = { append: (part: Uint8Array) => void (bytes.set(part, at), (at += part.length)) };
  const got = await naming(area, file, () => area.hub.fetch(name, into, file.bytes, work));
  if (got === undefined) {
    const message = `“${name}” is not in the hub ${area.hub.place}. It may still be on its way, or somebody has taken it away: try again later.`;
    throw new SnapstageError('not-found', message, { reason: 'not-in-hub', part: name });
  }
  if (got < file.bytes) throw unusable(area, file, 'it ends too early');
  if (!isListed(file, bytes)) throw unusable(area, file, 'it is not the file that its record names');
  return bytes;
}

function isListed(file: AreaFile, bytes: Buffer): boolean {
  return bytes.length === file.bytes && createHash('sha256').update(bytes).digest('hex') === file.hash;
}

/** What a sealed file holds. @throws SnapstageError `damaged`, `cancelled`. */
export async function openSealed(area: Area, epoch: string, { name }: AreaFile, sealed: Buffer, work: Work): Promise<Buffer> {
  const plain = Buffer.allocUnsafeSlow(sealed.length); // it is larger than what it holds
  let bytes = 0;
  for await (const part of open([sealed], sealContext(area, epoch, name), uncounted(work))) {
    part.copy(plain, bytes);
    bytes += part.length;
  }
  return plain.subarray(0, bytes);
}

/** Names the file, in an error that says what is damaged in what it holds and names no other. */
export async function naming<T>(area: Area, file: AreaFile, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'damaged' || error.details['hub'] === area.hub.place) throw error;
    throw unusable(area, file, error.message.replace(/\.$/, ''), error);
  }
}

/** For a file that a signed record names and that is not what it must be. */
export function unusable(area: Area, file: AreaFile, why: string, cause?: unknown): SnapstageError {
  const part = hubName(area, file);
  return new SnapstageError(
    'damaged',
    `“${part}” in the hub can’t be used: ${why}. Whoever wrote it can put it back.`,
    { part, hub: area.hub.place },
    cause,
  );
}
