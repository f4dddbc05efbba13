import * as vscode from 'vscode';
import { snapshotScheme } from './files/snapshotUris.ts';

/**
 * Ends steps of the walkthrough by what comes of them: a snapshot's file or difference in a tab. A click on a tree's row is
 * no command to VS Code, so that `onCommand` would miss it.
 */
export function followWalkthrough(): vscode.Disposable {
  return vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
    for (const { input } of [...opened, ...changed]) {
      if (isDiff(input) && input.original.scheme === snapshotScheme) setContext('snapstage.hasCompared');
      else if (isFile(input) && input.uri.scheme === snapshotScheme) setContext('snapstage.hasBrowsed');
    }
  });
}

function isDiff(input: unknown): input is vscode.TabInputTextDiff | vscode.TabInputNotebookDiff {
  return input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff;
}

function isFile(input: unknown): input is vscode.TabInputText | vscode.TabInputNotebook | vscode.TabInputCustom {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom;
}

function setContext(key: string): void {
  void vscode.commands.executeCommand('setContext', key, true);
}
