import { joinPath } from '../../base/paths.ts';
import { foldersAbove, within } from '../../instance/scopes.ts';
import type { Trees } from '../../instance/states.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { permissionsOf } from '../merge/classify.ts';
import { editTree, EMPTY_ID, putFolder } from '../merge/editTree.ts';
import type { Staged } from '../merge/staged.ts';
import { NO_FOLDER } from './takeBack.ts';
import { hasLosses, type Losses } from './takings.ts';

/** What one distribution adds to all that was distributed. */
export interface Layer {
  /** The delivered tree. */
  readonly root: Buffer;
  readonly staged: Pick<Staged, 'isMirrored' | 'holdsTables'>;
  readonly losses: Losses;
}

export interface Laying {
  readonly trees: Trees;
  readonly sink: ObjectSink;
  /** Throws when the work is to end. */
  readonly check: () => void;
}

/**
 * All that was distributed, each distribution laid over those before it: folders that are mirrored hold nothing else, and what was taken
 * back is not there, or as it was before. Depends on nothing but the layers, and on what they are laid over: absent that, on nothing.
 * Returns the root; new trees go to the sink, from which `trees` must be able to read them.
 */
export function distributedTree(layers: Iterable<Layer>, laying: Laying, over?: Buffer): Buffer {
  let root = over ?? putFolder(laying.sink, new Map());
  for (const layer of layers) root = new Overlay(layer, laying).over(root);
  return root;
}

class Overlay {
  private readonly layer: Layer;
  private readonly laying: Laying;
  private readonly isGone: (path: string) => boolean;
  private readonly isEarlier: (path: string) => boolean;
  /** Folders in which something is gone, whatever holds for the rest. */
  private readonly aboveGone: ReadonlySet<string>;
  /** What is left of the delivered tree. */
  private readonly rest: Buffer;

  constructor(layer: Layer, laying: Laying) {
    this.layer = layer;
    this.laying = laying;
    this.isGone = within(layer.losses.gone);
    this.isEarlier = within(layer.losses.earlier);
    this.rest = hasLosses(layer.losses) ? withoutLost(layer.root, layer.losses, laying) : layer.root;
    this.aboveGone = new Set(layer.losses.gone.flatMap((path) => ['', ...foldersAbove(path)]));
  }

  over(root: Buffer): Buffer {
    const { layer } = this;
    if (this.isGone('')) return this.without(root, layer.root);
    return this.isEarlier('') && !this.aboveGone.has('') ? root : this.folder('', root, layer.root, false);
  }

  private folder(path: string, below: Buffer | undefined, above: Buffer, isInMirror: boolean): Buffer {
    const { trees, sink, check } = this.laying;
    check();
    const before = new Map(this.entries(below).map((entry) => [entry.name, entry]));
    const isMirror = this.layer.staged.isMirrored(path) && !this.isEarlier(path) && (isInMirror || this.hasRest(path));
    const entries = isMirror ? new Map<string, TreeEntry>() : new Map(before);
    for (const entry of trees.get(above)) {
      const laid = this.entry(joinPath(path, entry.name), before.get(entry.name), entry, isMirror);
      if (laid === undefined) entries.delete(entry.name);
      else entries.set(entry.name, laid);
    }
    return putFolder(sink, entries, below);
  }

  private entry(path: string, there: TreeEntry | undefined, entry: TreeEntry, isInMirror: boolean): TreeEntry | undefined {
    // Tables by themselves are no files.
    if (this.layer.staged.holdsTables(path)) return there;
    if (this.isGone(path)) return this.withoutEntry(there, entry);
    const isEarlier = this.isEarlier(path);
    if (isEarlier && !this.aboveGone.has(path)) return there;
    const own = isEarlier ? there : { ...entry, mode: permissionsOf(entry.mode), group: 0n };
    if (own?.kind !== Kind.folder || entry.kind !== Kind.folder) return own;
    const id = this.folder(path, there?.kind === Kind.folder ? there.id : undefined, entry.id, isInMirror);
    // A folder of which all was taken back is none.
    return id.equals(EMPTY_ID) && !entry.id.equals(EMPTY_ID) ? undefined : { ...own, id };
  }

  /** A folder of which all was taken back is a mirror of nothing. */
  private hasRest(path: string): boolean {
    const left = this.laying.trees.folder(this.rest, path);
    return left !== undefined && (!left.equals(EMPTY_ID) || !hasLosses(this.layer.losses));
  }

  /** What is there, without what was delivered at the same paths. */
  private without(there: Buffer, delivered: Buffer): Buffer {
    const { trees, sink, check } = this.laying;
    check();
    const entries = new Map(this.entries(there).map((entry) => [entry.name, entry]));
    for (const entry of trees.get(delivered)) {
      const rest = this.withoutEntry(entries.get(entry.name), entry);
      if (rest === undefined) entries.delete(entry.name);
      else entries.set(entry.name, rest);
    }
    return putFolder(sink, entries, there);
  }

  private withoutEntry(there: TreeEntry | undefined, delivered: TreeEntry): TreeEntry | undefined {
    if (there?.kind !== Kind.folder || delivered.kind !== Kind.folder) return undefined;
    const id = this.without(there.id, delivered.id);
    return id.equals(EMPTY_ID) ? undefined : { ...there, id };
  }

  private entries(folder: Buffer | undefined): readonly TreeEntry[] {
    return folder === undefined ? [] : this.laying.trees.get(folder);
  }
}

/** A delivered tree without what was taken back of it before it was applied. Returns its root; new trees go to the sink. */
export function withoutLost(root: Buffer, { gone, earlier }: Losses, { trees, sink }: Pick<Laying, 'trees' | 'sink'>): Buffer {
  const lost = [...gone, ...earlier];
  if (lost.includes('')) return putFolder(sink, new Map());
  const edits = lost.map((path) => ({ path, place: path, entry: undefined }));
  return editTree({ trees, folder: root }, edits, { sink, folderAt: () => NO_FOLDER, staysEmpty: () => false });
}
