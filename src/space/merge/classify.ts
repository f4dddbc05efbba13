import { SnapstageError } from '../../base/errors.ts';
import { baseName, joinPath } from '../../base/paths.ts';
import { lowerBound } from '../../base/sorted.ts';
import { EMPTY, holdsSame, sameContent, type Side } from '../../instance/diff.ts';
import type { NameTraits } from '../../instance/names.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import { Kind, type Tree, type TreeEntry } from '../../store/tree.ts';
import { EMPTY_ID } from './editTree.ts';
import { guardOf } from './guardedNames.ts';
import type { Staged } from './staged.ts';
import { FolderNames, writtenNames } from './targetNames.ts';

/**
 * How an object of a delivery stands to the target: not there; the same; to be updated, as nobody has edited it since the base;
 * edited since the base, or without one; deleted since; of another kind, edited or without a base; edited or without a base, and
 * spelled another way that the file system takes for the same; not in the delivery, but in a folder that is to be a mirror of it.
 */
export type ObjectState = 'new' | 'same' | 'safe' | 'edited' | 'deleted-there' | 'kind-clash' | 'case-clash' | 'extra';

/**
 * Why a strategy alone does not decide: it can run code, and so waits for a decision; or something is there that the target's state
 * does not hold, a store or what could not be read, and so nothing is done.
 */
export type Hold = 'code' | 'store' | 'unread';

/** The names of one object in the three trees. */
export interface Place {
  /** In the delivery. Of an extra: where it would be. */
  readonly path: string;
  /** In the target. */
  readonly place: string;
  /** In the base. */
  readonly basePath: string;
}

/** A file, a link, or a folder that counts as one: empty, in the way of something else, or with other permissions. */
export interface MergeObject extends Place {
  readonly state: ObjectState;
  readonly base: TreeEntry | undefined;
  readonly incoming: TreeEntry | undefined;
  readonly mine: TreeEntry | undefined;
  readonly hold: Hold | undefined;
  /** False where the target has received just this before. */
  readonly isNews: boolean;
  /** The place of the object that has to make way for this one, or goes with it; it stands before this one. */
  readonly within: string | undefined;
}

export interface Target {
  readonly traits: NameTraits;
  /** Places in the folder that `mine` does not hold: left out, or not readable. */
  readonly unread: readonly string[];
  /** Files with unsaved changes in an editor. */
  readonly unsaved: readonly string[];
}

/** An object as it was found. */
export type Found = Place & Pick<MergeObject, 'base' | 'incoming' | 'mine'>;

/** Trees of an object that is a folder, where there is one. */
interface Folders {
  readonly base: Buffer | undefined;
  readonly incoming: Buffer;
  readonly mine: Buffer | undefined;
}

/** What holds for all below a folder. */
interface Context {
  readonly isStaged: boolean;
  readonly hasCode: boolean;
  readonly within: string | undefined;
  /** Saved beside: nothing else in it is looked at. */
  readonly isBeside: boolean;
  /** What is there is spelled another way. */
  readonly isRespelled: boolean;
}

const TOP: Context = { isStaged: false, hasCode: false, within: undefined, isBeside: false, isRespelled: false };

export interface Sides {
  readonly base: Side;
  readonly incoming: Side & { readonly folder: Buffer };
  readonly mine: Side;
}

/** Compares a delivery with a target and its base. Equal subtrees cost nothing and count as one object that is the same. */
export class Classifier {
  readonly objects: MergeObject[] = [];
  /** Objects and equal folders that are the same and not listed. */
  same = 0;
  /** Whether something may be at a place that the target's state does not hold. */
  readonly isUnread: (place: string) => boolean;
  private readonly sides: Sides;
  private readonly staged: Staged;
  private readonly traits: NameTraits;
  private readonly check: () => void;
  private readonly aboveUnread: ReadonlySet<string>;
  /** With the folders that they are in. */
  private readonly unsaved: ReadonlySet<string>;

  constructor(sides: Sides, staged: Staged, target: Target, check: () => void) {
    this.sides = sides;
    this.staged = staged;
    this.traits = target.traits;
    this.check = check;
    this.isUnread = within(target.unread);
    this.aboveUnread = new Set(target.unread.flatMap(foldersAbove));
    this.unsaved = new Set(target.unsaved.flatMap((place) => [...foldersAbove(place), place]));
  }

  /** Lists all objects that are not the same. @throws SnapstageError `refused` for a delivered store, `damaged` for what no item names. */
  all(): void {
    const { base, incoming, mine } = this.sides;
    const context = { ...TOP, isStaged: this.staged.covers('') };
    const root = { path: '', place: '', basePath: '' };
    this.folder(root, { base: base.folder, incoming: incoming.folder, mine: mine.folder }, context);
  }

