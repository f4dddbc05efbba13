/** Temporary folders and engines of one test, and small ways to fill and read folders. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { SnapstageError, type ErrorCode } from '../../src/base/errors.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';

/** Folders and engines that end with the test: call `clear` afterwards. */
export class Workbench {
  private readonly folders: string[] = [];
  private readonly engines: EngineApi[] = [];

  /** A new empty folder, absolute. */
  folder(): string {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'snapstage-test-')));
    this.folders.push(folder);
    return folder;
  }

  /** A path at which nothing is, absolute. */
  place(): string {
    return path.join(this.folder(), 'place');
  }

  engine(folder: string): EngineApi {
    const engine = openEngine({ folder });
    this.engines.push(engine);
    return engine;
  }

  /** A folder with files (content by path; a path that ends with `/` is a folder), made an instance. */
  async instance(files: Readonly<Record<string, string | Buffer>> = {}): Promise<{ folder: string; engine: EngineApi }> {
    const folder = this.folder();
    writeFiles(folder, files);
    const engine = this.engine(folder);
    await engine.init();
    return { folder, engine };
  }

  async clear(): Promise<void> {
    await Promise.all(this.engines.splice(0).map((engine) => engine.dispose()));
    for (const folder of this.folders.splice(0)) removeFolder(folder);
  }
}

/** Removes a folder, also one whose names are not valid UTF-8 or whose folders can't be written to. */
function removeFolder(folder: string): void {
  const empty = (at: Buffer): void => {
    fs.chmodSync(at, 0o700);
    for (const name of fs.readdirSync(at, 'buffer')) {
      const full = Buffer.concat([at, Buffer.from('/'), name]);
      if (!fs.lstatSync(full).isDirectory()) fs.unlinkSync(full);
      else {
        empty(full);
        fs.rmdirSync(full);
      }
    }
  };
  if (!fs.existsSync(folder)) return;
  empty(Buffer.from(folder));
  fs.rmdirSync(folder);
}

export function writeFiles(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const full = path.join(root, name);
    if (name.endsWith('/')) {
      fs.mkdirSync(full, { recursive: true });
      continue;
    }
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
  }
}

/** Text of every file below the folder, by path with `/`; a folder's path ends with `/`; a link's content is `-> target`. */
export function readFiles(root: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(path.join(root, below), { withFileTypes: true })) {
    const at = below === '' ? entry.name : `${below}/${entry.name}`;
    if (at === '.snapstage') continue;
    if (entry.isDirectory()) {
      found[`${at}/`] = '';
      Object.assign(found, readFiles(root, at));
    } else if (entry.isSymbolicLink()) found[at] = `-> ${fs.readlinkSync(path.join(root, at))}`;
    else if (entry.isFile()) found[at] = fs.readFileSync(path.join(root, at), 'utf8');
  }
  return found;
}

/** Waits for a rejection with a `SnapstageError` of this code, and gives it. */
export async function rejected(promise: Promise<unknown>, code: ErrorCode): Promise<SnapstageError> {
  const error = await promise.then(
    (value) => assert.fail(`expected “${code}”, but it gave ${JSON.stringify(value)?.slice(0, 500)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SnapstageError, `expected a SnapstageError, got ${String(error)}`);
  assert.equal(error.code, code, error.stack);
  return error;
}

/** Files of the store, with their sizes: what must not grow by something that failed. */
export function storeFiles(folder: string): string[] {
  const store = path.join(folder, '.snapstage');
  return (fs.readdirSync(store, { recursive: true }) as string[])
    .filter((name) => !/^(cache|index)\b/.test(name) && fs.statSync(path.join(store, name)).isFile())
    .map((name) => `${name} ${fs.statSync(path.join(store, name)).size}`)
    .sort();
}

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function seededBytes(seed: number, length: number): Buffer {
  const random = seededRandom(seed);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (; at + 4 <= length; at += 4) bytes.writeUInt32LE((random() * 2 ** 32) >>> 0, at);
  for (; at < length; at++) bytes[at] = random() * 256;
  return bytes;
}
