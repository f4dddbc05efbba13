import { SnapstageError } from '../../base/errors.ts';
import { parentPath } from '../../base/paths.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import type { State } from '../../instance/states.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { editTree, EMPTY_ID, type Edit } from '../merge/editTree.ts';

/** Something to be delivered: a file, a link, a folder with all in it; `''` for all of a state. */
export interface Part {
  /** In the delivered tree. */
  readonly path: string;
  readonly state: State;
  /** What is delivered, where that is nothing of the state itself. */
  readonly entry?: TreeEntry;
}

/**
 * Puts together what is delivered: the parts at their paths, in folders that hold nothing else. Of a part in another one the inner counts.
 * Returns the tree's id; new trees go to the sink. @throws SnapstageError `not-found` when a state does not have a part.
 */
export function deliveredTree(parts: readonly Part[], sink: ObjectSink): Buffer {
  const whole = parts.find(({ path }) => path === '');
  const others = parts.filter((part) => part !== whole);
  const ways = new Map<string, TreeEntry>();
  for (const { path, state } of others) for (const above of foldersAbove(path)) if (!ways.has(above)) ways.set(above, wayOf(state, above));
  const edits = others.map(({ path, state, entry }): Edit => ({ path, place: path, entry: entry ?? entryOf(state, path) }));
  const trees = (whole ?? parts[0])?.state.trees;
  if (trees === undefined) throw new SnapstageError('refused', 'There is nothing to be delivered.');
  // An outer part comes before those in it.
  const ordered = edits.toSorted((a, b) => a.place.split('/').length - b.place.split('/').length);
  return editTree({ trees, folder: whole?.state.root }, ordered, {
    sink,
    folderAt: (path) => ({ ...ways.get(path)!, id: EMPTY_ID }),
    staysEmpty: () => true,
  });
}

/** A folder on the way to a part; that of a table's extract is in the place of its database. */
function wayOf(state: State, path: string): TreeEntry {
  const entry = entryOf(state, path);
  return entry.kind === Kind.folder ? entry : { ...entry, kind: Kind.folder, mode: 0o700, flags: 0, size: 0, group: 0n };
}

function entryOf({ trees, root, id }: State, path: string): TreeEntry {
  const folder = trees.folder(root, parentPath(path));
  const entry = folder === undefined ? undefined : trees.entry(root, path);
  if (entry !== undefined) return entry;
  throw new SnapstageError('not-found', `There is no “${path}” in ${id}.`, { path, state: id });
}
