/**
 * What was fetched from a hub in a repository and what is to be sent to it, as a bare repository of our own. It can be removed at any
 * time: whoever finds something missing begins anew.
 *
 * Objects lie in `objects`, shared by all processes, as git writes them under names of their own. Refs, locks and what git calls shallow
 * lie in a folder of one user of the cache alone (`work-…`), so that none waits for another's locks, or for those of a dead one.
 */
import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate, deflateSync, inflateSync } from 'node:zlib';
import { isSystemError, SnapstageError } from '../../../base/errors.ts';
import type { Host } from '../../../base/host.ts';
import { Work } from '../../../base/work.ts';
import type { ReadableStoreFile } from '../../../store/files.ts';
import { patiently, unlessMissing } from '../plainFiles.ts';
import { runGit, type Answer, type GitProgram, type RunOptions } from './gitProgram.ts';
import { idHash, objectHead, type ObjectKind } from './objects.ts';

const OBJECTS = 'objects';
const WORK = /^work-[0-9a-f]{16}$/;
/** A folder of somebody who has not come back for so long is a dead one's. */
const GRACE_MS = 24 * 60 * 60 * 1000;
/** So many packs make each start of git slow, and so many bytes are more than a cache should have: it begins anew. */
const MAX_PACKS = 250;
const MAX_BYTES = 1 << 30;
/** After so many starts of git it is looked whether that is so. */
const TIDY_EVERY = 200;
const CHUNK = 1 << 20;
/** Small objects are written at one stroke. */
const SMALL = 64 << 10;
const PATIENCE_MS = 60_000;
const ID = /^[0-9a-f]{40}$/;

export interface GitObject {
  readonly kind: string;
  readonly content: Buffer;
}

export class GitCache {
  private readonly folder: string;
  private readonly host: Pick<Host, 'randomHex' | 'now'>;
  private readonly program: GitProgram;
  private readonly settings: string;
  private opened: Promise<string> | undefined;
  private starts = 0;

  /** In a folder that is there or not, absolute. `settings` of git hold for all that is done there. */
  constructor(folder: string, host: Pick<Host, 'randomHex' | 'now'>, program: GitProgram, settings: string) {
    this.folder = folder;
    this.host = host;
    this.program = program;
    this.settings = settings;
  }

  private get objects(): string {
    return path.join(this.folder, OBJECTS);
  }

  /** Runs git here. */
  async git(args: readonly string[], options: Partial<RunOptions> & Pick<RunOptions, 'work'>): Promise<Answer> {
    if (++this.starts % TIDY_EVERY === 0) await this.renew(false);
    const cwd = await this.gitDir();
    return runGit(this.program, args, { patience: PATIENCE_MS, ...options, cwd, objects: this.objects });
  }

  /** Makes a bare repository in a folder that is not there, or empty. */
  async initialise(folder: string, work: Work): Promise<Answer> {
    const cwd = await this.gitDir();
    return runGit(this.program, ['init', '--quiet', '--bare', '--template=', '--', folder], { patience: PATIENCE_MS, cwd, work });
  }

