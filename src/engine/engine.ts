import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, SnapstageError, toSnapstageError } from '../base/errors.ts';
import { parsePath } from '../base/paths.ts';
import type { CallOptions } from '../base/progress.ts';
import { checkName } from '../instance/take.ts';
import { Verifier } from '../instance/verify.ts';
import { compact } from '../store/compact.ts';
import type { Access } from '../store/format.ts';
import { Store } from '../store/store.ts';
import { VerifyWorker } from '../store/verifyWorker.ts';
import type * as api from './api.ts';
import type * as applicationsApi from './applicationsApi.ts';
import type { AutomaticRequest } from './automaticApi.ts';
import * as cloning from './cloning.ts';
import * as configuring from './configuring.ts';
import type * as directApi from './directApi.ts';
import * as deleting from './deleting.ts';
import { snapshotDetails, snapshotInfo } from './infos.ts';
import * as linking from './linking.ts';
import type * as linksApi from './linksApi.ts';
import { namedSnapshot, type Open } from './open.ts';
import type { EngineOptions } from './opener.ts';
import { thisMachine } from './programs.ts';
import * as reading from './reading.ts';
import * as reclaiming from './reclaiming.ts';
import * as restoring from './restoring.ts';
import { statusOf } from './status.ts';
import * as storage from './storage.ts';
import * as taking from './taking.ts';
import * as thinning from './thinning.ts';
import { SpaceEngine } from './spaceEngine.ts';
import type * as storageApi from './storageApi.ts';
import { storedFolder } from './storedFolder.ts';
import * as transfer from './transfer.ts';
import type * as transferApi from './transferApi.ts';
import * as tables from './tables.ts';
import type * as tablesApi from './tablesApi.ts';

/** The parsers of other people's formats are loaded when they are first needed. */
const applications = () => import('./applications.ts');

/** An engine in this thread (its threads for large work aside). Makes nothing until asked. */
export function openEngine(options: EngineOptions): api.EngineApi {
  return new Engine(options);
}

class Engine extends SpaceEngine implements api.EngineApi {
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

  async status(request: Parameters<api.EngineApi['status']>[0] = {}, options?: CallOptions): Promise<api.Status> {
    const none = {
      folder: this.folder,
      snapshots: 0,
      latest: null,
      changes: null,
      undo: null,
      interrupted: null,
      storeBytes: 0,
      room: null,
    };
    try {
      if (!Store.exists(this.files)) return { ...none, initialized: false };
    } catch (error) {
      throw toSnapstageError(error);
    }
    return this.open('read', options, (open) => statusOf(open, request));
  }

  config(change: Parameters<api.EngineApi['config']>[0], options?: CallOptions): Promise<api.InstanceConfig> {
    const isChange = Object.keys(change).length > 0;
    return this.open(isChange ? 'write' : 'read', options, ({ store }) =>
      isChange ? configuring.choose(store, change) : configuring.chosen(store),
    );
  }

  list(options?: CallOptions): Promise<readonly api.SnapshotInfo[]> {
    return this.open('read', options, ({ store }) => store.snapshots.list().snapshots.map(snapshotInfo));
  }

  take(request: api.TakeRequest, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open('write', options, (open) => taking.take(open, request));
  }

  takeAutomatic(request: AutomaticRequest, options?: CallOptions): Promise<api.SnapshotDetails | null> {
    return this.open('write', options, (open) => taking.takeAutomatic(open, request));
  }

  show(state: string, options?: CallOptions): Promise<api.SnapshotDetails> {
    return this.open('read', options, ({ store }) => snapshotDetails(namedSnapshot(store, state)));
  }

  edit(request: Parameters<api.EngineApi['edit']>[0], options?: CallOptions): Promise<api.SnapshotInfo> {
    return this.open('write', options, ({ store }) => {
      const snapshot = namedSnapshot(store, request.state);
      if (typeof request.name === 'string') checkName(request.name);
      const labels = {
        ...snapshot.labels,
        name: request.name === undefined ? snapshot.labels.name : request.name,
        description: request.description === undefined ? snapshot.labels.description : request.description,
        pinned: request.pinned ?? snapshot.labels.pinned,
      };
      store.snapshots.setLabels(snapshot.id, labels);
      return snapshotInfo({ ...snapshot, labels });
    });
  }

