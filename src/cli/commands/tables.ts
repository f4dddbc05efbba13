/** tables; table show, diff, restore */
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { requireConsent } from '../consent.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';
import type { TableRestoreOutcome, TableRestorePlan } from '../../engine/tablesApi.ts';
import { exitCodes } from '../exit.ts';
import {
  listedTables,
  rowColumns,
  tableColumns,
  tableDiffLines,
  tableDiffSummary,
  tablePlanLines,
  tableRestoredLines,
} from '../render/tables.ts';

const current = 'current';
const limit = { value: 'N', summary: 'How many rows to show (default: 100)' };

export const tables = command({
  name: 'tables',
  group: 'tables, applications',
  summary: 'List the databases of a state (default: the current state) with their tables, rows and sizes',
  arguments: ['[STATE]'],
  options: { 'no-counts': { summary: 'Leave out rows and sizes, which take a look at every page' } },
  async run({ arguments: [state], options }, { engine, call, io, report }) {
    const found = await engine.tables({ state: state ?? current, ...(options['no-counts'] && { counts: false }) }, call);
    const listed = listedTables(found);
    await report.result(found, () => (listed.length === 0 ? [] : report.table(listed, tableColumns(report.formats))));
    if (found.length === 0 && io.out.terminal) await report.note(() => ['There is no SQLite database.']);
    return exitCodes.done;
  },
});

export const tableShow: Command = command({
  name: 'table show',
  group: 'tables, applications',
  summary: 'Show rows of a table: [STATE] DB:TABLE or STATE DB TABLE (default: the current state)',
  arguments: ['DB:TABLE…'],
  options: { limit, after: { value: 'PLACE', summary: 'Go on from what the rows before gave as the next place' } },
  async run({ arguments: [given], options }, { engine, call, io, path, report }) {
    const [states, table] = statesAndTable(given, 1, tableShow);
    const request = {
      state: states[0] ?? current,
      ...named(table, path),
      ...present({ limit: rowsOf(options.limit, tableShow), after: options.after }),
    };
    const page = await engine.tableRows(request, call);
    await report.result(page, () => (page.rows.length === 0 ? [] : report.table(page.rows, rowColumns(page, io.out.terminal))));
    if (io.out.terminal && page.next !== null) await report.note(() => [`More: --after '${page.next!.replaceAll("'", `'\\''`)}'`]);
    return exitCodes.done;
  },
});

export const tableDiff: Command = command({
  name: 'table diff',
  group: 'tables, applications',
  summary: 'Show which rows of a table differ from state A to state B (default: the current state): A [B] DB:TABLE or A B DB TABLE',
  arguments: ['A', 'DB:TABLE…'],
  options: { limit, skip: { value: 'N', summary: 'Of each kind of change, pass over so many rows' } },
  async run({ arguments: [a, given], options }, { engine, call, io, path, report }) {
    const [states, table] = statesAndTable(given, 1, tableDiff);
    const numbers = present({ limit: rowsOf(options.limit, tableDiff), skip: rowsOf(options.skip, tableDiff) });
    const found = await engine.diffTable({ a, ...present({ b: states[0] }), ...named(table, path), ...numbers }, call);
    await report.result(found, () => tableDiffLines(found, io.out.terminal, io.out.paint));
    if (io.out.terminal) await report.note(() => [tableDiffSummary(found, report.formats)]);
    return exitCodes.done;
  },
});

export const tableRestore: Command = command({
  name: 'table restore',
  group: 'tables, applications',
  summary: 'Bring one table of the live database back to a snapshot, in one transaction: STATE DB:TABLE or STATE DB TABLE',
  arguments: ['STATE', 'DB:TABLE…'],
  options: {},
  async run({ arguments: [state, given] }, context) {
    const { engine, call, flags, io, path, report } = context;
    const [, table] = statesAndTable(given, 0, tableRestore);
    const request = { state, ...named(table, path) };
    if (flags.yes && !flags.dryRun) return finished(await engine.restoreTable(request, call), { request }, context);
    const plan = await engine.planTableRestore(request, call);
    const lines = tablePlanLines(plan, report.formats);
    const { counts, schema } = plan;
    const isNothing = counts.add + counts.change + counts.remove + schema.length === 0;
    if (flags.dryRun || (isNothing && io.ask !== undefined)) {
      await report.result({ plan }, () => lines);
      return exitCodes.done;
    }
    const replaces = counts.change + counts.remove + schema.length > 0;
    if (replaces) await requireConsent(context, { what: 'This restore', question: 'Restore?', plan, lines });
    return finished(await engine.executeTableRestore(plan, call), plan, context);
  },
});

async function finished(
  outcome: TableRestoreOutcome,
  plan: Pick<TableRestorePlan, 'request'> | TableRestorePlan,
  { flags, report }: Context,
): Promise<number> {
  const { counts, schema, safety } = outcome;
  if (flags.json) await report.document({ plan: { counts, schema, ...plan }, outcome: { counts, schema, safety: safety ?? null } });
  else await report.note(() => tableRestoredLines(outcome, report.formats));
  return exitCodes.done;
}

/**
 * What is before `DB:TABLE`, at most `most` states, and the table. `DB` ends at the first colon; as two arguments, which then all have
 * their states before them, both may hold any text.
 */
function statesAndTable(
  given: readonly string[],
  most: number,
  of: Command,
): [states: readonly string[], table: readonly [string, string]] {
  const last = given.at(-1) ?? '';
  const colon = last.indexOf(':');
  if (given.length === most + 2) return [given.slice(0, most), [given[most]!, last]];
  if (given.length > most + 2 || given.length === 0 || colon < 1) throw usageError('Name the table as DB:TABLE.', of);
  return [given.slice(0, -1), [last.slice(0, colon), last.slice(colon + 1)]];
}

function named([database, table]: readonly [string, string], path: Context['path']): { readonly database: string; readonly table: string } {
  return { database: path(database), table };
}

function rowsOf(text: string | undefined, of: Command): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw usageError(`“${text}” is no number of rows.`, of);
  return Number(text);
}
