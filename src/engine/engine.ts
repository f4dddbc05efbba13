import * as fs from 'node:fs';
import * as path from 'node:path';
import { SoloCrew, type CrewFor } from '../base/crew.ts';
import { isSystemError, quietly, SnapstageError, toSnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import type { CallOptions } from '../base/progress.ts';
import { Work } from '../base/work.ts';
import { ExactTimes } from '../instance/exactTimes.ts';
import { Journal } from '../instance/journal.ts';
import { Restorer, stateOf } from '../instance/restore.ts';
import { RestoreWorker } from '../instance/restoreWorker.ts';
import { StatCache } from '../instance/statCache.ts';
import { checkName, Taker } from '../instance/take.ts';
import { TakeWorker } from '../instance/takeWorker.ts';
import { Verifier } from '../instance/verify.ts';
import { heldAlone } from '../store/alone.ts';
import { compact } from '../store/compact.ts';
import { DiskFiles } from '../store/disk.ts';
import { changeConfig, readConfig } from '../store/config.ts';
import type { StoreFiles } from '../store/files.ts';
import type { Access } from '../store/format.ts';
import { PACK_FOLDER, packFile } from '../store/pack.ts';
import type { Session } from '../store/sessions.ts';
import { NO_LABELS, type StoredSnapshot } from '../store/snapshots.ts';
import { Store, STORE_FOLDER } from '../store/store.ts';
import { tidy } from '../store/tidy.ts';
import { VerifyWorker } from '../store/verifyWorker.ts';
import type * as api from './api.ts';
import { diffOf, snapshotDetails, snapshotInfo } from './infos.ts';
import { nodeHost } from './nodeHost.ts';
import { currentState, namedSnapshot, namedSnapshots, type Open } from './open.ts';
import { ThreadPool } from './pool.ts';
import * as reading from './reading.ts';
import * as restoring from './restoring.ts';

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
  private async open<T>(access: Access, options: CallOptions | undefined, run: (open: Open) => T | Promise<T>): Promise<T> {
    if (this.disposed) throw new SnapstageError('bug', 'The engine was disposed.');
    const store = new Store(this.files, this.host);
    try {
      const session = store.begin(access);
      try {
        const { folder, taker, restorer } = this;
        const work = new Work(options, undefined, () => session.beat());
        return await run({ folder, store, session, work, taker, restorer });
      } catch (error) {
        // What others took away meanwhile is no damage.
        if (error instanceof SnapstageError && error.code === 'damaged') session.check();
        throw error;
      } finally {
        // What was done, or why it failed, counts more than a session file left over: that one ends with this process.
        quietly(() => session[Symbol.dispose]());
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
      if (isSystemError(error, 'EEXIST'))
        throw new SnapstageError('exists', `${error.path} is not a folder. Move it away and try again.`, { path: error.path }, error);
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
    return this.open('read', options, async (open) => {
      const { store } = open;
      const { snapshots } = store.snapshots.list();
      const latest = snapshots[0];
      const wantsChanges = request.changes !== false && latest !== undefined;
      return {
        folder: this.folder,
        initialized: true,
        snapshots: snapshots.length,
        latest: latest === undefined ? null : snapshotInfo(latest),
        changes: wantsChanges ? diffOf(reading.compare(stateOf(store, latest), await currentState(open), '')) : null,
        undo: restoring.undoInfo(store, snapshots),
        interrupted: restoring.interruptedInfo(store),
        storeBytes: store.files.list(PACK_FOLDER).reduce((sum, pack) => sum + (store.files.size(packFile(pack)) ?? 0), 0),
      };
    });
  }

  config(change: Parameters<api.EngineApi['config']>[0], options?: CallOptions): Promise<api.InstanceConfig> {
    const isChange = Object.keys(change).length > 0;
    return this.open(isChange ? 'write' : 'read', options, ({ store }) => {
      if (!isChange) return readConfig(store.files);
      const { compression } = change;
      return changeConfig(store.files, { compression: compression ?? undefined });
    });
  }

  list(options?: CallOptions): Promise<readonly api.SnapshotInfo[]> {
    return this.open('read', options, ({ store }) => store.snapshots.list().snapshots.map(snapshotInfo));
  }

  take(request: api.TakeRequest, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open('write', options, async ({ store, session, work }) => {
      if (request.name !== undefined) checkName(request.name);
      const labels = { name: request.name ?? null, description: request.description ?? null, pinned: request.pin ?? false };
      const hint = request.hint?.map(parsePath);
      const { snapshot } = await this.taker.take(store, { kind: 'manual', labels, ...(hint === undefined ? {} : { hint }) }, work);
      if (hint === undefined && store.unfinished.length > 0) tidy(store, session);
      return snapshotDetails(snapshot);
    });
  }

  show(state: string, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open('read', options, ({ store }) => snapshotDetails(namedSnapshot(store, state)));
  }

  edit(request: Parameters<api.EngineApi['edit']>[0], options?: CallOptions): Promise<api.SnapshotInfo> {
    return this.open('write', options, ({ store }) => {
      const snapshot = namedSnapshot(store, request.state);
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
    return this.open('read', options, ({ store, session }) => deletePlan(store, session, states));
  }

  delete(ids: readonly string[], options?: CallOptions): Promise<api.DeletePlan> {
    return this.open('write', options, async ({ store, session, work }) => {
      const plan = deletePlan(store, session, ids);
      if (plan.blocked.length > 0) {
        throw new SnapstageError('refused', `Snapshot ${plan.blocked[0]!.id.slice(0, 8)} can’t be deleted: ${plan.blocked[0]!.reason}.`, {
          blocked: plan.blocked,
        });
      }
      work.begin('delete', plan.snapshots.length);
      for (const { id } of plan.snapshots) {
        await work.pause();
        store.snapshots.remove(id);
        work.advance(1, 0);
      }
      return plan;
    });
  }

  alone(state: string, options?: CallOptions): Promise<api.AloneReport> {
    return this.open('read', options, ({ store, work }) => heldAlone(store, namedSnapshot(store, state).id, work));
  }

  ls(request: Parameters<api.EngineApi['ls']>[0], options?: CallOptions): Promise<readonly api.EntryInfo[]> {
    return this.open('read', options, (open) => reading.ls(open, request));
  }

  read(request: Parameters<api.EngineApi['read']>[0], options?: CallOptions): Promise<Uint8Array> {
    return this.open('read', options, (open) => reading.read(open, request));
  }

  diff(request: Parameters<api.EngineApi['diff']>[0], options?: CallOptions): Promise<api.Diff> {
    return this.open('read', options, (open) => reading.diff(open, request));
  }

  changes(request: Parameters<api.EngineApi['changes']>[0], options?: CallOptions): Promise<api.Changes> {
    return this.open('read', options, (open) => reading.changes(open, request));
  }

  find(request: Parameters<api.EngineApi['find']>[0], options?: CallOptions): Promise<api.FoundPaths> {
    return this.open('read', options, (open) => reading.find(open, request));
  }

  history(at: string, options?: CallOptions): Promise<readonly api.Version[]> {
    return this.open('read', options, (open) => reading.history(open, at));
  }

  planRestore(request: api.RestoreRequest, options?: api.RestoreCall): Promise<api.RestorePlan> {
    return this.open('read', options, (open) => restoring.planRestore(open, request, options));
  }

  executeRestore(plan: api.PlannedRestore, options?: api.RestoreCall): Promise<api.RestoreOutcome> {
    return this.open(accessFor(plan.request), options, (open) => restoring.executeRestore(open, plan, options));
  }

  restore(request: api.RestoreRequest, options?: api.RestoreCall): Promise<api.RestoreOutcome> {
    return this.open(accessFor(request), options, (open) => restoring.restore(open, request, options));
  }

  planUndo(options?: api.RestoreCall): Promise<api.RestorePlan> {
    return this.open('read', options, (open) => restoring.planUndo(open, options));
  }

  undo(options?: api.RestoreCall): Promise<api.RestoreOutcome> {
    return this.open('write', options, (open) => restoring.undo(open, options));
  }

  recover(how: 'finish' | 'undo', options?: api.RestoreCall): Promise<api.RestoreOutcome> {
    return this.open('write', options, (open) => restoring.recover(open, how, options));
  }

  clone(request: Parameters<api.EngineApi['clone']>[0], options?: CallOptions): Promise<api.CloneReport> {
    return this.open('read', options, async ({ store, session, work }) => {
      const to = path.resolve(request.to);
      if (fs.existsSync(to) && fs.readdirSync(to).length > 0) throw new SnapstageError('exists', `${to} is not empty.`, { folder: to });
      const source = namedSnapshot(store, request.state);
      const restore = restoring.restoreOptions(store, { state: source.id });
      let made: api.CloneReport | undefined;
      await this.restorer.restoreTo(store, session, { ...restore, to }, work, async (folder, problems) => {
        if (problems.length > 0)
          throw new SnapstageError('io', `“${problems[0]!.path}” could not be written: ${problems[0]!.reason}.`, { problems });
        const clone = new Engine({ folder });
        try {
          made = await clone.startAs(source, options);
        } finally {
          await clone.dispose();
        }
      });
      return { ...made!, folder: to };
    });
  }

  /** Makes the folder, which was filled from a snapshot of another instance, one that starts with it. */
  private async startAs(source: StoredSnapshot, options: CallOptions | undefined): Promise<api.CloneReport> {
    await this.init();
    await setFolderTime(this.folder, BigInt(source.record.rootMtime));
    return this.open('write', options, async ({ folder, store, work }) => {
      const labels = { ...NO_LABELS, name: source.labels.name ?? `clone of ${source.id.slice(0, 8)}` };
      const { snapshot } = await this.taker.take(store, { kind: 'manual', labels, origin: source.record }, work);
      return { folder, files: snapshot.record.files, bytes: snapshot.record.bytes, snapshot: snapshotInfo(snapshot) };
    });
  }

  verify(request: { readonly readData?: boolean } = {}, options?: CallOptions): Promise<api.VerifyReport> {
    return this.open('heal', options, ({ store, session, work }) => {
      const crewFor = this.crews('verify', () => new VerifyWorker(this.files));
      return new Verifier({ store, session, cache: this.cache, taker: this.taker, crewFor, work }).run(request.readData ?? false);
    });
  }

  compact(options?: CallOptions): Promise<api.CompactReport> {
    return this.open('write', options, ({ store, session, work }) => compact(store, session, work));
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.pool?.stop();
  }
}

/** Another folder can be filled from a store that may not be written to. */
function accessFor(restore: api.RestoreRequest): Access {
  return restore.to === undefined ? 'write' : 'read';
}

function deletePlan(store: Store, session: Session, states: readonly string[]): api.DeletePlan {
  const chosen = new Map(namedSnapshots(store, states).map((snapshot) => [snapshot.id, snapshot]));
  // In this order: whoever saw the snapshot of a restore sees that it runs, or, later, its intent.
  const isRestoring = store.restoring.isHeld(session);
  const intent = new Journal(store).running();
  const blocked = [...chosen.values()].flatMap(({ id, record, labels }) => {
    if (labels.pinned) return [{ id, reason: 'it is pinned' }];
    const isSafety = isRestoring && record.kind === 'automatic';
    if (isSafety || intent?.target === id || intent?.safety === id) return [{ id, reason: 'a restore that is not finished needs it' }];
    return [];
  });
  return { snapshots: [...chosen.values()].map(snapshotInfo), blocked };
}

/** To the nanosecond where the system can. */
async function setFolderTime(folder: string, mtime: bigint): Promise<void> {
  const seconds = Number(mtime) / 1e9;
  fs.utimesSync(folder, seconds, seconds);
  const times = new ExactTimes();
  times.set(folder, mtime);
  await times.close();
}
