import type { DatabaseSync } from 'node:sqlite';
import { SnapstageError } from '../../base/errors.ts';
import { foldName } from './sql.ts';

/** Of what a restore would break, so much is named. */
const NAMED = 5;

const BROKEN = `SELECT "table" AS child, rowid AS row, parent, fkid AS key, count(*) AS times
  FROM pragma_foreign_key_check(?, 'main') GROUP BY 1, 2, 3, 4`;
const MORE = `SELECT n.child, n.row, n.parent FROM (${BROKEN}) AS n LEFT JOIN temp.snapstage_broken AS b
  ON b.child = n.child AND b.row IS n.row AND b.parent = n.parent AND b.key = n.key
  WHERE n.times > coalesce(b.times, 0) LIMIT ${NAMED}`;

/**
 * Foreign keys of tables and to them that lead nowhere when this is made (https://www.sqlite.org/pragma.html#pragma_foreign_key_check).
 * They are kept in a temporary table, because they may be many.
 */
export class BrokenKeys {
  private readonly db: DatabaseSync;
  private readonly tables: readonly string[];
  private readonly checked: readonly string[];

  constructor(db: DatabaseSync, tables: readonly string[]) {
    this.db = db;
    this.tables = tables;
    db.exec('CREATE TEMP TABLE snapstage_broken (child, row, parent, key, times)');
    db.exec('CREATE INDEX temp.snapstage_broken_row ON snapstage_broken (child, row, parent, key)');
    const all = [...tables.flatMap((table) => this.children(table)), ...tables];
    const once = [...new Map(all.map((table) => [foldName(table), table])).values()];
    this.checked = once.filter((each) => !this.isThere(each) || this.record(each));
  }

  /** @throws SnapstageError `refused` when there are more of them now. */
  refuseMore(): void {
    for (const each of this.checked) {
      if (!this.isThere(each)) continue;
      const more = this.db.prepare(MORE).all(each);
      if (more.length > 0) throw refusal(this.tables, more);
    }
  }

  /** Other tables that refer to this one. */
  private children(table: string): string[] {
    const rows = this.db
      .prepare(
        `SELECT DISTINCT l.name AS name FROM pragma_table_list AS l, pragma_foreign_key_list(l.name) AS k
         WHERE l.schema = 'main' AND l.type = 'table' AND k."table" = ? COLLATE NOCASE`,
      )
      .all(table);
    return rows.map(({ name }) => String(name)).filter((name) => foldName(name) !== foldName(table));
  }

  private isThere(table: string): boolean {
    const sql = `SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`;
    return this.db.prepare(sql).get(table) !== undefined;
  }

  /** False for keys that fit no parent, which can't be checked: it was so before. */
  private record(table: string): boolean {
    try {
      this.db.prepare(`INSERT INTO temp.snapstage_broken ${BROKEN}`).run(table);
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.includes('foreign key mismatch')) return false;
      throw error;
    }
  }
}

function refusal(tables: readonly string[], rows: readonly Record<string, unknown>[]): SnapstageError {
  const broken = rows.map(({ child, row, parent }) => ({ table: child, row: row === null ? null : Number(row), parent }));
  const first = broken[0]!;
  const where = first.row === null ? `“${String(first.table)}”` : `row ${first.row} of “${String(first.table)}”`;
  return new SnapstageError(
    'refused',
    `Restoring “${tables.join('”, “')}” would break foreign keys: ${where} would refer to nothing in “${String(first.parent)}”.`,
    { table: tables[0], broken, next: 'Nothing was changed. Restore the other table first, or the whole file.' },
  );
}
