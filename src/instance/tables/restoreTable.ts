/**
 * One table of a snapshot into the live database. SQLite's own transaction makes it whole or nothing, also when the process dies: so the
 * journal has no intent of it, only what can be undone.
 */
import * as fs from 'node:fs';
import { quietly, SnapstageError } from '../../base/errors.ts';
import type { Work } from '../../base/work.ts';
import type { Session } from '../../store/sessions.ts';
import { NO_LABELS, type StoredSnapshot } from '../../store/snapshots.ts';
import type { Store } from '../../store/store.ts';
import { Kind } from '../../store/tree.ts';
import { absolute } from '../diskFolder.ts';
import { Journal, type RestoreIntent } from '../journal.ts';
import { refuseWhileOpen, stateOf } from '../restore.ts';
import { foldersAbove } from '../scopes.ts';
import { currentKind } from '../states.ts';
import type { Taker } from '../take.ts';
import { compareTables, COUNTER_CHANGED, type TableDifference } from './compareTables.ts';
import { LiveDatabase, loadNodeSqlite, type TableContent } from './liveDatabase.ts';
import { currentPages, StoredPages, type PageSource } from './pageSource.ts';
import { RowChanges } from './rowChanges.ts';
import { Sandbox } from './sandbox.ts';
import { readSequence, readTable } from './schema.ts';
import { quote } from './sql.ts';

export interface TableRestore {
  readonly target: StoredSnapshot;
  readonly database: string;
  readonly table: string;
  /** Why the automatic snapshot is taken. */
  readonly reason: string;
  /** An undo also takes away a table that was not there, and brings back keys that were broken. */
  readonly isUndo: boolean;
  /** What `planTableRestore` found; another state is refused. */
  readonly from?: string;
}

export interface PlannedTable {
  readonly difference: TableDifference;
  /** Identifies the live database's content that the plan starts from. */
  readonly from: string;
}

interface Parts {
  readonly folder: string;
  readonly store: Store;
  readonly session: Session;
  readonly taker: Taker;
  readonly work: Work;
  alone<T>(run: () => T): Promise<T>;
}

/** How often a database that others change meanwhile is looked at anew. */
const ATTEMPTS = 3;
const COUNTS_ONLY = { skip: 0, limit: 0 };

/** What restoring the table would change now. @throws SnapstageError `not-found`, `refused`, `damaged`. */
export async function planTableRestore(parts: Parts, restore: TableRestore): Promise<PlannedTable> {
  const { folder, store, work } = parts;
  mustBeFile(folder, restore.database);
  const from = stampOf(folder, restore.database);
  using now = currentPages(folder, restore.database);
  using then = storedPages(store, restore.target, restore.database);
  return { difference: await differenceOf(now, then, restore, work), from };
}

export interface RestoredTable {
  readonly difference: TableDifference;
  /** Absent when nothing differed. */
  readonly safety?: StoredSnapshot;
}

/**
 * Takes the automatic snapshot, then makes the table as in the target; without a difference nothing is done, and there is no snapshot.
 * @throws SnapstageError as the plan, and `stale-plan`, `busy` for a database that stays locked or is changed all the time.
 */
export async function restoreTable(parts: Parts, restore: TableRestore): Promise<RestoredTable> {
  const { folder, store } = parts;
  refuseWhileOpen(new Journal(store));
  mustBeFile(folder, restore.database);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stamp = stampOf(folder, restore.database);
    if (restore.from !== undefined && stamp !== restore.from) throw stalePlan(restore);
    const safety = await takeSafety(parts, restore);
    try {
      const done = await restoreFrom(parts, restore, safety, stamp);
      if (done !== undefined) return done;
    } finally {
      // Unless it is what the restore can be undone with.
      quietly(() => {
        if (new Journal(store).done()?.safety !== safety.id) store.snapshots.remove(safety.id);
      });
    }
  }
  throw new SnapstageError('busy', `“${restore.database}” is being changed all the time by another program.`, { path: restore.database });
}

/** `undefined` when somebody has written to the database since the stamp was taken, so that the snapshot may lack that. */
async function restoreFrom(parts: Parts, restore: TableRestore, safety: StoredSnapshot, stamp: string): Promise<RestoredTable | undefined> {
  const { folder, store, work } = parts;
  using now = storedPages(store, safety, restore.database);
  using then = storedPages(store, restore.target, restore.database);
  const changes = new RowChanges();
  const difference = await differenceOf(now, then, restore, work, changes);
  if (!isDifferent(difference)) return { difference };
  using sandbox = await Sandbox.open(work, then);
  const content = contentOf(sandbox, restore.table);
  const sqlite = await loadNodeSqlite();
  // In one go and with nobody else at work: another read of the file in this process would end SQLite's locks on it
  // (https://www.sqlite.org/howtocorrupt.html, 2.2).
  return parts.alone(() => {
    using live = LiveDatabase.open(sqlite, absolute(folder, restore.database));
    if (stampOf(folder, restore.database) !== stamp) return undefined;
    const write = (): void => {
      if (content !== undefined && isLittle(difference, content, changes)) live.amend(content, changes, () => work.check());
      else live.replace(restore.table, content, () => work.check());
    };
    if (restore.isUndo) write();
    else live.keepingKeys(restore.table, write);
    finish(parts, live, intentOf(restore, safety, store));
    return { difference, safety };
  });
}

