/** What is at work on the folder when a snapshot is to be taken: seen, told, quieted down, or taken as it is. */
import assert from 'node:assert/strict';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { skip } from '../rig/skip.ts';
import { withPick } from './fakePick.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, theInstance, until } from './extension.ts';
import { startTask } from './waitingTask.ts';

const take = (): Thenable<unknown> => vscode.commands.executeCommand('snapstage.take');
const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('snapstage');
const set = (key: string, value: unknown): Thenable<void> => settings().update(key, value, vscode.ConfigurationTarget.Workspace);

async function latest(): Promise<{ consistency: string; reasons: readonly string[] }> {
  const { consistency, evidence } = await (await theInstance()).engine.show('latest');
  return { consistency, reasons: evidence.map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`)) };
}

describe('what is in use', () => {
  beforeEach(async () => {
    await mkdir(inFolder('work'), { recursive: true });
    await writeFile(inFolder('work/notes.txt'), 'one\n');
  });

  afterEach(async () => {
    await until('nothing is at work any more', async () => (await seen()).length === 0);
    for (const key of ['inUse', 'quiesce.before', 'quiesce.after']) await set(key, undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await removeFiles('work', '.vscode');
    await forgetSnapshots();
  });

  const seen = async (): Promise<readonly string[]> =>
    (await internals()).atWork.on(await theInstance()).map(({ path, reason }) => path + reason);

  it('a running task is seen, asked about, and on record', async () => {
    const task = await startTask('simulate');
    await until('it is seen, and nothing else', async () => (await seen()).join() === 'the task “simulate” is running');
    await withPick(take, async (pick) => {
      await until('the question is asked', () => pick.shown && pick.items.length > 0);
      assert.equal(pick.title, 'Something Is in Use');
      assert.deepEqual(
        pick.items.map(({ label }) => label),
        ['Save All and Try Again', 'Take It As It Is', 'In use', 'the task “simulate” is running'],
      );
      pick.escape();
    });
    assert.deepEqual(await (await theInstance()).engine.list(), []);
    await withPick(take, async (pick) => {
      await until('the question is asked', () => pick.items.length > 0);
      pick.accept('Take It As It Is');
    });
    assert.deepEqual(await latest(), { consistency: 'crash-consistent', reasons: ['the task “simulate” is running'] });
    await task.end();
    await until('nothing is at work any more', async () => (await seen()).length === 0);
    await take();
    assert.deepEqual(await latest(), { consistency: 'consistent', reasons: [] });
  });

  it('can be taken as it is, always in this workspace', async () => {
    const task = await startTask('simulate');
    await withPick(take, async (pick) => {
      await until('the question is asked', () => pick.items.length > 0);
      pick.press('Take It As It Is', 'Always in this Workspace');
    });
    assert.equal(settings().get('inUse'), 'takeAsItIs');
    await writeFile(inFolder('work/notes.txt'), 'two\n');
    await take();
    assert.equal((await latest()).consistency, 'crash-consistent');
    assert.equal((await (await theInstance()).engine.list()).length, 2);
    await task.end();
  });

  it('is quieted down by the user’s commands, and woken up again', async () => {
    const task = await startTask('server');
    const node = `"${process.execPath}"`;
    const note = inFolder('work/quiet.log');
    const append = (word: string): string => `${node} -e "require('fs').appendFileSync('work/quiet.log', '${word} ')"`;
    await set('quiesce.before', [{ command: append('quiet') }]);
    await set('quiesce.after', [{ command: append('awake') }]);
    await withPick(take, async (pick) => {
      await until('the question is asked', () => pick.items.length > 0);
      assert.equal(pick.items[0]!.label, 'Save All and Quiet Down');
      // As a command that ends a server would.
      await task.end();
      pick.accept('Save All and Quiet Down');
    });
    const { consistency, reasons } = await latest();
    assert.equal(consistency, 'quiesced');
    assert.match(reasons[0]!, /^quieted by “.*quiet/);
    assert.equal(readFileSync(note, 'utf8'), 'quiet awake ');
  });

  it('no snapshot is taken when an essential command fails or takes too long, and the folder is woken up', async () => {
    const task = await startTask('server');
    const node = `"${process.execPath}"`;
    await set('inUse', 'quietDown');
    await set('quiesce.after', [{ command: `${node} -e "require('fs').writeFileSync('work/awake', '')"` }]);
    for (const before of [
      { command: `${node} -e "process.exit(3)"` },
      { command: `${node} -e "setTimeout(() => {}, 60000)"`, timeout: 1 },
    ]) {
      await set('quiesce.before', [before]);
      await take();
      assert.deepEqual(await (await theInstance()).engine.list(), []);
      assert.ok(existsSync(inFolder('work/awake')));
      await removeFiles('work/awake');
    }
    await set('quiesce.before', [{ command: `${node} -e "process.exit(3)"`, essential: false }]);
    await task.end();
    await take();
    assert.equal((await latest()).consistency, 'consistent');
  });

  it('a file that a program writes to is told by the engine', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells who has a file open');
    const stream = createWriteStream(inFolder('work/data.csv'));
    await new Promise((resolve) => stream.once('open', resolve));
    await withPick(take, async (pick) => {
      await until('the question is asked', () => pick.items.length > 0);
      assert.match(pick.items.at(-1)!.label, /^work\/data\.csv: open for writing by .+ \(process \d+\)$/);
      pick.escape();
    });
    await new Promise((resolve) => stream.end(resolve));
    await take();
    assert.equal((await latest()).consistency, 'consistent');
  });

  it('a program in a terminal is seen where the shell tells', async () => {
    const terminal = vscode.window.createTerminal({ name: 'calculations', cwd: inFolder('work') });
    try {
      await until('the shell tells', () => terminal.shellIntegration?.cwd !== undefined);
      assert.deepEqual(await seen(), []);
      terminal.shellIntegration!.executeCommand('sleep 60');
      await until('the program is seen', async () => (await seen()).length > 0);
      assert.deepEqual(await seen(), ['a program is running in the terminal “calculations”']);
    } finally {
      terminal.dispose();
    }
    await until('the terminal is gone', async () => (await seen()).length === 0);
  });

  it('a notebook that runs is seen', async () => {
    const file = vscode.Uri.file(inFolder('work/lesson.ipynb'));
    await writeFile(
      file.fsPath,
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [{ id: 'a', cell_type: 'code', metadata: {}, source: '1', outputs: [] }],
      }),
    );
    const notebook = await vscode.workspace.openNotebookDocument(file);
    await vscode.window.showNotebookDocument(notebook);
    const controller = vscode.notebooks.createNotebookController('snapstage-test', 'jupyter-notebook', 'Test', undefined);
    try {
      controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
      let begun: vscode.NotebookCellExecution | undefined;
      controller.executeHandler = (cells) => {
        begun = controller.createNotebookCellExecution(cells[0]!);
        begun.executionOrder = 1;
        begun.start(Date.now());
      };
      await vscode.commands.executeCommand('notebook.selectKernel', { id: 'snapstage-test', extension: 'snapstage.snapstage' });
      await vscode.commands.executeCommand('notebook.execute');
      await until('the run is seen', async () => (await seen()).length > 0);
      assert.deepEqual(await seen(), ['work/lesson.ipynba notebook that is running']);
      begun!.end(true, Date.now());
      await until('the run has ended', async () => (await seen()).length === 0);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    } finally {
      controller.dispose();
    }
  });
});
