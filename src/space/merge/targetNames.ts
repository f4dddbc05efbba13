import { lowerBound } from '../../base/sorted.ts';
import { escapedNames, foldedName, mayEscape, type NameTraits } from '../../instance/names.ts';

/** Finds names of one folder as a file system does. `names` are sorted. */
export class FolderNames {
  private readonly names: readonly string[];
  private readonly traits: NameTraits;
  private folded: ReadonlyMap<string, number> | undefined;

  constructor(names: readonly string[], traits: NameTraits) {
    this.names = names;
    this.traits = traits;
  }

  /** The place of the name, or of another that the file system takes for the same; -1 for none. `hint`: where it may well be. */
  rowOf(name: string, hint = 0): number {
    if (this.names[hint] === name) return hint;
    const place = lowerBound(this.names, name);
    if (this.names[place] === name) return place;
    if (!mayEscape(this.traits)) return -1;
    this.folded ??= new Map(this.names.map((each, row) => [foldedName(each, this.traits), row]));
    return this.folded.get(foldedName(name, this.traits)) ?? -1;
  }
}

/** What delivered names are called in a folder with these names: what a restore would call them. Both are sorted. */
export function writtenNames(delivered: readonly string[], present: readonly string[], traits: NameTraits): (name: string) => string {
  const escaped = escapedNames(delivered, traits, new Set(mayEscape(traits) ? present : []));
  return (name) => escaped.get(name) ?? name;
}
