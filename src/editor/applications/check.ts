import { commands, l10n, window } from 'vscode';
import type { ApplicationsCheck } from '../../engine/applicationsApi.ts';
import type { Reporter } from '../reporter.ts';
import { stateOf, type State } from '../state.ts';
import { snapshotInSentence } from '../words.ts';
import { applicationsUri, isRecreatable, type ApplicationDocuments } from './applicationDocuments.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import { applicationCount, applicationTitle, differencesInWords } from './applicationWords.ts';

/** Compares applications with this machine: one sentence, what differs as a document, and an offer where something is missing. */
export class Checker {
  readonly #applications: Applications;
  readonly #documents: ApplicationDocuments;
  readonly #reporter: Reporter;

  constructor(applications: Applications, documents: ApplicationDocuments, reporter: Reporter) {
    this.#applications = applications;
    this.#documents = documents;
    this.#reporter = reporter;
  }

  async check(subject: State | ApplicationIn): Promise<void> {
    const found = await this.#applications.check(subject);
    // What could not be compared is told as well.
    if (!found.same || found.applications.some(({ remarks }) => remarks.length > 0)) await this.#documents.showCheck(subject, found);
    this.#tell(subject, found);
  }

  /** The toast is not waited for: the command has done its work. */
  #tell(subject: State | ApplicationIn, found: ApplicationsCheck): void {
    if (found.same) {
      void window.showInformationMessage(sameInWords(subject, found));
      return;
    }
    const isMissing = found.applications.some(({ differences }) => differences.some(({ difference }) => difference === 'missing'));
    const recreatable = found.applications.filter(isRecreatable);
    const recreate = l10n.t('Recreate…');
    const shown = window.showWarningMessage(differentInWords(subject, found), ...(isMissing && recreatable.length > 0 ? [recreate] : []));
    const [only, ...others] = recreatable;
    // Where there are several, the command asks which.
    const about = only && others.length === 0 ? { ...stateOf(subject), kind: only.kind, path: only.path } : subject;
    this.#reporter.detached(
      Promise.resolve(shown).then((answer) =>
        answer === recreate ? commands.executeCommand('snapstage.recreate', applicationsUri('check', about)) : undefined,
      ),
    );
  }
}

function sameInWords(subject: State | ApplicationIn, { applications }: ApplicationsCheck): string {
  const state = stateInSentence(subject);
  return 'kind' in subject
    ? l10n.t('{0} is as in {1}.', applicationTitle(subject), state)
    : l10n.t('All is as in {0}: {1} compared.', state, applicationCount(applications.length));
}

function differentInWords(subject: State | ApplicationIn, found: ApplicationsCheck): string {
  const state = stateInSentence(subject);
  const differences = differencesInWords(found);
  return 'kind' in subject
    ? l10n.t('{0} is not as in {1}: {2}.', applicationTitle(subject), state, differences)
    : l10n.t('Not all is as in {0}: {1}.', state, differences);
}

function stateInSentence({ snapshot }: State): string {
  return snapshot ? snapshotInSentence(snapshot) : l10n.t('the files of the folder');
}
