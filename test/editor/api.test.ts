/** The API that other extensions get, over the real engine. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { SnapstageApi, SnapstageExtension, SnapstageFolder } from '../../src/editor/api/snapstage.d.ts';
import { editorOn, extensionId, folder, forgetSnapshots, inFolder, insert, removeFiles } from './extension.ts';

async function theApi(): Promise<SnapstageApi> {
  const extension = vscode.extensions.getExtension<SnapstageExtension>(extensionId);
  return (await extension?.activate())?.getAPI(1) ?? assert.fail('no API');
}

async function theFolder(): Promise<SnapstageFolder> {
  return (await theApi()).folders[0] ?? assert.fail('no folder');
}

const content = async (path: string): Promise<string> => (await readFile(inFolder(path))).toString();

describe('the API', () => {
  beforeEach(() => writeFile(inFolder('draft.txt'), 'one\n'));

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await removeFiles('draft.txt', 'later.txt');
    await forgetSnapshots();
  });

  it('comes by its version, the same each time', async () => {
    const extension = vscode.extensions.getExtension<{ getAPI(version: number): SnapstageApi }>(extensionId);
    const exported = await extension?.activate();
    assert.equal(exported?.getAPI(1), await theApi());
    assert.throws(() => exported?.getAPI(2), { code: 'usage', message: /no version 2/ });
  });

  it('knows the folders', async () => {
    const api = await theApi();
    assert.deepEqual(
      api.folders.map(({ uri, name }) => [uri.toString(), name]),
      [[folder().uri.toString(), folder().name]],
    );
    assert.equal(api.folderOf(vscode.Uri.file(inFolder('data/temperatures.csv'))), api.folders[0]);
    assert.equal(api.folderOf(vscode.Uri.file('/elsewhere')), undefined);
  });

  it('takes, lists, shows, compares, finds, and tells of changes', async () => {
    const api = await theApi();
    const first = await theFolder();
    assert.deepEqual(await first.list(), []);
    const told: unknown[] = [];
    const subscription = api.onDidChange((changed) => told.push(changed));
    const phases = new Set<string>();
    const taken = await first.take({ name: 'by another extension', pin: false }, { onProgress: ({ phase }) => phases.add(phase) });
    subscription.dispose();
    assert.ok(told.includes(first));
    assert.equal(taken.name, 'by another extension');
    assert.deepEqual(
      (await first.list()).map(({ id }) => id),
      [taken.id],
    );
    assert.deepEqual((await first.show('latest')).excluded, taken.excluded);
    await writeFile(inFolder('draft.txt'), 'two\n');
    await writeFile(inFolder('later.txt'), 'later\n');
    const changes = await first.compare('latest');
    assert.deepEqual(
      [changes.added, changes.changed].map((entries) => entries.map(({ path }) => path)),
      [['later.txt'], ['draft.txt']],
    );
    assert.deepEqual((await first.compare(taken.id, 'current', 'draft.txt')).added, []);
    assert.deepEqual(await first.find('draft.*'), [
      { path: 'draft.txt', kind: 'file', current: true, snapshots: 1, newest: taken.id, oldest: taken.id },
    ]);
    assert.deepEqual(await first.find('later.txt', taken.id), []);
    const versions = await first.history('draft.txt');
    assert.deepEqual(
      versions.map(({ states }) => states),
      [['current'], [taken.id]],
    );
    const document = await vscode.workspace.openTextDocument(first.uriOf(taken, 'draft.txt'));
    assert.equal(document.getText(), 'one\n');
  });

  it('restores by a plan, once, and undoes it', async () => {
    const first = await theFolder();
    const { id } = await first.take();
    await writeFile(inFolder('draft.txt'), 'two\n');
    const plan = await first.planRestore({ state: id, paths: ['draft.txt'] });
    assert.deepEqual(
      plan.items.filter(({ kind }) => kind === 'file').map(({ path, action }) => [path, action]),
      [['draft.txt', 'replace']],
    );
    assert.equal(await content('draft.txt'), 'two\n', 'a plan changes nothing');
    const outcome = await first.restore(plan);
    assert.equal(await content('draft.txt'), 'one\n');
    assert.equal(outcome.safety?.kind, 'automatic');
    await assert.rejects(first.restore(plan), { code: 'usage' });
    await assert.rejects(first.restore({ ...plan }), { code: 'usage' }, 'one that somebody made up');
    await first.undo();
    assert.equal(await content('draft.txt'), 'two\n');
  });

  it('does not carry out a plan for files that are others now', async () => {
    const first = await theFolder();
    const { id } = await first.take();
    await writeFile(inFolder('draft.txt'), 'two\n');
    const plan = await first.planRestore({ state: id, paths: ['draft.txt'] });
    await writeFile(inFolder('draft.txt'), 'three\n');
    await assert.rejects(first.restore(plan), { code: 'stale-plan' });
    assert.equal(await content('draft.txt'), 'three\n');
  });

  it('does not lose what is unsaved', async () => {
    const first = await theFolder();
    const { id } = await first.take();
    await writeFile(inFolder('draft.txt'), 'two\n');
    const editor = await editorOn('draft.txt');
    const { document } = editor;
    await insert(editor, 'unsaved ');
    const plan = await first.planRestore({ state: id, paths: ['draft.txt'] });
    await assert.rejects(first.restore(plan), { code: 'refused', message: /Unsaved changes would be lost: draft\.txt/ });
    assert.equal(document.isDirty, true);
    assert.equal(await content('draft.txt'), 'two\n');
  });

  it('says by a code what is wrong', async () => {
    const first = await theFolder();
    await first.take();
    const untyped = first as unknown as Record<'take' | 'find' | 'show', (value: unknown) => Promise<unknown>>;
    await assert.rejects(untyped.take({ name: 7 }), { code: 'usage' });
    await assert.rejects(untyped.find(undefined), { code: 'usage' });
    await assert.rejects(untyped.show(null), { code: 'usage' });
    await assert.rejects(first.show('nowhere'), { code: 'not-found' });
    await assert.rejects(first.history('../outside'), { code: 'usage' });
    await assert.rejects(first.planRestore({ state: 'latest', paths: ['/etc/passwd'] }), { code: 'usage' });
    assert.ok(existsSync(inFolder('draft.txt')));
  });

  it('stops when its token is cancelled', async () => {
    const first = await theFolder();
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(first.take({}, { token: source.token }), { code: 'cancelled' });
    assert.deepEqual(await first.list(), []);
  });
});
