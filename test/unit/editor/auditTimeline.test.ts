/** The audit trail in time: by whose clock, and what is proven. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timelineOf, type Moment } from '../../../src/editor/audit/timeline.ts';
import { ada, hashOf, longTrail, master, smallTrail, trailOf } from '../../support/auditScenes.ts';

const moments = (trail: Parameters<typeof timelineOf>[0]): readonly Moment[] => timelineOf(trail).flatMap((day) => day.moments);

describe('the timeline of the audit trail', () => {
  it('has every record once, newest first, by days', () => {
    const days = timelineOf(smallTrail.entries);
    assert.deepEqual(
      days.map(({ key }) => key),
      ['2026-11-21', '2026-11-20', '2026-11-19', '2025-11-21'],
    );
    const all = moments(smallTrail.entries);
    assert.deepEqual(all.map(({ entry }) => entry.id).toSorted(), smallTrail.entries.map(({ id }) => id).toSorted());
    fc.assert(
      fc.property(fc.nat(60), (count) => {
        const times = moments(longTrail(count).entries).map(({ time }) => time);
        assert.equal(times.length, count);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => b - a),
        );
      }),
    );
  });

  it('puts what says no time where what it cites is, and before that', () => {
    const times = new Map(moments(smallTrail.entries).map(({ entry, time }) => [entry.kind, time]));
    assert.equal(times.get('admit'), times.get('invite'));
    const all = [...times.keys()];
    assert.ok(all.indexOf('admit') < all.indexOf('join') && all.indexOf('join') < all.indexOf('invite'));
    assert.equal(all.at(-1), 'published', 'a year behind');
  });

  it('says after and before what by others it was written, as far as that is signed', () => {
    const of = (kind: string): Moment => moments(smallTrail.entries).find(({ entry }) => entry.kind === kind)!;
    assert.deepEqual([of('acknowledge').after?.id, of('acknowledge').before?.id], [hashOf(5), hashOf(8)]);
    assert.deepEqual([of('seen').after?.id, of('seen').before], [hashOf(7), undefined]);
    assert.equal(of('genesis').after, undefined);
  });

  it('finds a clock that can’t be right, and lets small differences be', () => {
    assert.deepEqual(
      moments(smallTrail.entries).flatMap(({ entry, isContradicted }) => (isContradicted ? [entry.kind] : [])),
      ['published'],
    );
    const close = trailOf([
      { by: master, at: '2026-11-21T09:00:00.000Z' },
      { by: ada, at: '2026-11-21T08:58:00.000Z', after: [0] },
      { by: ada, at: '2026-11-21T08:57:00.000Z', after: [1] },
      // By its own log it came after the Master's, too.
      { by: ada, at: '2026-11-21T07:00:00.000Z', after: [2] },
    ]);
    assert.deepEqual(
      moments(close.entries).map(({ entry, isContradicted }) => [entry.sequence, isContradicted]),
      [
        [1, false],
        [1, false],
        [2, false],
        [3, true],
      ],
    );
  });

  it('is of no records nothing', () => assert.deepEqual(timelineOf([]), []));
});
