/** The files of one's own log in the store: each record alone, and older ones in packs as in the hub, because many files are slow to read. */
import { SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import { parseRecord, readRecord, type Place, type SignedRecord } from '../records/envelope.ts';
import { chainOf } from './chain.ts';
import { byName, claimedPack, claimedSequence, recordName } from './hubRecords.ts';
import { packName, replacedBy } from './pack.ts';
import { encodeRecords, pieces } from './recordFile.ts';

export type LogFiles = Pick<StoreFiles, 'list' | 'read' | 'write' | 'remove'>;

export class OwnFiles {
  private readonly files: LogFiles;
  private readonly place: Place;
  private readonly folder: string;
  /** What their names begin with. */
  private readonly prefix: string;

  constructor(files: LogFiles, folder: string, place: Place) {
    this.files = files;
    this.place = place;
    this.folder = folder;
    this.prefix = `own-${place.log}-`;
  }

  /** Names of records and packs, as in the hub. */
  names(): string[] {
    const own = this.files.list(this.folder).filter((name) => name.startsWith(this.prefix));
    const names = own.map((name) => name.slice(this.prefix.length));
    return names.filter((name) => claimedSequence(name) !== undefined || claimedPack({ name, size: 0 }) !== undefined).sort();
  }

  /** All records, from the first on. @throws SnapstageError `damaged` when one is missing or changed. */
  records(): SignedRecord[] {
    const names = this.names();
    const packs = names.flatMap((name) => claimedPack({ name, size: 0 }) ?? []);
    const records = byName(packs.flatMap(({ name, first, last }) => this.readPack(name, last - first + 1)));
    for (const name of names) {
      if (claimedSequence(name) !== undefined && !records.has(name)) records.set(name, parseRecord(this.read(name), this.place));
    }
    const { standing } = chainOf([...records.values()]);
    if (standing.length < records.size) throw this.damaged();
    // The last one's signature is enough: it vouches for the one before by its hash, and so on.
    if (standing.length > 0) readRecord(standing.at(-1)!.bytes, this.place);
    return [...standing];
  }

  /** Durably. */
  write(record: SignedRecord): void {
    this.files.write(this.fileOf(recordName(record)), record.bytes, true);
  }

  /** Puts blocks of records that are here alone into packs; a crash leaves them there twice at most. Returns whether there were any. */
  pack(blocks: readonly SignedRecord[][]): boolean {
    let isChanged = false;
    const names = new Set(this.names());
    for (const block of blocks) {
      const replaced = replacedBy(block).filter((name) => names.has(name));
      if (replaced.length === 0) continue;
      isChanged = true;
      const [name, bytes] = [packName(block), encodeRecords(block)];
      if (!names.has(name) || !this.read(name).equals(bytes)) this.files.write(this.fileOf(name), bytes, true);
      if (this.read(name).equals(bytes)) for (const one of replaced) this.files.remove(this.fileOf(one));
    }
    return isChanged;
  }

  private readPack(name: string, count: number): SignedRecord[] {
    const records = pieces(this.read(name)).map((bytes) => parseRecord(bytes, this.place));
    if (records.length !== count) throw this.damaged();
    return records;
  }

  private read(name: string): Buffer {
    const bytes = this.files.read(this.fileOf(name));
    if (bytes === undefined) throw this.damaged();
    return bytes;
  }

  private fileOf(name: string): string {
    return `${this.folder}/${this.prefix}${name}`;
  }

  private damaged(): SnapstageError {
    const message = 'This instance’s own log is damaged. It needs a new one: ask for an invite.';
    return new SnapstageError('damaged', message, { log: this.place.log });
  }
}
