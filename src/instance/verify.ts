import * as fs from 'node:fs';
import type { CrewFor } from '../base/crew.ts';
import type { Work } from '../base/work.ts';
import { keepFile, readKeeps } from '../store/keeps.ts';
import { dependantFile, readDependants } from '../store/links.ts';
import { PACK_FOLDER, packFile } from '../store/pack.ts';
import { Reach } from '../store/reach.ts';
import { listDamaged, readReservations, writeDamaged } from '../store/reservations.ts';
import type { Segment } from '../store/segment.ts';
import type { Session } from '../store/sessions.ts';
import { FORMAT_FILE, healFormat } from '../store/format.ts';
import { FIXED_FILES, type Store } from '../store/store.ts';
import { dropMerged, loadIndex, NO_RESERVATIONS, StoreIndex } from '../store/storeIndex.ts';
import { tidy } from '../store/tidy.ts';
import type { PackReport, VerifyWorker } from '../store/verifyWorker.ts';
import { brokenRecords, recordProblem } from './journal.ts';
import { clearUnfinished } from './newFolder.ts';
import type { StatCache } from './statCache.ts';
import type { Taker } from './take.ts';

export interface FoundDamage {
  readonly part: string;
  readonly problem: string;
  readonly healed: boolean;
  readonly affected: readonly { readonly snapshot: string; readonly path: string }[];
}

export interface Verification {
  readonly snapshots: number;
  readonly packs: number;
  readonly objects: number;
  readonly bytesRead: number;
  readonly damage: readonly FoundDamage[];
}

/** Looks a store over, names what is damaged, and heals what it can from what is in the folder now. */
export class Verifier {
  private readonly store: Store;
  private readonly session: Session;
  private readonly cache: StatCache;
  private readonly taker: Taker;
  private readonly crewFor: CrewFor<VerifyWorker>;
  private readonly work: Work;

  constructor(options: { store: Store; session: Session; cache: StatCache; taker: Taker; crewFor: CrewFor<VerifyWorker>; work: Work }) {
    this.store = options.store;
    this.session = options.session;
    this.cache = options.cache;
    this.taker = options.taker;
    this.crewFor = options.crewFor;
    this.work = options.work;
  }

  /** `readData`: every stored byte. Otherwise the structure: records, trailers, trees, and that everything is there. */
  async run(readData: boolean): Promise<Verification> {
    const { store, work } = this;
    work.begin('verify');
    const journal = this.journal();
    const { suspicious } = tidy(store, this.session);
    clearUnfinished(store);
    const damage = [...this.fixedFiles(), ...this.labels(), ...this.dependants(), ...this.keeps(), ...journal];
    // Both before the packs are looked at: who is at work may end one just then, and what is put in the trash later stays until this is over.
    const whole = new Set(store.index.all.flatMap((segment) => segment.packs));
    const { trashed } = readReservations(store.files);
    const loaded = loadIndex(store.files, false);
    // Any other is being written, or was by somebody who has died since: that is cleared away another time.
    const cutOff = loaded.unfinished.filter((pack) => whole.has(pack) || suspicious.includes(packFile(pack)));
    const broken = [...loaded.broken, ...cutOff.map((pack) => ({ pack, problem: 'it is unfinished' }))];
    damage.push(...broken.map(({ pack, problem }) => ({ part: packFile(pack), problem, healed: false, affected: [] })));
    // Nobody relies on what is in the trash, and it may go at any moment.
    const segments = loaded.segments.filter(({ packs }) => !packs.some((pack) => trashed.has(pack)));
    const index = new StoreIndex(loaded.segments, { ...NO_RESERVATIONS, trashed }, store.index.lent);
    const reports = readData ? await this.readPacks(segments, index) : [];
    this.quarantine(reports);
    if (damage.some((one) => one.part.startsWith(PACK_FOLDER)) || reports.some((report) => report.damaged.length > 0)) {
      dropMerged(store.files);
      this.cache.drop(store);
    }
    store.reload();
    damage.push(...blockDamage(store));
    damage.push(...(await this.snapshots(damage.length > 0)));
    return {
      snapshots: store.snapshots.ids().length,
      packs: segments.length,
      objects: segments.reduce((sum, segment) => sum + segment.objects, 0),
      bytesRead: reports.reduce((sum, report) => sum + report.bytes, 0),
      damage,
    };
  }

  private fixedFiles(): FoundDamage[] {
    const { files } = this.store;
    const changed = Object.entries(FIXED_FILES).filter(([name, text]) => files.read(name)?.toString('latin1') !== text);
    for (const [name, text] of changed) files.write(name, Buffer.from(text), true);
    const healed = [...changed.map(([name]) => name), ...(healFormat(files) ? [FORMAT_FILE] : [])];
    return healed.map((part) => ({ part, problem: 'it was changed', healed: true, affected: [] }));
  }

