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
  const bytes = files.read(LINK);
  if (bytes === undefined) return undefined;
  const link = decodeChecked(bytes);
  if (!isDependant(link)) throw damagedRecord(LINK);
  return link;
}

/** What the store is linked to now. @throws SnapstageError `damaged`. */
export function currentLink(files: StoreFiles): Link | undefined {
  const link = readLink(files);
  return link?.detached === true ? undefined : link;
}

/** As `currentLink`. @throws SnapstageError `refused` when it is linked to none. */
export function mustBeLinked(files: StoreFiles): Link {
  const link = currentLink(files);
  if (link !== undefined) return link;
  throw new SnapstageError('refused', 'This instance is not linked to another one.', { reason: 'not-linked' });
}

export function writeLink(files: StoreFiles, link: Link): void {
  files.write(LINK, encodeChecked(link), true);
}

/** Records of those that are linked to the store. `unknown`: ids of which the record is damaged. */
export function readDependants(files: StoreFiles): { readonly known: readonly Dependant[]; readonly unknown: readonly string[] } {
  const known: Dependant[] = [];
  const unknown: string[] = [];
  for (const id of files.list(FOLDER).filter((name) => ID.test(name))) {
    const bytes = files.read(dependantFile(id));
    const record = decodeChecked(bytes);
    if (isDependant(record)) known.push(record);
    else if (bytes !== undefined) unknown.push(id); // else it was detached just now
  }
  return { known, unknown };
}

/** The file of the store that a dependant's record is. */
export function dependantFile(id: string): string {
  return `${FOLDER}/${id}`;
}

export function readDependant(files: StoreFiles, id: string): Dependant | undefined {
  const record = ID.test(id) ? decodeChecked(files.read(dependantFile(id))) : undefined;
  return isDependant(record) ? record : undefined;
}

export function writeDependant(files: StoreFiles, dependant: Dependant): void {
  files.write(dependantFile(dependant.id), encodeChecked(dependant), true);
}

export function removeDependant(files: StoreFiles, id: string): void {
  files.remove(dependantFile(id));
}

function isDependant(record: unknown): record is Dependant {
  const { id, root, snapshot, places } = (record ?? {}) as Partial<Dependant>;
  return [id, snapshot].every((text) => ID.test(text ?? '')) && /^[0-9a-f]{64}$/.test(root ?? '') && Array.isArray(places);
}

/** For a record that must be known. `part` is the file of the store. */
export function damagedRecord(part: string): SnapstageError {
  return new SnapstageError('damaged', `The store is damaged (${part}: what is linked is not known).`, { part });
}
