/** Wraps for more recipients than a record has room for: files in the hub, named by their hash in the record, each with a part of them. */
import * as z from 'zod';
import { idHex, idOf } from '../../store/ids.ts';
import { isWrittenAs, parseJson } from '../records/envelope.ts';
import { MAX_WRAPS, wrap, type Wrap } from '../records/membership.ts';
import type { Epoch } from './keychain.ts';

/** Files of wraps that are here, by their hash. */
export type Shards = ReadonlyMap<string, Buffer>;

const shardShape = z.array(wrap).max(4096);
/** The largest file of wraps, in bytes. */
export const MAX_SHARD = 1 << 20;

export const SHARD_FOLDER = 'keys';

/** The file of a shard in the hub. */
export function shardName(hash: string): string {
  return `${SHARD_FOLDER}/${hash}`;
}

/** Divides wraps between the record and shards: what fits into the record is there, or else the first ones are. */
export function divide(wraps: readonly Wrap[], always: number): { readonly inside: readonly Wrap[]; readonly shards: readonly Buffer[] } {
  if (wraps.length <= MAX_WRAPS) return { inside: wraps, shards: [] };
  const rest = wraps.slice(always);
  const count = Math.min(256, 2 ** Math.ceil(Math.log2(rest.length / MAX_WRAPS)));
  const parts = Array.from({ length: count }, (_, at) => rest.filter(({ to }) => shardAt(to, count) === at));
  return { inside: wraps.slice(0, always), shards: parts.map((part) => Buffer.from(JSON.stringify(part))) };
}

/** The shards in which wraps for these recipients would be. */
export function shardsFor(epoch: Pick<Epoch, 'shards'>, recipients: Iterable<string>): string[] {
  const count = epoch.shards.length;
  return count === 0 ? [] : [...new Set([...recipients].map((id) => epoch.shards[shardAt(id, count)]!))];
}

/** All wraps of an epoch, or nothing while a shard is not here. */
export function wrapsOf(epoch: Pick<Epoch, 'wraps' | 'shards'>, shards: Shards): readonly Wrap[] | undefined {
  const parts = epoch.shards.map((hash) => readShard(shards.get(hash), hash));
  return parts.includes(undefined) ? undefined : [...epoch.wraps, ...parts.flatMap((part) => part ?? [])];
}

/** As many wraps of an epoch as are here. */
export function wrapsHere(epoch: Pick<Epoch, 'wraps' | 'shards'>, shards: Shards): readonly Wrap[] {
  return [...epoch.wraps, ...epoch.shards.flatMap((hash) => readShard(shards.get(hash), hash) ?? [])];
}

/** The wraps of a file, or nothing when it is not the one with this hash. */
function readShard(bytes: Buffer | undefined, hash: string): readonly Wrap[] | undefined {
  if (bytes === undefined || idHex(idOf(bytes)) !== hash) return undefined;
  const wraps = shardShape.safeParse(parseJson(bytes)).data;
  return isWrittenAs(wraps, bytes) ? wraps : undefined;
}

function shardAt(recipient: string, count: number): number {
  return Number.parseInt(recipient.slice(0, 2), 16) % count;
}
