import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fewest as fewestOf } from '../../src/store/fewest.ts';

interface Part {
  readonly holders: readonly number[];
  readonly bytes: number;
}

function fewest(parts: readonly Part[], isAutomatic: readonly boolean[], goal: number): number[] | undefined {
  return fewestOf(
    parts.map(({ holders, bytes: weight }) => ({ runs: runsOf(holders), bytes: weight })),
    isAutomatic,
    goal,
  );
}

/** Some of them as runs that touch, which is allowed. */
function runsOf(holders: readonly number[]): number[] {
  const runs: number[] = [];
  for (const one of holders) {
    if (runs.at(-1) === one && one % 5 !== 0) runs[runs.length - 1] = one + 1;
    else runs.push(one, one + 1);
  }
  return runs;
}

const heldBy = (parts: readonly Part[], members: ReadonlySet<number>): number =>
  parts.reduce((sum, { holders, bytes }) => (holders.every((one) => members.has(one)) ? sum + bytes : sum), 0);

const total = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);

/** All choices of so many. */
function* choices(count: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  else for (let one = from; one <= count - size; one++) for (const rest of choices(count, size - 1, one + 1)) yield [one, ...rest];
}

/** The size of the smallest choice there is, found by trying all. */
function smallest(parts: readonly Part[], count: number, goal: number): number {
  for (let size = 0; size <= count; size++)
    for (const choice of choices(count, size)) if (heldBy(parts, new Set(choice)) >= goal) return size;
  throw new Error('not even all');
}

const bytes = fc.integer({ min: 1, max: 1000 });
const run = (count: number): fc.Arbitrary<Part> =>
  fc.tuple(fc.nat(count - 1), fc.nat(count - 1), bytes).map(([a, b, weight]) => {
    const first = Math.min(a, b);
    return { holders: Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => first + i), bytes: weight };
  });
const anyPart = (count: number): fc.Arbitrary<Part> =>
  fc
    .tuple(fc.subarray([...Array.from({ length: count }).keys()], { minLength: 1 }), bytes)
    .map(([holders, weight]) => ({ holders, bytes: weight }));

/** Candidates, what they hold, and a goal that can be reached. */
function task(most: number, least: number, part: (count: number) => fc.Arbitrary<Part>) {
  return fc.integer({ min: least, max: most }).chain((count) =>
    fc.record({
      automatic: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
      parts: fc.array(part(count), { minLength: 1, maxLength: 40 }),
      share: fc.double({ min: 0.001, max: 1, noNaN: true }),
    }),
  );
}

describe('the fewest candidates that hold so much', () => {
  it('are found exactly where there are few, whatever they share', () => {
    fc.assert(
      fc.property(task(9, 1, anyPart), ({ automatic, parts, share }) => {
        const goal = Math.max(1, Math.floor(total(parts) * share));
        const chosen = fewest(parts, automatic, goal)!;
        assert.ok(heldBy(parts, new Set(chosen)) >= goal);
        assert.equal(chosen.length, smallest(parts, automatic.length, goal));
        const automatics = (choice: readonly number[]): number => choice.filter((one) => automatic[one]).length;
        for (const other of choices(automatic.length, chosen.length)) {
          const has = heldBy(parts, new Set(other));
          if (has < goal) continue;
          assert.ok(automatics(other) <= automatics(chosen), 'of as many, more are automatic');
          if (automatics(other) === automatics(chosen)) assert.ok(has >= heldBy(parts, new Set(chosen)), 'no more is lost than has to be');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are found exactly where there are many, when what they share lies in neighbours', () => {
    fc.assert(
      fc.property(task(18, 17, run), ({ automatic, parts, share }) => {
        const goal = Math.max(1, Math.floor(total(parts) * share));
        const chosen = fewest(parts, automatic, goal)!;
        assert.ok(heldBy(parts, new Set(chosen)) >= goal);
        assert.equal(chosen.length, smallest(parts, automatic.length, goal));
      }),
      { numRuns: 12 },
    );
  });

  it('hold enough, and none of them is in it for nothing, whatever is shared', () => {
    fc.assert(
      fc.property(
        task(60, 17, (count) => fc.oneof(run(count), anyPart(count))),
        ({ automatic, parts, share }) => {
          const goal = Math.max(1, Math.floor(total(parts) * share));
          const chosen = fewest(parts, automatic, goal)!;
          assert.ok(heldBy(parts, new Set(chosen)) >= goal);
          for (const one of chosen) {
            const without = new Set(chosen.filter((other) => other !== one));
            assert.ok(heldBy(parts, without) < goal, `${one} could stay`);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are automatic and old where it makes no other difference', () => {
    for (const count of [10, 30]) {
      const parts = Array.from({ length: count }, (_, one) => ({ holders: [one], bytes: 100 }));
      const automatic = parts.map((_, one) => one % 3 === 1);
      assert.deepEqual(fewest(parts, automatic, 300), [1, 4, 7]);
      assert.deepEqual(
        fewest(
          parts,
          parts.map(() => false),
          201,
        ),
        [0, 1, 2],
      );
    }
  });

  it('are none for nothing, and there are none where all together hold too little', () => {
    assert.deepEqual(fewest([{ holders: [0], bytes: 5 }], [false], 0), []);
    assert.deepEqual(fewest([{ holders: [0], bytes: 5 }], [false], 5), [0]);
    assert.equal(fewest([{ holders: [0], bytes: 5 }], [false], 6), undefined);
    assert.equal(fewest([], [], 1), undefined);
  });

  it('are found among thousands, where neighbours go together at first', () => {
    const count = 5000;
    const parts = Array.from({ length: count }, (_, one) => ({ holders: [one], bytes: 10 }));
    parts.push({ holders: [2500, 2501, 2502], bytes: 1_000_000 });
    const chosen = fewest(
      parts,
      parts.slice(0, count).map(() => false),
      1_000_000,
    );
    assert.deepEqual(chosen, [2500, 2501, 2502]);
  });
});
