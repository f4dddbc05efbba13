import * as fs from 'node:fs';
import type { CrewFor } from '../base/crew.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import { parentPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import { ID_BYTES, isNoId } from '../store/ids.ts';
import type { Note } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { Flag, Kind, type TreeEntry } from '../store/tree.ts';
import { absolute, exactStat } from './diskFolder.ts';
import { ExactTimes } from './exactTimes.ts';
import { isDatabaseSize, type DatabaseGuard } from './sqlite/guard.ts';
import { hasSidecar } from './sqlite/look.ts';
import type { Step } from './restorePlan.ts';
import type { PartJob, RestoreWorker, WriteJob, WriteResult } from './restoreWorker.ts';

interface FileToWrite {
  readonly step: Step;
  readonly entry: TreeEntry;
  /** Where it is written, relative to the target root: its place, or a staged name. */
  readonly at: string;
}

/** One more name of a file that `first` is written as. */
interface FurtherName {
  readonly step: Step;
  readonly first: string;
}

const JOB_BYTES = 8 << 20;
const JOB_FILES = 1000;
const PART_CHUNKS = 512;
const SOLO_FILES = 64;

/**
 * Makes a folder as planned. In an instance (`staging` given) every file is written beside and moved into place, and what
 * changed since the plan is left alone and reported; into a new folder files are written directly.
 */
export class Applier {
  private readonly root: string;
  private readonly staging: string | undefined;
  private readonly store: Store;
  private readonly crewFor: CrewFor<RestoreWorker>;
  private readonly work: Work;
  private readonly times = new ExactTimes();
  private readonly trusted = new Set<string>(['']);
  private readonly check: () => void;
  private readonly guard: DatabaseGuard | undefined;
  readonly problems: Note[] = [];

  /**
   * `staging`: a folder below `root`, on the same file system, relative to it. `check` throws when others took over meanwhile.
   * `guard` keeps databases in use.
   */
  constructor(options: {
    root: string;
    staging: string | undefined;
    store: Store;
    crewFor: CrewFor<RestoreWorker>;
    work: Work;
    check?: () => void;
    guard?: DatabaseGuard;
  }) {
    this.root = options.root;
    this.staging = options.staging;
    this.store = options.store;
    this.crewFor = options.crewFor;
    this.work = options.work;
    this.check = options.check ?? (() => undefined);
    this.guard = options.guard;
  }

  /** `folders` are those whose permissions and times are to be as given, in the end. */
  async run(
    steps: readonly Step[],
    groups: ReadonlyMap<string, string>,
    folders: readonly { path: string; entry: TreeEntry }[],
  ): Promise<void> {
    const files = this.filesToWrite(steps, groups);
    const bytes = files.writes.reduce((sum, file) => sum + file.entry.size, 0);
    this.work.begin('write', files.writes.length, bytes);
    await this.writeContents(files.writes);
    this.check();
    const locked = this.staging === undefined ? new Map<string, number>() : this.unlock(steps);
    try {
      this.change(steps, files);
    } finally {
      this.lock(locked);
    }
    try {
      this.finish(steps, folders);
    } finally {
      await this.times.close();
    }
  }

  private change(steps: readonly Step[], files: { readonly writes: readonly FileToWrite[]; readonly names: readonly FurtherName[] }): void {
    this.remove(steps);
    for (const step of steps) if (isFolderToMake(step)) this.attempt(step.path, () => this.makeFolder(step));
    if (this.staging !== undefined) for (const file of files.writes) this.attempt(file.step.path, () => this.moveIn(file));
    for (const step of steps) if (step.to?.kind === Kind.link && isWritten(step)) this.attempt(step.path, () => this.makeLink(step));
    for (const { step, first } of files.names) this.attempt(step.path, () => this.makeName(step, first));
  }

  private finish(steps: readonly Step[], folders: readonly { path: string; entry: TreeEntry }[]): void {
    this.work.begin('finish');
    this.distrust();
    for (const step of steps)
      if (step.action === 'attributes' && step.to!.kind !== Kind.folder)
        this.attempt(step.path, () => this.setAttributes(step.path, step.to!, step.from));
    for (const { path, entry } of folders.toSorted((a, b) => (a.path < b.path ? 1 : -1)))
      this.attempt(path, () => this.setAttributes(path, entry));
  }

