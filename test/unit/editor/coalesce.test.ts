import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coalesce } from '../../../src/editor/coalesce.ts';

describe('coalesce', () => {
  it('runs once at a time, and once more for all that came meanwhile', async () => {
    const ends: (() => void)[] = [];
    const run = coalesce(() => new Promise<void>((resolve) => ends.push(resolve)));
    const first = run();
    const [second, third] = [run(), run()];
    assert.equal(ends.length, 1);
    ends[0]?.();
    await first;
    await Promise.resolve();
    assert.equal(ends.length, 2);
    ends[1]?.();
    await Promise.all([second, third]);
    void run();
    assert.equal(ends.length, 3);
  });

  it('gives every caller a run that began after its call', async () => {
    let value = 1;
    const seen: number[] = [];
    const run = coalesce(async () => {
      const current = value;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(current);
    });
    const first = run();
    value = 2;
    await run();
    await first;
    assert.deepEqual(seen, [1, 2]);
  });

  it('goes on after a failure', async () => {
    let runs = 0;
    const run = coalesce(async () => {
      runs++;
      if (runs === 1) throw new Error('first');
    });
    const first = run();
    const second = run();
    await assert.rejects(first, /first/);
    await second;
    await run();
    assert.equal(runs, 3);
  });

  it('never runs twice at a time, whenever it is called', async () => {
    const pause = fc.integer({ min: 0, max: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(pause, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        pause,
        async (callers, length) => {
          let [begun, active] = [0, 0];
          const run = coalesce(async () => {
            assert.equal(++active, 1);
            begun++;
            await microtasks(length);
            active--;
          });
          const call = async (pauses: readonly number[]): Promise<void> => {
            for (const one of pauses) {
              await microtasks(one);
              const before = begun;
              await run();
              assert.ok(begun > before);
            }
          };
          await Promise.all(callers.map(call));
        },
      ),
    );
  });
});

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
