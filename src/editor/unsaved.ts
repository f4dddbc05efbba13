import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { RestoreItem, RestorePlan } from '../engine/api.ts';
import type { Instance } from './instance.ts';
import { touches } from './restorePlan.ts';
import { fileUri, pathIn } from './snapshotUris.ts';

/** A document with unsaved changes that a plan would overwrite or delete. */
export interface Unsaved {
  readonly path: string;
  save(): Thenable<boolean>;
}

/** Texts and notebooks with unsaved changes among what the plan touches. */
export function unsavedAmong(instance: Instance, plan: RestorePlan): readonly Unsaved[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return documents.flatMap((document) => {
    if (!document.isDirty || document.uri.scheme !== 'file') return [];
    const path = pathIn(instance.folder.uri, document.uri);
    return path !== undefined && touches(plan, path) ? [{ path, save: () => document.save() }] : [];
  });
}

/** Saves them before they are replaced, so that the automatic snapshot holds them. Throws when one can't be saved. */
export async function saveAll(unsaved: readonly Unsaved[]): Promise<void> {
  for (const document of unsaved) {
    const { path } = document;
    if (!(await document.save()))
      throw new SnapstageError('refused', vscode.l10n.t('{0} could not be saved, so nothing was restored.', path), { path });
  }
}

/** Closes the unmodified tabs of files that a restore has deleted. */
export async function closeDeleted(instance: Instance, items: readonly RestoreItem[]): Promise<void> {
  const deleted = new Set(
    items.filter((item) => item.action === 'delete').map((item) => fileUri(instance.folder.uri, item.path.toWellFormed()).toString()),
  );
  if (deleted.size === 0) return;
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(
    tabs.filter((tab) => !tab.isDirty && hasUri(tab.input) && deleted.has(tab.input.uri.toString())),
    true,
  );
}

function hasUri(input: unknown): input is { readonly uri: vscode.Uri } {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom;
}
