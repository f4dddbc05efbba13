import { commands, l10n, window, workspace, type LogOutputChannel } from 'vscode';
import { toSnapstageError } from '../base/errors.ts';
import { errorSentence } from './messages.ts';

/** Tells people and the log what went wrong. Toasts are not waited for: a command ends when its work does. */
export class Reporter {
  readonly log: LogOutputChannel;

  constructor(log: LogOutputChannel) {
    this.log = log;
  }

  /** Shows the error's sentence with *Show Log*; a cancelled operation only says so in the status bar. */
  error(thrown: unknown): void {
    const error = toSnapstageError(thrown);
    if (error.code === 'cancelled') {
      this.log.info(error.message);
      window.setStatusBarMessage(errorSentence(error), 5000);
      return;
    }
    this.logError(error);
    this.#offerLog(window.showErrorMessage(errorSentence(error), this.#showLog));
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
    this.#offerLog(window.showWarningMessage(sentence, this.#showLog));
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

  #offerLog(shown: Thenable<string | undefined>): void {
    this.detached(Promise.resolve(shown).then((choice) => (choice === this.#showLog ? this.log.show() : undefined)));
  }
}
