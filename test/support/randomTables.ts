/** Random schemas and rows for SQLite, as SQL text and plain values. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';

export interface RandomTable {
  readonly name: string;
  readonly sql: readonly string[];
  /** Columns that rows are inserted with. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SQLInputValue[])[];
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const names: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'id',
    'a',
    'B',
    'rowid',
    '_rowid_',
    'oid',
    'select',
    '--limit',
    'x"y',
    "it's",
    'Größe',
    '数',
    'a b',
    '[c]',
    '`',
    ';',
    '%',
    '_',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((name) => !name.includes('\0') && name.isWellFormed()),
);
/** Names that differ for SQLite: it folds the case of ASCII. */
const ownNames = (count: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(names, { minLength: count, maxLength: count, selector: (name) => name.toLowerCase() });

const integers = fc.oneof(fc.integer({ min: -3, max: 3 }).map(BigInt), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const reals = fc.oneof(fc.constantFrom(0.5, 1, -0, 1e300, 5e-324, 2 ** 53, Infinity), fc.double({ noNaN: true }));
const texts = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'a ', '1', '1.0', 'x\0y', '\uFFFD', "'; DROP TABLE t; --"),
  fc.string({ unit: 'binary' }),
);
const wellFormed = texts.map((text) => text.toWellFormed());
const blobs = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const anything: fc.Arbitrary<SQLInputValue> = fc.oneof(fc.constant(null), integers, reals, wellFormed, blobs);

/** Of a type's own kind: what a STRICT column takes. */
const valuesOf: Readonly<Record<string, fc.Arbitrary<SQLInputValue>>> = {
  INTEGER: integers,
  REAL: reals,
  TEXT: wellFormed,
  BLOB: blobs,
  ANY: anything,
};

interface Shape {
  readonly strict: boolean;
  readonly withoutRowid: boolean;
  readonly key: 'none' | 'rowid' | 'autoincrement' | 'text' | 'pair';
}

const shapes: fc.Arbitrary<Shape> = fc
  .record({
    strict: fc.boolean(),
    withoutRowid: fc.boolean(),
    key: fc.constantFrom('none' as const, 'rowid' as const, 'autoincrement' as const, 'text' as const, 'pair' as const),
  })
  .map((shape) => ({ ...shape, withoutRowid: shape.withoutRowid && (shape.key === 'text' || shape.key === 'pair') }));

/** Two tables of the same name. */
export const twoTables = names.chain((name) => fc.tuple(randomTable(name), randomTable(name)));

/** A table with indexes, triggers and rows; keys differ from row to row. */
function randomTable(name: string): fc.Arbitrary<RandomTable> {
  return fc.tuple(shapes, fc.integer({ min: 2, max: 5 })).chain(([shape, count]) =>
    fc
      .record({
        columns: ownNames(count + 2),
        types: fc.array(fc.constantFrom(...Object.keys(valuesOf)), { minLength: count, maxLength: count }),
        collation: fc.constantFrom('BINARY', 'NOCASE', 'RTRIM'),
        descending: fc.boolean(),
        generated: fc.constantFrom('none', 'VIRTUAL', 'STORED'),
        hasIndex: fc.boolean(),
        hasTrigger: fc.boolean(),
      })
      .chain((parts) => {
        const types = parts.types.map((type) => (shape.strict || type !== 'ANY' ? type : ''));
        const values = parts.types.map((type) => (shape.strict ? fc.option(valuesOf[type]!, { nil: null }) : anything));
        return fc.array(fc.tuple(...values), { maxLength: 25 }).map((rows) => tableOf(name, shape, { ...parts, types }, rows));
      }),
  );
}

interface Parts {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly collation: string;
  readonly descending: boolean;
  readonly generated: string;
  readonly hasIndex: boolean;
  readonly hasTrigger: boolean;
}

