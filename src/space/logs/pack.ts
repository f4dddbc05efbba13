/**
 * Packs: the records of a block of a log, from its first to its last, in one file as `encodeRecords` writes it. Its name has the last
 * record's hash, which stands for those before it: whoever has the records knows name and size without reading it, and several who make
 * it make the same file. Each record in it counts by its own signature, as if it lay there alone.
 */
import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import { readRecord, type Flaw, type Place, type SignedRecord } from '../records/envelope.ts';
import { byName, flawIn, logFolder, recordName, SPANS, type LogListing, type PackFile } from './hubRecords.ts';
import { isRecord, type Link } from './link.ts';
import { encodedSize, pieces } from './recordFile.ts';

/** The largest pack, in bytes: readers hold several at once. Any 64 records fit. */
const MAX_PACK = 8 << 20;

const FIRST_DIGITS = '0000000001-'.length;
const SMALLEST = Math.min(...SPANS);

/** The pack's name in its log's folder; the records follow one another. */
export function packName(records: readonly SignedRecord[]): string {
  return recordName(records[0]!).slice(0, FIRST_DIGITS) + recordName(records.at(-1)!);
}

/** The blocks of a log that can be packed, in order: whole ones of its first `upTo` records, each as large as fits into one file. */
export function blocksOf(links: readonly Link[], upTo: number): SignedRecord[][] {
  const end = Math.min(upTo, links.length);
  const blocks: SignedRecord[][] = [];
  for (let at = 0; at + SMALLEST <= end;) {
    const block = SPANS.filter((many) => at % many === 0 && at + many <= end)
      .map((many) => links.slice(at, at + many))
      .find((some): some is SignedRecord[] => some.every(isRecord) && encodedSize(some) <= MAX_PACK);
    if (block !== undefined) blocks.push(block);
    at += block?.length ?? SMALLEST;
  }
  return blocks;
}

/** Names of the files that a block may lie in besides its own pack. */
export function replacedBy(block: readonly SignedRecord[]): string[] {
  const smaller = SPANS.filter((span) => span < block.length).flatMap((span) =>
    Array.from({ length: block.length / span }, (_, at) => packName(block.slice(at * span, (at + 1) * span))),
  );
  return [...smaller, ...block.map(recordName)];
}

type ByName<Of> = Pick<ReadonlyMap<string, Of>, 'get'>;

/** The records that a pack with this name has, in order; `undefined` unless all are here. `held` are records, or stubs, by their names. */
export function recordsOf<Of extends Link>({ name, first }: PackFile, held: ByName<Of>): Of[] | undefined {
  const records: Of[] = [];
  for (let at = held.get(name.slice(FIRST_DIGITS)); at !== undefined; at = before(at, held)) {
    records.push(at);
    if (at.header.sequence === first) return records.toReversed();
  }
  return undefined;
}

function before<Of extends Link>({ header }: Link, held: ByName<Of>): Of | undefined {
  if (header.previous === null) return undefined;
  const found = held.get(recordName({ header: { sequence: header.sequence - 1 }, hash: header.previous }));
  return found?.hash === header.previous ? found : undefined;
}

/**
 * The names of those records that the hub has as far as a listing tells: in files of their own or in packs, each of the right size; which
 * that is of a pack only whoever has all records in it knows.
 */
export function presentIn({ files, packs }: LogListing, held: ByName<Link>): Set<string> {
  const hasSize = (link: Link | undefined, size: number): boolean => link !== undefined && isRecord(link) && link.bytes.length === size;
  const present = new Set(files.filter(({ name, size }) => hasSize(held.get(name), size)).map(({ name }) => name));
  for (const pack of packs) {
    const links = recordsOf(pack, held) ?? [];
    if (!links.every(isRecord) || encodedSize(links) === pack.size) for (const link of links) present.add(recordName(link));
  }
  return present;
}

/** What could be read of a pack: the good records in it, and what is wrong with the rest. */
export interface FetchedPack {
  readonly records: readonly SignedRecord[];
  readonly flaw: Flaw | 'unreadable' | undefined;
}

/** Nothing when it is gone meanwhile. @throws SnapstageError only when the hub is not there, or `cancelled`. */
export async function fetchPack(hub: Hub, place: Place, pack: PackFile, work: Work): Promise<FetchedPack | undefined> {
  if (pack.size > MAX_PACK) return { records: [], flaw: 'too-large' };
  try {
    const bytes = await hub.read(`${logFolder(place.log)}/${pack.name}`, MAX_PACK);
    return bytes && readPack(bytes, place, pack, work);
  } catch (error) {
    return { records: [], flaw: flawIn(error) };
  }
}

function readPack(bytes: Buffer, place: Place, pack: PackFile, work: Work): FetchedPack {
  const records: SignedRecord[] = [];
  let flaw: FetchedPack['flaw'];
  for (const piece of pieces(bytes, pack.last - pack.first + 1)) {
    work.check();
    try {
      records.push(readRecord(piece, place));
    } catch (error) {
      flaw ??= flawIn(error);
    }
  }
  const whole = recordsOf(pack, byName(records)) ?? [];
  return { records, flaw: whole.length > 0 && encodedSize(whole) === bytes.length ? undefined : (flaw ?? 'changed') };
}
