import { joinPath } from '../../base/paths.ts';
import { lowerBound } from '../../base/sorted.ts';
import { EMPTY, sameContent, type Side } from '../../instance/diff.ts';
import { besideName, type NameTraits } from '../../instance/names.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import type { Trees } from '../../instance/states.ts';
import { Kind, type Tree, type TreeEntry } from '../../store/tree.ts';
import type { Hold, Place, Target } from '../merge/classify.ts';
import { EMPTY_ID, type Edit } from '../merge/editTree.ts';
import { guardOf } from '../merge/guardedNames.ts';
import { FolderNames, writtenNames } from '../merge/targetNames.ts';
import { takingPlan, type TakenObject, type TakingPlan } from './takeBack.ts';

export interface RecallRequest {
  /** What was last received, what is here, and what holds once it is taken back: of those alone that were received here. */
  readonly sides: { readonly base: Side; readonly mine: Side; readonly after: Side };
  /** Trees that were delivered and are taken back, all of them received here. */
  readonly delivered: readonly { readonly trees: Trees; readonly root: Buffer }[];
  readonly paths: readonly string[];
  readonly evenEdited: boolean;
  readonly target: Target;
  /** What the sender is called in the names of files. */
  readonly label: string;
}

/**
 * What a recall does at a target. It acts where what was last received is what is taken back: unedited copies go, or become what was
 * delivered before; those that were edited stay unless it is said otherwise, and may be taken back by a later recall. Changes nothing.
 */
export function planRecall(request: RecallRequest, check: () => void): TakingPlan {
  const recalling = new Recalling(request, check);
  for (const { trees, root } of request.delivered) recalling.all(trees, root);
  return takingPlan(
    recalling.objects.toSorted((a, b) => (a.place < b.place ? -1 : 1)),
    recalling.baseEdits,
  );
}

interface Folders {
  readonly delivered: Buffer;
  readonly base: Buffer | undefined;
  readonly mine: Buffer | undefined;
  readonly after: Buffer | undefined;
}

interface Found extends Place {
  readonly base: TreeEntry;
  readonly after: TreeEntry | undefined;
  readonly mine: TreeEntry | undefined;
  readonly hasCode: boolean;
}

class Recalling {
  readonly objects: TakenObject[] = [];
  readonly baseEdits: Edit[] = [];
  private readonly request: RecallRequest;
  private readonly traits: NameTraits;
  private readonly check: () => void;
  private readonly isNamed: (path: string) => boolean;
  private readonly above: ReadonlySet<string>;
  private readonly isUnread: (place: string) => boolean;
  private readonly unsaved: ReadonlySet<string>;
  /** Places in the base that were looked at, for several deliveries may have brought the same. */
  private readonly seen = new Set<string>();

  constructor(request: RecallRequest, check: () => void) {
    const { paths, target } = request;
    this.request = request;
    this.traits = target.traits;
    this.check = check;
    this.isNamed = within(paths);
    this.above = new Set(paths.flatMap((path) => ['', ...foldersAbove(path)]));
    this.isUnread = within(target.unread);
    this.unsaved = new Set(target.unsaved);
  }

  all(trees: Trees, root: Buffer): void {
    const { base, mine, after } = this.request.sides;
    const at = { path: '', place: '', basePath: '' };
    this.folder(trees, at, { delivered: root, base: base.folder, mine: mine.folder, after: after.folder }, false);
  }

  /** `base` holds what was received of it: without one there is nothing to be taken back. */
  private folder(trees: Trees, at: Place, { delivered, base, mine, after }: Folders, hasCode: boolean): void {
    if (base === undefined) return;
    this.check();
    const { sides } = this.request;
    const coming = trees.tree(delivered);
    const before = sides.base.trees.tree(base);
    const there = mine === undefined ? EMPTY : sides.mine.trees.tree(mine);
    const present = new FolderNames(there.names, this.traits);
    const written = writtenNames(coming.names, there.names, this.traits);
    const copies = this.copiesIn(before);
    for (const [row, name] of coming.names.entries()) {
      const path = joinPath(at.path, name);
      if (!this.isNamed(path) && !this.above.has(path)) continue;
      const entry = coming.entry(row);
      const inner = hasCode || guardOf(name) === 'code';
      const place = (as: string): { place: string; mine: TreeEntry | undefined } => {
        const found = present.rowOf(as);
        return { place: joinPath(at.place, there.names[found] ?? as), mine: found < 0 ? undefined : there.entry(found) };
      };
      const last = after === undefined ? undefined : sides.after.trees.find(after, name);
      this.entry(trees, entry, { path, ...place(written(name)), basePath: joinPath(at.basePath, name) }, { base: find(before, name), after: last, hasCode: inner }); // prettier-ignore
      for (const copy of copies) {
        if (find(coming, copy) !== undefined || !isCopyOf(copy, name, this.request.label, copies.length)) continue;
        const beside = { path, ...place(copy), basePath: joinPath(at.basePath, copy) };
        this.entry(trees, entry, beside, { base: find(before, copy), after: undefined, hasCode: inner });
      }
    }
  }

