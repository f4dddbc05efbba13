/** Who is at work on a folder, as far as the system tells: files open for writing, and databases with something pending beside them. */
import * as fs from 'node:fs';
import { basename } from 'node:path';
import { quietly } from '../base/errors.ts';
import type { Note } from '../store/snapshots.ts';
import { STORE_FOLDER } from '../store/store.ts';
import { absolute, exactStat } from './diskFolder.ts';
import { beside } from './sqlite/look.ts';

const WRITING = 0o3;

/**
 * Files of the folder that some program has open for writing, with its name and process number. Only Linux tells, and only of
 * programs of the same user; elsewhere none. What this process prints into (a log in the folder) is not counted.
 */
export function openForWriting(root: string): Note[] {
  const found = new Map<string, Note>();
  quietly(() => {
    const folder = `${fs.realpathSync(root)}/`;
    const own = ownOutput();
    for (const pid of fs.readdirSync('/proc')) {
      if (/^\d+$/.test(pid)) quietly(() => addOpenFiles(pid, folder, own, found));
    }
  });
  return [...found.values()];
}

function addOpenFiles(pid: string, folder: string, own: ReadonlySet<string>, found: Map<string, Note>): void {
  const open = `/proc/${pid}/fd`;
  for (const fd of fs.readdirSync(open)) {
    quietly(() => {
      const file = fs.readlinkSync(`${open}/${fd}`);
      if (!file.startsWith(folder)) return;
      const path = file.slice(folder.length);
      if (path.startsWith(`${STORE_FOLDER}/`) || found.has(path) || !isWritten(pid, fd)) return;
      const stat = fs.lstatSync(file);
      if (!stat.isFile() || own.has(`${stat.dev} ${stat.ino}`)) return;
      found.set(path, { path, reason: `open for writing by ${nameOf(pid)} (process ${pid})` });
    });
  }
}

function isWritten(pid: string, fd: string): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & WRITING) !== 0;
}

function nameOf(pid: string): string {
  return basename(fs.readlinkSync(`/proc/${pid}/exe`));
}

function ownOutput(): Set<string> {
  const files = new Set<string>();
  for (const fd of [1, 2]) {
    quietly(() => {
      const stat = fs.fstatSync(fd);
      files.add(`${stat.dev} ${stat.ino}`);
    });
  }
  return files;
}

/**
 * Of databases with something beside them, those that somebody is at work on: all of them where the system does not tell who has
 * which file open, otherwise those that are locked. `open` is what is known to be open: it is not told twice.
 */
export function liveDatabases(root: string, databases: readonly string[], open: readonly Note[]): Note[] {
  // The system stops all locking for as long as it lists the locks: tens of milliseconds.
  if (databases.length === 0) return [];
  const known = new Set(open.map(({ path }) => path));
  const isKnown = (path: string): boolean => [path, `${path}-wal`, `${path}-journal`, `${path}-shm`].some((one) => known.has(one));
  const locks = lockOwners();
  return databases.flatMap((path) => {
    if (isKnown(path)) return [];
    if (locks === undefined) return [{ path, reason: 'a database with changes beside it, which some program may have open' }];
    const full = absolute(root, path);
    const pid = [full, beside(full, '-shm')].map((file) => locks.get(exactStat(file)?.ino ?? -1n)).find((owner) => owner !== undefined);
    return pid === undefined ? [] : [{ path, reason: `locked by process ${pid}` }];
  });
}

/** Processes by the inode of what they have locked; `undefined` where the system does not tell. */
function lockOwners(): ReadonlyMap<bigint, string> | undefined {
  let text: string | undefined;
  quietly(() => (text = fs.readFileSync('/proc/locks', 'latin1')));
  if (text === undefined) return undefined;
  const lines = text.matchAll(/^\d+:.* (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /gm);
  return new Map([...lines].map(([, pid, inode]) => [BigInt(inode!), pid!]));
}
