import * as fs from 'node:fs';
import { isSystemError } from '../../base/errors.ts';
import { mayChangeUnseen } from '../clockTick.ts';
import { exactStat, milliseconds, READ_FLAGS } from '../diskFolder.ts';
import { HEADER_BYTES, pageSizeOf } from './header.ts';
import { readJournal } from './rollbackJournal.ts';
import type { Sidecar } from './sidecar.ts';
import { readWal } from './walFile.ts';

/** A database with what lies beside it, at one moment. */
export interface DatabaseLook {
  readonly stat: fs.BigIntStats;
  /** The file may change again without a sign in its times. */
  readonly unseen: boolean;
  /** Absent: the file alone is the content. */
  readonly sidecar: Sidecar | undefined;
  /** Counts the transactions of a database without a write-ahead log; `undefined` where nothing counts them. */
  readonly counter: number | undefined;
}

/** Whether a file starts like a SQLite database. */
export function isDatabase(full: string | Buffer): boolean {
  const size = withFile(full, (fd) => {
    const head = Buffer.alloc(HEADER_BYTES);
    const length = fs.readSync(fd, head, 0, HEADER_BYTES, 0);
    return pageSizeOf(head.subarray(0, length));
  });
  return size !== undefined;
}

/** Looks at the file and its sidecars; `undefined` when it is no database (any more). Reads only, locks nothing, follows no link. */
export function lookAtDatabase(full: string | Buffer): DatabaseLook | undefined {
  const sidecar = readSidecar(full);
  return withFile(full, (fd) => {
    const head = Buffer.alloc(HEADER_BYTES);
    fs.readSync(fd, head, 0, HEADER_BYTES, 0);
    const startedMs = Date.now();
    const stat = fs.fstatSync(fd, { bigint: true });
    if (!stat.isFile() || pageSizeOf(head) === undefined) return undefined;
    const usesLog = head[18] === 2;
    return {
      stat,
      unseen: mayChangeUnseen(milliseconds(stat.ctimeNs), startedMs),
      sidecar,
      counter: usesLog ? undefined : head.readUInt32BE(24),
    };
  });
}

/** What is committed beside the file, or to be rolled back in it. */
function readSidecar(full: string | Buffer): Sidecar | undefined {
  const journal = withFile(beside(full, '-journal'), (fd) => readJournal(fd, fs.existsSync));
  return journal ?? withFile(beside(full, '-wal'), readWal);
}

/**
 * When the database's content last changed, in milliseconds: its file, or what is beside it and belongs to its content.
 * `changedMs` is that of its file.
 */
export function lastChanged(full: string | Buffer, changedMs: number): number {
  return Math.max(changedMs, ...contentBeside(full).map(({ ctimeNs }) => milliseconds(ctimeNs)));
}

/** Address of a file beside the database. */
export function beside(full: string | Buffer, ending: string): string | Buffer {
  return typeof full === 'string' ? full + ending : Buffer.concat([full, Buffer.from(ending)]);
}

/** Whether something beside the database may belong to its content: then it can't be read as a file like any other. */
export function hasSidecar(full: string | Buffer): boolean {
  return contentBeside(full).length > 0;
}

function contentBeside(full: string | Buffer): fs.BigIntStats[] {
  return ['-journal', '-wal'].flatMap((one) => {
    const stat = exactStat(beside(full, one));
    return stat?.isFile() === true && stat.size > 0n ? [stat] : [];
  });
}

function withFile<T>(full: string | Buffer, read: (fd: number) => T | undefined): T | undefined {
  let fd: number;
  try {
    fd = fs.openSync(full, READ_FLAGS);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO')) return undefined;
    throw error;
  }
  try {
    return read(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Whether all that was read of the database file between the two looks, with the pages of the first one's sidecar in their place, is
 * one committed state. In a log's round the file changes by checkpoints alone, and they bring only pages that the log holds; in a
 * transaction no page changes before the journal holds it as it was.
 */
export function isOneState(before: DatabaseLook, after: DatabaseLook): boolean {
  if (!isSameRound(before.sidecar, after.sidecar)) return false;
  const isAtRest = !before.unseen && isSameFile(before.stat, after.stat);
  if (before.sidecar === undefined) return isAtRest;
  return before.sidecar.length === after.sidecar!.length || (before.sidecar.kind === 'wal' && isAtRest);
}

/** Both have none, or the same round of a log, or the same transaction's journal. */
export function isSameRound(before: Sidecar | undefined, after: Sidecar | undefined): boolean {
  return before?.kind === after?.kind && before?.round === after?.round;
}

export function isSameFile(before: fs.BigIntStats, after: fs.BigIntStats | undefined): boolean {
  return (
    after !== undefined &&
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs
  );
}

/** Bytes of the committed state. */
export function sizeOf({ stat, sidecar }: DatabaseLook): number {
  return sidecar === undefined ? Number(stat.size) : sidecar.pages * sidecar.pageSize;
}
