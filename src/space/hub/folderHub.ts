import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isSystemError, SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { parentPath } from '../../base/paths.ts';
import { Work } from '../../base/work.ts';
import { fileOf, type ReadableStoreFile, type WritableStoreFile } from '../../store/files.ts';
import { checkHubName, hubReadOnly, hubUnreachable, isHubPart, tooLarge, type Hub, type HubFile, type HubListing } from './hub.ts';
import {
  allowFolder,
  flushEntries,
  isSameFile,
  look,
  openPlain,
  PART_BYTES,
  patiently,
  readFully,
  unlessMissing,
  writeFlushed,
} from './plainFiles.ts';

/** Says that the hub is there: the place of a share that is not mounted, or of a folder that is not synced yet, is an empty folder. */
const MARKER = 'SNAPSTAGE-HUB.txt';
const MARKER_TEXT = `Snapstage hub, version 1

Instances of a Space meet in this folder. What lies in it is signed and sealed; leave it as it is.
`;
const MARKER_LINE = /^Snapstage hub, version (\d{1,9})\r?\n/;
const VERSION = 1;
/** Sync clients leave files alone that are called like this. */
const TEMP = /^~[0-9a-f]{32}\.tmp$/;
/** An unfinished file that is so much older than a new one, by the hub's own clock, is a dead writer's. */
const GRACE_MS = 24 * 60 * 60 * 1000;
const AT_ONCE = 64;
/** How systems say that what the folder lies on has gone away. */
const GONE = ['ENOTCONN', 'ESTALE', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ETIMEDOUT', 'ENODEV', 'ENXIO'];
const LOCKED = ['EROFS', 'EACCES', 'EPERM'];

/**
 * A hub in a folder: on a local disk, a network share, or one that a client keeps in sync with other machines.
 *
 * A file is written under a name of its own, flushed, and then linked to its name, which fails where that is taken. Where there are no
 * links it is renamed after a look whether the name is free; on a share where even that is no single step a reader may see part of a
 * file, as may one of a synced folder: hashes and signatures tell.
 *
 * Folders get the rights that the hub itself has, whatever the writer's umask, and so does the reading of files: who shares the folder
 * says who takes part. Only its writer may change a file in place, which nobody does; who may remove it is the folder's affair.
 *
 * Links are not followed, and what is no plain file is not opened: every folder on the way is looked at just before (Node has no
 * `openat`: somebody who changes it in this moment is not noticed). The folder that the user named may be a link itself.
 */
export class FolderHub implements Hub {
  readonly place: string;
  private readonly host: Pick<Host, 'randomHex'>;
  /** Folders in which dead writers' files were looked for. */
  private readonly tidied = new Set<string>();

  /** Of the folder `place`, absolute, which need not be there. */
  constructor(place: string, host: Pick<Host, 'randomHex'>) {
    this.place = place;
    this.host = host;
  }

  /** Makes the folder a hub, unless it is one. */
  async make(): Promise<void> {
    await this.explaining(async () => {
      await fs.mkdir(this.place, { recursive: true });
      const { mode } = await fs.stat(this.place);
      if ((await this.version()) === undefined) await this.writeNew(MARKER, fileOf(Buffer.from(MARKER_TEXT)), mode, new Work());
    }, true);
    await this.mustBeThere();
  }

  async list(folder: string): Promise<HubListing> {
    if (folder !== '') checkHubName(folder);
    return this.explaining(async () => {
      const entries = (await this.isThere(folder)) ? await unlessMissing(fs.readdir(this.at(folder), { withFileTypes: true })) : undefined;
      if (entries === undefined || entries.length === 0) await this.mustBeThere();
      const [names, folders]: [string[], string[]] = [[], []];
      let strangers = 0;
      for (const entry of entries ?? []) {
        if (entry.isFile() && isHubPart(entry.name)) names.push(entry.name);
        else if (entry.isDirectory() && isHubPart(entry.name)) folders.push(entry.name);
        else if (entry.name !== MARKER && !TEMP.test(entry.name)) strangers += 1;
      }
      return { files: await this.sizes(folder, names.sort()), folders: folders.sort(), strangers };
    });
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    checkHubName(name);
    return this.explaining(async () => {
      await using file = await this.open(name);
      if (file === undefined) return undefined;
      const { size } = await file.stat();
      if (size > limit) throw tooLarge(name, limit);
      const bytes = Buffer.allocUnsafeSlow(size);
      return bytes.subarray(0, await readFully(file, bytes, 0));
    });
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    checkHubName(name);
    return this.explaining(async () => {
      await using file = await this.open(name);
      if (file === undefined) return undefined;
      const part = Buffer.allocUnsafeSlow(PART_BYTES);
      for (let done = 0; ;) {
        work.check();
        const got = await readFully(file, part, done);
        done += got;
        if (done > limit) throw tooLarge(name, limit);
        into.append(part.subarray(0, got));
        work.advance(0, got);
        if (got < part.length) return done;
      }
    });
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work = new Work()): Promise<boolean> {
    checkHubName(name);
    return this.explaining(async () => {
      await this.mustBeThere();
      const { mode } = await fs.stat(this.place);
      await this.makeFolders(parentPath(name), mode);
      if ((await look(this.at(name))) !== undefined) return false;
      return this.writeNew(name, content instanceof Uint8Array ? fileOf(content) : content, mode, work);
    }, true);
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    await this.explaining(async () => {
      await this.mustBeThere();
      for (const name of names) if (await this.isThere(parentPath(name))) await unlessMissing(patiently(() => fs.unlink(this.at(name))));
    }, true);
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    checkHubName(name);
    await this.explaining(async () => {
      await this.mustBeThere();
      const { mode } = await fs.stat(this.place);
      await this.makeFolders(parentPath(name), mode);
      await this.withTemp(name, fileOf(bytes), mode, new Work(), (temp) => patiently(() => fs.rename(temp, this.at(name))));
    }, true);
  }

  private at(name: string): string {
    return path.join(this.place, name);
  }

  private async sizes(folder: string, names: readonly string[]): Promise<HubFile[]> {
    const found: HubFile[] = [];
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const batch = names.slice(from, from + AT_ONCE);
      const stats = await Promise.all(batch.map((name) => look(path.join(this.at(folder), name))));
      for (const [i, stat] of stats.entries()) if (stat?.isFile() === true) found.push({ name: batch[i]!, size: stat.size });
    }
    return found;
  }

  /** Whether a folder is there. @throws SnapstageError `damaged` when somebody put something else on the way to it. */
  private async isThere(folder: string): Promise<boolean> {
    const parts = folder === '' ? [] : folder.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const above = parts.slice(0, depth).join('/');
      const stat = await look(this.at(above));
      if (stat === undefined) return false;
      if (!stat.isDirectory()) throw this.inTheWay(above);
    }
    return true;
  }

  private async makeFolders(folder: string, mode: number): Promise<void> {
    if (folder === '' || (await this.isThere(folder))) return;
    const above = parentPath(folder);
    await this.makeFolders(above, mode);
    const isNew = await fs.mkdir(this.at(folder)).then(
      () => true,
      (error: unknown) => {
        if (isSystemError(error, 'EEXIST')) return false; // another writer was quicker, or it is no folder
        throw error;
      },
    );
    if (isNew) {
      await allowFolder(this.at(folder), mode & 0o7777);
      await flushEntries(this.at(above));
    } else if (!(await this.isThere(folder))) throw this.inTheWay(folder);
  }

  private inTheWay(folder: string): SnapstageError {
    const why = `“${folder}” in the hub ${this.place} is no folder: somebody has put something else there. Take it away.`;
    return new SnapstageError('damaged', why, { part: folder, hub: this.place });
  }

  /** A plain file, opened. What is none is not there, which only a hub that is there can say. */
  private async open(name: string): Promise<fs.FileHandle | undefined> {
    const file = (await this.isThere(parentPath(name))) ? await openPlain(this.at(name)) : undefined;
    if (file === undefined) await this.mustBeThere();
    return file;
  }

  private async version(): Promise<number | undefined> {
    await using file = await openPlain(this.at(MARKER));
    const start = Buffer.alloc(64);
    const got = file === undefined ? 0 : await readFully(file, start, 0);
    const version = MARKER_LINE.exec(start.toString('latin1', 0, got))?.[1];
    return version === undefined ? undefined : Number(version);
  }

  /** @throws SnapstageError `io` when the hub is not there, `newer-format`. */
  private async mustBeThere(): Promise<void> {
    const version = await this.version();
    if (version === undefined) throw hubUnreachable(this.place, `it holds no ${MARKER} that can be read`);
    if (version > VERSION) {
      throw new SnapstageError('newer-format', `The hub ${this.place} was made by a newer Snapstage.`, { format: version });
    }
  }

  /** Returns whether the name was free. */
  private async writeNew(name: string, content: ReadableStoreFile, mode: number, work: Work): Promise<boolean> {
    const isMade = await this.withTemp(name, content, mode, work, (temp) => settle(temp, this.at(name)));
    if (isMade) await flushEntries(this.at(parentPath(name)));
    return isMade;
  }

  /** Writes a temporary file beside `name`, which is gone afterwards. */
  private async withTemp<T>(
    name: string,
    content: ReadableStoreFile,
    mode: number,
    work: Work,
    use: (temp: string) => Promise<T>,
  ): Promise<T> {
    const folder = this.at(parentPath(name));
    const temp = path.join(folder, `~${this.host.randomHex(16)}.tmp`);
    try {
      await writeFlushed(temp, content, (mode & 0o444) | 0o600, work);
      await this.tidy(folder, temp);
      return await use(temp);
    } finally {
      await quietly(() => patiently(() => fs.unlink(temp)));
    }
  }

  /** Removes what dead writers left in a folder, once. */
  private async tidy(folder: string, temp: string): Promise<void> {
    if (this.tidied.has(folder)) return;
    this.tidied.add(folder);
    await quietly(async () => {
      const { mtimeMs } = await fs.lstat(temp);
      for (const name of (await fs.readdir(folder)).filter((one) => TEMP.test(one))) {
        const stat = await look(path.join(folder, name));
        if (stat !== undefined && mtimeMs - stat.mtimeMs > GRACE_MS) await fs.unlink(path.join(folder, name));
      }
    });
  }

  /** Says what the system's errors mean for a hub. */
  private async explaining<T>(action: () => Promise<T>, isWriting = false): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (isSystemError(error, ...GONE)) throw hubUnreachable(this.place, error.message, error);
      if (isSystemError(error, 'ENOENT', 'ENOTDIR')) await this.mustBeThere();
      if (isWriting && isSystemError(error, ...LOCKED)) throw hubReadOnly(this.place, error);
      throw isSystemError(error) ? toSnapstageError(error) : error;
    }
  }
}

/** Gives the file its name unless that is taken, and returns whether it has it. */
async function settle(temp: string, to: string): Promise<boolean> {
  try {
    await fs.link(temp, to);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return isSameFile(temp, to);
  }
  // What kept it from being linked keeps it from being renamed too, unless it is that there are no links.
  if ((await look(to)) !== undefined) return false;
  await patiently(() => fs.rename(temp, to));
  return true;
}

/** Does what counts less than what was done: what the system refuses of it is let go. */
async function quietly(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