function tableOf(name: string, shape: Shape, parts: Parts, rows: readonly (readonly SQLInputValue[])[]): RandomTable {
  const { key } = shape;
  const columns = parts.columns.slice(0, parts.types.length);
  const [first, second] = columns.map(quoted) as [string, string];
  const generated = quoted(parts.columns[columns.length]!);
  const definitions = columns.map((column, at) => {
    const own = quoted(column);
    if (at === 0 && key === 'rowid') return `${own} INTEGER PRIMARY KEY`;
    if (at === 0 && key === 'autoincrement') return `${own} INTEGER PRIMARY KEY AUTOINCREMENT`;
    if (at === 0 && (key === 'text' || key === 'pair')) return `${own} TEXT COLLATE ${parts.collation}`;
    if (at === 1 && key === 'pair') return `${own} INTEGER`;
    return `${own} ${parts.types[at]}${at === 1 ? ` DEFAULT 'x''y'` : ''}`;
  });
  if (parts.generated !== 'none') {
    definitions.push(`${generated}${shape.strict ? ' INT' : ''} GENERATED ALWAYS AS (length(${second})) ${parts.generated}`);
  }
  const order = parts.descending ? ' DESC' : '';
  if (key === 'text') definitions.push(`PRIMARY KEY (${first}${order})`);
  if (key === 'pair') definitions.push(`PRIMARY KEY (${first}, ${second}${order})`);
  const options = [...(shape.strict ? ['STRICT'] : []), ...(shape.withoutRowid ? ['WITHOUT ROWID'] : [])].join(', ');
  const sql = [`CREATE TABLE ${quoted(name)} (${definitions.join(', ')}) ${options}`];
  if (parts.hasIndex) sql.push(`CREATE INDEX ${quoted(`${name} index`)} ON ${quoted(name)} (${second}${order}) WHERE ${first} IS NOT NULL`);
  if (parts.hasTrigger) {
    const body = `DELETE FROM ${quoted(name)}; SELECT RAISE(ABORT, 'no trigger may fire')`;
    sql.push(`CREATE TRIGGER ${quoted(`${name} trigger`)} BEFORE INSERT ON ${quoted(name)} BEGIN ${body}; END`);
  }
  return { name, sql, columns, rows: rows.map((row, at) => keyed(row, at, key)) };
}

/** Keys of their own for every row, so that all of them go in. */
function keyed(row: readonly SQLInputValue[], at: number, key: Shape['key']): SQLInputValue[] {
  const own = [...row];
  if (key === 'rowid' || key === 'autoincrement') own[0] = BigInt(at * 3 - 7);
  if (key === 'text') own[0] = `k${at}\0`;
  if (key === 'pair') [own[0], own[1]] = [`k${at % 3}`, BigInt(at)];
  return own;
}

/** Makes the table with its rows; its triggers come last, for they refuse everything. */
export function makeTable(db: DatabaseSync, { name, sql, columns, rows }: RandomTable): void {
  const isTrigger = (one: string): boolean => one.startsWith('CREATE TRIGGER');
  for (const one of sql.filter((each) => !isTrigger(each))) db.exec(one);
  const places = columns.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES (${places})`);
  for (const row of rows) insert.run(...row);
  for (const one of sql.filter(isTrigger)) db.exec(one);
}

export const rowEdits = fc.array(fc.tuple(fc.nat(30), fc.constantFrom('delete', 'update', 'repeat')), { maxLength: 8 });

/** Random changes of rows, without the triggers that refuse them; keys stay. */
export function editRows(db: DatabaseSync, table: string, edits: readonly (readonly [number, string])[]): void {
  const name = quoted(table);
  const triggers = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const trigger of triggers) db.exec(`DROP TRIGGER ${quoted(String(trigger['name']))}`);
  const columns = db.prepare('SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0').all(table);
  const free = columns.filter(({ pk }) => pk === 0).map((column) => quoted(String(column['name'])));
  const all = columns.map((column) => quoted(String(column['name'])));
  const keys = columns.filter(({ pk }) => pk !== 0).map((column) => quoted(String(column['name'])));
  const by = keys.length > 0 ? keys.join(', ') : all.join(', ');
  for (const [at, what] of edits) {
    const rows = `(${by}) IN (SELECT ${by} FROM ${name} LIMIT 1 OFFSET ${at})`;
    if (what === 'delete') db.exec(`DELETE FROM ${name} WHERE ${rows}`);
    if (what === 'update' && free.length > 0) db.exec(`UPDATE ${name} SET ${free[0]} = NULL WHERE ${rows}`);
    if (what === 'repeat' && keys.length === 0)
      db.exec(`INSERT INTO ${name} (${all.join(', ')}) SELECT ${all.join(', ')} FROM ${name} WHERE ${rows}`);
  }
  for (const trigger of triggers) db.exec(String(trigger['sql']));
}
