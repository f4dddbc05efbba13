import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { commands, env, l10n, Uri, window, type QuickPickItem } from 'vscode';
import { engineWords } from '../engineWords.ts';
import { SnapstageError } from '../../base/errors.ts';
import type { CloneRequest, RestoreOutcome, RestoreRequest, SnapshotInfo } from '../../engine/api.ts';
import { formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { isOpenable } from './snapshotUris.ts';
import type { Reporter } from '../reporter.ts';
import type { StoredPath } from './viewer.ts';
import type { Work } from '../work.ts';
import { countOf, namesInWords, snapshotInSentence, snapshotTitle } from '../words.ts';

/** Copies what snapshots hold to other places. Nothing in the folder changes, and nothing elsewhere is overwritten without a question. */
export class Copier {
  readonly #work: Work;
  readonly #reporter: Reporter;

  constructor(work: Work, reporter: Reporter) {
    this.#work = work;
    this.#reporter = reporter;
  }

  /** The whole snapshot goes into a new folder; files and folders keep their paths below the one that is picked. */
  async restoreTo(instance: Instance, snapshot: SnapshotInfo, paths: readonly string[] = []): Promise<void> {
    const title = l10n.t('Restore {0} Elsewhere', paths.length === 0 ? snapshotTitle(snapshot) : namesInWords(paths));
    const to = paths.length === 0 ? await askNewFolder(instance, title) : await askFolder(instance, title, l10n.t('Restore Here'));
    if (to === undefined) return;
    const { counts } = await this.#restore(instance, { state: snapshot.id, paths, to });
    const files = countOf(counts.add + counts.replace - counts.folders.add - counts.folders.replace, 'files');
    const size = formatSize(counts.bytes, env.language);
    this.#tell(l10n.t('Restored from {0} to {1}: {2}, {3}.', snapshotInSentence(snapshot), to, files, size), to);
  }

  /** One file under a name of the user's choice. VS Code asks before it is put in the place of another. */
  async saveAs({ instance, snapshot, path }: StoredPath): Promise<void> {
    const [entry] = await instance.engine.ls({ state: snapshot.id, path });
    if (!isOpenable(path))
      throw new SnapstageError('usage', l10n.t('{0} can only be restored under its own name.', displayText(baseName(path))));
    if (entry?.path !== path)
      throw new SnapstageError('usage', l10n.t('{0} is a folder: restore it elsewhere.', displayText(baseName(path))));
    const uri = await window.showSaveDialog({
      title: l10n.t('Save {0} as of {1}', displayText(baseName(path)), snapshotTitle(snapshot)),
      defaultUri: Uri.joinPath(instance.folder.uri, '..', baseName(path).toWellFormed()),
    });
    if (!uri) return;
    const target = uri.fsPath;
    // Written whole beside it, then put in place: never half a file.
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
    try {
      const { items } = await this.#restore(instance, { state: snapshot.id, paths: [path], to: temporary });
      const written = items.find((item) => item.path === path)?.as ?? path;
      await rename(join(temporary, ...written.split('/')), target);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    window.setStatusBarMessage(l10n.t('Saved: {0}', target), 5000);
  }

  /** A new instance in a new folder, independent or linked, with the snapshot as its first. */
  async clone(instance: Instance, snapshot: SnapshotInfo): Promise<void> {
    const asked = l10n.t('New Instance from {0}', snapshotTitle(snapshot));
    const how = await askHow(asked);
    if (how === undefined) return;
    const to = await askNewFolder(instance, asked);
    if (to === undefined) return;
    const title = l10n.t('Making a new instance from {0}', snapshotInSentence(snapshot));
    const report = await this.#work.run(title, (options) => instance.engine.clone({ state: snapshot.id, to, ...how }, options));
    const size = formatSize(report.bytes, env.language);
    const sentence =
      how.withoutFiles === true
        ? l10n.t('New instance in {0}. Its folder is empty: restore the snapshot there, or what you need of it.', report.folder)
        : l10n.t('New instance in {0}: {1}, {2}.', report.folder, countOf(report.files, 'files'), size);
    this.#tell(sentence, report.folder);
  }

  async #restore(instance: Instance, request: RestoreRequest): Promise<RestoreOutcome> {
    const outcome = await this.#work.run(l10n.t('Restoring to {0}', request.to ?? ''), (options) =>
      instance.engine.restore(request, { ...options, items: { limit: 0, about: request.paths ?? [] } }),
    );
    const [problem] = outcome.problems;
    if (problem)
      throw new SnapstageError('io', l10n.t('{0} could not be written: {1}.', displayText(problem.path), engineWords(problem.reason)));
    return outcome;
  }

  #tell(sentence: string, folder: string): void {
    const open = l10n.t('Open in New Window');
    const shown = window.showInformationMessage(sentence, open);
    this.#reporter.detached(
      Promise.resolve(shown).then((answer) =>
        answer === open ? commands.executeCommand('vscode.openFolder', Uri.file(folder), { forceNewWindow: true }) : undefined,
      ),
    );
  }
}

async function askHow(title: string): Promise<Pick<CloneRequest, 'linked' | 'withoutFiles'> | undefined> {
  const items: (QuickPickItem & { how: Pick<CloneRequest, 'linked' | 'withoutFiles'> })[] = [
    { label: l10n.t('Independent'), detail: l10n.t('Has a copy of everything: nothing connects the two.'), how: {} },
    {
      label: l10n.t('Linked'),
      detail: l10n.t('Stores nothing again, so it is there at once. The snapshot can’t be deleted as long as it is needed there.'),
      how: { linked: true },
    },
    {
      label: l10n.t('Linked, without Files'),
      detail: l10n.t('There at once whatever the size. Its folder is empty, until you restore the snapshot there, or what you need of it.'),
      how: { linked: true, withoutFiles: true },
    },
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('How is what this instance has stored used?') });
  return picked?.how;
}

async function askFolder(instance: Instance, title: string, openLabel: string): Promise<string | undefined> {
  const [uri] =
    (await window.showOpenDialog({
      title,
      openLabel,
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: Uri.joinPath(instance.folder.uri, '..'),
    })) ?? [];
  return uri?.fsPath;
}

/** A folder that is not there yet: where, and under which name. */
async function askNewFolder(instance: Instance, title: string): Promise<string | undefined> {
  const parent = await askFolder(instance, title, l10n.t('Make the New Folder Here'));
  if (parent === undefined) return undefined;
  const name = await window.showInputBox({
    title,
    prompt: l10n.t('Name of the new folder in {0}', parent),
    value: l10n.t('{0} copy', instance.name),
    ignoreFocusOut: true,
    validateInput: (value) => (/^\s*$|[/\\]/.test(value) ? l10n.t('A name without / and \\') : undefined),
  });
  return name === undefined ? undefined : join(parent, name.trim());
}
