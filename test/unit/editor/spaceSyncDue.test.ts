import assert from 'node:assert/strict';
import { nextSync } from '../../../src/editor/space/syncDue.ts';

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
