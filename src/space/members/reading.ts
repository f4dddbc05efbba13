/** Which logs are read from the hub, and in which order it turns out which they are. */
import { SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import { listLogs } from '../logs/hubRecords.ts';
import type { LogReader, Reading } from '../logs/logReader.ts';
import { authorityRecords } from './authority.ts';
import { Keychain } from './keychain.ts';
import { MAX_SHARD, SHARD_FOLDER, shardName, type Shards } from './shards.ts';
import type { SpaceState } from './state.ts';

/** Logs whose records are new to nobody let in: only the first, which may ask for a place. */
const FIRST = 1;

/** Files of wraps that are read back when something is sent. */
const READ_BACK = 8;

/** The logs to look at: all, or those that are said to have grown. */
export type Grown = readonly string[] | 'all';

/**
 * Reads the logs of root and Masters, and `also` others, each once. Everybody does. @throws SnapstageError only when the hub is not there,
 * or `cancelled`.
 */
export async function readAuthority(
  space: string,
  reader: LogReader,
  work: Work,
  grown: Grown,
  also: readonly string[] = [],
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  const keychain = new Keychain(space, []);
  const done = new Set<string>();
  for (;;) {
    const { logs } = authorityRecords(space, (log) => reader.links(log), keychain);
    const fresh = [...new Set([...logs, ...also])].filter((log) => !done.has(log) && isDue(log, reader, grown));
    if (fresh.length === 0) return readings;
    readings.push(await reader.update(fresh, work));
    for (const log of fresh) done.add(log);
  }
}

/** Reads members' logs as a Master does: all of those who were let in, and the first record of every other. @throws as `readAuthority`. */
export async function readMembers(hub: Hub, reader: LogReader, state: SpaceState, work: Work, grown: Grown): Promise<readonly Reading[]> {
  const named = grown === 'all' ? await listLogs(hub) : grown;
  const logs = [...new Set([...named, ...state.members.keys()])].filter((log) => !state.masters.has(log) && isDue(log, reader, grown));
  const isIn = (log: string): boolean => (state.members.get(log)?.state ?? 'waiting') !== 'waiting';
  const outside = logs.filter((log) => !isIn(log) && reader.held(log).length === 0);
  return [await reader.update(logs.filter(isIn), work), await reader.update(outside, work, FIRST)];
}

function isDue(log: string, reader: LogReader, grown: Grown): boolean {
  return grown === 'all' || grown.includes(log) || reader.held(log).length === 0;
}

/** Reads a file of wraps, if it is there. @throws as `readAuthority`. */
export async function readShard(hub: Hub, hash: string): Promise<Buffer | undefined> {
  try {
    return await hub.read(shardName(hash), MAX_SHARD);
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return undefined; // too large to be one
    throw error;
  }
}

/** Sends files of wraps that the hub lacks. Of those that are right by their size some are read, whose `turn` it is: it grows with time. */
export async function sendShards(hub: Hub, shards: Shards, turn: number): Promise<void> {
  if (shards.size === 0) return;
  const sizes = new Map((await hub.list(SHARD_FOLDER)).files.map(({ name, size }) => [name, size]));
  const turns = Math.ceil(shards.size / READ_BACK);
  for (const [at, [hash, bytes]] of [...shards].entries()) {
    const isListed = sizes.get(hash) === bytes.length;
    if (isListed && (at % turns !== turn % turns || (await readShard(hub, hash))?.equals(bytes) === true)) continue;
    await hub.remove(shardName(hash));
    await hub.create(shardName(hash), bytes);
  }
}
