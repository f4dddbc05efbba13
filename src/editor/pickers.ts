import { env, l10n, window, type QuickPickItem } from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { SnapshotInfo } from '../engine/api.ts';
import { displayText, formatTime } from './formats.ts';
import type { Instance } from './instance.ts';
import { snapshotFacts, snapshotTitle } from './words.ts';
import type { Workspace } from './workspace.ts';

/** A row's text that shows as it is: `$(…)` would turn into an icon. */
export function plainLabel(text: string): string {
  return displayText(text).replaceAll('$(', String.raw`\$(`);
}

/**
 * The only folder, or the one the user picks, the active editor's first; nothing when the user picks none.
 * Throws when no folder is open that could have snapshots.
 */
export async function pickInstance(workspace: Workspace, title: string): Promise<Instance | undefined> {
  const [only, ...others] = workspace.instances;
  if (!only) throw new SnapstageError('usage', l10n.t('Open a folder first: a snapshot is one of a folder on this machine.'));
  if (others.length === 0) return only;
  const active = window.activeTextEditor && workspace.instanceOf(window.activeTextEditor.document.uri);
  const instances = active ? [active, ...workspace.instances.filter((instance) => instance !== active)] : workspace.instances;
  const items = instances.map((instance) => ({
    label: plainLabel(instance.name),
    description: displayText(instance.folder.uri.fsPath),
    instance,
  }));
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which folder?'), matchOnDescription: true });
  return picked?.instance;
}

/** The snapshot the user picks. Throws when there is none to pick. */
export async function pickSnapshot(instance: Instance, title: string): Promise<SnapshotInfo | undefined> {
  const snapshots = await instance.mustList();
  if (snapshots.length === 0) throw new SnapstageError('usage', l10n.t('There is no snapshot of {0} yet.', instance.name));
  const picked = await window.showQuickPick(snapshots.map(snapshotItem), {
    title,
    placeHolder: l10n.t('Which snapshot?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.snapshot;
}

/** The state that the user picks, the current one or a snapshot; where there is another, to compare that with. */
export async function pickState(instance: Instance, title: string, other?: SnapshotInfo): Promise<SnapshotInfo | 'current' | undefined> {
  const snapshots = (await instance.mustList()).filter(({ id }) => id !== other?.id);
  const current = { label: l10n.t('Current State'), description: displayText(instance.folder.uri.fsPath), snapshot: 'current' as const };
  const picked = await window.showQuickPick([current, ...snapshots.map(snapshotItem)], {
    title,
    placeHolder: other ? l10n.t('Compare {0} with…', snapshotTitle(other)) : l10n.t('Which state?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.snapshot;
}

function snapshotItem(snapshot: SnapshotInfo): QuickPickItem & { readonly snapshot: SnapshotInfo } {
  const time = snapshot.name === null ? [] : [formatTime(snapshot.created, new Date(), env.language)];
  return {
    label: plainLabel(snapshotTitle(snapshot)),
    description: [...time, ...snapshotFacts(snapshot)].join(' · '),
    ...(snapshot.description && { detail: plainLabel(snapshot.description) }),
    snapshot,
  };
}
