/** Lists that records have no room for, as files that are here or in the hub. */
import type * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { Hub } from '../hub/hub.ts';
import { recordsAmong } from '../logs/link.ts';
import type { Body } from '../records/bodies.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { listFolder, MAX_LIST_FILE, openList } from '../records/listFile.ts';
import { vaultOf } from './audiences.ts';
import type { Keychain } from './keychain.ts';
import type { SpaceState } from './state.ts';

/** Why the items of a list are not known: its file is not here yet, or it is none of this record. */
export type ListFlaw = 'missing' | 'damaged';

/** A file of a list. */
export interface ListFile {
  /** Whose record names it. */
  readonly log: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
}

/** The lists that are here, each opened once. */
export class Lists {
  private readonly bytesOf: (file: ListFile) => Buffer | undefined;
  private readonly keychain: Keychain;
  /** By the record that names it. */
  private readonly opened = new Map<string, readonly unknown[] | 'damaged'>();

  constructor(keychain: Keychain, bytesOf: (file: ListFile) => Buffer | undefined) {
    this.keychain = keychain;
    this.bytesOf = bytesOf;
  }

  /** The items of the one list that a record has; `list` is what its body says of it. */
  items<Item>(record: SignedRecord, made: number, list: readonly Item[] | string, item: z.ZodType<Item>): readonly Item[] | ListFlaw {
    if (typeof list !== 'string') return list;
    const known = this.opened.get(record.hash);
    if (known !== undefined) return known as readonly Item[] | 'damaged';
    const bytes = this.bytesOf({ log: record.header.log, hash: list });
    const secret = this.keychain.secretOf(record.header.epoch ?? '');
    if (bytes === undefined || secret === undefined || !isFile(bytes, list)) return 'missing';
    const found = openedList(bytes, item, record, made, secret);
    this.opened.set(record.hash, found);
    return found;
  }
}

function openedList<Item>(
  bytes: Buffer,
  item: z.ZodType<Item>,
  record: SignedRecord,
  made: number,
  secret: Uint8Array,
): readonly Item[] | 'damaged' {
  try {
    return openList(bytes, item, record, made, secret);
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return 'damaged';
    throw error;
  }
}

/** Whether these are the bytes with the hash. */
function isFile(bytes: Buffer, hash: string): boolean {
  return idHex(idOf(bytes)) === hash;
}

/** Files of lists that records name which this reader can open: those of Masters, and for Masters those in members' vaults. */
export function listsNamed({ statements, members, keychain }: Pick<SpaceState, 'statements' | 'members' | 'keychain'>): ListFile[] {
  const told = [...members.values()].flatMap(({ log, chain }) =>
    recordsAmong(chain.standing).flatMap((record) => {
      const read = record.header.audience === vaultOf(log) ? keychain.read(record) : undefined;
      return read?.kind === 'body' ? [{ record, body: read.body }] : [];
    }),
  );
  return [...statements, ...told].flatMap(({ record, body }) => {
    const hash = listIn(body);
    return hash === undefined ? [] : [{ log: record.header.log, hash }];
  });
}

function listIn(body: Body): string | undefined {
  const list = listOf(body);
  return typeof list === 'string' ? list : undefined;
}

function listOf(body: Body): unknown {
  switch (body.kind) {
    case 'distribute':
    case 'exception':
      return body.items;
    case 'recall':
      return body.paths;
    case 'acknowledge':
      return body.outcomes;
    default:
      return undefined;
  }
}

/** A file of a list, if the hub has it as the record names it. @throws SnapstageError only when the hub is not there. */
export async function readList(hub: Hub, { log, hash }: ListFile): Promise<Buffer | undefined> {
  try {
    const bytes = await hub.read(`${listFolder(log)}/${hash}`, MAX_LIST_FILE);
    return bytes !== undefined && isFile(bytes, hash) ? bytes : undefined;
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'damaged') return undefined; // too large to be one
    throw error;
  }
}

/** Sends those of a log's lists that the hub lacks, or has in another size. `files` are by their hash. */
export async function sendLists(hub: Hub, log: string, files: ReadonlyMap<string, () => Buffer>): Promise<void> {
  if (files.size === 0) return;
  const there = new Map((await hub.list(listFolder(log))).files.map(({ name, size }) => [name, size]));
  for (const [hash, read] of files) {
    const bytes = read();
    if (there.get(hash) === bytes.length) continue;
    const name = `${listFolder(log)}/${hash}`;
    if (there.has(hash)) await hub.remove(name);
    await hub.create(name, bytes);
  }
}
