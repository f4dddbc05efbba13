import assert from 'node:assert/strict';
import { diskSpace, roomOf } from '../../../src/engine/room.ts';

const disk = { free: 50e9, total: 500e9 };
const grown = (...addedBytes: number[]): { addedBytes: number }[] => addedBytes.map((bytes) => ({ addedBytes: bytes }));

describe('room', () => {
  it('is short where the store is above its budget, and not where it just reaches it', () => {
    const facts = { storeBytes: 21, disk, snapshots: [] };
    assert.deepEqual(roomOf({ ...facts, budget: 20 }).warnings, [{ kind: 'budget', bytes: 21, budget: 20 }]);
    assert.deepEqual(roomOf({ ...facts, budget: 21 }), { disk, wanted: 5e9, budget: 21, warnings: [] });
    assert.deepEqual(roomOf({ ...facts, budget: undefined }), { disk, wanted: 5e9, budget: null, warnings: [] });
  });

  it('is short where little of the disk is free: a twentieth, or 5 GB', () => {
    const warnedAt = (free: number, total: number): boolean =>
      roomOf({ storeBytes: 0, budget: undefined, disk: { free, total }, snapshots: [] }).warnings.length > 0;
    assert.deepEqual([warnedAt(4.9e9, 500e9), warnedAt(5e9, 500e9)], [true, false]);
    assert.deepEqual([warnedAt(0.4e9, 10e9), warnedAt(0.5e9, 10e9)], [true, false]);
    assert.equal(warnedAt(0, 0), false);
  });

  it('is short where twice what one of the last snapshots took is not free; the first of all does not count', () => {
    const wantedFor = (...sizes: number[]): unknown =>
      roomOf({ storeBytes: 0, budget: undefined, disk, snapshots: grown(...sizes) }).warnings;
    assert.deepEqual(wantedFor(1, 30e9, 400e9), [{ kind: 'disk', free: 50e9, wanted: 60e9 }]);
    assert.deepEqual(wantedFor(1, 25e9, 400e9), []);
    assert.deepEqual(wantedFor(400e9), []);
    assert.deepEqual(wantedFor(...Array.from({ length: 10 }, () => 1), 400e9, 1), [], 'long ago');
  });

  it('on a disk that nothing is known of is not judged', () => {
    assert.deepEqual(roomOf({ storeBytes: 0, budget: undefined, disk: null, snapshots: grown(400e9, 1) }).warnings, []);
    assert.equal(diskSpace('/there/is/no/such/folder'), null);
    const here = diskSpace(import.meta.dirname);
    assert.ok(here !== null && here.total >= here.free && here.total > 0);
  });
});
