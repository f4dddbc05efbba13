/** What differs between three versions of a table, found by SQLite with all three databases open: memory does not grow with them. */
import { cellsOf, type Window } from '../../../instance/tables/compareTables.ts';
import type { Row, Sandbox } from '../../../instance/tables/sandbox.ts';
import { schemaDifferences } from '../../../instance/tables/schema.ts';
import type { Cell } from '../../../instance/tables/values.ts';
import { Versions } from './versions.ts';

/** Who changed a row since the base: both, but no cell differently, is `joint`, both the same cell differently `conflict`. */
export type RowChange = 'mine' | 'incoming' | 'joint' | 'conflict';

/** A row in three versions, `null` where there is none. */
export interface ThreeRow {
  readonly change: RowChange;
  readonly mine: readonly Cell[] | null;
  readonly base: readonly Cell[] | null;
  readonly incoming: readonly Cell[] | null;
  /** Columns that mine and incoming changed since the base; of a row that came or went all. */
  readonly cells: { readonly mine: readonly number[]; readonly incoming: readonly number[] };
}

export interface ThreeTables {
  readonly by: 'key' | 'row';
  /** Those that all have, by their names in mine. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** What was changed in the definition, in words: since the base, or from mine to incoming. */
  readonly schema: { readonly mine: readonly string[]; readonly incoming: readonly string[] };
  readonly counts: Readonly<Record<RowChange, number>>;
  /** Those of the window. */
  readonly rows: readonly ThreeRow[];
}

/** Rows between two turns of others. */
const TURN_ROWS = 5000;

/**
 * Of the sandbox's `main` (mine), `other` (incoming) and `base`, which may lack the table: then what only one has is its addition.
 * `only`: rows of these changes alone are told; all are counted. Rows that are alike in mine and incoming are none.
 * @throws SnapstageError `not-found` when mine or incoming lacks the table; `refused` for a view or a virtual table; as the sandbox does.
 */
export async function compareThree(sandbox: Sandbox, name: string, window: Window, only?: ReadonlySet<RowChange>): Promise<ThreeTables> {
  const versions = new Versions(sandbox, name);
  const { by, columns, mine, base, incoming } = versions;
  const counts = { mine: 0, incoming: 0, joint: 0, conflict: 0 };
  const rows: ThreeRow[] = [];
  let passed = 0;
  let count = 0;
  for (const found of versions.rows()) {
    for (const row of by === 'key' ? [threeRow(found, versions)] : countedRows(found, columns.length)) {
      counts[row.change] += 1;
      if (only?.has(row.change) === false) continue;
      passed += 1;
      if (passed > window.skip && rows.length < window.limit) rows.push(row);
    }
    if ((count += 1) % TURN_ROWS === 0) await sandbox.turn();
  }
  const since = base ?? mine;
  return {
    by,
    columns: columns.map(([column]) => column!.name),
    key: mine.key.map(({ column }) => column),
    schema: { mine: schemaDifferences(since, mine), incoming: schemaDifferences(since, incoming) },
    counts,
    rows,
  };
}

function threeRow(row: Row, versions: Versions): ThreeRow {
  const count = versions.columns.length;
  const { change, cells } = changeOf(row, versions);
  const cellsIn = (side: 0 | 1 | 2): Cell[] | null => (row.value(side) === 1n ? cellsOf(row, versions.cellsOf(side), count) : null);
  return { change, mine: cellsIn(0), base: cellsIn(1), incoming: cellsIn(2), cells };
}

/** Who changed a row found by its key, and which of its cells. */
export function changeOf(row: Row, versions: Versions): Pick<ThreeRow, 'change' | 'cells'> {
  const all = versions.columns.map((_, at) => at);
  const [isMine, isBase, isIncoming] = [0, 1, 2].map((side) => row.value(side) === 1n) as [boolean, boolean, boolean];
  const differing = (one: 0 | 2, other: 1 | 2): number[] =>
    all.filter((at) => row.differs(versions.cellsOf(one) + at, versions.cellsOf(other) + at));
  const since = (isThere: boolean, side: 0 | 2): number[] => (isThere !== isBase ? all : isThere ? differing(side, 1) : []);
  const cells = { mine: since(isMine, 0), incoming: since(isIncoming, 2) };
  if (cells.incoming.length === 0) return { change: 'mine', cells };
  if (cells.mine.length === 0) return { change: 'incoming', cells };
  const isConflict =
    !isMine || !isBase || !isIncoming || differing(0, 2).some((at) => cells.mine.includes(at) && cells.incoming.includes(at));
  return { change: isConflict ? 'conflict' : 'joint', cells };
}

/** Equal rows that came or went on one side, or differently often on both. */
function* countedRows(row: Row, columns: number): Generator<ThreeRow> {
  const [mine, base, incoming] = [0, 1, 2].map((at) => Number(row.value(at))) as [number, number, number];
  const cells = cellsOf(row, 3, columns);
  const all = cells.map((_, at) => at);
  const change = mine === base ? 'incoming' : incoming === base ? 'mine' : 'conflict';
  const one: ThreeRow = {
    change,
    mine: mine > incoming ? cells : null,
    base: base > Math.min(mine, incoming) ? cells : null,
    incoming: incoming > mine ? cells : null,
    cells: { mine: change === 'incoming' ? [] : all, incoming: change === 'mine' ? [] : all },
  };
  for (let i = Math.abs(mine - incoming); i > 0; i--) yield one;
}
