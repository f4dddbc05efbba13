import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandTable } from '../../src/editor/commandTable.ts';
import { extensionId, folder, internals } from './extension.ts';

describe('activation', () => {
  it('starts by the first command, with every command of package.json registered', async () => {
    await vscode.commands.executeCommand('snapstage.refresh');
    assert.equal(vscode.extensions.getExtension(extensionId)?.isActive, true);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.keys(commandTable).filter((id) => !registered.has(id)),
      [],
    );
  });

  it('makes nothing in a folder that has no snapshots', async () => {
    const { workspace, tree } = await internals();
    await Promise.all(workspace.instances.map((instance) => instance.refresh()));
    assert.deepEqual(
      workspace.instances.map(({ state }) => state.kind),
      ['uninitialised'],
    );
    assert.deepEqual(await tree.getChildren(), []);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.joinPath(folder().uri, '.snapstage'))));
  });

  it('opens its log', async () => {
    await vscode.commands.executeCommand('snapstage.showLog');
  });

  it('keeps its folder out of the explorer, of search and of the file watcher', () => {
    const setting = (key: string): Record<string, boolean> => vscode.workspace.getConfiguration().get<Record<string, boolean>>(key) ?? {};
    for (const key of ['files.exclude', 'search.exclude', 'files.watcherExclude']) assert.equal(setting(key)['**/.snapstage'], true, key);
    // VS Code makes the pattern above, not this one, into one by which our own watcher still sees the snapshots; this
    // one is for the platforms where the other does not reach what lies within.
    assert.equal(setting('files.watcherExclude')['**/.snapstage/**'], true);
  });
});
