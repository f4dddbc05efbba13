/** What a hub in a folder asks of the system: plain files alone, no links, and patience with those who look at them too. */
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError, SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import { canNotFlush } from '../../store/disk.ts';
import type { ReadableStoreFile } from '../../store/files.ts';

/** What travels between two looks at whether the work is cancelled. */
export const PART_BYTES = 1 << 20;
const TRIES = 20;
const RETRY_MS = 50;
/** Windows has no such flags: there the look before opening must do. */
const PLAIN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What lies there, not followed; `undefined` for nothing. */
export function look(at: string): Promise<Stats | undefined> {
  return unlessMissing(fs.lstat(at));
}

export async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Opens a plain file for reading; `undefined` when something else is there, or nothing. */
export async function openPlain(at: string): Promise<fs.FileHandle | undefined> {
  if ((await look(at))?.isFile() !== true) return undefined;
  const file = await fs.open(at, PLAIN).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT', 'ELOOP')) return undefined;
    throw error;
  });
  let isPlain = false;
  try {
    isPlain = (await file?.stat())?.isFile() === true;
    return isPlain ? file : undefined;
  } finally {
    if (!isPlain) await file?.close();
  }
}

/** Fills `target` from `position`; resolves to the bytes read, fewer only at the end. */
export async function readFully(file: fs.FileHandle, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes a file that nobody else has, flushed, and with these rights whatever the umask. */
export async function writeFlushed(at: string, content: ReadableStoreFile, mode: number, work: Work): Promise<void> {
  await using file = await fs.open(at, 'wx', 0o600);
  const part = Buffer.allocUnsafeSlow(Math.min(content.size, PART_BYTES));
  for (let done = 0; done < content.size;) {
    work.check();
    const got = content.read(part, done);
    if (got === 0) throw new SnapstageError('damaged', `What was to be sent ends too early, after ${done} bytes.`);
    await writeFully(file, part.subarray(0, got));
    done += got;
    work.advance(0, got);
  }
  await allow(file, mode);
  await unlessUnflushable(file.sync());
}

async function writeFully(file: fs.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
}

/** Gives a new folder rights, whatever the umask. */
export async function allowFolder(at: string, mode: number): Promise<void> {
  if (process.platform === 'win32') return; // a folder can't be opened there, and inherits its rights
  await using folder = await fs.open(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await allow(folder, mode);
}

/** By what is open, not by its path: somebody could have put a link to another's file there. */
async function allow(file: fs.FileHandle, mode: number): Promise<void> {
  try {
    await file.chmod(mode);
  } catch (error) {
    if (!isSystemError(error, 'EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) throw error; // some file systems have no rights
  }
}

/** Makes a folder's entries survive a power cut. */
export async function flushEntries(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder can't be opened there, and NTFS journals its entries
  await using handle = await fs.open(folder, 'r');
  await unlessUnflushable(handle.sync());
}

async function unlessUnflushable(flush: Promise<void>): Promise<void> {
  try {
    await flush;
  } catch (error) {
    if (!canNotFlush(error)) throw error;
  }
}

/** True for two names of one file: of a share whose first answer was lost, a link seems to have been there before. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((at) => fs.lstat(at, { bigint: true })));
  return a!.ino !== 0n && a!.ino === b!.ino && a!.dev === b!.dev;
}

/** Windows lets nobody move or remove a file while a virus scanner or a sync client looks at it. */
export async function patiently<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (process.platform !== 'win32' || tries === TRIES || !isSystemError(error, 'EPERM', 'EACCES', 'EBUSY')) throw error;
      await sleep(RETRY_MS);
    }
  }
}
