import { createHash } from 'node:crypto';
import { commands, l10n, Uri, window, workspace, Disposable, FileSystemError, TabInputText, type TextDocument } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { baseName, isInside, parentPath } from '../../base/paths.ts';
import { replaceUnseen } from '../../base/format.ts';
import type { PageState } from './conflictPage.ts';
import { markersIn } from './markers.ts';

/** What is being merged, and for whom. */
export interface MergedObject extends PageState {
  readonly place: string;
  readonly triple: string;
}

export type KeepMerged = (object: MergedObject, content: Uint8Array) => Promise<void>;

/** True while the active editor shows a merged file without conflict markers. */
const contextKey = 'snapstage.isMerged';

/** Beside each merged file: what it is. */
const recordName = 'merge.json';

/**
 * Texts that are merged by hand: files with conflict markers in the extension's own storage, edited as any other. They stay there
 * until their delivery is decided: who merges again goes on with what is there.
 */
export class MergedFiles implements Disposable {
  readonly #root: Uri | undefined;
  readonly #keepers = new Map<string, KeepMerged>();
  readonly #subscriptions: readonly Disposable[];

  /** `storage`: the extension's folder for this workspace; absent where no folder is open. */
  constructor(storage: Uri | undefined) {
    this.#root = storage && Uri.joinPath(storage, 'merges');
    const follow = (document: TextDocument | undefined): void => {
      if (document === window.activeTextEditor?.document) this.#tell(document);
    };
    this.#subscriptions = [
      window.onDidChangeActiveTextEditor((editor) => this.#tell(editor?.document)),
      workspace.onDidChangeTextDocument(({ document }) => follow(document)),
    ];
    this.#tell(window.activeTextEditor?.document);
  }

  /** Says who keeps what is merged for a delivery, until it is disposed of. */
  keepBy(delivery: PageState, keep: KeepMerged): Disposable {
    const key = keyOf(delivery);
    this.#keepers.set(key, keep);
    return new Disposable(() => {
      if (this.#keepers.get(key) === keep) this.#keepers.delete(key);
    });
  }

  /** Opens the file of an object; made of the text if there is none yet. */
  async open(object: MergedObject, text: () => Promise<string>): Promise<void> {
    const folder = this.#folderOf(object);
    const uri = Uri.joinPath(folder, fileName(object.place));
    if (!(await isThere(uri))) {
      await write(Uri.joinPath(folder, recordName), JSON.stringify(object));
      await write(uri, await text());
    }
    await window.showTextDocument(uri, { preview: false });
  }

  /**
   * Keeps what was merged in a file, by default the active one, and closes it.
   * @throws SnapstageError `usage` where it is no merged file, has conflict markers, or nobody keeps it
   */
  async done(uri = window.activeTextEditor?.document.uri): Promise<void> {
    const object = uri && (await this.#objectAt(uri));
    if (!uri || !object) throw new SnapstageError('usage', l10n.t('Open a file that is being merged first.'));
    const document = await workspace.openTextDocument(uri);
    const left = markersIn(document.getText());
    if (left > 0) throw new SnapstageError('usage', leftInWords(left));
    const keep = this.#keepers.get(keyOf(object));
    if (!keep) throw new SnapstageError('usage', l10n.t('Open the conflicts of this delivery first, and try again.'));
    if (document.isDirty && !(await document.save())) return;
    await keep(object, await workspace.fs.readFile(uri));
    await close(uri);
  }

  /** Removes what was begun for a delivery: it is decided. */
  async forget(delivery: PageState): Promise<void> {
    if (!this.#root) return;
    const folder = Uri.joinPath(this.#root, hashOf(keyOf(delivery)));
    if (await isThere(folder)) await workspace.fs.delete(folder, { recursive: true });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #folderOf(object: MergedObject): Uri {
    if (!this.#root) throw new SnapstageError('usage', l10n.t('Open a folder first.'));
    const { place, triple } = object;
    return Uri.joinPath(this.#root, hashOf(keyOf(object)), hashOf(JSON.stringify([place, triple])));
  }

  #isMerged({ scheme, path }: Uri): boolean {
    return this.#root !== undefined && scheme === this.#root.scheme && isInside(this.#root.path, path);
  }

  async #objectAt(uri: Uri): Promise<MergedObject | undefined> {
    if (!this.#isMerged(uri)) return undefined;
    const record = await workspace.fs.readFile(uri.with({ path: `${parentPath(uri.path)}/${recordName}` }));
    return parseRecord(JSON.parse(new TextDecoder().decode(record)));
  }

  #tell(document: TextDocument | undefined): void {
    const isMerged = document !== undefined && this.#isMerged(document.uri) && markersIn(document.getText()) === 0;
    void commands.executeCommand('setContext', contextKey, isMerged);
  }
}

function keyOf({ folder, delivery }: PageState): string {
  return JSON.stringify([folder, delivery]);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The name of the file that is merged, as every system takes it. */
function fileName(place: string): string {
  const plain = replaceUnseen(baseName(place), () => '-').replaceAll(/[<>:"/\\|?*]/g, '-');
  return plain.replaceAll(/[ .]+$/g, '') || '-';
}

function leftInWords(left: number): string {
  return left === 1
    ? l10n.t('One conflict is left in this file: choose for it, and try again.')
    : l10n.t('{0} conflicts are left in this file: choose for them, and try again.', left);
}

function parseRecord(value: unknown): MergedObject | undefined {
  const fields = ['folder', 'delivery', 'place', 'triple'] as const;
  const isRecord = (record: object): record is MergedObject =>
    fields.every((field) => typeof (record as Readonly<Record<string, unknown>>)[field] === 'string');
  return typeof value === 'object' && value !== null && isRecord(value) ? value : undefined;
}

function write(uri: Uri, text: string): Thenable<void> {
  return workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

async function isThere(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof FileSystemError) return false;
    throw error;
  }
}

async function close(uri: Uri): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  await window.tabGroups.close(tabs.filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString()));
}
