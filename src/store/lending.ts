import { isDeepStrictEqual } from 'node:util';
import { isSystemError, quietly, SnapstageError } from '../base/errors.ts';
import { checksum } from './codec.ts';
import type { StoreFiles } from './files.ts';
import { ID_BYTES } from './ids.ts';
import { Inventory } from './inventory.ts';
import { allKeeps, keepFile } from './keeps.ts';
import {
  currentLink,
  damagedRecord,
  dependantFile,
  readDependant,
  readDependants,
  readLink,
  removeDependant,
  writeDependant,
  writeLink,
  type Dependant,
  type Link,
} from './links.ts';
import type { ObjectReader } from './objectReader.ts';
import type { Segment } from './segment.ts';
import { rootsOf, type Root } from './reach.ts';
import type { Store } from './store.ts';
import type { StoreIndex } from './storeIndex.ts';

/**
 * The files of the store that another one is linked to. Where they, or those of the linked one, have been moved, both records say so
 * from then on; and one that is a copy of the one that was linked gets a link of its own, which lasts when the other one's ends.
 * @throws SnapstageError `not-found` (reason `no-parent`) when no place leads there, or the store there does not know of this one.
 */
export function findParent(own: StoreFiles, link: Link, newId: () => string): StoreFiles {
  const found = parentAt(own, link);
  if (found === undefined) {
    const folder = (link.places.at(-1) ?? '').replace(/[\\/]\.snapstage$/, '');
    throw new SnapstageError(
      'not-found',
      `The instance that this one is linked to is not at ${folder} any more, or does not know of this one. If it was moved, name its new folder with “links --parent DIR”.`,
      { reason: 'no-parent', folder },
    );
  }
  // Whoever may not write there can do without; the places stay what they are.
  quietly(() => renew(own, found.files, link, found.dependant, newId));
  return found.files;
}

function parentAt(own: StoreFiles, { id, places }: Link): { readonly files: StoreFiles; readonly dependant: Dependant } | undefined {
  for (const place of places) {
    const files = own.elsewhere(place);
    const dependant = tried(() => readDependant(files, id));
    if (dependant !== undefined) return { files, dependant };
  }
  return undefined;
}

/** Tells those linked stores that do not find this one where it is now: it has been moved. Never fails: they can be told by hand. */
export function tellDependants(own: StoreFiles): void {
  tried(() => {
    for (const dependant of readDependants(own).known) for (const files of storesOf(own, dependant)) tell(own, dependant, files);
  });
}

function tell(own: StoreFiles, dependant: Dependant, files: StoreFiles): void {
  const link = currentLink(files);
  if (link === undefined || parentAt(files, link) !== undefined) return;
  writeDependant(own, { ...dependant, places: own.wayTo(files) });
  writeLink(files, { ...link, places: files.wayTo(own) });
}

/** Links the store to one that its parent is now: it must have all that this one counts on. @throws SnapstageError `not-found`, `damaged`. */
export function relink(own: Store, link: Link, parent: Store): void {
  const places = parent.files.wayTo(own.files);
  const toParent = { ...link, id: own.host.randomHex(16), places: own.files.wayTo(parent.files) };
  // First: what is looked for is kept from now on.
  writeDependant(parent.files, { ...toParent, places });
  try {
    new Inventory({ index: parent.index, reader: parent.reader, check: () => undefined }).add(Buffer.from(link.root, 'hex'));
    const isThere = parent.snapshots.list().snapshots.some(({ id, record }) => id === link.snapshot && record.root === link.root);
    if (!isThere) throw new SnapstageError('not-found', `Snapshot ${link.snapshot.slice(0, 8)} is not there.`, { id: link.snapshot });
  } catch (error) {
    removeDependant(parent.files, toParent.id);
    throw error;
  }
  writeLink(own.files, toParent);
}

function renew(own: StoreFiles, parent: StoreFiles, link: Link, dependant: Dependant, newId: () => string): void {
  if (dependant.session !== undefined) return; // it is being made, under another name
  const places = parent.wayTo(own);
  const toParent = { ...link, places: own.wayTo(parent) };
  if (isDeepStrictEqual(places, dependant.places)) {
    if (!isDeepStrictEqual(toParent, link)) writeLink(own, toParent);
    return;
  }
  const id = isElsewhereToo(own, parent, dependant) ? newId() : link.id;
  // The parent's record comes first: whoever counts on it must be known there.
  writeDependant(parent, { ...dependant, id, places });
  writeLink(own, { ...toParent, id });
}

