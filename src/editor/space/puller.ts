import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { EntryInfo } from '../../engine/api.ts';
import type { BringPlan, BringReport } from '../../engine/pullApi.ts';
import { activeFile } from '../activeFile.ts';
import type { Comparison } from '../compare/comparison.ts';
import { pathIn } from '../files/snapshotUris.ts';
import type { Viewer } from '../files/viewer.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { unsavedPaths } from '../restore/unsaved.ts';
import type { Work } from '../work.ts';
import { entryWord, namesInWords } from '../words.ts';
import type { Applier, Arrival } from './applier.ts';
import type { Distributed } from './distributed.ts';

export interface PullerServices {
  readonly distributed: Distributed;
  readonly work: Work;
  readonly applier: Applier;
  readonly viewer: Viewer;
  readonly comparison: Comparison;
}

/** Shows what was distributed beside what is here, and brings it here. */
export class Puller {
  readonly #services: PullerServices;

  constructor(services: PullerServices) {
    this.#services = services;
  }

  /** Makes paths as they were distributed; those that are not given are asked for. `''` is everything. */
  async pull(instance: Instance, given?: readonly string[]): Promise<void> {
    const { distributed, applier } = this.#services;
    await distributed.bring(instance, { sync: true });
    const paths = given ?? (await this.#pickPaths(instance));
    if (paths === undefined || paths.length === 0) return;
    await applier.run(this.#arrival(instance, paths), () => true);
  }

  /** The read-only document of a file. */
  async open(instance: Instance, path: string): Promise<void> {
    const snapshot = await this.#services.distributed.bring(instance, { sync: false });
    await this.#services.viewer.open({ instance, snapshot, path });
  }

  /** A file in the diff editor; what differs in a folder, or without one everywhere, as a list. */
  async compare(instance: Instance, entry?: EntryInfo): Promise<void> {
    const { distributed, viewer, comparison } = this.#services;
    const snapshot = await distributed.bring(instance, { sync: true });
    if (entry === undefined) await comparison.show({ instance, from: snapshot });
    else if (entry.kind === 'folder') await comparison.show({ instance, from: snapshot, below: entry.path });
    else await viewer.compare({ instance, snapshot, path: entry.path });
  }

  #arrival(instance: Instance, paths: readonly string[]): Arrival<BringPlan, BringReport> {
    const title = paths.includes('') ? l10n.t('everything') : namesInWords(paths);
    return {
      instance,
      title,
      question: l10n.t('Pull {0} into {1}, as it was distributed?', title, displayText(instance.name)),
      go: l10n.t('Pull'),
      nothing: l10n.t('Nothing to do: everything is as it was distributed.'),
      running: l10n.t('Pulling {0}', title),
      undone: l10n.t('nothing was pulled'),
      waits: () => l10n.t('What can run programs is left out: pull it by itself.'),
      done: (counted) => (counted === '' ? l10n.t('Nothing was pulled.') : l10n.t('Pulled {0}: {1}.', title, counted)),
      plan: () =>
        this.#services.work.run(
          l10n.t('Comparing {0} with what was distributed', instance.name),
          (options) => instance.engine.planPull({ paths, unsaved: unsavedPaths(instance) }, options),
          { isQuiet: true },
        ),
      execute: ({ from }, options) => instance.engine.pull({ paths, from, confirmed: true, unsaved: unsavedPaths(instance) }, options),
    };
  }

  /** Of what lies at the top, and of the open file. */
  async #pickPaths(instance: Instance): Promise<readonly string[] | undefined> {
    const entries = await this.#services.distributed.list(instance, '');
    if (entries.length === 0) throw new SnapstageError('usage', l10n.t('Nothing was distributed to {0} yet.', displayText(instance.name)));
    const active = activeFile();
    const open = active?.scheme === 'file' ? pathIn(instance.folder.uri, active) : undefined;
    const isDistributed = open !== undefined && open !== '' && (await this.#has(instance, open));
    const items = [
      { label: l10n.t('Everything'), description: l10n.t('all that was distributed'), path: '' },
      ...(isDistributed ? [{ label: plainLabel(open), description: l10n.t('the open file'), path: open }] : []),
      ...entries
        .filter(({ path }) => path !== open)
        .map(({ path, kind }) => ({ label: plainLabel(path), description: entryWord(kind), path })),
    ];
    const picked = await window.showQuickPick(items, {
      title: l10n.t('Pull into Workspace'),
      placeHolder: l10n.t('What is to be as it was distributed?'),
      canPickMany: true,
    });
    return picked?.map(({ path }) => path);
  }

  async #has(instance: Instance, path: string): Promise<boolean> {
    try {
      await this.#services.distributed.list(instance, path);
      return true;
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'not-found') return false;
      throw error;
    }
  }
}
