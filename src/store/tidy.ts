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

/** What interrupted processes have left: names of files. */
export interface Leftovers {
  /** What nobody needs: unfinished packs, temporary files, labels without a snapshot, broken records. */
  readonly garbage: readonly string[];
  /** Packs that look unfinished while anything is missing: their ends may have been damaged later, so none is given up. */
  readonly suspicious: readonly string[];
}

/** Clears away what interrupted processes left. Returns what it has found. */
export function tidy(store: Store, own: Session): Leftovers {
  const { files } = store;
  const found = findLeftovers(store, own);
  for (const name of found.garbage) {
    if (name === STAGING) files.removeFolder(name);
    else files.remove(name);
  }
  return found;
}

/**
 * Nothing while others are at work. What is found is looked at once more after making sure of that: whoever was writing it when it
 * was found has ended since, and if properly, it is whole by now.
 */
export function findLeftovers(store: Store, own: Session): Leftovers {
  const suspects = [...unfinishedPacks(store), ...otherLeftovers(store)];
  // Asked in any case: it clears away sessions that have ended.
  const isAlone = store.sessions.others(own.name).length === 0;
  if (suspects.length === 0 || !isAlone) return { garbage: [], suspicious: [] };
  const still = new Set([...unfinishedPacks(store), ...otherLeftovers(store)]);
  const found = suspects.filter((name) => still.has(name));
  const packs = found.filter((name) => name.startsWith(`${PACK_FOLDER}/`));
  if (packs.length === 0 || isWhole(store)) return { garbage: found, suspicious: [] };
  return { garbage: found.filter((name) => !packs.includes(name)), suspicious: packs };
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

function otherLeftovers(store: Store): string[] {
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
