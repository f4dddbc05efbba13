import * as fs from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import { decodeName, hasRawBytes, encodeName, joinPath } from '../base/paths.ts';

/** Follows no link, and does not wait for a pipe's other end. Windows has neither flag. */
export const READ_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** Absolute path for Node's `fs`: a string, or bytes where a name is not valid UTF-8. */
export function absolute(root: string, path: string): string | Buffer {
  if (path === '') return root;
  const full = `${root}/${path}`;
  return hasRawBytes(path) ? encodeName(full) : full;
}

/** Exact attributes of what is there, a link's own; `undefined` when nothing is (any more), or its folder is none (a link to itself). */
export function exactStat(full: string | Buffer): fs.BigIntStats | undefined {
  try {
    return fs.lstatSync(full, { bigint: true });
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

/** Fills the target from a position in the file on. Returns how much of it there was. */
export function fill(fd: number, target: Buffer, position: number): number {
  let done = 0;
  while (done < target.length) {
    const got = fs.readSync(fd, target, done, target.length - done, position + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** Names in a folder, sorted; none is lost, also where one is not valid UTF-8. */
export function readNames(folder: string | Buffer): string[] {
  const names = fs.readdirSync(folder);
  for (const name of names) {
    if (name.includes('\uFFFD')) return fs.readdirSync(folder, 'buffer').map(decodeName).sort();
  }
  return names.sort();
}

/**
 * Removes a folder with all that is in it, if it is there: also with names that are not valid UTF-8, and folders that their owner
 * may not change. Follows no link.
 */
export function removeTree(root: string, path = ''): void {
  const full = absolute(root, path);
  const stat = exactStat(full);
  if (stat === undefined) return;
  if (!stat.isDirectory()) return fs.unlinkSync(full);
  if ((Number(stat.mode) & 0o700) !== 0o700) fs.chmodSync(full, 0o700);
  for (const name of readNames(full)) removeTree(root, joinPath(path, name));
  fs.rmdirSync(full);
}

/** Milliseconds of a time in nanoseconds, by the same arithmetic as `fs.Stats`, so that both compare equal. */
export function milliseconds(nanoseconds: bigint): number {
  const seconds = nanoseconds / 1_000_000_000n;
  return Number(seconds) * 1000 + Number(nanoseconds - seconds * 1_000_000_000n) / 1e6;
}
