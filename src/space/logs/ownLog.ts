import { SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Hub, HubFile } from '../hub/hub.ts';
import { parseRecord, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';
import { chainOf } from './chain.ts';
import { claimedSequence, fetchRecord, listRecords, putRecord, recordName } from './hubRecords.ts';

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
    const names = this.names();
    // The last one's signature is enough: it vouches for the one before by its hash, and so on.
    const isLast = (at: number): boolean => at === names.length - 1;
    const records = names.map((name, at) => (isLast(at) ? readRecord : parseRecord)(this.read(name), this.place));
    if (chainOf(records).standing.length < names.length) throw this.damaged();
    this.kept = records;
    return records;
  }

  /** Keeps new records, durably. @throws SnapstageError `stale-plan` when another process wrote some meanwhile. */
  save(records: readonly SignedRecord[]): void {
    // Names are of hashes: as long as there are the same, nobody else has written.
    if (this.kept !== undefined && this.names().join() !== this.kept.map(recordName).join()) this.kept = undefined;
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
   * and whose forks harm nobody.
   */
  adopt(records: readonly SignedRecord[]): void {
    const own = this.records();
    const deepest = records.toSorted((a, b) => a.header.depth - b.header.depth).at(-1);
    if (!this.isRoot || deepest === undefined) return;
    const { standing } = chainOf(records, { sequence: deepest.header.sequence, hash: deepest.hash });
    const isLonger = standing.length > own.length && own.every(({ hash }, at) => standing[at]!.hash === hash);
    if (isLonger) this.save(standing.slice(own.length));
  }

  /** Sends what the hub lacks, and looks for what only the hub has. */
  async send(hub: Hub): Promise<Sent> {
    const { files } = await listRecords(hub, this.place.log);
    const elsewhere = await this.foreign(hub, files);
    const there = new Set(files.map(({ name }) => name));
    const first = this.isRoot ? Infinity : Math.min(...elsewhere.map(({ header }) => header.sequence));
    let sent = 0;
    for (const record of this.records()) {
      if (!there.has(recordName(record)) && record.header.sequence < first && (await putRecord(hub, record))) sent += 1;
    }
    if (sent === 0 || elsewhere.length > 0) return { sent, elsewhere };
    // Another copy may have sent its own in the same moment.
    return { sent, elsewhere: await this.foreign(hub, (await listRecords(hub, this.place.log)).files) };
  }

  /** Good records of this log in the hub that are not kept here. */
  private async foreign(hub: Hub, files: readonly HubFile[]): Promise<SignedRecord[]> {
    const own = new Set(this.records().map(recordName));
    const found: SignedRecord[] = [];
    for (const file of files) {
      const fetched = own.has(file.name) ? undefined : await fetchRecord(hub, this.place, file);
      if (fetched !== undefined && 'record' in fetched) found.push(fetched.record);
    }
    return found;
  }

  /** Of the records that are kept, in their order. */
  private names(): string[] {
    const kept = this.files.list(this.folder).filter((name) => name.startsWith(this.prefix));
    return kept
      .map((name) => name.slice(this.prefix.length))
      .filter((name) => claimedSequence(name) !== undefined)
      .sort();
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
