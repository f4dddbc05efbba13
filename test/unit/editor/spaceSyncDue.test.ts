import assert from 'node:assert/strict';
import { deadlinesOfMaster, nextDeadline, nextSync } from '../../../src/editor/space/syncDue.ts';

const minute = 60_000;

describe('the next sync', () => {
  it('is now where none was tried', () => {
    assert.equal(nextSync({ failures: 0 }, minute, 5000), 5000);
  });

  it('is so long after the last one', () => {
    assert.equal(nextSync({ at: 1000, failures: 0 }, minute, 5000), 61_000);
  });

  it('comes later with each failure, up to half an hour', () => {
    const pauses = [1, 2, 3, 5, 40].map((failures) => nextSync({ at: 0, failures }, minute, 0) / minute);
    assert.deepEqual(pauses, [2, 4, 8, 30, 30]);
  });

  it('never comes sooner for a failure where it is seldom wished for', () => {
    assert.equal(nextSync({ at: 0, failures: 3 }, 60 * minute, 0), 60 * minute);
  });

  it('is not put off by a clock that was put back', () => {
    assert.equal(nextSync({ at: 1e12, failures: 0 }, minute, 5000), 65_000);
  });
});

describe('the next deadline to sync at', () => {
  it('is the first after which the hub was not asked yet', () => {
    assert.equal(nextDeadline({ at: 100, failures: 0 }, [300, 50, 200]), 200);
    assert.equal(nextDeadline({ at: 200, failures: 0 }, [300, 50, 200]), 300);
  });

  it('is none where all were asked after, or the first sync is yet to come', () => {
    assert.equal(nextDeadline({ at: 300, failures: 2 }, [300, 200]), undefined);
    assert.equal(nextDeadline({ failures: 0 }, [300]), undefined);
  });

  it('is among those of the assignments that this instance gave, also of single members', () => {
    const counts = { nothing: 1, 'handed-in': 0, late: 0, unproven: 0, refused: 0, graded: 0, returned: 0 };
    const iso = (time: number): string => new Date(time).toISOString();
    const given = { counts, deadline: iso(300), extended: [iso(200), iso(900)] };
    assert.deepEqual(deadlinesOfMaster([given, { counts: null, deadline: iso(400), extended: [] }]), [300, 200, 900]);
    assert.equal(nextDeadline({ at: 300, failures: 0 }, deadlinesOfMaster([given])), 900);
  });
});
