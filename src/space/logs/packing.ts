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
    if (!isListed || !(await isInHub(hub, file))) await put(hub, file);
    else for (const name of replaced) await hub.remove(`${logFolder(log)}/${name}`);
  }
}

interface Pack {
  readonly name: string;
  readonly bytes: Buffer;
}

async function isInHub(hub: Hub, { name, bytes }: Pack): Promise<boolean> {
  try {
    return (await hub.read(name, bytes.length))?.equals(bytes) === true;
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return false; // it is larger
    throw error;
  }
}

/** Whatever else took its name is not what it is called, for the last record's hash stands for all of a pack, and is removed. */
async function put(hub: Hub, pack: Pack): Promise<void> {
  if ((await hub.create(pack.name, pack.bytes)) || (await isInHub(hub, pack))) return;
  await hub.remove(pack.name);
  await hub.create(pack.name, pack.bytes);
}
