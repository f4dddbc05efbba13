import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { EntryInfo } from '../../engine/api.ts';
import { formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Instance } from '../instance.ts';
import type { ListDocuments } from '../lists.ts';
import type { EntryNode } from '../snapshots/nodes.ts';
import type { Reporter } from '../reporter.ts';
import { snapshotOf, type Stored } from '../state.ts';
import { isPreviewable, looksLikeText, mostShownBytes, sniffedBytes } from './previews.ts';
import { emptyAuthority, fileUri, isOpenable, snapshotUri } from './snapshotUris.ts';
import { entryWord, snapshotInSentence, snapshotTitle, stateTitle } from '../words.ts';

/** A path in one state of the store. */
export interface StoredPath {
  readonly instance: Instance;
  readonly snapshot: Stored;
  readonly path: string;
}

/** A path in two states, from the snapshot to another one or, without that, to the current state. */
export interface ComparedPath extends StoredPath {
  readonly to?: Stored;
  /** The path in the snapshot of what has been moved. */
  readonly from?: string;
}

/** Shows what snapshots hold: files, and differences between two of them. Changes nothing. */
export class Viewer {
  readonly #lists: ListDocuments;
  readonly #reporter: Reporter;

  constructor(lists: ListDocuments, reporter: Reporter) {
    this.#lists = lists;
    this.#reporter = reporter;
  }

  /** Opens the read-only document of a file or link in a snapshot; tells its facts where no editor can show it. */
  async open(stored: StoredPath): Promise<void> {
    const { instance, snapshot, path } = stored;
    const entry = await entryAt(instance, snapshot, path);
    if (!entry) throw notInSnapshot(snapshot, path);
    if (entry.kind === 'folder') throw isFolder(entry);
    if (entry.size > mostShownBytes) await this.#tell(stored, [[snapshot, entry]]);
    else await vscode.commands.executeCommand('vscode.open', snapshotUri(instance.folder.uri, snapshot.id, path), { preview: true });
  }

  /**
   * The diff from the snapshot's file (left, read-only) to the other state's. A side that is not there is empty. Tells the
   * facts of both sides where a diff would show nothing: of large files, and of binary ones without a preview.
   */
  async compare(compared: ComparedPath, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
    const { instance, snapshot, to, path, from = path } = compared;
    const [left, right] = await Promise.all([entryAt(instance, snapshot, from), entryAt(instance, to, path)]);
    const entry = right ?? left;
    if (!entry) throw notInSnapshot(snapshot, path);
    for (const side of [left, right]) if (side?.kind === 'folder') throw isFolder(side);
    if (!(await isComparable(compared, left, right))) {
      await this.#tell({ instance, snapshot: left ? snapshot : (to ?? snapshot), path: left ? from : path }, [
        [snapshot, left],
        [to, right],
      ]);
      return;
    }
    await vscode.commands.executeCommand(
      'vscode.diff',
      left ? stateUri(instance, snapshot, from) : snapshotUri(instance.folder.uri, emptyAuthority, from),
      right ? stateUri(instance, to, path) : snapshotUri(instance.folder.uri, emptyAuthority, path),
      vscode.l10n.t('{0} ({1} ↔ {2})', displayText(baseName(path)), snapshotTitle(snapshot), stateTitle(to)),
      { preview: true, ...options },
    );
  }

  async #tell(stored: StoredPath, sides: readonly (readonly [state: Stored | undefined, entry: EntryInfo | undefined])[]): Promise<void> {
    const name = displayText(baseName(stored.path));
    const lines = sides.flatMap(([state, entry]) => [
      '',
      stateTitle(state),
      ...(entry ? factsOf(entry) : [vscode.l10n.t('    not there')]),
    ]);
    const [before, after] = sides.map(([, entry]) => entry);
    const verdict =
      sides.length === 1 || !before || !after
        ? []
        : ['', before.id === after.id ? vscode.l10n.t('The content is the same.') : vscode.l10n.t('The content differs.')];
    await this.#lists.show(vscode.l10n.t('{0}: Facts', name), [displayText(stored.path), ...verdict, ...lines]);
    const saveAs = vscode.l10n.t('Save As…');
    const [snapshot, entry] = sides.find(([state, one]) => state !== undefined && one !== undefined) ?? [];
    const source = snapshot && snapshotOf(snapshot);
    if (!source || !entry) return;
    const node: EntryNode = { type: 'entry', instance: stored.instance, snapshot: source, entry };
    const shown = vscode.window.showInformationMessage(
      vscode.l10n.t("{0} can't be shown in an editor: these are its facts.", name),
      saveAs,
    );
    this.#reporter.detached(
      Promise.resolve(shown).then((answer) => (answer === saveAs ? vscode.commands.executeCommand('snapstage.saveAs', node) : undefined)),
    );
  }
}

