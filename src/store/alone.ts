import type { Work } from '../base/work.ts';
import { Reach } from './reach.ts';
import type { Segment } from './segment.ts';
import type { Store } from './store.ts';

/**
 * Objects that only this snapshot needs, and the compressed bytes they take: an object's part of its block.
 * @throws SnapstageError `cancelled`.
 */
export function heldAlone(store: Store, snapshot: string, work: Work): { objects: number; bytes: number } {
  const { snapshots } = store.survey();
  const own = new Reach(store.index, store.reader, () => work.check());
  const others = new Reach(store.index, store.reader, () => work.check());
  for (const { id, record } of snapshots) {
    (id === snapshot ? own : others).mark(Buffer.from(record.root, 'hex'));
  }
  let objects = 0;
  let bytes = 0;
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      if (!own.isMarked(segment, row) || others.isMarked(segment, row)) continue;
      objects += 1;
      bytes += storedBytes(segment, row);
    }
  }
  return { objects, bytes: Math.round(bytes) };
}

function storedBytes(segment: Segment, row: number): number {
  const block = segment.objectBlock[row]!;
  return (segment.objectLength[row]! / Math.max(1, segment.blockPlain[block]!)) * segment.blockStored[block]!;
}
