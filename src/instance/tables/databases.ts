/** The databases of a state: which files are some, and what they hold. */
import { SnapstageError, isSystemError } from '../../base/errors.ts';
import { joinPath } from '../../base/paths.ts';
import type { Work } from '../../base/work.ts';
import { Kind } from '../../store/tree.ts';
import type { Trees } from '../states.ts';
import type { PageSource } from './pageSource.ts';
import { Sandbox } from './sandbox.ts';
import { readTables, type Table } from './schema.ts';

export interface Sized extends Table {
  /** `null` where there are none, or they could not be counted. */
  readonly rows: number | null;
  /** Bytes of its pages and those of its indexes. */
  readonly bytes: number | null;
}

export interface Database {
  readonly path: string;
  readonly size: number;
  readonly tables: readonly Sized[];
  /** Why it can't be read, or not all of it. */
  readonly problem: string | null;
}

/** The first bytes of a database (https://www.sqlite.org/fileformat.html). */
const MAGIC = 'SQLite format 3\0';
/** The smallest page; a database is a whole number of pages. */
const SMALLEST_PAGE = 512;
/** Files of these names are expected to be databases: when they are none, it is said why. */
const NAMES = /\.(?:db3?|s3db|sqlite3?|sqlitedb|gpkg|mbtiles)$/i;

/** Paths of files that may be databases, by name or by size, in the order of a walk. */
export function* candidates(trees: Trees, folder: Buffer, work: Work, path = ''): Generator<{ path: string; size: number }> {
  work.check();
  const tree = trees.tree(folder);
  for (let row = 0; row < tree.names.length; row++) {
    const name = tree.names[row]!;
    if (tree.kind(row) === Kind.folder) yield* candidates(trees, tree.id(row), work, joinPath(path, name));
    if (tree.kind(row) !== Kind.file) continue;
    const size = tree.size(row);
    if (size > 0 && (size % SMALLEST_PAGE === 0 || NAMES.test(name))) yield { path: joinPath(path, name), size };
  }
}

/** What a file holds if it is a database, or is called like one; `undefined` for all others. With `counts` every page is read. */
export async function readDatabase(
  path: string,
  open: (path: string) => PageSource,
  counts: boolean,
  work: Work,
): Promise<Database | undefined> {
  let size = 0;
  try {
    using pages = open(path);
    size = pages.size;
    if (!isDatabase(pages))
      return NAMES.test(path) ? { path, size, tables: [], problem: 'it is encrypted, or no SQLite database' } : undefined;
    using sandbox = await Sandbox.open(work, pages);
    const tables = readTables(sandbox);
    const { sizes, problem } = counts ? await readSizes(sandbox, tables, size) : { sizes: new Map<string, Size>(), problem: null };
    return { path, size, tables: tables.map((table) => sized(table, sizes)), problem };
  } catch (error) {
    if (isSystemError(error)) return { path, size, tables: [], problem: `it can’t be read (${error.code})` };
    if (!(error instanceof SnapstageError) || error.code === 'cancelled' || error.code === 'bug') throw error;
    return { path, size, tables: [], problem: error.message };
  }
}

function isDatabase(pages: PageSource): boolean {
  return Buffer.from(pages.read(0, MAGIC.length)).toString('latin1') === MAGIC;
}

interface Size {
  readonly bytes: number;
  /** Entries in leaves, and in all pages: tables have rows in leaves only, tables without rowid in all. */
  readonly leaves: number;
  readonly entries: number;
}

/** Sizes of all tables and indexes by a pass over their pages (https://www.sqlite.org/dbstat.html), one after the other. */
async function readSizes(
  sandbox: Sandbox,
  tables: readonly Table[],
  size: number,
): Promise<{ sizes: Map<string, Size>; problem: string | null }> {
  const sizes = new Map<string, Size>();
  const damaged: string[] = [];
  const names = tables
    .filter(({ kind }) => kind === 'table' || kind === 'shadow')
    .flatMap(({ name, indexes }) => [name, ...indexes.map((index) => index.name)]);
  const sql = `SELECT sum(pgsize), sum(CASE pagetype WHEN 'leaf' THEN ncell ELSE 0 END),
    sum(CASE pagetype WHEN 'overflow' THEN 0 ELSE ncell END), sum(pagetype = 'corrupted') FROM dbstat WHERE name = ?`;
  for (const name of names) {
    await sandbox.turn();
    try {
      const [bytes, leaves, entries, corrupted] = sandbox.within((size / SMALLEST_PAGE) * 100 + 1_000_000, () => sandbox.first(sql, name)!);
      if (corrupted === 0n) sizes.set(name, { bytes: Number(bytes), leaves: Number(leaves), entries: Number(entries) });
      else if (bytes !== null) damaged.push(name); // an index of a table without rowid is the table itself
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code === 'cancelled') throw error;
      damaged.push(name);
    }
  }
  return { sizes, problem: damaged.length === 0 ? null : `it is damaged: ${damaged.join(', ')}` };
}

function sized(table: Table, sizes: ReadonlyMap<string, Size>): Sized {
  const own = sizes.get(table.name);
  if (own === undefined) return { ...table, rows: null, bytes: null };
  const bytes = table.indexes.reduce((sum, { name }) => sum + (sizes.get(name)?.bytes ?? 0), own.bytes);
  return { ...table, rows: table.withoutRowid ? own.entries : own.leaves, bytes };
}
