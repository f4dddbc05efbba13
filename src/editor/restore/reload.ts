import * as vscode from 'vscode';
import type { RestoreItem } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { fileUri } from '../files/snapshotUris.ts';
import { closeDeleted, itemsFor, type RestoreItems } from './unsaved.ts';
import { namesInWords } from '../words.ts';

/** Within this time VS Code has read again what it takes for changed. */
const patienceMilliseconds = 1000;

/** Of what was done to a path. */
type Done = Pick<RestoreItem, 'path' | 'kind' | 'action' | 'as'>;

type Open<T> = readonly { readonly document: T; readonly before: unknown }[];

/**
 * Brings open editors to what a restore has written. Most of them VS Code reads again by itself; but it takes a file for
 * unchanged whose time and size are those it has seen before, as after a restore and its undoing.
 */
export class EditorReloader {
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /**
   * Executes a change to the folder, and hands on the outcome, which tells at least of these items. Tabs of deleted files
   * close; other editors follow a little later.
   */
  async around<T extends { readonly items: readonly Done[] }>(
    instance: Instance,
    execute: (items: RestoreItems) => Promise<T>,
  ): Promise<T> {
    const texts = vscode.workspace.textDocuments.map((document) => ({ document, before: document.version }));
    const notebooks = vscode.workspace.notebookDocuments.map((document) => ({ document, before: contentOf(document) }));
    try {
      const outcome = await execute(itemsFor(instance));
      this.#reporter.detached(this.#readStale(writtenFiles(instance, outcome.items), texts, notebooks));
      await closeDeleted(instance, outcome.items);
      return outcome;
    } finally {
      await instance.refresh();
    }
  }

  /** Unsaved changes are left alone. */
  async #readStale(
    written: ReadonlySet<string>,
    texts: Open<vscode.TextDocument>,
    notebooks: Open<vscode.NotebookDocument>,
  ): Promise<void> {
    const isAffected = ({ uri, isDirty, isClosed }: vscode.TextDocument | vscode.NotebookDocument): boolean =>
      !isDirty && !isClosed && written.has(uri.toString());
    if (![...texts, ...notebooks].some(({ document }) => isAffected(document))) return;
    await new Promise((resolve) => setTimeout(resolve, patienceMilliseconds));
    for (const { document, before } of texts) if (isAffected(document) && document.version === before) await readAgain(document);
    const stale = notebooks.filter(({ document, before }) => isAffected(document) && contentOf(document) === before);
    await offerToReopen(stale.map(({ document }) => document));
  }
}

function writtenFiles(instance: Instance, items: readonly Done[]): ReadonlySet<string> {
  const written = items.filter(
    ({ action, kind, path }) => kind !== 'folder' && (action === 'add' || action === 'replace') && path.isWellFormed(),
  );
  return new Set(written.map(({ path, as }) => fileUri(instance.folder.uri, as ?? path).toString()));
}

/** Naming an encoding makes VS Code read the file whatever its time; the document's own one comes back right after. */
async function readAgain({ uri, encoding }: vscode.TextDocument): Promise<void> {
  await vscode.workspace.openTextDocument(uri, { encoding: encoding === 'utf8' ? 'utf8bom' : 'utf8' });
  await vscode.workspace.openTextDocument(uri, { encoding });
}

/** What tells one state of a notebook from another. Metadata don't: the notebook's extension adds to them by itself. */
function contentOf(notebook: vscode.NotebookDocument): string {
  const cells = notebook
    .getCells()
    .map(({ document, outputs }) => [document.getText(), outputs.map(({ items }) => items.map(({ mime, data }) => [mime, data.length]))]);
  return JSON.stringify(cells);
}

/** A notebook can't be made to read its file again while it is open, and closing it ends its kernel: that is for the user to say. */
async function offerToReopen(notebooks: readonly vscode.NotebookDocument[]): Promise<void> {
  if (notebooks.length === 0) return;
  const reopen = vscode.l10n.t('Reopen');
  const names = namesInWords(notebooks.map(({ uri }) => vscode.workspace.asRelativePath(uri)));
  const sentence = vscode.l10n.t(
    'The editor still shows what was there before the change: {0}. Reopen it to see what is on disk; its kernel ends.',
    names,
  );
  if ((await vscode.window.showWarningMessage(sentence, reopen)) !== reopen) return;
  const uris = new Set(notebooks.map(({ uri }) => uri.toString()));
  for (const { tabs, viewColumn } of vscode.window.tabGroups.all) {
    for (const tab of tabs) {
      if (!(tab.input instanceof vscode.TabInputNotebook) || !uris.has(tab.input.uri.toString())) continue;
      const { uri, notebookType } = tab.input;
      const preserveFocus = !tab.isActive;
      if (await vscode.window.tabGroups.close(tab, preserveFocus)) {
        await vscode.commands.executeCommand('vscode.openWith', uri, notebookType, { viewColumn, preserveFocus, preview: false });
      }
    }
  }
}
