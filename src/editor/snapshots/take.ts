import { env, l10n, window, workspace } from 'vscode';
import { noteInWords } from '../engineWords.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { SnapshotDetails, TakeRequest } from '../../engine/api.ts';
import { formatSize } from '../../base/format.ts';
import { installedExtensions } from '../applications/installedExtensions.ts';
import { askInUse } from '../inUse/ask.ts';
import type { AtWork } from '../inUse/atWork.ts';
import type { Quieting } from '../inUse/quiet.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import { setting } from '../settings.ts';
import type { Unfinished } from '../restore/unfinished.ts';
import { saveAll, unsavedIn, type Unsaved } from '../restore/unsaved.ts';
import type { Work } from '../work.ts';
import { namesInWords, snapshotTitle } from '../words.ts';

/** Takes snapshots: at once, or with a name and a description. */
export class SnapshotTaker {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #unfinished: Unfinished;
  readonly #atWork: AtWork;
  readonly #quieting: Quieting;

  constructor(services: { work: Work; reporter: Reporter; unfinished: Unfinished; atWork: AtWork; quieting: Quieting }) {
    this.#work = services.work;
    this.#reporter = services.reporter;
    this.#unfinished = services.unfinished;
    this.#atWork = services.atWork;
    this.#quieting = services.quieting;
  }

  /** Makes the folder an instance if need be. Asks only when something is in use. */
  async take(instance: Instance, labels: Pick<TakeRequest, 'name' | 'description'> = {}): Promise<void> {
    if (!(await this.#settleUnsaved(instance))) return;
    await instance.ensureInitialised();
    const preference = setting('inUse');
    let snapshot = await this.#tryTake(instance, { ...labels, force: preference === 'takeAsItIs' });
    if (snapshot instanceof SnapstageError && preference === 'quietDown') snapshot = await this.#takeQuietly(instance, labels);
    while (snapshot instanceof SnapstageError) {
      const answer = await askInUse(snapshot, this.#quieting.isSet);
      if (answer === undefined) return;
      snapshot = answer === 'force' ? await this.#tryTake(instance, { ...labels, force: true }) : await this.#takeQuietly(instance, labels);
    }
    this.#tell(snapshot);
  }

  async #takeQuietly(instance: Instance, labels: TakeRequest): Promise<SnapshotDetails | SnapstageError> {
    await workspace.saveAll(false);
    return this.#quieting.around(instance, (quieted) => this.#tryTake(instance, { ...labels, quieted }));
  }

  /** Asks for name and description first, both optional; escape takes none. */
  async takeDescribed(instance: Instance): Promise<void> {
    const title = l10n.t('Take Snapshot of {0}', instance.name);
    const name = await window.showInputBox({
      title,
      prompt: l10n.t('Name (optional)'),
      placeHolder: l10n.t('before the refactor'),
      ignoreFocusOut: true,
    });
    if (name === undefined) return;
    const description = await window.showInputBox({ title, prompt: l10n.t('Description (optional)'), ignoreFocusOut: true });
    if (description === undefined) return;
    await this.take(instance, {
      ...(name.trim() && { name: name.trim() }),
      ...(description.trim() && { description: description.trim() }),
    });
  }

  /** False when the user takes none for now. */
  async #settleUnsaved(instance: Instance): Promise<boolean> {
    const unsaved = unsavedIn(instance);
    if (unsaved.length === 0) return true;
    const preference = setting('unsavedEditors');
    const answer = preference === 'ask' ? await askUnsaved(unsaved) : preference;
    if (answer === 'save') await saveAll(unsaved, l10n.t('no snapshot was taken'));
    return answer !== undefined;
  }

  /** The snapshot, or what is in use. */
  async #tryTake(instance: Instance, request: TakeRequest): Promise<SnapshotDetails | SnapstageError> {
    try {
      const { name, description } = request;
      const job = { ...(name && { name }), ...(description && { description }), at: new Date().toISOString() };
      const known = { ...request, inUse: this.#atWork.on(instance), extensions: installedExtensions() };
      return await this.#work.run(l10n.t('Taking a snapshot of {0}', instance.name), (options) =>
        this.#unfinished.taking(instance, job, () => instance.engine.take(known, options)),
      );
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'in-use') return error;
      throw error;
    } finally {
      await instance.refresh();
    }
  }

  #tell(snapshot: SnapshotDetails): void {
    const title = snapshotTitle(snapshot);
    if (snapshot.partial) {
      const names = snapshot.unreadable.map((note) => note.path);
      this.#reporter.warning(
        l10n.t('The snapshot {0} is partial. Could not be read: {1}.', title, namesInWords(names)),
        snapshot.unreadable.map(noteInWords),
      );
      return;
    }
    window.setStatusBarMessage(l10n.t('Snapshot taken: {0}, +{1}', title, formatSize(snapshot.addedBytes, env.language)), 5000);
  }
}

async function askUnsaved(unsaved: readonly Unsaved[]): Promise<'save' | 'asOnDisk' | undefined> {
  const names = namesInWords(unsaved.map(({ path }) => path));
  const items = [
    { label: l10n.t('Save All'), description: l10n.t('the snapshot holds what the editors show'), answer: 'save' as const },
    { label: l10n.t('Take as on Disk'), description: l10n.t('the unsaved changes are not in the snapshot'), answer: 'asOnDisk' as const },
  ];
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Take Snapshot: Unsaved Changes'),
    placeHolder: plainLabel(l10n.t('There are unsaved changes in {0}.', names)),
    ignoreFocusOut: true,
  });
  return picked?.answer;
}
