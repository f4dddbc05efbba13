import { quietly } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Hub, HubFile } from '../hub/hub.ts';
import type { Flaw, Place, SignedRecord } from '../records/envelope.ts';
import type { Head } from '../records/shapes.ts';
import { chainOf } from './chain.ts';
import { claimedSequence, fetchRecord, listRecords, putRecord, recordName } from './hubRecords.ts';
import { decodeRecords, encodeRecords } from './recordFile.ts';

/** The newest records of logs that were ever seen here. They are kept with the keys, and only move forward. */
export interface SeenHeads {
  get(log: string): Head | undefined;
  set(log: string, head: Head): void;
}

/** What is not as it should be with a log in the hub. None of it takes away what is known here, or touches another log. */
export type LogFinding =
  /** A file with a record's name that is none, or was changed. */
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
/** Logs that are looked at, and files of each that are fetched, at the same time. */
const LOGS_AT_ONCE = 8;
const FILES_AT_ONCE = 4;
/** What is refused of one log before the rest is left alone. */
const MAX_REFUSED = 500;

/** Reads logs from the hub, what is new of them, and keeps them here: what was read once is there whatever the hub does. */
export class LogReader {
  private readonly space: string;
  private readonly hub: Hub;
  private readonly files: Pick<StoreFiles, 'list' | 'read' | 'write'>;
  private readonly folder: string;
  private readonly heads: SeenHeads;
  private readonly logs = new Map<string, Log>();

  /** `folder` is the Space's, directly in the store; what this keeps there only saves reading again. */
  constructor(space: string, hub: Hub, files: Pick<StoreFiles, 'list' | 'read' | 'write'>, folder: string, heads: SeenHeads) {
    this.space = space;
    this.hub = hub;
    this.files = files;
    this.folder = folder;
    this.heads = heads;
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
    work.check();
    const { log: id } = log.place;
    const { files, strangers } = await listRecords(this.hub, id);
    const findings: LogFinding[] = strangers > 0 ? [{ kind: 'strangers', log: id, count: strangers }] : [];
    const there = new Set(files.map(({ name }) => name));
    const lost = [...log.records].filter(([name]) => !there.has(name)).map(([, record]) => record);
    if (lost.length > 0) findings.push({ kind: 'lost', log: id, count: lost.length });
    const fresh = files.filter(({ name }) => !log.records.has(name) && claimedSequence(name)! <= upTo);
    findings.push(...(await this.fetchAll(log, fresh, work)));
    const known = this.heads.get(id);
    if (known !== undefined && !log.records.has(recordName({ header: known, hash: known.hash }))) {
      findings.push({ kind: 'rolled-back', log: id, known });
    }
    return { findings, lost };
  }

  private async fetchAll(log: Log, fresh: readonly HubFile[], work: Work): Promise<LogFinding[]> {
    const refused: LogFinding[] = [];
    const before = log.records.size;
    try {
      await inTurn(fresh, FILES_AT_ONCE, async (file) => {
        if (refused.length >= MAX_REFUSED) return;
        work.check();
        const fetched = await fetchRecord(this.hub, log.place, file);
        work.advance(1, file.size);
        if (fetched === undefined) return;
        if ('record' in fetched) log.records.set(file.name, fetched.record);
        else refused.push({ kind: 'refused', log: log.place.log, name: file.name, flaw: fetched.flaw });
      });
    } finally {
      if (log.records.size > before) this.keep(log);
    }
    return refused.length < MAX_REFUSED ? refused : [...refused, { kind: 'flooded', log: log.place.log }];
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
    const log: Log = { place, records: new Map(records.map((record) => [recordName(record), record])) };
    this.logs.set(id, log);
    return log;
  }

  private fileOf(log: string): string {
    return `${this.folder}/${FILE}${log}`;
  }
}

async function inTurn<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await act(item);
    }),
  );
}
