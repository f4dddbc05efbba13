/** Which logs are read from the hub, and in which order it turns out which they are. */
import { SnapstageError } from '../../base/errors.ts';
import type { Hub } from '../hub/hub.ts';
import { listLogs } from '../logs/hubRecords.ts';
import type { LogReader, Reading } from '../logs/logReader.ts';
import { authorityRecords } from './authority.ts';
import { Keychain } from './keychain.ts';
import { MAX_SHARD, shardName } from './shards.ts';
import type { SpaceState } from './state.ts';

/** Logs whose records are new to nobody let in: only the first, which may ask for a place. */
const FIRST = 1;

/** Reads the logs of root and Masters. Everybody does. @throws SnapstageError only when the hub is not there, or `cancelled`. */
export async function readAuthority(space: string, reader: LogReader): Promise<Reading> {
  const readings: Reading[] = [];
  const keychain = new Keychain(space, []);
  const done = new Set<string>();
  for (;;) {
    const { logs } = authorityRecords(space, (log) => reader.held(log), keychain);
    const fresh = [...logs].filter((log) => !done.has(log));
    if (fresh.length === 0) return merge(readings);
    readings.push(await reader.update(fresh));
    for (const log of fresh) done.add(log);
  }
}

/**
 * Reads members' logs as a Master does: all of those who were let in, and the first record of every other. Returns the ids of the logs
 * that are there. @throws as `readAuthority`.
 */
export async function readMembers(hub: Hub, reader: LogReader, state: SpaceState): Promise<Reading & { readonly logs: readonly string[] }> {
  const logs = [...new Set([...(await listLogs(hub)), ...state.members.keys()])].filter((log) => !state.masters.has(log));
  const isIn = (log: string): boolean => (state.members.get(log)?.state ?? 'waiting') !== 'waiting';
  const inside = await reader.update(logs.filter(isIn));
  const outside = await reader.update(
    logs.filter((log) => !isIn(log)),
    FIRST,
  );
  return { ...merge([inside, outside]), logs };
}

/** Reads files of wraps, as many as are there. @throws as `readAuthority`. */
export async function readShards(hub: Hub, hashes: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const hash of hashes) {
    try {
      const bytes = await hub.read(shardName(hash), MAX_SHARD);
      if (bytes !== undefined) found.set(hash, bytes);
    } catch (error) {
      // Too large to be one: as good as not there.
      if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
    }
  }
  return found;
}

function merge(readings: readonly Reading[]): Reading {
  return { findings: readings.flatMap(({ findings }) => findings), lost: readings.flatMap(({ lost }) => lost) };
}