  /** Lists what is in a delivered folder that is saved beside what is at its place. */
  beside(at: Place, folders: Folders): void {
    this.folder(at, folders, { ...TOP, isStaged: true, isBeside: true });
  }

  /** How an object stands at its place; `isRespelled`: what is there has another name, which the file system takes for the same. */
  stateOf(found: Found & { readonly incoming: TreeEntry }, isRespelled: boolean): ObjectState {
    const { base, incoming, mine } = found;
    if (mine === undefined) return base === undefined ? 'new' : 'deleted-there';
    if (sameContent(incoming, mine)) return takesMode(base, incoming, mine) ? 'safe' : 'same';
    if (this.isUnedited(found.place, base, mine)) return 'safe';
    if (mine.kind !== incoming.kind) return 'kind-clash';
    return isRespelled ? 'case-clash' : 'edited';
  }

  private isUnedited(place: string, base: TreeEntry | undefined, mine: TreeEntry): boolean {
    if (base === undefined || base.kind !== mine.kind || this.unsaved.has(place)) return false;
    if (mine.kind !== Kind.folder) return sameContent(base, mine);
    const { sides } = this;
    return holdsSame({ trees: sides.base.trees, folder: base.id }, { trees: sides.mine.trees, folder: mine.id });
  }

  private isNews({ base, incoming }: Pick<Found, 'base' | 'incoming'>): boolean {
    const { sides } = this;
    return isNewsSince(base, incoming, (before, now) =>
      holdsSame({ trees: sides.base.trees, folder: before }, { trees: sides.incoming.trees, folder: now }),
    );
  }

  private folder(at: Place, ids: Folders, context: Context): void {
    if (ids.mine !== undefined && ids.incoming.equals(ids.mine)) {
      this.same += 1;
      return;
    }
    this.check();
    const { base, incoming, mine } = this.trees(ids);
    const written = writtenNames(incoming.names, mine.names, this.traits);
    const [present, before] = [new FolderNames(mine.names, this.traits), new FolderNames(base.names, this.traits)];
    const taken = new Uint8Array(mine.names.length);
    for (const [row, name] of incoming.names.entries()) {
      const path = joinPath(at.path, name);
      const inner = this.contextOf(path, incoming.kind(row), context);
      if (inner === undefined) continue;
      const there = present.rowOf(written(name), row);
      if (there >= 0) taken[there] = 1;
      if (there >= 0 && isSameFile(incoming, row, mine, there)) {
        this.same += 1;
        continue;
      }
      const known = before.rowOf(name, row);
      // One that was delivered under another spelling, and still is, is another's base.
      const hasBase = known >= 0 && (base.names[known] === name || !hasName(incoming.names, base.names[known]!));
      const found = {
        path,
        place: joinPath(at.place, mine.names[there] ?? written(name)),
        basePath: joinPath(at.basePath, name),
        base: hasBase ? base.entry(known) : undefined,
        incoming: incoming.entry(row),
        mine: there < 0 ? undefined : mine.entry(there),
      };
      this.object(found, { ...inner, isRespelled: there >= 0 && mine.names[there] !== written(name) });
    }
    if (!context.isBeside && this.staged.isMirrored(at.path)) this.extras(at, mine, taken, context);
  }

  private trees({ base, incoming, mine }: Folders): { base: Tree; incoming: Tree; mine: Tree } {
    const { sides } = this;
    const there = mine === undefined ? EMPTY : sides.mine.trees.tree(mine);
    const delivered = sides.incoming.trees.tree(incoming, there);
    return { base: base === undefined ? EMPTY : sides.base.trees.tree(base, delivered), incoming: delivered, mine: there };
  }

  /** What holds for an entry of a delivered folder; `undefined` for one that counts by its tables. */
  private contextOf(path: string, kind: Kind, above: Context): Context | undefined {
    const guard = guardOf(baseName(path));
    if (guard === 'store') throw storeDelivered(path);
    const hasCode = above.hasCode || guard === 'code';
    if (above.isStaged || this.staged.covers(path)) return { ...above, isStaged: true, hasCode };
    if (kind === Kind.folder && this.staged.holdsTables(path)) return undefined;
    if (kind !== Kind.folder || !this.staged.isWay(path)) throw unnamed(path);
    return { ...above, hasCode };
  }

  private object(found: Found & { readonly incoming: TreeEntry }, context: Context): void {
    const { base, incoming, mine } = found;
    const goes = mine !== undefined && (mine.kind === Kind.folder) !== (incoming.kind === Kind.folder);
    if (incoming.kind !== Kind.folder || goes) this.list(found, this.stateOf(found, context.isRespelled), context);
    else if (mine === undefined && incoming.id.equals(EMPTY_ID))
      this.list(found, base?.kind === Kind.folder ? 'deleted-there' : 'new', context);
    else if (mine !== undefined && context.isStaged && takesMode(base, incoming, mine)) this.list(found, 'safe', context);
    if (goes && mine.kind === Kind.folder) this.below(found, mine.id, context);
    if (incoming.kind !== Kind.folder) return;
    const folderOf = (entry: TreeEntry | undefined): Buffer | undefined => (entry?.kind === Kind.folder && !goes ? entry.id : undefined);
    // Whoever decides about the folder decides about what is in it.
    const inner = goes ? { ...context, within: found.place, hasCode: false } : context;
    this.folder(found, { base: folderOf(base), incoming: incoming.id, mine: folderOf(mine) }, inner);
  }

