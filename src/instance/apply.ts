import * as fs from 'node:fs';
import type { CrewFor, Scale } from '../base/crew.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import { parentPath } from '../base/paths.ts';
import type { Work } from '../base/work.ts';
import { ChunkList } from '../store/chunkList.ts';
import type { Note } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { absolute, exactStat } from './diskFolder.ts';
import { ExactTimes } from './exactTimes.ts';
import { isDatabaseSize, type DatabaseGuard } from './sqlite/guard.ts';
import { hasSidecar } from './sqlite/look.ts';
import { moveNew, type Aside } from './aside.ts';
import type { Step } from './restorePlan.ts';
import type { PartJob, RestoreWorker, WriteJob, WriteResult } from './restoreWorker.ts';
import type { UnchangedFiles } from './unchangedFiles.ts';
import { filesToWrite, isLarge, isWritten, partJobs, smallJobs, type FilesToWrite, type FileToWrite } from './writePlan.ts';

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
  private readonly unchanged: UnchangedFiles | undefined;
  private readonly aside: Aside | undefined;
  readonly problems: Note[] = [];

  /**
   * `staging`: a folder below `root`, on the same file system, relative to it. `check` throws when others took over meanwhile.
   * `guard` keeps databases in use. `unchanged`: files that new ones may share their blocks with. `aside`: what goes is read before.
   */
  constructor(options: {
    root: string;
    staging: string | undefined;
    store: Store;
    crewFor: CrewFor<RestoreWorker>;
    work: Work;
    check?: () => void;
    guard?: DatabaseGuard;
    unchanged?: UnchangedFiles | undefined;
    aside?: Aside | undefined;
  }) {
    this.root = options.root;
    this.staging = options.staging;
    this.store = options.store;
    this.crewFor = options.crewFor;
    this.work = options.work;
    this.check = options.check ?? (() => undefined);
    this.guard = options.guard;
    this.unchanged = options.unchanged;
    this.aside = options.aside;
  }

  /** `folders` are those whose permissions and times are to be as given, in the end. */
  async run(
    steps: readonly Step[],
    groups: ReadonlyMap<string, string>,
    folders: readonly { path: string; entry: TreeEntry }[],
  ): Promise<void> {
    const files = filesToWrite(steps, groups, this.staging);
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

  private change(steps: readonly Step[], files: FilesToWrite): void {
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

  private async writeContents(files: readonly FileToWrite[]): Promise<void> {
    if (files.length === 0) return;
    if (this.staging === undefined) this.makeAllFolders(files);
    const shared = new Set(files.filter((file) => this.share(file)));
    const large = files.filter((file) => isLarge(file) && !shared.has(file));
    const small = files.filter((file) => !isLarge(file) && !shared.has(file));
    const jobs = [...large.flatMap((file) => this.parts(file)), ...smallJobs(small, this.store.index)];
    const failed = await this.runJobs(jobs, large.length > 0 || small.length > SOLO_FILES ? 'large' : 'small');
    for (const file of files) {
      const reason = failed.get(file.at);
      if (reason !== undefined) this.problems.push({ path: file.step.path, reason });
      else if (isLarge(file) || shared.has(file)) this.setAttributes(file.at, file.entry);
      else if (ExactTimes.isNeeded(file.entry.mtime) && this.staging === undefined) this.times.set(this.full(file.at), file.entry.mtime);
    }
  }

  /** Makes a file as one that shares its blocks with the same one of the instance's folder, where that is possible. */
  private share({ step, entry, at }: FileToWrite): boolean {
    this.work.check();
    const isShared = this.unchanged?.share(step.path, entry, absolute(this.root, at)) === true;
    if (isShared) this.work.advance(1, entry.size);
    return isShared;
  }

  /** Returns why files could not be written, by where they were to be. */
  private async runJobs(jobs: readonly (WriteJob | PartJob)[], scale: Scale): Promise<Map<string, string>> {
    const failed = new Map<string, string>();
    if (jobs.length === 0) return failed;
    const crew = await this.crewFor(scale);
    try {
      await crew.each('begin', { index: this.store.index.shared(), cancel: this.work.cancel.buffer, root: this.root });
      await crew.share('write', jobs, (result: WriteResult) => {
        this.work.advance(result.files, result.bytes);
        for (const { path, reason } of result.failed) failed.set(path, reason);
      });
    } finally {
      await crew.each('end', undefined);
    }
    return failed;
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

  /** Makes the file with its full length. */
  private parts(file: FileToWrite): PartJob[] {
    const list = new ChunkList(Buffer.from(this.store.reader.get(file.entry.id)));
    const fd = fs.openSync(absolute(this.root, file.at), 'wx', 0o600);
    try {
      fs.ftruncateSync(fd, file.entry.size);
    } finally {
      fs.closeSync(fd);
    }
    return partJobs(file, list);
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
    if (!this.mayGo(step) || this.aside !== undefined) return;
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
    const { path } = file.step;
    if (!this.mayGo(file.step, file.at)) return;
    if (this.aside === undefined) fs.renameSync(absolute(this.root, file.at), absolute(this.root, path));
    else if (!moveNew(this.root, file.at, path)) return this.leave(path);
    if (ExactTimes.isNeeded(file.entry.mtime)) this.times.set(this.full(path), file.entry.mtime);
  }

  private makeLink(step: Step): void {
    if (!this.mayGo(step)) return;
    const target = this.store.reader.get(step.to!.id);
    const place = absolute(this.root, step.path);
    if (this.aside === undefined && step.action === 'replace' && step.from!.kind === Kind.link) fs.unlinkSync(place);
    fs.symlinkSync(target, place);
    this.setLinkTime(step.path, step.to!.mtime);
  }

  private makeName(step: Step, first: string): void {
    if (!this.mayGo(step, first)) return;
    const place = absolute(this.root, step.path);
    if (this.staging === undefined) {
      fs.linkSync(absolute(this.root, first), place);
      return;
    }
    // Renaming one name of a file over another of the same file does nothing, so the old name goes first.
    if (this.aside === undefined && step.action === 'replace' && step.from!.kind === step.to!.kind) fs.unlinkSync(place);
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
    this.leave(step.path);
    return false;
  }

  private leave(path: string): void {
    this.problems.push({ path, reason: 'changed in the meantime; left as it is' });
  }

  /** Whether what is at the path may be replaced or deleted, which is reported where not. Where that is looked at closely, it has gone then. */
  private mayGo(step: Step, incoming?: string): boolean {
    const { path, from } = step;
    // The content of a database with something beside it is in both, as an image of which the guard takes care.
    const isImage = from?.kind === Kind.file && isDatabaseSize(from.size) && hasSidecar(absolute(this.root, path));
    if (!this.isAsPlanned(step) || !this.makeWay(step, incoming)) return false;
    if (this.aside === undefined || from === undefined || from.kind === Kind.folder) return true;
    if (this.aside.take(path, isImage ? undefined : from)) return true;
    this.leave(path);
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

function isStill(full: string | Buffer, stat: fs.BigIntStats | undefined, entry: TreeEntry | undefined): boolean {
  if (stat === undefined || entry === undefined) return stat === undefined && entry === undefined;
  if (entry.kind === Kind.file) {
    // What lies beside a database can make it longer or shorter.
    const isSize = Number(stat.size) === entry.size || (isDatabaseSize(entry.size) && hasSidecar(full));
    return stat.isFile() && stat.mtimeNs === entry.mtime && isSize;
  }
  return entry.kind === Kind.link ? stat.isSymbolicLink() && stat.mtimeNs === entry.mtime : stat.isDirectory();
}
