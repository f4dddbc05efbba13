/** How what is to be delivered stands to what a target published: as the target itself will judge it, as far as that can be told from there. */
import { foldersAbove } from '../../instance/scopes.ts';
import { Kind } from '../../store/tree.ts';
import { guessOf, type Finding, type Guess, type PublishedObject, type PublishedTable } from './table.ts';

/** As in `merge/classify.ts`; `unknown` where the target's state does not tell. */
export type PreviewState = 'new' | 'same' | 'safe' | 'edited' | 'deleted-there' | 'kind-clash' | 'unknown';

/** A file, a link or an empty folder that is to be delivered; or a table of the database at the path. */
export interface Offered extends PublishedObject {
  readonly isTable: boolean;
}

/** What a target last received at a path; `unknown`: it has received it since it published its state. */
export type BaseOf = (path: string) => Pick<PublishedObject, 'kind' | 'id'> | 'unknown' | undefined;

/** The same objects compared with one target after the other. */
export class Comparison {
  private readonly objects: readonly Offered[];
  private readonly guesses: readonly Guess[];
  private readonly above: readonly (readonly string[])[];
  private readonly folders: ReadonlyMap<string, Guess>;

  constructor(objects: readonly Offered[]) {
    this.objects = objects;
    this.guesses = objects.map(({ path }) => guessOf(path));
    this.above = objects.map(({ path }) => foldersAbove(path).toReversed());
    this.folders = new Map(this.above.flat().map((path) => [path, guessOf(path)]));
  }

  /** The state of each object, in their order. */
  with(table: PublishedTable, baseOf: BaseOf): PreviewState[] {
    const inTheWay = new Map<string, boolean>();
    return this.objects.map((object, at) => {
      const base = baseOf(object.path);
      if (base === 'unknown') return 'unknown';
      const state = stateOf(table, object, this.guesses[at]!, base);
      const isAbsent = state === 'new' || state === 'deleted-there';
      return isAbsent && this.isBlocked(table, this.above[at]!, baseOf, inTheWay) ? 'kind-clash' : state;
    });
  }

  /** Whether a file or a link that was edited, or never delivered, is where a folder is to be; the innermost is looked for first. */
  private isBlocked(table: PublishedTable, above: readonly string[], baseOf: BaseOf, known: Map<string, boolean>): boolean {
    const passed: string[] = [];
    let isBlocked = false;
    for (const folder of above) {
      const before = known.get(folder);
      const guess = this.folders.get(folder)!;
      const there = before === undefined ? table.find(guess) : undefined;
      passed.push(folder);
      if (before === undefined && there === undefined) continue;
      isBlocked = before ?? (there!.kind !== Kind.folder && !isUnedited(table, there!, guess, baseOf(folder)));
      break;
    }
    for (const folder of passed) known.set(folder, isBlocked);
    return isBlocked;
  }
}

function stateOf(
  table: PublishedTable,
  object: Offered,
  guess: Guess,
  base: Pick<PublishedObject, 'kind' | 'id'> | undefined,
): PreviewState {
  const mine = table.find(guess);
  if (mine === undefined) return base === undefined ? 'new' : 'deleted-there';
  // Which rows a table has nobody can tell from its database.
  if (object.isTable) return mine.kind === Kind.file ? 'unknown' : 'kind-clash';
  // What was delivered is there most often, and each look costs a hash.
  if (isUnedited(table, mine, guess, base)) return isSame(base, object) ? 'same' : 'safe';
  if (table.holds(mine, guess, object)) return 'same';
  return mine.kind === object.kind ? 'edited' : 'kind-clash';
}

/** What is in a folder is other objects' matter: nobody can tell of it that all is as it was. */
function isUnedited(table: PublishedTable, mine: Finding, guess: Guess, base: ReturnType<BaseOf>): boolean {
  return base !== undefined && base !== 'unknown' && base.kind !== Kind.folder && table.holds(mine, guess, base);
}

function isSame(base: ReturnType<BaseOf>, { kind, id }: Offered): boolean {
  return base !== undefined && base !== 'unknown' && base.kind === kind && base.id.equals(id);
}
