import { l10n, ThemeIcon, workspace } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { FoundPath, SnapshotInfo } from '../../engine/api.ts';
import { pickFound } from './findPick.ts';
import type { HistoryView } from '../history/historyView.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Restorer } from '../restore/restore.ts';
import type { Viewer } from '../files/viewer.ts';
import { snapshotCount, snapshotInSentence } from '../words.ts';

/** Finds files, folders and links by name: in all states of a folder, what has been deleted too, or in one snapshot. */
export class Finder {
  readonly #reporter: Reporter;
  readonly #viewer: Viewer;
  readonly #restorer: Restorer;
  readonly #history: HistoryView;

  constructor(reporter: Reporter, viewer: Viewer, restorer: Restorer, history: HistoryView) {
    this.#reporter = reporter;
    this.#viewer = viewer;
    this.#restorer = restorer;
    this.#history = history;
  }

  /** The path that is chosen shows its history; a row's button brings back its newest version. */
  async findInAll(instance: Instance): Promise<void> {
    const snapshots = await instance.mustList();
    if (snapshots.length === 0) throw new SnapstageError('usage', l10n.t('There is no snapshot of {0} yet.', instance.name));
    const newest = (one: FoundPath): SnapshotInfo | undefined => snapshots.find(({ id }) => id === one.newest);
    const found = await pickFound({
      title: l10n.t('Find in Snapshots of {0}', instance.name),
      search: (pattern, limit, options) => instance.engine.find({ pattern, limit }, options),
      detail: (one) => whereInWords(one, newest(one)),
      onError: (error) => this.#reporter.logError(error, instance.name),
      buttons: [
        {
          iconPath: new ThemeIcon('discard'),
          tooltip: l10n.t('Restore the Newest Version…'),
          run: (one) => {
            const snapshot = newest(one);
            if (snapshot) this.#restore(instance, snapshot, one);
          },
        },
      ],
    });
    if (found) await this.#history.show(instance, found.path);
  }

  /** The file that is chosen opens; a folder shows its history. */
  async findIn(instance: Instance, snapshot: SnapshotInfo): Promise<void> {
    const found = await pickFound({
      title: l10n.t('Find in {0}', snapshotInSentence(snapshot)),
      search: (pattern, limit, options) => instance.engine.find({ pattern, state: snapshot.id, limit }, options),
      detail: () => undefined,
      onError: (error) => this.#reporter.logError(error, instance.name),
      buttons: isOpen(instance)
        ? [{ iconPath: new ThemeIcon('discard'), tooltip: l10n.t('Restore…'), run: (one) => this.#restore(instance, snapshot, one) }]
        : [],
    });
    if (found?.kind === 'folder') await this.#history.show(instance, found.path);
    else if (found) await this.#viewer.open({ instance, snapshot, path: found.path });
  }

  #restore(instance: Instance, snapshot: SnapshotInfo, { path }: FoundPath): void {
    if (this.#reporter.requireTrust()) this.#reporter.detached(this.#restorer.restore(instance, snapshot, [path]));
  }
}

/** Only where the folder's editors are can a restore ask about the unsaved ones. */
function isOpen(instance: Instance): boolean {
  return workspace.getWorkspaceFolder(instance.folder.uri) !== undefined;
}

/** Whether it is there now, and in how many snapshots: `deleted · last in “before the exam” of 14:02 · in 3 snapshots`. */
function whereInWords({ current, snapshots }: FoundPath, newest: SnapshotInfo | undefined): string {
  return [
    current ? l10n.t('there now') : l10n.t('deleted'),
    ...(current || !newest ? [] : [l10n.t('last in {0}', snapshotInSentence(newest))]),
    snapshots === 0 ? l10n.t('in no snapshot') : l10n.t('in {0}', snapshotCount(snapshots)),
  ].join(' · ');
}
