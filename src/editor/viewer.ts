import * as vscode from 'vscode';
import { SnapstageError } from '../base/errors.ts';
import type { EntryInfo, SnapshotInfo } from '../engine/api.ts';
import { listChanges } from './changes.ts';
import { baseName, displayText, formatSize } from './formats.ts';
import type { Instance } from './instance.ts';
import type { ListDocuments } from './lists.ts';
import { emptyAuthority, fileUri, isOpenable, snapshotUri } from './snapshotUris.ts';
import { changesInWords, changeWord, snapshotInSentence, snapshotTitle } from './words.ts';

/** A path in one snapshot. */
export interface StoredPath {
  readonly instance: Instance;
  readonly snapshot: SnapshotInfo;
  readonly path: string;
}

/** Larger files are told about, not shown: the editor would have to hold them whole, twice in a diff. */
const mostBytes = 20_000_000;

/** Shows what snapshots hold: files, differences, lists. Changes nothing. */
export class Viewer {
  readonly #lists: ListDocuments;

  constructor(lists: ListDocuments) {
    this.#lists = lists;
  }

  /** Opens the read-only document of a file or link in a snapshot. */
  async open({ instance, snapshot, path }: StoredPath): Promise<void> {
    const entry = await storedEntry({ instance, snapshot, path });
    if (!entry) throw notInSnapshot(snapshot, path);
    mustBeShowable(entry);
    await vscode.commands.executeCommand('vscode.open', snapshotUri(instance.folder.uri, snapshot.id, path), { preview: true });
  }

  /**
   * The diff from the snapshot's file (left, read-only) to the real one (right). A side that is not there is empty;
   * `from` is the path in the snapshot of what has been moved.
   */
  async compare(
    { instance, snapshot, path, from = path }: StoredPath & { readonly from?: string },
    options: vscode.TextDocumentShowOptions = {},
  ): Promise<void> {
    const folder = instance.folder.uri;
    const entry = await storedEntry({ instance, snapshot, path: from });
    if (entry) mustBeShowable(entry);
    const now = await statOf(fileUri(folder, path));
    if (!entry && !now) throw notInSnapshot(snapshot, path);
    if (now) mustBeShowable({ path, kind: now.type & vscode.FileType.Directory ? 'folder' : 'file', size: now.size });
    await vscode.commands.executeCommand(
      'vscode.diff',
      snapshotUri(folder, entry ? snapshot.id : emptyAuthority, from),
      now ? fileUri(folder, path) : snapshotUri(folder, emptyAuthority, path),
      vscode.l10n.t('{0} ({1} ↔ Current State)', displayText(baseName(path)), snapshotTitle(snapshot)),
      { preview: true, ...options },
    );
  }

  /** All changes since the latest snapshot as a document. */
  async listChanges(instance: Instance): Promise<void> {
    await instance.mustList();
    await instance.refreshChanges();
    const { state } = instance;
    if (state.kind === 'ready' && state.changes instanceof SnapstageError) throw state.changes;
    const latest = state.kind === 'ready' ? state.snapshots[0] : undefined;
    const changes = state.kind === 'ready' ? state.changes : undefined;
    if (!latest || !changes || changes instanceof SnapstageError) {
      throw new SnapstageError('usage', vscode.l10n.t('There is no snapshot of {0} yet.', instance.name));
    }
    const summary = changesInWords(changes) || vscode.l10n.t('No changes');
    const rows = listChanges(changes).map(({ change, path, from }) => {
      const moved = from === undefined ? '' : ` ← ${displayText(from)}`;
      return `${changeWord(change).padEnd(9)} ${displayText(path)}${moved}`;
    });
    const title = vscode.l10n.t('Changes in {0}', instance.name);
    await this.#lists.show(title, [vscode.l10n.t('{0} since {1}', summary, snapshotInSentence(latest)), '', ...rows]);
  }
}

type Shown = Pick<EntryInfo, 'path' | 'kind' | 'size'>;

async function storedEntry({ instance, snapshot, path }: StoredPath): Promise<Shown | undefined> {
  if (!isOpenable(path)) {
    throw new SnapstageError(
      'usage',
      vscode.l10n.t("The name {0} is not valid UTF-8, so an editor can't open it. It can be restored.", displayText(path)),
    );
  }
  try {
    const entries = await instance.engine.ls({ state: snapshot.id, path });
    const [entry] = entries;
    return entry?.path === path ? entry : { path, kind: 'folder', size: 0 };
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'not-found') return undefined;
    throw error;
  }
}

function mustBeShowable({ path, kind, size }: Shown): void {
  const name = displayText(baseName(path));
  if (kind === 'folder') throw new SnapstageError('usage', vscode.l10n.t('{0} is a folder: compare the files in it.', name));
  if (size > mostBytes) {
    throw new SnapstageError(
      'usage',
      vscode.l10n.t('{0} has {1}: too large to be shown in an editor. It can be restored.', name, formatSize(size, vscode.env.language)),
    );
  }
}

function notInSnapshot(snapshot: SnapshotInfo, path: string): SnapstageError {
  return new SnapstageError('not-found', vscode.l10n.t('{0} is not in {1}.', displayText(path), snapshotInSentence(snapshot)));
}

async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}
