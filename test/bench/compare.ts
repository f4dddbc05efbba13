import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';

/** What two trees can differ in. */
export type Aspect = 'missing' | 'extra' | 'kind' | 'bytes' | 'mode' | 'time' | 'target' | 'hard link';

interface Entry {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  /** Nanoseconds. */
  readonly modified: bigint;
  /** A file's SHA-256, a link's target. */
  readonly content: string;
  /** The first path, in the order of the walk, of a file with several; its own path otherwise. */
  readonly first: string;
}

/** A tree's entries by path; a path's characters are its bytes, so that names need not be UTF-8. */
export type Manifest = ReadonlyMap<string, Entry>;

/** One aspect in which trees differ, with how often and where first. */
export interface Difference {
  readonly aspect: Aspect;
  readonly count: number;
  readonly example: string;
}

const buffer = Buffer.allocUnsafe(4 << 20);
/** Hashes by the file's identity and times, so that a tree looked at many times is read once. */
const hashes = new Map<string, string>();

/**
 * Reads a whole tree but for `.snapstage` at its top: content, permission bits, times in nanoseconds, link targets,
 * hard links. Shares no code with Snapstage, whose restores it judges. The top folder's own times are left out:
 * making and renaming the store changes them.
 */
export function readManifest(folder: string): Manifest {
  const entries = new Map<string, Entry>();
  const inodes = new Map<bigint, string>();
  const top = Buffer.from(folder).toString('latin1');
  const walk = (inside: string): void => {
    const names = readdirSync(Buffer.from(top + inside, 'latin1'), { encoding: 'buffer' }).sort((one, other) => one.compare(other));
    for (const name of names) {
      const path = `${inside}/${name.toString('latin1')}`;
      if (path === '/.snapstage') continue;
      const place = Buffer.from(top + path, 'latin1');
      const stats = lstatSync(place, { bigint: true });
      const first = stats.isFile() && stats.nlink > 1n ? (inodes.get(stats.ino) ?? path) : path;
      inodes.set(stats.ino, first);
      const kind = kindOf(stats);
      const content = kind === 'file' ? hash(place, stats) : kind === 'link' ? readlinkSync(place, 'latin1') : '';
      entries.set(path, { kind, mode: Number(stats.mode & 0o7777n), modified: stats.mtimeNs, content, first });
      if (kind === 'folder') walk(path);
    }
  };
  walk('');
  return entries;
}

function kindOf(stats: BigIntStats): Entry['kind'] {
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
}

function hash(place: Buffer, stats: BigIntStats): string {
  const identity = `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
  const known = hashes.get(identity);
  if (known !== undefined) return known;
  const digest = createHash('sha256');
  const file = openSync(place, 'r');
  for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) digest.update(buffer.subarray(0, count));
  closeSync(file);
  const content = digest.digest('base64');
  hashes.set(identity, content);
  return content;
}

/** In what `actual` differs from `expected`; empty when they are equal. */
export function compareManifests(expected: Manifest, actual: Manifest): readonly Difference[] {
  const found = new Map<Aspect, { count: number; example: string }>();
  const differ = (aspect: Aspect, path: string): void => {
    const known = found.get(aspect);
    if (known) known.count++;
    else found.set(aspect, { count: 1, example: Buffer.from(path, 'latin1').toString() });
  };
  for (const [path, wanted] of expected) {
    const got = actual.get(path);
    if (!got) differ('missing', path);
    else if (got.kind !== wanted.kind) differ('kind', path);
    else {
      if (got.content !== wanted.content) differ(got.kind === 'link' ? 'target' : 'bytes', path);
      if (got.kind !== 'link' && got.mode !== wanted.mode) differ('mode', path);
      if (got.modified !== wanted.modified) differ('time', path);
      if (got.first !== wanted.first) differ('hard link', path);
    }
  }
  for (const path of actual.keys()) if (!expected.has(path)) differ('extra', path);
  return [...found].map(([aspect, { count, example }]) => ({ aspect, count, example }));
}

/** True when two files hold the same bytes. */
export function sameBytes(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => hash(Buffer.from(path), lstatSync(path, { bigint: true })));
  return first === second;
}