  /** Lets the owner change what is in folders that forbid it, for the while. Returns their permissions, outer folders first. */
  private unlock(steps: readonly Step[]): Map<string, number> {
    const locked = new Map<string, number>();
    const changing = steps.filter((step) => step.action === 'delete' || isWritten(step));
    for (const path of [...new Set(changing.map((step) => parentPath(step.path)))].sort()) {
      const full = absolute(this.root, path);
      const stat = exactStat(full);
      const mode = Number(stat?.mode ?? 0n) & 0o7777;
      if (stat?.isDirectory() !== true || (mode & 0o300) === 0o300) continue;
      try {
        this.checkParents(path);
        fs.chmodSync(full, mode | 0o700);
        locked.set(path, mode);
      } catch (error) {
        // Not the owner's to change: what then can't be done there is reported step by step.
        if (!isSystemError(error) && !(error instanceof SnapstageError)) throw error;
      }
    }
    return locked;
  }

  /** Of those that are still there: what was above one may be a link by now. */
  private lock(locked: ReadonlyMap<string, number>): void {
    this.distrust();
    for (const [path, mode] of [...locked].toReversed()) {
      if (this.isRealFolder(path)) fs.chmodSync(absolute(this.root, path), mode);
    }
  }

  /** Files with content of their own, and further names of one of them. */
  private filesToWrite(steps: readonly Step[], groups: ReadonlyMap<string, string>): { writes: FileToWrite[]; names: FurtherName[] } {
    const writes: FileToWrite[] = [];
    const names: FurtherName[] = [];
    const firsts = new Map<string, string>();
    for (const step of steps) {
      if (!isWritten(step) || step.to!.kind !== Kind.file) continue;
      const group = step.original === undefined ? groups.get(step.path) : undefined;
      const first = group === undefined ? undefined : firsts.get(group);
      if (first !== undefined) {
        names.push({ step, first });
        continue;
      }
      if (group !== undefined) firsts.set(group, step.path);
      writes.push({ step, entry: step.to!, at: this.staging === undefined ? step.path : `${this.staging}/${writes.length}` });
    }
    return { writes, names };
  }

  private async writeContents(files: readonly FileToWrite[]): Promise<void> {
    if (files.length === 0) return;
    if (this.staging === undefined) this.makeAllFolders(files);
    const large = files.filter((file) => (file.entry.flags & Flag.chunked) !== 0);
    const jobs: (WriteJob | PartJob)[] = [...large.flatMap((file) => this.parts(file)), ...this.smallJobs(files)];
    const crew = await this.crewFor(files.length > SOLO_FILES || large.length > 0 ? 'large' : 'small');
    const failed = new Map<string, string>();
    try {
      await crew.each('begin', { index: this.store.index.shared(), cancel: this.work.cancel.buffer, root: this.root });
      await crew.share('write', jobs, (result: WriteResult) => {
        this.work.advance(result.files, result.bytes);
        for (const { path, reason } of result.failed) failed.set(path, reason);
      });
    } finally {
      await crew.each('end', undefined);
    }
    for (const file of files) {
      const reason = failed.get(file.at);
      if (reason !== undefined) this.problems.push({ path: file.step.path, reason });
      else if ((file.entry.flags & Flag.chunked) !== 0) this.setAttributes(file.at, file.entry);
      else if (ExactTimes.isNeeded(file.entry.mtime) && this.staging === undefined) this.times.set(this.full(file.at), file.entry.mtime);
    }
  }

  /** A new folder's files are written in place, so the folders must be there; they come in the plan's order too. */
  private makeAllFolders(files: readonly FileToWrite[]): void {
    for (const folder of new Set(files.map((file) => parentPath(file.at)))) this.ensureFolder(folder);
  }

  /** @throws SnapstageError `exists` when something else, be it a link to a folder, is there. */
  private ensureFolder(path: string): void {
    if (this.trusted.has(path)) return;
    this.ensureFolder(parentPath(path));
    const full = absolute(this.root, path);
    const there = fs.lstatSync(full, { throwIfNoEntry: false });
    if (there === undefined) fs.mkdirSync(full);
    else if (!there.isDirectory())
      throw new SnapstageError('exists', `“${path}” is not a folder in ${this.root}.`, { path, folder: this.root });
    this.trusted.add(path);
  }

  private parts(file: FileToWrite): PartJob[] {
    const list = new ChunkList(Buffer.from(this.store.reader.get(file.entry.id)));
    const fd = fs.openSync(absolute(this.root, file.at), 'wx', 0o600);
    try {
      fs.ftruncateSync(fd, file.entry.size);
    } finally {
      fs.closeSync(fd);
    }
    const jobs: PartJob[] = [];
    let offset = 0;
    for (let from = 0; from < list.count; from += PART_CHUNKS) {
      const to = Math.min(list.count, from + PART_CHUNKS);
      jobs.push({ path: file.at, list: list.bytes, from, to, offset, sparse: (file.entry.flags & Flag.sparse) !== 0 });
      for (let chunk = from; chunk < to; chunk++) offset += list.length(chunk);
    }
    if (offset !== file.entry.size)
      throw new SnapstageError('damaged', `The stored chunks of “${file.step.path}” have another length than the file.`, {
        path: file.step.path,
      });
    return jobs;
  }