  private labels(): FoundDamage[] {
    return this.store.files.list('snapshots').flatMap((name) => {
      if (!name.endsWith('.labels') || this.store.snapshots.labels(name.slice(0, 32)) !== 'damaged') return [];
      return [
        {
          part: `snapshots/${name}`,
          problem: 'name, description and pin are changed: the snapshot counts as pinned until they are given anew',
          healed: false,
          affected: [],
        },
      ];
    });
  }

  /** What they count on must stay, and is not known: so nothing can be deleted or compacted. */
  private dependants(): FoundDamage[] {
    return readDependants(this.store.files).unknown.map((id) => ({
      part: dependantFile(id),
      problem: 'a linked instance is not known any more: it can be linked anew from there, and this record be forgotten',
      healed: false,
      affected: [],
    }));
  }

  /** What is to be kept is not known, so nothing can be taken away. */
  private keeps(): FoundDamage[] {
    return readKeeps(this.store.files).unknown.map((name) => ({
      part: keepFile(name),
      problem: 'what is kept of what was delivered is not known any more',
      healed: false,
      affected: [],
    }));
  }

  /** A restore of which nothing is known can neither be finished nor undone: once that is told, its record is in the way. */
  private journal(): FoundDamage[] {
    const { store, session } = this;
    const broken = brokenRecords(store);
    if (broken.length === 0) return [];
    const problems = broken.map((part) => ({ part, problem: recordProblem(store, part), healed: false, affected: [] }));
    if (store.sessions.others(session.name).length === 0) for (const part of broken) store.files.remove(part);
    return problems;
  }

  /** `segments`: one for each pack; `index`: all that is needed to read them. */
  private async readPacks(segments: readonly Segment[], index: StoreIndex): Promise<PackReport[]> {
    const packs = segments.flatMap((segment) => segment.packs);
    const bytes = segments.reduce((sum, segment) => sum + plainBytes(segment), 0);
    this.work.begin('verify', packs.length, bytes);
    const crew = await this.crewFor(bytes > 16 << 20 ? 'large' : 'small');
    const reports: PackReport[] = [];
    try {
      await crew.each('begin', { index: index.shared(), cancel: this.work.cancel.buffer });
      await crew.share('verify', packs, (report) => {
        reports.push(report);
        this.work.advance(1, report.bytes);
      });
    } finally {
      await crew.each('end', undefined);
    }
    return reports;
  }

  private quarantine(reports: readonly PackReport[]): void {
    const known = listDamaged(this.store.files);
    for (const { pack, damaged } of reports) {
      const offsets = damaged.map(({ offset }) => offset);
      const before = known.get(pack);
      if (offsets.length > 0 && offsets.join() !== before?.join()) writeDamaged(this.store.files, pack, offsets);
      if (offsets.length === 0 && before !== undefined) this.store.files.remove(`damaged/${pack}`);
    }
  }

  /** What snapshots miss. When the folder still has it, it is stored again first. */
  private async snapshots(suspicious: boolean): Promise<FoundDamage[]> {
    const first = this.missing();
    if (first.length === 0) return [];
    await this.heal(suspicious || first.length > 0);
    const still = new Set(this.missing().map((one) => one.part));
    return first.map((one) => ({ ...one, healed: !still.has(one.part) }));
  }

  private missing(): FoundDamage[] {
    const { store } = this;
    const { snapshots, damaged } = store.survey();
    const reach = new Reach(store.index, store.reader, () => this.work.check());
    const found: FoundDamage[] = damaged.map((id) => ({
      part: `snapshots/${id}`,
      problem: 'its record is changed',
      healed: false,
      affected: [],
    }));
    const look = (part: string, root: string, snapshot?: string): void => {
      const missing = reach.mark(Buffer.from(root, 'hex'));
      if (missing.length === 0) return;
      const affected = snapshot === undefined ? [] : missing.map(({ path }) => ({ snapshot, path }));
      found.push({ part, problem: `${missing.length} of its entries can’t be read back: ${missing[0]!.problem}`, healed: false, affected });
    };
    for (const { id, record } of snapshots) look(`snapshots/${id}`, record.root, id);
    for (const { name, root } of readKeeps(store.files).known) look(keepFile(name), root);
    return found;
  }

  /** Reads the whole folder again: what has the same content as something lost is stored anew. */
  private async heal(needed: boolean): Promise<void> {
    if (!needed || !fs.existsSync(this.taker.folder)) return;
    this.cache.drop(this.store);
    this.store.reload();
    await this.taker.store(this.store, this.work);
    this.store.reload();
  }
}

function plainBytes(segment: { readonly blockPlain: Uint32Array }): number {
  return segment.blockPlain.reduce((sum, bytes) => sum + bytes, 0);
}

function blockDamage(store: Store): FoundDamage[] {
  return [...listDamaged(store.files)].map(([pack, offsets]) => ({
    part: packFile(pack),
    problem: `${offsets.length === 1 ? 'a block is' : `${offsets.length} blocks are`} changed, at ${offsets.join(', ')}`,
    healed: false,
    affected: [],
  }));
}
