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
    for (const key of ['files.exclude', 'search.exclude']) {
      assert.equal(vscode.workspace.getConfiguration().get<Record<string, boolean>>(key)?.['**/.snapstage'], true, key);
    }
    assert.equal(vscode.workspace.getConfiguration().get<Record<string, boolean>>('files.watcherExclude')?.['**/.snapstage/**'], true);
  });
});
