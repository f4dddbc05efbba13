import type { Holders } from './holders.ts';
import { recordFiles } from './snapshots.ts';
import { Weights } from './sizes.ts';
import type { Store } from './store.ts';

/** What exactly the snapshots of a set need, and no others: by the set's number. */
export interface SetWeights {
  readonly objects: Uint32Array;
  /** On disk, the records of snapshots included; 0 is what nobody needs. */
  readonly bytes: Float64Array;
}

/** Weighs every object once, and adds it to the set of those who need it. */
export function weighSets(store: Store, holders: Holders): SetWeights {
  const { sets, snapshots } = holders;
  const own = snapshots.map((_, place) => sets.single(place));
  const objects = new Uint32Array(sets.count);
  const bytes = new Float64Array(sets.count);
  const weights = new Weights(store.files);
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) {
      const set = holders.setNeeding({ segment, row });
      objects[set]! += 1;
      bytes[set]! += weights.of({ segment, row });
    }
  }
  for (const [place, { id }] of snapshots.entries()) {
    for (const file of recordFiles(id)) bytes[own[place]!]! += store.files.size(file) ?? 0;
  }
  return { objects, bytes };
}
