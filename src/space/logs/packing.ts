/** The upkeep of one's own log in the hub: older records are put into packs. */
import { SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { logFolder, type LogListing } from './hubRecords.ts';
import { packName, replacedBy } from './pack.ts';
import { encodedSize, encodeRecords } from './recordFile.ts';

/**
 * Puts blocks of one's own log into packs where the hub, as listed, has none that is right. What a pack replaces is removed by a later
 * call that finds the pack there, and reads it back: whoever has an old listing, or a folder that arrives file by file, has the one or the
 * other. Of packs that are right by their size the one whose turn it is is read back too. @throws SnapstageError those of the hub, `cancelled`.
 */
export async function packLog(
  hub: Hub,
  log: string,
  blocks: readonly SignedRecord[][],
  { files, packs }: LogListing,
  turn: number,
  work: Work,
): Promise<void> {
  const sizes = new Map([...files, ...packs].map(({ name, size }) => [name, size]));
  for (const [at, block] of blocks.entries()) {
    work.check();
    const bytes = encodedSize(block);
    const isListed = sizes.get(packName(block)) === bytes;
    const replaced = replacedBy(block).filter((name) => sizes.has(name));
    if (isListed && replaced.length === 0 && at !== turn % blocks.length) continue;
    const file = { name: `${logFolder(log)}/${packName(block)}`, bytes: encodeRecords(block) };
    if (!isListed || !(await isInHub(hub, file))) await putFile(hub, file);
    else if (replaced.length > 0) await hub.remove(...replaced.map((name) => `${logFolder(log)}/${name}`));
  }
}

interface File {
  /** In the hub. */
  readonly name: string;
  readonly bytes: Buffer;
}

async function isInHub(hub: Hub, { name, bytes }: File): Promise<boolean> {
  try {
    return (await hub.read(name, bytes.length))?.equals(bytes) === true;
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return false; // it is larger
    throw error;
  }
}

/**
 * Puts a file into the hub whose name says by a hash what is in it: whatever else took its name is not what it is called, and is removed.
 * @throws SnapstageError those of the hub.
 */
export async function putFile(hub: Hub, file: File): Promise<void> {
  if ((await hub.create(file.name, file.bytes)) || (await isInHub(hub, file))) return;
  await hub.remove(file.name);
  await hub.create(file.name, file.bytes);
}
