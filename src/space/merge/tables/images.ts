/**
 * Databases as files of their own that nobody else works on: extracts of one table, as a table is delivered, and the target's databases
 * with tables put into them. Whatever comes from others is read in the sandbox; its definitions are checked as those of a restore.
 */
import * as fs from 'node:fs';
import { SnapstageError } from '../../../base/errors.ts';
import type { Work } from '../../../base/work.ts';
import { LiveDatabase, loadNodeSqlite } from '../../../instance/tables/liveDatabase.ts';
import type { PageSource } from '../../../instance/tables/pageSource.ts';
import { contentOf } from '../../../instance/tables/restoreTable.ts';
import { Sandbox } from '../../../instance/tables/sandbox.ts';
import { readSequence, readTable, type Table } from '../../../instance/tables/schema.ts';
import { foldName } from '../../../instance/tables/sql.ts';
import type { Value } from '../../../instance/tables/values.ts';
import { changeOf } from './compareThree.ts';
import { Versions } from './versions.ts';

const COPY_BYTES = 1 << 20;

/** Writes a database as a new file. */
export function copyImage(pages: PageSource, file: string, work: Work): void {
  const fd = fs.openSync(file, 'wx', 0o600);
  try {
    for (let at = 0; at < pages.size; at += COPY_BYTES) {
      work.check();
      fs.writeSync(fd, pages.read(at, COPY_BYTES), 0, undefined, at);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** A table in a database that was delivered, or is to be. */
export interface TableSource {
  readonly name: string;
  readonly pages: PageSource;
}

/** A table as it is to be; without `pages`, or where those do not have it, there is to be none. */
export interface TableOrNone {
  readonly name: string;
  readonly pages: PageSource | undefined;
}

/**
 * Writes a new database of this table alone, with its indexes and triggers: the same bytes for the same table.
 * @throws SnapstageError `not-found` for no such table; `refused` for a view or a virtual table; `damaged`.
 */
export async function writeExtract(file: string, source: TableSource, work: Work): Promise<void> {
  using database = LiveDatabase.open(await loadNodeSqlite(), file);
  await put(database, source, work);
  database.commit();
}

/**
 * Makes tables in a database file as they are in others, with their rows, indexes and triggers; all or none of them.
 * @throws SnapstageError as `writeExtract`; `refused` also for names that are taken, and where foreign keys would lead nowhere.
 */
export async function putTables(file: string, sources: readonly TableSource[], work: Work): Promise<void> {
  using database = LiveDatabase.open(await loadNodeSqlite(), file);
  const refuseBroken = database.watchKeys(sources.map(({ name }) => name));
  for (const source of sources) await put(database, source, work);
  refuseBroken();
  database.commit();
}

/** As `putTables`, for tables that may go too. Resolves to whether something is left in the database. @throws SnapstageError as that. */
export async function setTables(file: string, tables: readonly TableOrNone[], work: Work): Promise<boolean> {
  using database = LiveDatabase.open(await loadNodeSqlite(), file);
  const refuseBroken = database.watchKeys(tables.map(({ name }) => name));
  for (const { name, pages } of tables) {
    if (pages !== undefined && (await hasTable(pages, name, work))) await put(database, { name, pages }, work);
    else database.replace(name, undefined, () => work.check());
  }
  refuseBroken();
  const isLeft = database.hasContent;
  database.commit();
  return isLeft;
}

async function hasTable(pages: PageSource, name: string, work: Work): Promise<boolean> {
  using sandbox = await Sandbox.open(work, pages);
  return readTable(sandbox, name) !== undefined;
}

async function put(database: LiveDatabase, { name, pages }: TableSource, work: Work): Promise<void> {
  using sandbox = await Sandbox.open(work, pages);
  const content = contentOf(sandbox, name);
  if (content === undefined) throw new SnapstageError('not-found', `There is no table “${name}” in this database.`, { table: name });
  const { together } = content.table;
  if (together !== null) throw new SnapstageError('refused', `“${name}” can’t be delivered alone: ${together}.`, { table: name });
  database.replace(name, content, () => work.check());
}

/** Rows that both sides changed: which one is taken, by their keys. */
export type RowChoice = (key: readonly Value[]) => 'mine' | 'incoming';

/** More is not kept in memory. */
const MOST_ROWS = 100_000;

/**
 * Merges rows that others changed into a table of a database file that holds mine. Cells that only one side changed are that side's.
 * @throws SnapstageError `refused` where rows have no key, or the definitions differ, or too much changed, or SQLite refuses the result;
 *   as `compareThree`.
 */
export async function mergeRows(
  file: string,
  { mine, base, incoming }: { readonly mine: PageSource; readonly base: PageSource; readonly incoming: PageSource },
  name: string,
  choose: RowChoice,
  work: Work,
): Promise<void> {
  using sandbox = await Sandbox.open(work, mine, incoming, base);
  const versions = new Versions(sandbox, name);
  const table = versions.mine;
  refuseUnlike(versions);
  const columns = versions.columns.map(([column]) => column!.name);
  const changes = changesOf(versions, columns, choose);
  const sequences = [readSequence(sandbox, table), readSequence(sandbox, versions.incoming, 'other')];
  const sequence = sequences.reduce((a, b) => (typeof b === 'bigint' && (typeof a !== 'bigint' || b > a) ? b : a));
  using database = LiveDatabase.open(await loadNodeSqlite(), file);
  const content = { table, columns, rows: () => [], sequence };
  database.keepingKeys(name, () => database.amend(content, changes, () => work.check()));
  database.commit();
}

function refuseUnlike({ by, columns, mine, base, incoming }: Versions): void {
  const count = ({ columns: own }: Table): number => own.filter(({ generated }) => generated === null).length;
  const isAlike = [mine, incoming, ...(base === undefined ? [] : [base])].every((table) => count(table) === columns.length);
  if (by === 'key' && isAlike) return;
  const why = by === 'row' ? 'its rows have no key' : 'its columns differ';
  throw new SnapstageError('refused', `“${mine.name}” can’t be merged by row: ${why}. Take one of both.`, { table: mine.name });
}

/** Keys of mine's rows that go, and rows that come, those that change among both. */
function changesOf(versions: Versions, columns: readonly string[], choose: RowChoice): { gone: Value[][]; come: Value[][] } {
  const { mine } = versions;
  const key = mine.key.map(({ column }) => columns.findIndex((each) => foldName(each) === foldName(column)));
  // A row that has a number beside its key gets a new one.
  const number: Value[] = mine.rowid !== null && !mine.rowidKey ? [null] : [];
  const gone: Value[][] = [];
  const come: Value[][] = [];
  for (const row of versions.rows()) {
    const valueIn = (side: 0 | 2, at: number): Value => row.value(versions.cellsOf(side) + at);
    const keyIn = (side: 0 | 2): Value[] => key.map((at) => valueIn(side, at));
    const [isMine, isIncoming] = [row.value(0) === 1n, row.value(2) === 1n];
    const { change, cells } = changeOf(row, versions);
    if (change === 'mine' || (change === 'conflict' && choose(keyIn(isMine ? 0 : 2)) === 'mine')) continue;
    const isOwn = (at: number): boolean => change === 'joint' && cells.mine.includes(at);
    if (isMine) gone.push(keyIn(0));
    if (isIncoming) come.push([...number, ...columns.map((_, at) => valueIn(isOwn(at) ? 0 : 2, at))]);
    if (gone.length + come.length > MOST_ROWS) {
      throw new SnapstageError('refused', `Too many rows of “${mine.name}” changed to be merged. Take one of both.`, { table: mine.name });
    }
  }
  return { gone, come };
}
