import { quietly } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import type { Flaw, Place, SignedRecord } from '../records/envelope.ts';
import type { Head } from '../records/shapes.ts';
import { chainOf } from './chain.ts';
import { fetchStart } from './checkpoints.ts';
import { inviteMark } from './extract.ts';
import { fetchStubbed, fetchUnknown, inTurn, type Fetching } from './fetching.ts';
import { byName, flawIn, listRecords, putRecord, recordName, type LogListing } from './hubRecords.ts';
import { KeptLogs } from './keptLogs.ts';
import { isRecord, isStub, type Link, type Stub } from './link.ts';
import type { LogFiles } from './ownFiles.ts';
import { presentIn, recordsOf } from './pack.ts';
import { decodeStart, encodeStart, type Start } from './start.ts';

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

/** What somebody need not have read who has come later: of Masters' logs what concerns others alone. */
export interface Newcomer {
  /** How many of a log's first records say nothing of it, but of the invites that it came by. */
  mayLeaveOut(log: string): number;
  /** The ids of those invites. */
  invites(): readonly string[];
}

interface Log {
  readonly place: Place;
  readonly records: Map<string, SignedRecord>;
  /** By name, what stands for records that are not here. */
  readonly stubs: Map<string, Stub>;
  /** What the stubs are of, while there are any. */
  start: Start | undefined;
  /** There is no start that can be used. */
  hasNoStart: boolean;
}

interface Look {
  readonly findings: LogFinding[];
  readonly lost: readonly SignedRecord[];
}

/** Logs that are looked at, and files that are put back, at the same time. */
const LOGS_AT_ONCE = 8;
const FILES_AT_ONCE = 4;

/** Reads logs from the hub, what is new of them, and keeps them here: what was read once is there whatever the hub does. */
export class LogReader {
  private readonly space: string;
  private readonly hub: Hub;
  private readonly files: LogFiles;
  private readonly folder: string;
  private readonly newcomer: Newcomer | undefined;
  private readonly kept: KeptLogs;
  private readonly heads: SeenHeads;
  private readonly logs = new Map<string, Log>();
  private fetched = 0;
  private readsAll = false;

  /**
   * `folder` is the Space's, directly in the store; what this keeps there only saves reading again. All is read of all logs, unless it is
   * for a `newcomer`.
   */
  constructor(space: string, hub: Hub, files: LogFiles, folder: string, heads: SeenHeads, newcomer?: Newcomer) {
    this.space = space;
    this.hub = hub;
    this.files = files;
    this.folder = folder;
    this.newcomer = newcomer;
    this.kept = new KeptLogs(files, folder);
    this.heads = heads;
  }

  /** Grows with each record that is new here, and whenever stubs come or go. */
  get count(): number {
    return this.fetched;
  }

  /** The logs of which something is known here. */
  known(): string[] {
    return [...new Set([...this.logs.keys(), ...this.kept.logs()])];
  }

  /** What is known of a log here, in any order: all branches of a fork, and what lies beyond a gap. */
  held(log: string): SignedRecord[] {
    return [...this.open(log).records.values()];
  }

  /** As `held`, with stubs of records that are not here. */
  links(log: string): Link[] {
    const { records, stubs } = this.open(log);
    return [...records.values(), ...stubs.values()];
  }

  /** The checkpoints that stubs here are of, by log. */
  checkpoints(): ReadonlyMap<string, SignedRecord> {
    return new Map([...this.logs].flatMap(([log, { start }]) => (start === undefined ? [] : [[log, start.checkpoint]])));
  }

  /** From now on reads all records. Stubs stay until these are here, unless what checkpoints say `isWrong`. */
  readAll(isWrong: boolean): void {
    this.readsAll = true;
    if (isWrong) for (const log of this.logs.values()) this.leave(log);
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
    const listing = await listRecords(this.hub, id).catch(flawIn);
    if (typeof listing === 'string')
      return { findings: [{ kind: 'refused', log: id, name: id, flaw: listing }], lost: [], isMoving: false };
    const before = new Set(log.records.keys());
    if (upTo === Infinity) await this.begin(log, listing, work);
    const { refused, isFlooded, isMoving } = await this.fetchAll(log, listing, work, upTo);
    const present = presentIn(listing, { get: (name) => log.records.get(name) ?? log.stubs.get(name) });
    const lost = [...log.records].filter(([name]) => before.has(name) && !present.has(name)).map(([, record]) => record);
    const findings: LogFinding[] = refused.map((file) => ({ kind: 'refused', log: id, ...file }));
    if (listing.strangers > 0) findings.push({ kind: 'strangers', log: id, count: listing.strangers });
    if (lost.length > 0) findings.push({ kind: 'lost', log: id, count: lost.length });
    if (isFlooded) findings.push({ kind: 'flooded', log: id });
    const known = this.heads.get(id);
    const name = known && recordName({ header: known, hash: known.hash });
    if (known !== undefined && !log.records.has(name!) && !log.stubs.has(name!)) findings.push({ kind: 'rolled-back', log: id, known });
    return { findings, lost, isMoving };
  }

