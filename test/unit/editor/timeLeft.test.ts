import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextChange, spanParts, urgencyOf } from '../../../src/editor/assignments/timeLeft.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const text = (span: number): string =>
  spanParts(span)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(' ');

describe('editor: time left', () => {
  it('is said in two units at most', () => {
    assert.equal(text(2 * DAY + 4 * HOUR + 59 * MINUTE), '2 day 4 hour');
    assert.equal(text(2 * DAY + 59 * MINUTE), '2 day');
    assert.equal(text(DAY - 1), '23 hour 59 minute');
    assert.equal(text(MINUTE), '1 minute');
    assert.equal(text(59_999), '59 second');
    assert.equal(text(0), '0 second');
  });

  it('grows urgent with a day, an hour and none', () => {
    const deadline = 100 * DAY;
    const at = (left: number): string => urgencyOf(deadline, deadline - left);
    assert.deepEqual([DAY, DAY - 1, HOUR, HOUR - 1, 0, -1].map(at), ['calm', 'soon', 'soon', 'near', 'near', 'passed']);
  });

  it('is said anew exactly when it has changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * DAY }), (left) => {
        const now = 0;
        const next = nextChange(left, now)!;
        assert.ok(next > now);
        // Nothing changes before: what is said a moment before then is what is said now.
        assert.equal(text(left - (next - 1)), text(left));
        assert.equal(urgencyOf(left, next - 1), urgencyOf(left, now));
        if (next <= left) assert.ok(text(left - next) !== text(left) || urgencyOf(left, next) !== urgencyOf(left, now) || left >= DAY);
      }),
    );
    assert.equal(nextChange(0, 1), undefined);
  });
});
