/** What a database holds, as told by another SQLite than those that wrote it: sql.js, and the system's `sqlite3` where there is one. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import initSqlJs from 'sql.js';
import { quoted } from './randomTables.ts';

/** Definition and rows of a table, every value with its type; the counter of AUTOINCREMENT; whether the database is sound. */
export interface Judgement {
  readonly definitions: readonly string[];
  readonly rows: readonly string[];
  readonly sequence: string;
  readonly integrity: string;
}

const sql = await initSqlJs();

export function judge(file: string, table: string): Judgement {
  const db = new sql.Database(readFileSync(file));
  const list = (query: string, ...values: string[]): string[] =>
    (db.exec(query, values)[0]?.values ?? []).map((row) => row.map(String).join(' | '));
  try {
    const columns = db.exec('SELECT name FROM pragma_table_xinfo(?)', [table])[0]?.values.map(([name]) => String(name)) ?? [];
    const isWithoutRowid = list('SELECT wr FROM pragma_table_list(?)', table)[0] === '1';
    const rowid = isWithoutRowid
      ? undefined
      : ['rowid', '_rowid_', 'oid'].find((name) => !columns.some((own) => own.toLowerCase() === name));
    // `quote` writes blobs in hex; hex tells texts apart that end at a zero byte.
    const texts = columns.map((name) => `typeof(${quoted(name)}) || ' ' || quote(${quoted(name)}) || ' ' || hex(${quoted(name)})`);
    const all = [...(rowid === undefined ? [] : [rowid]), ...texts].join(', ');
    const hasSequence = list(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`).length > 0;
    return {
      definitions: list('SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? ORDER BY type, name', table),
      rows: columns.length === 0 ? [] : list(`SELECT ${all} FROM ${quoted(table)}`),
      sequence: hasSequence ? list('SELECT seq FROM sqlite_sequence WHERE name = ?', table).join() : '',
      integrity: list('PRAGMA integrity_check').join(),
    };
  } finally {
    db.close();
  }
}

/** Makes the database say of a table what no SQLite would write. */
export function forgeDefinition(file: string, table: string, text: string): void {
  const db = new sql.Database(readFileSync(file));
  db.run('PRAGMA writable_schema = ON');
  db.run('UPDATE sqlite_schema SET sql = ? WHERE name = ?', [text, table]);
  writeFileSync(file, db.export());
  db.close();
}

/** The same by the system's program: `undefined` where there is none. */
export function dump(file: string, table: string): string | undefined {
  const ended = spawnSync('sqlite3', ['-batch', '-readonly', file, `.dump ${quoted(table)}`, 'PRAGMA integrity_check'], {
    encoding: 'utf8',
  });
  return ended.error === undefined && ended.status === 0 ? ended.stdout : undefined;
}
