import ignore from 'ignore';
import { baseName, joinPath } from '../base/paths.ts';
import { SnapstageError } from '../base/errors.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { CURRENT, type State, type Trees } from './states.ts';

export interface Found {
  readonly path: string;
  readonly entry: TreeEntry;
  /** The current state holds it. */
  current: boolean;
  /** How many snapshots hold it. */
  snapshots: number;
  /** The ids of the first and the last of these, in the order given. */
  newest: string | null;
  oldest: string | null;
}

interface Hit {
  readonly path: string;
  readonly entry: TreeEntry;
}

/** Entries whose name (or, for a pattern with `/`, path) matches a glob, in any of the states, newest first; sorted by path. */
export function findPaths(states: readonly State[], pattern: string): Found[] {
  const matches = globMatcher(pattern);
  const found = new Map<string, Found>();
  // What lies below a folder that several states share is looked at once.
  const below = new Map<string, readonly Hit[]>();
  const hitsBelow = (trees: Trees, folder: Buffer, path: string): readonly Hit[] => {
    const key = `${folder.toString('latin1')}${path}`;
    const known = below.get(key);
    if (known !== undefined) return known;
    const hits: Hit[] = [];
    for (const entry of trees.get(folder)) {
      const child = joinPath(path, entry.name);
      if (matches(child)) hits.push({ path: child, entry });
      if (entry.kind === Kind.folder) for (const hit of hitsBelow(trees, entry.id, child)) hits.push(hit);
    }
    below.set(key, hits);
    return hits;
  };
  for (const state of states) {
    for (const { path, entry } of hitsBelow(state.trees, state.root, '')) {
      let one = found.get(path);
      if (one === undefined) found.set(path, (one = { path, entry, current: false, snapshots: 0, newest: null, oldest: null }));
      if (state.id === CURRENT) one.current = true;
      else {
        one.snapshots += 1;
        one.newest ??= state.id;
        one.oldest = state.id;
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `*`, `?`, `[…]`, `**`; case matters. @throws SnapstageError `usage` for an empty pattern. */
export function globMatcher(pattern: string): (path: string) => boolean {
  if (pattern.trim() === '') throw new SnapstageError('usage', 'The pattern is empty.');
  const rules = ignore({ ignorecase: false, allowRelativePaths: true });
  const isPath = pattern.includes('/');
  rules.add(isPath ? `/${pattern.replace(/^\/+/, '')}` : escapeRule(pattern));
  return (path) => rules.ignores(isPath ? path : baseName(path));
}

/** A leading `!` or `#` means something to ignore files, but not here. */
function escapeRule(pattern: string): string {
  return /^[!#]/.test(pattern) ? `\\${pattern}` : pattern;
}

export interface PathVersion {
  readonly entry: TreeEntry | undefined;
  /** Newest first. */
  readonly states: State[];
}

/** Versions of one path through states given newest first; neighbours with the same content are one version. */
export function pathHistory(states: readonly State[], path: string): PathVersion[] {
  const versions: { entry: TreeEntry | undefined; states: State[] }[] = [];
  for (const state of states) {
    const entry = state.trees.entry(state.root, path);
    const last = versions.at(-1);
    const same =
      last !== undefined &&
      (entry === undefined ? last.entry === undefined : last.entry?.kind === entry.kind && last.entry.id.equals(entry.id));
    if (same) last.states.push(state);
    else versions.push({ entry, states: [state] });
  }
  // Before it was first made it was not there: that is no version.
  while (versions.length > 0 && versions.at(-1)!.entry === undefined) versions.pop();
  return versions;
}