  private async fetchAll(log: Log, listing: LogListing, work: Work, upTo: number): Promise<Fetching> {
    const before = log.records.size;
    try {
      const { records, stubs } = log;
      return await fetchUnknown(this.hub, log.place, listing, this.readsAll ? { records } : { records, stubs }, work, upTo);
    } finally {
      this.fetched += log.records.size - before;
      for (const name of log.stubs.keys()) if (log.records.has(name)) log.stubs.delete(name);
      if (log.records.size > before) this.keep(log);
    }
  }

  private keep(log: Log): void {
    const isWhole = log.start !== undefined && log.stubs.size === 0;
    const inStart = new Set(isWhole ? [] : log.start?.links);
    const records = [...log.records.values()].filter((record) => !inStart.has(record));
    const { standing } = chainOf(this.links(log.place.log));
    quietly(() => this.kept.write(log.place.log, records, standing));
    if (isWhole) this.leave(log);
    const last = standing.findLast(isRecord);
    const known = this.heads.get(log.place.log)?.sequence ?? 0;
    if (last !== undefined && last.header.sequence > known) {
      this.heads.set(log.place.log, { sequence: last.header.sequence, hash: last.hash });
    }
  }

  private open(id: string): Log {
    const opened = this.logs.get(id);
    if (opened !== undefined) return opened;
    const place = { space: this.space, log: id };
    const records = this.kept.read(place, this.heads.get(id)?.hash);
    const log: Log = { place, records: byName(records), stubs: new Map(), start: undefined, hasNoStart: false };
    this.logs.set(id, log);
    const file = this.files.read(this.startFile(log));
    const start = decodeStart(file, place, this.newcomer?.mayLeaveOut(id) ?? 0);
    if (start !== undefined && this.ownIn(start).every((stub) => log.records.has(recordName(stub)))) this.take(log, start);
    else if (file !== undefined) quietly(() => this.files.remove(this.startFile(log)));
    return log;
  }

  /** Begins at a checkpoint where much is to be read, and can be left out. */
  private async begin(log: Log, listing: LogListing, work: Work): Promise<void> {
    const { place, records } = log;
    const upTo = this.readsAll || log.hasNoStart || log.start !== undefined ? 0 : (this.newcomer?.mayLeaveOut(place.log) ?? 0);
    if (upTo === 0 || listing.packs.every((pack) => recordsOf(pack, records) !== undefined)) return;
    // Who has read a log goes on from there.
    const { standing } = chainOf([...records.values()]);
    if (standing.length > 0 && standing.length === records.size) return;
    const start = await fetchStart(this.hub, place, upTo, work);
    const own = start && (await fetchStubbed(this.hub, place, listing, this.ownIn(start), work));
    const head = this.heads.get(place.log);
    const isOther = head !== undefined && (start?.links[head.sequence - 1]?.hash ?? head.hash) !== head.hash;
    log.hasNoStart = start === undefined || own === undefined || isOther;
    if (start === undefined || own === undefined || isOther) return;
    for (const record of [start.checkpoint, ...own]) records.set(recordName(record), record);
    this.take(log, start);
    quietly(() => this.files.write(this.startFile(log), encodeStart(start), false));
    this.keep(log);
  }

  /** What a start leaves out that concerns the reader. */
  private ownIn({ links }: Start): Stub[] {
    const marks = new Set(this.newcomer?.invites().map(inviteMark));
    return links.filter(isStub).filter(({ invite }) => invite !== undefined && marks.has(invite));
  }

  private take(log: Log, start: Start): void {
    log.start = start;
    for (const link of start.links) {
      const name = recordName(link);
      if (isRecord(link)) log.records.set(name, link);
      else if (isStub(link) && !log.records.has(name)) log.stubs.set(name, link);
    }
    this.fetched += 1;
  }

  private leave(log: Log): void {
    if (log.start === undefined) return;
    log.start = undefined;
    log.stubs.clear();
    this.fetched += 1;
    quietly(() => this.files.remove(this.startFile(log)));
  }

  private startFile({ place }: Log): string {
    return `${this.folder}/start-${place.log}`;
  }
}
