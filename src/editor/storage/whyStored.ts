import { env, l10n, window, type QuickPickItem } from 'vscode';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { StoredVersion, WhyReport } from '../../engine/storageApi.ts';
import { baseName } from '../../base/paths.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatTime } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import type { SnapshotEditor } from '../snapshots/snapshotEditor.ts';
import type { Work } from '../work.ts';
import { countOf, entryWord, namesInWords, snapshotTitle } from '../words.ts';
import { exactSize, sizeText } from './storageWords.ts';

export interface WhyStoredServices {
  readonly work: Work;
  readonly reporter: Reporter;
  readonly snapshotEditor: SnapshotEditor;
}

/** Says why a file or folder is still stored: its versions and who holds them; those can be deleted from there. */
export class WhyStored {
  readonly #services: WhyStoredServices;

  constructor(services: WhyStoredServices) {
    this.#services = services;
  }

  async show(instance: Instance, path: string): Promise<void> {
    const name = displayText(baseName(path));
    const title = l10n.t('Looking why {0} is stored', name);
    const found = await this.#services.work.run(title, (options) => instance.engine.why(path, options));
    const snapshots = await instance.mustList();
    const version = await pickVersion(found, snapshots);
    if (!version) return;
    const chosen = await pickHolders(name, version, found.blocked, snapshots);
    if (chosen === undefined || chosen.length === 0 || !this.#services.reporter.requireTrust()) return;
    await this.delete(instance, chosen);
  }

  /** By the usual two steps, with what it brings. */
  async delete(instance: Instance, chosen: readonly SnapshotInfo[]): Promise<void> {
    const { work, snapshotEditor } = this.#services;
    const ids = chosen.map(({ id }) => id);
    const title = l10n.t('Working out what comes back');
    const { bytes } = await work.run(title, (options) => instance.engine.forecastDelete(ids, options));
    const gain = l10n.t('{0} come back when the store is compacted after that.', exactSize(Math.max(0, bytes)));
    await snapshotEditor.delete(instance, chosen, gain);
  }
}

async function pickVersion({ path, versions }: WhyReport, snapshots: readonly SnapshotInfo[]): Promise<StoredVersion | undefined> {
  const items = versions.map((version): QuickPickItem & { readonly version: StoredVersion } => {
    const { entry, stored } = version;
    const time = formatTime(entry.modified, new Date(), env.language);
    const size = entry.kind === 'folder' ? [entryWord('folder')] : [l10n.t('{0} large', sizeText(entry.size))];
    return {
      label: l10n.t('Version of {0}', time),
      description: [...size, l10n.t('takes {0}', sizeText(stored))].join(' · '),
      detail: plainLabel(holdersInWords(version, snapshots)),
      version,
    };
  });
  const picked = await window.showQuickPick(items, {
    title: plainLabel(l10n.t('Why Is {0} Still Stored?', displayText(path))),
    placeHolder: l10n.t('Pick a version to choose among the snapshots that hold it'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.version;
}

/** Who holds it where, and what has to go for its room to come back. */
function holdersInWords({ snapshots: here, elsewhere, asBase }: StoredVersion, snapshots: readonly SnapshotInfo[]): string {
  const names = (ids: readonly string[]): string =>
    namesInWords(
      ids.map((id) => titleOf(id, snapshots)),
      3,
    );
  const count = here.length + elsewhere.length + asBase.length;
  return [
    l10n.t('Held by {0}', names(here)),
    ...(elsewhere.length > 0 ? [l10n.t('at other paths in {0}', names(elsewhere))] : []),
    ...(asBase.length > 0 ? [l10n.t('needed for what is stored as a difference from it in {0}', names(asBase))] : []),
    count === 1
      ? l10n.t('comes back when that one is deleted')
      : l10n.t('comes back when all {0} are deleted', countOf(count, 'snapshots')),
  ].join(' · ');
}

/** Those that are to be deleted: at first all that may be. */
async function pickHolders(
  name: string,
  { snapshots: here, elsewhere, asBase }: StoredVersion,
  blocked: WhyReport['blocked'],
  snapshots: readonly SnapshotInfo[],
): Promise<readonly SnapshotInfo[] | undefined> {
  const reasons = new Map(blocked.map(({ id, reason }) => [id, reason]));
  const roles = [
    [here, undefined],
    [elsewhere, l10n.t('at another path')],
    [asBase, l10n.t('something in it is stored as a difference')],
  ] as const;
  const items = roles.flatMap(([ids, role]) =>
    ids.flatMap((id) => {
      const snapshot = snapshots.find((one) => one.id === id);
      if (!snapshot) return [];
      const reason = reasons.get(id);
      const cannot = reason === undefined ? [] : [l10n.t("can't be deleted: {0}", engineWords(reason))];
      const time = snapshot.name === null ? [] : [formatTime(snapshot.created, new Date(), env.language)];
      return {
        label: plainLabel(snapshotTitle(snapshot)),
        description: [...time, ...(role === undefined ? [] : [role]), ...cannot].join(' · '),
        picked: reason === undefined,
        snapshot,
      };
    }),
  );
  const picked = await window.showQuickPick(items, {
    title: plainLabel(l10n.t('Delete Snapshots That Hold This Version of {0}', name)),
    placeHolder: l10n.t('What comes back is told before anything is deleted'),
    canPickMany: true,
  });
  return picked?.map(({ snapshot }) => snapshot);
}

/** In quotes where it is a name. */
function titleOf(id: string, snapshots: readonly SnapshotInfo[]): string {
  const snapshot = snapshots.find((one) => one.id === id);
  if (!snapshot) return id.slice(0, 8);
  return snapshot.name === null ? snapshotTitle(snapshot) : l10n.t('“{0}”', snapshotTitle(snapshot));
}
