import * as vscode from 'vscode';
import type { RestoreItem, RestoreOutcome } from '../engine/api.ts';
import type { Instance } from './instance.ts';
import type { Reporter } from './reporter.ts';
import { fileUri } from './snapshotUris.ts';

/** Within this time VS Code has read again what it takes for changed. */
const patienceMilliseconds = 1000;

/**
 * Brings open editors to what a restore has written. Most of them VS Code reads again by itself; but it takes a file for
 * unchanged whose time and size are those it has seen before, as after a restore and its undoing.
 */
export class EditorReloader implements vscode.Disposable {
  readonly #reporter: Reporter;
  /** Hidden notebooks: they can be read again only when they are shown. */
  readonly #stale = new Map<string, vscode.NotebookDocument>();
  readonly #shown = vscode.window.tabGroups.onDidChangeTabs(() => this.#reporter.detached(this.#reloadActiveNotebook()));

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Executes, and hands on the outcome; the editors follow a little later. */
  async around(instance: Instance, execute: () => Promise<RestoreOutcome>): Promise<RestoreOutcome> {
    const texts = vscode.workspace.textDocuments.map((document) => ({ document, before: document.version }));
    const notebooks = vscode.workspace.notebookDocuments.map((document) => ({ document, before: contentOf(document) }));
    const outcome = await execute();
    const written = writtenFiles(instance, outcome.items);
    const isStale = ({ uri, isDirty, isClosed }: vscode.TextDocument | vscode.NotebookDocument): boolean =>
      !isDirty && !isClosed && written.has(uri.toString());
    const readStale = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, patienceMilliseconds));
      for (const { document, before } of texts) if (isStale(document) && document.version === before) await readAgain(document);
      for (const { document, before } of notebooks) {
        if (isStale(document) && contentOf(document) === before) this.#stale.set(document.uri.toString(), document);
      }
      await this.#reloadActiveNotebook();
    };
    this.#reporter.detached(readStale());
    return outcome;
  }

  dispose(): void {
    this.#shown.dispose();
    this.#stale.clear();
  }

  async #reloadActiveNotebook(): Promise<void> {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (!(input instanceof vscode.TabInputNotebook)) return;
    const notebook = this.#stale.get(input.uri.toString());
    if (!notebook || !this.#stale.delete(input.uri.toString()) || notebook.isDirty || notebook.isClosed) return;
    // Only what has unsaved changes is read again by a revert, which gives up this one.
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata({ ...notebook.metadata, stale: true })]);
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
}

function writtenFiles(instance: Instance, items: readonly RestoreItem[]): ReadonlySet<string> {
  const written = items.filter(
    ({ action, kind, path }) => kind !== 'folder' && (action === 'add' || action === 'replace') && path.isWellFormed(),
  );
  return new Set(written.map(({ path, as }) => fileUri(instance.folder.uri, as ?? path).toString()));
}

/** What tells one state of a notebook from another: its cells with their outputs. */
function contentOf(notebook: vscode.NotebookDocument): string {
  const cells = notebook
    .getCells()
    .map(({ document, outputs }) => [document.getText(), outputs.map(({ items }) => items.map(({ mime, data }) => [mime, data.length]))]);
  return JSON.stringify(cells);
}

/** Naming an encoding makes VS Code read the file whatever its time; the document's own one comes back right after. */
async function readAgain({ uri, encoding }: vscode.TextDocument): Promise<void> {
  await vscode.workspace.openTextDocument(uri, { encoding: encoding === 'utf8' ? 'utf8bom' : 'utf8' });
  await vscode.workspace.openTextDocument(uri, { encoding });
}
