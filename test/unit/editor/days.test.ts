import assert from 'node:assert/strict';
import { firstDayOfWeek, groupByDay } from '../../../src/editor/snapshots/days.ts';

// A Saturday.
const now = new Date(2026, 10, 21, 14, 30);
const at = (...local: [number, number, number, number?, number?]): { created: string } => ({ created: new Date(...local).toISOString() });

describe('days of snapshots', () => {
  it('groups by today, yesterday, this week, last week, then by month', () => {
    const times = [
      at(2026, 10, 21, 14, 0),
      at(2026, 10, 21, 0, 0),
      at(2026, 10, 20, 23, 59),
      at(2026, 10, 19, 12),
      at(2026, 10, 16, 0),
      at(2026, 10, 15, 23),
      at(2026, 10, 9, 0),
      at(2026, 10, 8, 23),
      at(2026, 9, 31, 12),
      at(2025, 9, 1, 0),
    ];
    assert.deepEqual(
      groupByDay(times, now, 1).map(({ key, span, items }) => [key, span, items.length]),
      [
        ['today', 'today', 2],
        ['yesterday', 'yesterday', 1],
        ['this-week', 'this-week', 2],
        ['last-week', 'last-week', 2],
        ['2026-11', 'month', 1],
        ['2026-10', 'month', 1],
        ['2025-10', 'month', 1],
      ],
    );
  });

  it('begins the week where the language does', () => {
    const sunday = [at(2026, 10, 15, 12)];
    assert.equal(groupByDay(sunday, now, 7)[0]?.key, 'this-week');
    assert.equal(groupByDay(sunday, now, 1)[0]?.key, 'last-week');
    assert.equal(firstDayOfWeek('de'), 1);
    assert.equal(firstDayOfWeek('en-US'), 7);
  });

  it('puts yesterday before the week it begins', () => {
    const monday = new Date(2026, 10, 16, 9);
    assert.deepEqual(
      groupByDay([at(2026, 10, 15, 12), at(2026, 10, 14, 12)], monday, 1).map(({ key }) => key),
      ['yesterday', 'last-week'],
    );
  });

  it('counts calendar days where a day has 23 or 25 hours', () => {
    for (const [year, month, day] of [
      [2026, 2, 30],
      [2026, 9, 26],
      [2026, 2, 9],
      [2026, 10, 2],
    ] as const) {
      const morning = new Date(year, month, day, 0, 15);
      assert.equal(groupByDay([at(year, month, day - 1, 0, 1)], morning, 1)[0]?.key, 'yesterday');
    }
  });

  it('takes a time ahead of the clock for today, and makes no group of nothing', () => {
    assert.equal(groupByDay([at(2026, 10, 25)], now, 1)[0]?.key, 'today');
    assert.deepEqual(groupByDay([], now, 1), []);
  });
});
