/**
 * Records as files in the hub: `logs/<log>/<sequence, ten digits>-<first 32 digits of the hash>`; and packs of older ones (pack.ts), which
 * are called as the last record in them is, with the first one's sequence number and a dash before that.
 */
import { SnapstageError } from '../../base/errors.ts';
import { createAll, type Hub, type HubFile } from '../hub/hub.ts';
import { MAX_RECORD, readRecord, type Flaw, type Place, type SignedRecord } from '../records/envelope.ts';
import type { Link } from './link.ts';

const FOLDER = 'logs';
const LOG = /^[0-9a-f]{32}$/;
const NAME = /^(?<sequence>\d{10})-[0-9a-f]{32}$/;
const PACK = /^(?<first>\d{10})-(?<last>\d{10})-[0-9a-f]{32}$/;
/** How many records packs may have, the largest first; each begins after a multiple of its number. */
export const SPANS = [4096, 64] as const;
/** So many records go to the hub together. */
const TOGETHER = 256;

export function logFolder(log: string): string {
  return `${FOLDER}/${log}`;
}

/** The name of a record's file in its log's folder. */
export function recordName({ header, hash }: { readonly header: Pick<Link['header'], 'sequence'>; readonly hash: string }): string {
  return `${String(header.sequence).padStart(10, '0')}-${hash.slice(0, 32)}`;
}

export function byName<Of extends Link>(links: Iterable<Of>): Map<string, Of> {
  return new Map(Array.from(links, (link) => [recordName(link), link]));
}

/** The sequence number that a file claims to have, or `undefined` when it is called like no record. */
export function claimedSequence(name: string): number | undefined {
  const digits = NAME.exec(name)?.groups?.['sequence'];
  return digits === undefined ? undefined : Number(digits);
}

/** Ids of the logs that somebody made a folder for. */
export async function listLogs(hub: Hub): Promise<string[]> {
  return (await hub.list(FOLDER)).folders.filter((name) => LOG.test(name));
}

export interface PackFile extends HubFile {
  readonly first: number;
  readonly last: number;
}

export interface LogListing {
  /** Called like records. */
  readonly files: readonly HubFile[];
  readonly packs: readonly PackFile[];
  /** How many entries are called like neither. */
  readonly strangers: number;
}

export async function listRecords(hub: Hub, log: string): Promise<LogListing> {
  const { files, folders, strangers } = await hub.list(logFolder(log));
  const records = files.filter(({ name }) => claimedSequence(name) !== undefined);
  const packs = files.flatMap((file) => claimedPack(file) ?? []);
  return { files: records, packs, strangers: strangers + folders.length + files.length - records.length - packs.length };
}

/** What a file claims to be, or `undefined` when it is called like no pack. */
export function claimedPack(file: HubFile): PackFile | undefined {
  const { first, last } = PACK.exec(file.name)?.groups ?? {};
  const [from, to] = [Number(first), Number(last)];
  return SPANS.some((span) => to === from + span - 1 && (from - 1) % span === 0) ? { ...file, first: from, last: to } : undefined;
}

/** What a file in a log's folder is: a record, nothing that could be used, or gone meanwhile. */
export type Fetched = { readonly record: SignedRecord } | { readonly flaw: Flaw | 'unreadable' } | undefined;

/** A record of a log in a folder. @throws SnapstageError only when the hub is not there, or `cancelled`: one file never keeps the others from being read. */
export async function fetchRecord(hub: Hub, place: Place, { name, size }: HubFile, folder = logFolder(place.log)): Promise<Fetched> {
  if (size > MAX_RECORD) return { flaw: 'too-large' };
  try {
    const bytes = await hub.read(`${folder}/${name}`, MAX_RECORD);
    if (bytes === undefined) return undefined;
    const record = readRecord(bytes, place);
    return recordName(record) === name ? { record } : { flaw: 'changed' };
  } catch (error) {
    return { flaw: flawIn(error) };
  }
}

/** What is wrong with what could not be read. @throws what says nothing about one file. */
export function flawIn(error: unknown): Flaw | 'unreadable' {
  if (!(error instanceof SnapstageError) || error.details['reason'] === 'hub-unreachable') throw error;
  switch (error.code) {
    case 'damaged':
      return (error.details['flaw'] as Flaw | undefined) ?? 'too-large';
    case 'newer-format':
      return 'newer-format';
    case 'io':
      return 'unreadable';
    default:
      throw error;
  }
}

/**
 * Puts a record into the hub, one's own or one that was found missing there; resolves to whether the hub has it now. Whatever else took
 * its name is no record, for the name is part of its hash, and is removed.
 */
export async function putRecord(hub: Hub, record: SignedRecord): Promise<boolean> {
  const name = nameInHub(record);
  if (await hub.create(name, record.bytes)) return true;
  const there = await fetchRecord(hub, record.header, { name: recordName(record), size: 0 });
  if (there !== undefined && 'record' in there) return true;
  await hub.remove(name);
  return hub.create(name, record.bytes);
}

/** Puts records of one log into the hub as `putRecord` does, in this order; resolves to those that the hub has now. */
export async function putRecords(hub: Hub, records: readonly SignedRecord[]): Promise<SignedRecord[]> {
  const there: SignedRecord[] = [];
  for (let at = 0; at < records.length; at += TOGETHER) {
    const some = records.slice(at, at + TOGETHER);
    const made = await createAll(
      hub,
      some.map((record) => ({ name: nameInHub(record), content: record.bytes })),
    );
    for (const [i, record] of some.entries()) if (made[i] === true || (await putRecord(hub, record))) there.push(record);
  }
  return there;
}

function nameInHub(record: SignedRecord): string {
  return `${logFolder(record.header.log)}/${recordName(record)}`;
}
