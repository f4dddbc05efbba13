/** A member's published state in the hub: one sealed file, which a record in its log names. */
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { uncounted, type Work } from '../../base/work.ts';
import { idHex, idOf } from '../../store/ids.ts';

import { open, seal, sealedBytes, type SealContext } from '../crypto/sealing.ts';
import type { Hub } from '../hub/hub.ts';
import { recordsAmong } from '../logs/link.ts';
import { vaultOf } from '../members/audiences.ts';
import type { Member } from '../members/membership.ts';
import type { SpaceState } from '../members/state.ts';
import type { SealedTarget } from '../records/sealedBodies.ts';
import { audienceKey } from '../records/sealedBodies.ts';
import { MAX_ROWS, PublishedTable, tableBytes } from './table.ts';

export interface Published {
  readonly log: string;
  /** Of the record, in the log. */
  readonly sequence: number;
  /** Of the vault's key. */
  readonly epoch: string;
  /** SHA-256 of the sealed file, hex. */
  readonly table: string;
  readonly entries: number;
  /** Milliseconds since 1970 by the member's clock. */
  readonly made: number;
}

/** What a member last published, as far as this reader can open it. */
export function publishedBy(
  { keychain }: Pick<SpaceState, 'keychain'>,
  { log, chain }: Pick<Member, 'log' | 'chain'>,
): Published | undefined {
  for (const { header, ...record } of recordsAmong(chain.standing).toReversed()) {
    if (header.audience !== vaultOf(log) || header.epoch === null) continue;
    const read = keychain.read({ header, ...record });
    if (read.kind !== 'body' || read.body.kind !== 'published') continue;
    const { table, entries, made } = read.body;
    return { log, sequence: header.sequence, epoch: header.epoch, table, entries: Number(entries), made };
  }
  return undefined;
}

function folderOf(log: string): string {
  return `previews/${log}`;
}

/** The name is that of the file's hash, so that nothing else can take it. */
function fileOf(log: string, table: string): string {
  return `${folderOf(log)}/${table.slice(0, 32)}`;
}

/** Seals a table and puts it into the hub. Returns the hash that a record has to name, and the bytes sent. */
export async function sendTable(
  hub: Hub,
  table: Buffer,
  { space, log, made }: { readonly space: string; readonly log: string; readonly made: number },
  { audience, epoch, secret }: SealedTarget,
  host: Pick<Host, 'randomHex'>,
  work: Work,
): Promise<{ readonly table: string; readonly bytes: number }> {
  const context = contextOf(space, log, epoch, made, audienceKey(space, audience, secret));
  const parts: Buffer[] = [];
  for await (const part of seal([table], context, host, uncounted(work))) parts.push(Buffer.from(part));
  const sealed = Buffer.concat(parts);
  const hash = idHex(idOf(sealed));
  const name = fileOf(log, hash);
  if (!(await hub.create(name, sealed, uncounted(work)))) {
    await hub.remove(name);
    await hub.create(name, sealed, uncounted(work));
  }
  return { table: hash, bytes: sealed.length };
}

/** Whether the hub has the file. */
export async function isThere(hub: Hub, { log, table, entries }: Pick<Published, 'log' | 'table' | 'entries'>): Promise<boolean> {
  const { files } = await hub.list(folderOf(log));
  return files.some(({ name, size }) => name === table.slice(0, 32) && size === sealedBytes(tableBytes(entries)));
}

/** Removes what was published before. */
export async function removeOthers(hub: Hub, log: string, table: string): Promise<void> {
  const { files } = await hub.list(folderOf(log));
  const others = files.filter(({ name }) => name !== table.slice(0, 32));
  if (others.length > 0) await hub.remove(...others.map(({ name }) => `${folderOf(log)}/${name}`));
}

/**
 * The table that a record names. @throws SnapstageError `not-found` when the hub does not have it, `damaged` when it is not what the
 * record says or makes no sense; those of the hub.
 */
export async function fetchTable(hub: Hub, { space, keychain }: SpaceState, published: Published, work: Work): Promise<PublishedTable> {
  const { log, epoch, table, entries, made } = published;
  const name = fileOf(log, table);
  if (!Number.isSafeInteger(entries) || entries > MAX_ROWS) throw damaged(name, 'its size can’t be');
  const sealed = await hub.read(name, sealedBytes(tableBytes(entries)));
  if (sealed === undefined) throw new SnapstageError('not-found', `“${name}” is not in the hub ${hub.place}.`, { part: name });
  if (idHex(idOf(sealed)) !== table) throw damaged(name, 'it is not the file that its record names');
  const parts: Buffer[] = [];
  const context = contextOf(space, log, epoch, made, keychain.keyOf(epoch));
  for await (const part of open([sealed], context, uncounted(work))) parts.push(Buffer.from(part));
  const found = new PublishedTable(Buffer.concat(parts));
  if (found.rows !== entries) throw damaged(name, 'it has another number of objects than its record says');
  return found;
}

function contextOf(space: string, log: string, epoch: string, made: number, key: Uint8Array): SealContext {
  return { key, space, audience: vaultOf(log), epoch, name: `${folderOf(log)}/${made}` };
}

function damaged(name: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `“${name}” in the hub can’t be used: ${why}.`, { part: name });
}
