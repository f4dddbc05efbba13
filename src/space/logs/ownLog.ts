import { isDeepStrictEqual } from 'node:util';
import { SnapstageError } from '../../base/errors.ts';
import { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import type { Place, SignedRecord } from '../records/envelope.ts';
import { chainOf } from './chain.ts';
import { fetchUnknown, inTurn } from './fetching.ts';
import { byName, fetchRecord, listRecords, putRecord, putRecords, recordName, type Fetched, type LogListing } from './hubRecords.ts';
import { OwnFiles, type LogFiles } from './ownFiles.ts';
import { blocksOf, presentIn } from './pack.ts';
import { packLog } from './packing.ts';

/** What became of sending one's own records. */
export interface Sent {
  /** How many the hub did not have. */
  readonly sent: number;
  /**
   * Records of this log that this copy never wrote: the folder was copied, or is an old copy that was restored. Then nothing is sent that
   * would make a fork, and the instance needs a new log.
   */
  readonly elsewhere: readonly SignedRecord[];
}

interface Known {
  readonly known: ReadonlyMap<string, SignedRecord>;
  readonly elsewhere: readonly SignedRecord[];
}

/** Of the records that nobody has signed for yet, so many are read back: somebody may have changed them before others had them. */
const READ_BACK = 6;
const AT_ONCE = 4;

/** What `send` does besides. */
export interface Upkeep {
  readonly packable: number;
  readonly turn: number;
}

/**
 * The log that this instance writes. Its records are kept here before they are sent, and afterwards: whatever the hub lacks is sent
 * again, the same bytes. One process at a time may write: the caller holds the store's lock.
 */
export class OwnLog {
  readonly place: Place;
  private readonly files: OwnFiles;
  private kept: SignedRecord[] | undefined;
  /** Names of the files that these records were read from, or written to. */
  private names: readonly string[] = [];
  /** Those that were sent or read back since this was opened, which is not long ago. */
  private readonly seen = new Set<string>();

  /** `folder` is the Space's, directly in the store. */
  constructor(files: LogFiles, folder: string, place: Place) {
    this.files = new OwnFiles(files, folder, place);
    this.place = place;
  }

  /** All records, from the first on. @throws SnapstageError `damaged` when one is missing or changed: then the instance needs a new log. */
  records(): readonly SignedRecord[] {
    if (this.kept === undefined) {
      this.names = this.files.names();
      this.kept = this.files.records();
    }
    return this.kept;
  }

  /** Keeps new records, durably. @throws SnapstageError `stale-plan` when another process wrote some meanwhile. */
  save(records: readonly SignedRecord[]): void {
    if (this.kept !== undefined && !isDeepStrictEqual(this.names, this.files.names())) this.kept = undefined;
    const all = [...this.records()];
    this.kept = undefined;
    for (const record of records) {
      if ((all.at(-1)?.hash ?? null) !== record.header.previous) {
        throw new SnapstageError('stale-plan', 'Another window or command has written to this instance’s log meanwhile. Try again.');
      }
      this.files.write(record);
      all.push(record);
    }
    this.names = this.files.names();
    this.kept = all;
  }

  /**
   * Takes over what was written on another machine, on one side of a fork. Only for a root, whose key is kept outside of all machines,
   * and whose forks harm nobody. Returns whether there were any.
   */
  adopt(records: readonly SignedRecord[]): boolean {
    const deepest = this.isRoot ? records.toSorted((a, b) => a.header.depth - b.header.depth).at(-1) : undefined;
    if (deepest === undefined) return false;
    const own = this.records();
    const { standing } = chainOf(records, { sequence: deepest.header.sequence, hash: deepest.hash });
    const isLonger = standing.length > own.length && own.every(({ hash }, at) => standing[at]!.hash === hash);
    if (isLonger) this.save(standing.slice(own.length));
    return isLonger;
  }

  /**
   * Sends what the hub lacks, and looks for what only the hub has. Whole blocks of the first `packable` records, which nobody will
   * contradict, are put into packs; `turn` grows with time, and says which record and which pack are read back, besides the newest records:
   * somebody may have changed them without changing their size.
   */
  async send(hub: Hub, { packable, turn }: Upkeep = { packable: 0, turn: 0 }, work = new Work()): Promise<Sent> {
    const listing = await listRecords(hub, this.place.log);
    const { known, elsewhere } = await this.known(hub, listing, work);
    const present = presentIn(listing, known);
    const first = this.isRoot ? Infinity : Math.min(...elsewhere.map(({ header }) => header.sequence));
    const lacking = this.records().filter((record) => !present.has(recordName(record)) && record.header.sequence < first);
    const put = await putRecords(hub, lacking);
    for (const record of put) this.seen.add(recordName(record));
    const sent = put.length;
    if (elsewhere.length > 0) return { sent, elsewhere };
    const alone = listing.files.filter(({ name }) => known.has(name));
    const newest = alone.filter(({ name }) => known.get(name)!.header.sequence > packable).slice(-READ_BACK);
    const doubtful = [...new Set([...alone.slice(turn % alone.length).slice(0, 1), ...newest])].filter(({ name }) => !this.seen.has(name));
    await inTurn(doubtful, AT_ONCE, async (file) => {
      if (!isRecord(await fetchRecord(hub, this.place, file))) await putRecord(hub, known.get(file.name)!);
      this.seen.add(file.name);
    });
    const blocks = blocksOf(this.records(), packable);
    await packLog(hub, this.place.log, blocks, listing, turn, work);
    if (this.files.pack(blocks)) this.kept = undefined;
    if (sent === 0) return { sent, elsewhere };
    // Another copy may have sent its own in the same moment.
    return { sent, elsewhere: (await this.known(hub, await listRecords(hub, this.place.log), work)).elsewhere };
  }

  /** All good records of this log, by name, and those that only the hub has. */
  private async known(hub: Hub, listing: LogListing, work: Work): Promise<Known> {
    const own = byName(this.records());
    const known = new Map(own);
    await fetchUnknown(hub, this.place, listing, { records: known }, work);
    return { known, elsewhere: [...known.values()].filter((record) => !own.has(recordName(record))) };
  }

  private get isRoot(): boolean {
    return this.place.log === this.place.space;
  }
}

function isRecord(fetched: Fetched): boolean {
  return fetched !== undefined && 'record' in fetched;
}
