/** Finding by name in all snapshots and in one, and bringing back what was deleted. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, theInstance, until } from './extension.ts';
import { withPick } from './fakePick.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

describe('find', () => {
  beforeEach(async () => {
    await mkdir(inFolder('work'));
    await writeFile(inFolder('work/Thesis.tex'), 'first\n');
    await writeFile(inFolder('work/plot $(star).png'), 'x');
    await run('snapstage.take');
    await writeFile(inFolder('work/Thesis.tex'), 'second\n');
    await run('snapstage.take');
    await rm(inFolder('work/Thesis.tex'));
  });

  afterEach(async () => {
    await run('snapstage.closeHistory');
    await run('workbench.action.closeAllEditors');
    await removeFiles('work');
    await forgetSnapshots();
  });

  it('finds what is there and what is gone, and shows the history of what is chosen', async () => {
    await withPick(
      () => run('snapstage.find'),
      async (pick) => {
        assert.ok(pick.shown);
        const [found, ...others] = await pick.type('thesis');
        assert.deepEqual(others, []);
        assert.match(found ?? '', /^\$\(file\) Thesis\.tex \| work \| deleted · last in the snapshot of .+ · in 2 snapshots$/);
        assert.deepEqual(await pick.type('*.PNG'), ['Nothing found']);
        assert.deepEqual(await pick.type('star'), [String.raw`$(file) plot \$(star).png | work | there now · in 2 snapshots`]);
        assert.deepEqual(await pick.type('work/thesis'), [found]);
        pick.accept('$(file) Thesis.tex');
      },
    );
    const { history } = await internals();
    assert.deepEqual(
      history.rows.map((row) => history.getTreeItem(row).label),
      ['Deleted', ...(await theInstance().then((instance) => instance.mustList())).map(() => history.getTreeItem(history.rows[1]!).label)],
    );
  });

  it('brings back the newest version of what was deleted, by the plan and with undo', async () => {
    await withAnswers(['Restore'], () =>
      withPick(
        () => run('snapstage.find'),
        async (pick) => {
          await pick.type('thesis');
          pick.press('$(file) Thesis.tex', 'Restore the Newest Version…');
          await until('the file is back', () => existsSync(inFolder('work/Thesis.tex')));
        },
      ),
    );
    const document = await vscode.workspace.openTextDocument(inFolder('work/Thesis.tex'));
    assert.equal(document.getText(), 'second\n');
    await until('the restore can be undone', async () => {
      const { state } = await theInstance();
      return state.kind === 'ready' && state.status.undo !== null;
    });
    await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
    assert.ok(!existsSync(inFolder('work/Thesis.tex')));
  });

  it('in one snapshot opens the file as it was', async () => {
    const [, older] = await (await theInstance()).mustList();
    const node = { type: 'snapshot', instance: await theInstance(), snapshot: older };
    await withPick(
      () => run('snapstage.findInSnapshot', node),
      async (pick) => {
        assert.deepEqual(await pick.type('thesis'), ['$(file) Thesis.tex | work']);
        pick.accept('$(file) Thesis.tex');
      },
    );
    const { document } = vscode.window.activeTextEditor ?? assert.fail('nothing is open');
    assert.equal(document.uri.scheme, 'snapstage');
    assert.equal(document.getText(), 'first\n');
  });

  it('ends on escape with nothing done, while it still searches too', async () => {
    const { history } = await internals();
    await withPick(
      () => run('snapstage.find'),
      async (pick) => {
        void pick.type('thesis').catch(() => undefined);
        pick.escape();
        assert.ok(pick.disposed);
      },
    );
    assert.deepEqual(history.rows, []);
  });
});
