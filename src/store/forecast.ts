import type { Work } from '../base/work.ts';
import { choosePacks, neededOf, type LiveKind } from './choice.ts';
import type { Holders } from './holders.ts';
import { packFile, PACK_FOLDER, type PackFiles } from './pack.ts';
import { listTrash } from './reservations.ts';
import { rewriteLive, type RewriteSource } from './rewrite.ts';
import { Segment } from './segment.ts';
import type { Session } from './sessions.ts';
import { recordFiles } from './snapshots.ts';
import type { Store } from './store.ts';
import { mergedBytes, mergedSize, wantsMerge } from './storeIndex.ts';
import { findLeftovers } from './tidy.ts';

/**
 * Bytes by which `storedBytes` shrinks when these snapshots are deleted and the store is compacted, once those at work now have ended.
 * The compaction is gone through with its own code, only that blocks copied as they are aren't read, and what is written is only
 * counted: so it is exact to some bytes for each new pack. Fewer than 0 where compacting costs more than it brings.
 * @throws SnapstageError `damaged`, `cancelled`.
 */
export function forecast(store: Store, session: Session, holders: Holders, deleted: ReadonlySet<string>, work: Work): number {
  const { files } = store;
  const liveKind = liveWithout(holders, deleted);
  const size = (name: string): number => files.size(name) ?? 0;
  const gone = new Set(removablePacks(store, liveKind));
  const emptied = gone.size;
  for (const pack of store.broken) gone.add(pack);
  const { rounds } = choosePacks(store, liveKind);
  const added: Segment[] = [];
  const written = new CountedFiles();
  const source = blankSource(store);
  for (const packs of rounds) {
    for (const pack of packs) gone.add(pack);
    const { packs: made } = rewriteLive({ store, segments: store.index.all, liveKind, source, files: written, work }, packs);
    added.push(...made.map(({ segment }) => new Segment(segment, true)));
  }
  const garbage = findLeftovers(store, session).garbage.filter((name) => /^(?:packs|snapshots|index)\//.test(name));
  const records = [...deleted].flatMap(recordFiles);
  const removed = [...[...gone].map(packFile), ...garbage, ...records].reduce((sum, name) => sum + size(name), 0);
  const isIndexNew = rounds.length > 0 || emptied > 0;
  return removed - written.bytes + (isIndexNew ? mergedSize(files) - mergedAfter(store, gone, added) : 0);
}

/** What stays when some snapshots are deleted. */
function liveWithout(holders: Holders, deleted: ReadonlySet<string>): LiveKind {
  const { sets, snapshots, places } = holders;
  const isSetLive = sets.holdsAny(places, (place) => !deleted.has(snapshots[place]?.id ?? ''));
  return (location) => (isSetLive(holders.setNeeding(location)) ? holders.kindOf(location) : undefined);
}

/** Packs of the trash that can be removed once nobody relies on them. */
function removablePacks(store: Store, liveKind: LiveKind): string[] {
  return listTrash(store.files).flatMap(({ record }) => {
    const needed = neededOf(store, record.packs, liveKind);
    return record.packs.filter((pack) => !needed.has(pack));
  });
}

/** Objects as they are, and for stored blocks bytes of their length. */
function blankSource(store: Store): RewriteSource {
  let blank = Buffer.alloc(1 << 20);
  return {
    at: (location) => store.reader.at(location),
    stored: (segment, block) => {
      const length = segment.blockStored[block]!;
      if (length > blank.length) blank = Buffer.alloc(length);
      return blank.subarray(0, length);
    },
  };
}

/** Size of the merged index when some packs have gone and others come. */
function mergedAfter(store: Store, gone: ReadonlySet<string>, added: readonly Segment[]): number {
  const stays = store.files.list(PACK_FOLDER).filter((pack) => !gone.has(pack)).length;
  return wantsMerge(stays + added.length) ? mergedBytes([...store.index.all, ...added], (pack) => !gone.has(pack)) : 0;
}

/** Takes packs in, and keeps of them how long they are. */
class CountedFiles implements PackFiles {
  bytes = 0;

  create(): ReturnType<PackFiles['create']> {
    return { append: (bytes) => (this.bytes += bytes.length), flush: () => undefined, close: () => undefined };
  }

  remove(): void {
    // Nothing is there.
  }

  flushFolder(): void {
    // Nothing is there.
  }
}
