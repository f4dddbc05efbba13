import { statSync } from 'node:fs';
import { commands, env, l10n, Uri, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { formatSize } from '../../base/format.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { CopyPlan, ExportRequest, TransferReport } from '../../engine/transferApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { Reporter } from '../reporter.ts';
import type { Work } from '../work.ts';
import { countOf, snapshotInSentence, snapshotTitle } from '../words.ts';
import { fileNameFor } from './fileName.ts';
import { copiedInWords, importedInWords, type Copied } from './transferWords.ts';

type Format = ExportRequest['format'];

/** How the files of each format end. */
const ENDINGS: Readonly<Record<Format, string>> = { bundle: 'snapstage', tar: 'tar.zst' };

/** Brings snapshots to files and to other stores, and takes in those that come from there. */
export class Transfers {
  readonly #work: Work;
  readonly #reporter: Reporter;
  readonly #show: (instance: Instance, id: string) => Promise<void>;

  /** `show` brings a snapshot into sight. */
  constructor(work: Work, reporter: Reporter, show: (instance: Instance, id: string) => Promise<void>) {
    this.#work = work;
    this.#reporter = reporter;
    this.#show = show;
  }

  /** Asks for the format and the file; VS Code asks before one that is there is replaced. */
  async export(instance: Instance, snapshot: SnapshotInfo): Promise<void> {
    const title = l10n.t('Export {0}', snapshotTitle(snapshot));
    const format = await askFormat(title);
    if (format === undefined) return;
    const uri = await window.showSaveDialog({
      title,
      saveLabel: l10n.t('Export'),
      defaultUri: Uri.joinPath(instance.folder.uri, '..', `${fileNameFor(instance.name, snapshot)}.${ENDINGS[format]}`),
      filters: { [formatName(format)]: [ENDINGS[format]] },
    });
    if (!uri) return;
    const to = pathOf(uri);
    const report = await this.#work.run(l10n.t('Exporting {0}', snapshotInSentence(snapshot)), (options) =>
      instance.engine.exportSnapshot({ state: snapshot.id, to, format, force: true }, options),
    );
    const size = formatSize(report.bytes, env.language);
    const done = l10n.t('Exported {0} to {1}: {2}.', snapshotInSentence(snapshot), displayText(to), size);
    const advice = l10n.t('Snapshots are no backup while they lie on one disk: keep a copy of this file on another one.');
    this.#tell(isOnDiskOf(instance, to) ? `${done} ${advice}` : done, l10n.t('Copy Path'), () => env.clipboard.writeText(to));
  }

  /** Takes in these files, or the one that the user picks, and shows what has come. Makes the folder an instance if need be. */
  async import(instance: Instance, files: readonly Uri[] = []): Promise<void> {
    for (const file of files.length > 0 ? files : await askFile(instance)) {
      const path = pathOf(file);
      await instance.ensureInitialised();
      const report = await this.#import(instance, path);
      await this.#show(instance, report.snapshot.id);
      void window.showInformationMessage(importedInWords(report));
    }
  }

  async #import(instance: Instance, from: string): Promise<TransferReport> {
    try {
      return await this.#work.run(l10n.t('Importing {0}', displayText(from)), (options) =>
        instance.engine.importSnapshot({ from }, options),
      );
    } catch (error) {
      throw aboutFile(error);
    } finally {
      await instance.refresh();
    }
  }

  /** Asks for the other instance's folder, and before it is made one. */
  async copy(instance: Instance, snapshots: readonly [SnapshotInfo, ...SnapshotInfo[]]): Promise<void> {
    const [first, ...others] = snapshots;
    const what = others.length === 0 ? snapshotTitle(first) : countOf(snapshots.length, 'snapshots');
    const to = await askStore(instance, l10n.t('Copy {0} to Another Store', what));
    if (to === undefined) return;
    const done: Copied[] = [];
    for (const snapshot of snapshots) {
      const plan = await this.#planCopy(instance, snapshot, to);
      if (plan === undefined && !(await agreedToMake(to))) return;
      const report = await this.#work.run(copyTitle(snapshot, to), (options) =>
        instance.engine.copySnapshot({ state: snapshot.id, to, init: plan === undefined }, options),
      );
      done.push({ ...report, ...(plan && { plan }) });
    }
    this.#tell(copiedInWords(done, displayText(to)), l10n.t('Open in New Window'), () =>
      commands.executeCommand('vscode.openFolder', Uri.file(to), { forceNewWindow: true }),
    );
  }

  /** The toast is not waited for: the command has done its work. */
  #tell(sentence: string, button: string, press: () => Thenable<unknown>): void {
    const shown = window.showInformationMessage(sentence, button);
    this.#reporter.detached(Promise.resolve(shown).then((answer) => (answer === button ? press() : undefined)));
  }

  /** Nothing where the folder is no instance. */
  async #planCopy(instance: Instance, snapshot: SnapshotInfo, to: string): Promise<CopyPlan | undefined> {
    try {
      return await this.#work.run(copyTitle(snapshot, to), (options) => instance.engine.planCopy({ state: snapshot.id, to }, options));
    } catch (error) {
      if (error instanceof SnapstageError && error.details['reason'] === 'not-initialized') return undefined;
      throw error;
    }
  }
}

