import { quietly } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Hub } from '../hub/hub.ts';
import type { Flaw, Place, SignedRecord } from '../records/envelope.ts';
import type { Head } from '../records/shapes.ts';
import { chainOf } from './chain.ts';
import { fetchUnknown, inTurn, type Fetching } from './fetching.ts';
import { byName, listRecords, putRecord, recordName, type LogListing } from './hubRecords.ts';
import { presentIn } from './pack.ts';
import { decodeRecords, encodeRecords } from './recordFile.ts';

/** The newest records of logs that were ever seen here. They are kept with the keys, and only move forward. */
export interface SeenHeads {
  get(log: string): Head | undefined;
  set(log: string, head: Head): void;
}

/** What is not as it should be with a log in the hub. None of it takes away what is known here, or touches another log. */
export type LogFinding =
  /** A file with the name of a record or a pack that is none, or was changed. */
  | { readonly kind: 'refused'; readonly log: string; readonly name: string; readonly flaw: Flaw | 'unreadable' }
  /** Entries with other names: conflicted copies, or what somebody put there. */
  | { readonly kind: 'strangers'; readonly log: string; readonly count: number }
  /** The hub has lost records that are known here, and can be given back. */
  | { readonly kind: 'lost'; readonly log: string; readonly count: number }
  /** This record was seen before, and neither the hub nor this copy has it any more. */
  | { readonly kind: 'rolled-back'; readonly log: string; readonly known: Head }
  /** So much that is no record that the rest was not read. */
  | { readonly kind: 'flooded'; readonly log: string }
  /** The hub has nothing of all that is known here. It may come back. */
  | { readonly kind: 'emptied' };

export interface Reading {
  readonly findings: readonly LogFinding[];
  /** What the hub has lost of what is known here. */
  readonly lost: readonly SignedRecord[];
  /** How many records are known here of the logs that were looked at. */
  readonly known: number;
}

/**
 * What several readings found, taken together. A hub that has nothing of all that is known may be a share that is not there for a moment:
 * then nothing counts as lost.
 */
export function together(readings: readonly Reading[]): Reading {
  const findings = readings.flatMap((reading) => reading.findings);
  const lost = readings.flatMap((reading) => reading.lost);
  const known = readings.reduce((sum, reading) => sum + reading.known, 0);
  if (lost.length < known || known === 0) return { findings, lost, known };
  return { findings: [...findings.filter(({ kind }) => kind !== 'lost'), { kind: 'emptied' }], lost: [], known };
}

interface Log {
  readonly place: Place;
  readonly records: Map<string, SignedRecord>;
}

interface Look {
  readonly findings: LogFinding[];
  readonly lost: readonly SignedRecord[];
}

const FILE = 'log-';
/** Logs that are looked at, and files that are put back, at the same time. */
const LOGS_AT_ONCE = 8;
const FILES_AT_ONCE = 4;

/** Reads logs from the hub, what is new of them, and keeps them here: what was read once is there whatever the hub does. */
export class LogReader {
  private readonly space: string;
  private readonly hub: Hub;
  private readonly files: Pick<StoreFiles, 'list' | 'read' | 'write'>;
  private readonly folder: string;
  private readonly heads: SeenHeads;
  private readonly logs = new Map<string, Log>();
  private fetched = 0;

  /** `folder` is the Space's, directly in the store; what this keeps there only saves reading again. */
  constructor(space: string, hub: Hub, files: Pick<StoreFiles, 'list' | 'read' | 'write'>, folder: string, heads: SeenHeads) {
    this.space = space;
    this.hub = hub;
    this.files = files;
    this.folder = folder;
    this.heads = heads;
  }

  /** Grows with each record that is new here. */
  get count(): number {
    return this.fetched;
  }

  /** The logs of which something is known here. */
  known(): string[] {
    const kept = this.files.list(this.folder).filter((name) => name.startsWith(FILE));
    return [...new Set([...this.logs.keys(), ...kept.map((name) => name.slice(FILE.length))])];
  }

