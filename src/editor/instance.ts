import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../base/errors.ts';
import type { Diff, EngineApi, SnapshotInfo, Status } from '../engine/api.ts';
import { countChanges } from './changes.ts';
import { coalesce } from './coalesce.ts';

export type StartEngine = (options: { folder: string; onExit?: (error: SnapstageError) => void }) => EngineApi;

/** Since the latest snapshot: absent until somebody looks; null where there is none; the error when they can't be read. */
type Changes = Diff | null | SnapstageError | undefined;

/** What is known of a folder. */
export type InstanceState =
  | { readonly kind: 'unread' }
  | { readonly kind: 'uninitialised' }
  | { readonly kind: 'failed'; readonly error: SnapstageError }
  | {
      readonly kind: 'ready';
      readonly status: Status;
      readonly snapshots: readonly SnapshotInfo[];
      readonly changes: Changes;
    };

/** `changes`: only what differs from the latest snapshot may have changed. */
export type InstanceEvent = 'all' | 'changes';

/** One workspace folder as the editor sees it: its engine, started when first needed, and what was last read from it. */
export class Instance implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  readonly #startEngine: StartEngine;
  readonly #onCrash: (error: SnapstageError) => void;
  readonly #changed = new vscode.EventEmitter<InstanceEvent>();
  readonly onDidChange = this.#changed.event;
  #engine: EngineApi | undefined;
  #watcher: vscode.FileSystemWatcher | undefined;
  #state: InstanceState = { kind: 'unread' };
  #observed = false;
  #changesStale = true;
  #disposed = false;

  constructor(folder: vscode.WorkspaceFolder, startEngine: StartEngine, onCrash: (error: SnapstageError) => void) {
    this.folder = folder;
    this.#startEngine = startEngine;
    this.#onCrash = onCrash;
  }

  get name(): string {
    return this.folder.name;
  }

  get state(): InstanceState {
    return this.#state;
  }

  get engine(): EngineApi {
    this.#engine ??= this.#startEngine({ folder: this.folder.uri.fsPath, onExit: this.#onCrash });
    return this.#engine;
  }

  /** Reads snapshots and status anew. Never rejects: a failure is the new state. */
  readonly refresh = coalesce(() => this.#read());

  /** Compares the current state with the latest snapshot. Never rejects. */
  readonly refreshChanges = coalesce(() => this.#readChanges());

  /** While somebody looks, the changes are kept fresh; otherwise they are read when somebody looks again. */
  set observed(observed: boolean) {
    this.#observed = observed;
    if (!observed) return;
    // No watcher tells when another program makes the folder an instance, or mends it.
    if (this.#state.kind === 'uninitialised' || this.#state.kind === 'failed') void this.refresh();
    else if (this.#changesStale) void this.refreshChanges();
  }

  /** To be called when something in the folder has changed. */
  touched(): void {
    this.#changesStale = true;
    if (this.#observed) void this.refreshChanges();
  }

  /** The snapshots; read first if they have not been. Throws when they can't be read. */
  async mustList(): Promise<readonly SnapshotInfo[]> {
    if (this.#state.kind === 'unread') await this.refresh();
    if (this.#state.kind === 'failed') throw this.#state.error;
    return this.#state.kind === 'ready' ? this.#state.snapshots : [];
  }

  /** Makes the folder an instance if it is none yet. */
  async ensureInitialised(): Promise<void> {
    if (this.#state.kind !== 'ready' && !(await this.#hasStore())) await this.engine.init();
  }

  dispose(): Promise<void> {
    this.#disposed = true;
    this.#watcher?.dispose();
    this.#changed.dispose();
    return this.#engine?.dispose() ?? Promise.resolve();
  }

  async #read(): Promise<void> {
    const state = await this.#readState();
    if (this.#disposed) return;
    this.#changesStale = true;
    const before = this.#state;
    this.#state = state;
    // A row that is drawn anew loses its context menu: an own change comes again by the watcher and shall not do that.
    if (!showsSame(before, state)) this.#changed.fire('all');
    if (state.kind !== 'ready') return;
    this.#watch();
    if (this.#observed) await this.refreshChanges();
  }

  async #readState(): Promise<InstanceState> {
    // Without a store nothing is there to be read, and no engine needs to start for it.
    if (!(await this.#hasStore())) return { kind: 'uninitialised' };
    try {
      const [status, snapshots] = await Promise.all([this.engine.status({ changes: false }), this.engine.list()]);
      if (!status.initialized) return { kind: 'uninitialised' };
      // Until they are read again, the last known changes stand, unless they were against another snapshot.
      const known = this.#state.kind === 'ready' && this.#state.snapshots[0]?.id === snapshots[0]?.id ? this.#state.changes : undefined;
      return { kind: 'ready', status, snapshots, changes: known };
    } catch (error) {
      return { kind: 'failed', error: toSnapstageError(error) };
    }
  }

  async #readChanges(): Promise<void> {
    if (this.#state.kind !== 'ready') return;
    this.#changesStale = false;
    const changes = await this.engine.status({ changes: true }).then((status) => status.changes, toSnapstageError);
    if (this.#disposed || this.#state.kind !== 'ready') return;
    const before = this.#state.changes;
    this.#state = { ...this.#state, changes };
    if (!sameChanges(before, changes)) this.#changed.fire('changes');
  }

  async #hasStore(): Promise<boolean> {
    return vscode.workspace.fs.stat(vscode.Uri.joinPath(this.folder.uri, '.snapstage', 'format')).then(
      () => true,
      () => false,
    );
  }

  #watch(): void {
    if (this.#watcher) return;
    // A flat pattern on the folder itself: only such watchers are left alone by the user's `files.watcherExclude`.
    const snapshots = vscode.Uri.joinPath(this.folder.uri, '.snapstage', 'snapshots');
    this.#watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(snapshots, '*'));
    const refresh = (): void => void this.refresh();
    this.#watcher.onDidCreate(refresh);
    this.#watcher.onDidChange(refresh);
    this.#watcher.onDidDelete(refresh);
  }
}

function showsSame(a: InstanceState, b: InstanceState): boolean {
  if (a.kind !== 'ready' || b.kind !== 'ready') return a.kind === b.kind && a.kind !== 'failed';
  const shown = ({ snapshots, status: { undo, interrupted } }: typeof a): unknown => [snapshots, undo, interrupted];
  return isDeepStrictEqual(shown(a), shown(b)) && a.changes === b.changes;
}

/** Compares short lists only: long ones would hold up the extension host. */
function sameChanges(a: Changes, b: Changes): boolean {
  const isShort = (changes: Changes): boolean =>
    changes === null ||
    (changes !== undefined && !(changes instanceof SnapstageError) && Object.values(countChanges(changes)).every((count) => count < 1000));
  return isShort(a) && isShort(b) && isDeepStrictEqual(a, b);
}
