import * as fs from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import type { Crew } from '../base/crew.ts';
import { joinPath, parentPath, baseName } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { Claims } from '../store/claims.ts';
import { WHOLE_FILE } from '../store/chunker.ts';
import { ID_BYTES, idKey, idOf } from '../store/ids.ts';
import { ObjectWriter, type ObjectSink } from '../store/objectWriter.ts';
import { Segment } from '../store/segment.ts';
import type { Note } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { encodeTree, Flag, Kind, type TreeEntry } from '../store/tree.ts';
import { databaseChunk, isSparse, Outcome, SEGMENT_BYTES, type ChunkResult, type ReadJob, type ReadResult } from './contentReader.ts';
import { absolute, milliseconds, READ_FLAGS } from './diskFolder.ts';
import { IGNORE_FILE, IgnoreRules } from './ignoreRules.ts';
import { allocateColumns, copyRows, StatTable, type FolderRows } from './rows.ts';
import { isPending, type ScannedFolder, type ScanResult, type Totals } from './scan.ts';
import type { ContentJob, ContentResult, ScanJob, TakeSetup, TakeWorker } from './takeWorker.ts';

export interface CaptureRequest {
  /** `false`: nothing is stored; trees are kept in memory, contents only given their ids. */
  readonly store: boolean;
  /** Only these paths may have changed since the stat table. */
  readonly hint?: readonly string[];
  /** Taken in although `.snapstageignore` names them. */
  readonly alwaysTaken?: readonly string[];
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
  /** Some file may have several names. */
  readonly linked: boolean;
  /** Trees that are in no store, by `idKey`; empty when stored. */
  readonly trees: ReadonlyMap<string, Buffer>;
  /** The stat table for next time, as of the given snapshot. */
  nextTable(snapshot: string): StatTable;
}

/** Where capturing gets its threads: `large` work is worth starting them. */
export type TakeCrew = (large: boolean) => Promise<Crew<TakeWorker>>;

interface Changed {
  readonly folder: ScannedFolder;
  readonly scan: ScanResult;
}

interface LargeFile {
  readonly path: string;
  readonly changed: Changed;
  readonly row: number;
}

const ROUNDS = 3;
const JOB_BYTES = 4 << 20;
const JOB_FILES = 512;
/** Folders that the first look splits the work at. */
const SPLIT_FOLDERS = 96;
/** Below this many known entries one thread is done before others have started. */
const SOLO_ROWS = 3000;

/** Records the current state of a folder: look at everything, read what changed, store trees from the leaves up. */
export class Capturer {
  private readonly root: string;
  private readonly store: Store;
  private readonly table: StatTable | undefined;
  private readonly crewFor: TakeCrew;
  private readonly work: Work;
  private readonly request: CaptureRequest;
  private readonly changed = new Map<string, Changed>();
  private readonly totals: Totals = { files: 0, folders: 0, links: 0, bytes: 0 };
  private readonly excluded: Note[] = [];
  private readonly unreadable: Note[] = [];
  private readonly evidence: Note[] = [];
  private readonly trees = new Map<string, Buffer>();
  private readonly startMs: number;
  private readonly ignoreText: string | undefined;
  private readonly rules: IgnoreRules;

  constructor(options: {
    readonly root: string;
    readonly store: Store;
    /** What the last look found. Its ids must be in the store. */
    readonly table: StatTable | undefined;
    readonly crewFor: TakeCrew;
    readonly work: Work;
    readonly request: CaptureRequest;
  }) {
    this.root = options.root;
    this.store = options.store;
    this.table = options.table;
    this.crewFor = options.crewFor;
    this.work = options.work;
    this.request = options.request;
    this.startMs = options.store.host.now();
    this.ignoreText = readIgnoreFile(options.root);
    this.rules = new IgnoreRules(this.ignoreText, options.request.alwaysTaken);
  }

  async run(): Promise<Capture> {
    const rootStat = fs.lstatSync(this.root, { bigint: true });
    this.work.begin('scan');
    const split = this.request.hint === undefined ? this.split() : { inner: this.hintedFolders(), subtrees: [] as string[] };
    const large = split.subtrees.length > 0 && (this.table === undefined || this.table.rows > SOLO_ROWS);
    const crew = await this.crewFor(large);
    try {
      await crew.each('begin', this.setup(Number(rootStat.dev)));
      await this.scan(crew, split);
      const stored = await this.readAndBuild(crew);
      return {
        root: stored.root,
        rootMode: Number(rootStat.mode) & 0o7777,
        rootMtime: rootStat.mtimeNs,
        totals: this.totals,
        excluded: this.excluded,
        unreadable: this.unreadable,
        evidence: this.evidence,
        storedBytes: stored.bytes,
        newPacks: stored.packs,
        linked: this.hasLinks(),
        trees: this.trees,
        nextTable: (snapshot) => this.nextTable(snapshot),
      };
    } catch (error) {
      await crew.each('abandon', undefined).catch(() => undefined);
      throw error;
    }
  }

