import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gramsOf, winnow } from '../../../src/space/similarity/winnowing.ts';

const tokens = fc.array(fc.nat(3), { maxLength: 60 });
const grain = fc.record({ gram: fc.integer({ min: 1, max: 6 }), window: fc.integer({ min: 1, max: 6 }) });

function fingerprints(some: readonly number[], { gram, window }: { gram: number; window: number }): Set<number> {
  const grams = gramsOf(some, gram);
  return new Set(winnow(grams, window).map((at) => grams[at]!));
}

describe('similarity: winnowing', () => {
  it('hashes runs of tokens: equal ones alike, others not', () => {
    fc.assert(
      fc.property(tokens, grain, (some, { gram }) => {
        const runs = Array.from({ length: Math.max(0, some.length - gram + 1) }, (_, at) => some.slice(at, at + gram).join());
        const hashes = [...gramsOf(some, gram)];
        assert.equal(hashes.length, runs.length);
        assert.equal(new Set(hashes).size, new Set(runs).size);
        assert.equal(new Set(runs.map((run, at) => `${run} ${hashes[at]}`)).size, new Set(runs).size);
        assert.ok(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0));
      }),
    );
  });

  it('finds every common run that is long enough, whatever stands around it', () => {
    fc.assert(
      fc.property(
        tokens,
        tokens,
        tokens,
        tokens,
        grain,
        fc.array(fc.nat(3), { minLength: 11, maxLength: 20 }),
        (a, b, c, d, sizes, run) => {
          const long = run.slice(0, sizes.gram + sizes.window - 1);
          const one = fingerprints([...a, ...long, ...b], sizes);
          const other = fingerprints([...c, ...long, ...d], sizes);
          assert.ok(haveCommon(one, other));
        },
      ),
    );
  });

  it('finds no run that is too short', () => {
    fc.assert(
      fc.property(tokens, tokens, grain, (a, b, sizes) => {
        const [one, other] = [a, b].map((some) => new Set(runsOf(some, sizes.gram)));
        const isFound = haveCommon(fingerprints(a, sizes), fingerprints(b, sizes));
        assert.ok(!isFound || haveCommon(one!, other!));
      }),
    );
  });

  it('chooses at least one of each window, of few hashes one', () => {
    fc.assert(
      fc.property(tokens, grain, (some, { gram, window }) => {
        const grams = gramsOf(some, gram);
        const chosen = winnow(grams, window);
        assert.deepEqual(
          chosen,
          [...new Set(chosen)].sort((a, b) => a - b),
        );
        for (let first = 0; first === 0 ? grams.length > 0 : first + window <= grams.length; first++) {
          assert.ok(chosen.some((at) => at >= first && at < first + window));
        }
      }),
    );
  });

  it('chooses one of each window’s length where all is the same', () => {
    assert.deepEqual(
      winnow(
        gramsOf(
          Array.from({ length: 100 }, () => 7),
          5,
        ),
        10,
      ),
      [9, 19, 29, 39, 49, 59, 69, 79, 89],
    );
  });

  function haveCommon<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
    return [...one].some((each) => other.has(each));
  }

  function runsOf(some: readonly number[], gram: number): string[] {
    return some.slice(gram - 1).map((_, at) => some.slice(at, at + gram).join());
  }
});
