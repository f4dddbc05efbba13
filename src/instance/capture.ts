import * as fs from 'node:fs';
import type { Crew, CrewFor, Scale } from '../base/crew.ts';
import { isSystemError } from '../base/errors.ts';
import { isInside, joinPath, parentPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { readConfig } from '../store/config.ts';
import { Claims } from '../store/claims.ts';
import { ObjectWriter, type ObjectSink } from '../store/objectWriter.ts';
import { idOf } from '../store/ids.ts';
import { Segment } from '../store/segment.ts';
import type { Note } from '../store/snapshots.ts';
import { STORE_FOLDER, type Store } from '../store/store.ts';
import { Kind } from '../store/tree.ts';
import { applyRead, pendingBytes, planReads } from './contentPlan.ts';
import { adopt } from './adopt.ts';
import { waitTick } from './clockTick.ts';
import { absolute } from './diskFolder.ts';
import { Findings, memorySink } from './findings.ts';
import { IGNORE_FILE, IgnoreRules } from './ignoreRules.ts';
import { liveDatabases, openForWriting } from './inUse.ts';
import { asBuffer, LargeFiles, type LargeFile } from './largeFiles.ts';
import type { StatTable } from './rows.ts';
import { isPending, RACY_MS, VANISHED, type Totals } from './scan.ts';
import { databaseOf } from './sqlite/sidecar.ts';
import type { State } from './states.ts';
import type { ScanJob, TakeSetup, TakeWorker } from './takeWorker.ts';

export interface CaptureRequest {
  /** `false`: nothing is stored; trees are kept in memory, contents only given their ids. */
  readonly store: boolean;
  /** Only these paths may have changed since the stat table. */
  readonly hint?: readonly string[];
  /** The state that the folder was filled from a moment ago, by us: what is as it has it need not be read. */
  readonly origin?: Pick<State, 'root' | 'trees'>;
  /** Taken in although `.snapstageignore` names them. */
  readonly alwaysTaken?: readonly string[];
  /** Told, when all was looked at and before anything is read, what others are at work on; what it throws ends all. */
  readonly onInUse?: (inUse: readonly Note[]) => void;
}

export interface Capture {
  readonly root: Buffer;
  readonly rootMode: number;
  readonly rootMtime: bigint;
  readonly totals: Totals;
  readonly excluded: readonly Note[];
  readonly unreadable: readonly Note[];
  readonly evidence: readonly Note[];
  readonly storedBytes: number;
  readonly newPacks: number;
  /** Some file has several names. */
  readonly linked: boolean;
  /** Bytes of the files that were read, as the scan saw them. */
  readonly readBytes: number;
  /** The stat table it was compared with knows more now than before: it is worth being saved. */
  readonly confirmed: boolean;
  /** Trees that are in no store, by `idKey`; empty when stored. */
  readonly trees: ReadonlyMap<string, Buffer>;
  /** The stat table for next time, as of the given snapshot. */
  nextTable(snapshot: string): StatTable;
}

const ROUNDS = 3;
/** So many pieces of about the same size the scan is split into. */
const PIECES = 96;
/** Below this many known entries one thread is done before others have started. */
const SOLO_ROWS = 3000;
/** So much to read is worth several threads. */
const SOLO_BYTES = 32 << 20;

/** Records the current state of a folder: look at everything, read what changed, store trees from the leaves up. */
export class Capturer {
  private readonly root: string;
  private readonly store: Store;
  private readonly findings: Findings;
  private readonly crewFor: CrewFor<TakeWorker>;
  private readonly work: Work;
  private readonly request: CaptureRequest;
  private readonly trees = new Map<string, Buffer>();
  private readonly startMs: number;
  private readonly ignoreText: string | undefined;
  private readonly rules: IgnoreRules;

  constructor(options: {
    readonly root: string;
    readonly store: Store;
    /** What the last look found. Its ids must be in the store. */
    readonly table: StatTable | undefined;
    readonly crewFor: CrewFor<TakeWorker>;
    readonly work: Work;
    readonly request: CaptureRequest;
  }) {
    this.root = options.root;
    this.store = options.store;
    this.findings = new Findings(options.table);
    this.crewFor = options.crewFor;
    this.work = options.work;
    this.request = options.request;
    const isOurs = options.request.origin !== undefined;
    // After that nothing that we wrote is so new that it could change again without a sign.
    if (isOurs) waitTick();
    this.startMs = options.store.host.now() + (isOurs ? RACY_MS : 0);
    this.ignoreText = readIgnoreFile(options.root);
    this.rules = new IgnoreRules(this.ignoreText, options.request.alwaysTaken);
  }

  async run(): Promise<Capture> {
    const rootStat = fs.lstatSync(this.root, { bigint: true });
    this.work.begin('scan');
    // What only a hint names takes less time than finding out.
    const open = this.request.store && this.request.hint === undefined ? openForWriting(this.root) : [];
    const split = this.request.hint === undefined ? this.split() : { inner: this.hintedFolders(), subtrees: [], weights: new Map() };
    const scale = this.scanScale(split.subtrees);
    const setup = this.setup(Number(rootStat.dev));
    let crew = await this.crewFor(scale);
    try {
      // The caller's own worker need not wait until the others have started.
      await Promise.all([crew.each('begin', setup), this.scan(crew, split)]);
      const readBytes = pendingBytes(this.findings, this.findings.changed.keys());
      if (scale !== 'large' && readBytes > SOLO_BYTES) {
        await crew.each('abandon', undefined);
        crew = await this.crewFor('large');
        await crew.each('begin', setup);
      }
      const inUse = this.inUse(open);
      this.request.onInUse?.(inUse);
      const stored = await this.readAndBuild(crew);
      return {
        root: stored.root,
        rootMode: Number(rootStat.mode) & 0o7777,
        rootMtime: rootStat.mtimeNs,
        totals: this.findings.totals,
        excluded: this.findings.excluded,
        unreadable: this.findings.unreadable,
        evidence: [...inUse, ...this.findings.evidence],
        storedBytes: stored.bytes,
        newPacks: stored.packs,
        linked: stored.linked,
        readBytes,
        confirmed: this.findings.confirm() > 0,
        trees: this.trees,
        nextTable: (snapshot) => this.findings.nextTable(snapshot),
      };
    } catch (error) {
      await crew.each('abandon', undefined).catch(() => undefined);
      throw error;
    }
  }

  /** What others are at work on of that which is taken. */
  private inUse(open: readonly Note[]): Note[] {
    const paths = new Set(open.map(({ path }) => path));
    // Whoever has a database open has what lies beside it open too.
    const taken = open.filter(({ path }) => !this.rules.excludes(path, false) && !paths.has(databaseOf(path) ?? ''));
    return [...taken, ...liveDatabases(this.root, [...this.findings.live].sort(), open)];
  }

  private scanScale(subtrees: readonly string[]): Scale {
    const { table } = this.findings;
    if (subtrees.length === 0 || (table !== undefined && table.rows <= SOLO_ROWS)) return 'small';
    return table === undefined ? 'large' : 'medium';
  }

  private setup(rootDevice: number): TakeSetup {
    return {
      root: this.root,
      rootDevice,
      table: this.findings.table?.memory,
      ignoreText: this.ignoreText,
      alwaysTaken: this.request.alwaysTaken ?? [],
      cancel: this.work.cancel.buffer,
      startMs: this.startMs,
    };
  }

  /** Folders near the top, and the subtrees below them to share out, heaviest first. */
  private split(): { inner: string[]; subtrees: string[]; weights: Map<string, number> } {
    const weights = this.findings.table?.weights() ?? new Map<string, number>();
    const limit = (weights.get('') ?? 0) / PIECES;
    const isHeavy = (path: string): boolean => (weights.get(path) ?? 0) > limit;
    const inner: string[] = [];
    const subtrees: string[] = [];
    const queue = [''];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const isSplit = weights.size > 0 ? isHeavy(path) : inner.length + queue.length < PIECES;
      if (!isSplit) subtrees.push(path);
      else {
        inner.push(path);
        for (const name of this.subfolders(path)) if (!this.rules.excludes(joinPath(path, name), true)) queue.push(joinPath(path, name));
      }
    }
    return { inner, subtrees: subtrees.sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0)), weights };
  }

  private subfolders(path: string): string[] {
    const known = this.findings.table?.folder(path);
    if (known !== undefined) return known.names.filter((_, i) => known.columns.kind[known.start + i] === Kind.folder);
    try {
      return fs.readdirSync(absolute(this.root, path), { withFileTypes: true }).flatMap((entry) => {
        const isOurs = entry.isDirectory() && !(path === '' && entry.name === STORE_FOLDER) && !entry.name.includes('\uFFFD');
        return isOurs ? [entry.name] : [];
      });
    } catch {
      return [];
    }
  }

  /** The hinted paths' folders and all above them, as far as the table knows them. */
  private hintedFolders(): string[] {
    const folders = new Set(['']);
    for (const path of this.request.hint ?? []) {
      for (let folder = parentPath(path); folder !== ''; folder = parentPath(folder)) folders.add(folder);
    }
    return [...folders].filter((path) => this.findings.table?.folder(path) !== undefined);
  }

  private async scan(crew: Crew<TakeWorker>, { inner, subtrees, weights }: ReturnType<Capturer['split']>): Promise<void> {
    const hinted = this.request.hint !== undefined;
    const jobs: ScanJob[] = [{ paths: inner, always: false, except: hinted ? 'known' : [...inner, ...subtrees] }];
    for (const paths of batches(subtrees, weights)) jobs.push({ paths, always: false, except: [] });
    await this.share(crew, jobs);
    const again = await this.settle(crew);
    const isFewer = this.findings.dropUnreachable();
    this.findings.touchParents();
    if (hinted || again || isFewer) this.findings.recount();
  }

  /** Looks again where pieces of the scan contradict each other. Returns whether some did. */
  private async settle(crew: Crew<TakeWorker>): Promise<boolean> {
    let found = this.findings.contradictions();
    const first = found.length;
    for (let round = 1; found.length > 0 && round < ROUNDS; round++) {
      await this.rescan(crew, found);
      found = this.findings.contradictions();
    }
    this.findings.evidence.push(...found.map((path) => ({ path, reason: VANISHED })));
    return first > 0;
  }

  /** Scans the folders that the paths are in, with everything below. Returns those folders. */
  private async rescan(crew: Crew<TakeWorker>, paths: readonly string[]): Promise<string[]> {
    const folders = [...new Set(paths.map(parentPath))];
    await this.share(
      crew,
      folders.map((path) => ({ paths: [path], always: true, except: [] })),
    );
    return folders;
  }

  private async share(crew: Crew<TakeWorker>, jobs: readonly ScanJob[]): Promise<void> {
    await crew.share('scan', jobs, (received) => {
      const columns = { ...received.columns, ids: asBuffer(received.columns.ids) };
      this.findings.add({ ...received, columns, previous: asBuffer(received.previous) });
      this.work.advance(received.totals.files, 0);
    });
  }

  private async readAndBuild(crew: Crew<TakeWorker>): Promise<{ root: Buffer; bytes: number; packs: number; linked: boolean }> {
    const { store, work, findings } = this;
    if (findings.changed.size === 0) {
      await crew.each('abandon', undefined);
      const links = findings.numberLinks();
      return { root: findings.buildTrees(memorySink(this.trees), links), bytes: 0, packs: 0, linked: links.any };
    }
    const { origin } = this.request;
    if (origin !== undefined) adopt(findings, origin, (id) => store.index.has(id));
    const claims = Claims.forObjects(this.expectedObjects());
    const { compression: level } = readConfig(store.files);
    await crew.each('beginRead', { index: store.index.shared(), claims: this.request.store ? claims.buffer : undefined, level });
    const newName = (): string => store.host.randomHex(16);
    const own = new ObjectWriter({ files: store.files, index: store.index, claims, reader: store.reader, newName, level });
    const sink = this.request.store ? own : memorySink(this.trees);
    try {
      let folders = [...findings.changed.keys()];
      for (let round = 1; folders.length > 0; round++) folders = await this.readContent(crew, sink, folders, round);
      const links = findings.numberLinks();
      // What the threads still have to write, they write while the trees are built here.
      const finishing = crew.each('finish', undefined);
      finishing.catch(() => undefined); // is told below, unless the trees fail first
      const root = findings.buildTrees(sink, links);
      work.begin('finish');
      const finished = await finishing;
      const packs = [...finished.flatMap((part) => part.packs), ...own.finish()];
      await crew.each('end', undefined);
      for (const { segment } of packs) store.index.add(new Segment(Buffer.from(segment)));
      return {
        root,
        bytes: finished.reduce((sum, part) => sum + part.storedBytes, own.storedBytes),
        packs: packs.length,
        linked: links.any,
      };
    } catch (error) {
      own.abandon();
      throw error;
    }
  }

  private expectedObjects(): number {
    let objects = this.findings.changed.size;
    for (const { scan, folder } of this.findings.changed.values()) {
      for (let i = folder.start; i < folder.start + folder.names.length; i++) {
        if (isPending(scan.columns, i)) objects += 1 + Math.floor(scan.columns.size[i]! / (16 << 10));
      }
    }
    return Math.min(objects, 1 << 23);
  }

  /** Reads what is pending in the folders; returns the folders to look at again. */
  private async readContent(crew: Crew<TakeWorker>, sink: ObjectSink, folders: readonly string[], round: number): Promise<string[]> {
    const { findings, work } = this;
    const { jobs, rows, large } = planReads(findings, folders);
    const largeBytes = large.reduce((sum, file) => sum + file.changed.scan.columns.size[file.row]!, 0);
    const bytes = jobs.reduce((sum, job) => sum + job.size.reduce((a, b) => a + b, 0), largeBytes);
    work.begin(
      'read',
      rows.reduce((sum, batch) => sum + batch.length, large.length),
      bytes,
    );
    const files = new LargeFiles({
      root: this.root,
      findings,
      sink,
      contents: this.request.store ? sink : { put: idOf },
      reader: this.store.reader,
      newCopy: () => `${STORE_FOLDER}/cache/${this.store.host.randomHex(8)}.tmp`,
      work,
      racyFrom: this.startMs - RACY_MS,
    });
    const grown: LargeFile[] = [];
    const turned: string[] = [];
    await files.read(crew, large, jobs, (result, job) => {
      const odd = applyRead(findings, result, jobs[job]!, rows[job]!);
      grown.push(...odd.grown);
      turned.push(...odd.turned);
      work.advance(rows[job]!.length, result.bytes);
    });
    if (grown.length > 0) await files.read(crew, grown, [], () => undefined);
    return this.lookAgain(crew, [...turned, ...files.turned], round);
  }

  /** Scans the folders in which something turned into something else; returns all folders that this found. */
  private async lookAgain(crew: Crew<TakeWorker>, turned: readonly string[], round: number): Promise<string[]> {
    if (round >= ROUNDS) {
      const reason = 'turned into something else while it was being read';
      this.findings.unreadable.push(...turned.map((path) => ({ path, reason })));
      return [];
    }
    if (turned.length === 0) return [];
    const rescanned = await this.rescan(crew, turned);
    this.findings.recount();
    return [...this.findings.changed.keys()].filter((path) => rescanned.some((folder) => isInside(folder, path)));
  }
}

/** Subtrees in groups of about the weight of a piece. */
function batches(subtrees: readonly string[], weights: ReadonlyMap<string, number>): string[][] {
  const limit = Math.max(1, subtrees.reduce((sum, path) => sum + (weights.get(path) ?? 1), 0) / PIECES);
  const groups: string[][] = [];
  let room = 0;
  for (const path of subtrees) {
    if (room <= 0) {
      groups.push([]);
      room = limit;
    }
    groups.at(-1)!.push(path);
    room -= weights.get(path) ?? 1;
  }
  return groups;
}

export function readIgnoreFile(root: string): string | undefined {
  try {
    return fs.readFileSync(`${root}/${IGNORE_FILE}`, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EISDIR')) return undefined;
    throw error;
  }
}
