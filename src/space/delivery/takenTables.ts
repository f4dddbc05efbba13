/** Tables that were delivered by themselves and are taken back: the table goes out of its database, or becomes what it was before. */
import { baseName, parentPath } from '../../base/paths.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { Side } from '../../instance/diff.ts';
import { within } from '../../instance/scopes.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import type { Target } from '../merge/classify.ts';
import type { Edit } from '../merge/editTree.ts';
import type { PagesOf } from '../merge/tables/classifyTables.ts';
import { tableDigest } from '../merge/tables/tableDigest.ts';
import { baseExtractPath } from '../merge/tables/tablePlaces.ts';
import { TreeNames } from '../merge/treeNames.ts';
import type { TakenObject } from './takeBack.ts';

/** A table whose last delivery is taken back. */
export interface TableTaking {
  readonly database: string;
  readonly table: string;
  /** Its extract, as it was delivered. */
  readonly delivered: TreeEntry;
  /** A database with what comes in its place; nothing: the table goes. */
  readonly after: TreeEntry | undefined;
  /** The extract that counts as received then. */
  readonly base: TreeEntry | undefined;
}

/** A table that is taken back, or stays although it was; `place` is its database's, `mine` the database, `incoming` one that holds it. */
export interface TakenTable extends TakenObject {
  readonly table: string;
}

export interface TakenTables {
  readonly objects: readonly TakenTable[];
  /** Of what is received, for each that does not stay. */
  readonly baseEdits: ReadonlyMap<TakenTable, Edit>;
  /** For those that are so already. */
  readonly settled: readonly Edit[];
}

interface Request {
  readonly sides: { readonly base: Side; readonly mine: Side };
  readonly evenEdited: boolean;
  readonly target: Target;
  readonly pagesOf: PagesOf;
}

/** What taking these tables back does at a target; `mine` must be stored. Changes nothing. @throws SnapstageError `cancelled`. */
export async function planTakenTables(takings: readonly TableTaking[], request: Request, work: Work): Promise<TakenTables> {
  const { base, mine } = request.sides;
  const names = new TreeNames(mine, request.target.traits);
  const objects: TakenTable[] = [];
  const baseEdits = new Map<TakenTable, Edit>();
  const settled: Edit[] = [];
  for (const { database, table, delivered, after, base: earlier } of takings) {
    const basePath = baseExtractPath(database, table);
    const received = base.folder === undefined ? undefined : base.trees.entry(base.folder, basePath);
    if (received === undefined) continue;
    const digestOf = (entry: TreeEntry | undefined): Promise<Digest> => digest(entry, table, request.pagesOf, work);
    const was = await digestOf(received);
    // What came later is another delivery's.
    if (was !== (await digestOf(delivered))) continue;
    const there = names.find(parentPath(database), baseName(database));
    const place = there === undefined ? database : `${database.slice(0, -baseName(database).length)}${there.name}`;
    const [now, next] = [await digestOf(there), await digestOf(after)];
    const edit = { path: basePath, place: basePath, entry: earlier };
    if (now === next && now !== UNREADABLE) {
      settled.push(edit);
      continue;
    }
    const isUnread = now === UNREADABLE || within(request.target.unread)(place);
    const isEdited = now !== was || request.target.unsaved.includes(place);
    const state = now === undefined ? 'deleted-there' : isEdited ? 'edited' : 'safe';
    const outcome = isUnread || (state !== 'safe' && !request.evenEdited) ? 'kept' : outcomeOf(now, next);
    const object = { path: database, place, basePath, table, state, outcome, base: received, incoming: after, mine: there } as const;
    const planned: TakenTable = { ...object, hold: isUnread ? 'unread' : undefined };
    objects.push(planned);
    if (outcome !== 'kept') baseEdits.set(planned, edit);
  }
  return { objects, baseEdits, settled };
}

function outcomeOf(now: Digest, next: Digest): TakenObject['outcome'] {
  if (next === undefined) return 'deleted';
  return now === undefined ? 'created' : 'updated';
}

/** What a table holds, or `UNREADABLE`; nothing where there is none. */
type Digest = string | undefined;

const UNREADABLE = '';

async function digest(entry: TreeEntry | undefined, table: string, pagesOf: PagesOf, work: Work): Promise<Digest> {
  if (entry === undefined) return undefined;
  if (entry.kind !== Kind.file) return UNREADABLE;
  using pages = pagesOf(entry);
  try {
    return await tableDigest(pages, table, work);
  } catch (error) {
    if (error instanceof SnapstageError && (error.code === 'damaged' || error.code === 'refused')) return UNREADABLE;
    throw error;
  }
}
