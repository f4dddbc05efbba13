import assert from 'node:assert/strict';
import fc from 'fast-check';
import { policyProblem, thin, type RetentionPolicy } from '../../../src/instance/retention.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-20T12:00:00Z');

const at = (time: number | string) => ({ created: new Date(time).toISOString() });

/** Times that are kept, newest first. */
function kept(times: readonly (number | string)[], policy: RetentionPolicy, zone = 'UTC', now = NOW): string[] {
  return [...thin(times.map(at), policy, zone, now)].flatMap(([{ created }, why]) => (why.length > 0 ? [created.slice(0, 16)] : []));
}

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia');
const times = fc.array(
  fc.integer({ min: 0, max: 900 * 24 * 60 }).map((minutes) => NOW - minutes * 60_000),
  { maxLength: 60 },
);
const count = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const policy = fc
  .record({ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count })
  .map((rules) => Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as RetentionPolicy);

/** The calendar day there, told by another way than the rules go. */
const dayIn = (where: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: where, dateStyle: 'short' });
  return (time: string): string => format.format(new Date(time));
};

describe('retention', () => {
  it('keeps the newest of each of the last hours, days, weeks, months and years that have any', () => {
    const halfHours = Array.from({ length: 10 }, (_, i) => NOW - i * (HOUR / 2));
    assert.deepEqual(kept(halfHours, { hourly: 3 }), ['2026-11-20T12:00', '2026-11-20T11:30', '2026-11-20T10:30']);
    const days = [
      '2026-11-20T08:00Z',
      '2026-11-20T07:00Z',
      '2026-11-17T23:59Z',
      '2026-11-17T00:00Z',
      '2026-10-01T00:00Z',
      '2026-09-01T00:00Z',
    ];
    assert.deepEqual(kept(days, { daily: 3 }), ['2026-11-20T08:00', '2026-11-17T23:59', '2026-10-01T00:00']);
    assert.deepEqual(kept(days, { monthly: 2 }), ['2026-11-20T08:00', '2026-10-01T00:00']);
    const weeks = ['2026-01-05T00:00Z', '2026-01-04T23:00Z', '2025-12-29T00:00Z', '2025-12-28T23:59Z', '2025-01-01T00:00Z'];
    assert.deepEqual(kept(weeks, { weekly: 3 }), ['2026-01-05T00:00', '2026-01-04T23:00', '2025-12-28T23:59']);
    assert.deepEqual(kept(weeks, { yearly: 2 }), ['2026-01-05T00:00', '2025-12-29T00:00']);
    assert.deepEqual(kept(weeks, { last: 2 }), ['2026-01-05T00:00', '2026-01-04T23:00']);
  });

  it('keeps the oldest as long as a rule wants more than there is', () => {
    assert.deepEqual(kept(['2026-11-20T08:00Z', '2026-11-20T07:00Z', '2026-11-20T06:00Z'], { daily: 7 }), [
      '2026-11-20T08:00',
      '2026-11-20T06:00',
    ]);
  });

  it('keeps a span back from the newest, by the calendar', () => {
    const back = ['2026-03-31T12:00Z', '2026-03-03T13:00Z', '2026-03-03T11:00Z', '2025-03-31T12:00Z', '2025-03-31T11:00Z'];
    assert.deepEqual(kept(back, { within: '1m' }), ['2026-03-31T12:00', '2026-03-03T13:00']);
    assert.deepEqual(
      kept(back, { within: '1y' }),
      back.slice(0, 4).map((time) => time.slice(0, 16)),
    );
    assert.deepEqual(
      kept(back, { within: '4w' }),
      back.slice(0, 2).map((time) => time.slice(0, 16)),
    );
    assert.deepEqual(kept(back, { within: '2h' }), ['2026-03-31T12:00']);
    assert.equal(kept(back, { within: '9y' }).length, 5);
  });

  it('is not led astray by a clock that was ahead', () => {
    const ahead = ['2099-01-01T00:00Z', '2026-11-20T11:00Z', '2026-11-01T11:00Z'];
    assert.deepEqual(kept(ahead, { within: '2d' }), ['2099-01-01T00:00', '2026-11-20T11:00']);
  });

  it('counts days and hours where it is asked to, also when the clocks change', () => {
    // In Berlin, midnight of October 25th 2026 is 22:00 UTC, and from 1:00 UTC it is two o'clock for the second time.
    const night = [
      '2026-10-25T22:30Z',
      '2026-10-25T01:30Z',
      '2026-10-25T00:30Z',
      '2026-10-24T22:00Z',
      '2026-10-24T21:59Z',
      '2026-10-20T12:00Z',
    ];
    assert.deepEqual(kept(night, { hourly: 3 }, 'Europe/Berlin'), ['2026-10-25T22:30', '2026-10-25T01:30', '2026-10-25T00:30']);
    assert.deepEqual(kept(night, { daily: 2 }, 'Europe/Berlin'), ['2026-10-25T22:30', '2026-10-24T21:59']);
    assert.deepEqual(kept(night, { daily: 2 }, 'UTC'), ['2026-10-25T22:30', '2026-10-24T22:00']);
    // The day of 23 hours: March 29th.
    const spring = ['2026-03-29T21:59Z', '2026-03-28T23:00Z', '2026-03-28T22:59Z', '2026-03-01T00:00Z'];
    assert.deepEqual(kept(spring, { daily: 2 }, 'Europe/Berlin'), ['2026-03-29T21:59', '2026-03-28T22:59']);
    assert.deepEqual(kept(['2026-03-29T10:00Z', '2026-03-28T11:00Z', '2026-03-28T10:30Z'], { within: '1d' }, 'Europe/Berlin'), [
      '2026-03-29T10:00',
      '2026-03-28T11:00',
    ]);
  });

  it('keeps of each day at most one for that rule, and the newest; more with more; in any order', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 20 }), zone, (all, daily, where) => {
        const unique = [...new Set(all)];
        const result = kept(unique, { daily }, where);
        const day = dayIn(where);
        const newestFirst = unique.toSorted((a, b) => b - a).map((time) => new Date(time).toISOString());
        const days = [...new Set(newestFirst.map(day))].slice(0, daily);
        const expected = new Set(days.map((one) => newestFirst.find((time) => day(time) === one)!));
        if (days.length < daily && newestFirst.length > 0) expected.add(newestFirst.at(-1)!);
        assert.deepEqual(new Set(result), new Set([...expected].map((time) => time.slice(0, 16))));
        assert.deepEqual(kept(unique.toReversed(), { daily }, where), result);
      }),
    );
  });

  it('keeps what any of its rules keeps, the newest always, and nothing more', () => {
    fc.assert(
      fc.property(times, policy, zone, (all, rules, where) => {
        const unique = [...new Set(all)];
        const alone = Object.entries(rules).flatMap(([rule, value]) => kept(unique, { [rule]: value }, where));
        const result = kept(unique, rules, where);
        assert.deepEqual(new Set(result), new Set(alone));
        if (unique.length > 0 && Object.keys(rules).length > 0)
          assert.equal(result[0], new Date(Math.max(...unique)).toISOString().slice(0, 16));
        // Thinned again, with nothing new, nothing goes but an oldest one that only stood in.
        const again = kept(
          result.map((time) => `${time}Z`),
          rules,
          where,
        );
        assert.deepEqual(again, result);
      }),
    );
  });

  it('is thinned day by day to what the rules are about, and reaches as far back as they do', () => {
    let left: number[] = [];
    for (let day = 0; day < 400; day++) {
      for (let hour = 0; hour < 24; hour += 6) left.push(NOW + day * DAY + hour * HOUR);
      const result = thin(left.map(at), { daily: 7, weekly: 4, monthly: 6 }, 'Europe/Berlin', NOW + day * DAY);
      left = [...result].flatMap(([{ created }, why]) => (why.length > 0 ? [Date.parse(created)] : []));
    }
    assert.ok(left.length <= 17 && left.length >= 13, `${left.length}`);
    assert.ok(NOW + 400 * DAY - Math.min(...left) > 120 * DAY);
  });

  it('knows what makes no sense', () => {
    for (const good of [{ last: 1 }, { within: '1y2m3w4d5h' }, { within: '30d', daily: 7 }]) assert.equal(policyProblem(good), undefined);
    for (const bad of [
      {},
      { last: 0 },
      { daily: -1 },
      { daily: 1.5 },
      { within: '' },
      { within: '5' },
      { within: '1d1y' },
      { often: 3 },
      { last: '3' },
    ])
      assert.notEqual(policyProblem(bad as RetentionPolicy), undefined, JSON.stringify(bad));
  });
});
