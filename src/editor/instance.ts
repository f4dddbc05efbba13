import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../base/errors.ts';
import { parseSize } from '../base/format.ts';
import type { Changes, EngineApi, SnapshotInfo, Status } from '../engine/api.ts';
import { changesAtOnce, numberOfChanges } from './compare/changes.ts';
import { coalesce } from './coalesce.ts';
import { setting } from './settings.ts';
import { referenceOf, type Reference } from './reference.ts';

export type StartEngine = (options: { folder: string; onExit?: (error: SnapstageError) => void }) => EngineApi;

/** Since the reference: absent until somebody looks; null where there is no snapshot; the error when they can't be read. */
type Since = Changes | null | SnapstageError | undefined;

/** What is known of a folder. */
export type InstanceState =
  | { readonly kind: 'unread' }
  | { readonly kind: 'uninitialised' }
  | { readonly kind: 'failed'; readonly error: SnapstageError }
  | {
      readonly kind: 'ready';
      readonly status: Status;
      readonly snapshots: readonly SnapshotInfo[];
      /** What the changes are told against. */
      readonly reference: Reference | null;
      readonly changes: Since;
    };

/** `changes`: only what differs from the reference may have changed. */
export type InstanceEvent = 'all' | 'changes';

/** After something in the folder has changed, others may follow at once. */
const shortestPauseMilliseconds = 200;

/** A look may take this part of the time at most, where changes never end. */
const lookShare = 1 / 5;

const longestPauseMilliseconds = 30_000;

/** One workspace folder as the editor sees it: its engine, started when first needed, and what was last read from it. */
export class Instance implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  readonly #startEngine: StartEngine;
  readonly #onCrash: (error: SnapstageError) => void;
  readonly #changed = new vscode.EventEmitter<InstanceEvent>();
  readonly onDidChange = this.#changed.event;
  #engine: EngineApi | undefined;
  readonly #watchers = new Map<string, vscode.FileSystemWatcher>();
  #state: InstanceState = { kind: 'unread' };
  #observed = false;
  #changesStale = true;
  #nextLook: NodeJS.Timeout | undefined;
  #lookMilliseconds = 0;
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

  /** Compares the current state with the reference. Never rejects. */
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
    if (!this.#observed || this.#nextLook !== undefined) return;
    const pause = Math.max(shortestPauseMilliseconds, Math.min(this.#lookMilliseconds / lookShare, longestPauseMilliseconds));
    this.#nextLook = setTimeout(() => {
      this.#nextLook = undefined;
      void this.refreshChanges();
    }, pause);
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
    clearTimeout(this.#nextLook);
    for (const watcher of this.#watchers.values()) watcher.dispose();
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
    this.#watch('.', '.snapstage');
    if (state.kind === 'uninitialised') return;
    this.#watch('.snapstage', 'format');
    if (state.kind !== 'ready') return;
    this.#watch('.snapstage/snapshots', '*');
    this.#watch('.snapstage/journal', '*');
    if (this.#observed) await this.refreshChanges();
  }

  async #readState(): Promise<InstanceState> {
    // Without a store nothing is there to be read, and no engine needs to start for it.
    if (!(await this.#hasStore())) return { kind: 'uninitialised' };
    try {
      const budget = parseSize(setting('storage.budget', this.folder.uri));
      const [status, snapshots] = await Promise.all([
        this.engine.status({ changes: false, ...(budget && { budget }) }),
        this.engine.list(),
      ]);
      if (!status.initialized) return { kind: 'uninitialised' };
      const reference = referenceOf(snapshots, status.undo);
      // Until they are read again, the last known changes stand, unless they were against another snapshot.
      const before =
        this.#state.kind === 'ready' && this.#state.reference?.snapshot.id === reference?.snapshot.id ? this.#state : undefined;
      return { kind: 'ready', status, snapshots, reference, changes: before?.changes };
    } catch (error) {
      return { kind: 'failed', error: toSnapstageError(error) };
    }
  }

  async #readChanges(): Promise<void> {
    if (this.#state.kind !== 'ready') return;
    this.#changesStale = false;
    const { reference } = this.#state;
    const started = performance.now();
    const changes = reference && (await this.engine.changes({ a: reference.snapshot.id, limit: changesAtOnce }).catch(toSnapstageError));
    this.#lookMilliseconds = performance.now() - started;
    if (this.#disposed || this.#state.kind !== 'ready') return;
    // Meanwhile another snapshot may have become the reference; it is compared with next.
    if (this.#state.reference?.snapshot.id !== reference?.snapshot.id) return;
    const before = this.#state.changes;
    this.#state = { ...this.#state, changes };
    if (!isDeepStrictEqual(before, changes)) this.#changed.fire('changes');
  }

  /** One that can't be looked at is there. */
  async #hasStore(): Promise<boolean> {
    return vscode.workspace.fs.stat(vscode.Uri.joinPath(this.folder.uri, '.snapstage', 'format')).then(
      () => true,
      ({ code }: vscode.FileSystemError) => code !== 'FileNotFound' && code !== 'FileNotADirectory',
    );
  }

  /** Refreshes when something changes right in a folder, by other windows and programs too. */
  #watch(path: string, pattern: string): void {
    if (this.#watchers.has(path)) return;
    // A flat pattern on the folder itself: only such watchers are left alone by the user's `files.watcherExclude`.
    const watched = new vscode.RelativePattern(vscode.Uri.joinPath(this.folder.uri, path), pattern);
    const watcher = vscode.workspace.createFileSystemWatcher(watched);
    const refresh = (): void => void this.refresh();
    watcher.onDidCreate(refresh);
    watcher.onDidChange(refresh);
    watcher.onDidDelete(refresh);
    this.#watchers.set(path, watcher);
  }
}

/** How many changes since the reference there are, as far as they are known. */
export function changesIn({ state }: Instance): number {
  return state.kind !== 'ready' || !state.changes || state.changes instanceof SnapstageError ? 0 : numberOfChanges(state.changes.counts);
}

function showsSame(a: InstanceState, b: InstanceState): boolean {
  if (a.kind !== 'ready' || b.kind !== 'ready') return a.kind === b.kind && a.kind !== 'failed';
  // How many bytes are free is another number each time.
  const warned = (room: Status['room']): unknown => room?.warnings.map(({ kind }) => kind);
  const shown = ({ snapshots, reference, status: { undo, interrupted, room } }: typeof a): unknown => [
    snapshots,
    reference,
    undo,
    interrupted,
    room?.budget,
    warned(room),
  ];
  return isDeepStrictEqual(shown(a), shown(b)) && a.changes === b.changes;
}
