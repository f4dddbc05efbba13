import { baseName, joinPath, parentPath } from '../../../base/paths.ts';
import { STORE_FOLDER } from '../../../store/store.ts';

/** A table's name as that of a file in a tree: any text is one. */
function fileName(table: string): string {
  return Buffer.from(table).toString('base64url');
}

/** Where a delivered tree holds the extract of a table: in a folder in the place of its database. */
export function extractPath(database: string, table: string): string {
  return joinPath(database, fileName(table));
}

/** The folder of a base that holds extracts of tables, beside the whole databases: no delivery can have this name. */
export const BASE_TABLES = STORE_FOLDER;

/** Where a base holds the extract of a table. */
export function baseExtractPath(database: string, table: string): string {
  return joinPath(BASE_TABLES, extractPath(database, table));
}

/** Where the extract would be saved, were it a file of the target: `app.db` and `orders` → `app.orders.db`. */
export function tableFilePath(database: string, table: string): string {
  const name = baseName(database);
  const plain = table.replaceAll(/[/\\:*?"<>|\x00-\x1f]/g, '-');
  const dot = name.lastIndexOf('.');
  return joinPath(parentPath(database), dot <= 0 ? `${name}.${plain}` : `${name.slice(0, dot)}.${plain}${name.slice(dot)}`);
}
