import { SnapstageError } from '../base/errors.ts';
import { PACK_FOLDER, packFile, readTrailer } from './pack.ts';
import type { Session } from './sessions.ts';
import type { Store } from './store.ts';

/**
 * Clears away what interrupted processes left: unfinished packs, temporary files, labels without a snapshot.
 * Does nothing while others are at work. What is found is looked at once more after making sure of that: whoever was
 * writing it when it was found has ended since, and if properly, it is whole by now. Returns the files removed.
 */
export function tidy(store: Store, own: Session): readonly string[] {
  const { files } = store;
  const suspects = [...unfinishedPacks(store), ...leftovers(store)];
  if (suspects.length === 0 || store.sessions.others(own.name).length > 0) return [];
  const still = new Set([...unfinishedPacks(store), ...leftovers(store)]);
  const garbage = suspects.filter((name) => still.has(name));
  for (const name of garbage) files.remove(name);
  return garbage;
}

function unfinishedPacks(store: Store): string[] {
  return store.files.list(PACK_FOLDER).flatMap((pack) => (isUnfinished(store, pack) ? [packFile(pack)] : []));
}

function isUnfinished(store: Store, pack: string): boolean {
  if (store.knowsPack(pack)) return false;
  try {
    readTrailer(store.files, pack);
    return false;
  } catch (error) {
    return error instanceof SnapstageError && error.details.unfinished === true;
  }
}

function leftovers(store: Store): string[] {
  const snapshots = store.files.list('snapshots');
  const ids = new Set(snapshots);
  const orphans = snapshots.filter((name) => name.endsWith('.labels') && !ids.has(name.slice(0, -'.labels'.length)));
  const temps = ['snapshots', 'index', 'cache', 'trash', 'damaged', 'journal', 'locks', ''].flatMap((folder) =>
    store.files.list(folder).flatMap((name) => (name.endsWith('.tmp') ? [folder === '' ? name : `${folder}/${name}`] : [])),
  );
  return [...orphans.map((name) => `snapshots/${name}`), ...temps];
}
