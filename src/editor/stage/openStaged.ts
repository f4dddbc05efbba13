import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { ApplicationDocuments } from '../applications/applicationDocuments.ts';
import { engineWords } from '../engineWords.ts';
import { fileUri } from '../files/snapshotUris.ts';
import type { Viewer } from '../files/viewer.ts';
import type { DetailsDocuments } from '../snapshots/details.ts';
import type { TableDocuments } from '../tables/tableDocuments.ts';
import type { StagedNode } from './stageNodes.ts';
import { objectTitle } from './stageWords.ts';

/** What shows things. */
export interface Showing {
  readonly viewer: Viewer;
  readonly details: DetailsDocuments;
  readonly tableDocuments: TableDocuments;
  readonly applicationDocuments: ApplicationDocuments;
}

/** Shows what is staged, in the state that it is from. Throws where it is not there any more. */
export async function openStaged({ viewer, details, tableDocuments, applicationDocuments }: Showing, node: StagedNode): Promise<void> {
  const { instance, object } = node;
  const { type, path, table, application, problem } = object;
  if (problem !== null)
    throw new SnapstageError('usage', vscode.l10n.t("{0} can't be shown: {1}.", objectTitle(object), engineWords(problem)));
  const snapshot = object.snapshot ?? undefined;
  const state = { instance, ...(snapshot && { snapshot }) };
  if (type === 'table') await tableDocuments.preview({ ...state, database: path, table: table ?? '' });
  else if (type === 'application' && application !== null)
    await applicationDocuments.showDependencies({ ...state, kind: application, path });
  else if (type === 'file' && snapshot) await viewer.open({ instance, snapshot, path });
  else if (snapshot) await details.show(instance, snapshot.id);
  else if (type === 'file') await vscode.commands.executeCommand('vscode.open', fileUri(instance.folder.uri, path), { preview: true });
  else await vscode.commands.executeCommand('revealInExplorer', fileUri(instance.folder.uri, path));
}
