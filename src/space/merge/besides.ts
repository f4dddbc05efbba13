import { baseName, joinPath, parentPath } from '../../base/paths.ts';
import { sameContent } from '../../instance/diff.ts';
import { besideName, foldedName, type NameTraits } from '../../instance/names.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import type { Classifier, MergeObject, ObjectState, Place, Sides } from './classify.ts';
import { TreeNames } from './treeNames.ts';

/** A place beside an object where the incoming one is saved. */
export interface Beside {
  readonly at: Place;
  /** What was saved there before, and what is there now. */
  readonly base: TreeEntry | undefined;
  readonly mine: TreeEntry | undefined;
  /** Nothing need be written: it is there, or was and has been deleted since. */
  readonly isDone: boolean;
}

/** Finds places for what is saved beside the target's own objects as `name (from label).ext`. */
export class Besides {
  private readonly classifier: Classifier;
  private readonly label: string;
  private readonly traits: NameTraits;
  private readonly base: TreeNames;
  private readonly incoming: TreeNames;
  private readonly mine: TreeNames;
  private readonly claimed = new Set<string>();

  constructor(classifier: Classifier, sides: Sides, label: string, traits: NameTraits) {
    this.classifier = classifier;
    this.label = label;
    this.traits = traits;
    this.base = new TreeNames(sides.base, traits);
    this.incoming = new TreeNames(sides.incoming, traits);
    this.mine = new TreeNames(sides.mine, traits);
  }

  /** Whether something is saved at a place of the target. */
  isClaimed(place: string): boolean {
    return this.claimed.has(foldedName(place, this.traits));
  }

  /** The first place that is free, or that holds an earlier copy which nobody has edited. From now on it is taken. */
  find({ path, place, basePath, incoming }: MergeObject & { readonly incoming: TreeEntry }): Beside {
    for (let number = 1; ; number++) {
      const name = besideName(baseName(place), this.label, number);
      const at = { path, place: joinPath(parentPath(place), name), basePath: joinPath(parentPath(basePath), name) };
      const isDelivered = this.incoming.find(parentPath(path), name) !== undefined;
      if (isDelivered || this.isClaimed(at.place) || this.classifier.isUnread(at.place)) continue;
      const base = this.base.find(parentPath(basePath), name);
      const mine = this.mine.find(parentPath(place), name);
      const found = { ...at, base, incoming, mine };
      const state = this.classifier.stateOf(found, false);
      if (mine !== undefined && !isCopy(state, base, incoming, mine)) continue;
      this.claimed.add(foldedName(at.place, this.traits));
      const isThrownAway = mine === undefined && base !== undefined && sameContent(base, incoming);
      return { at, base, mine, isDone: state === 'same' || isThrownAway };
    }
  }
}

/** Whether what is there was saved there, and may be brought up to date: in a folder that is decided file by file. */
function isCopy(state: ObjectState, base: TreeEntry | undefined, incoming: TreeEntry, mine: TreeEntry): boolean {
  if (mine.kind !== incoming.kind) return false;
  return state === 'same' || state === 'safe' || (mine.kind === Kind.folder && base?.kind === Kind.folder);
}
