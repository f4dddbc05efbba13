/** The part of the contract that is about tables of databases; see `api.ts`. */
import type { CallOptions } from '../base/progress.ts';
import type { TableDifference as TableDiff } from '../instance/tables/compareTables.ts';
import type { Table } from '../instance/tables/schema.ts';
import type { Cell } from '../instance/tables/values.ts';
import type { SnapshotInfo } from './api.ts';

export type { Cell } from '../instance/tables/values.ts';
export type { TableDifference as TableDiff } from '../instance/tables/compareTables.ts';

export interface TableInfo extends Pick<
  Table,
  'name' | 'kind' | 'sql' | 'columns' | 'withoutRowid' | 'strict' | 'indexes' | 'triggers' | 'foreignKeys' | 'together'
> {
  /** `null` where there are none, or they were not counted. */
  readonly rows: number | null;
  /** Bytes of its pages and those of its indexes. */
  readonly bytes: number | null;
}

/** A file that is a database, or is called like one. */
export interface DatabaseInfo {
  readonly path: string;
  readonly size: number;
  /** By name. */
  readonly tables: readonly TableInfo[];
  /** Why it can't be read, or not all of it: encrypted, damaged. */
  readonly problem: string | null;
}

export interface TableRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What to give as `after` for the next rows; `null` at the end. */
  readonly next: string | null;
}

export interface TableRestoreRequest {
  /** A STATE: id, unique prefix, name, `latest`, `latest~N`. */
  readonly state: string;
  /** Path of the database file. */
  readonly database: string;
  readonly table: string;
}

/** What of a plan is needed to carry it out. */
export interface PlannedTableRestore {
  readonly request: TableRestoreRequest;
  readonly snapshot: SnapshotInfo;
  /** Identifies the content of the live database that the plan starts from; another is refused with `stale-plan`. */
  readonly from: string;
}

export interface TableRestorePlan extends PlannedTableRestore {
  /** Rows. */
  readonly counts: { readonly add: number; readonly change: number; readonly remove: number };
  /** What becomes otherwise of the definition, its indexes and triggers, in words. */
  readonly schema: readonly string[];
}

export interface TableRestoreOutcome extends Pick<TableRestorePlan, 'counts' | 'schema'> {
  /** The automatic snapshot taken first; absent when nothing differed, so that nothing was done. */
  readonly safety?: SnapshotInfo;
}

export interface TablesApi {
  /** The databases of a state with their tables, by path; or the one of that path. `counts: false` leaves out rows and sizes, which take a look at every page. */
  tables(
    request: { readonly state: string; readonly database?: string; readonly counts?: boolean },
    options?: CallOptions,
  ): Promise<readonly DatabaseInfo[]>;
  /** At most `limit` (100) rows of a table or view, in the order of the rowid or the primary key, that come after the place `after`. */
  tableRows(
    request: {
      readonly state: string;
      readonly database: string;
      readonly table: string;
      readonly limit?: number;
      readonly after?: string;
    },
    options?: CallOptions,
  ): Promise<TableRows>;
  /** A table from `a` to `b` (default: the current state): of each kind of change at most `limit` (100) rows after the first `skip`. */
  diffTable(
    request: {
      readonly a: string;
      readonly b?: string;
      readonly database: string;
      readonly table: string;
      readonly skip?: number;
      readonly limit?: number;
    },
    options?: CallOptions,
  ): Promise<TableDiff>;
  planTableRestore(request: TableRestoreRequest, options?: CallOptions): Promise<TableRestorePlan>;
  /** Executes exactly this plan after the automatic snapshot, in one transaction of the live database; rejects with `stale-plan` when that has changed. */
  executeTableRestore(plan: PlannedTableRestore, options?: CallOptions): Promise<TableRestoreOutcome>;
  /** Snapshot first, then plan and execute in one go. Rejects with `busy` when the database stays locked, `refused` when foreign keys would break. */
  restoreTable(request: TableRestoreRequest, options?: CallOptions): Promise<TableRestoreOutcome>;
}
