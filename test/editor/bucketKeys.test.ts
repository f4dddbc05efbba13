/** Keys of S3 that people enter, in place of the editor's secret storage one in memory. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SnapstageError } from '../../src/base/errors.ts';
import { Reporter } from '../../src/editor/reporter.ts';
import { BucketKeys } from '../../src/editor/space/bucketKeys.ts';
import { withAnswers } from './answers.ts';
import { until } from './extension.ts';

const bucket = 'https://s3.example.org/course';
const forBucket = new SnapstageError('io', 'The hub can’t be reached.', { reason: 'hub-unreachable', keysFor: bucket });

function inMemory(): { readonly kept: Map<string, string>; readonly keys: BucketKeys } {
  const kept = new Map<string, string>();
  const keys = new BucketKeys({
    get: (key) => Promise.resolve(kept.get(key)),
    store: (key, value) => Promise.resolve(void kept.set(key, value)),
    delete: (key) => Promise.resolve(void kept.delete(key)),
  });
  return { kept, keys };
}

/** Presses the last button but one of error toasts: the last shows the log. Returns the buttons of each. */
async function withRemedies(run: () => void, isDone: () => boolean): Promise<readonly (readonly unknown[])[]> {
  const window = vscode.window as { showErrorMessage: unknown };
  const { showErrorMessage } = window;
  const offered: unknown[][] = [];
  window.showErrorMessage = (_: string, ...buttons: unknown[]) => {
    offered.push(buttons);
    return Promise.resolve(buttons.at(-2));
  };
  try {
    run();
    await until('the remedy has run', isDone);
  } finally {
    window.showErrorMessage = showErrorMessage;
  }
  return offered;
}

describe('the keys of a bucket', () => {
  it('are entered by a button of the error, and are for this bucket alone', async () => {
    const { kept, keys } = inMemory();
    const log = vscode.window.createOutputChannel('Keys', { log: true });
    const reporter = new Reporter(log, (error) => keys.remedyFor(error));
    const asked = await withAnswers([' AKIA1 ', 'secret '], async () => {
      const offered = await withRemedies(
        () => {
          reporter.error(forBucket);
          reporter.error(new SnapstageError('io', 'Something else.'));
        },
        () => kept.size > 0,
      );
      assert.deepEqual(
        offered.map((buttons) => buttons.length),
        [2, 1],
      );
    });
    assert.match(asked[1]!.text, /sent to no other server/);
    assert.deepEqual(await keys.of(bucket), { id: 'AKIA1', secret: 'secret' });
    assert.equal(await keys.of('https://s3.example.org/other'), undefined);
    assert.equal(await keys.of('http://s3.example.org/course'), undefined);
    log.dispose();
  });

  it('are replaced, left as they are, and forgotten', async () => {
    const { kept, keys } = inMemory();
    await withAnswers([undefined], () => keys.enter(bucket));
    await withAnswers(['id', undefined], () => keys.enter(bucket));
    assert.equal(kept.size, 0, 'half of a pair is none');
    await withAnswers(['id', 'one'], () => keys.enter(bucket));
    await withAnswers(['id', 'two'], () => keys.enter(bucket));
    assert.deepEqual(await keys.of(bucket), { id: 'id', secret: 'two' });
    await withAnswers([undefined], () => keys.enter(bucket));
    assert.equal((await keys.of(bucket))?.secret, 'two');
    await withAnswers([''], () => keys.enter(bucket));
    assert.equal(kept.size, 0);
  });

  it('that another version kept otherwise are none', async () => {
    const { kept, keys } = inMemory();
    await withAnswers(['id', 'secret'], () => keys.enter(bucket));
    const [name] = kept.keys();
    for (const text of ['', '{', 'null', '[]', '{"id":1,"secret":"x"}', '{"id":"x"}']) {
      kept.set(name!, text);
      assert.equal(await keys.of(bucket), undefined, text);
    }
  });
});