  private hasLinks(): boolean {
    const some = ({ group }: { readonly group: BigUint64Array }): boolean => {
      for (let row = 0; row < group.length; row++) if (group[row] !== 0n) return true;
      return false;
    };
    const scans = new Set([...this.changed.values()].map(({ scan }) => scan));
    return (this.table !== undefined && some(this.table.columns)) || [...scans].some((scan) => some(scan.columns));
  }

  private setup(rootDevice: number): TakeSetup {
    return {
      root: this.root,
      rootDevice,
      table: this.table?.memory,
      ignoreText: this.ignoreText,
      alwaysTaken: this.request.alwaysTaken ?? [],
      cancel: this.work.cancel.buffer,
      startMs: this.startMs,
    };
  }

  /** Folders near the top, and the subtrees below them to share out. */
  private split(): { inner: string[]; subtrees: string[] } {
    const queue = [''];
    const inner: string[] = [];
    while (queue.length > 0 && queue.length < SPLIT_FOLDERS && inner.length < SPLIT_FOLDERS * 8) {
      const path = queue.shift()!;
      inner.push(path);
      for (const name of this.subfolders(path)) if (!this.rules.excludes(joinPath(path, name), true)) queue.push(joinPath(path, name));
    }
    return { inner, subtrees: queue };
  }