/** The address of a path in a snapshot, or of the real file. */
export function stateUri(instance: Instance, state: Stored | undefined, path: string): vscode.Uri {
  return state ? snapshotUri(instance.folder.uri, state.id, path) : fileUri(instance.folder.uri, path);
}

/** True for what the editor shows as text, read from the file's start. */
export async function isText(instance: Instance, state: Stored | undefined, path: string): Promise<boolean> {
  const start = await instance.engine.read({ state: state?.id ?? 'current', path, length: sniffedBytes });
  return looksLikeText(start);
}

async function isComparable(
  { instance, snapshot, to, path, from = path }: ComparedPath,
  left?: EntryInfo,
  right?: EntryInfo,
): Promise<boolean> {
  if (Math.max(left?.size ?? 0, right?.size ?? 0) > mostShownBytes) return false;
  if (isPreviewable(path)) return true;
  const texts = await Promise.all([!left || isText(instance, snapshot, from), !right || isText(instance, to, path)]);
  return texts.every(Boolean);
}

/** What the state has at the path. */
async function entryAt(instance: Instance, state: Stored | undefined, path: string): Promise<EntryInfo | undefined> {
  if (!isOpenable(path)) {
    throw new SnapstageError(
      'usage',
      vscode.l10n.t("The name {0} is not valid UTF-8, so an editor can't open it. It can be restored.", displayText(path)),
    );
  }
  if (!state) return currentEntry(instance, path);
  try {
    const [entry] = await instance.engine.ls({ state: state.id, path });
    return entry?.path === path ? entry : { path, kind: 'folder', size: 0, mode: 0, modified: state.created, id: '' };
  } catch (error) {
    if (error instanceof SnapstageError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Of the real file, without a look at the whole folder; its content is not read for an id. */
async function currentEntry(instance: Instance, path: string): Promise<EntryInfo | undefined> {
  try {
    const { type, size, mtime } = await vscode.workspace.fs.stat(fileUri(instance.folder.uri, path));
    const kind = type & vscode.FileType.SymbolicLink ? 'link' : type & vscode.FileType.Directory ? 'folder' : 'file';
    return { path, kind, size, mode: 0, modified: new Date(mtime).toISOString(), id: '' };
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

function factsOf({ kind, size, modified, id }: EntryInfo): string[] {
  return [
    `    ${entryWord(kind)}, ${formatSize(size, vscode.env.language)}`,
    `    ${vscode.l10n.t('changed {0}', formatMoment(modified, vscode.env.language))}`,
    ...(id === '' ? [] : [`    ${vscode.l10n.t('content {0}', id)}`]),
  ];
}

function isFolder({ path }: Pick<EntryInfo, 'path'>): SnapstageError {
  return new SnapstageError('usage', vscode.l10n.t('{0} is a folder: compare the files in it.', displayText(baseName(path))));
}

function notInSnapshot(snapshot: Stored, path: string): SnapstageError {
  return new SnapstageError('not-found', vscode.l10n.t('{0} is not in {1}.', displayText(path), snapshotInSentence(snapshot)));
}
