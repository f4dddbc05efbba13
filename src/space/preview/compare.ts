/** How what is to be delivered stands to what a target published: as the target itself will judge it, as far as that can be told from there. */
import { sameContent } from '../../instance/diff.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { isNewsSince } from '../merge/classify.ts';
import type { Base } from './bases.ts';
import { guessOf, type Finding, type Guess, type PublishedTable } from './table.ts';

/** As in `merge/classify.ts`; `unknown` where the target's state does not tell. */
export type PreviewState = 'new' | 'same' | 'safe' | 'edited' | 'deleted-there' | 'kind-clash' | 'unknown';

/** A file, a link or an empty folder that is to be delivered; or a table of the database at the path. */
export interface Offered {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly isTable: boolean;
}

/** How an object stands to a target. */
export interface Compared {
  readonly state: PreviewState;
  /** False where the target has received just this before. */
  readonly isNews: boolean;
  /** Where something else is in the place of a folder that it is to be in, and was edited or never delivered. */
  readonly blocker: Blocker | undefined;
}

/** A folder that is to be delivered where the target has something else. */
export interface Blocker {
  readonly path: string;
  readonly isNews: boolean;
}

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

  /** Each object, in their order. */
  with(table: PublishedTable, base: Base): Compared[] {
    const blockers = new Map<string, Blocker | undefined>();
    return this.objects.map((object, at): Compared => {
      const received = base.at(object.path);
      if (received === 'unknown') return { state: 'unknown', isNews: true, blocker: undefined };
      const isNews = isNewsSince(received, object.entry, (before, incoming) => before.equals(incoming));
      const state = stateOf(table, object, this.guesses[at]!, received, base);
      const isAbsent = state === 'new' || state === 'deleted-there';
      const blocker = isAbsent ? this.blockerOf(table, this.above[at]!, base, blockers) : undefined;
      return { state: blocker === undefined ? state : 'kind-clash', isNews, blocker };
    });
  }

  /** The innermost of the folders above that is none there. */
  private blockerOf(
    table: PublishedTable,
    above: readonly string[],
    base: Base,
    known: Map<string, Blocker | undefined>,
  ): Blocker | undefined {
    const passed: string[] = [];
    let blocker: Blocker | undefined;
    for (const folder of above) {
      if (known.has(folder)) {
        blocker = known.get(folder);
        break;
      }
      const guess = this.folders.get(folder)!;
      const there = table.find(guess);
      passed.push(folder);
      if (there === undefined) continue;
      const received = base.at(folder);
      if (there.kind === Kind.folder || isUnedited(table, there, guess, received)) break;
      blocker = { path: folder, isNews: this.isFolderNews(folder, received, base) };
      break;
    }
    for (const folder of passed) known.set(folder, blocker);
    return blocker;
  }

  /** Whether a folder that is to be delivered holds anything but what was received there, or less. */
  private isFolderNews(folder: string, received: ReturnType<Base['at']>, base: Base): boolean {
    if (received === undefined || received === 'unknown' || received.kind !== Kind.folder) return true;
    const before = new Map(base.leavesIn(received.id).map(({ path, entry }) => [`${folder}/${path}`, entry]));
    const incoming = this.objects.filter(({ path }) => path.startsWith(`${folder}/`));
    if (incoming.length !== before.size) return true;
    return incoming.some(({ path, entry, isTable }) => {
      const known = before.get(path);
      return isTable || known === undefined || !sameContent(known, entry);
    });
  }
}

function stateOf(
  table: PublishedTable,
  { path, entry, isTable }: Offered,
  guess: Guess,
  received: TreeEntry | undefined,
  base: Base,
): PreviewState {
  const mine = table.find(guess);
  // Whether it was deleted, and what it was like, only the target knows.
  if (mine === undefined && isTable && base.hasTables(path)) return 'unknown';
  if (mine === undefined) {
    const wasThere = received !== undefined && (entry.kind !== Kind.folder || received.kind === Kind.folder);
    return wasThere ? 'deleted-there' : 'new';
  }
  // Which rows a table has nobody can tell from its database, unless that is the very same.
  if (isTable && mine.kind === Kind.file) return table.holds(mine, guess, entry) ? 'same' : 'unknown';
  if (isTable) return 'kind-clash';
  // What was delivered is there most often, and each look costs a hash.
  if (isUnedited(table, mine, guess, received)) return isJust(received, entry) ? 'same' : 'safe';
  if (table.holds(mine, guess, entry)) return 'same';
  if (mine.kind === entry.kind) return 'edited';
  return isMaybeUnedited(table, mine, guess, received, base) ? 'unknown' : 'kind-clash';
}

/** Permissions, too: who left them as they were gets new ones. */
function isJust(received: TreeEntry | undefined, incoming: TreeEntry): boolean {
  return received !== undefined && !isNewsSince(received, incoming, () => false);
}

/** What is in a folder is other objects' matter: nobody can tell of it that all is as it was. */
function isUnedited(table: PublishedTable, mine: Finding, guess: Guess, received: ReturnType<Base['at']>): boolean {
  return received !== undefined && received !== 'unknown' && received.kind !== Kind.folder && table.holds(mine, guess, received);
}

/** A folder in which all is there that was received: only its owner knows what else is. */
function isMaybeUnedited(table: PublishedTable, mine: Finding, guess: Guess, received: TreeEntry | undefined, base: Base): boolean {
  if (mine.kind !== Kind.folder || received?.kind !== Kind.folder) return false;
  return base.leavesIn(received.id).every(({ path, entry }) => {
    const below = { path: Buffer.concat([guess.path, Buffer.from('/'), guessOf(path).path.subarray(1)]) };
    const there = table.find(below);
    return there !== undefined && table.holds(there, below, entry);
  });
}
