import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { SnapshotInfo } from '../engine/api.ts';
import { assignmentCommands, type AssignmentServices } from './assignments/assignmentCommands.ts';
import { givingCommands, type GivingServices } from './assignments/giveAssignmentCommands.ts';
import { applicationCommands, type ApplicationServices } from './applications/applicationCommands.ts';
import type { Retention } from './automatic/retention.ts';
import { browseCommands, type BrowseServices } from './browseCommands.ts';
import { chosenOf, instanceOf, mustHavePaths, pathsOf, snapshotsOf, type Chosen } from './chosen.ts';
import { commandTable, type CommandHandler, type CommandId } from './commandTable.ts';
import type { Comparison } from './compare/comparison.ts';
import { conflictCommands, type ConflictCommandServices } from './conflicts/conflictCommands.ts';
import type { Copier } from './files/copies.ts';
import type { DetailsDocuments } from './snapshots/details.ts';
import { pickFilter } from './snapshots/filterPick.ts';
import type { Instance } from './instance.ts';
import type { Links } from './links/links.ts';
import { openChanges } from './compare/multiDiff.ts';
import { pickInstance, pickSnapshot, pickState } from './pickers.ts';
import type { Recovery } from './restore/recovery.ts';
import type { Reporter } from './reporter.ts';
import type { Restorer } from './restore/restore.ts';
import type { SnapshotEditor } from './snapshots/snapshotEditor.ts';
import { noFilter } from './snapshots/snapshotFilter.ts';
import type { SnapshotsTree } from './snapshots/snapshotsTree.ts';
import type { StoreCare } from './snapshots/storeCare.ts';
import type { SnapshotTaker } from './snapshots/take.ts';
import { spaceCommands, type SpaceServices } from './space/spaceCommands.ts';
import { stageCommands, type StageServices } from './stage/stageCommands.ts';
import { storageCommands, type StorageServices } from './storage/storageCommands.ts';
import { tableCommands, type TableServices } from './tables/tableCommands.ts';
import { importCommand, type ImportServices } from './transfer/transferCommands.ts';
import type { ComparedPath } from './files/viewer.ts';

/** What the commands put to work. */
export interface Services
  extends
    BrowseServices,
    TableServices,
    ApplicationServices,
    StorageServices,
    ImportServices,
    StageServices,
    ConflictCommandServices,
    SpaceServices,
    AssignmentServices,
    GivingServices {
  readonly reporter: Reporter;
  readonly tree: SnapshotsTree;
  readonly taker: SnapshotTaker;
  readonly restorer: Restorer;
  readonly recovery: Recovery;
  readonly snapshotEditor: SnapshotEditor;
  readonly comparison: Comparison;
  readonly details: DetailsDocuments;
  readonly copier: Copier;
  readonly storeCare: StoreCare;
  readonly links: Links;
  readonly retention: Retention;
}

/** Registers all commands: trust is checked before, and errors are reported after. */
export function registerCommands(services: Services): vscode.Disposable {
  const handlers = commandHandlers(services);
  const ids = Object.keys(handlers) as CommandId[];
  return vscode.Disposable.from(
    ...ids.map((id) =>
      vscode.commands.registerCommand(id, async (first: unknown, all: unknown) => {
        if (commandTable[id].writes && !services.reporter.requireTrust()) return;
        try {
          await handlers[id](chosenOf(first, all));
        } catch (error) {
          services.reporter.error(error);
        }
      }),
    ),
  );
}

function commandHandlers(services: Services): Readonly<Record<CommandId, CommandHandler>> {
  return {
    ...stateCommands(services),
    ...labelCommands(services),
    ...pathCommands(services),
    ...viewCommands(services),
    ...browseCommands(services),
    ...tableCommands(services),
    ...storageCommands(services),
    ...importCommand(services),
    ...applicationCommands(services),
    ...stageCommands(services),
    ...conflictCommands(services),
    ...spaceCommands(services),
    ...assignmentCommands(services),
    ...givingCommands(services),
  };
}

/** Runs for the folder that was chosen, the only one, or the one that is picked. */
function withInstance({ workspace }: Services, title: string, run: (instance: Instance) => Promise<void>): CommandHandler {
  return async (chosen) => {
    const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
    if (instance) await run(instance);
  };
}

/** Runs for the snapshots that were chosen, in each folder for all of them at once, or for the one that is picked. */
function withSnapshots(
  { workspace }: Services,
  title: string,
  run: (instance: Instance, snapshots: readonly [SnapshotInfo, ...SnapshotInfo[]]) => Promise<void>,
): CommandHandler {
  return async (chosen) => {
    const found = snapshotsOf(chosen);
    for (const [instance, [first, ...others]] of found) if (first) await run(instance, [first, ...others]);
    if (found.size > 0) return;
    const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
    const snapshot = instance && (await pickSnapshot(instance, title));
    if (instance && snapshot) await run(instance, [snapshot]);
  };
}

