import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { Stage } from '../../engine/stageApi.ts';
import { coalesce } from '../coalesce.ts';
import type { Instance } from '../instance.ts';
import type { Workspace } from '../workspace.ts';

/** After something in a folder has changed, others may follow at once. */
const pauseMilliseconds = 1000;

/** What is known of one folder's Stage. */
interface Known {
  /** The error where it can't be read; absent until it has been. */
  stage?: Stage | SnapstageError;
  readonly refresh: () => Promise<void>;
  readonly watcher: vscode.FileSystemWatcher;
  /** Something may have gone since it was read. */
  isStale: boolean;
  timer?: NodeJS.Timeout;
}

/** The Stages of the workspace's folders, kept fresh: other windows and programs change them too. */
export class Stages implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #known = new Map<Instance, Known>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  #observed = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#subscriptions = [
      workspace.onDidChange(({ instance, what }) => {
        if (what === 'all') this.#follow(instance);
      }),
      workspace.onDidTouch((instance) => this.#touched(instance)),
    ];
  }

  /** What is on the Stage, or why it can't be read; nothing for a folder that is no instance, or was not read yet. */
  of(instance: Instance): Stage | SnapstageError | undefined {
    return this.#known.get(instance)?.stage;
  }

  /** Reads it anew. Never rejects: a failure is what is known of it then. */
  async refresh(instance: Instance): Promise<void> {
    await this.#known.get(instance)?.refresh();
  }

  /** While somebody looks, what has gone from the current state is seen soon; otherwise when somebody looks again. */
  set observed(observed: boolean) {
    this.#observed = observed;
    if (!observed) return;
    for (const known of this.#known.values()) if (known.isStale) void known.refresh();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const instance of this.#known.keys()) this.#forget(instance);
    this.#changed.dispose();
  }

  #follow(changed: Instance | undefined): void {
    const instances = new Set(this.#workspace.instances);
    for (const instance of this.#known.keys()) if (!instances.has(instance) || instance.state.kind !== 'ready') this.#forget(instance);
    for (const instance of instances) {
      if (instance.state.kind !== 'ready' || (changed !== undefined && instance !== changed)) continue;
      if (!this.#known.has(instance)) this.#known.set(instance, this.#watched(instance));
      void this.refresh(instance);
    }
    this.#changed.fire();
  }

  #watched(instance: Instance): Known {
    // A flat pattern on the folder itself: only such watchers are left alone by the user's `files.watcherExclude`.
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(instance.folder.uri, '.snapstage', 'stage'), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const refresh = coalesce(() => this.#read(instance));
    const changed = (): void => void refresh();
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    return { refresh, watcher, isStale: false };
  }

  async #read(instance: Instance): Promise<void> {
    const known = this.#known.get(instance);
    if (!known) return;
    known.isStale = false;
    const stage = await instance.engine.stage().catch(toSnapstageError);
    if (this.#known.get(instance) !== known) return;
    const isSame = !(stage instanceof SnapstageError) && isDeepStrictEqual(stage, known.stage);
    known.stage = stage;
    // A row that is drawn anew loses its context menu.
    if (!isSame) this.#changed.fire();
  }

  #touched(instance: Instance): void {
    const known = this.#known.get(instance);
    if (!known || known.stage instanceof SnapstageError || !known.stage?.objects.some(({ state }) => state === 'current')) return;
    known.isStale = true;
    if (!this.#observed || known.timer) return;
    known.timer = setTimeout(() => {
      delete known.timer;
      void known.refresh();
    }, pauseMilliseconds);
  }

  #forget(instance: Instance): void {
    const known = this.#known.get(instance);
    this.#known.delete(instance);
    clearTimeout(known?.timer);
    known?.watcher.dispose();
  }
}