  /** In the order of the store, so that each block is read once. */
  private smallJobs(files: readonly FileToWrite[]): WriteJob[] {
    const { index } = this.store;
    const segments = new Map(index.all.map((segment, i) => [segment, i]));
    const placed = files.flatMap((file) => {
      if ((file.entry.flags & Flag.chunked) !== 0) return [];
      const location = isNoId(file.entry.id) ? undefined : index.find(file.entry.id);
      const segment = location?.segment;
      const block = segment === undefined ? 0 : segment.objectBlock[location!.row]!;
      return [{ file, segment: segment === undefined ? -1 : segments.get(segment)!, block }];
    });
    placed.sort((a, b) => a.segment - b.segment || a.block - b.block);
    const jobs: WriteJob[] = [];
    let batch: FileToWrite[] = [];
    let bytes = 0;
    for (const [i, { file, segment, block }] of placed.entries()) {
      const before = placed[i - 1];
      const newBlock = before === undefined || before.segment !== segment || before.block !== block;
      if (newBlock && (bytes >= JOB_BYTES || batch.length >= JOB_FILES)) {
        jobs.push(writeJob(batch));
        batch = [];
        bytes = 0;
      }
      batch.push(file);
      bytes += file.entry.size;
    }
    if (batch.length > 0) jobs.push(writeJob(batch));
    return jobs;
  }

  /** Deletes what goes, and what stands in the way of another kind; folders last, deepest first, only if empty. */
  private remove(steps: readonly Step[]): void {
    const folders: Step[] = [];
    for (const step of steps) {
      const isGoing = step.action === 'delete' || (step.action === 'replace' && step.from!.kind !== step.to!.kind);
      if (!isGoing) continue;
      if (step.from!.kind === Kind.folder) folders.push(step);
      else this.attempt(step.path, () => this.unlink(step));
    }
    for (const step of folders.toSorted((a, b) => (a.path < b.path ? 1 : -1))) {
      this.attempt(step.path, () => {
        this.checkParents(step.path);
        fs.rmdirSync(absolute(this.root, step.path));
      });
    }
  }

  private unlink(step: Step): void {
    if (!this.isAsPlanned(step) || !this.makeWay(step)) return;
    fs.unlinkSync(absolute(this.root, step.path));
  }

  private makeFolder(step: Step): void {
    this.checkParents(step.path);
    const full = absolute(this.root, step.path);
    const there = fs.lstatSync(full, { throwIfNoEntry: false });
    if (there === undefined) fs.mkdirSync(full);
    else if (!there.isDirectory()) throw new SnapstageError('io', 'something else is in its place');
  }

  private moveIn(file: FileToWrite): void {
    if (!this.isAsPlanned(file.step) || !this.makeWay(file.step, file.at)) return;
    const place = absolute(this.root, file.step.path);
    fs.renameSync(absolute(this.root, file.at), place);
    if (ExactTimes.isNeeded(file.entry.mtime)) this.times.set(this.full(file.step.path), file.entry.mtime);
  }

  private makeLink(step: Step): void {
    if (!this.isAsPlanned(step)) return;
    const target = this.store.reader.get(step.to!.id);
    const place = absolute(this.root, step.path);
    if (step.action === 'replace' && step.from!.kind === Kind.link) fs.unlinkSync(place);
    fs.symlinkSync(target, place);
    this.setLinkTime(step.path, step.to!.mtime);
  }

  private makeName(step: Step, first: string): void {
    if (!this.isAsPlanned(step) || !this.makeWay(step, first)) return;
    const place = absolute(this.root, step.path);
    if (this.staging === undefined) {
      fs.linkSync(absolute(this.root, first), place);
      return;
    }
    // Renaming one name of a file over another of the same file does nothing, so the old name goes first.
    if (step.action === 'replace' && step.from!.kind === step.to!.kind) fs.unlinkSync(place);
    fs.linkSync(absolute(this.root, first), place);
  }

  private setAttributes(path: string, entry: TreeEntry, from?: TreeEntry): void {
    const full = absolute(this.root, path);
    this.checkParents(path);
    if (entry.kind === Kind.link) return this.setLinkTime(path, entry.mtime);
    const there = path === '' ? fs.statSync(full) : fs.lstatSync(full);
    if (entry.kind === Kind.folder ? !there.isDirectory() : !there.isFile())
      throw new SnapstageError('io', 'something else is in its place');
    if (from === undefined || from.mode !== entry.mode) fs.chmodSync(full, entry.mode);
    const seconds = Number(entry.mtime) / 1e9;
    fs.utimesSync(full, seconds, seconds);
    if (ExactTimes.isNeeded(entry.mtime)) this.times.set(this.full(path), entry.mtime);
  }

