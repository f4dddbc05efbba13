import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextDue, SETTLE, type Moments, type Timing } from '../../../src/editor/automatic/due.ts';
import { fitsAny } from '../../../src/editor/automatic/patterns.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-21T12:00:00Z');
const long = NOW - 100 * HOUR;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
/** Without what is `undefined`. */
const present = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
const moment = fc.integer({ min: -50 * 60, max: 60 }).map((minutes) => NOW + minutes * MINUTE);
const span = fc.integer({ min: 1, max: 24 * 60 }).map((minutes) => minutes * MINUTE);
const timings = fc.record({ every: maybe(span), idle: maybe(span) }).map((one) => present(one) as Timing);
const moments = fc
  .record({ opened: moment, latest: maybe(moment), tried: maybe(moment), edited: maybe(moment) })
  .map((one) => present(one) as Moments);

describe('when an automatic snapshot is due', () => {
  it('is so long after the newest one, or the last look, whichever came later', () => {
    const every = HOUR;
    assert.equal(nextDue({}, { opened: long }, NOW), undefined);
    assert.deepEqual(nextDue({ every }, { opened: long, latest: NOW - 10 * MINUTE }, NOW), {
      at: NOW + 50 * MINUTE,
      occasion: 'scheduled',
    });
    const tried = NOW - 5 * MINUTE;
    assert.equal(nextDue({ every }, { opened: long, latest: NOW - 10 * MINUTE, tried }, NOW)?.at, NOW + 55 * MINUTE);
    assert.ok(nextDue({ every }, { opened: long, latest: NOW - 9 * HOUR }, NOW)!.at <= NOW, 'slept through');
    assert.equal(nextDue({ every }, { opened: NOW }, NOW)?.at, NOW + SETTLE, 'the window first opens in peace');
  });

  it('is so long after the last edit, once for it', () => {
    const idle = 5 * MINUTE;
    const edited = NOW - MINUTE;
    assert.equal(nextDue({ idle }, { opened: long }, NOW), undefined);
    assert.deepEqual(nextDue({ idle }, { opened: long, edited }, NOW), { at: NOW + 4 * MINUTE, occasion: 'idle' });
    assert.equal(nextDue({ idle }, { opened: long, edited, tried: NOW }, NOW), undefined);
    assert.deepEqual(nextDue({ idle, every: 2 * MINUTE }, { opened: long, edited, latest: NOW }, NOW)?.occasion, 'scheduled');
  });

  it('never before the window has settled, never later than was wished for, and only where something is wished for', () => {
    fc.assert(
      fc.property(timings, moments, (timing, then) => {
        const due = nextDue(timing, then, NOW);
        const edited = then.edited !== undefined && Math.min(then.edited, NOW) > Math.min(then.tried ?? -Infinity, NOW);
        assert.equal(due !== undefined, timing.every !== undefined || (timing.idle !== undefined && edited));
        if (!due) return;
        assert.ok(due.at >= Math.min(then.opened, NOW) + SETTLE);
        const longest = Math.max(timing.every ?? 0, timing.idle ?? 0, SETTLE);
        assert.ok(due.at <= NOW + longest, 'also where the clock was put back');
        assert.ok(timing[due.occasion === 'idle' ? 'idle' : 'every'] !== undefined);
      }),
    );
  });

  it('through a day of edits: each is looked for in time, and no look comes sooner after another than was wished for', () => {
    const edits = fc.array(fc.integer({ min: 1, max: 1440 }), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(timings, edits, (timing, minutes) => {
        const tries = day(
          timing,
          minutes.map((at) => NOW + at * MINUTE),
        );
        for (const [index, at] of tries.entries()) {
          if (timing.idle === undefined && index > 0) assert.ok(at - tries[index - 1]! >= timing.every!);
        }
        const end = NOW + 1440 * MINUTE;
        for (const [index, minute] of minutes.entries()) {
          const at = NOW + minute * MINUTE;
          const next = minutes[index + 1];
          const isQuiet = timing.idle !== undefined && (next === undefined || (next - minute) * MINUTE > timing.idle);
          const limit = Math.max(NOW + SETTLE, at + (isQuiet ? timing.idle : (timing.every ?? Infinity)));
          if (limit <= end)
            assert.ok(
              tries.some((one) => one >= at && one <= limit),
              `nobody looked after ${minute}`,
            );
        }
      }),
    );
  });
});

/** When a window that is open for a day looks for something new, given when edits come. */
function day(timing: Timing, edits: readonly number[]): number[] {
  const tries: number[] = [];
  let then: Moments = { opened: NOW, latest: NOW };
  const left = [...edits];
  let now = NOW;
  for (;;) {
    const due = nextDue(timing, then, now);
    const edit = left[0] ?? Infinity;
    const next = Math.min(edit, Math.max(due?.at ?? Infinity, now));
    if (next > NOW + 1440 * MINUTE) return tries;
    now = next;
    if (next === edit) then = { ...then, edited: left.shift()! };
    else {
      tries.push(now);
      then = { ...then, tried: now };
    }
  }
}

describe('names that automatic snapshots are taken for', () => {
  it('fit a pattern as a whole, in which only * is special', () => {
    assert.ok(fitsAny(['*'], 'build') && fitsAny(['x', 'build: *'], 'build: all') && fitsAny(['a.b'], 'a.b'));
    assert.ok(!fitsAny([], 'build') && !fitsAny(['build'], 'build all') && !fitsAny(['a.b'], 'axb'));
    fc.assert(fc.property(fc.string(), (name) => fitsAny([name], name) && fitsAny([`${name.slice(0, 2)}*`], name)));
  });

  it('fit nothing that is no text', () => {
    assert.ok(!fitsAny('*' as never, 'build') && !fitsAny([1, null] as never, 'build'));
  });
});
