import { commands, l10n } from 'vscode';
import type { Application } from '../../engine/applicationsApi.ts';
import { instanceOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import { fileUri } from '../files/snapshotUris.ts';
import type { Viewer } from '../files/viewer.ts';
import { pickInstance, pickState } from '../pickers.ts';
import { stateOf, type State } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import { applicationScheme, type ApplicationDocuments } from './applicationDocuments.ts';
import { pickApplication } from './applicationPick.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import type { Checker } from './check.ts';
import type { Recreator } from './recreate.ts';

/** What the commands put to work. */
export interface ApplicationServices {
  readonly workspace: Workspace;
  readonly viewer: Viewer;
  readonly applications: Applications;
  readonly applicationDocuments: ApplicationDocuments;
  readonly checker: Checker;
  readonly recreator: Recreator;
}

/** The commands on applications: on rows of the Snapshots view, on what a document is about, or on what is picked. */
export function applicationCommands(services: ApplicationServices) {
  const { viewer, applicationDocuments, checker, recreator } = services;
  return {
    'snapstage.checkApplications': async (chosen) => {
      const subject = await chosenSubject(services, chosen, l10n.t('Check against This Machine'));
      if (subject) await checker.check(subject);
    },
    'snapstage.recreate': async (chosen) => {
      const subject = await oneApplication(services, chosen, l10n.t('Recreate'), ({ recreate }) => recreate.length > 0);
      if (subject) await recreator.recreate(subject);
    },
    'snapstage.showDependencies': async (chosen) => {
      const subject = await oneApplication(services, chosen, l10n.t('Dependencies'), ({ dependencies }) => dependencies.length > 0);
      if (subject) await applicationDocuments.showDependencies(subject);
    },
    'snapstage.openConfiguration': async ({ nodes: [node] }) => {
      if (node?.type !== 'configuration') return;
      const { instance, snapshot, path } = node;
      if (snapshot) await viewer.open({ instance, snapshot, path });
      else await commands.executeCommand('vscode.open', fileUri(instance.folder.uri, path), { preview: true });
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

/** A state or one of its applications: of a row, of a document, or picked. */
async function chosenSubject(
  { workspace, applicationDocuments }: ApplicationServices,
  chosen: Chosen,
  title: string,
): Promise<State | ApplicationIn | undefined> {
  const [node] = chosen.nodes;
  const [uri] = chosen.uris;
  switch (node?.type) {
    case 'application':
    case 'dependencies':
      return { ...stateOf(node), kind: node.application.kind, path: node.application.path };
    case 'applications':
    case 'snapshot':
      return stateOf(node);
    case 'current':
      return { instance: node.instance };
    default:
  }
  if (uri?.scheme === applicationScheme) return applicationDocuments.subjectOf(uri);
  const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
  const state = instance && (await pickState(instance, title));
  return instance && state && { instance, ...(state !== 'current' && { snapshot: state }) };
}

async function oneApplication(
  services: ApplicationServices,
  chosen: Chosen,
  title: string,
  isWanted: (application: Application) => boolean,
): Promise<ApplicationIn | undefined> {
  const subject = await chosenSubject(services, chosen, title);
  return !subject || 'kind' in subject ? subject : pickApplication(services.applications, subject, title, isWanted);
}
