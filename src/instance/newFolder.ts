import * as fs from 'node:fs';
import * as path from 'node:path';
import { quietly } from '../base/errors.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Session } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { exactStat, removeTree } from './diskFolder.ts';

/** A folder outside the instance that is not finished. */
interface Unfinished {
  /** Absolute path, beside `to` or in it. */
  readonly folder: string;
  /** Absolute path of what it is to become, or what is in it to go to. */
  readonly to: string;
  readonly session: string;
}

const FOLDER = 'journal';
const RECORD = /^new-[0-9a-f]{16}$/;

/** What the name of an unfinished folder ends in, by its record's name. */
export function leftOverName(record: string): string {
  return `.snapstage-${record.slice(-16)}`;
}

/**
 * A new folder outside the instance, for as long as it is needed. The journal names it before it is there, so that what a killed
 * process left of one is found again: see `clearUnfinished`.
 */
export class NewFolder implements Disposable {
  /** Absolute path. */
  readonly folder: string;
  private readonly to: string;
  private readonly store: Store;
  private readonly record: string;

  /** Of `to`, an absolute path: beside it, to take its place, where nothing or an empty folder is; or in it. */
  constructor(store: Store, session: Session, where: 'beside' | 'in', to: string) {
    this.store = store;
    this.to = to;
    this.record = `${FOLDER}/new-${store.host.randomHex(8)}`;
    this.folder = places(to, this.record)[where];
    const record: Unfinished = { folder: this.folder, to, session: session.name };
    fs.mkdirSync(path.dirname(this.folder), { recursive: true });
    try {
      store.files.write(this.record, encodeChecked(record), true);
      fs.mkdirSync(this.folder);
    } catch (error) {
      quietly(() => store.files.remove(this.record));
      throw error;
    }
  }

  /** It is whole: it takes its place. */
  finish(): void {
    if (fs.existsSync(this.to)) fs.rmdirSync(this.to);
    fs.renameSync(this.folder, this.to);
  }

  /** Removes it, unless it took its place. */
  [Symbol.dispose](): void {
    clear(this.store, this.record, this.folder, true);
  }
}

function places(to: string, record: string): { readonly beside: string; readonly in: string } {
  const name = leftOverName(record);
  return { beside: `${to}${name}`, in: `${to}/${name}` };
}

/** Removes new folders whose makers have ended without doing so. */
export function clearUnfinished(store: Store): void {
  for (const name of unfinishedRecords(store)) {
    const { folder, to, session } = (decodeChecked(store.files.read(name)) ?? {}) as Partial<Unfinished>;
    if (folder === undefined || to === undefined || session === undefined) continue;
    // Nothing is removed but what has the very name that was given to it, at random, for this.
    if (!path.isAbsolute(to) || !Object.values(places(to, name)).includes(folder) || store.sessions.has(session)) continue;
    clear(store, name, folder, store.sessions.isOfThisMachine(session));
  }
}

/** Names, in the store, of the records of new folders. */
export function unfinishedRecords({ files }: Store): string[] {
  return files.list(FOLDER).flatMap((name) => (RECORD.test(name) ? [`${FOLDER}/${name}`] : []));
}

/**
 * What can't be removed now stays in the journal and is tried again. So does what is not to be seen from here: on another machine's
 * disk, or on one that was taken out.
 */
function clear(store: Store, record: string, folder: string, isOurs: boolean): void {
  quietly(() => {
    const isHere = exactStat(folder)?.isDirectory() === true;
    if (isHere) removeTree(folder);
    if (isHere || (isOurs && exactStat(path.dirname(folder)) !== undefined)) store.files.remove(record);
  });
}
