import { commands, l10n, window, workspace, type LogOutputChannel } from 'vscode';
import { toSnapstageError, type SnapstageError } from '../base/errors.ts';
import { errorSentence } from './messages.ts';

/** What a person can do about an error at once, by a button beside it. */
export interface Remedy {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Tells people and the log what went wrong. Toasts are not waited for: a command ends when its work does. */
export class Reporter {
  readonly log: LogOutputChannel;
  readonly #remedyFor: (error: SnapstageError) => Remedy | undefined;

  constructor(log: LogOutputChannel, remedyFor: (error: SnapstageError) => Remedy | undefined = () => undefined) {
    this.log = log;
    this.#remedyFor = remedyFor;
  }

  /** Shows the error's sentence with what can be done about it and *Show Log*; a cancelled operation only says so in the status bar. */
  error(thrown: unknown): void {
    const error = toSnapstageError(thrown);
    if (error.code === 'cancelled') {
      this.log.info(error.message);
      window.setStatusBarMessage(errorSentence(error), 5000);
      return;
    }
    this.logError(error);
    const remedy = this.#remedyFor(error);
    this.#offer(window.showErrorMessage(errorSentence(error), ...(remedy ? [remedy.title] : []), this.#showLog), remedy);
  }

  /** For what is told where it went wrong, as in a view, and not in a toast: the log holds the details. */
  logError(thrown: unknown, about?: string): void {
    const error = toSnapstageError(thrown);
    const what = [...(about === undefined ? [] : [about]), error.code, error.message].join(': ');
    this.log.error(what, error.details, error.code === 'bug' ? (error.cause ?? error) : '');
  }

  /** For what went through, but not entirely. The details are to be found in the log. */
  warning(sentence: string, details: readonly string[]): void {
    this.log.warn(sentence);
    for (const detail of details) this.log.warn(detail);
    this.#offer(window.showWarningMessage(sentence, this.#showLog));
  }

  /** Does what nobody waits for, and reports its failure. */
  detached(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.error(error));
  }

  /** True where changes are allowed; otherwise says why they aren't and offers to trust the folder. */
  requireTrust(): boolean {
    if (workspace.isTrusted) return true;
    const manage = l10n.t('Manage Workspace Trust');
    const shown = window.showWarningMessage(
      l10n.t('In Restricted Mode, snapshots can be viewed and compared, but not taken, restored or changed.'),
      manage,
    );
    this.detached(
      Promise.resolve(shown).then((choice) => (choice === manage ? commands.executeCommand('workbench.trust.manage') : undefined)),
    );
    return false;
  }

  get #showLog(): string {
    return l10n.t('Show Log');
  }

  #offer(shown: Thenable<string | undefined>, remedy?: Remedy): void {
    const answer = (choice: string | undefined): void | Promise<void> => {
      if (choice === this.#showLog) return this.log.show();
      return choice !== undefined && choice === remedy?.title ? remedy.run() : undefined;
    };
    this.detached(Promise.resolve(shown).then(answer));
  }
}
