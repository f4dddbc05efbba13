import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { RestoreItem, RestorePlan } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import { touches } from './restorePlan.ts';
import { fileUri, pathIn } from '../files/snapshotUris.ts';

/** A document of the folder with unsaved changes. */
export interface Unsaved {
  readonly path: string;
  save(): Thenable<boolean>;
}

/** Texts and notebooks of the folder with unsaved changes. */
export function unsavedIn(instance: Instance): readonly Unsaved[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return documents.flatMap((document) => {
    if (!document.isDirty || document.uri.scheme !== 'file') return [];
    const path = pathIn(instance.folder.uri, document.uri);
    return path === undefined ? [] : [{ path, save: () => document.save() }];
  });
}

/** Those of them that the plan would overwrite or delete. */
export function unsavedAmong(instance: Instance, plan: RestorePlan): readonly Unsaved[] {
  return unsavedIn(instance).filter(({ path }) => touches(plan, path));
}

/** Saves them. Throws when one can't be saved; `so` says what was not done then. */
export async function saveAll(unsaved: readonly Unsaved[], so: string): Promise<void> {
  for (const document of unsaved) {
    const { path } = document;
    if (!(await document.save())) throw new SnapstageError('refused', vscode.l10n.t('{0} could not be saved, so {1}.', path, so), { path });
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
