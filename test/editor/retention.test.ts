/** Which automatic snapshots are kept: rules chosen, what goes by them shown, and deleted. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { SnapshotInfo } from '../../src/engine/api.ts';
import { withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, removeFiles, theInstance } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const list = async (): Promise<readonly SnapshotInfo[]> => (await theInstance()).engine.list();
const rules = async (): Promise<unknown> => (await (await theInstance()).engine.config({})).retention;

describe('retention of automatic snapshots', () => {
  beforeEach(async () => {
    await mkdir(inFolder('work'), { recursive: true });
    await writeFile(inFolder('work/notes.txt'), 'one\n');
    await run('snapstage.take');
    const { engine } = await theInstance();
    for (const text of ['2', '3', '4', '5']) {
      await writeFile(inFolder('work/notes.txt'), text);
      await engine.takeAutomatic({ reason: 'scheduled' });
    }
    await (await theInstance()).refresh();
  });

  afterEach(async () => {
    await (await theInstance()).engine.config({ retention: null });
    await run('workbench.action.closeAllEditors');
    await removeFiles('work');
    await forgetSnapshots();
  });

  it('is chosen rule by rule, until they make sense, all at once, or not at all', async () => {
    const asked = await withAnswers(['Daily', '7', 'Within', 'long', '30d', undefined], () => run('snapstage.keepAutomatic'));
    assert.deepEqual(await rules(), { daily: 7, within: '30d' });
    assert.equal(asked[0]?.text, 'Automatic Snapshots of sample-course: What Is Kept');
    assert.match(
      asked[4]?.text ?? '',
      /^That is no rule for which snapshots to keep: within must be a span such as 30d or 1y6m\. All so far back/,
    );
    await withAnswers(['Last', 'many', '0', undefined, 'Within', '', undefined], () => run('snapstage.keepAutomatic'));
    assert.deepEqual(await rules(), { daily: 7 });
    await withAnswers(['Daily', '', undefined], () => run('snapstage.keepAutomatic'));
    assert.equal(await rules(), undefined);
    await withAnswers(['Recommended', undefined], () => run('snapstage.keepAutomatic'));
    assert.deepEqual(await rules(), { last: 10, hourly: 24, daily: 14, weekly: 8, monthly: 12 });
    await withAnswers(['Keep All', undefined], () => run('snapstage.keepAutomatic'));
    assert.equal(await rules(), undefined);
    assert.equal((await list()).length, 5, 'a choice deletes nothing');
  });

  it('is shown before anything goes, and only automatic ones do', async () => {
    const { engine } = await theInstance();
    await engine.config({ retention: { last: 1, daily: 3 } });
    const pinned = (await list())[2]!;
    await engine.edit({ state: pinned.id, pinned: true });
    const [question] = await withAnswers(['Show Details'], () => run('snapstage.thin'));
    assert.match(
      question?.text ?? '',
      /^Delete 1 automatic snapshot of sample-course for good\?\nKept: last 1, daily 3\nThese rules keep 3 of 4 automatic snapshots\./,
    );
    assert.deepEqual(question?.choices, ['Show Details', 'Delete']);
    const lines = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(lines, /^Kept: last 1, daily 3\n\nGo \(1\)\n {4}.* · automatic, scheduled\n\nStay \(3\)\n {4}.*: last, daily\n/);
    assert.match(lines, /: daily \(as the oldest\)\n/);
    assert.match(lines, /: it is pinned\n/);
    assert.equal((await list()).length, 5);
    await withAnswers([undefined], () => run('snapstage.thin'));
    assert.equal((await list()).length, 5);
    await withAnswers(['Delete'], () => run('snapstage.thin'));
    const left = await list();
    assert.deepEqual(
      left.map(({ kind }) => kind),
      ['automatic', 'automatic', 'automatic', 'quick'],
    );
    assert.ok(left.some(({ id }) => id === pinned.id));
    await run('snapstage.thin');
  });

  it('asks for rules first where there are none', async () => {
    await withAnswers([undefined], () => run('snapstage.thin'));
    assert.equal((await list()).length, 5);
    await withAnswers(['Last', '2', undefined, 'Delete'], () => run('snapstage.thin'));
    assert.equal((await list()).length, 3);
  });
});
