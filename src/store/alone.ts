import type { Holders } from './holders.ts';
import { recordFiles } from './snapshots.ts';
import { Weights } from './sizes.ts';
import type { Store } from './store.ts';

export interface SetWeight {
  objects: number;
  /** On disk, the records of snapshots included. */
  bytes: number;
}

/** What exactly the snapshots of a set need, and no others: by the set's number, 0 for what nobody needs. Every object is weighed once. */
export function weighSets(store: Store, holders: Holders): Map<number, SetWeight> {
  const { sets, snapshots } = holders;
  const bySet = new Map<number, SetWeight>();
  const add = (set: number, objects: number, bytes: number): void => {
    const weight = bySet.get(set);
    if (weight === undefined) bySet.set(set, { objects, bytes });
    else {
      weight.objects += objects;
      weight.bytes += bytes;
    }
  };
  const weights = new Weights(store.files);
  for (const segment of store.index.all) {
    for (let row = 0; row < segment.objects; row++) add(holders.setNeeding({ segment, row }), 1, weights.of({ segment, row }));
  }
  for (const [place, { id }] of snapshots.entries()) {
    for (const file of recordFiles(id)) add(sets.single(place), 0, store.files.size(file) ?? 0);
  }
  return bySet;
}