  /** What is known of a log here, in any order: all branches of a fork, and what lies beyond a gap. */
  held(log: string): SignedRecord[] {
    return [...this.open(log).records.values()];
  }

  /**
   * Looks in the hub for what is new in these logs, with sequence numbers up to `upTo`; tells `work` of each file. @throws SnapstageError
   * only when the hub is not there, or `cancelled`.
   */
  async update(logs: readonly string[], work: Work, upTo = Infinity): Promise<Reading> {
    const looks: Look[] = [];
    await inTurn(logs, LOGS_AT_ONCE, async (log) => void looks.push(await this.look(this.open(log), work, upTo)));
    const known = logs.reduce((count, log) => count + this.open(log).records.size, 0);
    return { findings: looks.flatMap((look) => look.findings), lost: looks.flatMap((look) => look.lost), known };
  }

  /** Gives the hub back what it lost; anyone may. Returns how many records it has again. */
  async putBack(lost: readonly SignedRecord[]): Promise<number> {
    let count = 0;
    await inTurn(lost, FILES_AT_ONCE, async (record) => {
      if (await putRecord(this.hub, record)) count += 1;
    });
    return count;
  }

  private async look(log: Log, work: Work, upTo: number): Promise<Look> {
    const found = await this.lookOnce(log, work, upTo);
    // Its owner may be putting records into packs: then the listing was made before, and what is missing in it is in the next one.
    return found.isMoving || found.lost.length > 0 ? this.lookOnce(log, work, upTo) : found;
  }

  private async lookOnce(log: Log, work: Work, upTo: number): Promise<Look & { readonly isMoving: boolean }> {
    work.check();
    const { log: id } = log.place;
    const listing = await listRecords(this.hub, id);
    const before = new Set(log.records.keys());
    const { refused, isFlooded, isMoving } = await this.fetchAll(log, listing, work, upTo);
    const present = presentIn(listing, log.records);
    const lost = [...log.records].filter(([name]) => before.has(name) && !present.has(name)).map(([, record]) => record);
    const findings: LogFinding[] = refused.map((file) => ({ kind: 'refused', log: id, ...file }));
    if (listing.strangers > 0) findings.push({ kind: 'strangers', log: id, count: listing.strangers });
    if (lost.length > 0) findings.push({ kind: 'lost', log: id, count: lost.length });
    if (isFlooded) findings.push({ kind: 'flooded', log: id });
    const known = this.heads.get(id);
    if (known !== undefined && !log.records.has(recordName({ header: known, hash: known.hash }))) {
      findings.push({ kind: 'rolled-back', log: id, known });
    }
    return { findings, lost, isMoving };
  }

  private async fetchAll(log: Log, listing: LogListing, work: Work, upTo: number): Promise<Fetching> {
    const before = log.records.size;
    try {
      return await fetchUnknown(this.hub, log.place, listing, log.records, work, upTo);
    } finally {
      this.fetched += log.records.size - before;
      if (log.records.size > before) this.keep(log);
    }
  }

  private keep(log: Log): void {
    const records = [...log.records.values()].sort((a, b) => a.header.sequence - b.header.sequence);
    quietly(() => this.files.write(this.fileOf(log.place.log), encodeRecords(records), false));
    const last = chainOf(records).standing.at(-1);
    const known = this.heads.get(log.place.log)?.sequence ?? 0;
    if (last !== undefined && last.header.sequence > known) {
      this.heads.set(log.place.log, { sequence: last.header.sequence, hash: last.hash });
    }
  }

  private open(id: string): Log {
    const opened = this.logs.get(id);
    if (opened !== undefined) return opened;
    const place = { space: this.space, log: id };
    const records = decodeRecords(this.files.read(this.fileOf(id)), place, this.heads.get(id)?.hash);
    const log: Log = { place, records: byName(records) };
    this.logs.set(id, log);
    return log;
  }

  private fileOf(log: string): string {
    return `${this.folder}/${FILE}${log}`;
  }
}
