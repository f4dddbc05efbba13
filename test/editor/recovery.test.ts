/** What can go wrong on the way of a restore or a take, told by an engine that says so. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SnapstageError, type ErrorCode } from '../../src/base/errors.ts';
import type { RestoreItem, RestoreOutcome } from '../../src/engine/api.ts';
import { ListDocuments } from '../../src/editor/lists.ts';
import { errorSentence } from '../../src/editor/messages.ts';
import { AtWork } from '../../src/editor/inUse/atWork.ts';
import { Quieting } from '../../src/editor/inUse/quiet.ts';
import { EditorReloader } from '../../src/editor/restore/reload.ts';
import { Reporter } from '../../src/editor/reporter.ts';
import { Restorer } from '../../src/editor/restore/restore.ts';
import { SnapshotTaker } from '../../src/editor/snapshots/take.ts';
import { Unfinished } from '../../src/editor/restore/unfinished.ts';
import { Viewer } from '../../src/editor/files/viewer.ts';
import { Work } from '../../src/editor/work.ts';
import { withAnswers } from './answers.ts';
import { fakeInstance, fakePlan, fakeSnapshot } from './fakeEngine.ts';

const item = (action: RestoreItem['action'], path: string): RestoreItem => ({ action, path, kind: 'file', size: 1 });
const outcome = (items: readonly RestoreItem[]): RestoreOutcome => ({ counts: fakePlan([]).counts, items, problems: [] });

describe('when something comes between', () => {
  let log: vscode.LogOutputChannel;
  let work: Work;
  let restorer: Restorer;
  let taker: SnapshotTaker;
  let atWork: AtWork;

  before(() => {
    log = vscode.window.createOutputChannel('Snapstage Test', { log: true });
    const reporter = new Reporter(log);
    const lists = new ListDocuments();
    work = new Work(log);
    restorer = new Restorer(work, reporter, new Viewer(lists, reporter), lists, new EditorReloader(reporter));
    atWork = new AtWork();
    taker = new SnapshotTaker({ work, reporter, unfinished: new Unfinished(undefined), atWork, quieting: new Quieting(log) });
  });

  after(() => {
    atWork.dispose();
    work.dispose();
    log.dispose();
  });

  it('a plan that has become stale is shown anew', async () => {
    const first = fakePlan([item('replace', 'a')]);
    const second = { ...fakePlan([item('replace', 'a'), item('delete', 'b')]), from: 'later' };
    const executed: string[] = [];
    const { instance, forget } = await fakeInstance({
      planRestore: async () => (executed.length === 0 ? first : second),
      executeRestore: async (plan) => {
        executed.push(plan.from);
        if (executed.length === 1) throw new SnapstageError('stale-plan', 'The state has changed.');
        return outcome(second.items);
      },
    });
    const asked = await withAnswers(['Restore', 'Restore'], () => restorer.restore(instance, fakeSnapshot()));
    assert.match(asked[0]?.text ?? '', /^Replace 1 file\. /);
    assert.match(
      asked[1]?.text ?? '',
      /^The files have changed meanwhile; this is the new plan\. Replace 1 file, delete 1 that came later\. /,
    );
    assert.deepEqual(executed, ['now', 'later']);
    await forget();
  });

  it('a failure is passed on, and the view read again', async () => {
    let lists = 0;
    const { instance, forget } = await fakeInstance({
      list: async () => {
        lists++;
        return [fakeSnapshot()];
      },
      planRestore: async () => fakePlan([item('add', 'a')]),
      executeRestore: async () => {
        throw new SnapstageError('no-space', 'The disk is full.');
      },
    });
    const before = lists;
    await assert.rejects(
      withAnswers(['Restore'], () => restorer.restore(instance, fakeSnapshot())),
      { code: 'no-space' },
    );
    assert.ok(lists > before);
    assert.equal(work.current, undefined);
    await forget();
  });

  it('an interrupted restore is finished or undone', async () => {
    const ended: string[] = [];
    const { instance, forget } = await fakeInstance({
      recover: async (how) => {
        ended.push(how);
        return outcome([item('replace', 'a')]);
      },
    });
    await restorer.recover(instance, 'finish');
    await restorer.recover(instance, 'undo');
    assert.deepEqual(ended, ['finish', 'undo']);
    await forget();
  });

  it('running work says how far it is', async () => {
    const seen: (number | undefined)[] = [];
    const following = work.onDidChange(() => seen.push(work.current?.fraction));
    await work.run('Counting', async ({ onProgress }) => {
      onProgress?.({ phase: 'read', files: 1, bytes: 25, totalBytes: 100 });
      onProgress?.({ phase: 'delete', files: 3, totalFiles: 4, bytes: 0 });
    });
    following.dispose();
    assert.deepEqual(seen, [undefined, 0.25, 0.75, undefined]);
  });

  it('long work shows progress in the view, and a notification that cancels it', async () => {
    const window = vscode.window as unknown as { withProgress: unknown };
    const { withProgress } = window;
    const source = new vscode.CancellationTokenSource();
    const shown: unknown[] = [];
    window.withProgress = (
      options: vscode.ProgressOptions,
      run: (sink: vscode.Progress<object>, token: vscode.CancellationToken) => Promise<void>,
    ) => {
      shown.push(options);
      return run({ report: (value) => shown.push(value) }, source.token);
    };
    const { instance, forget } = await fakeInstance({
      take: (_request, { signal, onProgress } = {}) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new SnapstageError('cancelled', 'Cancelled.')));
          const report = setInterval(() => {
            onProgress?.({ phase: 'read', files: 3, totalFiles: 9, bytes: 1_000_000, totalBytes: 4_000_000, rate: 2_000_000, eta: 1.5 });
            if (shown.length > 3) source.cancel();
            if (signal?.aborted) clearInterval(report);
          }, 20);
        }),
    });
    try {
      await assert.rejects(taker.take(instance), { code: 'cancelled' });
    } finally {
      window.withProgress = withProgress;
      source.dispose();
      await forget();
    }
    const [inView, options, first, second] = shown;
    assert.deepEqual(inView, { location: { viewId: 'snapstage.snapshots' } });
    assert.deepEqual(options, { location: vscode.ProgressLocation.Notification, title: 'Taking a snapshot of folder', cancellable: true });
    assert.deepEqual(first, { message: '1 MB of 4 MB · 2 MB/s · 2 s left', increment: 25 });
    assert.deepEqual(second, { message: '1 MB of 4 MB · 2 MB/s · 2 s left' });
    assert.equal(work.current, undefined);
  });

  it('every kind of error has its sentence', () => {
    const codes: Record<ErrorCode, true> = {
      usage: true,
      'not-found': true,
      ambiguous: true,
      exists: true,
      refused: true,
      busy: true,
      'in-use': true,
      'stale-plan': true,
      conflict: true,
      damaged: true,
      'newer-format': true,
      'no-space': true,
      io: true,
      cancelled: true,
      bug: true,
    };
    const sentences = (Object.keys(codes) as ErrorCode[]).map((code) => errorSentence(new SnapstageError(code, 'It did not work.')));
    for (const sentence of sentences) assert.match(sentence, /^It did not work\.( .+\.)?$/);
    assert.ok(new Set(sentences).size >= 10);
    assert.match(errorSentence(new Error('odd')), /^odd This is a fault in Snapstage/);
  });
});
