/** What takes the room below a folder, in all snapshots together. */
import { SnapstageError } from '../base/errors.ts';
import { joinPath, parsePath } from '../base/paths.ts';
import { stateOf } from '../instance/restore.ts';
import type { State, Trees } from '../instance/states.ts';
import { Footprint } from '../store/footprint.ts';
import { idKey } from '../store/ids.ts';
import { Weights } from '../store/sizes.ts';
import type { TreeEntry } from '../store/tree.ts';
import { kindOf } from './infos.ts';
import type { Open } from './open.ts';
import type { StoredFolder, StoredFolderRequest, StoredPath } from './storageApi.ts';

const ENTRIES_SHOWN = 50;

/** A name in the folder, with its different contents, newest first. */
interface Versions {
  readonly name: string;
  readonly all: Map<string, TreeEntry>;
  /** The newest snapshot has the first of them. */
  readonly isThere: boolean;
}

/** Each entry is weighed by itself, so that it weighs the same seen from above and from within. */
export function storedFolder({ store, work }: Pick<Open, 'store' | 'work'>, request: StoredFolderRequest): StoredFolder {
  const at = parsePath(request.path ?? '');
  const states = store.survey().snapshots.map((snapshot) => stateOf(store, snapshot));
  const entries = versionsIn(states, at, () => work.check());
  if (entries === undefined) throw new SnapstageError('not-found', `No snapshot has a folder “${at}”.`, { path: at });
  const weights = new Weights(store.files);
  const [whole, single] = [new Footprint(store, () => work.check()), new Footprint(store, () => work.check())];
  let stored = 0;
  work.begin('plan', entries.length);
  const paths = entries.map(({ name, all, isThere }): StoredPath => {
    single.beginAnew();
    const [newest, ...others] = [...all.values()];
    const weigh = (entry: TreeEntry): number => {
      let bytes = 0;
      single.visit(entry, (location) => {
        const weight = weights.of(location);
        bytes += weight;
        if (whole.isNew(location)) stored += weight;
      });
      return bytes;
    };
    const first = weigh(newest!);
    const rest = others.reduce((sum, entry) => sum + weigh(entry), 0);
    work.advance(1, 0);
    return {
      path: joinPath(at, name),
      kind: kindOf(newest!),
      stored: Math.round(first + rest),
      earlier: Math.round(isThere ? rest : first + rest),
      versions: all.size,
    };
  });
  paths.sort((a, b) => b.stored - a.stored || (a.path < b.path ? -1 : 1));
  const limit = request.limit ?? ENTRIES_SHOWN;
  const left = paths.slice(limit);
  return {
    path: at,
    stored: Math.round(stored),
    entries: paths.slice(0, limit),
    more: { count: left.length, stored: left.reduce((sum, one) => sum + one.stored, 0) },
  };
}

/** What lies in the folder, in any of the states; `undefined` where none has such a folder. Without a state the folder itself is empty. */
function versionsIn(states: readonly State[], at: string, check: () => void): Versions[] | undefined {
  const seen = new Set<string>();
  const found = new Map<string, Versions>();
  for (const [index, { trees, root }] of states.entries()) {
    check();
    const folder = trees.folder(root, at);
    if (folder === undefined || seen.has(idKey(folder))) continue;
    seen.add(idKey(folder));
    for (const entry of entriesOf(trees, folder)) {
      const known = found.get(entry.name);
      const versions = known ?? { name: entry.name, all: new Map<string, TreeEntry>(), isThere: index === 0 };
      if (known === undefined) found.set(entry.name, versions);
      const key = `${entry.kind} ${idKey(entry.id)}`;
      if (!versions.all.has(key)) versions.all.set(key, entry);
    }
  }
  return seen.size === 0 && at !== '' ? undefined : [...found.values()];
}

/** Not kept for later: each folder is read once. */
function entriesOf(trees: Trees, folder: Buffer): readonly TreeEntry[] {
  return trees.tree(folder).entries();
}