/** What can be undone is written first: undoing what was not done changes nothing, but what was done must be found again. */
function finish({ store, session }: Parts, live: LiveDatabase, done: RestoreIntent): void {
  const journal = new Journal(store);
  const before = journal.done();
  session.check();
  journal.finish(done);
  try {
    live.commit();
  } catch (error) {
    journal.withdraw(done);
    if (before !== undefined) journal.finish(before);
    throw error;
  }
}

export function isDifferent({ counts, schema }: TableDifference): boolean {
  return schema.length > 0 || counts.added + counts.removed + counts.changed > 0;
}

async function takeSafety({ store, taker, work }: Parts, { database, reason }: TableRestore): Promise<StoredSnapshot> {
  const alwaysTaken = [...foldersAbove(database), database];
  const { snapshot } = await taker.take(store, { kind: 'automatic', reason, labels: NO_LABELS, alwaysTaken }, work);
  return snapshot;
}

/**
 * Whether only those rows need be written: the live table is as in the automatic snapshot, from which they were found. Rows keep their
 * numbers, so they must be the key, or there must be none.
 */
function isLittle({ by, schema }: TableDifference, { table }: TableContent, changes: RowChanges): boolean {
  const hasRowsByKey = by === 'key' && (table.rowidKey || table.withoutRowid);
  return hasRowsByKey && changes.isWhole && schema.every((difference) => difference === COUNTER_CHANGED);
}

async function differenceOf(
  now: PageSource,
  then: PageSource,
  restore: TableRestore,
  work: Work,
  changes?: RowChanges,
): Promise<TableDifference> {
  using sandbox = await Sandbox.open(work, now, then);
  const target = readTable(sandbox, restore.table, 'other');
  if (target === undefined && !restore.isUndo) throw noTable(restore);
  if (target !== undefined && target.together !== null) {
    throw new SnapstageError('refused', `“${restore.table}” can’t be restored alone: ${target.together}.`, {
      table: restore.table,
      next: `Restore the file “${restore.database}” instead.`,
    });
  }
  return await compareTables(sandbox, restore.table, COUNTS_ONLY, changes);
}

/** A table of the sandbox's `main`, to be written elsewhere while the sandbox is open; `undefined` for none. */
export function contentOf(sandbox: Sandbox, name: string): TableContent | undefined {
  const table = readTable(sandbox, name);
  if (table === undefined) return undefined;
  const columns = table.columns.filter(({ generated }) => generated === null).map((column) => column.name);
  const { rowid, rowidKey, key } = table;
  const names = [...(rowid !== null && !rowidKey ? [rowid] : []), ...columns.map(quote)];
  const order = rowid ?? key.map(({ column, descending }) => `${quote(column)}${descending ? ' DESC' : ''}`).join(', ');
  const sql = `SELECT ${names.join(', ')} FROM main.${quote(table.name)}${order === '' ? '' : ` ORDER BY ${order}`}`;
  const rows = function* () {
    for (const row of sandbox.rows(sql)) yield row.values();
  };
  return { table, columns, rows, sequence: readSequence(sandbox, table) };
}

function intentOf({ target, database, table }: TableRestore, safety: StoredSnapshot, { host }: Store): RestoreIntent {
  return {
    target: target.id,
    safety: safety.id,
    paths: [database],
    table,
    keepBoth: false,
    deleteAbsent: false,
    at: new Date(host.now()).toISOString(),
  };
}

/** The pages of a database in a snapshot. @throws SnapstageError `not-found`, `usage`, `damaged`. */
export function storedPages(store: Store, snapshot: StoredSnapshot, path: string): PageSource {
  const { trees, root } = stateOf(store, snapshot);
  const entry = trees.entry(root, path);
  if (entry === undefined) throw new SnapstageError('not-found', `There is no “${path}” in ${snapshot.id}.`, { path, state: snapshot.id });
  if (entry.kind !== Kind.file) throw new SnapstageError('usage', `“${path}” is not a file.`, { path });
  return new StoredPages(store.reader, entry);
}

function mustBeFile(folder: string, path: string): void {
  try {
    if (currentKind(folder, path) === Kind.file) return;
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'not-found') throw error;
    throw new SnapstageError('not-found', `There is no “${path}” now to restore a table into.`, {
      path,
      next: `\`snapstage restore STATE ${path}\` brings the whole file back.`,
    });
  }
  throw new SnapstageError('usage', `“${path}” is a link, not a database.`, { path });
}

/** Changes when somebody writes to the database or its log. Looks without opening, which would end locks of this process. */
function stampOf(folder: string, path: string): string {
  const parts = [path, `${path}-wal`].map((name) => {
    const stat = fs.statSync(absolute(folder, name), { bigint: true, throwIfNoEntry: false });
    return stat === undefined || stat.size === 0n ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
  });
  return parts.join(', ');
}

function noTable({ table, database, target }: TableRestore): SnapstageError {
  return new SnapstageError('not-found', `There is no table “${table}” in “${database}” of ${target.id}.`, { table, path: database });
}

function stalePlan({ database }: TableRestore): SnapstageError {
  return new SnapstageError('stale-plan', `“${database}” has changed since the plan was made.`, { path: database });
}
