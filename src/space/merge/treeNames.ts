import type { Side } from '../../instance/diff.ts';
import type { NameTraits } from '../../instance/names.ts';
import type { TreeEntry } from '../../store/tree.ts';
import { FolderNames } from './targetNames.ts';

/** Finds entries of a tree by what the file system takes for their names; neighbours are asked for one after the other. */
export class TreeNames {
  private readonly side: Side;
  private readonly traits: NameTraits;
  private last: { readonly folder: string; readonly entries: readonly TreeEntry[]; readonly names: FolderNames } | undefined;

  constructor(side: Side, traits: NameTraits) {
    this.side = side;
    this.traits = traits;
  }

  find(folder: string, name: string): TreeEntry | undefined {
    if (this.last?.folder !== folder) this.last = this.open(folder);
    return this.last.entries[this.last.names.rowOf(name)];
  }

  private open(folder: string): NonNullable<TreeNames['last']> {
    const { trees, folder: root } = this.side;
    const id = root === undefined ? undefined : trees.folder(root, folder);
    const entries = id === undefined ? [] : trees.get(id);
    return {
      folder,
      entries,
      names: new FolderNames(
        entries.map(({ name }) => name),
        this.traits,
      ),
    };
  }
}
