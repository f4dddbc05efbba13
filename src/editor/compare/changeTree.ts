import type { Change } from '../../engine/api.ts';
import { baseName, parentPath } from '../../base/paths.ts';

/** A folder with changes below it. */
export interface ChangeFolder {
  /** Its path; folders without changes of their own between it and the one above are within its label. */
  readonly path: string;
  /** The part of the path below the folder above. */
  readonly label: string;
  readonly folders: readonly ChangeFolder[];
  readonly changes: readonly Change[];
  /** Changes in it and below. */
  readonly count: number;
  /** There can be more in it than these: the list was cut off here. */
  readonly cut: boolean;
}

interface Building {
  readonly folders: Map<string, Building>;
  readonly changes: Change[];
}

/**
 * Changes by folder, from the top, each folder's in the order given, which is that of a walk; a folder that holds but one
 * folder is one row with it. `cut`: these are not all.
 */
export function changeTree(changes: readonly Change[], cut = false): ChangeFolder {
  const root: Building = { folders: new Map(), changes: [] };
  const known = new Map<string, Building>([['', root]]);
  const folderAt = (path: string): Building => {
    const there = known.get(path);
    if (there) return there;
    const made: Building = { folders: new Map(), changes: [] };
    known.set(path, made);
    folderAt(parentPath(path)).folders.set(baseName(path), made);
    return made;
  };
  for (const change of changes) folderAt(parentPath(change.path)).changes.push(change);
  const end = cut ? changes.at(-1)?.path : undefined;
  return finished(root, '', '', (path) => end !== undefined && (path === '' || end.startsWith(`${path}/`)));
}

function finished(folder: Building, path: string, label: string, isCut: (path: string) => boolean): ChangeFolder {
  const [only, ...others] = folder.folders;
  if (only && others.length === 0 && folder.changes.length === 0 && path !== '') {
    return finished(only[1], `${path}/${only[0]}`, `${label}/${only[0]}`, isCut);
  }
  const folders = [...folder.folders].map(([name, below]) => finished(below, path === '' ? name : `${path}/${name}`, name, isCut));
  const count = folders.reduce((sum, below) => sum + below.count, folder.changes.length);
  return { path, label, folders, changes: folder.changes, count, cut: isCut(path) };
}
