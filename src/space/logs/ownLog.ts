import { SnapstageError } from '../../base/errors.ts';
import { Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Hub } from '../hub/hub.ts';
import { parseRecord, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';
import { chainOf } from './chain.ts';
import { fetchUnknown } from './fetching.ts';
import { byName, claimedSequence, listRecords, putRecord, recordName, type LogListing } from './hubRecords.ts';
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
  private readonly files: Pick<StoreFiles, 'list' | 'read' | 'write'>;
  private readonly folder: string;
  /** What the names of its files begin with. */
  private readonly prefix: string;
  private kept: SignedRecord[] | undefined;

  /** `folder` is the Space's, directly in the store. */
  constructor(files: Pick<StoreFiles, 'list' | 'read' | 'write'>, folder: string, place: Place) {
    this.files = files;
    this.folder = folder;
    this.prefix = `own-${place.log}-`;
    this.place = place;
  }

  /** All records, from the first on. @throws SnapstageError `damaged` when one is missing or changed: then the instance needs a new log. */
  records(): readonly SignedRecord[] {
    if (this.kept !== undefined) return this.kept;
    const kept = this.files.list(this.folder).filter((name) => name.startsWith(this.prefix));
    const names = kept.map((name) => name.slice(this.prefix.length)).filter((name) => claimedSequence(name) !== undefined);
    // The last one's signature is enough: it vouches for the one before by its hash, and so on.
    const isLast = (at: number): boolean => at === names.length - 1;
    const records = names.sort().map((name, at) => (isLast(at) ? readRecord : parseRecord)(this.read(name), this.place));
    if (chainOf(records).standing.length < names.length) throw this.damaged();
    this.kept = records;
    return records;
  }

  /** Keeps new records, durably. @throws SnapstageError `stale-plan` when another process wrote some meanwhile. */
  save(records: readonly SignedRecord[]): void {
    this.kept = undefined;
    const all = [...this.records()];
    for (const record of records) {
      if ((all.at(-1)?.hash ?? null) !== record.header.previous) {
        throw new SnapstageError('stale-plan', 'Another window or command has written to this instance’s log meanwhile. Try again.');
      }
      this.files.write(this.fileOf(recordName(record)), record.bytes, true);
      all.push(record);
    }
    this.kept = all;
  }

  /**
   * Takes over what was written on another machine, on one side of a fork. Only for a root, whose key is kept outside of all machines,
   * and whose forks harm nobody. Returns whether there were any.
   */
  adopt(records: readonly SignedRecord[]): boolean {
    const own = this.records();
    const deepest = records.toSorted((a, b) => a.header.depth - b.header.depth).at(-1);
    if (!this.isRoot || deepest === undefined) return false;
    const { standing } = chainOf(records, { sequence: deepest.header.sequence, hash: deepest.hash });
    const isLonger = standing.length > own.length && own.every(({ hash }, at) => standing[at]!.hash === hash);
    if (isLonger) this.save(standing.slice(own.length));
    return isLonger;
  }

  /**
   * Sends what the hub lacks, and looks for what only the hub has. Whole blocks of the first `packable` records, which nobody will
   * contradict, are put into packs; `turn` grows with time, and says which pack is read back.
   */
  async send(hub: Hub, { packable, turn }: Upkeep = { packable: 0, turn: 0 }, work = new Work()): Promise<Sent> {
    const listing = await listRecords(hub, this.place.log);
    const { known, elsewhere } = await this.known(hub, listing, work);
    const present = presentIn(listing, known);
    const first = this.isRoot ? Infinity : Math.min(...elsewhere.map(({ header }) => header.sequence));
    let sent = 0;
    for (const record of this.records()) {
      if (!present.has(recordName(record)) && record.header.sequence < first && (await putRecord(hub, record))) sent += 1;
    }
    if (elsewhere.length > 0) return { sent, elsewhere };
    await packLog(hub, this.place.log, blocksOf(this.records(), packable), listing, turn, work);
    if (sent === 0) return { sent, elsewhere };
    // Another copy may have sent its own in the same moment.
    return { sent, elsewhere: (await this.known(hub, await listRecords(hub, this.place.log), work)).elsewhere };
  }

  /** All good records of this log, by name, and those that only the hub has. */
  private async known(hub: Hub, listing: LogListing, work: Work): Promise<Known> {
    const own = byName(this.records());
    const known = new Map(own);
    await fetchUnknown(hub, this.place, listing, known, work);
    return { known, elsewhere: [...known.values()].filter((record) => !own.has(recordName(record))) };
  }

  private get isRoot(): boolean {
    return this.place.log === this.place.space;
  }

  private fileOf(name: string): string {
    return `${this.folder}/${this.prefix}${name}`;
  }

  private read(name: string): Buffer {
    const bytes = this.files.read(this.fileOf(name));
    if (bytes === undefined) throw this.damaged();
    return bytes;
  }

  private damaged(): SnapstageError {
    const message = 'This instance’s own log is damaged. It needs a new one: ask for an invite.';
    return new SnapstageError('damaged', message, { log: this.place.log });
  }
}