  /** Forgets what git knows here; with `objects`, also all that was fetched. */
  async renew(objects: boolean): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    const gitDir = await opened?.catch(() => undefined);
    if (gitDir !== undefined) await discard(gitDir);
    if (objects) await this.dropObjects();
  }

  /** What a ref is here, by its name; `undefined` for none. */
  async ref(name: string): Promise<string | undefined> {
    const text = await unlessGone(fs.readFile(path.join(await this.gitDir(), name), 'latin1'));
    return text !== undefined && ID.test(text.trim()) ? text.trim() : undefined;
  }

  /** The refs two levels below `root` (`refs/snapstage`), or in one folder of it, with what they are. */
  async refsIn(folder: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const entries = (await unlessGone(fs.readdir(path.join(await this.gitDir(), folder), { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) for (const [below, id] of await this.refsIn(name)) found.set(below, id);
      else {
        const id = await this.ref(name);
        if (id !== undefined) found.set(name, id);
      }
    }
    return found;
  }

  /** Makes a ref be what the hub's is known to be, also for those who use the cache later. */
  async setRef(name: string, id: string): Promise<void> {
    const at = path.join(await this.gitDir(), name);
    await fs.mkdir(path.dirname(at), { recursive: true });
    await this.write(at, `${id}\n`);
    await this.remember(name, id);
  }

  /** Tells those who use the cache later what a ref was. */
  async remember(name: string, id: string): Promise<void> {
    const tips = path.join(this.folder, 'tips');
    await fs.mkdir(tips, { recursive: true, mode: 0o700 });
    await this.write(path.join(tips, name.replaceAll('/', ',')), id);
  }

  /** What refs that begin so once were; their objects may be gone. */
  async remembered(prefix: string): Promise<Map<string, string>> {
    const tips = path.join(this.folder, 'tips');
    const found = new Map<string, string>();
    for (const file of (await unlessGone(fs.readdir(tips))) ?? []) {
      const name = file.replaceAll(',', '/');
      if (!name.startsWith(prefix)) continue;
      const id = (await unlessGone(fs.readFile(path.join(tips, file), 'latin1'))) ?? '';
      if (ID.test(id)) found.set(name, id);
    }
    return found;
  }

  /**
   * Says of which commits git is to tell that it has nothing but what they themselves hold. Commits here have no parents, so without it
   * both sides would take each for something that shares nothing with the one before, and send all anew.
   */
  async setShallow(commits: readonly string[]): Promise<void> {
    const at = path.join(await this.gitDir(), 'shallow');
    if (commits.length === 0) await unlessGone(fs.unlink(at));
    else await this.write(at, `${[...commits].sort().join('\n')}\n`);
  }

  /** Writes a small object, and resolves to its id. */
  async writeObject(kind: ObjectKind, content: Buffer): Promise<string> {
    const whole = Buffer.concat([objectHead(kind, content.length), content]);
    const id = idHash().update(whole).digest('hex');
    await this.gitDir();
    await this.settle(id, (temp) => fs.writeFile(temp, deflateSync(whole, { level: 1 }), { mode: 0o444, flag: 'wx' }));
    return id;
  }

  /** Writes part of a file as a blob, and resolves to its id. Work is told of it as it goes. */
  async writeBlob(file: ReadableStoreFile, from: number, size: number, work: Work): Promise<string> {
    const hash = idHash().update(objectHead('blob', size));
    function* bytes(): Generator<Buffer> {
      yield objectHead('blob', size);
      for (let done = 0; done < size;) {
        work.check();
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - done));
        const got = file.read(chunk, from + done);
        if (got === 0) throw new SnapstageError('damaged', `What was to be sent ends too early, after ${from + done} bytes.`);
        hash.update(chunk.subarray(0, got));
        done += got;
        work.advance(0, got);
        yield chunk.subarray(0, got);
      }
    }
    await this.gitDir();
    const temp = this.temp();
    try {
      if (size <= SMALL) await fs.writeFile(temp, deflateSync(Buffer.concat([...bytes()]), { level: 1 }), { mode: 0o444, flag: 'wx' });
      else await pipeline(Readable.from(bytes()), createDeflate({ level: 0 }), createWriteStream(temp, { mode: 0o444, flags: 'wx' }));
      const id = hash.digest('hex');
      await this.settle(id, async (to) => fs.rename(temp, to));
      return id;
    } finally {
      await unlessGone(fs.unlink(temp));
    }
  }

  /** Removes an object that nobody will want to read here. */
  async dropObject(id: string): Promise<void> {
    await unlessGone(fs.unlink(this.loose(id)));
  }

  /**
   * Objects by what git calls them (an id, or `<id>^{tree}`), those that are here.
   */
  async read(names: readonly string[]): Promise<Map<string, GitObject>> {
    const found = new Map<string, GitObject>();
    const packed: string[] = [];
    for (const name of names) {
      const loose = ID.test(name) ? await this.readLoose(name) : undefined;
      if (loose === undefined) packed.push(name);
      else found.set(name, loose);
    }
    if (packed.length === 0) return found;
    const { out } = await this.git(['cat-file', '--batch'], { input: packed.map((name) => `${name}\n`).join(''), work: new Work() });
    let at = 0;
    for (const name of packed) {
      const end = out.indexOf(0x0a, at);
      if (end < 0) break;
      const [, kind, size] = /^[0-9a-f]+ ([a-z]+) (\d+)$/.exec(out.toString('latin1', at, end)) ?? [];
      at = end + 1;
      if (kind === undefined) continue; // “missing”
      found.set(name, { kind, content: out.subarray(at, at + Number(size)) });
      at += Number(size) + 1;
    }
    return found;
  }

  /** Hands out a blob's bytes as they come; resolves to whether it is here. */
  async stream(id: string, onPart: (part: Buffer) => void, work: Work): Promise<boolean> {
    const { code } = await this.git(['cat-file', 'blob', id], { onOutput: onPart, work });
    return code === 0;
  }

  private loose(id: string): string {
    return path.join(this.objects, id.slice(0, 2), id.slice(2));
  }

  private temp(): string {
    return path.join(this.objects, `tmp_obj_${this.host.randomHex(8)}`);
  }

  /** Small objects that lie by themselves need no git to be read. */
  private async readLoose(id: string): Promise<GitObject | undefined> {
    const bytes = await unlessGone(fs.readFile(this.loose(id)));
    if (bytes === undefined || bytes.length > SMALL) return undefined;
    try {
      const whole = inflateSync(bytes, { maxOutputLength: 16 * SMALL });
      const [, kind] = /^([a-z]+) \d+\0/.exec(whole.toString('latin1', 0, 32)) ?? [];
      if (kind === undefined || idHash().update(whole).digest('hex') !== id) return undefined;
      return { kind, content: whole.subarray(whole.indexOf(0) + 1) };
    } catch (error) {
      if (error instanceof Error && 'code' in error) return undefined; // git says what is wrong with it
      throw error;
    }
  }

  /** Gives an object its name unless it has it; `make` makes it under the name that it gets. */
  private async settle(id: string, make: (at: string) => Promise<unknown>): Promise<void> {
    const at = this.loose(id);
    if ((await unlessGone(fs.stat(at))) !== undefined) return;
    await fs.mkdir(path.dirname(at), { recursive: true });
    const temp = this.temp();
    try {
      await make(temp);
      await patiently(() => fs.rename(temp, at));
    } catch (error) {
      await unlessGone(fs.unlink(temp));
      if (!isSystemError(error, 'EPERM', 'EACCES', 'EEXIST') || (await unlessGone(fs.stat(at))) === undefined) throw error;
    }
  }

  /** Replaces a tiny file, so that whoever reads it sees one or the other. */
  private async write(at: string, text: string): Promise<void> {
    const temp = `${at}.${this.host.randomHex(8)}~`;
    await fs.writeFile(temp, text, { mode: 0o600 });
    await patiently(() => fs.rename(temp, at));
  }

  /** This user's folder, made when it is first needed, or when somebody has removed it. */
  private async gitDir(): Promise<string> {
    const opened = this.opened;
    if (opened !== undefined) {
      const known = await opened;
      if ((await isThere(path.join(known, 'HEAD'))) && (await isThere(path.join(this.objects, 'pack')))) return known;
      if (this.opened === opened) this.opened = undefined;
    }
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async open(): Promise<string> {
    await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.tidy();
    await fs.mkdir(path.join(this.objects, 'pack'), { recursive: true });
    const gitDir = path.join(this.folder, `work-${this.host.randomHex(8)}`);
    await fs.mkdir(path.join(gitDir, 'refs'), { recursive: true });
    await fs.writeFile(path.join(gitDir, 'config'), this.settings);
    await fs.writeFile(path.join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
    return gitDir;
  }

  /** Removes what dead ones left, and objects that have become too many. */
  private async tidy(): Promise<void> {
    for (const name of await fs.readdir(this.folder)) {
      const at = path.join(this.folder, name);
      if (name.startsWith('trash-')) await discard(at);
      if (!WORK.test(name)) continue;
      const stat = await unlessGone(fs.stat(at));
      if (stat !== undefined && this.host.now() - stat.mtimeMs > GRACE_MS) await discard(at);
    }
    const packs = path.join(this.objects, 'pack');
    const names = (await unlessGone(fs.readdir(packs))) ?? [];
    let bytes = 0;
    for (const name of names) bytes += (await unlessGone(fs.stat(path.join(packs, name))))?.size ?? 0;
    if (bytes > MAX_BYTES || names.filter((name) => name.endsWith('.pack')).length > MAX_PACKS) await this.dropObjects();
  }

  private async dropObjects(): Promise<void> {
    const trash = path.join(this.folder, `trash-${this.host.randomHex(8)}`);
    try {
      await patiently(() => fs.rename(this.objects, trash));
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
    await discard(trash);
  }
}

async function isThere(at: string): Promise<boolean> {
  return (await unlessGone(fs.stat(at))) !== undefined;
}

/** Somebody may have removed the cache, or part of it. */
function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  return unlessMissing(action).catch((error: unknown) => {
    if (isSystemError(error, 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  });
}

/** Removes a folder as far as the system lets it. */
async function discard(at: string): Promise<void> {
  try {
    await fs.rm(at, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
