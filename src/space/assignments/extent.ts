import type { Trees } from '../../instance/states.ts';
import { idKey } from '../../store/ids.ts';
import { Kind } from '../../store/tree.ts';

/** How much is in a tree. */
export interface Extent {
  /** Files and links. */
  readonly files: number;
  readonly bytes: number;
  /** Folders too. */
  readonly entries: number;
}

/** What a tree comes to when it is written. The same folder may be in it in many places, and is looked at once. */
export function extentOf(trees: Pick<Trees, 'get'>, root: Buffer): Extent {
  const known = new Map<string, Extent>();
  const folder = (id: Buffer): Extent => {
    const key = idKey(id);
    const before = known.get(key);
    if (before !== undefined) return before;
    let [files, bytes, entries] = [0, 0, 0];
    for (const entry of trees.get(id)) {
      const one = entry.kind === Kind.folder ? folder(entry.id) : { files: 1, bytes: entry.size, entries: 0 };
      [files, bytes, entries] = [files + one.files, bytes + one.bytes, entries + one.entries + 1];
    }
    const found = { files, bytes, entries };
    known.set(key, found);
    return found;
  };
  return folder(root);
}
