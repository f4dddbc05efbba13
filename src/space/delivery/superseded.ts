/** What later distributions replace of an earlier one. */
import { joinPath } from '../../base/paths.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { EMPTY_ID, putFolder } from '../merge/editTree.ts';
import { withoutLost, type Layer, type Laying } from './distributed.ts';

/** A later delivered tree, at a folder that the earlier one has too. */
interface Over {
  readonly staged: Layer['staged'];
  readonly folder: Buffer;
}

/**
 * A delivered tree without what later ones deliver at the same paths, or keep out of folders that they mirror: `EMPTY_ID` where they
 * replace all of it. What they delivered and was taken back for what was before counts no more. Returns the root; new trees go to the sink.
 */
export function withoutLater({ root, staged }: Pick<Layer, 'root' | 'staged'>, later: readonly Layer[], laying: Laying): Buffer {
  const over = later.map(({ losses, ...layer }): Over => {
    const isWhole = losses.earlier.length === 0;
    return { staged: layer.staged, folder: isWhole ? layer.root : withoutLost(layer.root, { gone: [], earlier: losses.earlier }, laying) };
  });
  return new Rest(staged, laying).folder(
    '',
    root,
    over.filter(({ folder }) => !folder.equals(EMPTY_ID)),
  );
}

class Rest {
  private readonly staged: Layer['staged'];
  private readonly laying: Laying;

  constructor(staged: Layer['staged'], laying: Laying) {
    this.staged = staged;
    this.laying = laying;
  }

  folder(path: string, id: Buffer, over: readonly Over[]): Buffer {
    const { trees, sink, check } = this.laying;
    if (over.length === 0) return id;
    check();
    if (over.some(({ folder }) => folder.equals(id))) return EMPTY_ID;
    const entries = trees.get(id).flatMap((entry) => {
      const rest = this.entry(path, entry, over);
      return rest === undefined ? [] : [[entry.name, rest] as const];
    });
    return entries.length === 0 ? EMPTY_ID : putFolder(sink, new Map(entries), id);
  }

  private entry(above: string, entry: TreeEntry, over: readonly Over[]): TreeEntry | undefined {
    const path = joinPath(above, entry.name);
    const areTables = this.staged.holdsTables(path);
    const inner: Over[] = [];
    for (const { staged, folder } of over) {
      const there = this.laying.trees.find(folder, entry.name);
      if (there === undefined) {
        if (staged.isMirrored(above)) return undefined;
        continue;
      }
      // Tables go into a database, and do not replace it.
      if (staged.holdsTables(path) && !areTables) continue;
      if (entry.kind !== Kind.folder || there.kind !== Kind.folder || staged.holdsTables(path) !== areTables) return undefined;
      inner.push({ staged, folder: there.id });
    }
    if (entry.kind !== Kind.folder || inner.length === 0) return entry;
    const id = this.folder(path, entry.id, inner);
    return id.equals(EMPTY_ID) ? undefined : { ...entry, id };
  }
}