  planDelete(states: readonly string[], options?: CallOptions): Promise<api.DeletePlan> {
    return this.open('read', options, (open) => deleting.planDelete(open, states));
  }

  delete(ids: readonly string[], options?: CallOptions): Promise<api.DeletePlan> {
    return this.open('write', options, (open) => deleting.deleteSnapshots(open, ids));
  }

  alone(state: string, options?: CallOptions): Promise<api.AloneReport> {
    return this.open('read', options, (open) => storage.alone(open, state));
  }

  storage(options?: CallOptions): Promise<storageApi.StorageReport> {
    return this.open('read', options, (open) => storage.storage(open));
  }

  storedFolder(request: storageApi.StoredFolderRequest, options?: CallOptions): Promise<storageApi.StoredFolder> {
    return this.open('read', options, (open) => storedFolder(open, request));
  }

  forecastDelete(states: readonly string[], options?: CallOptions): Promise<storageApi.DeleteForecast> {
    return this.open('read', options, (open) => storage.forecastDelete(open, states));
  }

  why(at: string, options?: CallOptions): Promise<storageApi.WhyReport> {
    return this.open('read', options, (open) => storage.why(open, at));
  }

  planReclaim(request: storageApi.ReclaimRequest, options?: CallOptions): Promise<storageApi.ReclaimPlan> {
    return this.open('read', options, (open) => reclaiming.planReclaim(open, request));
  }

  planThin(request: storageApi.ThinRequest, options?: CallOptions): Promise<storageApi.ThinPlan> {
    return this.open('read', options, (open) => thinning.planThin(open, request));
  }

  thin(plan: Pick<storageApi.ThinPlan, 'snapshots'>, options?: CallOptions): Promise<api.DeletePlan> {
    return this.open('write', options, (open) => thinning.thin(open, plan));
  }

