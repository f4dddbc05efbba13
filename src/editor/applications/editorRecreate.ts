import { commands, l10n, window } from 'vscode';
import type { ApplicationDifference } from '../../engine/applicationsApi.ts';
import { displayText } from '../formats.ts';
import { engineWords } from '../engineWords.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import type { Restorer } from '../restore/restore.ts';
import type { Work } from '../work.ts';
import { namesInWords, stateTitle } from '../words.ts';
import type { ApplicationDocuments } from './applicationDocuments.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import { extensionCount } from './applicationWords.ts';

/** What recreating the editor needs. */
export interface EditorRecreateServices {
  readonly work: Work;
  readonly applications: Applications;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly documents: ApplicationDocuments;
}

/** Names in a question; the rest is a number. */
const mostNames = 20;

/** Recreates the editor itself: installs the extensions that are missing in this profile, after the list of them was agreed to. */
export class EditorRecreator {
  readonly #services: EditorRecreateServices;

  constructor(services: EditorRecreateServices) {
    this.#services = services;
  }

  async recreate(subject: ApplicationIn): Promise<void> {
    const { applications, restorer, documents } = this.#services;
    const { instance, snapshot } = subject;
    const [found] = (await applications.check(subject)).applications;
    const differences = found?.differences ?? [];
    const missing = differences.filter(({ difference, of }) => difference === 'missing' && of === 'dependency');
    const files = differences.filter(({ difference, of }) => difference !== 'extra' && of === 'file').map(({ name }) => name);
    if (missing.length === 0 && (files.length === 0 || !snapshot)) {
      const unknown = (found?.remarks ?? []).map((remark) => engineWords(remark));
      void window.showInformationMessage([l10n.t('Nothing to do: no extension is missing here.'), ...unknown].join(' '));
      return;
    }
    const [install, restore] = [l10n.t('Install'), l10n.t('Restore Files…')];
    const sentence =
      missing.length === 0
        ? l10n.t('No extension is missing here, but the configuration files are not those of {0}.', stateTitle(snapshot))
        : l10n.t('Install {0} in this editor?', extensionCount(missing.length));
    const buttons = [...(missing.length > 0 ? [install] : []), ...(files.length > 0 && snapshot ? [restore] : [])];
    const detail = detailOf(missing, differences, files);
    const answer = await window.showWarningMessage(sentence, { modal: true, detail }, ...buttons);
    if (answer === install) await this.#install(missing.map(installName));
    else if (answer === restore && snapshot) await restorer.restore(instance, snapshot, files);
    if (answer !== undefined) documents.refreshChecks(instance);
  }

  /** One after the other, by VS Code itself; what fails is told, and the others go on. */
  async #install(names: readonly string[]): Promise<void> {
    const { work, reporter } = this.#services;
    const failed: string[] = [];
    let done = 0;
    await work.run(l10n.t('Installing {0}', extensionCount(names.length)), async ({ signal }) => {
      for (const name of names) {
        if (signal?.aborted) return;
        try {
          await commands.executeCommand('workbench.extensions.installExtension', name);
          done++;
        } catch (error) {
          failed.push(`${name}: ${errorSentence(error)}`);
        }
      }
    });
    if (failed.length === 0) void window.showInformationMessage(l10n.t('{0} installed.', extensionCount(done)));
    else reporter.warning(l10n.t('{0} of {1} could not be installed.', failed.length, extensionCount(names.length)), failed);
  }
}

function detailOf(missing: readonly ApplicationDifference[], all: readonly ApplicationDifference[], files: readonly string[]): string {
  const names = missing.slice(0, mostNames).map((each) => displayText(installName(each).replace('@', ' ')));
  const rest = missing.length - names.length;
  const other = all.filter(({ difference, of }) => difference === 'other' && of === 'dependency');
  const kept = namesInWords(other.map(({ name }) => name));
  return [
    ...names,
    ...(rest > 0 ? [l10n.t('{0} more', rest)] : []),
    ...(other.length > 0 ? [l10n.t('Another version is installed of {0}: it stays.', kept)] : []),
    ...(files.length > 0 ? [l10n.t('These files are other ones: {0}.', namesInWords(files))] : []),
  ].join('\n');
}

/** As VS Code takes it: with a version where one was installed then. */
function installName({ name, expected }: ApplicationDifference): string {
  return expected === null || expected === '*' ? name : `${name}@${expected}`;
}
