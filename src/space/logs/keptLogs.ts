/**
 * Records of logs as they are kept here, so that nothing is read from the hub twice: whole blocks of what stands in files that are written
 * once, called as their packs are, and the rest in one that is replaced. They may be lost, but are not trusted.
 */
import type { Place, SignedRecord } from '../records/envelope.ts';
import { byName, claimedPack } from './hubRecords.ts';
import type { Link } from './link.ts';
import type { LogFiles } from './ownFiles.ts';
import { blocksOf, packName, recordsOf, replacedBy } from './pack.ts';
import { decodeRecords, encodeRecords } from './recordFile.ts';

const FILE = 'log-';
const ID_LENGTH = 32;

export class KeptLogs {
  private readonly files: LogFiles;
  private readonly folder: string;
  /** Names of blocks by log, as far as files are known. */
  private names: Map<string, Set<string>> | undefined;

  constructor(files: LogFiles, folder: string) {
    this.files = files;
    this.folder = folder;
  }

  /** The logs of which something is kept. */
  logs(): Iterable<string> {
    return this.blocks().keys();
  }

  /** What is good of it. A record with the hash `trusted` was verified before, and vouches for those before it. */
  read(place: Place, trusted: string | undefined): SignedRecord[] {
    const names = this.blocks().get(place.log) ?? new Set();
    const blocks = [...names].sort().map((name) => this.files.read(this.fileOf(place.log, name)));
    const all = [...blocks, this.files.read(this.fileOf(place.log))];
    const records = decodeRecords(Buffer.concat(all.flatMap((bytes) => bytes ?? [])), place, trusted);
    const held = byName(records);
    for (const name of names) if (recordsOf(claimedPack({ name, size: 0 })!, held) === undefined) names.delete(name); // to be written anew
    return records;
  }

  /** Keeps records of a log. `standing` are those that follow one another from the first on, some of which may be no more than stubs. */
  write(log: string, records: Iterable<SignedRecord>, standing: readonly Link[]): void {
    const names = this.blocks().get(log) ?? new Set();
    this.blocks().set(log, names);
    const blocks = blocksOf(standing, standing.length);
    for (const block of blocks) {
      const name = packName(block);
      if (names.has(name)) continue;
      this.files.write(this.fileOf(log, name), encodeRecords(block), false);
      for (const replaced of replacedBy(block)) if (names.delete(replaced)) this.files.remove(this.fileOf(log, replaced));
      names.add(name);
    }
    const inBlocks = new Set(blocks.flat());
    const rest = [...records].filter((record) => !inBlocks.has(record)).sort((a, b) => a.header.sequence - b.header.sequence);
    this.files.write(this.fileOf(log), encodeRecords(rest), false);
  }

  private blocks(): Map<string, Set<string>> {
    if (this.names !== undefined) return this.names;
    this.names = new Map();
    for (const file of this.files.list(this.folder).filter((name) => name.startsWith(FILE))) {
      const log = file.slice(FILE.length, FILE.length + ID_LENGTH);
      const block = file.slice(FILE.length + ID_LENGTH + 1);
      const names = this.names.get(log) ?? new Set();
      if (claimedPack({ name: block, size: 0 }) !== undefined) names.add(block);
      this.names.set(log, names);
    }
    return this.names;
  }

  private fileOf(log: string, block?: string): string {
    return `${this.folder}/${FILE}${log}${block === undefined ? '' : `-${block}`}`;
  }
}
