import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinResult, splitResult } from '../../../src/engine/rpc.ts';

describe('long answers between threads', () => {
  const list = fc.oneof(
    fc.array(fc.integer()),
    fc.integer({ min: 490, max: 1600 }).map((length) => Array.from({ length }, (_, at) => at)),
  );

  it('come in parts, and are put together as they were', () => {
    const result = fc.oneof(
      list,
      fc.record({ items: list, others: list, count: fc.nat() }, { noNullPrototype: true }),
      fc.constantFrom(undefined, null, 'text', 3),
    );
    fc.assert(
      fc.property(result, (whole) => {
        const { answer, rows } = splitResult(whole);
        assert.ok(rows.every((part) => part.rows.length <= 500));
        assert.deepEqual(joinResult(structuredClone(answer), structuredClone(rows)), whole);
      }),
      { numRuns: 50 },
    );
  });

  it('are not split where they are bytes', () => {
    const bytes = new Uint8Array(5000);
    assert.equal(splitResult(bytes).answer.result, bytes);
  });
});
