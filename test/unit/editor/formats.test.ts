import assert from 'node:assert/strict';
import { formatNumber, formatSize, parseTime } from '../../../src/base/format.ts';
import { baseName, parentPath } from '../../../src/base/paths.ts';
import { displayText, formatTime } from '../../../src/editor/formats.ts';

describe('formats of the editor', () => {
  it('writes sizes in decimal units', () => {
    assert.equal(formatSize(0, 'en'), '0 bytes');
    assert.equal(formatSize(1, 'en'), '1 byte');
    assert.equal(formatSize(999, 'en'), '999 bytes');
    assert.equal(formatSize(1_234_567, 'en'), '1.2 MB');
    assert.equal(formatSize(999_960, 'en'), '1 MB');
    assert.equal(formatSize(5e15, 'en'), '5 PB');
    assert.equal(formatSize(1_234_567, 'de'), '1,2 MB');
    assert.equal(formatNumber(78_579, 'de'), '78.579');
  });

  it('writes as much of a date as tells it from now', () => {
    const now = new Date(2026, 10, 21, 23, 0);
    const plain = (date: Date): string => formatTime(date.toISOString(), now, 'en-GB');
    assert.equal(plain(new Date(2026, 10, 21, 14, 2)), '14:02');
    assert.equal(plain(new Date(2026, 10, 20, 14, 2)), '20 Nov, 14:02');
    assert.equal(plain(new Date(2025, 10, 21, 14, 2)), '21 Nov 2025, 14:02');
  });

  it('reads times with nanoseconds', () => {
    assert.equal(parseTime('2026-11-21T01:02:03.123456789Z').getTime(), Date.UTC(2026, 10, 21, 1, 2, 3, 123));
  });

  it('shows names as what they are', () => {
    assert.equal(displayText('a\nb\u202ec\udc80 ✓ 🙂'), 'a\ufffdb\ufffdc\ufffd ✓ 🙂');
  });

  it('splits paths', () => {
    assert.deepEqual([baseName('a/b/c.txt'), parentPath('a/b/c.txt')], ['c.txt', 'a/b']);
    assert.deepEqual([baseName('c.txt'), parentPath('c.txt')], ['c.txt', '']);
  });
});
