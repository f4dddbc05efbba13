import type { DatabaseInfo, TableInfo } from '../../engine/tablesApi.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';

/** A row about tables in the Snapshots tree. */
export type TablesNode = AllTablesNode | DatabaseNode | TableNode | TablesNoteNode;

/** Stands for all tables of a state; they are read when it is opened. */
interface AllTablesNode {
  readonly type: 'tables';
  readonly instance: Instance;
  /** Absent: the current state. */
  readonly snapshot?: SnapshotInfo;
}

export interface DatabaseNode {
  readonly type: 'database';
  readonly instance: Instance;
  readonly snapshot?: SnapshotInfo;
  /** Without counts. */
  readonly database: DatabaseInfo;
}

export interface TableNode {
  readonly type: 'table';
  readonly instance: Instance;
  readonly snapshot?: SnapshotInfo;
  /** Path of the database. */
  readonly database: string;
  readonly table: TableInfo;
}

/** Says why there is no more below the row above. */
export interface TablesNoteNode {
  readonly type: 'tablesNote';
  readonly instance: Instance;
  readonly text: string;
  readonly isProblem: boolean;
  readonly above: string;
}

export function tablesNodeId(node: TablesNode): string {
  const state = 'snapshot' in node ? node.snapshot?.id : undefined;
  const tables = `${node.instance.folder.uri.toString()}#tables:${state ?? ''}`;
  switch (node.type) {
    case 'tables':
      return tables;
    case 'database':
      return `${tables}:${JSON.stringify([node.database.path])}`;
    case 'table':
      return `${tables}:${JSON.stringify([node.database, node.table.name])}`;
    case 'tablesNote':
      return `${node.above}#note`;
  }
}
