import { join } from 'node:path';
import { env, l10n, window } from 'vscode';
import { formatCommand } from '../../base/format.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { RecreatePlan } from '../../engine/applicationsApi.ts';
import { noteInWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import type { Reporter } from '../reporter.ts';
import type { Restorer } from '../restore/restore.ts';
import { namesInWords, snapshotInSentence } from '../words.ts';
import type { ApplicationDocuments } from './applicationDocuments.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import { applicationTitle } from './applicationWords.ts';
import type { Checker } from './check.ts';
import type { EditorRecreator } from './editorRecreate.ts';
import { runTask, surroundingsOf } from './runTask.ts';
import { taskCommand } from './taskCommand.ts';

/** What recreating applications needs. */
export interface RecreateServices {
  readonly applications: Applications;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly checker: Checker;
  readonly documents: ApplicationDocuments;
  readonly editors: EditorRecreator;
}

/** Recreates an application as a state has it: the commands first, in one sentence; then they run in a terminal, one after the other. */
export class Recreator {
  readonly #services: RecreateServices;

  constructor(services: RecreateServices) {
    this.#services = services;
  }

  async recreate(subject: ApplicationIn): Promise<void> {
    if (subject.kind === 'editor') {
      await this.#services.editors.recreate(subject);
      return;
    }
    const plan = await this.#unblocked(subject);
    if (!plan) return;
    const { instance } = subject;
    const cwd = join(instance.folder.uri.fsPath, ...plan.folder.split('/'));
    // Before anything is run, so that no half is done for want of a program.
    const commands = plan.commands.map((words) => ({
      text: displayText(formatCommand(words)),
      ready: taskCommand(words, cwd, surroundingsOf(instance)),
    }));
    if (!(await this.#agreed(subject, plan))) return;
    try {
      for (const { text, ready } of commands) {
        const code = await runTask(instance, text, ready);
        if (code === 0) continue;
        this.#failed(subject, text, code);
        return;
      }
    } finally {
      // What watchers leave out, such as node_modules, may be otherwise now.
      instance.touched();
      this.#services.documents.refreshChecks(instance);
    }
    this.#done(subject);
  }

  /** The plan when nothing stands in its way; other configuration files than the snapshot's are restored first, if that is wanted. */
  async #unblocked(subject: ApplicationIn): Promise<RecreatePlan | undefined> {
    const { applications, restorer } = this.#services;
    const { instance, snapshot } = subject;
    const plan = await applications.plan(subject);
    const files = plan.blocked.filter(({ restorable }) => restorable).map(({ path }) => path);
    const others = plan.blocked.filter(({ restorable }) => !restorable);
    if (others.length > 0)
      throw new SnapstageError('refused', l10n.t('Nothing was run: {0}.', others.map(noteInWords).join('; ')), { plan });
    if (files.length === 0 || !snapshot) return plan;
    const sentence = l10n.t(
      'The configuration files of {0} are not those of {1}: {2}.',
      applicationTitle(subject),
      snapshotInSentence(snapshot),
      namesInWords(files),
    );
    const detail = l10n.t(
      'The commands read them as they are now, so they have to be restored first. The plan of that restore is shown next.',
    );
    const restore = l10n.t('Restore Files…');
    if ((await window.showWarningMessage(sentence, { modal: true, detail }, restore)) !== restore) return undefined;
    await restorer.restore(instance, snapshot, files);
    const again = await applications.plan(subject);
    // Who did not agree to that plan has said so already.
    return again.blocked.length === 0 ? again : undefined;
  }

  async #agreed(subject: ApplicationIn, { commands, folder, replaces }: RecreatePlan): Promise<boolean> {
    const place = displayText(folder === '' ? subject.instance.name : folder);
    const sentence = [
      commands.length === 1
        ? l10n.t('Run this command in the folder {0}, in a terminal?', place)
        : l10n.t('Run these {0} commands in the folder {1}, in a terminal, one after the other?', commands.length, place),
      ...(replaces === null ? [] : [l10n.t('The folder {0} is filled anew.', displayText(replaces))]),
    ].join(' ');
    const detail = commands.map((words) => displayText(formatCommand(words))).join('\n');
    const [run, copy] = [l10n.t('Run'), l10n.t('Copy')];
    const answer = await window.showWarningMessage(sentence, { modal: true, detail }, run, copy);
    if (answer === copy) await env.clipboard.writeText(commands.map(formatCommand).join('\n'));
    return answer === run;
  }

  #done(subject: ApplicationIn): void {
    const { reporter, checker } = this.#services;
    const check = l10n.t('Check');
    const shown = window.showInformationMessage(l10n.t('The commands for {0} have ended well.', applicationTitle(subject)), check);
    reporter.detached(Promise.resolve(shown).then((answer) => (answer === check ? checker.check(subject) : undefined)));
  }

  #failed(subject: ApplicationIn, command: string, code: number | undefined): void {
    const how = code === undefined ? l10n.t('“{0}” was stopped.', command) : l10n.t('“{0}” ended with exit code {1}.', command, code);
    const sentence = l10n.t('{0} is not recreated: {1} What comes after it was not run.', applicationTitle(subject), how);
    this.#services.reporter.warning(sentence, []);
  }
}
