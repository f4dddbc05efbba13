import { env, l10n, window } from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { InterruptedRestore, RestoreItem, RestoreOutcome, RestorePlan, SnapshotInfo } from '../engine/api.ts';
import { formatMoment } from './formats.ts';
import type { Instance } from './instance.ts';
import type { ListDocuments } from './lists.ts';
import { pickFromPlan } from './planPick.ts';
import type { EditorReloader } from './reload.ts';
import type { Reporter } from './reporter.ts';
import { countActions, samePlan } from './restorePlan.ts';
import { closeDeleted, saveAll, unsavedAmong, type Unsaved } from './unsaved.ts';
import type { Viewer } from './viewer.ts';
import type { Work } from './work.ts';
import { doneInWords, namesInWords, plannedInWords, snapshotInSentence } from './words.ts';

/** A restore or its undoing, as far as they are alike: how it is planned, carried out and spoken of. */
interface Operation {
  readonly instance: Instance;
  readonly question: string;
  readonly go: string;
  readonly title: string;
  plan(): Promise<RestorePlan>;
  execute(plan: RestorePlan): Promise<RestoreOutcome>;
}

/** Restores, undoes and recovers: the plan first, in one sentence; then the change; then a toast with *Undo*. */
export class Restorer {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #viewer: Viewer;
  readonly #lists: ListDocuments;
  readonly #reloader: EditorReloader;
  readonly #offered = new Set<string>();

  constructor(work: Work, reporter: Reporter, viewer: Viewer, lists: ListDocuments, reloader: EditorReloader) {
    this.#work = work;
    this.#reporter = reporter;
    this.#viewer = viewer;
    this.#lists = lists;
    this.#reloader = reloader;
  }

