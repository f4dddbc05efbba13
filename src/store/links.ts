import { SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { decodeChecked, encodeChecked } from './reservations.ts';

/**
 * A store can be linked to another one, its parent: it counts on everything that one snapshot there consists of, and has no copy of it.
 * The record of the link lies in the linked store, and under the same id a record of the dependant in the parent, which keeps what
 * that snapshot consists of for as long.
 */
export interface Link {
  /** 32 hex digits, at random. */
  readonly id: string;
  /** Root tree (hex) of the snapshot that the parent keeps. */
  readonly root: string;
  /** That snapshot's id in the parent. */
  readonly snapshot: string;
  /** Where the parent's store is: from this one, and absolute. */
  readonly places: readonly string[];
  /** It was: what was counted on is here now. The record stays, as proof for the parent. */
  readonly detached?: true;
}

/** The parent's record of a store that is linked to it: `places` lead to that one. */
export interface Dependant extends Link {
  /** The session that is making it; absent once it is made. */
  readonly session?: string;
}

const LINK = 'link';
const FOLDER = 'dependants';
const ID = /^[0-9a-f]{32}$/;

/** What the store is linked to, or was. @throws SnapstageError `damaged`. */
export function readLink(files: StoreFiles): Link | undefined {
  return readRecord(files, LINK);
}

export function writeLink(files: StoreFiles, link: Link): void {
  files.write(LINK, encodeChecked(link), true);
}

/** Of those that are linked to the store, as the records say. @throws SnapstageError `damaged`: what must be kept is not known then. */
export function listDependants(files: StoreFiles): readonly Dependant[] {
  return files.list(FOLDER).flatMap((name) => (ID.test(name) ? (readRecord(files, `${FOLDER}/${name}`) ?? []) : []));
}

export function readDependant(files: StoreFiles, id: string): Dependant | undefined {
  return ID.test(id) ? readRecord(files, `${FOLDER}/${id}`) : undefined;
}

export function writeDependant(files: StoreFiles, dependant: Dependant): void {
  files.write(`${FOLDER}/${dependant.id}`, encodeChecked(dependant), true);
}

export function removeDependant(files: StoreFiles, id: string): void {
  files.remove(`${FOLDER}/${id}`);
}

function readRecord(files: StoreFiles, name: string): Dependant | undefined {
  const bytes = files.read(name);
  if (bytes === undefined) return undefined;
  const record = decodeChecked(bytes);
  if (isDependant(record)) return record;
  throw new SnapstageError('damaged', `The store is damaged (${name}: what is linked is not known).`, { part: name });
}

function isDependant(record: unknown): record is Dependant {
  const { id, root, snapshot, places } = (record ?? {}) as Partial<Dependant>;
  return [id, snapshot].every((text) => ID.test(text ?? '')) && /^[0-9a-f]{64}$/.test(root ?? '') && Array.isArray(places);
}
