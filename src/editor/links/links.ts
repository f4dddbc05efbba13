import { basename } from 'node:path';
import { commands, env, l10n, Uri, window, type QuickPickItem } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { DependantInfo, LinkedTo } from '../../engine/linksApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import type { Work } from '../work.ts';
import { snapshotInSentence } from '../words.ts';

type LinkItem = QuickPickItem & ({ readonly parent: LinkedTo } | { readonly dependant: DependantInfo });

/** What an instance is linked to, what is linked to it, and the end of that. */
export class Links {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #redraw: () => void;

  /** `redraw`: rows that could not be read are read again. */
  constructor(work: Work, reporter: Reporter, redraw: () => void) {
    this.#work = work;
    this.#reporter = reporter;
    this.#redraw = redraw;
  }

  /** Who is there opens in a new window; who is not can be named anew, or forgotten. */
  async show(instance: Instance): Promise<void> {
    const { parent, dependants } = await instance.engine.links();
    if (parent === null && dependants.length === 0) {
      void window.showInformationMessage(l10n.t('Nothing is linked to {0}, nor it to another instance.', instance.name));
      return;
    }
    const picked = await window.showQuickPick(
      [...(parent ? [parentItem(parent)] : []), ...dependants.map((dependant) => dependantItem(instance, dependant))],
      {
        title: l10n.t('Linked Instances of {0}', instance.name),
        placeHolder: l10n.t('Open in a new window, or say where it is now'),
        matchOnDescription: true,
      },
    );
    if (!picked) return;
    const { folder, found } = 'parent' in picked ? picked.parent : picked.dependant;
    if (found && folder !== null) await commands.executeCommand('vscode.openFolder', Uri.file(folder), { forceNewWindow: true });
    else if (!this.#reporter.requireTrust()) return;
    else if ('parent' in picked) await this.#nameParent(instance, picked.parent.folder);
    else await this.#forget(instance, picked.dependant);
  }

  /** Asks first: it takes time and room. */
  async detach(instance: Instance): Promise<void> {
    const { parent } = await instance.engine.links();
    if (parent === null) {
      void window.showInformationMessage(l10n.t('{0} is linked to no other instance.', instance.name));
      return;
    }
    const question = l10n.t('Detach {0} from {1}?', instance.name, displayText(parent.folder));
    const detail = l10n.t('It gets a copy of all that it has from there. The snapshot there can be deleted then.');
    const detaching = l10n.t('Detach');
    if ((await window.showWarningMessage(question, { modal: true, detail }, detaching)) !== detaching) return;
    const title = l10n.t('Detaching {0}', instance.name);
    const { bytes } = await this.#work.run(title, (options) => instance.engine.detach(options));
    await instance.refresh();
    void window.showInformationMessage(l10n.t('{0} is independent now: {1} copied.', instance.name, formatSize(bytes, env.language)));
  }

  async #nameParent(instance: Instance, before: string): Promise<void> {
    const [uri] =
      (await window.showOpenDialog({
        title: l10n.t('Where Is {0} Now?', basename(before)),
        openLabel: l10n.t('It Is Here'),
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: Uri.joinPath(instance.folder.uri, '..'),
      })) ?? [];
    if (!uri) return;
    await instance.engine.relink({ parent: uri.fsPath });
    await instance.refresh();
    this.#redraw();
    void window.showInformationMessage(l10n.t('{0} is linked to {1} again.', instance.name, displayText(uri.fsPath)));
  }

  async #forget(instance: Instance, { id, folder }: DependantInfo): Promise<void> {
    const question = l10n.t('Forget the linked instance that was in {0}?', folderWord(folder));
    const detail = l10n.t(
      'Nothing is kept for it any more. Should it still be somewhere, its snapshots lose what they have from here once this store is compacted.',
    );
    const forget = l10n.t('Forget');
    if ((await window.showWarningMessage(question, { modal: true, detail }, forget)) !== forget) return;
    await instance.engine.forget({ dependant: id });
    await instance.refresh();
  }
}

function parentItem(parent: LinkedTo): LinkItem {
  const text = l10n.t('{0} is what this instance is linked to', basename(parent.folder));
  return { label: `$(repo) ${plainLabel(text)}`, ...place(parent), parent };
}

function dependantItem({ state }: Instance, dependant: DependantInfo): LinkItem {
  const snapshot = state.kind === 'ready' ? state.snapshots.find(({ id }) => id === dependant.snapshot) : undefined;
  const which = snapshot && snapshotInSentence(snapshot);
  const { folder, found } = dependant;
  const label = `$(link) ${plainLabel(folder === null ? folderWord(folder) : basename(folder))}`;
  return { label, ...place({ folder: folder ?? '', snapshot: dependant.snapshot ?? '', found }, which), dependant };
}

function folderWord(folder: string | null): string {
  return folder === null ? l10n.t('a place that is not known') : displayText(folder);
}

function place(
  { folder, snapshot, found }: LinkedTo,
  named = l10n.t('snapshot {0}', snapshot.slice(0, 8)),
): { readonly description: string; readonly detail: string } {
  const which = l10n.t('depends on {0}', named);
  return { description: displayText(folder), detail: found ? which : [which, l10n.t('not found there')].join(' · ') };
}
