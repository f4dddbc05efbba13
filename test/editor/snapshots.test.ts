/** The main job through commands, on real files with the real engine. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, rowAt, rowsUnder, rowWith, texts, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

const activeDiff = (): vscode.TabInputTextDiff => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : assert.fail('no diff is open');
};

describe('snapshots', () => {
  beforeEach(async () => {
    await writeFile(inFolder('notes.txt'), 'one\n');
    await run('snapstage.take');
  });

  afterEach(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    await run('workbench.action.closeAllEditors');
    await removeFiles('notes.txt', 'later.txt');
    await forgetSnapshots();
  });

  it('are taken, and listed under their day with what they hold', async () => {
    const instance = await theInstance();
    assert.equal(instance.state.kind === 'ready' && instance.state.snapshots.length, 1);
    assert.match((await texts(await rowsUnder('Today')))[0] ?? '', /^\d+:\d\d\s[AP]M \| quick · \w[\w-]* · \+/);
    const { tree } = await internals();
    const [snapshot] = await rowsUnder('Today');
    const inside = await texts(await tree.getChildren(snapshot));
    assert.ok(inside.includes('data') && inside.includes('notes.txt | 4 bytes'), inside.join());
    const firstFile = inside.findIndex((text) => text.includes(' | '));
    assert.ok(inside.indexOf('tools') < firstFile, 'folders come first');
    const data = await rowWith(await tree.getChildren(snapshot), 'data');
    assert.ok((await texts(await tree.getChildren(data))).some((text) => text.startsWith('temperatures.csv | ')));
  });

  it('are taken with a name and a description, and not at all on escape', async () => {
    await withAnswers([undefined], () => run('snapstage.takeDescribed'));
    await withAnswers(['before the refactor', 'All of week one'], () => run('snapstage.takeDescribed'));
    const rows = await rowsUnder('Today');
    assert.equal(rows.length, 2);
    assert.match((await texts(rows))[0] ?? '', /^before the refactor \| \d+:\d\d\s[AP]M · described · /);
    const { tree } = await internals();
    const [named] = rows;
    assert.ok(named);
    const item = await tree.resolveTreeItem(tree.getTreeItem(named), named);
    assert.match((item.tooltip as vscode.MarkdownString).value, /All.{1,6}of.{1,6}week.{1,6}one/);
    assert.match(item.accessibilityInformation?.label ?? '', /^before the refactor, \d+:\d\d\s[AP]M, described, /);
  });

  it('show what has changed since, and compare a file with its snapshot', async () => {
    await writeFile(inFolder('notes.txt'), 'two\n');
    await writeFile(inFolder('later.txt'), 'later\n');
    const instance = await theInstance();
    await instance.refreshChanges();
    assert.deepEqual(await texts(await rowsUnder('Current state')), ['later.txt', 'notes.txt', 'Tables', 'Applications']);
    assert.match((await texts([await rowAt('Current state')]))[0] ?? '', /\| 1 changed, 1 new since /);

    await run('snapstage.compare', await rowAt('Current state', 'notes.txt'));
    const { original, modified } = activeDiff();
    assert.equal(original.scheme, 'snapstage');
    assert.equal(original.path, modified.path, 'the same path on both sides');
    assert.equal(modified.scheme, 'file');
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), 'one\n');

    await run('snapstage.compare', await rowAt('Current state', 'later.txt'));
    assert.equal((await vscode.workspace.openTextDocument(activeDiff().original)).getText(), '');
  });

  it('compare also what has been deleted, and the file of the active editor', async () => {
    await rm(inFolder('notes.txt'));
    await (await theInstance()).refreshChanges();
    await run('snapstage.compare', await rowAt('Current state', 'notes.txt'));
    assert.equal((await vscode.workspace.openTextDocument(activeDiff().modified)).getText(), '');

    await vscode.window.showTextDocument(vscode.Uri.file(inFolder('README.md')));
    const [snapshot] = await texts(await rowsUnder('Today'));
    await withAnswers([snapshot?.split(' | ')[0]], () => run('snapstage.compare'));
    assert.match(activeDiff().modified.path, /README\.md$/);
  });

  it('open a file read-only', async () => {
    const [snapshot] = await rowsUnder('Today');
    const { tree } = await internals();
    await run('snapstage.open', await rowWith(await tree.getChildren(snapshot), 'notes.txt'));
    const uri = vscode.window.activeTextEditor?.document.uri ?? assert.fail('nothing is open');
    assert.equal(uri.scheme, 'snapstage');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('snapstage'), false);
    const before = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    await assert.rejects(Promise.resolve(vscode.workspace.fs.writeFile(uri, Buffer.from('other'))));
    await assert.rejects(Promise.resolve(vscode.workspace.fs.delete(uri)));
    await assert.rejects(Promise.resolve(vscode.workspace.fs.createDirectory(uri.with({ path: `${uri.path}x` }))));
    await assert.rejects(Promise.resolve(vscode.workspace.fs.rename(uri, uri.with({ path: `${uri.path}x` }))));
    assert.equal(before, 'one\n');
  });

  it('read as a file system: folders, files, links, and what is not there', async () => {
    const [snapshot] = await rowsUnder('Today');
    assert.ok(snapshot?.type === 'snapshot');
    const { path } = snapshot.instance.folder.uri;
    const root = vscode.Uri.from({ scheme: 'snapstage', authority: snapshot.snapshot.id, path });
    const { fs } = vscode.workspace;
    assert.equal((await fs.stat(root)).type, vscode.FileType.Directory);
    const names = new Map(await fs.readDirectory(root));
    assert.equal(names.get('data'), vscode.FileType.Directory);
    assert.equal(names.get('notes.txt'), vscode.FileType.File);
    assert.equal(names.get('latest.csv'), vscode.FileType.SymbolicLink);
    const notes = await fs.stat(vscode.Uri.joinPath(root, 'notes.txt'));
    assert.deepEqual([notes.type, notes.size, notes.permissions], [vscode.FileType.File, 4, vscode.FilePermission.Readonly]);
    assert.equal((await fs.stat(vscode.Uri.joinPath(root, 'submissions'))).type, vscode.FileType.Directory);
    assert.deepEqual(await fs.readDirectory(vscode.Uri.joinPath(root, 'submissions')), []);
    const missing = { code: 'FileNotFound' };
    await assert.rejects(Promise.resolve(fs.stat(vscode.Uri.joinPath(root, 'nowhere'))), missing);
    await assert.rejects(Promise.resolve(fs.readFile(vscode.Uri.joinPath(root, 'nowhere'))), missing);
    await assert.rejects(Promise.resolve(fs.stat(root.with({ authority: 'f'.repeat(32) }))), missing);
    await assert.rejects(Promise.resolve(fs.stat(root.with({ path: '/elsewhere' }))), missing);
    await assert.rejects(Promise.resolve(fs.readDirectory(vscode.Uri.joinPath(root, 'notes.txt'))));
  });

  it('are renamed, described, pinned and unpinned', async () => {
    const at = async () => (await rowsUnder('Today'))[0];
    await withAnswers(['a name'], async () => run('snapstage.rename', await at()));
    await withAnswers(['in full'], async () => run('snapstage.describe', await at()));
    await run('snapstage.pin', await at());
    assert.match((await texts(await rowsUnder('Today')))[0] ?? '', /^a name \| .*pinned/);
    const node = await at();
    assert.ok(node?.type === 'snapshot');
    assert.equal(node.snapshot.description, 'in full');
    await run('snapstage.delete', node);
    assert.equal((await rowsUnder('Today')).length, 1, 'a pinned one stays');
    await run('snapstage.unpin', await at());
    await withAnswers([''], async () => run('snapstage.rename', await at()));
    assert.match((await texts(await rowsUnder('Today')))[0] ?? '', /^\d+:\d\d\s[AP]M \| (?!.*pinned)/);
  });

  it('are deleted in two steps, several at once', async () => {
    await run('snapstage.take');
    const rows = await rowsUnder('Today');
    assert.equal(rows.length, 2);
    const asked = await withAnswers(['Keep'], () => run('snapstage.delete', rows[0]));
    assert.equal(asked[0]?.choices[0], 'Keep', 'the harmless button comes first');
    await withAnswers(['Delete…', 'Keep'], () => run('snapstage.delete', rows[0]));
    assert.equal((await rowsUnder('Today')).length, 2);
    await withAnswers(['Delete…', 'I Understand: Delete'], () => run('snapstage.delete', rows[0], rows));
    assert.deepEqual(await rowsUnder(), [], 'the view says how to begin');
  });

  it('are seen when another program takes one', async () => {
    const instance = await theInstance();
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen = instance.onDidChange(() => resolve());
    // Not through the extension, which would refresh by itself: as another window's engine would.
    await instance.engine.take({ name: 'from elsewhere' });
    await promise;
    seen.dispose();
    await until('the row is there', async () => (await texts(await rowsUnder('Today'))).some((text) => text.startsWith('from elsewhere')));
  });

  it('say when nothing needs to be recovered', async () => {
    await run('snapstage.recover');
    assert.equal((await readFile(inFolder('notes.txt'))).toString(), 'one\n');
  });
});
