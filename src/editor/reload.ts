import * as vscode from 'vscode';
import type { RestoreItem } from '../engine/api.ts';
import type { Instance } from './instance.ts';
import { fileUri } from './snapshotUris.ts';

/**
 * Brings open editors to what a restore has written. By itself VS Code takes a file for unchanged whose time and size are
 * those it has seen before: a restore brings them back with the content, and its undoing does so again.
 */
export class EditorReloader implements vscode.Disposable {
  /** Files in hidden notebooks and custom editors, which can be read again only when they are shown. */
  readonly #stale = new Set<string>();
  readonly #shown = vscode.window.tabGroups.onDidChangeTabs(() => void this.#revertActive());

  /** Unsaved changes are left alone. */
  async reload(instance: Instance, items: readonly RestoreItem[]): Promise<void> {
    const written = new Set(
      items
        .filter(({ action, kind, path }) => kind !== 'folder' && (action === 'add' || action === 'replace') && path.isWellFormed())
        .map(({ path, as }) => fileUri(instance.folder.uri, as ?? path).toString()),
    );
    const documents = vscode.workspace.textDocuments.filter(({ uri, isDirty }) => !isDirty && written.has(uri.toString()));
    await Promise.all(documents.map(readAgain));
    for (const { input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
      const uri = uriOf(input);
      if (uri !== undefined && written.has(uri)) this.#stale.add(uri);
    }
    await this.#revertActive();
  }

  dispose(): void {
    this.#shown.dispose();
  }

  async #revertActive(): Promise<void> {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    const uri = uriOf(tab?.input);
    if (!tab || uri === undefined || !this.#stale.delete(uri) || tab.isDirty) return;
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
}

/** Naming an encoding makes VS Code read the file whatever its time; the document's own one comes back right after. */
async function readAgain({ uri, encoding }: vscode.TextDocument): Promise<void> {
  await vscode.workspace.openTextDocument(uri, { encoding: encoding === 'utf8' ? 'utf8bom' : 'utf8' });
  await vscode.workspace.openTextDocument(uri, { encoding });
}

function uriOf(input: unknown): string | undefined {
  return input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom ? input.uri.toString() : undefined;
}
