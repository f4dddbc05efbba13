import assert from 'node:assert/strict';
import { SnapstageError } from '../../../src/base/errors.ts';
import { PageReading } from '../../../src/editor/pageReading.ts';

/** A page that notes what it is told, and what it reads, which ends when the test says so. */
class Page {
  readonly told: string[] = [];
  readonly logged: string[] = [];
  readonly ends: { readonly found: (value: string) => void; readonly failed: (error: Error) => void; readonly signal: AbortSignal }[] = [];
  isSeen = true;
  readonly reading = new PageReading<string>({
    read: (signal, found) =>
      new Promise((resolve, reject) => {
        const end = (value: string): void => {
          found(value);
          resolve();
        };
        this.ends.push({ found: end, failed: reject, signal });
      }),
    show: (value, before) => void this.told.push(before === undefined ? value : `${value} after ${before}`),
    showNothing: () => void this.told.push(this.reading.error?.message ?? 'reading'),
    isSeen: () => this.isSeen,
    logError: ({ message }) => void this.logged.push(message),
  });
}

describe('what a page reads', () => {
  let page: Page;

  beforeEach(() => {
    page = new Page();
  });

  /** Begins a reading; the promise is of its end. */
  const begin = (): Promise<boolean> => page.reading.refresh();

  it('is shown when it is there, and stays while it is read anew', async () => {
    const first = begin();
    assert.ok(page.reading.isUnderway);
    page.ends[0]!.found('a');
    assert.equal(await first, true);
    assert.equal(page.reading.isUnderway, false);
    const second = begin();
    assert.equal(page.reading.value, 'a');
    page.ends[1]!.found('b');
    await second;
    assert.deepEqual(page.told, ['reading', 'a', 'b after a']);
  });

  it('is of the last reading alone: the one before is ended, and what comes of it counts for nothing', async () => {
    const first = begin();
    const second = begin();
    assert.ok(page.ends[0]!.signal.aborted);
    page.ends[0]!.found('old');
    const third = begin();
    page.ends[1]!.failed(new Error('old'));
    page.ends[2]!.found('new');
    assert.deepEqual(await Promise.all([first, second, third]), [false, false, true]);
    assert.deepEqual([page.told, page.logged], [['reading', 'reading', 'reading', 'new'], []]);
  });

  it('gives way to a failure, unless that may be passed over', async () => {
    const first = begin();
    page.ends[0]!.found('a');
    await first;
    const kept = page.reading.refresh(({ code }) => code === 'io');
    page.ends[1]!.failed(new SnapstageError('io', 'no hub'));
    assert.equal(await kept, true);
    assert.deepEqual([page.reading.value, page.reading.error], ['a', undefined]);
    const failing = begin();
    page.ends[2]!.failed(new SnapstageError('io', 'no disk'));
    assert.equal(await failing, true);
    assert.equal(page.reading.value, undefined);
    assert.deepEqual(
      [page.told, page.logged],
      [
        ['reading', 'a', 'no disk'],
        ['no hub', 'no disk'],
      ],
    );
    const again = begin();
    assert.equal(page.reading.error, undefined);
    page.ends[3]!.found('b');
    await again;
    assert.deepEqual(page.told.slice(-2), ['reading', 'b']);
  });

  it('can be cancelled: what is shown stays then, and where nothing is, that is told and not logged', async () => {
    const first = begin();
    page.reading.cancel();
    assert.ok(page.ends[0]!.signal.aborted);
    page.ends[0]!.failed(new SnapstageError('cancelled', 'Cancelled.'));
    await first;
    const second = begin();
    page.ends[1]!.found('a');
    await second;
    const third = begin();
    page.reading.cancel();
    page.ends[2]!.failed(new SnapstageError('cancelled', 'Cancelled.'));
    assert.equal(await third, true);
    assert.equal(page.reading.value, 'a');
    assert.deepEqual([page.told, page.logged], [['reading', 'Cancelled.', 'reading', 'a'], []]);
  });

  it('keeps whoever waits for one that was ended until the last is there', async () => {
    const first = begin().then(() => page.reading.value);
    const second = begin();
    page.ends[0]!.found('old');
    await new Promise((resolve) => setTimeout(resolve, 10));
    page.ends[1]!.found('new');
    assert.equal(await first, 'new');
    assert.equal(await second, true);
  });

  it('is read anew for news when it is seen, once', async () => {
    page.isSeen = false;
    await page.reading.changed();
    assert.equal(page.ends.length, 0);
    const reading = page.reading.refreshIfStale();
    page.ends[0]!.found('a');
    await reading;
    await page.reading.refreshIfStale();
    assert.equal(page.ends.length, 1);
    page.isSeen = true;
    const changed = page.reading.changed();
    page.ends[1]!.found('b');
    await changed;
    assert.equal(page.reading.value, 'b');
    assert.equal(page.reading.isStale, false);
  });

  it('is read no more when the page is gone', async () => {
    const first = begin();
    page.reading.dispose();
    assert.ok(page.ends[0]!.signal.aborted);
    page.ends[0]!.found('late');
    assert.equal(await first, false);
    assert.equal(await begin(), false);
    assert.deepEqual([page.ends.length, page.told], [1, ['reading']]);
  });
});
