/** The picture of the Storage page: areas that tell the truth. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { treemap } from '../../../media/storage/treemap.ts';

const weights = fc.array(fc.oneof(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.nat(1000), fc.constant(0), fc.constant(7)), {
  maxLength: 60,
});
const side = fc.integer({ min: 1, max: 3000 });

/** Rounding of sums of many numbers, by the size of the whole. */
const tolerance = 1e-6;
/** Of parts that are too small to be seen, all together. */
const unseen = 60 * 1e-3;

describe('treemap', () => {
  it('has areas in proportion to the weights, which together are all of it', () => {
    fc.assert(
      fc.property(weights, side, side, (given, width, height) => {
        const whole = given.reduce((sum, weight) => sum + weight, 0);
        const areas = treemap(given, width, height).map((one) => one.width * one.height);
        assert.equal(areas.length, given.length);
        for (const [at, area] of areas.entries()) {
          const expected = whole === 0 ? 0 : (given[at]! / whole) * width * height;
          assert.ok(Math.abs(area - expected) <= tolerance * width * height + unseen, `${area} for ${expected}`);
        }
      }),
    );
  });

  it('lies inside, and no two parts over each other', () => {
    fc.assert(
      fc.property(weights, side, side, (given, width, height) => {
        const slack = tolerance * Math.max(width, height);
        const parts = treemap(given, width, height).filter((one) => one.width > 0 && one.height > 0);
        for (const { x, y, width: wide, height: high } of parts) {
          assert.ok(x >= -slack && y >= -slack && x + wide <= width + slack && y + high <= height + slack);
        }
        for (const [at, a] of parts.entries()) {
          for (const b of parts.slice(at + 1)) {
            const acrossX = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
            const acrossY = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
            assert.ok(acrossX <= slack || acrossY <= slack, `${JSON.stringify(a)} over ${JSON.stringify(b)}`);
          }
        }
      }),
    );
  });

  it('of equal weights has parts that are nearly squares', () => {
    for (const count of [4, 9, 20, 100]) {
      for (const { width, height } of treemap(Array<number>(count).fill(1), 600, 400)) {
        assert.ok(Math.max(width / height, height / width) < 3, `${width} × ${height} of ${count}`);
      }
    }
  });

  it('of nothing has nothing', () => {
    assert.deepEqual(treemap([], 100, 100), []);
    assert.deepEqual(treemap([0, -1], 100, 100), [
      { x: 0, y: 0, width: 0, height: 0 },
      { x: 0, y: 0, width: 0, height: 0 },
    ]);
    assert.deepEqual(treemap([5], 100, 60), [{ x: 0, y: 0, width: 100, height: 60 }]);
  });
});