function formatName(format: Format): string {
  return format === 'bundle' ? l10n.t('Portable Snapshot') : l10n.t('Plain Archive');
}

async function askFormat(title: string): Promise<Format | undefined> {
  const rows = [
    {
      label: formatName('bundle'),
      description: `.${ENDINGS.bundle}`,
      detail: l10n.t('For Snapstage: imported with its name and all else, every byte checked.'),
      format: 'bundle' as const,
    },
    {
      label: formatName('tar'),
      description: `.${ENDINGS.tar}`,
      detail: l10n.t("For other programs: the files alone. It can't be imported again."),
      format: 'tar' as const,
    },
  ];
  return (await window.showQuickPick(rows, { title, placeHolder: l10n.t('As which kind of file?') }))?.format;
}

async function askFile(instance: Instance): Promise<readonly Uri[]> {
  const picked = await window.showOpenDialog({
    title: l10n.t('Import a Snapshot into {0}', instance.name),
    openLabel: l10n.t('Import'),
    defaultUri: Uri.joinPath(instance.folder.uri, '..'),
    filters: { [formatName('bundle')]: [ENDINGS.bundle], [l10n.t('All Files')]: ['*'] },
  });
  return picked ?? [];
}

/** The folder of another instance than this one. */
async function askStore(instance: Instance, title: string): Promise<string | undefined> {
  const own = instance.folder.uri;
  const [uri] =
    (await window.showOpenDialog({
      title,
      openLabel: l10n.t('Copy Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: Uri.joinPath(own, '..'),
    })) ?? [];
  if (uri?.fsPath === own.fsPath)
    throw new SnapstageError('usage', l10n.t('{0} is the folder of this snapshot: choose the folder of another instance.', own.fsPath));
  return uri?.fsPath;
}

async function agreedToMake(folder: string): Promise<boolean> {
  const make = l10n.t('Make It One');
  const question = l10n.t('There is no instance in {0}. Make the folder one?', displayText(folder));
  const detail = l10n.t('The snapshots go into a store in its folder .snapstage; its files stay as they are.');
  return (await window.showWarningMessage(question, { modal: true, detail }, make)) === make;
}

/** A browser's dialogs know files on the browser's machine too. */
function pathOf(uri: Uri): string {
  if (uri.scheme !== 'file') throw new SnapstageError('usage', l10n.t('{0} is no file on this machine.', uri.toString(true)));
  return uri.fsPath;
}

function copyTitle(snapshot: SnapshotInfo, to: string): string {
  return l10n.t('Copying {0} to {1}', snapshotInSentence(snapshot), displayText(to));
}

/** What to do about a bad file is not what to do about a bad store. */
function aboutFile(error: unknown): unknown {
  if (!(error instanceof SnapstageError) || error.code !== 'damaged') return error;
  const next = l10n.t('Get the file once more from where it came, or export the snapshot once more.');
  return new SnapstageError(error.code, error.message, { ...error.details, next }, error);
}

function isOnDiskOf(instance: Instance, file: string): boolean {
  const there = statSync(file, { throwIfNoEntry: false });
  return there !== undefined && there.dev === statSync(instance.folder.uri.fsPath, { throwIfNoEntry: false })?.dev;
}
