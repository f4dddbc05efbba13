/** Snapshots that are taken by themselves: by a clock that the test puts on, before debugging, at a task's start, and by a task. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AutomaticSnapshots, type Clock } from '../../src/editor/automatic/automaticSnapshots.ts';
import { Reporter } from '../../src/editor/reporter.ts';
import { Work } from '../../src/editor/work.ts';
import { SnapstageError } from '../../src/base/errors.ts';
import type { EngineApi, SnapshotInfo } from '../../src/engine/api.ts';
import { editorOn, forgetSnapshots, inFolder, insert, internals, removeFiles, rowsUnder, texts, theInstance, until } from './extension.ts';
import { startTask } from './waitingTask.ts';

const MINUTE = 60_000;
const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const set = (key: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration('snapstage.automatic').update(key, value, vscode.ConfigurationTarget.Global);

/** A clock that stands still until it is put forward. */
class FakeClock implements Clock {
  #now = Date.now();
  readonly #waiting = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, call: () => void): vscode.Disposable {
    this.#waiting.set(call, this.#now + milliseconds);
    return { dispose: () => void this.#waiting.delete(call) };
  }

  /** Calls what is due on the way. */
  forward(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#waiting].filter(([, at]) => at <= end).sort(([, a], [, b]) => a - b);
      if (!next) break;
      this.#waiting.delete(next[0]);
      this.#now = Math.max(this.#now, next[1]);
      next[0]();
    }
    this.#now = end;
  }
}

const list = async (): Promise<readonly SnapshotInfo[]> => (await theInstance()).engine.list();
const reasons = async (): Promise<readonly (string | null)[]> => (await list()).map(({ reason }) => reason);