  private list(found: Found, state: ObjectState, context: Context): void {
    if (state === 'same') this.same += 1;
    else this.objects.push({ ...found, state, hold: this.holdOf(found, context), isNews: this.isNews(found), within: context.within });
  }

  private holdOf({ place, incoming, mine }: Found, context: Context): Hold | undefined {
    if (this.isUnread(place)) return 'unread';
    const goes = mine?.kind === Kind.folder && incoming?.kind !== Kind.folder ? mine : undefined;
    if (goes !== undefined && this.aboveUnread.has(place)) return 'unread';
    const lost = goes === undefined ? undefined : this.guardBelow(goes.id);
    return lost === 'store' ? 'store' : context.hasCode ? 'code' : lost;
  }

  /** The strongest guard of a name below a folder of the target. */
  private guardBelow(folder: Buffer): Hold | undefined {
    let found: Hold | undefined;
    for (const { entry } of this.sides.mine.trees.walk(folder)) {
      const guard = guardOf(entry.name);
      if (guard === 'store') return guard;
      found ??= guard;
    }
    return found;
  }

  /** What goes with a folder that a file or a link takes the place of. */
  private below(at: Place, folder: Buffer, context: Context): void {
    this.extras(at, this.sides.mine.trees.tree(folder), undefined, { ...context, within: at.place });
  }

  /** What the target has in a folder beside the rows taken. Stores stay, and folders that something else is in. */
  private extras(at: Place, tree: Tree, taken: Uint8Array | undefined, context: Context): void {
    this.check();
    for (const [row, name] of tree.names.entries()) {
      const guard = guardOf(name);
      if (taken?.[row] === 1 || guard === 'store') continue;
      const mine = tree.entry(row);
      const found = { path: joinPath(at.path, name), place: joinPath(at.place, name), basePath: joinPath(at.basePath, name), mine };
      const inner = { ...context, hasCode: context.hasCode || guard === 'code' };
      if (mine.kind === Kind.folder) this.extras(found, this.sides.mine.trees.tree(mine.id), undefined, inner);
      const counts = mine.kind !== Kind.folder || (mine.id.equals(EMPTY_ID) && !this.aboveUnread.has(found.place));
      if (counts) this.list({ ...found, base: undefined, incoming: undefined }, 'extra', inner);
    }
  }
}

/** Whether something comes that was not received before; `areSame` compares folders. Times alone are nothing new. */
export function isNewsSince(
  base: TreeEntry | undefined,
  incoming: TreeEntry | undefined,
  areSame: (base: Buffer, incoming: Buffer) => boolean,
): boolean {
  if (base === undefined || incoming === undefined || base.kind !== incoming.kind) return true;
  if (incoming.kind !== Kind.link && permissionsOf(base.mode) !== permissionsOf(incoming.mode)) return true;
  return incoming.kind === Kind.folder ? !areSame(base.id, incoming.id) : !sameContent(base, incoming);
}

function hasName(names: readonly string[], name: string): boolean {
  return names[lowerBound(names, name)] === name;
}

/** Where kind and content are the same and no other permissions come. Folders are looked into. */
function isSameFile(incoming: Tree, row: number, mine: Tree, there: number): boolean {
  if (incoming.kind(row) === Kind.folder || !incoming.hasSameContent(row, mine, there)) return false;
  return permissionsOf(incoming.mode(row)) === permissionsOf(mine.mode(there));
}

/** Permissions that are delivered: no program runs as its owner because it was. */
export function permissionsOf(mode: number): number {
  return mode & 0o777;
}

/** Whether permissions alone come with an object: those of the base were not changed at the target. Times alone never do. */
function takesMode(base: TreeEntry | undefined, incoming: TreeEntry, mine: TreeEntry): boolean {
  if (base === undefined || incoming.kind === Kind.link) return false;
  const [before, coming, now] = [base, incoming, mine].map(({ mode }) => permissionsOf(mode));
  return before === now && coming !== now;
}

function storeDelivered(path: string): SnapstageError {
  return new SnapstageError('refused', `The delivery holds “${path}”: a store of snapshots can’t be delivered. Nothing was changed.`, {
    path,
  });
}

function unnamed(path: string): SnapstageError {
  return new SnapstageError('damaged', `The delivery holds “${path}”, which it does not name. Nothing was changed.`, { path });
}
