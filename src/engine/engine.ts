import * as fs from 'node:fs';
import * as path from 'node:path';
import { SoloCrew, type CrewFor } from '../base/crew.ts';
import { isSystemError, SnapstageError, toSnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import type { CallOptions } from '../base/progress.ts';
import { Work } from '../base/work.ts';
import { diffLists, differences } from '../instance/diff.ts';
import { Journal } from '../instance/journal.ts';
import { Restorer, stateOf, touchedPaths, type RestoreOptions } from '../instance/restore.ts';
import { RestoreWorker } from '../instance/restoreWorker.ts';
import { findPaths, pathHistory } from '../instance/search.ts';
import { StatCache } from '../instance/statCache.ts';
import { currentKind, findSnapshot, readContent, readCurrent, Trees, type State } from '../instance/states.ts';
import { checkName, Taker } from '../instance/take.ts';
import { TakeWorker } from '../instance/takeWorker.ts';
import { Verifier } from '../instance/verify.ts';
import { heldAlone } from '../store/alone.ts';
import { compact } from '../store/compact.ts';
import { DiskFiles } from '../store/disk.ts';
import type { StoreFiles } from '../store/files.ts';
import { PACK_FOLDER, packFile } from '../store/pack.ts';
import type { Session } from '../store/sessions.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { Store, STORE_FOLDER } from '../store/store.ts';
import { tidy } from '../store/tidy.ts';
import { Kind, type TreeEntry } from '../store/tree.ts';
import { VerifyWorker } from '../store/verifyWorker.ts';
import type * as api from './api.ts';
import { diffOf, entryInfo, kindOf, restoreCounts, restoreItems, snapshotDetails, snapshotInfo } from './infos.ts';
import { nodeHost } from './nodeHost.ts';
import { ThreadPool } from './pool.ts';

const CURRENT = 'current';

export interface EngineOptions {
  /** Absolute path of the instance. */
  readonly folder: string;
  /** The store's files; tests hand in faulty ones. They are used in this thread, so such an engine starts no others. */
  readonly files?: StoreFiles;
}

/** An engine in this thread (its threads for large work aside). Makes nothing until asked. */
export function openEngine(options: EngineOptions): api.EngineApi {
  return new Engine(options);
}

interface Open {
  readonly store: Store;
  readonly session: Session;
  readonly work: Work;
}

class Engine implements api.EngineApi {
  private readonly folder: string;
  private readonly files: StoreFiles;
  private readonly host = nodeHost();
  private readonly cache = new StatCache();
  private readonly pool: ThreadPool | undefined;
  private readonly taker: Taker;
  private readonly restorer: Restorer;
  private disposed = false;

  constructor({ folder, files }: EngineOptions) {
    this.folder = path.resolve(folder);
    const store = path.join(this.folder, STORE_FOLDER);
    this.files = files ?? new DiskFiles(store);
    this.pool = files === undefined ? new ThreadPool(store) : undefined;
    const { files: own, host } = this;
    this.taker = new Taker(
      this.folder,
      this.cache,
      this.crews('take', () => new TakeWorker(own, host)),
    );
    this.restorer = new Restorer(
      this.folder,
      this.taker,
      this.crews('restore', () => new RestoreWorker(own)),
    );
  }

  private crews<W extends object>(kind: 'take' | 'restore' | 'verify', own: () => W): CrewFor<W> {
    return async (scale) => (scale === 'small' || this.pool === undefined ? new SoloCrew(own()) : this.pool.crew(kind, scale, own));
  }

  /** Runs an operation on the opened store, within a session. */
  private async open<T>(options: CallOptions | undefined, run: (open: Open) => T | Promise<T>): Promise<T> {
    if (this.disposed) throw new SnapstageError('bug', 'The engine was disposed.');
    const store = new Store(this.files, this.host);
    try {
      const session = store.begin();
      try {
        return await run({ store, session, work: new Work(options) });
      } finally {
        endQuietly(session);
      }
    } catch (error) {
      throw toSnapstageError(error);
    } finally {
      store.close();
    }
  }

  async init(options?: CallOptions): Promise<api.Status> {
    try {
      if (!fs.statSync(this.folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new SnapstageError('not-found', `There is no folder ${this.folder}.`, { folder: this.folder });
      }
      if (Store.exists(this.files)) throw new SnapstageError('exists', 'This folder is an instance already.', { folder: this.folder });
      Store.create(this.files);
    } catch (error) {
      throw toSnapstageError(error);
    }
    return this.status({ changes: false }, options);
  }

  async status(request: { readonly changes?: boolean } = {}, options?: CallOptions): Promise<api.Status> {
    const none = { folder: this.folder, snapshots: 0, latest: null, changes: null, undo: null, interrupted: null, storeBytes: 0 };
    try {
      if (!Store.exists(this.files)) return { ...none, initialized: false };
    } catch (error) {
      throw toSnapstageError(error);
    }
    return this.open(options, async ({ store, work }) => {
      const { snapshots } = store.snapshots.list();
      const latest = snapshots[0];
      const wantsChanges = request.changes !== false && latest !== undefined;
      return {
        folder: this.folder,
        initialized: true,
        snapshots: snapshots.length,
        latest: latest === undefined ? null : snapshotInfo(latest),
        changes: wantsChanges ? this.compare(stateOf(store, latest), await this.current(store, work), '') : null,
        undo: this.undoInfo(store, snapshots),
        interrupted: interruptedInfo(store),
        storeBytes: store.files.list(PACK_FOLDER).reduce((sum, pack) => sum + (store.files.size(packFile(pack)) ?? 0), 0),
      };
    });
  }

  private undoInfo(store: Store, snapshots: readonly StoredSnapshot[]): api.UndoInfo | null {
    const done = new Journal(store).done();
    const snapshot = snapshots.find(({ id }) => id === done?.target);
    const safety = snapshots.find(({ id }) => id === done?.safety);
    if (done === undefined || snapshot === undefined || safety === undefined) return null;
    return { snapshot: snapshotInfo(snapshot), safety: snapshotInfo(safety), paths: done.paths, at: done.at };
  }

  list(options?: CallOptions): Promise<readonly api.SnapshotInfo[]> {
    return this.open(options, ({ store }) => store.snapshots.list().snapshots.map(snapshotInfo));
  }

  take(request: api.TakeRequest, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open(options, async ({ store, session, work }) => {
      if (request.name !== undefined) checkName(request.name);
      const labels = { name: request.name ?? null, description: request.description ?? null, pinned: request.pin ?? false };
      const hint = request.hint?.map(parsePath);
      const { snapshot } = await this.taker.take(store, { kind: 'manual', labels, ...(hint === undefined ? {} : { hint }) }, work);
      if (hint === undefined && store.unfinished.length > 0) tidy(store, session);
      return snapshotDetails(snapshot);
    });
  }

  show(state: string, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open(options, ({ store }) => snapshotDetails(this.snapshot(store, state)));
  }

  edit(request: Parameters<api.EngineApi['edit']>[0], options?: CallOptions): Promise<api.SnapshotInfo> {
    return this.open(options, ({ store }) => {
      const snapshot = this.snapshot(store, request.state);
      if (typeof request.name === 'string') checkName(request.name);
      const labels = {
        name: request.name === undefined ? snapshot.labels.name : request.name,
        description: request.description === undefined ? snapshot.labels.description : request.description,
        pinned: request.pinned ?? snapshot.labels.pinned,
      };
      store.snapshots.setLabels(snapshot.id, labels);
      return snapshotInfo({ ...snapshot, labels });
    });
  }

  planDelete(states: readonly string[], options?: CallOptions): Promise<api.DeletePlan> {
    return this.open(options, ({ store }) => this.deletePlan(store, states));
  }

  private deletePlan(store: Store, states: readonly string[]): api.DeletePlan {
    const chosen = new Map(states.map((state) => this.snapshot(store, state)).map((snapshot) => [snapshot.id, snapshot]));
    const intent = new Journal(store).running();
    const blocked = [...chosen.values()].flatMap(({ id, labels }) => {
      if (labels.pinned) return [{ id, reason: 'it is pinned' }];
      if (intent !== undefined && (intent.target === id || intent.safety === id))
        return [{ id, reason: 'a restore that is not finished needs it' }];
      return [];
    });
    return { snapshots: [...chosen.values()].map(snapshotInfo), blocked };
  }

  delete(ids: readonly string[], options?: CallOptions): Promise<api.DeletePlan> {
    return this.open(options, ({ store }) => {
      const plan = this.deletePlan(store, ids);
      if (plan.blocked.length > 0) {
        throw new SnapstageError('refused', `Snapshot ${plan.blocked[0]!.id.slice(0, 8)} can’t be deleted: ${plan.blocked[0]!.reason}.`, {
          blocked: plan.blocked,
        });
      }
      for (const { id } of plan.snapshots) store.snapshots.remove(id);
      return plan;
    });
  }

  ls(request: Parameters<api.EngineApi['ls']>[0], options?: CallOptions): Promise<readonly api.EntryInfo[]> {
    return this.open(options, async ({ store, work }) => {
      const state = await this.state(store, request.state, work);
      const at = parsePath(request.path);
      const entry = state.trees.entry(state.root, at);
      if (at !== '' && entry === undefined) throw noPath(at, request.state);
      const info = (where: string, one: TreeEntry): api.EntryInfo =>
        entryInfo(where, one, one.kind === Kind.link ? this.linkTarget(store, state, where, one) : undefined);
      if (entry !== undefined && entry.kind !== Kind.folder) return [info(at, entry)];
      const folder = entry?.id ?? state.root;
      if (request.recursive === true) return [...state.trees.walk(folder, at)].map((found) => info(found.path, found.entry));
      return state.trees.get(folder).map((one) => info(at === '' ? one.name : `${at}/${one.name}`, one));
    });
  }

  private linkTarget(store: Store, state: State, where: string, entry: TreeEntry): string {
    return (state.id === CURRENT ? readCurrent(this.folder, where, Kind.link, 0, undefined) : readContent(store.reader, entry)).toString(
      'utf8',
    );
  }

  read(request: Parameters<api.EngineApi['read']>[0], options?: CallOptions): Promise<Uint8Array> {
    return this.open(options, async ({ store, work }) => {
      const at = parsePath(request.path);
      const offset = request.offset ?? 0;
      if (at === '') throw new SnapstageError('usage', 'The folder itself can’t be read.', { path: at });
      if (request.state === CURRENT) return readCurrent(this.folder, at, currentKind(this.folder, at), offset, request.length);
      const state = await this.state(store, request.state, work);
      const entry = state.trees.entry(state.root, at);
      if (entry === undefined) throw noPath(at, request.state);
      if (entry.kind === Kind.folder) throw new SnapstageError('usage', `“${at}” is a folder.`, { path: at });
      return readContent(store.reader, entry, offset, request.length);
    });
  }

  diff(request: Parameters<api.EngineApi['diff']>[0], options?: CallOptions): Promise<api.Diff> {
    return this.open(options, async ({ store, work }) => {
      const a = await this.state(store, request.a, work);
      const b = await this.state(store, request.b ?? CURRENT, work);
      return this.compare(a, b, parsePath(request.path ?? ''));
    });
  }

  private compare(a: State, b: State, at: string): api.Diff {
    const from = a.trees.entry(a.root, at);
    const to = b.trees.entry(b.root, at);
    if (at !== '' && from === undefined && to === undefined) throw noPath(at, a.id);
    if (at === '' || from?.kind === Kind.folder || to?.kind === Kind.folder) {
      const side = (state: State, entry: TreeEntry | undefined) => ({
        trees: state.trees,
        folder: at === '' ? state.root : entry?.kind === Kind.folder ? entry.id : undefined,
      });
      return diffOf(diffLists(differences(side(a, from), side(b, to), at)));
    }
    return diffOf(diffLists([{ path: at, from, to }]));
  }

  alone(state: string, options?: CallOptions): Promise<api.AloneReport> {
    return this.open(options, ({ store, work }) => heldAlone(store, this.snapshot(store, state).id, work));
  }

  find(request: { readonly pattern: string; readonly state?: string }, options?: CallOptions): Promise<readonly api.FoundPath[]> {
    return this.open(options, async ({ store, work }) => {
      const states =
        request.state === undefined
          ? [await this.current(store, work), ...store.snapshots.list().snapshots.map((snapshot) => stateOf(store, snapshot))]
          : [await this.state(store, request.state, work)];
      return findPaths(states, request.pattern).map((found) => ({ path: found.path, kind: kindOf(found.entry), states: found.states }));
    });
  }

  history(at: string, options?: CallOptions): Promise<readonly api.Version[]> {
    return this.open(options, async ({ store, work }) => {
      const parsed = parsePath(at);
      const states = [await this.current(store, work), ...store.snapshots.list().snapshots.map((snapshot) => stateOf(store, snapshot))];
      const versions = pathHistory(states, parsed);
      if (versions.length === 0) throw new SnapstageError('not-found', `No state has “${parsed}”.`, { path: parsed });
      return versions.map((version) => ({
        entry: version.entry === undefined ? null : entryInfo(parsed, version.entry),
        states: version.states.map((state) => state.id),
        since: version.states.at(-1)!.at,
      }));
    });
  }

  planRestore(request: api.RestoreRequest, options?: CallOptions): Promise<api.RestorePlan> {
    return this.open(options, ({ store, work }) => this.makePlan(store, this.restoreOptions(store, request), request, work));
  }

  private async makePlan(store: Store, restore: RestoreOptions, request: api.RestoreRequest, work: Work): Promise<api.RestorePlan> {
    const { steps, from } = await this.restorer.plan(store, restore, work);
    return { request, snapshot: snapshotInfo(restore.target), from, counts: restoreCounts(steps), items: restoreItems(steps) };
  }

  private restoreOptions(store: Store, request: api.RestoreRequest): RestoreOptions {
    return {
      target: this.snapshot(store, request.state),
      paths: (request.paths ?? []).map(parsePath).filter((one) => one !== ''),
      keepBoth: request.keepBoth ?? false,
      deleteAbsent: false,
      reason: 'before restore',
      ...(request.to === undefined ? {} : { to: path.resolve(request.to) }),
    };
  }

  executeRestore(plan: api.RestorePlan, options?: CallOptions): Promise<api.RestoreOutcome> {
    return this.open(options, (open) => {
      const restore = this.restoreOptions(open.store, { ...plan.request, state: plan.snapshot.id });
      return this.execute(open, { ...restore, expectedRoot: plan.from });
    });
  }

  restore(request: api.RestoreRequest, options?: CallOptions): Promise<api.RestoreOutcome> {
    return this.open(options, (open) => this.execute(open, this.restoreOptions(open.store, request)));
  }

  private async execute({ store, session, work }: Open, restore: RestoreOptions): Promise<api.RestoreOutcome> {
    const { to } = restore;
    if (to !== undefined) {
      const { steps, problems } = await this.restorer.restoreTo(store, { ...restore, to }, work);
      return { counts: restoreCounts(steps), items: restoreItems(steps), problems };
    }
    const lock = store.restoring.acquire(session);
    try {
      const { steps, problems, safety } = await this.restorer.restore(store, restore, work);
      return { counts: restoreCounts(steps), items: restoreItems(steps), problems, safety: snapshotInfo(safety) };
    } finally {
      lock[Symbol.dispose]();
    }
  }

  planUndo(options?: CallOptions): Promise<api.RestorePlan> {
    return this.open(options, ({ store, work }) => {
      const undo = this.undoOptions(store);
      return this.makePlan(store, undo, { state: undo.target.id, paths: undo.paths }, work);
    });
  }

  undo(options?: CallOptions): Promise<api.RestoreOutcome> {
    return this.open(options, (open) => this.execute(open, this.undoOptions(open.store)));
  }

  /** Puts back what the last restore touched, and nothing else. */
  private undoOptions(store: Store): RestoreOptions {
    const done = new Journal(store).done();
    const safety = done && store.snapshots.get(done.safety);
    if (done === undefined || safety === undefined)
      throw new SnapstageError('not-found', 'There is no restore to undo.', { reason: 'nothing-to-undo' });
    const target = store.snapshots.get(done.target);
    const options = { target: safety, paths: done.paths, keepBoth: false, deleteAbsent: true, reason: 'before undo' };
    if (target === undefined) return options;
    const touched = touchedPaths(store, safety, target, done.paths);
    const earlier = done.only && new Set(done.only);
    return { ...options, only: earlier === undefined ? touched : new Set([...touched].filter((at) => earlier.has(at))) };
  }

  recover(how: 'finish' | 'undo', options?: CallOptions): Promise<api.RestoreOutcome> {
    return this.open(options, (open) => {
      const { store } = open;
      const intent = new Journal(store).interrupted();
      if (intent === undefined) throw new SnapstageError('not-found', 'There is no interrupted restore.', { reason: 'nothing-to-recover' });
      const target = this.snapshot(store, how === 'finish' ? intent.target : intent.safety);
      const deleteAbsent = how === 'undo' || intent.deleteAbsent;
      const only = intent.only === undefined ? {} : { only: new Set(intent.only) };
      const restore = {
        target,
        paths: intent.paths,
        ...only,
        keepBoth: how === 'finish' && intent.keepBoth,
        deleteAbsent,
        reason: 'before recovery',
      };
      return this.execute(open, restore);
    });
  }

  clone(request: Parameters<api.EngineApi['clone']>[0], options?: CallOptions): Promise<api.CloneReport> {
    return this.open(options, async ({ store, work }) => {
      const to = path.resolve(request.to);
      if (fs.existsSync(to) && fs.readdirSync(to).length > 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
      const source = this.snapshot(store, request.state);
      const restore = this.restoreOptions(store, { state: source.id });
      const { problems } = await this.restorer.restoreTo(store, { ...restore, to }, work);
      try {
        if (problems.length > 0)
          throw new SnapstageError('io', `“${problems[0]!.path}” could not be written: ${problems[0]!.reason}.`, { problems });
        return await startClone(to, source, options);
      } catch (error) {
        fs.rmSync(to, { recursive: true, force: true });
        throw error;
      }
    });
  }

  verify(request: { readonly readData?: boolean } = {}, options?: CallOptions): Promise<api.VerifyReport> {
    return this.open(options, ({ store, session, work }) => {
      const crewFor = this.crews('verify', () => new VerifyWorker(this.files));
      return new Verifier({ store, session, cache: this.cache, taker: this.taker, crewFor, work }).run(request.readData ?? false);
    });
  }

  compact(options?: CallOptions): Promise<api.CompactReport> {
    return this.open(options, ({ store, session, work }) => compact(store, session, work));
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.pool?.stop();
  }

  private snapshot(store: Store, state: string): StoredSnapshot {
    const { snapshots, damaged } = store.snapshots.list();
    try {
      return findSnapshot(snapshots, state);
    } catch (error) {
      const broken = damaged.find((id) => state.length >= 4 && id.startsWith(state));
      if (broken === undefined) throw error;
      throw new SnapstageError('damaged', `Snapshot ${broken} is damaged.`, { part: `snapshots/${broken}` });
    }
  }

  private async state(store: Store, state: string, work: Work): Promise<State> {
    return state === CURRENT ? this.current(store, work) : stateOf(store, this.snapshot(store, state));
  }

  private async current(store: Store, work: Work): Promise<State> {
    const look = await this.taker.look(store, work);
    return { id: CURRENT, root: look.root, trees: new Trees(() => store.reader, look.trees), at: new Date(this.host.now()).toISOString() };
  }
}

/** Makes a folder that was filled from a snapshot an instance that starts with it. */
async function startClone(folder: string, source: StoredSnapshot, options: CallOptions | undefined): Promise<api.CloneReport> {
  const clone = new Engine({ folder });
  try {
    await clone.init();
    const snapshot = await clone.take({ name: source.labels.name ?? `clone of ${source.id.slice(0, 8)}` }, options);
    fs.utimesSync(folder, Number(source.record.rootMtime) / 1e9, Number(source.record.rootMtime) / 1e9);
    return { folder, files: snapshot.files, bytes: snapshot.bytes, snapshot };
  } finally {
    await clone.dispose();
  }
}

/** What the operation did, or why it failed, counts more than a session file left over: that one ends with this process. */
function endQuietly(session: Session): void {
  try {
    session[Symbol.dispose]();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function interruptedInfo(store: Store): api.InterruptedRestore | null {
  const intent = new Journal(store).interrupted();
  return intent === undefined ? null : { state: intent.target, paths: intent.paths, safety: intent.safety, at: intent.at };
}

function noPath(at: string, state: string): SnapstageError {
  return new SnapstageError('not-found', `There is no “${at}” in ${state}.`, { path: at, state });
}
