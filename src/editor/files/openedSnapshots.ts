import * as vscode from 'vscode';
import type { SnapstageError } from '../../base/errors.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import { Instance, type StartEngine } from '../instance.ts';
import { baseName } from '../../base/paths.ts';
import { pathIn, snapshotScheme, snapshotUri } from './snapshotUris.ts';

const keyStart = 'folderOf.';

/** Snapshots remembered; opening one more forgets the one that was opened first. */
const mostRemembered = 100;

/** A snapshot that is open as the window's folder. */
export interface OpenSnapshot {
  readonly instance: Instance;
  readonly id: string;
  /** The folder in the snapshot that the window shows; `''` for all of it. */
  readonly path: string;
}

/**
 * Snapshots opened as folders in windows of their own. Such a window doesn't have the folder that the snapshot is of, so
 * it is remembered under the snapshot's id. Only what was opened here is found again: a link to a `snapstage:` address
 * that somebody else wrote makes no engine look at a place of its choice.
 */
export class OpenedSnapshots implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #startEngine: StartEngine;
  readonly #onCrash: (error: SnapstageError) => void;
  readonly #instances = new Map<string, Instance>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento, startEngine: StartEngine, onCrash: (error: SnapstageError) => void) {
    this.#memory = memory;
    this.#startEngine = startEngine;
    this.#onCrash = onCrash;
  }

  /** Opens a snapshot, or one folder of it, as a read-only folder in a new window. */
  async open(instance: Instance, snapshot: SnapshotInfo, path = ''): Promise<void> {
    await this.#remember(snapshot.id, instance.folder.uri);
    const uri = snapshotUri(instance.folder.uri, snapshot.id, path);
    await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  }

  /** The instance that has the snapshot, if it was opened in a window; its engine starts when it is first asked. */
  instanceOf(id: string): Instance | undefined {
    const folder = this.#memory.get<string>(keyStart + id);
    if (folder === undefined) return undefined;
    const known = this.#instances.get(folder);
    if (known) return known;
    const uri = vscode.Uri.parse(folder, true);
    const instance = new Instance({ uri, name: baseName(uri.path), index: 0 }, this.#startEngine, this.#onCrash);
    instance.onDidChange(() => this.#changed.fire());
    this.#instances.set(folder, instance);
    return instance;
  }

  /** What this window shows, when it is a snapshot. */
  get current(): OpenSnapshot | undefined {
    const uri = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === snapshotScheme)?.uri;
    if (uri === undefined) return undefined;
    const instance = this.instanceOf(uri.authority);
    const path = instance && pathIn(instance.folder.uri, uri);
    return instance === undefined || path === undefined ? undefined : { instance, id: uri.authority, path };
  }

  dispose(): void {
    for (const instance of this.#instances.values()) void instance.dispose();
    this.#instances.clear();
    this.#changed.dispose();
  }

  async #remember(id: string, folder: vscode.Uri): Promise<void> {
    const known = this.#memory.keys().filter((key) => key.startsWith(keyStart) && key !== keyStart + id);
    for (const key of known.slice(0, Math.max(0, known.length + 1 - mostRemembered))) await this.#memory.update(key, undefined);
    await this.#memory.update(keyStart + id, folder.toString());
  }
}