  private setLinkTime(path: string, mtime: bigint): void {
    const seconds = Number(mtime) / 1e9;
    fs.lutimesSync(absolute(this.root, path), seconds, seconds);
    if (ExactTimes.isNeeded(mtime)) this.times.set(this.full(path), mtime);
  }

  private full(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }

  /**
   * Whether what is at the path is still what the plan was made for. Something newer is not touched, but reported: the
   * snapshot before the restore does not have it.
   */
  private isAsPlanned(step: Step): boolean {
    this.checkParents(step.path);
    if (this.staging === undefined) return true;
    const full = absolute(this.root, step.path);
    const stat = fs.lstatSync(full, { bigint: true, throwIfNoEntry: false });
    const isSame = (entry: TreeEntry | undefined): boolean => isStill(full, stat, entry);
    const expected = step.action === 'add' || (step.action === 'replace' && step.from!.kind !== step.to!.kind) ? undefined : step.from;
    const isCleared = step.action === 'replace' && step.from!.kind !== step.to!.kind && stat === undefined;
    if (isCleared || isSame(step.action === 'delete' || expected !== undefined ? step.from : undefined)) return true;
    if (step.action === 'replace' && step.from!.kind !== step.to!.kind && isSame(step.from)) return true;
    if (step.action === 'delete' && stat === undefined) return false;
    this.problems.push({ path: step.path, reason: 'changed in the meantime; left as it is' });
    return false;
  }

  /** False, with the reason reported, when it is a database that must stay as it is. */
  private makeWay({ path, from, to }: Step, incoming?: string): boolean {
    if (this.guard === undefined || ![from, to].some((entry) => entry?.kind === Kind.file && isDatabaseSize(entry.size))) return true;
    const staged = incoming === undefined ? undefined : absolute(this.root, incoming);
    const reason = this.guard.clear(path, absolute(this.root, path), staged);
    if (reason !== undefined) this.problems.push({ path, reason });
    return reason === undefined;
  }

  /** Links are never written through: every folder above the path must be a real one, inside the root. */
  private checkParents(path: string): void {
    const parent = parentPath(path);
    if (!this.isRealFolder(parent)) throw new SnapstageError('io', `“${parent}” is not a folder`);
  }

  private isRealFolder(path: string): boolean {
    if (this.trusted.has(path)) return true;
    const isReal = this.isRealFolder(parentPath(path)) && exactStat(absolute(this.root, path))?.isDirectory() === true;
    if (isReal) this.trusted.add(path);
    return isReal;
  }

  private distrust(): void {
    this.trusted.clear();
    this.trusted.add('');
  }

  private attempt(path: string, action: () => void): void {
    this.work.check();
    try {
      action();
    } catch (error) {
      if (isSystemError(error, 'ENOSPC', 'EDQUOT')) throw error;
      if (isSystemError(error)) this.problems.push({ path, reason: reasonOf(error) });
      else if (error instanceof SnapstageError && error.code === 'io') this.problems.push({ path, reason: error.message });
      else throw error;
    }
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return 'kept: there is something in it that is not in the snapshot';
  return `can't be changed (${error.code})`;
}

function isFolderToMake(step: Step): boolean {
  return isWritten(step) && step.to!.kind === Kind.folder;
}

function isWritten(step: Step): boolean {
  return step.action === 'add' || step.action === 'replace';
}

function isStill(full: string | Buffer, stat: fs.BigIntStats | undefined, entry: TreeEntry | undefined): boolean {
  if (stat === undefined || entry === undefined) return stat === undefined && entry === undefined;
  if (entry.kind === Kind.file) {
    // What lies beside a database can make it longer or shorter.
    const isSize = Number(stat.size) === entry.size || (isDatabaseSize(entry.size) && hasSidecar(full));
    return stat.isFile() && stat.mtimeNs === entry.mtime && isSize;
  }
  return entry.kind === Kind.link ? stat.isSymbolicLink() && stat.mtimeNs === entry.mtime : stat.isDirectory();
}

function writeJob(files: readonly FileToWrite[]): WriteJob {
  const ids = Buffer.allocUnsafeSlow(files.length * ID_BYTES);
  for (const [i, file] of files.entries()) file.entry.id.copy(ids, i * ID_BYTES);
  return {
    paths: files.map((file) => file.at),
    ids,
    mode: Uint16Array.from(files, (file) => file.entry.mode),
    flags: Uint8Array.from(files, (file) => file.entry.flags),
    mtime: BigInt64Array.from(files, (file) => file.entry.mtime),
  };
}
