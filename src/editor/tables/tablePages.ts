import { env, l10n } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { Cell, TableDiff, TableInfo } from '../../engine/tablesApi.ts';
import { engineWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import { stateName, type State } from '../state.ts';
import { stateTitle } from '../words.ts';
import type { Databases } from './databases.ts';
import { layOut } from './rowLines.ts';
import { differencesInWords, oneLine, rowCount, tableKindWord } from './tableWords.ts';

/** Rows that are read at once; of a comparison, of each kind of change. */
const rowsAtOnce = 200;

/** A table in a state. */
export interface TableIn extends State {
  /** Path of the database. */
  readonly database: string;
  readonly table: string;
}

/** A table in two states, from the snapshot to another one or, without that, to the current state. */
export interface ComparedTable extends TableIn {
  readonly snapshot: SnapshotInfo;
  readonly to?: SnapshotInfo;
}

export type Side = 'before' | 'after';

/** What is shown of a table, read page by page. */
export interface TablePages {
  readonly hasMore: boolean;
  /** Reads the next page, at first the first one. */
  more(options: CallOptions): Promise<void>;
  /** Reads what takes a look at the whole table, and is shown later. */
  complete(options: CallOptions): Promise<void>;
  lines(side: Side): readonly string[];
}

/** The rows of a table, in the order of its key. */
export class RowPages implements TablePages {
  readonly #subject: TableIn;
  readonly #databases: Databases;
  readonly #rows: (readonly Cell[])[] = [];
  #columns: readonly string[] = [];
  #next: string | null = null;
  #info: TableInfo | undefined;

  constructor(subject: TableIn, databases: Databases) {
    this.#subject = subject;
    this.#databases = databases;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  async more(options: CallOptions): Promise<void> {
    const { instance, snapshot, database, table } = this.#subject;
    const after = this.#next === null ? {} : { after: this.#next };
    const page = await instance.engine.tableRows({ state: stateName(snapshot), database, table, limit: rowsAtOnce, ...after }, options);
    this.#columns = page.columns;
    this.#rows.push(...page.rows);
    this.#next = page.next;
  }

  async complete(options: CallOptions): Promise<void> {
    const { instance, snapshot, database, table } = this.#subject;
    const { tables } = await this.#databases.read(instance, snapshot, database, options);
    this.#info = tables.find(({ name }) => name === table);
  }

  lines(): readonly string[] {
    const layout = layOut(this.#columns, this.#rows);
    const definition = this.#info?.columns.filter(({ hidden }) => !hidden).map(columnInWords) ?? [];
    return [
      ...head(this.#subject, stateTitle(this.#subject.snapshot)),
      this.#facts(),
      ...(definition.length === 0 ? [] : [l10n.t('Columns: {0}', definition.join(', '))]),
      '',
      layout.names,
      layout.rule,
      ...this.#rows.map((row) => layout.line(row)),
      ...(this.#rows.length === 0 ? [l10n.t('There are no rows.')] : []),
      ...(this.hasMore ? ['', l10n.t('{0} are shown. There are more: Show More Rows.', rowCount(this.#rows.length))] : []),
      '',
    ];
  }

  #facts(): string {
    const info = this.#info;
    const counted = this.hasMore ? info?.rows : this.#rows.length;
    return [
      ...(info && info.kind !== 'table' ? [tableKindWord(info.kind)] : []),
      ...(typeof counted === 'number' ? [rowCount(counted)] : []),
      ...(typeof info?.bytes === 'number' ? [formatSize(info.bytes, env.language)] : []),
      ...(info?.together ? [engineWords(info.together)] : []),
    ].join(' · ');
  }
}

/** The rows of a table that differ between two states. */
export class DifferencePages implements TablePages {
  readonly #subject: ComparedTable;
  #diff: TableDiff | undefined;
  #skip = 0;

  constructor(subject: ComparedTable) {
    this.#subject = subject;
  }

  /** True when rows or definition differ. */
  get isDifferent(): boolean {
    const { counts, schema } = this.#diff ?? noDifference;
    return counts.added + counts.changed + counts.removed + schema.length > 0;
  }

  get hasMore(): boolean {
    const { counts } = this.#diff ?? noDifference;
    return Math.max(counts.added, counts.changed, counts.removed) > this.#skip;
  }

  async more(options: CallOptions): Promise<void> {
    const { instance, snapshot, to, database, table } = this.#subject;
    const request = { a: snapshot.id, b: stateName(to), database, table, skip: this.#skip, limit: rowsAtOnce };
    const page = await instance.engine.diffTable(request, options);
    const { added, removed, changed } = this.#diff ?? noDifference;
    this.#diff = {
      ...page,
      added: [...added, ...page.added],
      removed: [...removed, ...page.removed],
      changed: [...changed, ...page.changed],
    };
    this.#skip += rowsAtOnce;
  }

  async complete(): Promise<void> {
    // Its counts are known with its first page.
  }

  /** Both sides have the same lines apart from the rows, so that a diff editor sets them side by side. */
  lines(side: Side): readonly string[] {
    const { by, columns, counts, schema, added, removed, changed } = this.#diff ?? noDifference;
    const { snapshot, to } = this.#subject;
    const layout = layOut(columns, [...changed.flatMap(({ before, after }) => [before, after]), ...added, ...removed]);
    const rows = (title: string, count: number, shown: readonly (readonly Cell[])[]): string[] =>
      count === 0 ? [] : ['', `${title} (${formatNumber(count, env.language)})`, ...shown.map((row) => layout.line(row))];
    const differences = differencesInWords(counts) || l10n.t('no row differs');
    const told = by === 'key' ? l10n.t('compared by primary key') : l10n.t('compared by all their values');
    return [
      ...head(this.#subject, `${stateTitle(snapshot)} ↔ ${stateTitle(to)}`),
      `${differences} (${told})`,
      ...schema.map(engineWords),
      '',
      layout.names,
      layout.rule,
      ...rows(
        l10n.t('Changed'),
        counts.changed,
        changed.map((row) => row[side]),
      ),
      ...rows(l10n.t('New'), counts.added, side === 'after' ? added : []),
      ...rows(l10n.t('Removed'), counts.removed, side === 'before' ? removed : []),
      ...(this.hasMore
        ? ['', l10n.t('{0} are shown. There are more: Show More Rows.', rowCount(changed.length + added.length + removed.length))]
        : []),
      '',
    ];
  }
}

const noDifference: TableDiff = {
  by: 'row',
  columns: [],
  key: [],
  schema: [],
  counts: { added: 0, removed: 0, changed: 0 },
  added: [],
  removed: [],
  changed: [],
};

function head({ database, table }: TableIn, states: string): string[] {
  return [oneLine(table), l10n.t('in {0} · {1}', displayText(database), states)];
}

/** `id INTEGER, key 1`. */
function columnInWords({ name, type, key, generated }: TableInfo['columns'][number]): string {
  const facts = [
    oneLine(name),
    oneLine(type),
    ...(key > 0 ? [l10n.t('(key)')] : []),
    ...(generated === null ? [] : [l10n.t('(generated)')]),
  ];
  return facts.filter(Boolean).join(' ');
}
