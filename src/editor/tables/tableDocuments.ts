import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import { displayText } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import type { Work } from '../work.ts';
import { stateTitle } from '../words.ts';
import type { Workspace } from '../workspace.ts';
import type { Databases } from './databases.ts';
import { DifferencePages, RowPages, type ComparedTable, type Side, type TableIn, type TablePages } from './tablePages.ts';
import { oneLine } from './tableWords.ts';

export const tableScheme = 'snapstage-table';

/** What a document's address says, so that it is there again after the window is reloaded. */
interface Address {
  readonly folder: string;
  readonly state: string | null;
  readonly database: string;
  readonly table: string;
  /** Of a comparison only: the other state, and which of the two the document is. */
  readonly to?: string | null;
  readonly side?: Side;
}

interface Shown {
  /** With their first page. */
  readonly ready: Promise<TablePages>;
  /** Reads what is not known of it at first, from when the document is open; ended when nobody looks any more. */
  reading?: AbortController;
}

/** Previews and comparisons of tables as read-only documents, which hold no more rows than were asked for. Those of the current state follow what changes. */
export class TableDocuments implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #work: Work;
  readonly #reporter: Pick<Reporter, 'logError'>;
  readonly #databases: Databases;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  /** By the address without its side. */
  readonly #shown = new Map<string, Shown>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(workspace: Workspace, work: Work, reporter: Pick<Reporter, 'logError'>, databases: Databases) {
    this.#workspace = workspace;
    this.#work = work;
    this.#reporter = reporter;
    this.#databases = databases;
    this.#subscriptions = [
      this.#changed,
      workspace.onDidChange(() => this.#refresh()),
      // Before it is open, VS Code hears of no change of it.
      vscode.workspace.onDidOpenTextDocument(({ uri }) => void this.#complete(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === tableScheme) this.#forget(keyOf(uri));
      }),
    ];
  }

  /** Opens the first rows of a table. Rejects when they can't be read. */
  async preview(subject: TableIn): Promise<void> {
    const title = `${oneLine(subject.table)} (${stateTitle(subject.snapshot)})`;
    const uri = uriOf(title, addressOf(subject));
    await this.#pagesOf(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  /** Opens the rows that differ as a diff; says so when none does. Rejects when they can't be read. */
  async compare(subject: ComparedTable): Promise<void> {
    const { snapshot, to, table } = subject;
    const address = { ...addressOf(subject), to: to?.id ?? null };
    const [before, after] = (['before', 'after'] as const).map((side) => uriOf(oneLine(table), { ...address, side }));
    if (!before || !after) return;
    const pages = await this.#pagesOf(before);
    if (pages instanceof DifferencePages && !pages.isDifferent) {
      this.#forget(keyOf(before));
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing differs in {0}.', displayText(table)));
      return;
    }
    const title = vscode.l10n.t('{0} ({1} ↔ {2})', oneLine(table), stateTitle(snapshot), stateTitle(to));
    await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true });
  }

  /** Shows the next rows in the active document. */
  async showMore(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== tableScheme) throw new SnapstageError('usage', vscode.l10n.t('Preview or compare a table first.'));
    const pages = await this.#pagesOf(uri);
    if (!pages.hasMore) {
      void vscode.window.showInformationMessage(vscode.l10n.t('All rows are shown.'));
      return;
    }
    await this.#work.run(readingTitle(parseAddress(uri)), (options) => pages.more(options));
    this.#fire(keyOf(uri));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      const pages = await this.#pagesOf(uri);
      if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) void this.#complete(uri);
      return pages.lines(parseAddress(uri).side ?? 'before').join('\n');
    } catch (error) {
      this.#reporter.logError(error);
      return errorSentence(error);
    }
  }

  /** At the last line, where one has read to. */
  async provideCodeLenses({ uri, lineCount }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const pages = await this.#shown.get(keyOf(uri))?.ready.catch(() => undefined);
    if (pages?.hasMore !== true) return [];
    const line = Math.max(0, lineCount - 2);
    const command = { command: 'snapstage.showMoreRows', title: vscode.l10n.t('Show More Rows') };
    return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command)];
  }

  dispose(): void {
    for (const key of this.#shown.keys()) this.#forget(key);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Read when they are not known yet; once for both sides of a comparison. */
  #pagesOf(uri: vscode.Uri): Promise<TablePages> {
    const key = keyOf(uri);
    const known = this.#shown.get(key);
    if (known) return known.ready;
    const ready = this.#read(key, parseAddress(uri));
    this.#shown.set(key, { ready });
    return ready;
  }

  /** What could not be read is not kept: it is tried again. */
  async #read(key: string, address: Address): Promise<TablePages> {
    try {
      const pages = await this.#newPages(address);
      await this.#work.run(readingTitle(address), (options) => pages.more(options));
      return pages;
    } catch (error) {
      this.#shown.delete(key);
      throw error;
    }
  }

  async #newPages({ folder, state, to, database, table }: Address): Promise<TablePages> {
    const instance = this.#workspace.instances.find((one) => one.folder.uri.toString() === folder);
    if (!instance) throw new SnapstageError('usage', vscode.l10n.t('The folder of this table is not open.'));
    const snapshots = await instance.mustList();
    const [snapshot, other] = [state, to].map((id) => (id === null || id === undefined ? undefined : mustHave(snapshots, id)));
    const subject = { instance, database, table };
    if (to === undefined || !snapshot) return new RowPages({ ...subject, ...(snapshot && { snapshot }) }, this.#databases);
    return new DifferencePages({ ...subject, snapshot, ...(other && { to: other }) });
  }

  /** Never rejects. */
  async #complete(uri: vscode.Uri): Promise<void> {
    const shown = uri.scheme === tableScheme ? this.#shown.get(keyOf(uri)) : undefined;
    if (!shown || shown.reading) return;
    const reading = new AbortController();
    shown.reading = reading;
    try {
      const pages = await shown.ready;
      await pages.complete({ signal: reading.signal });
      this.#fire(keyOf(uri));
    } catch (error) {
      if (!reading.signal.aborted) this.#reporter.logError(error);
    }
  }

  /** What is shown of the current state may be otherwise now; a snapshot stays as it is, but for its name. */
  #refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== tableScheme) continue;
      const { state, to, side } = parseAddress(uri);
      if (state !== null && to !== null) continue;
      if (side !== 'after') this.#forget(keyOf(uri));
      this.#changed.fire(uri);
    }
  }

  #forget(key: string): void {
    this.#shown.get(key)?.reading?.abort();
    this.#shown.delete(key);
  }

  #fire(key: string): void {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === tableScheme && keyOf(uri) === key) this.#changed.fire(uri);
  }
}

function addressOf({ instance, snapshot, database, table }: TableIn): Address {
  return { folder: instance.folder.uri.toString(), state: snapshot?.id ?? null, database, table };
}

function uriOf(title: string, address: Address): vscode.Uri {
  return vscode.Uri.from({ scheme: tableScheme, path: `/${title.replaceAll(/[/\\]/g, ' ')}`, query: JSON.stringify(address) });
}

function parseAddress(uri: vscode.Uri): Address {
  return JSON.parse(uri.query) as Address;
}

function keyOf(uri: vscode.Uri): string {
  const { folder, state, database, table, to } = parseAddress(uri);
  return JSON.stringify([folder, state, database, table, to ?? null, to === undefined]);
}

function readingTitle({ table, to }: Address): string {
  const name = displayText(table);
  return to === undefined ? vscode.l10n.t('Reading the table {0}', name) : vscode.l10n.t('Comparing the table {0}', name);
}

function mustHave(snapshots: readonly SnapshotInfo[], id: string): SnapshotInfo {
  const found = snapshots.find((snapshot) => snapshot.id === id);
  if (found) return found;
  throw new SnapstageError('not-found', `There is no snapshot “${id.slice(0, 8)}”.`);
}
