import * as fs from 'node:fs';
import * as path from 'node:path';
import { quietly } from '../base/errors.ts';
import { flushEntries } from '../store/disk.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Session } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import { exactStat, removeTree } from './diskFolder.ts';

/** A folder or file outside the instance that is not finished. */
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
    fs.mkdirSync(path.dirname(this.folder), { recursive: true });
    announced(store, this.record, { folder: this.folder, to, session: session.name }, () => fs.mkdirSync(this.folder));
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

/** Makes what the journal names first. */
function announced<T>(store: Store, record: string, unfinished: Unfinished, make: () => T): T {
  try {
    store.files.write(record, encodeChecked(unfinished), true);
    return make();
  } catch (error) {
    quietly(() => store.files.remove(record));
    throw error;
  }
}

function places(to: string, record: string): { readonly beside: string; readonly in: string } {
  const name = leftOverName(record);
  return { beside: `${to}${name}`, in: `${to}/${name}` };
}

/** A new file outside the instance, as `NewFolder` is a new folder: named in the journal before it is there. */
export class NewFile implements Disposable {
  /** Open for writing. */
  readonly descriptor: number;
  private readonly file: string;
  private readonly to: string;
  private readonly store: Store;
  private readonly record: string;
  private isOpen = true;

  /** Beside `to`, an absolute path, to take its place. */
  constructor(store: Store, session: Session, to: string) {
    this.store = store;
    this.to = to;
    this.record = `${FOLDER}/new-${store.host.randomHex(8)}`;
    this.file = places(to, this.record).beside;
    const record = { folder: this.file, to, session: session.name };
    this.descriptor = announced(store, this.record, record, () => fs.openSync(this.file, 'wx'));
  }

  /** It is whole: durably, it takes its place, also that of another file. */
  finish(): void {
    fs.fsyncSync(this.descriptor);
    this.close();
    fs.renameSync(this.file, this.to);
    flushEntries(path.dirname(this.to));
  }

  /** Removes it, unless it took its place. */
  [Symbol.dispose](): void {
    this.close();
    clear(this.store, this.record, this.file, true);
  }

  private close(): void {
    if (this.isOpen) fs.closeSync(this.descriptor);
    this.isOpen = false;
  }
}

/** Removes new folders and files whose makers have ended without doing so. */
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
    const isHere = exactStat(folder) !== undefined;
    if (isHere) removeTree(folder);
    if (isHere || (isOurs && exactStat(path.dirname(folder)) !== undefined)) store.files.remove(record);
  });
}