  private subfolders(path: string): string[] {
    const known = this.table?.folder(path);
    if (known !== undefined) return known.names.filter((_, i) => known.columns.kind[known.start + i] === Kind.folder);
    try {
      return fs.readdirSync(absolute(this.root, path), { withFileTypes: true }).flatMap((entry) => {
        const isOurs = entry.isDirectory() && !(path === '' && entry.name === '.snapstage') && !entry.name.includes('\uFFFD');
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
    return [...folders].filter((path) => this.table?.folder(path) !== undefined);
  }

  private async scan(crew: Crew<TakeWorker>, split: { inner: string[]; subtrees: string[] }): Promise<void> {
    const isSplit = split.subtrees.length > 0;
    const hinted = this.request.hint !== undefined;
    if (!isSplit && !hinted) {
      await this.share(crew, [{ paths: [''], always: false, except: [] }]);
      return;
    }
    const batch = Math.max(1, Math.ceil(split.subtrees.length / 96));
    const jobs: ScanJob[] = [{ paths: split.inner, always: true, except: hinted ? 'known' : [...split.inner, ...split.subtrees] }];
    for (let i = 0; i < split.subtrees.length; i += batch) jobs.push({ paths: split.subtrees.slice(i, i + batch), always: false, except: [] });
    await this.share(crew, jobs);
    if (hinted || this.dropUnreachable()) this.recount();
  }

  private async share(crew: Crew<TakeWorker>, jobs: readonly ScanJob[]): Promise<void> {
    await crew.share('scan', jobs, (received) => {
      const result = { ...received, columns: { ...received.columns, ids: asBuffer(received.columns.ids) }, previous: asBuffer(received.previous) };
      for (const folder of result.folders) this.changed.set(folder.path, { folder, scan: result });
      this.excluded.push(...result.excluded);
      this.unreadable.push(...result.unreadable);
      for (const key of ['files', 'folders', 'links', 'bytes'] as const) this.totals[key] += result.totals[key];
      this.work.advance(result.totals.files, 0);
    });
  }

  /** Forgets subtrees that no folder leads to (gone in between). */
  private dropUnreachable(): boolean {
    const isGone = (path: string): boolean => {
      for (let child = path; child !== ''; child = parentPath(child)) {
        const parent = this.changed.get(parentPath(child));
        if (parent !== undefined && !parent.folder.names.includes(baseName(child))) return true;
      }
      return false;
    };
    const gone = [...this.changed.keys()].filter(isGone);
    for (const path of gone) this.changed.delete(path);
    return gone.length > 0;
  }

  /** Sums over everything that the root leads to. */
  private recount(): void {
    const totals = { files: 0, folders: 0, links: 0, bytes: 0 };
    this.walk((_, rows) => {
      for (let i = rows.start; i < rows.start + rows.names.length; i++) {
        const kind = rows.columns.kind[i];
        if (kind === Kind.folder) totals.folders += 1;
        else if (kind === Kind.link) totals.links += 1;
        else if (kind === Kind.file) {
          totals.files += 1;
          totals.bytes += rows.columns.size[i]!;
        }
      }
    });
    Object.assign(this.totals, totals);
  }

  private rowsOf(path: string): FolderRows | undefined {
    const changed = this.changed.get(path);
    if (changed !== undefined) return { columns: changed.scan.columns, start: changed.folder.start, names: changed.folder.names };
    return this.table?.folder(path);
  }

  private walk(visit: (path: string, rows: FolderRows) => void, path = ''): void {
    const rows = this.rowsOf(path);
    if (rows === undefined) return;
    visit(path, rows);
    for (let i = 0; i < rows.names.length; i++) {
      if (rows.columns.kind[rows.start + i] === Kind.folder) this.walk(visit, joinPath(path, rows.names[i]!));
    }
  }

  private async readAndBuild(crew: Crew<TakeWorker>): Promise<{ root: Buffer; bytes: number; packs: number }> {
    if (this.changed.size === 0) {
      await crew.each('abandon', undefined);
      return { root: this.unchangedRoot(), bytes: 0, packs: 0 };
    }
    const { store, work } = this;
    const expected = this.expectedObjects();
    const claims = Claims.forObjects(expected);
    const index = store.index.shared();
    await crew.each('beginRead', { index, claims: this.request.store ? claims.buffer : undefined });
    const own = new ObjectWriter({ files: store.files, index: store.index, claims, reader: store.reader, newName: () => store.host.randomHex(16) });
    try {
      let folders = [...this.changed.keys()];
      for (let round = 1; folders.length > 0; round++) folders = await this.readContent(crew, own, folders, round);
      const root = this.buildTrees(this.request.store ? own : this.memorySink());
      work.begin('finish');
      const finished = await crew.each('finish', undefined);
      const packs = [...finished.flatMap((part) => part.packs), ...(this.request.store ? own.finish() : [])];
      for (const { segment } of packs) store.index.add(new Segment(Buffer.from(segment)));
      return { root, bytes: finished.reduce((sum, part) => sum + part.storedBytes, own.storedBytes), packs: packs.length };
    } catch (error) {
      own.abandon();
      throw error;
    }
  }

  /** The tree id of the folder when nothing in it changed. */
  private unchangedRoot(): Buffer {
    return this.buildTreesFrom(['']).get('')!;
  }

  private expectedObjects(): number {
    let objects = this.changed.size;
    for (const { scan, folder } of this.changed.values()) {
      for (let i = folder.start; i < folder.start + folder.names.length; i++) {
        if (isPending(scan.columns, i)) objects += 1 + Math.floor(scan.columns.size[i]! / (16 << 10));
      }
    }
    return Math.min(objects, 1 << 23);
  }

  /** Reads what is pending in the folders; returns the folders to look at again. */
  private async readContent(crew: Crew<TakeWorker>, own: ObjectWriter, folders: readonly string[], round: number): Promise<string[]> {
    const { jobs, rows, large } = this.plan(folders);
    const bytes = jobs.reduce((sum, job) => sum + job.size.reduce((a, b) => a + b, 0), 0);
    const largeBytes = large.reduce((sum, file) => sum + file.changed.scan.columns.size[file.row]!, 0);
    this.work.begin('read', rows.flat().length + large.length, bytes + largeBytes);
    const again = new Set<string>();
    const grown: LargeFile[] = [];
    await this.readLarge(crew, own, large, jobs, (result, job) => this.apply(result, jobs[job]!, rows[job]!, again, grown, round));
    if (grown.length > 0) await this.readLarge(crew, own, grown, [], () => undefined);
    const rescan = [...again].filter((path) => this.changed.has(path));
    if (rescan.length === 0) return [];
    await this.share(crew, rescan.map((path) => ({ paths: [path], always: true, except: [] })));
    return rescan.flatMap((folder) => [...this.changed.keys()].filter((path) => path === folder || path.startsWith(folder === '' ? '' : `${folder}/`)));
  }

  /** Jobs for small files and links in folder order, and the large files. */
  private plan(folders: readonly string[]): { jobs: ReadJob[]; rows: { changed: Changed; row: number }[][]; large: LargeFile[] } {
    const jobs: ReadJob[] = [];
    const rows: { changed: Changed; row: number }[][] = [];
    const large: LargeFile[] = [];
    let paths: string[] = [];
    let batch: { changed: Changed; row: number }[] = [];
    let bytes = 0;
    const close = (): void => {
      if (batch.length === 0) return;
      jobs.push(readJob(paths, batch));
      rows.push(batch);
      paths = [];
      batch = [];
      bytes = 0;
    };
    for (const path of [...new Set(folders)].sort()) {
      const changed = this.changed.get(path)!;
      const { columns } = changed.scan;
      for (const [i, name] of changed.folder.names.entries()) {
        const row = changed.folder.start + i;
        if (!isPending(columns, row)) continue;
        if (columns.kind[row] === Kind.file && columns.size[row]! >= WHOLE_FILE) {
          large.push({ path: joinPath(path, name), changed, row });
          continue;
        }
        paths.push(joinPath(path, name));
        batch.push({ changed, row });
        bytes += columns.size[row]!;
        if (bytes >= JOB_BYTES || batch.length >= JOB_FILES) close();
      }
    }
    close();
    return { jobs, rows, large };
  }

  private apply(result: ReadResult, job: ReadJob, rows: readonly { changed: Changed; row: number }[], again: Set<string>, grown: LargeFile[], round: number): void {
    for (const [i, { changed, row }] of rows.entries()) {
      const { columns } = changed.scan;
      const path = job.paths[i]!;
      if (result.outcome[i] === Outcome.changing) this.evidence.push({ path, reason: 'changed while it was being read' });
      switch (result.outcome[i]) {
        case Outcome.changing:
        case Outcome.good:
          this.totals.bytes += result.size[i]! - (columns.kind[row] === Kind.file ? columns.size[row]! : result.size[i]!);
          setRow(columns, row, result, i);
          break;
        case Outcome.large:
          grown.push({ path, changed, row });
          break;
        case Outcome.gone:
          this.evidence.push({ path, reason: 'vanished while the snapshot was taken' });
          this.drop(columns, row);
          break;
        case Outcome.turned:
          if (round < ROUNDS) again.add(parentPath(path));
          else this.unreadable.push({ path, reason: 'turned into something else while it was being read' });
          this.drop(columns, row);
          break;
        default:
          this.unreadable.push({ path, reason: result.reasons[i] ?? 'can’t be read' });
          this.drop(columns, row);
      }
    }
    this.work.advance(rows.length, result.bytes);
  }

  private drop(columns: ScanResult['columns'], row: number): void {
    if (columns.kind[row] === Kind.file) {
      this.totals.files -= 1;
      this.totals.bytes -= columns.size[row]!;
    } else if (columns.kind[row] === Kind.link) this.totals.links -= 1;
    columns.kind[row] = 0;
  }

  /** Large files in parts, first, so that none is the last one running; then `others`. */
  private async readLarge(
    crew: Crew<TakeWorker>,
    own: ObjectWriter,
    files: readonly LargeFile[],
    others: readonly ReadJob[],
    other: (result: ReadResult, job: number) => void,
  ): Promise<void> {
    let pending = files.map((file) => this.openLarge(file)).filter((file) => file !== undefined);
    let rest = others;
    for (let attempt = 1; pending.length > 0 || rest.length > 0; attempt++) {
      const parts = pending.flatMap((file, number) => file.jobs.map((job, part) => ({ job, number, part })));
      const results = pending.map((file) => new Array<ChunkResult>(file.jobs.length));
      const jobs: ContentJob[] = [...parts.map((part) => part.job), ...rest];
      await crew.share('read', jobs, (result: ContentResult, job) => {
        const part = parts[job];
        if (part === undefined) {
          const read = result as ReadResult;
          return other({ ...read, ids: asBuffer(read.ids) }, job - parts.length);
        }
        results[part.number]![part.part] = result as ChunkResult;
        this.work.advance(0, part.job.to - part.job.from);
      });
      rest = [];
      pending = pending.flatMap((file, number) => this.closeLarge(file, results[number]!, own, attempt));
    }
  }

  private openLarge(file: LargeFile): OpenLarge | undefined {
    const { columns } = file.changed.scan;
    try {
      const fd = fs.openSync(absolute(this.root, file.path), READ_FLAGS);
      const head = Buffer.alloc(100);
      let stat: fs.BigIntStats;
      try {
        fs.readSync(fd, head, 0, head.length, 0);
        stat = fs.fstatSync(fd, { bigint: true });
      } finally {
        fs.closeSync(fd);
      }
      if (!stat.isFile()) throw Object.assign(new Error('not a file any more'), { code: 'EINVAL' });
      return { ...file, stat, jobs: chunkJobs(file.path, Number(stat.size), databaseChunk(head), previousList(file)) };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'ENOENT') this.evidence.push({ path: file.path, reason: 'vanished while the snapshot was taken' });
      else this.unreadable.push({ path: file.path, reason: `can't be read (${error.code})` });
      this.drop(columns, file.row);
      return undefined;
    }
  }

  /** Puts the parts together; gives the file back when it changed meanwhile and should be tried again. */
  private closeLarge(file: OpenLarge, parts: readonly ChunkResult[], own: ObjectWriter, attempt: number): OpenLarge[] {
    const { columns, previous, previousFlags } = file.changed.scan;
    const after = fs.lstatSync(absolute(this.root, file.path), { bigint: true, throwIfNoEntry: false });
    const stable = after !== undefined && after.mtimeNs === file.stat.mtimeNs && after.ctimeNs === file.stat.ctimeNs && after.size === file.stat.size;
    const complete = parts.every((part) => part.rows !== undefined);
    if ((!stable || !complete) && attempt < ROUNDS) {
      const next = this.openLarge(file);
      return next === undefined ? [] : [next];
    }
    if (!complete) {
      this.unreadable.push({ path: file.path, reason: parts.find((part) => part.reason !== undefined)?.reason ?? 'became shorter while it was being read' });
      this.drop(columns, file.row);
      return [];
    }
    if (!stable) this.evidence.push({ path: file.path, reason: 'changed while it was being read' });
    const { row } = file;
    const list = Buffer.concat(parts.map((part) => Buffer.from(part.rows!)));
    const hasList = (previousFlags[row]! & Flag.chunked) !== 0;
    const base = hasList ? previous.subarray(row * ID_BYTES, (row + 1) * ID_BYTES) : undefined;
    const sink: ObjectSink = this.request.store ? own : this.memorySink();
    sink.put(list, 'meta', base).copy(columns.ids, row * ID_BYTES);
    const size = list.length === 0 ? 0 : sumLengths(list);
    this.totals.bytes += size - columns.size[row]!;
    columns.size[row] = size;
    columns.flags[row] = Flag.chunked | (isSparse(file.stat) ? Flag.sparse : 0);
    columns.mtime[row] = file.stat.mtimeNs;
    columns.mtimeMs[row] = milliseconds(file.stat.mtimeNs);
    const racy = !stable || Math.max(milliseconds(file.stat.mtimeNs), milliseconds(file.stat.ctimeNs)) >= this.startMs - 2000;
    columns.ctimeMs[row] = racy ? Number.NaN : milliseconds(file.stat.ctimeNs);
    columns.inode[row] = Number(file.stat.ino);
    columns.mode[row] = Number(file.stat.mode) & 0o7777;
    this.work.advance(1, 0);
    return [];
  }

  private memorySink(): ObjectSink {
    return {
      put: (content) => {
        const id = idOf(content);
        this.trees.set(idKey(id), Buffer.from(content));
        return id;
      },
    };
  }

  private buildTrees(sink: ObjectSink): Buffer {
    return this.buildTreesFrom([...this.changed.keys()], sink).get('')!;
  }

  /** Trees of these folders, deepest first; each goes into the row of the folder above. */
  private buildTreesFrom(paths: readonly string[], sink: ObjectSink = this.memorySink()): Map<string, Buffer> {
    const built = new Map<string, Buffer>();
    for (const path of [...new Set([...paths, ''])].sort().reverse()) {
      const rows = this.rowsOf(path) ?? { columns: allocateColumns(0), start: 0, names: [] };
      const entries: TreeEntry[] = [];
      for (const [i, name] of rows.names.entries()) {
        const row = rows.start + i;
        const kind = rows.columns.kind[row] as Kind | 0;
        if (kind === 0) continue;
        if (kind === Kind.folder) built.get(joinPath(path, name))?.copy(rows.columns.ids, row * ID_BYTES);
        entries.push(entryOf(rows, row, name, kind));
      }
      built.set(path, sink.put(encodeTree(entries), 'meta', this.previousTree(path)));
    }
    return built;
  }

  private previousTree(path: string): Buffer | undefined {
    const parent = this.table?.folder(parentPath(path));
    if (path === '' || parent === undefined) return undefined;
    const at = parent.names.indexOf(baseName(path));
    if (at < 0 || parent.columns.kind[parent.start + at] !== Kind.folder) return undefined;
    const row = parent.start + at;
    return parent.columns.ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  private nextTable(snapshot: string): StatTable {
    const folders: { path: string; rows: FolderRows }[] = [];
    this.walk((path, rows) => folders.push({ path, rows: withoutDead(rows) }));
    return StatTable.build(snapshot, folders);
  }
}

function readIgnoreFile(root: string): string | undefined {
  try {
    return fs.readFileSync(`${root}/${IGNORE_FILE}`, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EISDIR')) return undefined;
    throw error;
  }
}

/** A buffer from another thread arrives as a plain array of bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

interface OpenLarge extends LargeFile {
  readonly stat: fs.BigIntStats;
  readonly jobs: readonly { path: string; from: number; to: number; size: number; fixed: number; previous: Buffer | undefined }[];
}

function chunkJobs(path: string, size: number, fixed: number, previous: Buffer | undefined): OpenLarge['jobs'] {
  const jobs = [];
  for (let from = 0; from < size; from += SEGMENT_BYTES) jobs.push({ path, from, to: Math.min(size, from + SEGMENT_BYTES), size, fixed, previous });
  return jobs;
}

/** The chunk list of the version before, if it had one. */
function previousList(file: LargeFile): Buffer | undefined {
  const { previous, previousFlags } = file.changed.scan;
  const isList = (previousFlags[file.row]! & Flag.chunked) !== 0;
  return isList ? Buffer.from(previous.subarray(file.row * ID_BYTES, (file.row + 1) * ID_BYTES)) : undefined;
}

function sumLengths(list: Buffer): number {
  let sum = 0;
  for (let at = ID_BYTES; at < list.length; at += ID_BYTES + 4) sum += list.readUInt32LE(at);
  return sum;
}

function readJob(paths: string[], rows: readonly { changed: Changed; row: number }[]): ReadJob {
  const count = rows.length;
  const job = {
    paths,
    kind: new Uint8Array(count),
    size: new Float64Array(count),
    mtimeMs: new Float64Array(count),
    ctimeMs: new Float64Array(count),
    previous: Buffer.alloc(count * ID_BYTES),
  };
  for (const [i, { changed, row }] of rows.entries()) {
    const { columns, previous, previousFlags } = changed.scan;
    job.kind[i] = columns.kind[row]!;
    job.size[i] = columns.size[row]!;
    job.mtimeMs[i] = columns.mtimeMs[row]!;
    job.ctimeMs[i] = columns.ctimeMs[row]!;
    const whole = (previousFlags[row]! & Flag.chunked) === 0;
    if (whole) previous.copy(job.previous, i * ID_BYTES, row * ID_BYTES, (row + 1) * ID_BYTES);
  }
  return job;
}

function setRow(columns: ScanResult['columns'], row: number, result: ReadResult, i: number): void {
  result.ids.copy(columns.ids, row * ID_BYTES, i * ID_BYTES, (i + 1) * ID_BYTES);
  columns.size[row] = result.size[i]!;
  columns.flags[row] = result.flags[i]!;
  columns.mtime[row] = result.mtime[i]!;
  columns.mode[row] = result.mode[i]!;
  columns.inode[row] = result.inode[i]!;
  columns.mtimeMs[row] = result.mtimeMs[i]!;
  columns.ctimeMs[row] = result.ctimeMs[i]!;
}

function entryOf(rows: FolderRows, row: number, name: string, kind: Kind): TreeEntry {
  const { columns } = rows;
  return {
    name,
    kind,
    mode: columns.mode[row]!,
    flags: columns.flags[row]!,
    mtime: columns.mtime[row]!,
    size: columns.size[row]!,
    group: columns.group[row]!,
    id: columns.ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES),
  };
}

function withoutDead(rows: FolderRows): FolderRows {
  const alive = rows.names.map((_, i) => i).filter((i) => rows.columns.kind[rows.start + i] !== 0);
  if (alive.length === rows.names.length) return rows;
  const columns = allocateColumns(alive.length);
  for (const [to, from] of alive.entries()) copyRows(rows.columns, rows.start + from, 1, columns, to);
  return { columns, start: 0, names: alive.map((i) => rows.names[i]!) };
}
