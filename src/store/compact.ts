import type { Work } from '../base/work.ts';
import { choosePacks, neededOf, type Choice, type LiveKind } from './choice.ts';
import { keptRoots } from './lending.ts';
import { ObjectReader } from './objectReader.ts';
import { PACK_FOLDER, packFile } from './pack.ts';
import { reachOf, type Reach } from './reach.ts';
import { listTrash, removeDamaged, removeTrash, writeTrash } from './reservations.ts';
import { rewriteLive } from './rewrite.ts';
import type { Lock, Session } from './sessions.ts';
import { folderBytes } from './sizes.ts';
import type { Store } from './store.ts';
import { dropMerged, loadIndex, wantsMerge, writeMerged } from './storeIndex.ts';
import { tidy } from './tidy.ts';

export interface Compaction {
  readonly removedObjects: number;
  readonly freedBytes: number;
  readonly rewrittenBytes: number;
  readonly packsBefore: number;
  readonly packsAfter: number;
  readonly waitingFor: readonly string[];
}

/** One compaction under way. */
interface Run {
  readonly store: Store;
  readonly session: Session;
  readonly lock: Lock;
  readonly work: Work;
}

/**
 * Gives back what no snapshot needs, in two phases: what is still needed of a pack is written to new ones, and the pack is put
 * in the trash, where nobody relies on it any more; it is deleted once everyone who was at work at that time has ended and
 * a second look finds nothing that needs it. With nobody else at work both happen at once.
 * @throws SnapstageError `busy`; `damaged` when a snapshot can't be followed: nothing is taken away then.
 */
export function compact(store: Store, session: Session, work: Work, roundBytes?: number): Compaction {
  using lock = store.lock.acquire(session);
  const run: Run = { store, session, lock, work };
  work.begin('compact');
  tidy(store, session);
  const packsBefore = store.files.list(PACK_FOLDER).length;
  const bytesBefore = folderBytes(store.files, PACK_FOLDER);
  const emptied = emptyTrash(run);
  const liveKind = liveIn(markAll(run));
  const choice = choosePacks(store, liveKind, roundBytes);
  removeBroken(run);
  const rewrittenBytes = replacePacks(run, choice, liveKind);
  store.reload();
  const after = loadIndex(store.files);
  const waiting = listTrash(store.files).flatMap(({ record }) => record.sessions ?? []);
  if ((choice.rounds.length > 0 || emptied > 0) && wantsMerge(after.loose))
    writeMerged(store.files, after.segments, (pack) => store.files.size(packFile(pack)) !== undefined);
  return {
    removedObjects: choice.deadObjects,
    freedBytes: Math.max(0, bytesBefore - folderBytes(store.files, PACK_FOLDER)),
    rewrittenBytes,
    packsBefore,
    packsAfter: store.files.list(PACK_FOLDER).length,
    waitingFor: [...new Set(waiting)],
  };
}

/** Writes what is alive of the chosen packs to new ones and puts them in the trash, round by round; returns the plain bytes written. */
function replacePacks(run: Run, { rounds }: Choice, liveKind: LiveKind): number {
  const { store, session, lock, work } = run;
  // As it was when the choice was made, through all rounds: those that follow move nothing of what the later ones read.
  const { index } = store;
  const source = new ObjectReader(store.files, index);
  let bytes = 0;
  try {
    for (const packs of rounds) {
      bytes += rewriteLive({ store, segments: index.all, liveKind, source, files: store.files, work }, packs).bytes;
      source.close();
      lock.check();
      // The trash must be readable before the sessions are listed: whoever comes later sees it and relies on nothing in it.
      const name = store.host.randomHex(8);
      const record = { packs: [...packs], at: store.host.now() };
      writeTrash(store.files, name, { ...record, sessions: null });
      writeTrash(store.files, name, { ...record, sessions: store.sessions.others(session.name) });
      store.reload();
      emptyTrash(run);
    }
  } finally {
    source.close();
  }
  return bytes;
}

/** Packs that can't be read are of no use once every snapshot was followed without them. */
function removeBroken({ store, session, lock }: Run): void {
  if (store.broken.length === 0 || store.sessions.others(session.name).length > 0) return;
  lock.check();
  for (const pack of store.broken) {
    store.files.remove(packFile(pack));
    removeDamaged(store.files, pack);
  }
}

function markAll({ store, work }: Run): Reach {
  return reachOf(store, keptRoots(store), () => work.check());
}

function liveIn(reach: Reach): LiveKind {
  return (location) => reach.kindOf(location);
}

/** Deletes trashed packs that nobody can need any more; returns how many. */
function emptyTrash(run: Run): number {
  const { store, session, lock } = run;
  let removed = 0;
  for (const { name, record } of listTrash(store.files)) {
    const others = store.sessions.others(session.name);
    // Whoever put it there was killed before noting who was at work; those who are now are the ones that can matter.
    if (record.sessions === null) writeTrash(store.files, name, { ...record, sessions: others });
    if ((record.sessions ?? others).some((one) => others.includes(one))) continue;
    const needed = neededPacks(run, record.packs);
    lock.check();
    for (const pack of record.packs) {
      if (needed.has(pack)) continue;
      store.files.remove(packFile(pack));
      removeDamaged(store.files, pack);
      removed += 1;
    }
    dropMerged(store.files);
    store.files.flushFolder(PACK_FOLDER);
    removeTrash(store.files, name);
    store.reload();
  }
  return removed;
}

/** The second look: packs of the trash that hold the only copy of something a snapshot needs, taken by someone since. */
function neededPacks(run: Run, packs: readonly string[]): Set<string> {
  return neededOf(run.store, packs, liveIn(markAll(run)));
}
