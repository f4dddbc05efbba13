import { SnapstageError } from '../../../base/errors.ts';
import { hasSameKey, hasWholeKeys, holdsOneKind } from '../../../instance/tables/compareTables.ts';
import type { Row, Sandbox } from '../../../instance/tables/sandbox.ts';
import { readTable, type Column, type Schema, type Table } from '../../../instance/tables/schema.ts';
import { anyOf, foldName, quote } from '../../../instance/tables/sql.ts';

/** The versions of a table in the order in which rows tell them: mine, base, incoming. */
const SIDES = ['main', 'base', 'other'] as const satisfies Schema[];
const ALIAS: Readonly<Record<Schema, string>> = { main: 'm', base: 'b', other: 'i' };

/** Three versions of a table: mine in a sandbox's `main`, incoming in `other`, and `base`, which may lack it. */
export class Versions {
  readonly mine: Table;
  readonly base: Table | undefined;
  readonly incoming: Table;
  /** Each column that all versions have, as it is in each. Generated ones follow from the others. */
  readonly columns: readonly (readonly Column[])[];
  /** Whether rows are told to be the same one by the primary key, or by all that is in them. */
  readonly by: 'key' | 'row';
  private readonly sandbox: Sandbox;
  private readonly all: readonly (readonly [Schema, Table])[];

  /** @throws SnapstageError `not-found` when mine or incoming lacks the table; `refused` for a view or a virtual table. */
  constructor(sandbox: Sandbox, name: string) {
    this.sandbox = sandbox;
    this.mine = mustRead(sandbox, name, 'main');
    this.incoming = mustRead(sandbox, name, 'other');
    const base = readTable(sandbox, name, 'base');
    this.base = base?.together === null ? base : undefined;
    const tables = { main: this.mine, base: this.base, other: this.incoming };
    this.all = SIDES.flatMap((schema) => (tables[schema] === undefined ? [] : [[schema, tables[schema]] as const]));
    this.columns = sharedColumns(this.all.map(([, table]) => table));
    const hasKey = this.all.every(([, table]) => hasSameKey(this.mine, table)) && hasWholeKeys(sandbox, ...this.all);
    this.by = hasKey ? 'key' : 'row';
  }

  /**
   * Rows that differ between mine and incoming: three numbers that say how often each version has the row, and its cells; by key
   * those of each version one after the other.
   */
  rows(): Generator<Row, void, void> {
    return this.sandbox.rows(this.by === 'key' ? this.byKey() : this.byRow());
  }

  /** Where the cells of a version begin in a row. */
  cellsOf(side: 0 | 1 | 2): number {
    return 3 + (this.by === 'key' ? side * this.columns.length : 0);
  }

  /** Names of the shared columns in one version. */
  private namesIn(schema: Schema): string[] {
    const side = this.all.findIndex(([each]) => each === schema);
    return this.columns.map((versions) => quote(versions[side]!.name));
  }

  /** Whether 1 and 1.0 can both be in a column, which are equal for SQLite but different values. */
  private mixesNumbers(column: number): boolean {
    return !this.columns[column]!.every(holdsOneKind);
  }

  private byKey(): string {
    const keyOf = (table: Table): string[] => table.key.map(({ column }) => quote(column));
    const names = keyOf(this.mine).map((_, at) => `k${at}`);
    const keys = this.all.map(([schema, table]) => {
      const own = keyOf(table).map((column, at) => `${column} AS ${names[at]}`);
      return `SELECT ${own.join(', ')} FROM ${schema}.${quote(table.name)}`;
    });
    const joins = this.all.map(([schema, table]) => {
      const on = keyOf(table).map((column, at) => `${ALIAS[schema]}.${column} = k.${names[at]}`);
      return `LEFT JOIN ${schema}.${quote(table.name)} AS ${ALIAS[schema]} ON ${on.join(' AND ')}`;
    });
    const isThere = SIDES.map((schema) => {
      const table = this.all.find(([each]) => each === schema)?.[1];
      return table === undefined ? '0' : `(${ALIAS[schema]}.${keyOf(table)[0]} IS NOT NULL)`;
    });
    const cells = SIDES.map((schema) => {
      const isRead = this.all.some(([each]) => each === schema);
      return isRead ? this.namesIn(schema).map((name) => `${ALIAS[schema]}.${name}`) : this.columns.map(() => 'NULL');
    });
    const differ = this.columns.flatMap((_, at) => {
      const [one, other] = [cells[0]![at], cells[2]![at]];
      const value = `${one} IS NOT ${other} COLLATE BINARY`;
      return this.mixesNumbers(at) ? [`typeof(${one}) <> typeof(${other})`, value] : [value];
    });
    return `SELECT ${[...isThere, ...cells.flat()].join(', ')} FROM (${keys.join(' UNION ')}) AS k ${joins.join(' ')}
      WHERE ${isThere[0]} <> ${isThere[2]} OR ${anyOf(differ)} ORDER BY ${names.map((name) => `k.${name}`).join(', ')}`;
  }

  /** SQLite sorts the rows, in temporary files where they are many. */
  private byRow(): string {
    const names = this.columns.map((_, at) => `c${at}`);
    const parts = this.all.map(([schema, table]) => {
      const counts = SIDES.map((each) => `${each === schema ? 1 : 0} AS n_${each}`);
      const cells = this.namesIn(schema).map((name, at) => `${name} COLLATE BINARY AS ${names[at]}`);
      return `SELECT ${[...counts, ...cells].join(', ')} FROM ${schema}.${quote(table.name)}`;
    });
    const kinds = names.flatMap((name, at) => (this.mixesNumbers(at) ? [`typeof(${name})`] : []));
    const sums = SIDES.map((schema) => `sum(n_${schema})`);
    return `SELECT ${[...sums, ...names].join(', ')} FROM (${parts.join(' UNION ALL ')})
      GROUP BY ${[...names, ...kinds].join(', ') || '1 + 1'} HAVING sum(n_main) <> sum(n_other)`;
  }
}

function mustRead(sandbox: Sandbox, name: string, schema: Schema): Table {
  const table = readTable(sandbox, name, schema);
  if (table === undefined) throw new SnapstageError('not-found', `There is no table “${name}” in both versions.`, { table: name });
  if (table.together === null) return table;
  throw new SnapstageError('refused', `“${name}” can’t be compared by row: ${table.together}.`, { table: name });
}

function sharedColumns(tables: readonly Table[]): Column[][] {
  const named = tables.map(({ columns }) => new Map(columns.map((column) => [foldName(column.name), column])));
  return [...named[0]!.keys()].flatMap((name) => {
    const versions = named.flatMap((columns) => columns.get(name) ?? []);
    return versions.length === tables.length && versions.every(({ generated }) => generated === null) ? [versions] : [];
  });
}