  /** Whole, or only the given paths. */
  async restore(instance: Instance, snapshot: SnapshotInfo, paths: readonly string[] = []): Promise<void> {
    const { engine } = instance;
    const source = snapshotInSentence(snapshot);
    const title = l10n.t('Restoring {0} from {1}', paths.length === 0 ? instance.name : namesInWords(paths), source);
    const outcome = await this.#confirmAndExecute({
      instance,
      question:
        paths.length === 0
          ? l10n.t('Restores the folder {0} to {1}.', instance.name, source)
          : l10n.t('Restores {0} from {1}.', namesInWords(paths), source),
      go: l10n.t('Restore'),
      title,
      plan: () =>
        this.#work.run(l10n.t('Planning the restore of {0}', instance.name), (options) =>
          engine.planRestore({ state: snapshot.id, paths }, options),
        ),
      execute: (plan) => this.#work.run(title, (options) => engine.executeRestore(plan, options)),
    });
    if (outcome) this.#tell(instance, outcome, l10n.t('Restored from {0}', source));
  }

  /** Undoes the last restore, with the plan shown first. */
  async undo(instance: Instance): Promise<void> {
    const { engine } = instance;
    const title = l10n.t('Undoing the last restore in {0}', instance.name);
    const outcome = await this.#confirmAndExecute({
      instance,
      question: l10n.t('Undoes the last restore in {0}.', instance.name),
      go: l10n.t('Undo Restore'),
      title,
      plan: () => engine.planUndo(),
      execute: () => this.#work.run(title, (options) => engine.undo(options)),
    });
    if (outcome) this.#tell(instance, outcome, l10n.t('Undone'));
  }

  /** Offers to end an interrupted restore: once by itself, and again whenever it is asked for. */
  offerRecovery(instance: Instance, interrupted: InterruptedRestore, again: boolean): void {
    const key = `${instance.folder.uri.toString()} ${interrupted.at}`;
    if (this.#offered.has(key) && !again) return;
    this.#offered.add(key);
    this.#reporter.detached(this.#askAndRecover(instance, interrupted));
  }

  async #askAndRecover(instance: Instance, interrupted: InterruptedRestore): Promise<void> {
    const finish = l10n.t('Finish');
    const undo = l10n.t('Undo');
    const sentence = l10n.t(
      'A restore in {0} was interrupted on {1}. Finish it, or undo what it has done?',
      instance.name,
      formatMoment(interrupted.at, env.language),
    );
    const answer = await window.showWarningMessage(sentence, finish, undo);
    if (answer !== undefined) await this.recover(instance, answer === finish ? 'finish' : 'undo');
  }

  async recover(instance: Instance, how: 'finish' | 'undo'): Promise<void> {
    if (!this.#reporter.requireTrust()) return;
    const title =
      how === 'finish'
        ? l10n.t('Finishing the restore in {0}', instance.name)
        : l10n.t('Undoing the interrupted restore in {0}', instance.name);
    const outcome = await this.#change(instance, () => this.#work.run(title, (options) => instance.engine.recover(how, options)));
    this.#tell(instance, outcome, how === 'finish' ? l10n.t('The restore is finished') : l10n.t('The interrupted restore is undone'));
  }

  /** Goes round until the plan that was agreed to is the one that is carried out; nothing when it is not wanted. */
  async #confirmAndExecute(operation: Operation): Promise<RestoreOutcome | undefined> {
    const { instance } = operation;
    for (let stale = false; ; stale = true) {
      const shown = await operation.plan();
      if (countActions(shown.items).length === 0) {
        void window.showInformationMessage(l10n.t('Nothing to do: everything is as it was then.'));
        return undefined;
      }
      const unsaved = unsavedAmong(instance, shown);
      if (!(await this.#agreed(operation, shown, unsaved, stale))) return undefined;
      await saveAll(unsaved);
      const plan = unsaved.length === 0 ? shown : await operation.plan();
      if (!samePlan(shown, plan)) continue;
      try {
        return await this.#change(instance, () => operation.execute(plan));
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  /** The plan in one modal sentence. Where it deletes, the button that is pressed by mistake changes nothing. */
  async #agreed(operation: Operation, plan: RestorePlan, unsaved: readonly Unsaved[], stale: boolean): Promise<boolean> {
    const counts = countActions(plan.items);
    const sentence = [
      ...(stale ? [l10n.t('The files have changed meanwhile; this is the new plan.')] : []),
      plannedInWords(counts),
      ...(unsaved.length === 0 ? [] : [l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved.map(({ path }) => path)))]),
      l10n.t('The state now is kept as a snapshot first.'),
    ].join(' ');
    const details = l10n.t('Show Details');
    const deletes = counts.some(({ action }) => action === 'delete');
    const buttons = deletes ? [details, operation.go] : [operation.go, details];
    const answer = await window.showWarningMessage(sentence, { modal: true, detail: operation.question }, ...buttons);
    if (answer !== details) return answer === operation.go;
    return pickFromPlan({
      plan,
      title: operation.question,
      sentence,
      go: operation.go,
      preview: (item) => this.#reporter.detached(this.#preview(operation.instance, plan.snapshot, item)),
      openList: (lines) => this.#reporter.detached(this.#lists.show(operation.question, lines)),
    });
  }

  async #preview(instance: Instance, snapshot: SnapshotInfo, { path, kind }: RestoreItem): Promise<void> {
    if (kind !== 'folder') await this.#viewer.compare({ instance, snapshot, path }, { preserveFocus: true });
  }

  async #change(instance: Instance, execute: () => Promise<RestoreOutcome>): Promise<RestoreOutcome> {
    try {
      const outcome = await this.#reloader.around(instance, execute);
      await closeDeleted(instance, outcome.items);
      return outcome;
    } finally {
      await instance.refresh();
    }
  }

  /** The toast is not waited for: the command has done its work. */
  #tell(instance: Instance, { items, problems }: RestoreOutcome, done: string): void {
    const counted = doneInWords(countActions(items));
    const sentence = counted === '' ? `${done}.` : `${done}: ${counted}.`;
    if (problems.length > 0) {
      const names = namesInWords(problems.map(({ path }) => path));
      this.#reporter.warning(
        l10n.t('{0} Could not be done: {1}.', sentence, names),
        problems.map(({ path, reason }) => `${path}: ${reason}`),
      );
    }
    const undo = l10n.t('Undo');
    const canUndo = instance.state.kind === 'ready' && instance.state.status.undo !== null;
    const shown = canUndo ? window.showInformationMessage(sentence, undo) : window.showInformationMessage(sentence);
    this.#reporter.detached(Promise.resolve(shown).then((answer) => (answer === undo ? this.#undoAtOnce(instance) : undefined)));
  }

  /** From the toast: one click, unless unsaved changes would be overwritten. */
  async #undoAtOnce(instance: Instance): Promise<void> {
    if (!this.#reporter.requireTrust()) return;
    const { engine } = instance;
    if (unsavedAmong(instance, await engine.planUndo()).length > 0) {
      await this.undo(instance);
      return;
    }
    const title = l10n.t('Undoing the last restore in {0}', instance.name);
    const outcome = await this.#change(instance, () => this.#work.run(title, (options) => engine.undo(options)));
    this.#tell(instance, outcome, l10n.t('Undone'));
  }
}