describe('automatic snapshots', () => {
  const log = vscode.window.createOutputChannel('Test of automatic snapshots', { log: true });
  const reporter = new Reporter(log);
  const clock = new FakeClock();
  let told: string[];
  let automatic: AutomaticSnapshots;
  let restoreWindow: () => void;

  before(async () => {
    const { workspace, atWork } = await internals();
    automatic = new AutomaticSnapshots({ workspace, work: new Work(log), reporter, atWork, clock });
    const window = vscode.window as unknown as Record<'showErrorMessage', (...args: unknown[]) => unknown>;
    const { showErrorMessage } = window;
    window.showErrorMessage = async (message) => void told.push(String(message));
    restoreWindow = () => void (window.showErrorMessage = showErrorMessage);
  });

  after(() => {
    automatic.dispose();
    restoreWindow();
    log.dispose();
  });

  beforeEach(async () => {
    told = [];
    await mkdir(inFolder('work'), { recursive: true });
    await change('one');
    await run('snapstage.take');
  });

  afterEach(async () => {
    await endDebugging();
    for (const key of ['schedule', 'idle', 'beforeDebug', 'whenTaskStarts']) await set(key, undefined);
    await (await theInstance()).engine.config({ retention: null });
    await run('workbench.action.closeAllEditors');
    await removeFiles('work', '.vscode');
    await forgetSnapshots();
  });

  const change = (text: string): Promise<void> => writeFile(inFolder('work/notes.txt'), `${text}\n`);

  /** Puts the clock forward, and waits until so many snapshots are there. */
  async function forward(minutes: number, snapshots: number): Promise<void> {
    clock.forward(minutes * MINUTE);
    await until(`${snapshots} snapshots`, async () => (await list()).length === snapshots);
  }

  /** Lets what the clock has set off come to its end, when it finds nothing new. */
  async function forwardInVain(minutes: number): Promise<void> {
    const before = await list();
    clock.forward(minutes * MINUTE);
    await automatic.take(await theInstance(), 'idle');
    assert.deepEqual(await list(), before);
  }

  it('are not taken unless they are wished for', async () => {
    await change('two');
    clock.forward(24 * 60 * MINUTE);
    assert.equal((await list()).length, 1);
  });

  it('come on schedule, when something is new, and say so', async () => {
    await set('schedule', 'hourly');
    // The clock is ahead of the snapshot's: one is due at once, and finds nothing new.
    await forwardInVain(0);
    await change('two');
    clock.forward(10 * MINUTE);
    assert.equal((await list()).length, 1);
    await forward(51, 2);
    const [newest] = await list();
    assert.deepEqual([newest?.kind, newest?.reason, newest?.consistency], ['automatic', 'scheduled', 'consistent']);
    await until('the row is there', async () => (await rowsUnder('Today')).length === 2);
    assert.match((await texts(await rowsUnder('Today')))[0] ?? '', /\| automatic, scheduled · consistent · /);
    assert.equal((await theInstance()).state.kind, 'ready');
    await forwardInVain(61);
    await change('three');
    await forward(61, 3);
    assert.deepEqual(told, []);
  });

  it('come after a pause, and not while one types', async () => {
    await set('idle', 5);
    const editor = await editorOn('work/notes.txt');
    const { document } = editor;
    await insert(editor, 'x');
    await document.save();
    for (let minute = 0; minute < 12; minute += 3) {
      clock.forward(3 * MINUTE);
      await insert(editor, 'x');
    }
    assert.equal((await list()).length, 1);
    await forward(6, 2);
    const { reason, evidence } = await (await theInstance()).engine.show('latest');
    assert.equal(reason, 'idle');
    assert.deepEqual(evidence, [{ path: 'work/notes.txt', reason: 'has unsaved changes' }]);
    await forwardInVain(60);
    await document.save();
  });

  it('tell of a failure once, until one succeeds', async () => {
    const instance = await theInstance();
    const { engine } = instance;
    const failing = (error?: SnapstageError): void => {
      Reflect.deleteProperty(instance, 'engine');
      if (!error) return;
      const takeAutomatic = async (): Promise<never> => {
        throw error;
      };
      const broken = new Proxy(engine, {
        get: (target, name: keyof EngineApi) => (name === 'takeAutomatic' ? takeAutomatic : target[name]),
      });
      Object.defineProperty(instance, 'engine', { get: () => broken, configurable: true });
    };
    const full = new SnapstageError('no-space', 'Only 12 MB are free on the disk, too little for automatic snapshots.');
    try {
      for (let times = 0; times < 3; times++) {
        failing(full);
        assert.equal(await automatic.take(instance, 'scheduled'), false);
      }
      assert.equal(told.length, 1);
      assert.match(
        told[0]!,
        /^No automatic snapshot of sample-course could be taken\. Only 12 MB are free on the disk, .* free some space/,
      );
      failing();
      assert.equal(await automatic.take(instance, 'scheduled'), true);
      failing(full);
      await automatic.take(instance, 'scheduled');
      assert.equal(told.length, 2);
      failing(new SnapstageError('cancelled', 'Cancelled.'));
      await automatic.take(instance, 'scheduled');
      assert.equal(told.length, 2);
    } finally {
      failing();
    }
  });

  it('are thinned out by the rules of the instance, and no others', async () => {
    const instance = await theInstance();
    await instance.engine.config({ retention: { last: 2 } });
    for (const text of ['2', '3', '4', '5']) {
      await change(text);
      assert.equal(await automatic.take(instance, 'scheduled'), true);
    }
    assert.deepEqual(
      (await list()).map(({ kind }) => kind),
      ['automatic', 'automatic', 'quick'],
    );
  });

  it('are one when several ask at once', async () => {
    const instance = await theInstance();
    await change('two');
    await Promise.all([automatic.take(instance, 'scheduled'), automatic.take(instance, 'idle', {}), automatic.take(instance, 'idle')]);
    assert.deepEqual(await reasons(), ['scheduled', null]);
  });

  /** Not waited for by itself: what a debugger takes to see its program end is its own affair. */
  async function endDebugging(): Promise<void> {
    await vscode.debug.stopDebugging();
    await until('the session ends', () => vscode.debug.activeDebugSession === undefined);
  }

  it('are taken before a run or debug session of those names, which waits', async () => {
    await set('beforeDebug', ['Run *']);
    await change('two');
    const folder = vscode.workspace.workspaceFolders![0]!;
    await writeFile(inFolder('work/main.js'), `require('fs').writeFileSync(${JSON.stringify(inFolder('work/out.txt'))}, 'made')\n`);
    const start = (name: string): Thenable<boolean> =>
      vscode.debug.startDebugging(folder, { type: 'node', request: 'launch', name, program: inFolder('work/main.js') }, { noDebug: true });
    assert.ok(await start('Run main'));
    assert.deepEqual(await reasons(), ['before debugging Run main', null]);
    const { engine } = await theInstance();
    assert.deepEqual(
      (await engine.ls({ state: 'latest', path: 'work' })).map(({ path }) => path),
      ['work/main.js', 'work/notes.txt'],
    );
    await endDebugging();
    await change('three');
    assert.ok(await start('Other'));
    assert.equal((await list()).length, 2);
    await endDebugging();
  });

  it('are taken as a task of those names starts, and say that it was running', async () => {
    await set('whenTaskStarts', ['build']);
    await change('two');
    for (const name of ['other', 'build']) {
      const task = await startTask(name);
      if (name === 'build') await until('it is taken', async () => (await list()).length === 2);
      await task.end();
    }
    const { reason, evidence } = await (await theInstance()).engine.show('latest');
    assert.equal(reason, 'start of task build');
    assert.ok(evidence.some(({ reason: why }) => why === 'the task “build” is running'));
  });

  it('are taken by a task that others can depend on', async () => {
    await change('two');
    const [task] = await vscode.tasks.fetchTasks({ type: 'snapstage' });
    assert.equal(task?.name, 'snapshot');
    const codes: (number | undefined)[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = vscode.tasks.onDidEndTask(({ execution }) => {
      if (execution.task.name === 'snapshot') resolve();
    });
    const ofTerminal = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => codes.push(exitCode));
    await vscode.tasks.executeTask(task);
    await promise;
    ended.dispose();
    ofTerminal.dispose();
    assert.deepEqual(await reasons(), ['before task', null]);
    assert.equal((await list())[0]?.consistency, 'consistent', 'it does not tell of itself');
  });
});
