import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { TableRestoreOutcome, TableRestorePlan } from '../../engine/tablesApi.ts';
import { engineWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import type { Reporter } from '../reporter.ts';
import type { Restorer } from '../restore/restore.ts';
import type { Work } from '../work.ts';
import { snapshotInSentence } from '../words.ts';
import type { Databases } from './databases.ts';
import type { TableDocuments } from './tableDocuments.ts';
import type { ComparedTable } from './tablePages.ts';
import { tableDoneInWords, tablePlanInWords } from './tableWords.ts';

/** What restores of tables need. */
export interface TableRestoreServices {
  readonly work: Work;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly databases: Databases;
  readonly documents: TableDocuments;
}

/** Brings one table of the current state back to a snapshot: the plan first, in one sentence; then the change; then a toast with *Undo*. */
export class TableRestorer {
  readonly #services: TableRestoreServices;

  constructor(services: TableRestoreServices) {
    this.#services = services;
  }

  /** Goes round until the plan that was agreed to is the one that is carried out. */
  async restore(subject: Omit<ComparedTable, 'to'>): Promise<void> {
    if (await this.#travelsWithFile(subject)) return;
    for (let isStale = false; ; isStale = true) {
      const plan = await this.#plan(subject);
      if (tablePlanInWords(plan) === '') {
        void window.showInformationMessage(l10n.t('Nothing to do: the table is as it was then.'));
        return;
      }
      if (!(await this.#agreed(subject, plan, isStale))) return;
      try {
        this.#tell(subject, await this.#execute(subject, plan));
        return;
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  #plan({ instance, snapshot, database, table }: ComparedTable): Promise<TableRestorePlan> {
    const title = l10n.t('Planning the restore of {0}', displayText(table));
    return this.#services.work.run(title, (options) => instance.engine.planTableRestore({ state: snapshot.id, database, table }, options));
  }

  async #execute({ instance, snapshot, table }: ComparedTable, plan: TableRestorePlan): Promise<TableRestoreOutcome> {
    const title = l10n.t('Restoring {0} from {1}', displayText(table), snapshotInSentence(snapshot));
    try {
      return await this.#services.work.run(title, (options) => instance.engine.executeTableRestore(plan, options));
    } finally {
      await instance.refresh();
    }
  }

  /** True for one that can't be restored alone; then its file is offered. */
  async #travelsWithFile({ instance, snapshot, database, table }: ComparedTable): Promise<boolean> {
    const { databases, restorer, reporter } = this.#services;
    const found = await databases.count(instance, snapshot, database);
    const together = found.tables.find(({ name }) => name === table)?.together ?? null;
    if (together === null) return false;
    const file = l10n.t('Restore File…');
    const sentence = l10n.t("{0} can't be restored alone: {1}.", displayText(table), engineWords(together));
    reporter.detached(
      Promise.resolve(window.showWarningMessage(sentence, file)).then((answer) =>
        answer === file && reporter.requireTrust() ? restorer.restore(instance, snapshot, [database]) : undefined,
      ),
    );
    return true;
  }

  /** Where rows are removed, the button that is pressed by mistake changes nothing. */
  async #agreed(subject: ComparedTable, plan: TableRestorePlan, isStale: boolean): Promise<boolean> {
    const { table, database, snapshot } = subject;
    const sentence = [
      ...(isStale ? [l10n.t('The table has changed meanwhile; this is the new plan.')] : []),
      tablePlanInWords(plan),
      l10n.t('The state now is kept as a snapshot first.'),
    ].join(' ');
    const names = [displayText(table), displayText(database), snapshotInSentence(snapshot)] as const;
    const detail = l10n.t('Restores the table {0} of {1} from {2}.', ...names);
    const [go, compare] = [l10n.t('Restore'), l10n.t('Compare Instead')];
    const buttons = plan.counts.remove > 0 ? [compare, go] : [go, compare];
    const answer = await window.showWarningMessage(sentence, { modal: true, detail }, ...buttons);
    if (answer === compare) await this.#services.documents.compare(subject);
    return answer === go;
  }

  /** The toast is not waited for: the command has done its work. */
  #tell({ instance, table, snapshot }: ComparedTable, { counts }: TableRestoreOutcome): void {
    const { restorer, reporter } = this.#services;
    const done = l10n.t('{0} restored from {1}', displayText(table), snapshotInSentence(snapshot));
    const counted = tableDoneInWords(counts);
    const undo = l10n.t('Undo');
    const shown = window.showInformationMessage(counted === '' ? `${done}.` : `${done}: ${counted}.`, undo);
    reporter.detached(Promise.resolve(shown).then((answer) => (answer === undo ? restorer.undoAtOnce(instance) : undefined)));
  }
}
