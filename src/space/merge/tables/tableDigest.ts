import { createHash } from 'node:crypto';
import { SnapstageError } from '../../../base/errors.ts';
import type { Work } from '../../../base/work.ts';
import type { PageSource } from '../../../instance/tables/pageSource.ts';
import { Sandbox } from '../../../instance/tables/sandbox.ts';
import { readSequence, readTable, type Table } from '../../../instance/tables/schema.ts';
import { quote } from '../../../instance/tables/sql.ts';
import { encodeValues } from '../../../instance/tables/values.ts';

/** Rows between two turns of others. */
const TURN_ROWS = 5000;

/**
 * SHA-256 of a table in hex: its definition with indexes and triggers, its counter, and its rows, whatever order and numbers those
 * without a key have. `undefined` when there is no such table.
 * @throws SnapstageError `refused` for what is no table of rows; as the sandbox does.
 */
export async function tableDigest(pages: PageSource, name: string, work: Work): Promise<string | undefined> {
  using sandbox = await Sandbox.open(work, pages);
  const table = readTable(sandbox, name);
  if (table === undefined) return undefined;
  if (table.together !== null)
    throw new SnapstageError('refused', `“${name}” is not a table by itself: ${table.together}.`, { table: name });
  const hash = createHash('sha256');
  const definitions = [...table.indexes, ...table.triggers].map(({ sql }) => sql ?? '').sort();
  hash.update(JSON.stringify([table.sql, definitions, encodeValues([readSequence(sandbox, table) ?? null])]));
  let count = 0;
  for (const row of sandbox.rows(rowsInOrder(table))) {
    hash.update(`\n${encodeValues(row.values())}`);
    if ((count += 1) % TURN_ROWS === 0) await sandbox.turn();
  }
  return hash.digest('hex');
}

function rowsInOrder({ name, columns, key }: Table): string {
  const own = columns.filter(({ generated }) => generated === null).map((column) => quote(column.name));
  const byKey = key.map(({ column }) => quote(column));
  // Also a key can hold NULL several times.
  const order = [...byKey, ...own.flatMap((column) => [`typeof(${column})`, `${column} COLLATE BINARY`])];
  return `SELECT ${own.join(', ')} FROM main.${quote(name)} ORDER BY ${order.join(', ')}`;
}
