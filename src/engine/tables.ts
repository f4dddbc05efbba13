/** What can be asked of tables, and the restore of one. */
import { SnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import { REASONS, type RestoreIntent } from '../instance/journal.ts';
import { stateOf } from '../instance/restore.ts';
import { CURRENT } from '../instance/states.ts';
import { compareTables } from '../instance/tables/compareTables.ts';
import { candidates, readDatabase } from '../instance/tables/databases.ts';
import { currentPages, NO_PAGES, type PageSource } from '../instance/tables/pageSource.ts';
import { isDifferent, planTableRestore, restoreTable, storedPages, type TableRestore } from '../instance/tables/restoreTable.ts';
import { readRows } from '../instance/tables/rowPages.ts';
import { Sandbox } from '../instance/tables/sandbox.ts';
import { readTable } from '../instance/tables/schema.ts';
import type * as api from './api.ts';
import { snapshotInfo } from './infos.ts';
import { currentState, namedSnapshot, type Open } from './open.ts';
import type * as tablesApi from './tablesApi.ts';

type Request<Method extends keyof tablesApi.TablesApi> = Parameters<tablesApi.TablesApi[Method]>[0];

const SHOWN_ROWS = 100;

export async function tables(open: Open, request: Request<'tables'>): Promise<readonly tablesApi.DatabaseInfo[]> {
  const { work } = open;
  const pages = pagesOf(open, request.state);
  const read = (path: string): Promise<tablesApi.DatabaseInfo | undefined> => readDatabase(path, pages, request.counts !== false, work);
  if (request.database !== undefined) {
    const path = parsePath(request.database);
    const found = await read(path);
    if (found !== undefined) return [found];
    throw new SnapstageError('refused', `“${path}” is no SQLite database.`, { path });
  }
  const state = request.state === CURRENT ? await currentState(open) : stateOf(open.store, namedSnapshot(open.store, request.state));
  const found: tablesApi.DatabaseInfo[] = [];
  for (const { path } of candidates(state.trees, state.root, work)) found.push(...[await read(path)].filter((one) => one !== undefined));
  return found;
}

export async function tableRows(open: Open, request: Request<'tableRows'>): Promise<tablesApi.TableRows> {
  const path = parsePath(request.database);
  const limit = count(request.limit ?? SHOWN_ROWS);
  return inDatabase(path, request.state, async () => {
    using pages = pagesOf(open, request.state)(path);
    using sandbox = await Sandbox.open(open.work, pages);
    const table = readTable(sandbox, request.table);
    if (table === undefined) throw new SnapstageError('not-found', `there is no table “${request.table}”`, { table: request.table });
    return readRows(sandbox, table, limit, request.after);
  });
}

export async function diffTable(open: Open, request: Request<'diffTable'>): Promise<tablesApi.TableDiff> {
  const path = parsePath(request.database);
  const [a, b] = [request.a, request.b ?? CURRENT];
  const window = { skip: count(request.skip ?? 0), limit: count(request.limit ?? SHOWN_ROWS) };
  return inDatabase(path, `${a} or ${b}`, async () => {
    using before = orNoPages(() => pagesOf(open, a)(path));
    using after = orNoPages(() => pagesOf(open, b)(path));
    if (before === NO_PAGES && after === NO_PAGES) throw new SnapstageError('not-found', 'there is no such file', { path });
    using sandbox = await Sandbox.open(open.work, before, after);
    return await compareTables(sandbox, request.table, window);
  });
}

export async function planRestore(open: Open, request: tablesApi.TableRestoreRequest): Promise<tablesApi.TableRestorePlan> {
  const restore = restoreOf(open, request);
  const { difference, from } = await inDatabase(restore.database, request.state, () => planTableRestore(open, restore));
  return { request, snapshot: snapshotInfo(restore.target), from, ...changesOf(difference) };
}

export function executeRestore(open: Open, plan: tablesApi.PlannedTableRestore): Promise<tablesApi.TableRestoreOutcome> {
  return execute(open, { ...restoreOf(open, { ...plan.request, state: plan.snapshot.id }), from: plan.from });
}

export function restoreNow(open: Open, request: tablesApi.TableRestoreRequest): Promise<tablesApi.TableRestoreOutcome> {
  return execute(open, restoreOf(open, request));
}

async function execute(open: Open, restore: TableRestore): Promise<tablesApi.TableRestoreOutcome> {
  const lock = open.store.restoring.acquire(open.session);
  try {
    const { difference, safety } = await inDatabase(restore.database, restore.target.id, () => restoreTable(open, restore));
    return { ...changesOf(difference), ...(safety === undefined ? {} : { safety: snapshotInfo(safety) }) };
  } finally {
    lock[Symbol.dispose]();
  }
}

/** An undo of a table's restore restores that table from the automatic snapshot: rows of other tables stay as they are. */
export async function planUndo(open: Open, done: RestoreIntent & { readonly table: string }): Promise<api.RestorePlan> {
  const restore = undoOf(open, done);
  const { difference, from } = await inDatabase(restore.database, 'current', () => planTableRestore(open, restore));
  const request = { state: restore.target.id, paths: [restore.database] };
  return { request, snapshot: snapshotInfo(restore.target), from, ...asFile(open, restore, isDifferent(difference)) };
}

export async function undo(open: Open, done: RestoreIntent & { readonly table: string }): Promise<api.RestoreOutcome> {
  const restore = undoOf(open, done);
  const { safety } = await execute(open, restore);
  return { ...asFile(open, restore, safety !== undefined), problems: [], ...(safety === undefined ? {} : { safety }) };
}

function undoOf({ store }: Open, { safety, paths, table }: RestoreIntent & { readonly table: string }): TableRestore {
  return { target: namedSnapshot(store, safety), database: paths[0]!, table, reason: REASONS.undo, isUndo: true };
}

/** What an undo tells of what it does, in terms of files. */
function asFile({ store }: Open, { target, database }: TableRestore, isChanged: boolean): Pick<api.RestorePlan, 'counts' | 'items'> {
  const { trees, root } = stateOf(store, target);
  const none = { add: 0, replace: 0, delete: 0, attributes: 0, keep: 0 };
  const counts = { ...none, folders: none, bytes: 0 };
  if (!isChanged) return { counts, items: [] };
  const size = trees.entry(root, database)?.size ?? 0;
  return { counts: { ...counts, replace: 1, bytes: size }, items: [{ path: database, action: 'replace', kind: 'file', size }] };
}

function restoreOf({ store }: Open, { state, database, table }: tablesApi.TableRestoreRequest): TableRestore {
  return { target: namedSnapshot(store, state), database: parsePath(database), table, reason: REASONS.restore, isUndo: false };
}

/** From what differs now to what a restore does about it: the comparison is from the current state to the snapshot. */
function changesOf({ counts, schema }: Awaited<ReturnType<typeof compareTables>>): Pick<tablesApi.TableRestorePlan, 'counts' | 'schema'> {
  return { counts: { add: counts.added, change: counts.changed, remove: counts.removed }, schema };
}

function pagesOf({ folder, store }: Open, state: string): (path: string) => PageSource {
  if (state === CURRENT) return (path) => currentPages(folder, path);
  const snapshot = namedSnapshot(store, state);
  return (path) => storedPages(store, snapshot, path);
}

/** A table of a file that is not there (any more) was removed with it. */
function orNoPages(open: () => PageSource): PageSource {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code !== 'not-found' || error.details['path'] === undefined) throw error;
    return NO_PAGES;
  }
}

/** What goes wrong in a database says in which. */
async function inDatabase<T>(path: string, state: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SnapstageError) || /^[“A-Z]/.test(error.message)) throw error;
    throw new SnapstageError(error.code, `“${path}” in ${state}: ${error.message}.`, { path, state, ...error.details }, error);
  }
}

function count(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new SnapstageError('usage', `${value} is no number of rows.`, { value });
}
