import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { SnapshotInfo } from '../engine/api.ts';
import { activeFile } from './activeFile.ts';
import { instanceOf, pathsOf, snapshotsOf, type Chosen } from './chosen.ts';
import type { CommandHandler, CommandId } from './commandTable.ts';
import type { Finder } from './find/find.ts';
import { versionPath } from './history/historyNodes.ts';
import type { HistoryView } from './history/historyView.ts';
import type { Instance } from './instance.ts';
import type { OpenedSnapshots } from './files/openedSnapshots.ts';
import { pickInstance, pickSnapshot } from './pickers.ts';
import { compareWithPrevious } from './history/versionDiff.ts';
import type { Viewer } from './files/viewer.ts';
import type { Workspace } from './workspace.ts';

/** What the commands put to work. */
export interface BrowseServices {
  readonly workspace: Workspace;
  readonly opened: OpenedSnapshots;
  readonly history: HistoryView;
  readonly finder: Finder;
  readonly viewer: Viewer;
}

/** A snapshot, and the folder in it where one is meant. */
interface ChosenSnapshot {
  readonly instance: Instance;
  readonly snapshot: SnapshotInfo;
  readonly folder?: string;
}

/** The commands by which one looks around in snapshots. */
export function browseCommands(services: BrowseServices) {
  const { workspace, opened, history, finder, viewer } = services;
  const find = async (chosen: Chosen): Promise<void> => {
    const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, vscode.l10n.t('Find in Snapshots')));
    if (instance) await finder.findInAll(instance);
  };
  return {
    'snapstage.showHistory': async (chosen) => {
      const { version } = chosen;
      if (version) return history.show(version.instance, versionPath(version));
      const active = activeFile();
      const [found] = [...pathsOf(workspace, chosen), ...(active ? pathsOf(workspace, { nodes: [], uris: [active] }) : [])];
      // Nothing is chosen, as from the palette: then it is looked for by its name.
      if (!found) return find(chosen);
      await history.show(found.instance, found.paths[0] ?? '');
    },
    'snapstage.compareWithPrevious': async ({ version = history.rows[0] }) => {
      if (!version) throw new SnapstageError('usage', vscode.l10n.t('Show the history of a file first.'));
      await compareWithPrevious(version, viewer);
    },
    'snapstage.closeHistory': () => history.close(),
    'snapstage.find': find,
    'snapstage.findInSnapshot': async (chosen) => {
      const found = await chosenSnapshot(services, chosen, vscode.l10n.t('Find in Snapshot'));
      if (found) await finder.findIn(found.instance, found.snapshot);
    },
    'snapstage.openInNewWindow': async (chosen) => {
      const found = await chosenSnapshot(services, chosen, vscode.l10n.t('Open Snapshot in New Window'));
      if (found) await opened.open(found.instance, found.snapshot, found.folder);
    },
    'snapstage.openFolderOfSnapshot': async () => {
      const folder = opened.current?.instance.folder.uri;
      if (!folder) throw new SnapstageError('usage', vscode.l10n.t('This window shows no snapshot.'));
      await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
    },
    'snapstage.getStarted': async () => {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'snapstage.snapstage#start', false);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** A row's snapshot or folder in one, what this window shows, or the snapshot that is picked. */
async function chosenSnapshot({ workspace, opened }: BrowseServices, chosen: Chosen, title: string): Promise<ChosenSnapshot | undefined> {
  for (const [instance, [snapshot]] of snapshotsOf(chosen)) if (snapshot) return { instance, snapshot };
  const [node] = chosen.nodes;
  if (node?.type === 'entry' && node.entry.kind === 'folder')
    return { instance: node.instance, snapshot: node.snapshot, folder: node.entry.path };
  const { current } = opened;
  const shown = (await current?.instance.mustList())?.find(({ id }) => id === current?.id);
  if (current && shown) return { instance: current.instance, snapshot: shown };
  const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
  const snapshot = instance && (await pickSnapshot(instance, title));
  return instance && snapshot && { instance, snapshot };
}
