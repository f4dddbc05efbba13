import assert from 'node:assert/strict';
import type { Room, RoomWarning } from '../../../src/engine/storageApi.ts';
import { compareWarnings, missing, roundSizes } from '../../../src/editor/storage/roomNeeds.ts';

const budget = (bytes: number, most: number): RoomWarning => ({ kind: 'budget', bytes, budget: most });
const room = (free: number, ...warnings: RoomWarning[]): Room => ({ disk: { free, total: 100 }, wanted: 10, budget: null, warnings });
const full: RoomWarning = { kind: 'disk', free: 4, wanted: 10 };

describe('sizes to free', () => {
  it('are round, and at most half of the store', () => {
    assert.deepEqual(roundSizes(21e9), [1e9, 2e9, 5e9, 10e9]);
    assert.deepEqual(roundSizes(5000), [1000, 2000]);
    assert.deepEqual(roundSizes(1999), []);
    assert.deepEqual(roundSizes(0), []);
  });

  it('are what each warning needs', () => {
    assert.deepEqual(missing(room(4, budget(25, 20), full)), [
      { kind: 'budget', bytes: 5 },
      { kind: 'disk', bytes: 6 },
    ]);
  });
});

describe('warnings of room', () => {
  it('are told once as long as they hold', () => {
    const first = compareWarnings(room(4, budget(25, 20), full), []);
    assert.deepEqual(first.fresh, [budget(25, 20), full]);
    assert.deepEqual(compareWarnings(room(3, budget(29, 20), full), ['budget:20', 'disk']), { stays: ['budget:20', 'disk'], fresh: [] });
  });

  it('are told again when it was well meanwhile, or the budget is another', () => {
    assert.deepEqual(compareWarnings(room(50), ['budget:20', 'disk']), { stays: [], fresh: [] });
    assert.deepEqual(compareWarnings(room(50, budget(31, 30)), ['budget:20']), { stays: [], fresh: [budget(31, 30)] });
  });

  it('are not told of a disk that has just enough, and then not, and so on', () => {
    assert.deepEqual(compareWarnings(room(11), ['disk']).stays, ['disk']);
    assert.deepEqual(compareWarnings(room(13), ['disk']).stays, []);
  });
});
