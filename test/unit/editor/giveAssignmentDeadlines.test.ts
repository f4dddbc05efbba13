import assert from 'node:assert/strict';
import fc from 'fast-check';
import { localTime, looksLikeTime, patternsFrom, suggestedDeadlines } from '../../../src/editor/assignments/giveAssignmentDeadlines.ts';
import { parseDeadline } from '../../../src/engine/deadline.ts';

const zones = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns', '+05:30'] as const;

describe('suggested deadlines', () => {
  it('are counted from the day that it is there', () => {
    const now = Date.parse('2026-11-21T23:30:00Z');
    const local = (zone: string): readonly string[] => suggestedDeadlines(now, zone, [0, 7]).map((one) => one.local);
    assert.deepEqual(local('UTC'), ['2026-11-21 23:59', '2026-11-28 23:59']);
    assert.deepEqual(local('Europe/Berlin'), ['2026-11-22 23:59', '2026-11-29 23:59']);
    assert.deepEqual(local('Pacific/Pago_Pago'), ['2026-11-21 23:59', '2026-11-28 23:59']);
  });

  it('are times that the engine takes, ahead, in any zone and on any day', async () => {
    const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2100-01-01') });
    await fc.assert(
      fc.asyncProperty(moment, fc.constantFrom(...zones), fc.integer({ min: 1, max: 400 }), async (now, zone, days) => {
        const [one] = suggestedDeadlines(now, zone, [days]);
        assert.ok(looksLikeTime(one!.local));
        const { at } = await parseDeadline(one!.local, zone);
        assert.ok(at > now + (days - 1) * 86_400_000 && at < now + (days + 1.1) * 86_400_000);
        assert.equal(localTime(at, zone), one!.local);
      }),
    );
  });

  it('and what is written is looked at', () => {
    for (const text of ['2026-12-01', ' 2026-12-01 23:59 ', '2026-12-01T23:59:00+01:00', '2026-12-01T23:59Z'])
      assert.ok(looksLikeTime(text), text);
    for (const text of ['', 'tomorrow', '1.12.2026', '2026-12-1', '2026-12-01 23', '23:59']) assert.ok(!looksLikeTime(text), text);
    assert.deepEqual(patternsFrom(' *.py, ,!test*.py,data/ '), ['*.py', '!test*.py', 'data/']);
    assert.deepEqual(patternsFrom(''), []);
  });
});
