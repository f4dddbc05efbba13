/** Whether what is staged, or is to be, is there in its state. */
import { isSystemError, SnapstageError } from '../../base/errors.ts';
import { baseName, isInside, joinPath, parentPath } from '../../base/paths.ts';
import type { Work } from '../../base/work.ts';
import type { Application } from '../../instance/applications/application.ts';
import { currentFiles } from '../../instance/applications/stateFiles.ts';
import { IGNORED } from '../../instance/ignoreRules.ts';
import { mayEscape, platformTraits } from '../../instance/names.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import { databaseOf } from '../../instance/sqlite/sidecar.ts';
import type { State } from '../../instance/states.ts';
import { readDatabase } from '../../instance/tables/databases.ts';
import type { PageSource } from '../../instance/tables/pageSource.ts';
import { STORE_FOLDER } from '../../store/store.ts';
import { Kind } from '../../store/tree.ts';
import type { ObjectType, StagedRecord } from './stagedObject.ts';

export interface Entry {
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
}

/** What the Stage asks of a state. */
export interface Look {
  readonly isCurrent: boolean;
  /** What is at a path, if every folder above it is a real one. @throws SnapstageError `damaged`. */
  entry(path: string): Entry | undefined;
  /** Why snapshots leave out what is at a path. */
  leftOut(path: string, kind: Kind): string | undefined;
  /** The tables and views of a database by their names in small letters, each with why it can't be staged alone. */
  tables(path: string): Promise<ReadonlyMap<string, { readonly name: string; readonly together: string | null }> | undefined>;
  applications(): Promise<readonly Application[]>;
}

/** How the tables and applications of a state are read. */
export interface Reading {
  readonly work: Work;
  readonly pages: (path: string) => PageSource;
  readonly applications: () => Promise<readonly Application[]>;
}

/** The folder as it is now. Names count as they are written, also where the system takes others for the same. */
export function lookAtCurrent(folder: string, reading: Reading): Look {
  const files = currentFiles(folder);
  const names = new Map<string, ReadonlySet<string>>();
  const isWrittenSo = (path: string): boolean => {
    const above = parentPath(path);
    const known = names.get(above) ?? new Set(files.list(above).map(({ name }) => name));
    names.set(above, known);
    return known.has(baseName(path));
  };
  const isExact = (path: string): boolean => !mayEscape(platformTraits()) || [...foldersAbove(path), path].every(isWrittenSo);
  const entry = (path: string): Entry | undefined => {
    if (path === '') return { kind: Kind.folder, size: 0 };
    const stat = files.stat(path);
    return stat !== undefined && isExact(path) ? stat : undefined;
  };
  return {
    isCurrent: true,
    entry,
    leftOut(path, kind) {
      if (isInside(STORE_FOLDER, path)) return 'it is Snapstage’s own store';
      if (path !== '' && files.isLeftOut(path, kind === Kind.folder)) return IGNORED;
      const database = databaseOf(baseName(path));
      const isSidecar = database !== undefined && entry(joinPath(parentPath(path), database)) !== undefined;
      return isSidecar ? 'part of the database beside it' : undefined;
    },
    ...contents(reading),
  };
}

export function lookAtSnapshot({ root, trees }: State, reading: Reading): Look {
  return {
    isCurrent: false,
    entry: (path) => (path === '' ? { kind: Kind.folder, size: 0 } : trees.entry(root, path)),
    leftOut: () => undefined,
    ...contents(reading),
  };
}

/** Each is read once. */
function contents({ work, pages, applications }: Reading): Pick<Look, 'tables' | 'applications'> {
  const databases = new Map<string, ReturnType<Look['tables']>>();
  let read: Promise<readonly Application[]> | undefined;
  const tables: Look['tables'] = async (path) => {
    const database = await readDatabase(path, pages, false, work);
    if (database === undefined || (database.problem !== null && database.tables.length === 0)) return undefined;
    return new Map(database.tables.map(({ name, together }) => [name.toLowerCase(), { name, together }]));
  };
  return {
    tables(path) {
      const known = databases.get(path) ?? tables(path);
      databases.set(path, known);
      return known;
    },
    applications: () => (read ??= applications()),
  };
}

const GONE = 'it is not there any more';

/** What is found of something staged: its type and size now, or why it can't be distributed. */
export interface Found {
  readonly type: ObjectType;
  /** Bytes of a file. */
  readonly size: number | null;
  readonly problem: string | null;
}

/** Looks after what lies on the Stage. What a snapshot had when it was staged it has for good. @throws SnapstageError `cancelled`. */
export async function lookAfter(record: StagedRecord, look: Look): Promise<Found> {
  const found = (problem: string | null, entry?: Entry): Found => ({
    type: entry !== undefined && isPath(record) ? typeOf(entry) : record.type,
    size: entry?.kind === Kind.file && isPath(record) ? entry.size : null,
    problem,
  });
  try {
    if (record.type === 'snapshot') return found(null);
    const entry = look.entry(record.path);
    if (entry === undefined) return found(GONE);
    const leftOut = look.leftOut(record.path, entry.kind);
    if (leftOut !== undefined) return found(`snapshots leave it out: ${leftOut}`, entry);
    if (look.isCurrent && !(await hasContents(record, look))) return found(GONE, entry);
    return found(null, entry);
  } catch (error) {
    if (isSystemError(error)) return found(`can't be read (${error.code})`);
    if (!(error instanceof SnapstageError)) throw error;
    if (error.code === 'damaged') return found('it is damaged in the store');
    if (error.details['reason'] === 'no-parent') return found('the instance that this one is linked to can’t be found');
    throw error;
  }
}

function isPath({ type }: StagedRecord): boolean {
  return type === 'file' || type === 'folder';
}

export function typeOf({ kind }: Entry): ObjectType {
  return kind === Kind.folder ? 'folder' : 'file';
}

async function hasContents({ path, table, application }: StagedRecord, look: Look): Promise<boolean> {
  if (table !== undefined) return (await look.tables(path))?.has(table.toLowerCase()) === true;
  // What a profile has installed only the editor knows: where there is an editor, there is that application.
  if (application === undefined || application === 'editor') return true;
  return (await look.applications()).some((one) => one.kind === application && one.path === path);
}
