import { SnapstageError } from '../../base/errors.ts';
import { badName } from '../../base/paths.ts';
import { foldersAbove } from '../../instance/scopes.ts';

/** What to do where the target holds something else: PRODUCT's strategies. */
export type Strategy = 'overwrite' | 'skip' | 'rename' | 'mirror' | 'ask';

export type ItemType = 'file' | 'folder' | 'table' | 'application' | 'snapshot';

/** One staged object as a distribution names it. */
export interface Item {
  readonly type: ItemType;
  /** Where it is in the delivered tree; of a table, its database; `''` for a snapshot. */
  readonly path: string;
  readonly table?: string;
  /** Absent: as for its type. */
  readonly strategy?: Strategy;
}

export interface Strategies {
  readonly overall: Strategy;
  readonly byType?: Readonly<Partial<Record<ItemType, Strategy>>>;
}

/** Which part of a delivered tree is staged as what: the innermost item counts. */
export class Staged {
  private readonly items = new Map<string, Strategy>();
  /** Folders whose whole content is staged. */
  private readonly folders = new Map<string, Strategy>();
  /** Folders above items: what holds for all of these, or `ask`. */
  private readonly ways = new Map<string, Strategy>();
  /** Tables of databases that are not staged as files, by database. */
  private readonly tables = new Map<string, Map<string, Strategy>>();

  /** @throws SnapstageError `damaged` for a path that is not one inside the folder. */
  constructor(items: readonly Item[], strategies: Strategies) {
    for (const item of items) {
      const { type } = item;
      const path = checkedPath(item);
      const strategy = item.strategy ?? strategies.byType?.[type] ?? strategies.overall;
      if (type === 'table') this.tables.set(path, new Map(this.tables.get(path)).set(item.table ?? '', strategy));
      else this.items.set(path, strategy);
      if (type === 'folder' || type === 'snapshot') this.folders.set(path, strategy);
      for (const above of [...(path === '' ? [] : ['']), ...foldersAbove(path)]) {
        this.ways.set(above, (this.ways.get(above) ?? strategy) === strategy ? strategy : 'ask');
      }
    }
  }

  /** What an item covers, itself and all below it. */
  covers(path: string): boolean {
    return this.items.has('') || [...foldersAbove(path), path].some((each) => this.items.has(each));
  }

  /** A folder that is there only to lead to what is staged. */
  isWay(path: string): boolean {
    return this.ways.has(path);
  }

  /** A database of which tables are staged, not the file. */
  holdsTables(path: string): boolean {
    return this.tables.has(path) && !this.covers(path);
  }

  /** Tables that are staged by themselves. */
  *stagedTables(): Generator<{ readonly database: string; readonly table: string; readonly strategy: Strategy }> {
    for (const [database, tables] of this.tables) {
      if (!this.covers(database)) for (const [table, strategy] of tables) yield { database, table, strategy };
    }
  }

  /** Of a table that is staged by itself. */
  strategyOf(database: string, table: string): Strategy | undefined {
    return this.tables.get(database)?.get(table);
  }

  strategyAt(path: string): Strategy {
    const covering = [...foldersAbove(path), path].findLast((each) => this.items.has(each));
    return this.items.get(covering ?? '') ?? this.ways.get(path) ?? 'ask';
  }

  /** Whether a folder is to hold nothing but what is delivered. */
  isMirrored(folder: string): boolean {
    const inner = [...foldersAbove(folder), folder].findLast((each) => this.folders.has(each));
    return this.folders.get(inner ?? '') === 'mirror';
  }
}

function checkedPath({ type, path }: Item): string {
  const isWhole = path === '' && type !== 'file' && type !== 'table';
  if (isWhole || path.split('/').every((name) => badName(name) === undefined)) return path;
  throw new SnapstageError('damaged', `A delivery names “${path}”, which is no path in a folder.`, { path });
}
