import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { RestoreCall, RestoreItem, RestorePlan } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import { touches } from './restorePlan.ts';
import { fileUri, pathIn } from '../files/snapshotUris.ts';

/** A document of the folder with unsaved changes. */
export interface Unsaved {
  readonly path: string;
  /** False when it could not be saved. */
  save(): Promise<boolean>;
}

/** Texts and notebooks of the folder with unsaved changes. */
export function unsavedIn(instance: Instance): readonly Unsaved[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return documents.flatMap((document) => {
    if (!document.isDirty || document.uri.scheme !== 'file') return [];
    const path = pathIn(instance.folder.uri, document.uri);
    // One that auto save has saved meanwhile is not saved again, which `save` gives back as a failure.
    return path === undefined ? [] : [{ path, save: async () => (await document.save()) || !document.isDirty }];
  });
}

/** Paths of what has unsaved changes. */
export function unsavedPaths(instance: Instance): readonly string[] {
  return unsavedIn(instance).map(({ path }) => path);
}

/** Items of a restore that are shown one by one. */
const mostItems = 1000;

/** The items of a restore that are asked for: as many as are shown, and in any case those of what is open. */
export function itemsFor(instance: Instance): RestoreItems {
  return { limit: mostItems, about: openPaths(instance) };
}

export type RestoreItems = NonNullable<RestoreCall['items']>;

/** Documents, also those that no tab shows, and tabs of any kind. */
function openPaths(instance: Instance): readonly string[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments].map(({ uri }) => uri);
  const tabs = openTabs().flatMap(({ input }) => (hasUri(input) ? [input.uri] : []));
  return [...documents, ...tabs].flatMap((uri) => (uri.scheme === 'file' ? (pathIn(instance.folder.uri, uri) ?? []) : []));
}

/** Those unsaved ones that the plan would overwrite or delete; it must tell what it does to what is open. */
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
export async function closeDeleted(instance: Instance, items: readonly Pick<RestoreItem, 'path' | 'action'>[]): Promise<void> {
  const deleted = new Set(
    items.filter((item) => item.action === 'delete').map((item) => fileUri(instance.folder.uri, item.path.toWellFormed()).toString()),
  );
  if (deleted.size === 0) return;
  await vscode.window.tabGroups.close(
    openTabs().filter((tab) => !tab.isDirty && hasUri(tab.input) && deleted.has(tab.input.uri.toString())),
    true,
  );
}

function openTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

function hasUri(input: unknown): input is { readonly uri: vscode.Uri } {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputCustom;
}
