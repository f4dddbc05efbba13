import * as vscode from 'vscode';

/** The file of the active tab, whatever kind of editor shows it; of a diff the right side. */
export function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) return input.modified;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom)
    return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
