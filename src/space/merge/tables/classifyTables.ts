import { SnapstageError } from '../../../base/errors.ts';
import { baseName, parentPath } from '../../../base/paths.ts';
import type { Work } from '../../../base/work.ts';
import { foldersAbove, within } from '../../../instance/scopes.ts';
import type { PageSource } from '../../../instance/tables/pageSource.ts';
import { Kind, type TreeEntry } from '../../../store/tree.ts';
import type { Hold, MergeObject, ObjectState, Sides, Target } from '../classify.ts';
import { guardOf } from '../guardedNames.ts';
import type { Staged, Strategy } from '../staged.ts';
import { TreeNames } from '../treeNames.ts';
import { tableDigest } from './tableDigest.ts';
import { baseExtractPath, extractPath } from './tablePlaces.ts';

/** A table that differs: its place is its database's, `incoming` its extract, `mine` the database. */
export interface TableObject extends MergeObject {
  readonly table: string;
  readonly strategy: Strategy;
  /** Base, incoming and mine by what the tables hold. */
  readonly triple: string;
}

/** How the pages of a stored file are read. */
export type PagesOf = (entry: TreeEntry) => PageSource;

/**
 * Compares the tables of a delivery with the target's and with those last received, as extracts or in a whole database.
 * @throws SnapstageError `damaged` for a delivery without a table that it names; `cancelled`.
 */
export async function classifyTables(sides: Sides, staged: Staged, target: Target, pagesOf: PagesOf, work: Work): Promise<TableObject[]> {
  const mine = new TreeNames(sides.mine, target.traits);
  const isUnread = within(target.unread);
  const objects: TableObject[] = [];
  for (const { database, table, strategy } of staged.stagedTables()) {
    const there = mine.find(parentPath(database), baseName(database));
    const place = there === undefined ? database : `${database.slice(0, -baseName(database).length)}${there.name}`;
    const found = await digests(sides, { database, table }, there, pagesOf, work);
    const state = stateOf(found, there);
    if (state === 'same') continue;
    const { base, incoming } = found;
    const isOther = there !== undefined && there.kind !== Kind.file;
    const hold = isOther || isUnread(place) ? 'unread' : found.hold;
    const clash = foldersAbove(database).find((folder) => isInTheWay(sides, folder));
    const triple = [found.base.digest, found.incoming.digest, found.mine].map((digest) => digest ?? '-').join(' ');
    const object = { path: extractPath(database, table), place, basePath: baseExtractPath(database, table), table, strategy, state, hold };
    const isNews = base.digest !== incoming.digest;
    objects.push({ ...object, isNews, base: base.entry, incoming: incoming.entry, mine: there, within: clash, triple: `table ${triple}` });
  }
  return objects;
}

interface Digests {
  readonly base: { readonly digest: string | undefined; readonly entry: TreeEntry | undefined };
  readonly incoming: { readonly digest: string; readonly entry: TreeEntry };
  readonly mine: string | undefined;
  readonly hold: Hold | undefined;
}

async function digests(
  sides: Sides,
  { database, table }: { readonly database: string; readonly table: string },
  there: TreeEntry | undefined,
  pagesOf: PagesOf,
  work: Work,
): Promise<Digests> {
  const digestOf = async (entry: TreeEntry | undefined): Promise<string | undefined> => {
    if (entry?.kind !== Kind.file) return undefined;
    using pages = pagesOf(entry);
    return await tableDigest(pages, table, work);
  };
  const entry = sides.incoming.trees.entry(sides.incoming.folder, extractPath(database, table));
  const digest = await digestOf(entry);
  if (entry === undefined || digest === undefined) throw notDelivered(database, table);
  const { trees, folder } = sides.base;
  const received = [baseExtractPath(database, table), database].flatMap((path) => (folder && trees.entry(folder, path)) ?? [])[0];
  const code = [...foldersAbove(database), database].some((path) => guardOf(baseName(path)) === 'code') ? 'code' : undefined;
  const base = { entry: received, digest: await unlessUnreadable(digestOf(received)) };
  try {
    return { base, incoming: { digest, entry }, mine: await digestOf(there), hold: code };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { base, incoming: { digest, entry }, mine: undefined, hold: 'unread' };
  }
}

function stateOf({ base, incoming, mine, hold }: Digests, there: TreeEntry | undefined): ObjectState {
  if (hold === 'unread' || (there !== undefined && there.kind !== Kind.file)) return 'kind-clash';
  if (mine === undefined) return base.digest === undefined ? 'new' : 'deleted-there';
  if (mine === incoming.digest) return 'same';
  return mine === base.digest ? 'safe' : 'edited';
}

/** Whether something that is no folder is where a folder leads to the database. */
function isInTheWay({ mine }: Sides, folder: string): boolean {
  const entry = mine.folder === undefined ? undefined : mine.trees.entry(mine.folder, folder);
  return entry !== undefined && entry.kind !== Kind.folder;
}

function isUnreadable(error: unknown): boolean {
  return error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'refused');
}

async function unlessUnreadable(digest: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await digest;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}

function notDelivered(database: string, table: string): SnapstageError {
  return new SnapstageError('damaged', `The delivery does not hold the table “${table}” of “${database}”, which it names.`, {
    path: database,
    table,
  });
}
