import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { ApplicationKind, ApplicationsCheck, CheckedApplication } from '../../engine/applicationsApi.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { stateOf, type State } from '../state.ts';
import { stateTitle } from '../words.ts';
import type { Workspace } from '../workspace.ts';
import { checkPage, dependencyLines, type CheckPage } from './applicationLines.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import { applicationTitle } from './applicationWords.ts';

export const applicationScheme = 'snapstage-applications';

/** What a document's address says, so that it is there again after the window is reloaded. */
interface Address {
  readonly what: 'check' | 'dependencies';
  readonly folder: string;
  readonly state: string | null;
  /** Absent: all of the state. */
  readonly application?: { readonly kind: ApplicationKind; readonly path: string };
}

/** Comparisons of applications with this machine, and what applications depend on, as read-only documents. */
export class ApplicationDocuments implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #applications: Applications;
  readonly #reporter: Pick<Reporter, 'logError'>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  /** Comparisons as they were made: they are made anew when they are asked for again. */
  readonly #checks = new Map<string, CheckPage>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, applications: Applications, reporter: Pick<Reporter, 'logError'>) {
    this.#workspace = workspace;
    this.#applications = applications;
    this.#reporter = reporter;
    this.#subscriptions = [this.#changed, vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#checks.delete(uri.toString()))];
  }

  /** Opens a comparison that has been made. */
  async showCheck(subject: State | ApplicationIn, check: ApplicationsCheck): Promise<void> {
    const uri = applicationsUri('check', subject);
    this.#checks.set(uri.toString(), checkPage(subject, check));
    this.#changed.fire(uri);
    await open(uri);
  }

  async showDependencies(subject: ApplicationIn): Promise<void> {
    await open(applicationsUri('dependencies', subject));
  }

  /** What a document is about. Throws when its folder is not open, or its snapshot gone. */
  async subjectOf(uri: vscode.Uri): Promise<State | ApplicationIn> {
    const { folder, state, application } = parseAddress(uri);
    const instance = this.#workspace.instances.find((one) => one.folder.uri.toString() === folder);
    if (!instance) throw new SnapstageError('usage', vscode.l10n.t('The folder of these applications is not open.'));
    const snapshot = state === null ? undefined : (await instance.mustList()).find(({ id }) => id === state);
    if (state !== null && !snapshot) throw new SnapstageError('not-found', `There is no snapshot “${state.slice(0, 8)}”.`);
    return { instance, ...(snapshot && { snapshot }), ...application };
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      const lines = parseAddress(uri).what === 'check' ? (await this.#pageOf(uri)).lines : await this.#dependenciesOf(uri);
      return lines.join('\n');
    } catch (error) {
      this.#reporter.logError(error);
      return errorSentence(error);
    }
  }

  /** Above each application of which something is missing or other here. */
  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const page = this.#checks.get(uri.toString());
    if (!page) return [];
    const subject = stateOf(await this.subjectOf(uri));
    return page.headings
      .filter(({ application }) => isRecreatable(application))
      .map(({ line, application: { kind, path } }) => {
        const about = applicationsUri('check', { ...subject, kind, path });
        const command = { command: 'snapstage.recreate', title: vscode.l10n.t('Recreate…'), arguments: [about] };
        return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
      });
  }

  /** Makes the comparisons of a folder that are open anew: something here is otherwise now. */
  refreshChecks(instance: Instance): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== applicationScheme || parseAddress(uri).folder !== instance.folder.uri.toString()) continue;
      this.#checks.delete(uri.toString());
      this.#changed.fire(uri);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Made now where it is not known: the window was reloaded. */
  async #pageOf(uri: vscode.Uri): Promise<CheckPage> {
    const known = this.#checks.get(uri.toString());
    if (known) return known;
    const subject = await this.subjectOf(uri);
    const page = checkPage(subject, await this.#applications.check(subject));
    this.#checks.set(uri.toString(), page);
    return page;
  }

  async #dependenciesOf(uri: vscode.Uri): Promise<readonly string[]> {
    const subject = await this.subjectOf(uri);
    const { application } = parseAddress(uri);
    const { applications } = await this.#applications.list(subject);
    const found = applications.find(({ kind, path }) => kind === application?.kind && path === application.path);
    if (!found) throw new SnapstageError('not-found', `There is no application “${application?.kind}” in this state.`);
    return dependencyLines(subject, found);
  }
}

/** True where the state has what is missing or other here. */
export function isRecreatable({ differences }: CheckedApplication): boolean {
  return differences.some(({ difference, of }) => difference !== 'extra' && of !== 'file');
}

async function open(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** The address of what is said of all applications of a state, or of one. */
export function applicationsUri(what: Address['what'], subject: State | ApplicationIn): vscode.Uri {
  const { instance, snapshot } = subject;
  const application = 'kind' in subject ? { kind: subject.kind, path: subject.path } : undefined;
  const about = [...(application ? [applicationTitle(application)] : []), stateTitle(snapshot)].join(', ');
  const title = what === 'check' ? vscode.l10n.t('Check ({0})', about) : vscode.l10n.t('Dependencies ({0})', about);
  const address: Address = {
    what,
    folder: instance.folder.uri.toString(),
    state: snapshot?.id ?? null,
    ...(application && { application }),
  };
  return vscode.Uri.from({ scheme: applicationScheme, path: `/${title.replaceAll(/[/\\]/g, ' ')}`, query: JSON.stringify(address) });
}

function parseAddress(uri: vscode.Uri): Address {
  return JSON.parse(uri.query) as Address;
}
