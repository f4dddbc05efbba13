/** The history of files and folders, and looking at snapshots in windows of their own. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { HistoryNode } from '../../src/editor/history/historyNodes.ts';
import { withAnswers } from './answers.ts';
import { withCommand, withOpenedFolders } from './commands.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const uri = (path: string): vscode.Uri => vscode.Uri.file(inFolder(path));

async function items(node?: HistoryNode): Promise<readonly vscode.TreeItem[]> {
  const { history } = await internals();
  return history.getChildren(node).map((child) => history.getTreeItem(child));
}

async function texts(node?: HistoryNode): Promise<readonly string[]> {
  return (await items(node)).map(({ label, description }) => `${typeof label === 'string' ? label : label?.label} | ${description}`);
}

const activeDiff = (): vscode.TabInputTextDiff => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : assert.fail('no diff is open');
};
const text = async (at: vscode.Uri): Promise<string> => (await vscode.workspace.openTextDocument(at)).getText();

describe('history', () => {
  const take = async (name: string): Promise<void> => {
    await withAnswers([name, ''], () => run('snapstage.takeDescribed'));
  };

  beforeEach(async () => {
    await mkdir(inFolder('work'));
    await writeFile(inFolder('work/notes.txt'), 'one\n');
    await take('first');
    await writeFile(inFolder('work/notes.txt'), 'one and two\n');
    await take('second');
    await take('same again');
    await rm(inFolder('work/notes.txt'));
    await writeFile(inFolder('work/other.txt'), 'other\n');
    await take('without');
    await writeFile(inFolder('work/notes.txt'), 'back\n');
  });

  afterEach(async () => {
    await run('snapstage.closeHistory');
    await run('workbench.action.closeAllEditors');
    await removeFiles('work');
    await forgetSnapshots();
  });

  it('lists the versions of a file, newest first, with what each has changed', async () => {
    await run('snapstage.showHistory', uri('work/notes.txt'));
    const rows = await texts();
    assert.equal(rows.length, 4, rows.join('\n'));
    assert.match(rows[0] ?? '', /^Current state \| brought back · .+ · 5 bytes$/);
    assert.match(rows[1] ?? '', /^Deleted \| was not there · /);
    assert.match(rows[2] ?? '', /^second \| 8 bytes more · .+ · 12 bytes$/);
    assert.match(rows[3] ?? '', /^first \| first version · .+ · 4 bytes$/);
    const said = (await items()).map(({ accessibilityInformation }) => accessibilityInformation?.label ?? '');
    assert.match(said[2] ?? '', /^second, 8 bytes more, .+, 12 bytes, in 2 snapshots$/);
    assert.match(said[0] ?? '', /now, in no snapshot$/);
    const { history } = await internals();
    const holders = await texts(history.rows[2]);
    assert.deepEqual(
      holders.map((holder) => holder.split(' | ')[0]),
      ['same again', 'second'],
    );
    assert.deepEqual(await texts(history.rows[0]), []);
  });

  it('shows the difference to the version before, to now, and any version itself', async () => {
    await run('snapstage.showHistory', uri('work/notes.txt'));
    const { history } = await internals();
    const [current, deleted, second, first] = history.rows;
    const click = async (node: HistoryNode | undefined): Promise<void> => {
      assert.ok(node);
      const { command } = history.getTreeItem(node);
      assert.ok(command);
      await run(command.command, ...(command.arguments ?? []));
    };
    await click(second);
    assert.equal(await text(activeDiff().original), 'one\n');
    assert.equal(await text(activeDiff().modified), 'one and two\n');
    assert.equal(activeDiff().original.path, activeDiff().modified.path);
    await click(deleted);
    assert.equal(await text(activeDiff().original), 'one and two\n');
    assert.equal(await text(activeDiff().modified), '');
    await click(current);
    assert.equal(await text(activeDiff().original), '');
    assert.equal(activeDiff().modified.toString(), uri('work/notes.txt').toString());
    await click(first);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'one\n');
    await run('snapstage.compare', second);
    assert.equal(await text(activeDiff().original), 'one and two\n');
    assert.equal(activeDiff().modified.toString(), uri('work/notes.txt').toString());
    const [holder] = history.getChildren(second);
    await click(holder);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'one and two\n');
  });

  it('brings back a version by the plan, and keeps what was there', async () => {
    await run('snapstage.showHistory', uri('work/notes.txt'));
    const { history } = await internals();
    const asked = await withAnswers(['Restore'], () => run('snapstage.restoreEntry', history.rows[2]));
    assert.match(asked[0]?.text ?? '', /^Replace 1 file\. The state now is kept as a snapshot first\./);
    assert.equal((await readFile(inFolder('work/notes.txt'))).toString(), 'one and two\n');
    await until(
      'the view follows',
      async () => /^automatic, before restore|^Current state/.test((await texts())[0] ?? '') || history.rows.length === 5,
    );
  });

  it('of a folder counts what each version changed, and shows all of it together', async () => {
    await run('snapstage.showHistory', uri('work'));
    const rows = await texts();
    assert.equal(rows.length, 4, rows.join('\n'));
    assert.match(rows[0] ?? '', /^Current state \| 1 new · /);
    assert.match(rows[1] ?? '', /^without \| 1 new, 1 deleted · /);
    assert.match(rows[2] ?? '', /^second \| 1 changed · /);
    assert.match(rows[3] ?? '', /^first \| first version · /);
    const { history } = await internals();
    const shown: unknown[][] = [];
    await withCommand(
      'vscode.changes',
      (...args) => shown.push(args),
      () => run('snapstage.compareWithPrevious', history.rows[1]),
    );
    const [title, sides] = shown[0] as [string, (vscode.Uri | undefined)[][]];
    assert.equal(title, 'second ↔ without');
    const kinds = sides.map(([file, left, right]) => [file?.path.split('/').at(-1), left?.scheme, right?.scheme]);
    assert.deepEqual(kinds, [
      ['notes.txt', 'snapstage', undefined],
      ['other.txt', undefined, 'snapstage'],
    ]);
    await run('snapstage.compareWithPrevious', history.rows[1]);
    await until('the diffs', () => /second ↔/.test(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? ''));
  });

  it('is that of the active editor when nothing is chosen, a snapshot’s file too', async () => {
    await vscode.window.showTextDocument(uri('work/notes.txt'));
    await run('snapstage.showHistory');
    const { history } = await internals();
    assert.equal(history.rows.length, 4);
    await run('snapstage.open', history.rows[3]);
    await run('snapstage.closeHistory');
    assert.deepEqual(history.rows, []);
    await run('snapstage.showHistory');
    assert.equal(history.rows.length, 4);
  });

  it('follows what happens: a new snapshot, a deleted one', async () => {
    await run('snapstage.showHistory', uri('work/notes.txt'));
    const { history } = await internals();
    await take('newest');
    await until('the new snapshot', async () => (await texts())[0]?.startsWith('newest') === true);
    const instance = await theInstance();
    const first = (await instance.mustList()).find(({ name }) => name === 'first');
    await instance.engine.delete([first?.id ?? '']);
    await until('the deleted one is gone', () => history.rows.length === 3);
    assert.match((await texts()).at(-1) ?? '', /^second \| first version · /);
  });

  it('says so where no state has the path, and shows none of the folder itself', async () => {
    await writeFile(inFolder('work/new.txt'), 'new\n');
    await run('snapstage.showHistory', uri('work/new.txt'));
    assert.match((await texts())[0] ?? '', /^Current state \| first version · /);
    await run('snapstage.showHistory', vscode.Uri.joinPath(uri('work'), 'never.txt'));
    assert.deepEqual(await texts(), []);
    await run('snapstage.closeHistory');
    await run('snapstage.showHistory', (await theInstance()).folder.uri);
    assert.deepEqual(await texts(), []);
  });

  it('opens a snapshot, or a folder of it, in a new window', async () => {
    const instance = await theInstance();
    const [snapshot] = await instance.mustList();
    assert.ok(snapshot);
    const opened = await withOpenedFolders(async () => {
      await run('snapstage.openInNewWindow', { type: 'snapshot', instance, snapshot });
      const [entry] = await instance.engine.ls({ state: snapshot.id, path: 'work' });
      assert.ok(entry);
      await run('snapstage.openInNewWindow', { type: 'entry', instance, snapshot, entry: { ...entry, path: 'work', kind: 'folder' } });
      await run('snapstage.openFolderOfSnapshot');
    });
    assert.deepEqual(
      opened.map(([target]) => [target.scheme, target.authority, target.path]),
      ['', '/work'].map((path) => ['snapstage', snapshot.id, instance.folder.uri.path + path]),
    );
    assert.ok(existsSync(inFolder('work')));
  });

  it('leads to the walkthrough', async () => {
    const shown: unknown[][] = [];
    await withCommand(
      'workbench.action.openWalkthrough',
      (...args) => shown.push(args),
      () => run('snapstage.getStarted'),
    );
    assert.equal(shown[0]?.[0], 'snapstage.snapstage#start');
  });
});
