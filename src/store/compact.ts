import { SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { Claims } from './claims.ts';
import { readConfig } from './config.ts';
import { ObjectReader } from './objectReader.ts';
import { ObjectWriter } from './objectWriter.ts';
import { PACK_FOLDER, packFile } from './pack.ts';
import { Reach } from './reach.ts';
import { listDamaged, listTrash, removeDamaged, removeTrash, writeTrash } from './reservations.ts';
import type { Segment } from './segment.ts';
import type { Lock, Session } from './sessions.ts';
import type { Store } from './store.ts';
import { dropMerged, loadIndex, StoreIndex, writeMerged } from './storeIndex.ts';
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

/** A pack with less than this share alive is rewritten. */
const WORTH_KEEPING = 0.85;
/** Packs below this size are put together when there are several. */
const SMALL_PACK = 4 << 20;
const MANY_SMALL = 8;

/**
 * Gives back what no snapshot needs, in two phases: what is still needed of a pack is written to new ones, and the pack is put
 * in the trash, where nobody relies on it any more; it is deleted once everyone who was at work at that time has ended and
 * a second look finds nothing that needs it. With nobody else at work both happen at once.
 * @throws SnapstageError `busy`; `damaged` when a snapshot can't be followed: nothing is taken away then.
 */
export function compact(store: Store, session: Session, work: Work): Compaction {
  using lock = store.lock.acquire(session);
  const run: Run = { store, session, lock, work };
  work.begin('compact');
  tidy(store, session);
  const packsBefore = store.files.list(PACK_FOLDER).length;
  const bytesBefore = packBytes(store);
  const emptied = emptyTrash(run);
  const chosen = choosePacks(run);
  removeBroken(run);
  let rewritten = 0;
  if (chosen.doomed.length > 0) {
    rewritten = rewriteLive(run, chosen);
    lock.check();
    // The trash must be readable before the sessions are listed: whoever comes later sees it and relies on nothing in it.
    const name = store.host.randomHex(8);
    writeTrash(store.files, name, { packs: chosen.doomed, sessions: null, at: store.host.now() });
    writeTrash(store.files, name, { packs: chosen.doomed, sessions: store.sessions.others(session.name), at: store.host.now() });
    store.reload();
    emptyTrash(run);
  }
  store.reload();
  const after = loadIndex(store.files);
  const waiting = listTrash(store.files).flatMap(({ record }) => record.sessions ?? []);
  if (chosen.doomed.length > 0 || emptied > 0)
    writeMerged(store.files, after.segments, (pack) => store.files.size(packFile(pack)) !== undefined);
  return {
    removedObjects: chosen.deadObjects,
    freedBytes: Math.max(0, bytesBefore - packBytes(store)),
    rewrittenBytes: rewritten,
    packsBefore,
    packsAfter: store.files.list(PACK_FOLDER).length,
    waitingFor: [...new Set(waiting)],
  };
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

interface Choice {
  readonly doomed: readonly string[];
  readonly deadObjects: number;
  readonly reach: Reach;
}

function choosePacks(run: Run): Choice {
  const { store } = run;
  const reach = markAll(run);
  const sizes = new Map<string, { live: number; total: number; objects: number; dead: number }>();
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      const pack = packOf(segment, row);
      const size = sizes.get(pack) ?? { live: 0, total: 0, objects: 0, dead: 0 };
      sizes.set(pack, size);
      size.total += segment.objectLength[row]!;
      if (reach.isMarked(segment, row)) size.live += segment.objectLength[row]!;
      else size.dead += 1;
    }
  }
  const broken = listDamaged(store.files);
  const trashed = new Set(listTrash(store.files).flatMap(({ record }) => record.packs));
  const small = [...sizes.keys()].filter((pack) => (store.files.size(packFile(pack)) ?? 0) < SMALL_PACK);
  const merge = small.length > MANY_SMALL ? new Set(small) : new Set<string>();
  const doomed = [...sizes].flatMap(([pack, size]) => {
    const isWasteful = size.dead > 0 && size.live < size.total * WORTH_KEEPING;
    return !trashed.has(pack) && (isWasteful || merge.has(pack) || broken.has(pack)) ? [pack] : [];
  });
  const deadObjects = doomed.reduce((sum, pack) => sum + sizes.get(pack)!.dead, 0);
  return { doomed, deadObjects, reach };
}

function markAll({ store, work }: Run): Reach {
  const { snapshots, damaged } = store.survey();
  const reach = new Reach(store.index, store.reader, () => work.check());
  if (damaged.length > 0) throw cannotFollow(`snapshots/${damaged[0]}`, 'its record is damaged');
  for (const snapshot of snapshots) {
    const missing = reach.mark(Buffer.from(snapshot.record.root, 'hex'));
    if (missing.length > 0) throw cannotFollow(`snapshots/${snapshot.id}`, `“${missing[0]!.path}”: ${missing[0]!.problem}`);
  }
  return reach;
}

function cannotFollow(part: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `The store is damaged (${part}: ${why}); nothing is taken away before “verify” has looked at it.`, {
    part,
  });
}

function packOf(segment: Segment, row: number): string {
  return segment.packs[segment.blockPack[segment.objectBlock[row]!]!]!;
}

/** Copies what is alive in the doomed packs into new ones, in the order it lies in; deltas stay deltas of the same base. */
function rewriteLive(run: Run, { doomed, reach }: Choice): number {
  const { store, work } = run;
  const gone = new Set(doomed);
  const reader = new ObjectReader(store.files, store.index);
  const writer = new ObjectWriter({
    files: store.files,
    index: new StoreIndex([]),
    bases: store.index,
    claims: Claims.forObjects(1 << 16),
    reader,
    newName: () => store.host.randomHex(16),
    level: readConfig(store.files).compression,
  });
  let bytes = 0;
  try {
    for (const segment of store.index.all) {
      for (const row of rowsInPlace(segment, gone)) {
        work.check();
        if (!reach.isMarked(segment, row)) continue;
        const content = reader.at({ segment, row });
        writer.put(content, isSmallBlock(segment, row) ? 'meta' : 'data', segment.baseOf(segment.objectBlock[row]!));
        bytes += content.length;
        work.advance(1, content.length);
      }
    }
    writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  } finally {
    reader.close();
  }
  return bytes;
}

/** Trees and chunk lists have blocks of their own, which are smaller. */
function isSmallBlock(segment: Segment, row: number): boolean {
  return segment.blockPlain[segment.objectBlock[row]!]! <= 512 << 10;
}

function rowsInPlace(segment: Segment, packs: ReadonlySet<string>): number[] {
  const rows = [];
  for (let row = 0; row < segment.objects; row++) if (packs.has(packOf(segment, row))) rows.push(row);
  return rows.sort((a, b) => segment.objectBlock[a]! - segment.objectBlock[b]! || segment.objectOffset[a]! - segment.objectOffset[b]!);
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
  const { store } = run;
  const reach = markAll(run);
  const trash = new Set(packs);
  const needed = new Set<string>();
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      const pack = packOf(segment, row);
      if (trash.has(pack) && reach.isMarked(segment, row) && !store.index.has(segment.id(row))) needed.add(pack);
    }
  }
  return needed;
}

function packBytes(store: Store): number {
  return store.files.list(PACK_FOLDER).reduce((sum, pack) => sum + (store.files.size(packFile(pack)) ?? 0), 0);
}
