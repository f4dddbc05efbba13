/** The extension under test, and the folder it is open on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Internals } from '../../src/extension.ts';
import type { Instance } from '../../src/editor/instance.ts';
import type { SnapshotsNode } from '../../src/editor/snapshots/nodes.ts';

export const extensionId = 'snapstage.snapstage';

/** Starts the extension if it has not been started yet. */
export async function internals(): Promise<Internals> {
  const extension = vscode.extensions.getExtension<Internals | undefined>(extensionId);
  const inner = await extension?.activate();
  return inner ?? assert.fail('the extension gives nothing to look at in a test run');
}

/** The one folder that the test run is open on. */
export function folder(): vscode.WorkspaceFolder {
  return vscode.workspace.workspaceFolders?.[0] ?? assert.fail('no folder is open');
}

/** A file of that folder, by its path in it. */
export function inFolder(path: string): string {
  return join(folder().uri.fsPath, ...path.split('/'));
}

export async function theInstance(): Promise<Instance> {
  const { workspace } = await internals();
  return workspace.instances[0] ?? assert.fail('no instance');
}

/** Takes away all snapshots and starts anew. */
export async function forgetSnapshots(): Promise<void> {
  const instance = await theInstance();
  if (instance.state.kind === 'ready') {
    await Promise.all(
      instance.state.snapshots.filter(({ pinned }) => pinned).map(({ id }) => instance.engine.edit({ state: id, pinned: false })),
    );
    await instance.engine.delete(instance.state.snapshots.map(({ id }) => id));
  }
  await instance.refresh();
}

/** Files made by a test, gone after it. */
export async function removeFiles(...paths: string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(inFolder(path), { recursive: true, force: true })));
}

/** An editor on a file of the folder that shows what is on disk: VS Code keeps a file for a while that was open before. */
export async function editorOn(path: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(inFolder(path));
  const onDisk = readFileSync(inFolder(path), 'utf8');
  await until(`${path} as it is on disk`, () => document.getText() === onDisk);
  return vscode.window.showTextDocument(document, { preview: false });
}

/** Types at the beginning of a line. */
export async function insert(editor: vscode.TextEditor, text: string, line = 0): Promise<void> {
  // Refused where the file is read again at this very moment.
  await until('the change', () => editor.edit((edit) => edit.insert(new vscode.Position(line, 0), text)));
}

/** A row's label. */
export async function labelOf(node: SnapshotsNode): Promise<string> {
  const { label } = (await internals()).tree.getTreeItem(node);
  return typeof label === 'string' ? label : (label?.label ?? '');
}

/** The rows that one finds by opening, from the top, the row of each label. */
export async function rowsUnder(...labels: string[]): Promise<readonly SnapshotsNode[]> {
  const { tree } = await internals();
  let rows = await tree.getChildren();
  for (const label of labels) rows = await tree.getChildren(await rowWith(rows, label));
  return rows;
}

/** The row one finds at the end of the labels. */
export async function rowAt(...labels: string[]): Promise<SnapshotsNode> {
  return rowWith(await rowsUnder(...labels.slice(0, -1)), labels.at(-1) ?? '');
}

/** The one of the rows with this label. */
export async function rowWith(rows: readonly SnapshotsNode[], wanted: string): Promise<SnapshotsNode> {
  const labels = await Promise.all(rows.map(labelOf));
  return rows[labels.indexOf(wanted)] ?? assert.fail(`no row ${wanted} among ${labels.join()}`);
}

/** Label and description of rows, as the tree shows them. */
export async function texts(rows: readonly SnapshotsNode[]): Promise<readonly string[]> {
  const { tree } = await internals();
  return Promise.all(
    rows.map(async (node) => {
      const { description } = tree.getTreeItem(node);
      const label = await labelOf(node);
      return typeof description === 'string' && description !== '' ? `${label} | ${description}` : label;
    }),
  );
}

/** Milliseconds, also for a machine that has much else to do. */
const patience = 60_000;

/** Waits for what comes by itself. */
export async function until(what: string, holds: () => boolean | PromiseLike<boolean>): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`not in ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
