/** Which rows of a long list are drawn: as many as are seen, and none is lost. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { extentOf, indexAt, offsetOf, type List } from '../../../media/page/extent.ts';

const lists: fc.Arbitrary<List> = fc
  .record({ count: fc.nat(300), size: fc.integer({ min: 10, max: 90 }) })
  .chain((list) =>
    fc
      .array(fc.tuple(fc.nat(Math.max(0, list.count - 1)), fc.integer({ min: 0, max: 900 })), { maxLength: 5 })
      .map((extras) => ({ ...list, extras: new Map(extras) })),
  );

describe('extent of a list', () => {
  it('holds every row that is seen, and together with what is above and below is as high as the list', () =>
    fc.assert(
      fc.property(lists, fc.nat(40_000), fc.integer({ min: 1, max: 1000 }), fc.nat(8), (list, top, height, spare) => {
        const { from, to, above, below } = extentOf(list, top, height, spare);
        const drawn = offsetOf(list, to) - offsetOf(list, from);
        assert.equal(above + drawn + below, offsetOf(list, list.count));
        for (let index = 0; index < list.count; index++) {
          const isSeen = offsetOf(list, index) < top + height && offsetOf(list, index + 1) > top;
          assert.ok(!isSeen || (index >= from && index < to), `${index} is not drawn`);
        }
        assert.ok(to - from <= Math.ceil(height / list.size) + 2 + 2 * spare);
      }),
    ));

  it('finds the row at an offset', () => {
    const list = { count: 4, size: 10, extras: new Map([[1, 100]]) };
    assert.deepEqual(
      [-5, 0, 9, 10, 119, 120, 130, 900].map((offset) => indexAt(list, offset)),
      [0, 0, 0, 1, 1, 2, 3, 3],
    );
    assert.deepEqual(extentOf({ ...list, count: 0 }, 50, 100, 6), { from: 0, to: 0, above: 0, below: 0 });
  });
});
