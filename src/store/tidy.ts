import { SnapstageError } from '../base/errors.ts';
import { readKeeps } from './keeps.ts';
import { PACK_FOLDER, packFile, readTrailer } from './pack.ts';
import { Reach } from './reach.ts';
import { decodeChecked } from './reservations.ts';
import type { Session } from './sessions.ts';
import { BUNDLE_FOLDER, STAGE_FOLDER, type Store } from './store.ts';

/** Where a restore writes files before it moves them into place. */
const STAGING = 'journal/staging';
/** In which files are replaced, each by way of a temporary one. */
const WRITTEN_FOLDERS = [
  'snapshots',
  'dependants',
  'keeps',
  'space',
  STAGE_FOLDER,
  BUNDLE_FOLDER,
  'index',
  'cache',
  'trash',
  'damaged',
  'journal',
  'locks',
  'restoring',
  'staging',
  '',
];
/** Folders of this kind in what is known of a Space. */
const BELOW_SPACE = /^(area-[0-9a-f]+|copies|receipts)$/;

/**
 * Clears away what interrupted processes left: unfinished packs, temporary files, labels without a snapshot, broken records.
 * Does nothing while others are at work. What is found is looked at once more after making sure of that: whoever was
 * writing it when it was found has ended since, and if properly, it is whole by now. Returns the files removed.
 */
export function tidy(store: Store, own: Session): readonly string[] {
  const { files } = store;
  const garbage = findGarbage(store, own);
  for (const name of garbage) {
    if (name === STAGING) files.removeFolder(name);
    else files.remove(name);
  }
  return garbage;
}

/** What `tidy` would remove now. */
export function findGarbage(store: Store, own: Session): readonly string[] {
  const suspects = [...unfinishedPacks(store), ...leftovers(store)];
  if (suspects.length === 0 || store.sessions.others(own.name).length > 0) return [];
  const still = new Set([...unfinishedPacks(store), ...leftovers(store)]);
  const found = suspects.filter((name) => still.has(name));
  // A pack whose end was damaged later looks unfinished too: while anything is missing, none is given up.
  const isPack = (name: string): boolean => name.startsWith(`${PACK_FOLDER}/`);
  return found.some(isPack) && !isWhole(store) ? found.filter((name) => !isPack(name)) : found;
}

function isWhole(store: Store): boolean {
  const { snapshots, damaged } = store.survey();
  const reach = new Reach(store.index, store.reader);
  const keeps = readKeeps(store.files);
  if (damaged.length > 0 || keeps.unknown.length > 0) return false;
  const roots = [...snapshots.map(({ record }) => record.root), ...keeps.known.map(({ root }) => root)];
  return roots.every((root) => reach.mark(Buffer.from(root, 'hex')).length === 0);
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
  const temps = [
    ...WRITTEN_FOLDERS,
    ...store.files.list('space').flatMap((name) => (BELOW_SPACE.test(name) ? [`space/${name}`] : [])),
  ].flatMap((folder) =>
    store.files.list(folder).flatMap((name) => (name.endsWith('.tmp') ? [folder === '' ? name : `${folder}/${name}`] : [])),
  );
  const records = ['trash', 'damaged'].flatMap((folder) => store.files.list(folder).map((name) => `${folder}/${name}`));
  const broken = records.filter((name) => decodeChecked(store.files.read(name)) === undefined);
  const isRestoring = store.files.size('journal/restore') !== undefined;
  const staged = !isRestoring && store.files.list('journal').includes('staging') ? [STAGING] : [];
  return [...new Set([...orphans.map((name) => `snapshots/${name}`), ...temps, ...broken, ...staged])];
}
