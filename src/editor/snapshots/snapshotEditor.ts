import { env, l10n, window } from 'vscode';
import { engineWords } from '../engineWords.ts';
import { formatNumber } from '../../base/format.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { Unfinished } from '../restore/unfinished.ts';
import type { Work } from '../work.ts';
import { countOf, namesInWords, snapshotInSentence, snapshotTitle } from '../words.ts';

/** Changes what can be changed of a snapshot: its labels, its pin, and whether it is there. */
export class SnapshotEditor {
  readonly #work: Work;
  readonly #unfinished: Unfinished;

  constructor(work: Work, unfinished: Unfinished) {
    this.#work = work;
    this.#unfinished = unfinished;
  }

  /** An empty name takes the name away. */
  async rename(instance: Instance, snapshot: SnapshotInfo): Promise<void> {
    const title = l10n.t('Rename Snapshot {0}', snapshotTitle(snapshot));
    await this.#editLabel(instance, snapshot, 'name', title, l10n.t('Name; empty for none'));
  }

  async describe(instance: Instance, snapshot: SnapshotInfo): Promise<void> {
    const title = l10n.t('Describe Snapshot {0}', snapshotTitle(snapshot));
    await this.#editLabel(instance, snapshot, 'description', title, l10n.t('Description; empty for none'));
  }

  async pin(instance: Instance, snapshots: readonly SnapshotInfo[], pinned: boolean): Promise<void> {
    try {
      for (const { id } of snapshots) await instance.engine.edit({ state: id, pinned });
    } finally {
      await instance.refresh();
    }
  }

  /** Asks twice, the harmless answer first each time; `gain` says what it brings. Throws when something blocks it. */
  async delete(instance: Instance, snapshots: readonly SnapshotInfo[], gain = ''): Promise<void> {
    const plan = await instance.engine.planDelete(snapshots.map(({ id }) => id));
    if (plan.blocked.length > 0) {
      const reasons = plan.blocked.map(({ id, reason }) => `${titleOf(snapshots, id)}: ${engineWords(reason)}`);
      throw new SnapstageError('refused', l10n.t("Can't be deleted. {0}", reasons.join('; ')));
    }
    const [only, ...others] = plan.snapshots;
    if (!only) return;
    const many = others.length > 0;
    const question = many
      ? l10n.t(
          'Delete {0} snapshots: {1}?',
          formatNumber(plan.snapshots.length, env.language),
          namesInWords(
            plan.snapshots.map((snapshot) => snapshotTitle(snapshot)),
            5,
          ),
        )
      : l10n.t('Delete {0}?', snapshotInSentence(only));
    const consequence = l10n.t('What no other snapshot holds is gone for good. Your files now are not touched.');
    if (!(await agreed(question, [consequence, gain].filter(Boolean).join(' '), l10n.t('Delete…')))) return;
    if (!(await agreed(l10n.t("This can't be undone."), question, l10n.t('I Understand: Delete')))) return;
    await this.#delete(
      instance,
      plan.snapshots.map(({ id }) => id),
    );
    window.setStatusBarMessage(l10n.t('Deleted. Compact the store to get the space back.'), 5000);
  }

  /** Goes on with a deletion that was agreed to and cut off: what is still there of it. */
  async deleteRest(instance: Instance, ids: readonly string[]): Promise<void> {
    await this.#delete(instance, ids);
  }

  async #delete(instance: Instance, ids: readonly string[]): Promise<void> {
    const title =
      ids.length > 1
        ? l10n.t('Deleting {0} snapshots of {1}', formatNumber(ids.length, env.language), instance.name)
        : l10n.t('Deleting a snapshot of {0}', instance.name);
    const job = { ids, at: new Date().toISOString() };
    try {
      await this.#work.run(title, (options) => this.#unfinished.deleting(instance, job, () => instance.engine.delete(ids, options)));
    } catch (error) {
      throw await deletionError(error, instance, ids);
    } finally {
      await instance.refresh();
    }
  }

  async #editLabel(
    instance: Instance,
    snapshot: SnapshotInfo,
    label: 'name' | 'description',
    title: string,
    prompt: string,
  ): Promise<void> {
    const text = await window.showInputBox({ title, prompt, value: snapshot[label] ?? '', ignoreFocusOut: true });
    if (text === undefined) return;
    try {
      await instance.engine.edit({ state: snapshot.id, [label]: text.trim() || null });
    } finally {
      await instance.refresh();
    }
  }
}

/** What a deletion ended with; of one that was cancelled it says how far it came. */
export async function deletionError(error: unknown, instance: Instance, ids: readonly string[]): Promise<unknown> {
  if (!(error instanceof SnapstageError) || error.code !== 'cancelled') return error;
  const left = new Set((await instance.engine.list()).map(({ id }) => id));
  const deleted = ids.filter((id) => !left.has(id)).length;
  return new SnapstageError(
    'cancelled',
    l10n.t('Cancelled: {0} of {1} are deleted.', formatNumber(deleted, env.language), countOf(ids.length, 'snapshots')),
  );
}

/** The first button has the focus: it keeps what is there. */
export async function agreed(message: string, detail: string, go: string): Promise<boolean> {
  const keep = l10n.t('Keep');
  return (await window.showWarningMessage(message, { modal: true, detail }, keep, go)) === go;
}

function titleOf(snapshots: readonly SnapshotInfo[], id: string): string {
  const snapshot = snapshots.find((candidate) => candidate.id === id);
  return snapshot ? snapshotTitle(snapshot) : id.slice(0, 8);
}
