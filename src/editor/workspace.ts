import * as vscode from 'vscode';
import type { SnapstageError } from '../base/errors.ts';
import { Instance, type InstanceEvent, type StartEngine } from './instance.ts';
import { pathIn } from './files/snapshotUris.ts';
import { onReturnToWindow } from './windowReturn.ts';

/** Says which instance has changed, or that the folders have. */
export interface WorkspaceEvent {
  readonly instance?: Instance;
  readonly what: InstanceEvent;
}

/** The workspace's folders that lie on this machine's disk, each with its instance. */
export class Workspace implements vscode.Disposable {
  readonly #startEngine: StartEngine;
  readonly #onCrash: (error: SnapstageError) => void;
  readonly #instances = new Map<string, Instance>();
  readonly #changed = new vscode.EventEmitter<WorkspaceEvent>();
  readonly onDidChange = this.#changed.event;
  readonly #touchedOne = new vscode.EventEmitter<Instance>();
  /** Something in the folder of this one was changed, not only looked at again. */
  readonly onDidTouch = this.#touchedOne.event;
  readonly #subscriptions: vscode.Disposable[];
  #observed = false;

  constructor(startEngine: StartEngine, onCrash: (error: SnapstageError) => void) {
    this.#startEngine = startEngine;
    this.#onCrash = onCrash;
    this.#followFolders();
    // Of VS Code's own watcher of the workspace's folders; nothing more is watched for it.
    const files = vscode.workspace.createFileSystemWatcher('**');
    const touched = (uri: vscode.Uri): void => this.#touched(uri);
    this.#subscriptions = [
      files,
      files.onDidCreate(touched),
      files.onDidChange(touched),
      files.onDidDelete(touched),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#followFolders();
        this.#changed.fire({ what: 'all' });
      }),
      // What waits for trust, such as an interrupted restore, is offered now.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('snapstage.storage.budget')) void this.refresh();
      }),
      // What the user's `files.watcherExclude` hides can be saved all the same.
      vscode.workspace.onDidSaveTextDocument((document) => touched(document.uri)),
      vscode.workspace.onDidSaveNotebookDocument((notebook) => touched(notebook.uri)),
      // What it hides and another program changed is seen when the window is looked at again.
      onReturnToWindow(() => {
        for (const instance of this.instances) instance.touched();
      }),
    ];
  }

  /** In the order of the workspace's folders. */
  get instances(): readonly Instance[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => this.#instances.get(folder.uri.toString()) ?? []);
  }

  /** The innermost instance that holds the file. */
  instanceOf(uri: vscode.Uri): Instance | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder && this.#instances.get(folder.uri.toString());
  }

  /** Whether somebody looks at the changes; see `Instance.observed`. */
  set observed(observed: boolean) {
    this.#observed = observed;
    for (const instance of this.instances) instance.observed = observed;
  }

  /** Reads all instances anew. */
  async refresh(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.refresh()));
  }

  async dispose(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#touchedOne.dispose();
    await Promise.all([...this.#instances.values()].map((instance) => instance.dispose()));
    this.#instances.clear();
  }

  #touched(uri: vscode.Uri): void {
    if (uri.scheme !== 'file') return;
    for (const instance of this.instances) {
      const path = pathIn(instance.folder.uri, uri);
      // The store changes with every look; what matters of it is watched by the instance.
      if (path !== undefined && path !== '.snapstage' && !path.startsWith('.snapstage/')) {
        instance.touched();
        this.#touchedOne.fire(instance);
      }
    }
  }

  #followFolders(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
    const present = new Set(folders.map((folder) => folder.uri.toString()));
    for (const [key, instance] of this.#instances) {
      if (present.has(key)) continue;
      this.#instances.delete(key);
      void instance.dispose();
    }
    for (const folder of folders) {
      const key = folder.uri.toString();
      if (this.#instances.has(key)) continue;
      const instance = new Instance(folder, this.#startEngine, this.#onCrash);
      instance.observed = this.#observed;
      instance.onDidChange((what) => this.#changed.fire({ instance, what }));
      this.#instances.set(key, instance);
    }
  }
}
