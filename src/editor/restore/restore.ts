import { l10n, window } from 'vscode';
import { noteInWords } from '../engineWords.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { RestoreItem, RestoreOutcome, RestorePlan, SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import { pickFromPlan, planLines } from './planPick.ts';
import type { EditorReloader } from './reload.ts';
import type { Reporter } from '../reporter.ts';
import { countActions, samePlan } from './restorePlan.ts';
import { itemsFor, saveAll, unsavedAmong, type RestoreItems, type Unsaved } from './unsaved.ts';
import type { Viewer } from '../files/viewer.ts';
import type { Work } from '../work.ts';
import { doneInWords, namesInWords, plannedInWords, snapshotInSentence } from '../words.ts';

/** A restore or its undoing, as far as they are alike: how it is planned, carried out and spoken of. */
interface Operation {
  readonly instance: Instance;
  readonly question: string;
  readonly go: string;
  readonly title: string;
  plan(items?: RestoreItems): Promise<RestorePlan>;
  execute(plan: RestorePlan, items: RestoreItems): Promise<RestoreOutcome>;
}

/** Restores, undoes and recovers: the plan first, in one sentence; then the change; then a toast with *Undo*. */
export class Restorer {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #viewer: Viewer;
  readonly #lists: ListDocuments;
  readonly #reloader: EditorReloader;

  constructor(work: Work, reporter: Reporter, viewer: Viewer, lists: ListDocuments, reloader: EditorReloader) {
    this.#work = work;
    this.#reporter = reporter;
    this.#viewer = viewer;
    this.#lists = lists;
    this.#reloader = reloader;
  }

  /** Whole, or only the given paths; `keepBoth` leaves what differs and writes the restored one beside it. */
  async restore(instance: Instance, snapshot: SnapshotInfo, paths: readonly string[] = [], keepBoth = false): Promise<void> {
    const { engine } = instance;
    const source = snapshotInSentence(snapshot);
    const title = l10n.t('Restoring {0} from {1}', paths.length === 0 ? instance.name : namesInWords(paths), source);
    const outcome = await this.#confirmAndExecute({
      instance,
      question: questionOf(instance.name, source, paths, keepBoth),
      go: l10n.t('Restore'),
      title,
      plan: (items) =>
        this.#work.run(l10n.t('Planning the restore of {0}', instance.name), (options) =>
          engine.planRestore({ state: snapshot.id, paths, ...(keepBoth && { keepBoth }) }, { ...options, ...(items && { items }) }),
        ),
      execute: ({ request, snapshot: target, from }, items) =>
        this.#work.run(title, (options) => engine.executeRestore({ request, snapshot: target, from }, { ...options, items })),
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
      plan: (items) => engine.planUndo({ ...(items && { items }) }),
      execute: (_, items) => this.#work.run(title, (options) => engine.undo({ ...options, items })),
    });
    if (outcome) this.#tell(instance, outcome, l10n.t('Undone'));
  }

  /** Ends an interrupted restore. */
  async recover(instance: Instance, how: 'finish' | 'undo'): Promise<void> {
    const title =
      how === 'finish'
        ? l10n.t('Finishing the restore in {0}', instance.name)
        : l10n.t('Undoing the interrupted restore in {0}', instance.name);
    const outcome = await this.#reloader.around(instance, (items) =>
      this.#work.run(title, (options) => instance.engine.recover(how, { ...options, items })),
    );
    this.#tell(instance, outcome, how === 'finish' ? l10n.t('The restore is finished') : l10n.t('The interrupted restore is undone'));
  }

  /** Goes round until the plan that was agreed to is the one that is carried out; nothing when it is not wanted. */
  async #confirmAndExecute(operation: Operation): Promise<RestoreOutcome | undefined> {
    const { instance } = operation;
    for (let stale = false; ; stale = true) {
      const plan = (): Promise<RestorePlan> => operation.plan(itemsFor(instance));
      const shown = await plan();
      if (countActions(shown.counts).length === 0) {
        void window.showInformationMessage(l10n.t('Nothing to do: everything is as it was then.'));
        return undefined;
      }
      const unsaved = unsavedAmong(instance, shown);
      if (!(await this.#agreed(operation, shown, unsaved, stale))) return undefined;
      // Before they are replaced, so that the automatic snapshot holds them.
      await saveAll(unsaved, l10n.t('nothing was restored'));
      const agreed = unsaved.length === 0 ? shown : await plan();
      if (!samePlan(shown, agreed)) continue;
      try {
        return await this.#reloader.around(instance, (items) => operation.execute(agreed, items));
      } catch (error) {
        if (!(error instanceof SnapstageError && error.code === 'stale-plan')) throw error;
      }
    }
  }

  /** The plan in one modal sentence. Where it deletes, the button that is pressed by mistake changes nothing. */
  async #agreed(operation: Operation, plan: RestorePlan, unsaved: readonly Unsaved[], stale: boolean): Promise<boolean> {
    const counts = countActions(plan.counts);
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
      openList: () => this.#reporter.detached(this.#openList(operation, sentence)),
    });
  }

  /** All of the plan, however long it is. */
  async #openList(operation: Operation, sentence: string): Promise<void> {
    const { items } = await operation.plan();
    await this.#lists.show(operation.question, [sentence, '', ...planLines(items)]);
  }

  async #preview(instance: Instance, snapshot: SnapshotInfo, { path, kind }: RestoreItem): Promise<void> {
    if (kind !== 'folder') await this.#viewer.compare({ instance, snapshot, path }, { preserveFocus: true });
  }

  /** The toast is not waited for: the command has done its work. */
  #tell(instance: Instance, { counts, problems }: RestoreOutcome, done: string): void {
    const counted = doneInWords(countActions(counts));
    const sentence = counted === '' ? `${done}.` : `${done}: ${counted}.`;
    if (problems.length > 0) {
      const names = namesInWords(problems.map(({ path }) => path));
      this.#reporter.warning(l10n.t('{0} Could not be done: {1}.', sentence, names), problems.map(noteInWords));
    }
    const undo = l10n.t('Undo');
    const canUndo = instance.state.kind === 'ready' && instance.state.status.undo !== null;
    const shown = canUndo ? window.showInformationMessage(sentence, undo) : window.showInformationMessage(sentence);
    this.#reporter.detached(Promise.resolve(shown).then((answer) => (answer === undo ? this.undoAtOnce(instance) : undefined)));
  }

  /** From a toast: one click, unless unsaved changes would be overwritten. */
  async undoAtOnce(instance: Instance): Promise<void> {
    if (!this.#reporter.requireTrust()) return;
    const { engine } = instance;
    if (unsavedAmong(instance, await engine.planUndo({ items: itemsFor(instance) })).length > 0) {
      await this.undo(instance);
      return;
    }
    const title = l10n.t('Undoing the last restore in {0}', instance.name);
    const outcome = await this.#reloader.around(instance, (items) =>
      this.#work.run(title, (options) => engine.undo({ ...options, items })),
    );
    this.#tell(instance, outcome, l10n.t('Undone'));
  }
}

function questionOf(folder: string, source: string, paths: readonly string[], keepBoth: boolean): string {
  if (paths.length === 0) {
    return keepBoth
      ? l10n.t('Restores the folder {0} from {1}, beside what is there now.', folder, source)
      : l10n.t('Restores the folder {0} to {1}.', folder, source);
  }
  const names = namesInWords(paths);
  return keepBoth
    ? l10n.t('Restores {0} from {1}, beside what is there now.', names, source)
    : l10n.t('Restores {0} from {1}.', names, source);
}
