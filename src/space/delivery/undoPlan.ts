import { comparePaths } from '../../base/paths.ts';
import { differences, holdsSame, sameContent, type Side } from '../../instance/diff.ts';
import { within } from '../../instance/scopes.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { permissionsOf, type Target } from '../merge/classify.ts';
import { EMPTY_ID, type Edit } from '../merge/editTree.ts';
import { takingPlan, type TakenObject, type TakingPlan } from './takeBack.ts';

/** The target's tree before and after something was applied. */
export interface Round {
  readonly before: Side & { readonly folder: Buffer };
  readonly after: Side & { readonly folder: Buffer };
}

export interface UndoRequest {
  readonly sides: {
    readonly base: Side;
    readonly mine: Side & { readonly folder: Buffer };
    /** What holds of all else that was received here. */
    readonly after: Side;
  };
  /** The delivered tree. */
  readonly delivered: Side & { readonly folder: Buffer };
  /** The latest last. */
  readonly rounds: readonly Round[];
  readonly target: Target;
}

interface Change {
  readonly from: TreeEntry | undefined;
  readonly to: TreeEntry | undefined;
}

/** Puts back what applying a distribution changed at a target, where nobody has touched it since. Changes nothing. */
export function planUndo(request: UndoRequest, check: () => void): TakingPlan {
  const { base, mine } = request.sides;
  const changes = changesIn(request.rounds, check);
  const isUnread = within(request.target.unread);
  const unsaved = new Set(request.target.unsaved);
  const objects: TakenObject[] = [];
  const baseEdits: Edit[] = [];
  const kept: string[] = [];
  for (const [place, { from, to }] of [...changes].toSorted(([a], [b]) => comparePaths(a, b))) {
    const here = mine.trees.entry(mine.folder, place);
    if (isSame(here, from)) {
      baseEdits.push(...baseEdit(place, from, request));
      continue;
    }
    const isUntouched = !unsaved.has(place) && (isSame(here, to) || holdsOnly(here, to, request));
    const isKept = !isUntouched || isUnread(place) || within(kept)(place);
    if (isKept) kept.push(place);
    else baseEdits.push(...baseEdit(place, from, request));
    objects.push({
      path: place,
      place,
      basePath: place,
      state: isUntouched ? 'safe' : here === undefined ? 'deleted-there' : 'edited',
      outcome: isKept ? 'kept' : from === undefined ? 'deleted' : here === undefined ? 'created' : 'updated',
      hold: isUnread(place) ? 'unread' : undefined,
      base: base.folder === undefined ? undefined : base.trees.entry(base.folder, place),
      incoming: from?.kind === Kind.folder ? { ...from, id: EMPTY_ID } : from,
      mine: here,
    });
  }
  return takingPlan(objects, baseEdits);
}

/** What was there before all rounds and after them, by place. What was edited in between counts as what was there before. */
function changesIn(rounds: readonly Round[], check: () => void): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const round of rounds.toReversed()) {
    check();
    for (const [place, change] of changesOf(round)) {
      const later = changes.get(place);
      if (later === undefined) changes.set(place, change);
      else if (isSame(later.from, change.to)) changes.set(place, { from: change.from, to: later.to });
    }
  }
  return changes;
}

/** Files, links and empty folders; and folders that took a file's place, or gave theirs to one. */
function changesOf({ before, after }: Round): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const { path, from, to } of differences(before, after)) {
    const known = changes.get(path);
    changes.set(path, { from: from ?? known?.from, to: to ?? known?.to });
  }
  const counts = (entry: TreeEntry | undefined): boolean =>
    entry !== undefined && (entry.kind !== Kind.folder || entry.id.equals(EMPTY_ID));
  return new Map(
    [...changes].filter(([, { from, to }]) => (counts(from) || counts(to)) && !(isSame(from, to) && from?.kind === Kind.folder)),
  );
}

/** The same content and permissions; times alone make no difference. */
function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameContent(a, b) && (a.kind === Kind.link || permissionsOf(a.mode) === permissionsOf(b.mode));
}

/** A folder that came and has nothing else in it: all of it can go. */
function holdsOnly(here: TreeEntry | undefined, to: TreeEntry | undefined, { sides, rounds }: UndoRequest): boolean {
  if (here?.kind !== Kind.folder || to?.kind !== Kind.folder) return false;
  const trees = rounds.at(-1)!.after.trees;
  return holdsSame({ trees, folder: to.id }, { trees: sides.mine.trees, folder: here.id });
}

/** What was delivered there is received no more; what was saved beside has the base of before. */
function baseEdit(place: string, from: TreeEntry | undefined, { sides: { base, after }, delivered }: UndoRequest): Edit[] {
  const had = base.folder === undefined ? undefined : base.trees.entry(base.folder, place);
  const entry = after.folder === undefined ? undefined : after.trees.entry(after.folder, place);
  const isDelivered = delivered.trees.entry(delivered.folder, place) !== undefined;
  if (isDelivered || entry !== undefined) return [{ path: place, place, entry: leaf(entry) }];
  return had === undefined ? [] : [{ path: place, place, entry: leaf(from) }];
}

function leaf(entry: TreeEntry | undefined): TreeEntry | undefined {
  return entry?.kind === Kind.folder ? { ...entry, id: EMPTY_ID } : entry;
}
