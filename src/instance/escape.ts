import { baseName, joinPath, parentPath } from '../base/paths.ts';
import type { Difference } from './diff.ts';
import { escapedNames, mayEscape, type NameTraits } from './names.ts';
import type { State } from './states.ts';

/** A difference at the path where it is to be written. */
export interface Found extends Difference {
  /** Its path in the snapshot, where that is another one. */
  readonly original?: string;
}

/** Where a path of the target is written: names that this system can't hold are others, the same ones each time. */
export function writtenPaths(current: State | undefined, target: State, traits: NameTraits): (path: string) => string {
  if (!mayEscape(traits)) return (path) => path;
  const maps = new Map<string, ReadonlyMap<string, string>>();
  const written = (path: string): string => {
    if (path === '') return '';
    const folder = parentPath(path);
    const place = written(folder);
    let names = maps.get(folder);
    if (names === undefined) {
      names = escapedNames(namesIn(target, folder), traits, new Set(current === undefined ? [] : namesIn(current, place)));
      maps.set(folder, names);
    }
    const name = baseName(path);
    return joinPath(place, names.get(name) ?? name);
  };
  return written;
}

function namesIn({ root, trees }: State, path: string): string[] {
  const folder = trees.folder(root, path);
  return folder === undefined ? [] : trees.get(folder).map((entry) => entry.name);
}

/** What is to come goes where it is written. What went from that very place is what an earlier restore wrote there. */
export function* atWritten(found: Iterable<Difference>, written: (path: string) => string): Generator<Found> {
  for (const one of found) {
    const path = one.from === undefined ? written(one.path) : one.path;
    yield path === one.path ? one : { ...one, path, original: one.path };
  }
}
