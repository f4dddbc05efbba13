import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RestoreItem } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import { fileUri } from '../files/snapshotUris.ts';
import { closeDeleted, itemsFor, type RestoreItems } from './unsaved.ts';
import { namesInWords } from '../words.ts';

/** In the first of these VS Code has read again what it takes for changed; the others are for an editor that is late. */
const patienceMilliseconds = [1000, 1000, 2000, 4000, 8000, 16_000] as const;

/** Of what was done to a path. */
type Done = Pick<RestoreItem, 'path' | 'kind' | 'action' | 'as'>;

type OpenNotebooks = readonly { readonly document: vscode.NotebookDocument; readonly before: string }[];

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
    const notebooks = vscode.workspace.notebookDocuments.map((document) => ({ document, before: contentOf(document) }));
    try {
      const outcome = await execute(itemsFor(instance));
      const written = writtenFiles(instance, outcome.items);
      this.#reporter.detached(readTexts(written));
      this.#reporter.detached(reopenNotebooks(written, notebooks));
      await closeDeleted(instance, outcome.items);
      return outcome;
    } finally {
      await instance.refresh();
    }
  }
}

/** Unsaved changes are left alone. */
function isAffected(written: ReadonlySet<string>, { uri, isDirty, isClosed }: vscode.TextDocument | vscode.NotebookDocument): boolean {
  return !isDirty && !isClosed && written.has(uri.toString());
}

async function readTexts(written: ReadonlySet<string>): Promise<void> {
  for (const milliseconds of patienceMilliseconds) {
    const texts = vscode.workspace.textDocuments.filter((document) => isAffected(written, document));
    if (texts.length === 0) return;
    await wait(milliseconds);
    const stale = [];
    for (const document of texts) if (await isStale(document)) stale.push(document);
    if (stale.length === 0) return;
    for (const document of stale) if (isAffected(written, document)) await readAgain(document);
  }
}

async function reopenNotebooks(written: ReadonlySet<string>, notebooks: OpenNotebooks): Promise<void> {
  if (!notebooks.some(({ document }) => isAffected(written, document))) return;
  await wait(patienceMilliseconds[0]);
  const stale = notebooks.filter(({ document, before }) => isAffected(written, document) && contentOf(document) === before);
  await offerToReopen(stale.map(({ document }) => document));
}

function writtenFiles(instance: Instance, items: readonly Done[]): ReadonlySet<string> {
  const written = items.filter(
    ({ action, kind, path }) => kind !== 'folder' && (action === 'add' || action === 'replace') && path.isWellFormed(),
  );
  return new Set(written.map(({ path, as }) => fileUri(instance.folder.uri, as ?? path).toString()));
}

/** True when it isn't what its file says, but for how lines end: an editor ends all of them alike. */
async function isStale(document: vscode.TextDocument): Promise<boolean> {
  const { uri, encoding } = document;
  if (encoding !== ownName(encoding)) return true;
  try {
    const saved = await vscode.workspace.decode(await vscode.workspace.fs.readFile(uri), { encoding });
    return plain(document.getText()) !== plain(saved);
  } catch {
    return false;
  }
}

function plain(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}

/** VS Code names encodings in small letters. */
function ownName(encoding: string): string {
  return encoding.toLowerCase();
}

/**
 * Naming an encoding that a document doesn't have makes VS Code read the file whatever its time. It is named by its own name in
 * capitals, which means the same: what somebody saves in between stays what it is.
 */
async function readAgain({ uri, encoding }: vscode.TextDocument): Promise<void> {
  await vscode.workspace.openTextDocument(uri, { encoding: encoding.toUpperCase() });
  await vscode.workspace.openTextDocument(uri, { encoding: ownName(encoding) });
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