  private entry(
    trees: Trees,
    delivered: TreeEntry,
    { mine, ...place }: Place & { readonly mine: TreeEntry | undefined },
    { base, after, hasCode }: { base: TreeEntry | undefined; after: TreeEntry | undefined; hasCode: boolean },
  ): void {
    if (base?.kind !== delivered.kind) return;
    const folderOf = (entry: TreeEntry | undefined): Buffer | undefined => (entry?.kind === Kind.folder ? entry.id : undefined);
    if (delivered.kind === Kind.folder && !delivered.id.equals(EMPTY_ID)) {
      const ids = { delivered: delivered.id, base: base.id, mine: folderOf(mine), after: folderOf(after) };
      return this.folder(trees, place, ids, hasCode);
    }
    if (!this.isNamed(place.path) || !sameContent(base, delivered) || this.seen.has(place.basePath)) return;
    this.seen.add(place.basePath);
    this.object({ ...place, base, after, mine, hasCode });
  }

  private object({ hasCode, after, ...found }: Found): void {
    const { base, mine, path, place, basePath } = found;
    if (after !== undefined && sameContent(after, base)) return;
    const isSo = after === undefined || mine === undefined ? after === mine : sameContent(after, mine);
    const hold = this.holdOf(place, after, hasCode);
    const state = this.stateOf(base, mine, place);
    const outcome = isSo ? undefined : hold === undefined ? this.outcomeOf(state, after, mine) : 'kept';
    // What stays is still what was received: a later recall may say otherwise.
    if (outcome !== 'kept') this.baseEdits.push({ path, place: basePath, entry: after });
    if (outcome !== undefined) this.objects.push({ ...found, state, outcome, hold, incoming: after });
  }

  private stateOf(base: TreeEntry, mine: TreeEntry | undefined, place: string): TakenObject['state'] {
    if (mine === undefined) return 'deleted-there';
    if (mine.kind !== base.kind) return 'kind-clash';
    return sameContent(base, mine) && !this.unsaved.has(place) ? 'safe' : 'edited';
  }

  private outcomeOf(state: TakenObject['state'], after: TreeEntry | undefined, mine: TreeEntry | undefined): TakenObject['outcome'] {
    if (state === 'safe') return after === undefined ? 'deleted' : 'updated';
    // A folder in its place holds what nobody delivered.
    if (!this.request.evenEdited || mine?.kind === Kind.folder) return 'kept';
    if (mine === undefined) return 'created';
    return after === undefined ? 'deleted' : 'replaced';
  }

  private holdOf(place: string, after: TreeEntry | undefined, hasCode: boolean): Hold | undefined {
    if (this.isUnread(place)) return 'unread';
    return hasCode && after !== undefined ? 'code' : undefined;
  }

  /** Names in a received folder that may be those of what was saved beside. */
  private copiesIn({ names }: Tree): readonly string[] {
    const mark = besideName('', this.request.label, 1).slice(0, -1);
    return names.filter((name) => name.includes(mark));
  }
}

function find(tree: Tree, name: string): TreeEntry | undefined {
  const row = lowerBound(tree.names, name);
  return tree.names[row] === name ? tree.entry(row) : undefined;
}

/** Others of the same name may lie between: nobody has many. */
const MOST_BETWEEN = 20;

function isCopyOf(copy: string, name: string, label: string, copies: number): boolean {
  for (let number = 1; number <= copies + MOST_BETWEEN; number++) if (besideName(name, label, number) === copy) return true;
  return false;
}
