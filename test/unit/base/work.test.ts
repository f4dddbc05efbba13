import assert from 'node:assert/strict';
import { SnapstageError } from '../../../src/base/errors.ts';
import type { Progress } from '../../../src/base/progress.ts';
import { CancelFlag, Work } from '../../../src/base/work.ts';

describe('work', () => {
  function started(): { work: Work; reports: Progress[]; clock: { now: number } } {
    const reports: Progress[] = [];
    const clock = { now: 1000 };
    const work = new Work({ onProgress: (progress) => reports.push(progress) }, () => clock.now);
    return { work, reports, clock };
  }

  it('reports the start of each part, and then at most 20 times a second', () => {
    const { work, reports, clock } = started();
    work.begin('read', 100, 1000);
    assert.deepEqual(reports, [{ phase: 'read', files: 0, bytes: 0, totalFiles: 100, totalBytes: 1000 }]);
    for (let i = 0; i < 100; i++) {
      clock.now += 10;
      work.advance(1, 10);
    }
    assert.equal(reports.length, 1 + 20);
    work.begin('finish');
    assert.deepEqual(reports.at(-1), { phase: 'finish', files: 0, bytes: 0 });
  });

  it('is cancelled by a flag that another thread sets, without a message', () => {
    const flag = new CancelFlag();
    const work = new Work({ cancelFlag: flag.buffer });
    work.check();
    flag.cancel();
    assert.throws(() => work.check(), { code: 'cancelled' });
  });

  it('tells the rate of the last seconds and the time left', () => {
    const { work, reports, clock } = started();
    work.begin('read', 2, 10_000);
    clock.now += 1000;
    work.advance(1, 1000);
    assert.deepEqual([reports.at(-1)!.rate, reports.at(-1)!.eta], [1000, 9]);
    clock.now += 1000;
    work.advance(0, 3000);
    assert.deepEqual([reports.at(-1)!.rate, reports.at(-1)!.eta], [2000, 3]);
    for (let i = 0; i < 4; i++) {
      clock.now += 1000;
      work.advance(0, 0);
    }
    assert.equal(reports.at(-1)!.rate, 0);
    assert.equal(reports.at(-1)!.eta, undefined);
  });

  it('is cancelled by its signal, before or later, and for all threads that see the flag', () => {
    const isCancelled = (error: unknown): boolean => error instanceof SnapstageError && error.code === 'cancelled';
    assert.throws(() => new Work({ signal: AbortSignal.abort() }).check(), isCancelled);
    const stop = new AbortController();
    let beats = 0;
    const work = new Work({ signal: stop.signal }, undefined, () => (beats += 1));
    const elsewhere = new CancelFlag(work.cancel.buffer);
    work.check();
    elsewhere.check();
    stop.abort();
    assert.throws(() => work.begin('scan'), isCancelled);
    assert.throws(() => elsewhere.check(), isCancelled);
    assert.equal(beats, 2);
  });
});
