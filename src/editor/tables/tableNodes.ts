import type { DatabaseInfo, TableInfo } from '../../engine/tablesApi.ts';
import type { State } from '../state.ts';

/** A row about tables in the Snapshots tree. */
export type TablesNode = AllTablesNode | DatabaseNode | TableNode;

/** Stands for all tables of a state; they are read when it is opened. */
interface AllTablesNode extends State {
  readonly type: 'tables';
}

export interface DatabaseNode extends State {
  readonly type: 'database';
  /** Without counts. */
  readonly database: DatabaseInfo;
}

export interface TableNode extends State {
  readonly type: 'table';
  /** Path of the database. */
  readonly database: string;
  readonly table: TableInfo;
}

export function tablesNodeId(node: TablesNode): string {
  const tables = `${node.instance.folder.uri.toString()}#tables:${node.snapshot?.id ?? ''}`;
  switch (node.type) {
    case 'tables':
      return tables;
    case 'database':
      return `${tables}:${JSON.stringify([node.database.path])}`;
    case 'table':
      return `${tables}:${JSON.stringify([node.database, node.table.name])}`;
  }
}
