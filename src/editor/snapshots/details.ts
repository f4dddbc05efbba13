import * as vscode from 'vscode';
import { noteInWords } from '../engineWords.ts';
import type { AloneReport, EntryInfo, SnapshotDetails } from '../../engine/api.ts';
import { byFolderAndName } from '../entryOrder.ts';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import { consistencyWord, countOf, entryWord, kindWord, snapshotTitle } from '../words.ts';
import type { Workspace } from '../workspace.ts';

export const detailsScheme = 'snapstage-details';

/** Lines of one list; what is left of it is told as a number. */
const mostLines = 1000;

/** What a part of the details is: known, still being worked out, or failed. */
type Part<T> = T | 'unknown' | Error;

/**
 * All that is known of a snapshot, as a read-only document: what is in it, what was left out and why, what could not be
 * read, what speaks for its consistency, and what it alone holds. The address names snapshot and folder, so that the
 * document is there again after the window is reloaded.
 */
export class DetailsDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #alone = new Map<string, Part<AloneReport>>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#subscriptions = [
      this.#changed,
      // Its labels may be others now, and what it alone holds.
      workspace.onDidChange(({ what }) => {
        if (what === 'all') this.#refresh();
      }),
      // Before it is open, VS Code hears of no change of it.
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#weigh(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#alone.delete(uri.toString())),
    ];
  }

  async show(instance: Instance, id: string): Promise<void> {
    const details = await instance.engine.show(id);
    const title = snapshotTitle(details).replaceAll(/[/\\]/g, ' ');
    const uri = vscode.Uri.from({ scheme: detailsScheme, path: `/${title}`, query: JSON.stringify([instance.folder.uri.toString(), id]) });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [instance, id] = this.#subjectOf(uri);
    if (!instance) return vscode.l10n.t('The folder of this snapshot is not open.');
    try {
      const [details, entries] = await Promise.all([instance.engine.show(id), instance.engine.ls({ state: id, path: '' })]);
      return detailLines(details, entries, this.#alone.get(uri.toString()) ?? 'unknown').join('\n');
    } catch (error) {
      return errorSentence(error);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #subjectOf(uri: vscode.Uri): readonly [instance: Instance | undefined, id: string] {
    const [folder, id] = JSON.parse(uri.query) as readonly [string, string];
    return [this.#workspace.instances.find((one) => one.folder.uri.toString() === folder), id];
  }

  /** Takes long where there are many snapshots: the document is there before. */
  #weigh(uri: vscode.Uri): void {
    if (uri.scheme !== detailsScheme) return;
    const [instance, id] = this.#subjectOf(uri);
    const key = uri.toString();
    this.#alone.set(key, 'unknown');
    void instance?.engine.alone(id).then(
      (report) => this.#know(uri, key, report),
      (error: unknown) => this.#know(uri, key, new Error(errorSentence(error))),
    );
  }

  #know(uri: vscode.Uri, key: string, part: Part<AloneReport>): void {
    if (!this.#alone.has(key)) return;
    this.#alone.set(key, part);
    this.#changed.fire(uri);
  }

  #refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== detailsScheme) continue;
      this.#weigh(uri);
      this.#changed.fire(uri);
    }
  }
}

function detailLines(details: SnapshotDetails, entries: readonly EntryInfo[], alone: Part<AloneReport>): string[] {
  const { l10n } = vscode;
  const facts: readonly (readonly [string, string])[] = [
    [l10n.t('Taken'), formatMoment(details.created, vscode.env.language)],
    ...(details.imported === undefined ? [] : [[l10n.t('Imported'), formatMoment(details.imported, vscode.env.language)] as const]),
    [l10n.t('Kind'), [kindWord(details), ...(details.pinned ? [l10n.t("pinned: it can't be deleted")] : [])].join(', ')],
    [l10n.t('Consistency'), consistencyWord(details.consistency)],
    ...(details.partial ? [[l10n.t('Partial'), l10n.t('yes: some files could not be read')] as const] : []),
    [
      l10n.t('Holds'),
      `${[countOf(details.files, 'files'), countOf(details.folders, 'folders'), countOf(details.links, 'links')].join(', ')}: ${size(details.bytes)}`,
    ],
    [l10n.t('Store grew by'), size(details.addedBytes)],
    [l10n.t('Holds alone'), aloneInWords(alone)],
    [l10n.t('Id'), details.id],
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return [
    snapshotTitle(details),
    ...(details.description ? [displayText(details.description)] : []),
    '',
    ...facts.map(([name, fact]) => `${`${name}:`.padEnd(width)}${fact}`),
    ...section(l10n.t('What speaks for and against its consistency'), details.evidence.map(noteInWords), l10n.t('nothing was noted')),
    ...section(l10n.t('Could not be read'), details.unreadable.map(noteInWords), l10n.t('nothing')),
    ...section(l10n.t('Left out'), details.excluded.map(noteInWords), l10n.t('nothing but the store itself')),
    ...section(l10n.t('In it'), byFolderAndName(entries, vscode.env.language).map(entryLine), l10n.t('nothing: the folder was empty')),
    '',
  ];
}

function section(title: string, lines: readonly string[], none: string): string[] {
  const shown = lines.slice(0, mostLines);
  const more = lines.length - shown.length;
  return [
    '',
    lines.length === 0 ? title : `${title} (${formatNumber(lines.length, vscode.env.language)})`,
    ...(lines.length === 0 ? [none] : shown).map((line) => `    ${line}`),
    ...(more > 0 ? [`    ${vscode.l10n.t('{0} more', formatNumber(more, vscode.env.language))}`] : []),
  ];
}

function entryLine({ path, kind, size: bytes, target }: EntryInfo): string {
  const name = displayText(baseName(path));
  if (kind === 'folder') return `${name}/`;
  return `${name}  ${kind === 'link' ? `${entryWord(kind)} → ${displayText(target ?? '')}` : size(bytes)}`;
}

function aloneInWords(alone: Part<AloneReport>): string {
  if (alone === 'unknown') return vscode.l10n.t('being worked out…');
  if (alone instanceof Error) return alone.message;
  return alone.objects === 0
    ? vscode.l10n.t('nothing: other snapshots hold all of it')
    : vscode.l10n.t('{0}, which deleting it and compacting would give back', size(alone.bytes));
}

function size(bytes: number): string {
  return formatSize(bytes, vscode.env.language);
}
