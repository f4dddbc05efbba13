import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapshotSets } from '../../src/store/snapshotSets.ts';

describe('sets of snapshots', () => {
  it('are what sets are, and equal ones have one number', () => {
    const places = fc.uniqueArray(fc.nat(30));
    fc.assert(
      fc.property(places, places, fc.uniqueArray(fc.nat(30)), (a, b, wanted) => {
        const sets = new SnapshotSets();
        const of = (members: readonly number[]): number => members.reduce((set, place) => sets.union(set, sets.single(place)), 0);
        const both = [...new Set([...a, ...b])].toSorted((x, y) => x - y);
        const union = sets.union(of(a), of(b));
        assert.deepEqual(sets.places(union), both);
        assert.equal(union, of(both.toReversed()));
        assert.equal(union, sets.union(of(b), of(a)));
        assert.equal(of(a) === of(b), both.length === a.length && both.length === b.length);
        const holdsAny = sets.holdsAny(31, (place) => wanted.includes(place));
        assert.equal(
          holdsAny(union),
          both.some((place) => wanted.includes(place)),
        );
      }),
    );
  });

  it('of the last places there can be are sets too', () => {
    const sets = new SnapshotSets();
    const last = 2 ** 22 - 2;
    assert.deepEqual(sets.places(sets.union(sets.single(last), sets.single(last - 1))), [last - 1, last]);
    assert.deepEqual(sets.places(sets.union(sets.single(last), sets.single(0))), [0, last]);
  });
});