/** Runs for the paths that were chosen, or else for the active editor's file, in the snapshot named by them or picked. */
function withPaths(
  { workspace }: Services,
  title: string,
  run: (instance: Instance, snapshot: SnapshotInfo, paths: readonly string[]) => Promise<void>,
): CommandHandler {
  return async (chosen) => {
    for (const { instance, snapshot, paths } of mustHavePaths(workspace, chosen)) {
      const from = snapshot ?? (await pickSnapshot(instance, title));
      if (from) await run(instance, from, paths);
    }
  };
}

/** Whole states: taken, restored, compared, copied, deleted. */
function stateCommands(services: Services) {
  const { taker, restorer, recovery, snapshotEditor, copier, transfers, comparison } = services;
  const { l10n } = vscode;
  return {
    'snapstage.take': withInstance(services, l10n.t('Take Snapshot'), (instance) => taker.take(instance)),
    'snapstage.takeDescribed': withInstance(services, l10n.t('Take Snapshot'), (instance) => taker.takeDescribed(instance)),
    'snapstage.restore': withSnapshots(services, l10n.t('Restore'), (instance, [snapshot]) => restorer.restore(instance, snapshot)),
    'snapstage.undoRestore': withInstance(services, l10n.t('Undo Last Restore'), (instance) => restorer.undo(instance)),
    'snapstage.recover': withInstance(services, l10n.t('Interrupted Work'), (instance) => recovery.offer(instance)),
    'snapstage.clone': withSnapshots(services, l10n.t('New Instance'), (instance, [snapshot]) => copier.clone(instance, snapshot)),
    'snapstage.export': withSnapshots(services, l10n.t('Export Snapshot'), (instance, [snapshot]) => transfers.export(instance, snapshot)),
    'snapstage.copyToStore': withSnapshots(services, l10n.t('Copy Snapshot'), (instance, snapshots) => transfers.copy(instance, snapshots)),
    'snapstage.delete': withSnapshots(services, l10n.t('Delete Snapshot'), (instance, snapshots) =>
      snapshotEditor.delete(instance, snapshots),
    ),
    'snapstage.compareStates': withSnapshots(services, l10n.t('Compare Snapshot'), async (instance, [first, second]) => {
      if (second) {
        const [from, to] = first.created <= second.created ? [first, second] : [second, first];
        await comparison.show({ instance, from, to });
        return;
      }
      const picked = await pickState(instance, l10n.t('Compare Snapshot'), first);
      if (picked === 'current') await comparison.show({ instance, from: first });
      else if (picked) await comparison.show({ instance, from: first, to: picked });
    }),
    'snapstage.showChanges': withInstance(services, l10n.t('Show Changes'), async (instance) => {
      await comparison.show({ instance, from: await mustHaveReference(instance) });
    }),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** What is written on snapshots. */
function labelCommands(services: Services) {
  const { snapshotEditor } = services;
  const { l10n } = vscode;
  return {
    'snapstage.rename': withSnapshots(services, l10n.t('Rename Snapshot'), (instance, [snapshot]) =>
      snapshotEditor.rename(instance, snapshot),
    ),
    'snapstage.describe': withSnapshots(services, l10n.t('Describe Snapshot'), (instance, [snapshot]) =>
      snapshotEditor.describe(instance, snapshot),
    ),
    'snapstage.pin': withSnapshots(services, l10n.t('Pin Snapshot'), (instance, snapshots) =>
      snapshotEditor.pin(instance, snapshots, true),
    ),
    'snapstage.unpin': withSnapshots(services, l10n.t('Unpin Snapshot'), (instance, snapshots) =>
      snapshotEditor.pin(instance, snapshots, false),
    ),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** Files and folders, in snapshots and now. */
function pathCommands(services: Services) {
  const { workspace, restorer, copier, viewer } = services;
  const { l10n } = vscode;
  const copyElsewhere = withPaths(services, l10n.t('Restore Elsewhere'), (instance, snapshot, paths) =>
    copier.restoreTo(instance, snapshot, paths),
  );
  const copyWhole = withSnapshots(services, l10n.t('Restore Elsewhere'), (instance, [snapshot]) => copier.restoreTo(instance, snapshot));
  const beside = withPaths(services, l10n.t('Restore Beside'), (instance, snapshot, paths) =>
    restorer.restore(instance, snapshot, paths, true),
  );
  const besideWhole = withSnapshots(services, l10n.t('Restore Beside'), (instance, [snapshot]) =>
    restorer.restore(instance, snapshot, [], true),
  );
  const compareWithSnapshot = withPaths(services, l10n.t('Compare with Snapshot'), (instance, snapshot, [path = '']) =>
    viewer.compare({ instance, snapshot, path }),
  );
  const hasPaths = (chosen: Chosen): boolean => pathsOf(workspace, chosen).length > 0;
  return {
    'snapstage.restoreEntry': withPaths(services, l10n.t('Restore'), (instance, snapshot, paths) =>
      restorer.restore(instance, snapshot, paths),
    ),
    'snapstage.restoreBeside': (chosen) => (hasPaths(chosen) ? beside(chosen) : besideWhole(chosen)),
    'snapstage.restoreTo': (chosen) => (hasPaths(chosen) ? copyElsewhere(chosen) : copyWhole(chosen)),
    'snapstage.saveAs': withPaths(services, l10n.t('Save As'), async (instance, snapshot, paths) => {
      for (const path of paths) await copier.saveAs({ instance, snapshot, path });
    }),
    'snapstage.compare': async (chosen) => {
      const compared = comparedPath(chosen);
      return compared ? viewer.compare(compared) : compareWithSnapshot(chosen);
    },
    'snapstage.compareWithSnapshot': compareWithSnapshot,
    'snapstage.open': withPaths(services, l10n.t('Open Version'), async (instance, snapshot, [path = '']) =>
      viewer.open({ instance, snapshot, path }),
    ),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** The views themselves, and the store. */
function viewCommands(services: Services) {
  const { workspace, tree, comparison, details, storeCare, storagePanels, links, retention, reporter } = services;
  const { l10n } = vscode;
  return {
    'snapstage.showDetails': withSnapshots(services, l10n.t('Show Details'), (instance, [snapshot]) => details.show(instance, snapshot.id)),
    'snapstage.openAllChanges': async ({ nodes: [node] }) => {
      if (node?.type !== 'current') return comparison.openAll();
      const { instance } = node;
      const from = await mustHaveReference(instance);
      await openChanges({ instance, from });
    },
    'snapstage.swapComparison': () => comparison.swap(),
    'snapstage.closeComparison': () => comparison.close(),
    'snapstage.filter': () => pickFilter(tree.filter, (filter) => (tree.filter = filter)),
    'snapstage.clearFilter': async () => {
      tree.filter = noFilter;
    },
    'snapstage.links': withInstance(services, l10n.t('Linked Instances'), (instance) => links.show(instance)),
    'snapstage.detach': withInstance(services, l10n.t('Detach'), (instance) => links.detach(instance)),
    'snapstage.verify': withInstance(services, l10n.t('Verify Snapshots'), (instance) => storeCare.verify(instance)),
    'snapstage.compact': withInstance(services, l10n.t('Compact the Store'), async (instance) => {
      await storeCare.compact(instance);
      storagePanels.pageOf(instance)?.refresh();
    }),
    'snapstage.thin': withInstance(services, l10n.t('Thin Automatic Snapshots'), (instance) => retention.thin(instance)),
    'snapstage.keepAutomatic': withInstance(services, l10n.t('What Is Kept'), (instance) => retention.choose(instance)),
    'snapstage.refresh': async () => {
      await workspace.refresh();
      // What could not be read below a row is read again too.
      tree.redraw();
      // Where nothing has changed in the view, one would not see that it was tried again.
      for (const { state } of workspace.instances) if (state.kind === 'failed') reporter.error(state.error);
    },
    'snapstage.showLog': async () => reporter.log.show(),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** A row's two sides: of a change its own, of a file in a snapshot that and the current state. */
function comparedPath({ nodes: [node] }: Chosen): ComparedPath | undefined {
  if (node?.type === 'entry') return { instance: node.instance, snapshot: node.snapshot, path: node.entry.path };
  if (node?.type === 'configuration' && node.snapshot) return { instance: node.instance, snapshot: node.snapshot, path: node.path };
  if (node?.type !== 'change') return undefined;
  const { instance, snapshot, to, change } = node;
  return { instance, snapshot, path: change.path, ...(to && { to }), ...(change.from !== undefined && { from: change.from }) };
}

async function mustHaveReference(instance: Instance): Promise<SnapshotInfo> {
  await instance.mustList();
  const { state } = instance;
  if (state.kind === 'ready' && state.reference) return state.reference.snapshot;
  throw new SnapstageError('usage', vscode.l10n.t('There is no snapshot of {0} yet.', instance.name));
}