function isElsewhereToo(own: StoreFiles, parent: StoreFiles, dependant: Dependant): boolean {
  const here = own.place;
  return storesOf(parent, dependant).some((files) => files.place !== here);
}

/** Stores at a dependant's places that have its link, or had it. */
export function storesOf(parent: StoreFiles, { id, places }: Dependant): StoreFiles[] {
  return places.map((place) => parent.elsewhere(place)).filter((files) => tried(() => readLink(files))?.id === id);
}

/** What can't be read is not there. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error) || error instanceof SnapstageError) return undefined;
    throw error;
  }
}

/** Those that are linked to the store and count on it. @throws SnapstageError `damaged` when that is not known. */
export function liveDependants(store: Pick<Store, 'files' | 'sessions'>): readonly Dependant[] {
  const { known, unknown } = readDependants(store.files);
  if (unknown[0] !== undefined) throw damagedRecord(dependantFile(unknown[0]));
  return known.filter((dependant) => isLive(store, dependant));
}

/**
 * False for one that has been detached, which says so itself, and for one that was never finished. One of which nothing is to be seen
 * may have been moved, or lie on a disk that was taken out.
 */
export function isLive({ files, sessions }: Pick<Store, 'files' | 'sessions'>, dependant: Dependant): boolean {
  const stores = storesOf(files, dependant);
  if (stores.length > 0) return stores.some((store) => currentLink(store) !== undefined);
  return dependant.session === undefined || sessions.has(dependant.session);
}

/**
 * What has to stay: of all snapshots, of what is kept without one, and of those that linked stores count on. These can't be deleted, unless it happened at the very
 * moment in which they were linked. From now on the store's index is one that was read after them. @throws SnapstageError `damaged`.
 */
export function keptRoots(store: Store): Root[] {
  const dependants = liveDependants(store).map(({ id, root }) => ({ part: `dependants/${id}`, root }));
  const keeps = allKeeps(store.files).map(({ name, root }) => ({ part: keepFile(name), root }));
  return [...rootsOf(store.survey()), ...keeps, ...dependants];
}

const FILE = 'cache/granted';

/** Ids of all that the root tree leads to, in their order: kept in `cache/`, as they never change. @throws SnapstageError `damaged`. */
export function grantedIds(own: StoreFiles, root: string, index: StoreIndex, reader: ObjectReader): Buffer {
  const start = Buffer.from(root, 'hex');
  const saved = own.read(FILE);
  if (saved !== undefined && isFor(saved, start)) return saved.subarray(ID_BYTES, -4);
  const inventory = new Inventory({ index, reader, check: () => undefined });
  inventory.add(start);
  const ids = idsInOrder(inventory.parts);
  const body = Buffer.concat([start, ids]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(checksum(body));
  quietly(() => own.write(FILE, Buffer.concat([body, crc]), false));
  return ids;
}

function isFor(saved: Buffer, root: Buffer): boolean {
  const body = saved.subarray(0, -4);
  return saved.length % ID_BYTES === 4 && body.subarray(0, ID_BYTES).equals(root) && saved.readUInt32LE(body.length) === checksum(body);
}

/** Of the marked rows. Each segment has its own in order: the least of their heads comes next. */
function idsInOrder(parts: ReadonlyMap<Segment, Uint8Array>): Buffer {
  const rows = [...parts].map(([segment, marks]) => ({ segment, rows: [...marks.keys()].filter((row) => marks[row] !== 0), next: 0 }));
  const count = rows.reduce((sum, one) => sum + one.rows.length, 0);
  const ids = Buffer.alloc(count * ID_BYTES);
  for (let at = 0; at < ids.length; at += ID_BYTES) {
    let least: Buffer | undefined;
    let from = rows[0]!;
    for (const one of rows) {
      if (one.next === one.rows.length) continue;
      const id = one.segment.id(one.rows[one.next]!);
      if (least !== undefined && id.compare(least) >= 0) continue;
      least = id;
      from = one;
    }
    least!.copy(ids, at);
    from.next += 1;
  }
  return ids;
}
