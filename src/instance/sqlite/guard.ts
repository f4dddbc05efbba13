import * as fs from 'node:fs';
import type { Note } from '../../store/snapshots.ts';
import { isChangedSince } from '../clockTick.ts';
import { exactStat } from '../diskFolder.ts';
import { beside, isDatabase, lastChanged } from './look.ts';
import { ENDINGS } from './sidecar.ts';

/** Keeps databases that others are at work on from being replaced: what they do to them from then on would be lost. */
export class DatabaseGuard {
  private readonly since: number;
  private readonly open: ReadonlyMap<string, string>;

  /** `since`: from this moment on (milliseconds since 1970) no snapshot need have what changes. `open`: who has which file open. */
  constructor(since: number, open: readonly Note[]) {
    this.since = since;
    this.open = new Map(open.map(({ path, reason }) => [path, reason]));
  }

  /**
   * Makes way for the database's replacement, or its deletion: removes what lies beside it, which SQLite would put into the new one.
   * `incoming` is where the new content lies now. Returns why not, and does nothing then; `undefined` when the way is free.
   */
  clear(path: string, full: string | Buffer, incoming: string | Buffer | undefined): string | undefined {
    const isOne = isDatabase(full);
    const user = ['', ...ENDINGS].map((ending) => this.open.get(path + ending)).find((reason) => reason !== undefined);
    if (isOne && user !== undefined) return `left as it is: ${user}`;
    const there = ENDINGS.map((ending) => beside(full, ending)).filter((file) => exactStat(file)?.isFile() === true);
    if (there.length === 0 || !(isOne || (incoming !== undefined && isDatabase(incoming)))) return undefined;
    if (isChangedSince(lastChanged(full, 0), this.since)) return 'changed in the meantime; left as it is';
    for (const file of there) fs.unlinkSync(file);
    return undefined;
  }
}

/** Whether a file of this many bytes can be a database: its pages have 512 or more. */
export function isDatabaseSize(bytes: number): boolean {
  return bytes > 0 && bytes % 512 === 0;
}
