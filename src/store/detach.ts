import type { Work } from '../base/work.ts';
import { keptRoots } from './lending.ts';
import { mustBeLinked, writeLink, type Link } from './links.ts';
import { reachOf } from './reach.ts';
import { rewriteLive } from './rewrite.ts';
import type { Session } from './sessions.ts';
import type { Store } from './store.ts';

export interface Detachment {
  readonly link: Link;
  readonly objects: number;
  /** When decompressed. */
  readonly bytes: number;
}

/**
 * Brings over all that a linked store counts on in its parent, and ends the link: a compaction, from there to here. Until the record
 * says that the link has ended, it holds; what a process that was killed wrote by then nobody needs. The parent is told by the caller.
 * @throws SnapstageError `refused` when it is not linked, `not-found` without the parent, `busy`, `damaged`, `no-space`.
 */
export function detach(store: Store, session: Session, work: Work): Detachment {
  using lock = store.lock.acquire(session);
  void store.index; // which may name the parent's place anew
  const link = mustBeLinked(store.files);
  // Also all that was granted: someone at work now may count on it.
  const reach = reachOf(store, [...keptRoots(store), { part: 'link', root: link.root }], () => work.check());
  const { segments } = store.index.lent!;
  let [objects, bytes] = [0, 0];
  for (const segment of segments) {
    for (let row = 0; row < segment.objects; row++) {
      if (reach.kindOf({ segment, row }) === undefined) continue;
      objects += 1;
      bytes += segment.objectLength[row]!;
    }
  }
  work.begin('write', objects, bytes);
  const packs = new Set(segments.flatMap((segment) => segment.packs));
  rewriteLive({ store, segments, liveKind: (at) => reach.kindOf(at), source: store.reader, files: store.files, work }, packs);
  lock.check();
  writeLink(store.files, { ...link, detached: true });
  store.reload();
  return { link, objects, bytes };
}
