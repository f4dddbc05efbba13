import { l10n } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { activeFile } from '../activeFile.ts';
import { instanceOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { Instance } from '../instance.ts';
import { pickInstance } from '../pickers.ts';
import type { Workspace } from '../workspace.ts';
import { chosenObjects, objectOf, type Stageable } from './objects.ts';
import { openStaged, type Showing } from './openStaged.ts';
import type { StageEditor } from './stageEditor.ts';
import type { StagedNode, StageNode, UnreadableNode } from './stageNodes.ts';
import type { StageView } from './stageView.ts';

/** What the commands put to work. */
export interface StageServices extends Showing {
  readonly workspace: Workspace;
  readonly stageEditor: StageEditor;
  readonly stageView: StageView;
}

/** The commands of the Stage: on rows of any of our views, on files of the explorer or of a tab, or on the active editor's file. */
export function stageCommands(services: StageServices) {
  const { stageEditor } = services;
  return {
    'snapstage.stage': async (chosen) => stageEditor.add(mustHaveObjects(services.workspace, chosen)),
    'snapstage.unstage': async (chosen) => stageEditor.remove(mustHaveRows(services, chosen, isTakable)),
    'snapstage.setStrategy': async (chosen) => {
      const [first, ...others] = mustHaveRows(services, chosen, isStaged);
      if (first) await stageEditor.chooseStrategy([first, ...others]);
    },
    'snapstage.openStaged': async ({ staged: [node] }) => {
      if (node?.type === 'staged') await openStaged(services, node);
    },
    'snapstage.clearStage': withStage(services, l10n.t('Clear the Stage'), (instance) => stageEditor.clear(instance)),
    'snapstage.saveBundle': withStage(services, l10n.t('Save as Bundle'), (instance) => stageEditor.saveBundle(instance)),
    'snapstage.useBundle': withStage(services, l10n.t('Use Bundle'), (instance) => stageEditor.useBundle(instance)),
    'snapstage.deleteBundles': withStage(services, l10n.t('Delete Bundles'), (instance) => stageEditor.deleteBundles(instance)),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** Runs for the folder whose row was chosen, the only one, or the one that is picked. */
function withStage({ workspace }: StageServices, title: string, run: (instance: Instance) => Promise<void>): CommandHandler {
  return async (chosen) => {
    const instance = chosen.staged[0]?.instance ?? instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
    if (instance) await run(instance);
  };
}

function mustHaveObjects(workspace: Workspace, chosen: Chosen): readonly Stageable[] {
  const { version } = chosen;
  const ofVersion = version && objectOf(version);
  const { objects } = chosenObjects(workspace, chosen);
  if (objects.length > 0) return objects;
  if (ofVersion) return [ofVersion];
  const active = activeFile();
  const ofActive = active ? chosenObjects(workspace, { nodes: [], uris: [active] }).objects : [];
  if (ofActive.length > 0) return ofActive;
  throw new SnapstageError('usage', l10n.t('Choose something in the Snapshots view, or open a file of the folder in an editor first.'));
}

/** The rows chosen, or those that are selected in the view. Throws where there is none. */
function mustHaveRows<T extends StageNode>(
  { stageView }: StageServices,
  { staged }: Chosen,
  isWanted: (node: StageNode) => node is T,
): readonly T[] {
  const rows = (staged.length > 0 ? staged : stageView.selection).filter(isWanted);
  if (rows.length > 0) return rows;
  throw new SnapstageError('usage', l10n.t('Select something in the Stage view first.'));
}

function isStaged(node: StageNode): node is StagedNode {
  return node.type === 'staged';
}

function isTakable(node: StageNode): node is StagedNode | UnreadableNode {
  return node.type === 'staged' || node.type === 'unreadable';
}
