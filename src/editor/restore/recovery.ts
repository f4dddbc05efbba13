import { env, l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatMoment } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Restorer } from './restore.ts';
import type { SnapshotEditor } from '../snapshots/snapshotEditor.ts';
import type { SnapshotsTree } from '../snapshots/snapshotsTree.ts';
import type { SnapshotTaker } from '../snapshots/take.ts';
import type { Interrupted, Unfinished } from './unfinished.ts';
import type { Work } from '../work.ts';

/** What puts cut-off work to its end. */
export interface RecoveryServices {
  readonly unfinished: Unfinished;
  readonly tree: SnapshotsTree;
  readonly work: Work;
  readonly reporter: Reporter;
  readonly restorer: Restorer;
  readonly taker: SnapshotTaker;
  readonly snapshotEditor: SnapshotEditor;
}

/** Offers to end what a window began and did not end: once by itself, and again whenever it is asked for. */
export class Recovery {
  readonly #services: RecoveryServices;
  readonly #offered = new Set<string>();

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /** Asks about all that was cut off in the folder. Throws when nothing was. */
  async offer(instance: Instance): Promise<void> {
    await instance.refresh();
    const cutOff = this.#services.unfinished.list(instance);
    if (cutOff.length === 0) throw new SnapstageError('usage', l10n.t('Nothing in {0} was interrupted.', instance.name));
    for (const interrupted of cutOff) this.#services.reporter.detached(this.#askAndEnd(instance, interrupted));
  }

  /** Asks about what has not been asked about. What this window is doing itself is not cut off. */
  offerOnce(instance: Instance): void {
    if (this.#services.work.current !== undefined) return;
    for (const interrupted of this.#services.unfinished.list(instance)) {
      const key = `${instance.folder.uri.toString()} ${interrupted.what} ${momentOf(interrupted)}`;
      if (this.#offered.has(key)) continue;
      this.#offered.add(key);
      this.#services.reporter.detached(this.#askAndEnd(instance, interrupted));
    }
  }

  async #askAndEnd(instance: Instance, interrupted: Interrupted): Promise<void> {
    const moment = formatMoment(momentOf(interrupted), env.language);
    switch (interrupted.what) {
      case 'restore':
        return this.#endRestore(instance, moment);
      case 'take':
        return this.#endTake(instance, interrupted.job, moment);
      case 'delete':
        return this.#endDelete(instance, interrupted.left, interrupted.job.ids.length, moment);
    }
  }

  async #endRestore(instance: Instance, moment: string): Promise<void> {
    const finish = l10n.t('Finish');
    const undo = l10n.t('Undo');
    const sentence = l10n.t('A restore in {0} was interrupted on {1}. Finish it, or undo what it has done?', instance.name, moment);
    const answer = await window.showWarningMessage(sentence, finish, undo);
    if (answer !== undefined && this.#services.reporter.requireTrust()) {
      await this.#services.restorer.recover(instance, answer === finish ? 'finish' : 'undo');
    }
  }

  async #endTake(instance: Instance, job: { readonly name?: string; readonly description?: string }, moment: string): Promise<void> {
    const again = l10n.t('Take It Again');
    const leave = l10n.t('Leave It');
    const sentence = l10n.t('Taking a snapshot of {0} was interrupted on {1}. Nothing of it is left.', instance.name, moment);
    const answer = await window.showWarningMessage(sentence, again, leave);
    if (answer === undefined || !this.#services.reporter.requireTrust()) return;
    this.#forget(instance, 'take');
    const labels = {
      ...(job.name !== undefined && { name: job.name }),
      ...(job.description !== undefined && { description: job.description }),
    };
    if (answer === again) await this.#services.taker.take(instance, labels);
  }

  async #endDelete(instance: Instance, left: readonly string[], all: number, moment: string): Promise<void> {
    const go = l10n.t('Delete the Rest');
    const keep = l10n.t('Keep the Rest');
    const sentence = l10n.t(
      'A deletion in {0} was interrupted on {1}: {2} of {3} snapshots are still there.',
      instance.name,
      moment,
      left.length,
      all,
    );
    const answer = await window.showWarningMessage(sentence, keep, go);
    if (answer === undefined || !this.#services.reporter.requireTrust()) return;
    this.#forget(instance, 'delete');
    if (answer === go) await this.#services.snapshotEditor.deleteRest(instance, left);
  }

  #forget(instance: Instance, what: 'take' | 'delete'): void {
    this.#services.unfinished.forget(instance, what);
    this.#services.tree.redraw();
  }
}

function momentOf(interrupted: Interrupted): string {
  return interrupted.what === 'restore' ? interrupted.restore.at : interrupted.job.at;
}