  reclaim(plan: storageApi.PlannedReclaim, options?: CallOptions): Promise<storageApi.ReclaimOutcome> {
    return this.open('write', options, (open) => reclaiming.reclaim(open, plan));
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

  clone(request: api.CloneRequest, options?: CallOptions): Promise<api.CloneReport> {
    return this.open(request.linked === true ? 'write' : 'read', options, (open) =>
      cloning.clone(open, request, async (folder, run) => {
        const child = new Engine({ folder });
        try {
          await child.init();
          return await child.open('write', options, run);
        } finally {
          await child.dispose();
        }
      }),
    );
  }

  links(options?: CallOptions): Promise<linksApi.Links> {
    return this.open('read', options, (open) => linking.links(open));
  }

  detach(options?: CallOptions): Promise<linksApi.DetachReport> {
    return this.open('write', options, (open) => linking.detach(open));
  }

  relink({ parent }: Parameters<api.EngineApi['relink']>[0], options?: CallOptions): Promise<linksApi.Links> {
    return this.open('write', options, async (own) => {
      const other = new Engine({ folder: path.resolve(parent) });
      try {
        return await other.open('write', options, (open) => linking.relink(own, open));
      } finally {
        await other.dispose();
      }
    });
  }

  forget({ dependant }: Parameters<api.EngineApi['forget']>[0], options?: CallOptions): Promise<linksApi.Links> {
    return this.open('write', options, (open) => linking.forget(open, dependant));
  }

  applications(request: Parameters<api.EngineApi['applications']>[0], options?: CallOptions): Promise<applicationsApi.ApplicationList> {
    return this.open('read', options, async (open) => (await applications()).applications(open, request));
  }

  checkApplications(
    request: Parameters<api.EngineApi['checkApplications']>[0],
    options?: CallOptions,
  ): Promise<applicationsApi.ApplicationsCheck> {
    const machine = thisMachine({ instance: this.folder, env: process.env, platform: process.platform });
    return this.open('read', options, async (open) => (await applications()).check(open, request, machine));
  }

  planRecreate(request: Parameters<api.EngineApi['planRecreate']>[0], options?: CallOptions): Promise<applicationsApi.RecreatePlan> {
    return this.open('read', options, async (open) => (await applications()).recreate(open, request));
  }

  exportSnapshot(request: transferApi.ExportRequest, options?: CallOptions): Promise<transferApi.ExportReport> {
    return this.open('read', options, (open) => transfer.exportSnapshot(open, request));
  }

  planImport(request: transferApi.ImportRequest, options?: CallOptions): Promise<transferApi.TransferPlan> {
    return this.open('read', options, (open) => transfer.planImport(open, request));
  }

  importSnapshot(request: transferApi.ImportRequest, options?: CallOptions): Promise<transferApi.TransferReport> {
    return this.open('write', options, (open) => transfer.importSnapshot(open, request));
  }

  planCopy(request: transferApi.CopyRequest, options?: CallOptions): Promise<transferApi.CopyPlan> {
    return this.withOther(request, options, 'read', transfer.planCopy);
  }

  copySnapshot(request: transferApi.CopyRequest, options?: CallOptions): Promise<transferApi.TransferReport> {
    return this.withOther(request, options, 'write', transfer.copySnapshot);
  }

  /** Runs an operation on this store, which is only read, and on another instance's. */
  private withOther<T>(
    request: transferApi.CopyRequest,
    options: CallOptions | undefined,
    access: Access,
    run: (own: Open, other: Open, request: transferApi.CopyRequest) => T | Promise<T>,
  ): Promise<T> {
    return this.open('read', options, async (own) => {
      const folder = path.resolve(request.to);
      const other = new Engine({ folder });
      try {
        if (!Store.exists(other.files)) {
          if (request.init !== true || access === 'read') throw transfer.noInstance(folder);
          namedSnapshot(own.store, request.state); // before anything is made
          fs.mkdirSync(folder, { recursive: true });
          await other.init();
        }
        return await other.open(access, options, (open) => run(own, open, request));
      } finally {
        await other.dispose();
      }
    });
  }

  tables(request: Parameters<api.EngineApi['tables']>[0], options?: CallOptions): Promise<readonly tablesApi.DatabaseInfo[]> {
    return this.open('read', options, (open) => tables.tables(open, request));
  }

  tableRows(request: Parameters<api.EngineApi['tableRows']>[0], options?: CallOptions): Promise<tablesApi.TableRows> {
    return this.open('read', options, (open) => tables.tableRows(open, request));
  }

  diffTable(request: Parameters<api.EngineApi['diffTable']>[0], options?: CallOptions): Promise<tablesApi.TableDiff> {
    return this.open('read', options, (open) => tables.diffTable(open, request));
  }

  planTableRestore(request: tablesApi.TableRestoreRequest, options?: CallOptions): Promise<tablesApi.TableRestorePlan> {
    return this.open('read', options, (open) => tables.planRestore(open, request));
  }

  executeTableRestore(plan: tablesApi.PlannedTableRestore, options?: CallOptions): Promise<tablesApi.TableRestoreOutcome> {
    return this.open('write', options, (open) => tables.executeRestore(open, plan));
  }

  restoreTable(request: tablesApi.TableRestoreRequest, options?: CallOptions): Promise<tablesApi.TableRestoreOutcome> {
    return this.open('write', options, (open) => tables.restoreNow(open, request));
  }

  verify(request: { readonly readData?: boolean } = {}, options?: CallOptions): Promise<api.VerifyReport> {
    return this.open('heal', options, async ({ store, session, work }) => {
      const crewFor = this.crews('verify', () => new VerifyWorker(this.files));
      const report = await new Verifier({ store, session, cache: this.cache, taker: this.taker, crewFor, work }).run(
        request.readData ?? false,
      );
      const { stageDamage } = await import('./stageDamage.ts');
      return { ...report, damage: [...report.damage, ...stageDamage(store.files)] };
    });
  }

  async noteUnsaved({ unsaved }: Parameters<api.EngineApi['noteUnsaved']>[0]): Promise<void> {
    if (Store.exists(this.files)) this.unsaved.note(unsaved.map(parsePath));
  }

  async deliverDirectly(options?: CallOptions): Promise<readonly directApi.DirectDelivery[]> {
    const targets = await this.directTargets(options);
    const { deliverDirectly } = await import('./direct.ts');
    return deliverDirectly(targets, (folder) => new Engine({ folder, home: this.home, patience: 0 }), options);
  }

  compact(options?: CallOptions): Promise<api.CompactReport> {
    return this.open('write', options, ({ store, session, work }) => compact(store, session, work));
  }
}

/** Another folder can be filled from a store that may not be written to. */
function accessFor(restore: api.RestoreRequest): Access {
  return restore.to === undefined ? 'write' : 'read';
}
