/** What a hand-in looks like where others look at it: nothing in it runs by being opened, or leads out of it. */
import { joinPath } from '../../base/paths.ts';
import { escapedNames, foldedName, isShort, platformTraits, shortName, type NameTraits } from '../../instance/names.ts';
import type { State } from '../../instance/states.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { putFolder } from '../merge/editTree.ts';
import { guardOf } from '../merge/guardedNames.ts';

/**
 * A path that is another one in a copy: its name could run programs (`code`), or this system does not take it, or not beside the others, or it
 * is too long (`name`).
 */
export interface RenamedPath {
  readonly from: string;
  readonly to: string;
  readonly why: 'code' | 'name';
}

export interface ReviewCopy {
  /** Its root tree. */
  readonly root: Buffer;
  readonly renamed: readonly RenamedPath[];
  /** Links that lead out of it. */
  readonly leftOut: readonly string[];
}

/** Makes the tree of a review copy, as a system of these traits holds it; new folders go to the sink. `targetOf` reads where a link leads. */
export function reviewCopy(
  { trees, root }: Pick<State, 'trees' | 'root'>,
  targetOf: (link: TreeEntry) => string,
  sink: ObjectSink,
  traits: NameTraits = platformTraits(),
): ReviewCopy {
  const renamed: RenamedPath[] = [];
  const leftOut: string[] = [];
  const folder = (id: Buffer, path: string, place: string, depth: number): Buffer => {
    const entries = new Map<string, TreeEntry>();
    const all = trees.get(id);
    const names = copyNames(
      all.map(({ name }) => name),
      traits,
    );
    for (const entry of all) {
      const name = names.get(entry.name)!;
      const at = joinPath(path, entry.name);
      if (name !== entry.name)
        renamed.push({ from: at, to: joinPath(place, name), why: harmless(entry.name) === entry.name ? 'name' : 'code' });
      if (entry.kind === Kind.link && leadsOut(targetOf(entry), depth)) leftOut.push(at);
      else if (entry.kind === Kind.folder)
        entries.set(name, { ...entry, name, id: folder(entry.id, at, joinPath(place, name), depth + 1) });
      else entries.set(name, { ...entry, name });
    }
    return putFolder(sink, entries, id);
  };
  return { root: folder(root, '', '', 0), renamed, leftOut };
}

/** What the names of one folder are called in a copy: no two of them the same, for the system that they are for. */
function copyNames(names: readonly string[], traits: NameTraits): ReadonlyMap<string, string> {
  const plain = names.map(harmless);
  const escaped = escapedNames(plain, traits);
  const written = plain.map((name) => escaped.get(name) ?? name);
  const taken = new Set(written.filter(isShort).map((name) => foldedName(name, traits)));
  const short = written.map((name) => {
    if (isShort(name)) return name;
    const one = shortName(name, (other) => taken.has(foldedName(other, traits)));
    taken.add(foldedName(one, traits));
    return one;
  });
  return new Map(names.map((name, at) => [name, short[at]!]));
}

/** Names that others read to run what is in them get a `_` in front; so do those that have one, so that no two names become one. */
function harmless(name: string): string {
  return guardOf(name.replace(/^_+/, '')) === undefined ? name : `_${name}`;
}

/**
 * Whether a link in a folder `depth` below the top may lead above the top. What comes after a name may be a link's way, so `..` is taken in front
 * alone; what is left of a target after that is in a folder, or another link that does not lead out.
 */
function leadsOut(target: string, depth: number): boolean {
  if (/^[\\/]|^[a-z]:/i.test(target)) return true;
  const names = target.split(/[\\/]/).filter((name) => name !== '' && name !== '.');
  const up = names.findIndex((name) => name !== '..');
  const leading = up < 0 ? names.length : up;
  return leading > depth || names.slice(leading).includes('..');
}
