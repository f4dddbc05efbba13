import { SnapstageError } from '../../base/errors.ts';
import { parentPath } from '../../base/paths.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import type { State } from '../../instance/states.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import type { TreeEntry } from '../../store/tree.ts';
import { editTree, EMPTY_ID, type Edit } from '../merge/editTree.ts';

/** Something to be delivered: a file, a link, a folder with all in it; `''` for all of a state. */
export interface Part {
  readonly path: string;
  readonly state: State;
}

/**
 * Puts together what is delivered: the parts at their paths, in folders that hold nothing else. Of a part in another one the inner counts.
 * Returns the tree's id; new trees go to the sink. @throws SnapstageError `not-found` when a state does not have a part.
 */
export function deliveredTree(parts: readonly Part[], sink: ObjectSink): Buffer {
  const whole = parts.find(({ path }) => path === '');
  const others = parts.filter((part) => part !== whole);
  const ways = new Map<string, TreeEntry>();
  for (const { path, state } of others)
    for (const above of foldersAbove(path)) if (!ways.has(above)) ways.set(above, entryOf(state, above));
  const edits = others.map(({ path, state }): Edit => ({ path, place: path, entry: entryOf(state, path) }));
  const trees = (whole ?? parts[0])?.state.trees;
  if (trees === undefined) throw new SnapstageError('refused', 'There is nothing to be delivered.');
  // An outer part comes before those in it.
  const ordered = edits.toSorted((a, b) => a.place.split('/').length - b.place.split('/').length);
  return editTree({ trees, folder: whole?.state.root }, ordered, {
    sink,
    folderAt: (path) => {
      const way = ways.get(path);
      return way && { ...way, id: EMPTY_ID };
    },
    staysEmpty: () => true,
  });
}

function entryOf({ trees, root, id }: State, path: string): TreeEntry {
  const folder = trees.folder(root, parentPath(path));
  const entry = folder === undefined ? undefined : trees.entry(root, path);
  if (entry !== undefined) return entry;
  throw new SnapstageError('not-found', `There is no “${path}” in ${id}.`, { path, state: id });
}
