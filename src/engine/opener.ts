import * as os from 'node:os';
import * as path from 'node:path';
import { SoloCrew, type CrewFor } from '../base/crew.ts';
import { quietly, SnapstageError, toSnapstageError } from '../base/errors.ts';
import { cacheFolder, homeFolder } from '../base/home.ts';
import type { CallOptions } from '../base/progress.ts';
import { Work } from '../base/work.ts';
import { Restorer } from '../instance/restore.ts';
import { RestoreWorker } from '../instance/restoreWorker.ts';
import { StatCache } from '../instance/statCache.ts';
import { Taker } from '../instance/take.ts';
import { TakeWorker } from '../instance/takeWorker.ts';
import type { Keys } from '../space/hub/s3/signature.ts';
import { DiskFiles } from '../store/disk.ts';
import type { StoreFiles } from '../store/files.ts';
import type { Access } from '../store/format.ts';
import { tellDependants } from '../store/lending.ts';
import { Store, STORE_FOLDER } from '../store/store.ts';
import { UnsavedNotes } from '../store/unsaved.ts';
import { Gate } from './gate.ts';
import { nodeHost } from './nodeHost.ts';
import type { Open } from './open.ts';
import { ThreadPool } from './pool.ts';

export interface EngineOptions {
  /** Absolute path of the instance. */
  readonly folder: string;
  /** The store's files; tests hand in faulty ones. They are used in this thread, so such an engine starts no others. */
  readonly files?: StoreFiles;
  /** Absolute folder of what belongs to the user and to no workspace; absent: the one that the platform has for it. */
  readonly home?: string;
  /** Milliseconds for which another window that speaks in the Space is waited for; absent: long enough for a distant hub. */
  readonly patience?: number;
  /** Records after which a Master makes a checkpoint; absent: as is good for large Spaces. */
  readonly checkpointEvery?: number;
  readonly bucketKeys?: BucketKeys;
}

/**
 * Gives the keys that a person entered for a bucket (`https://s3.example.org/BUCKET`). Without them those of the environment and the
 * profiles are used.
 */
export type BucketKeys = (bucket: string) => Promise<Keys | undefined>;

/** What is of the user on this machine, and of no instance. */
export interface Machine {
  /** Absolute folder of the user's keys. */
  readonly keys: string;
  /** Absolute folder of what was fetched from hubs, and may be removed at any time. */
  readonly hubs: string;
  /** Milliseconds for which another window is waited for. */
  readonly patience?: number;
  readonly checkpointEvery?: number;
  readonly bucketKeys?: BucketKeys;
}

/** Opens the store of an instance for one operation after the other, with those who read and change its folder. */
export class Opener {
  protected readonly folder: string;
  protected readonly files: StoreFiles;
  protected readonly home: string;
  protected readonly machine: Machine;
  protected readonly host = nodeHost();
  protected readonly cache = new StatCache();
  private readonly gate = new Gate();
  private readonly pool: ThreadPool | undefined;
  protected readonly taker: Taker;
  private readonly restorer: Restorer;
  protected readonly unsaved: UnsavedNotes;
  private disposed = false;

  constructor({ folder, files, home: chosen, patience, checkpointEvery, bucketKeys }: EngineOptions) {
    const home = chosen ?? homeFolder(process.env, process.platform, os.homedir());
    const isOwnHome = chosen !== undefined || (process.env['SNAPSTAGE_HOME'] ?? '') !== '';
    this.folder = path.resolve(folder);
    this.home = home;
    this.machine = {
      keys: path.join(home, 'keys'),
      hubs: path.join(isOwnHome ? home : cacheFolder(process.env, process.platform, os.homedir()), 'hubs'),
      ...(patience === undefined ? {} : { patience }),
      ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
      ...(bucketKeys === undefined ? {} : { bucketKeys }),
    };
    const store = path.join(this.folder, STORE_FOLDER);
    this.files = files ?? new DiskFiles(store);
    this.pool = files === undefined ? new ThreadPool(store) : undefined;
    const { files: own, host } = this;
    this.taker = new Taker(
      this.folder,
      this.cache,
      this.crews('take', () => new TakeWorker(own, host)),
    );
    this.unsaved = new UnsavedNotes(own, host);
    this.restorer = new Restorer(
      this.folder,
      this.taker,
      this.crews('restore', () => new RestoreWorker(own)),
    );
  }

  protected crews<W extends object>(kind: 'take' | 'restore' | 'verify', own: () => W): CrewFor<W> {
    return async (scale) => (scale === 'small' || this.pool === undefined ? new SoloCrew(own()) : this.pool.crew(kind, scale, own));
  }

  /** Runs an operation on the opened store, within a session. */
  protected async open<T>(access: Access, options: CallOptions | undefined, run: (open: Open) => T | Promise<T>): Promise<T> {
    if (this.disposed) throw new SnapstageError('bug', 'The engine was disposed.');
    return this.gate.enter(() => this.run(access, options, run));
  }

  private async run<T>(access: Access, options: CallOptions | undefined, run: (open: Open) => T | Promise<T>): Promise<T> {
    const store = new Store(this.files, this.host);
    try {
      const session = store.begin(access);
      try {
        const { folder, taker, restorer, unsaved, gate } = this;
        const work = new Work(options, undefined, () => store.beat());
        if (access === 'write') tellDependants(this.files);
        return await run({ folder, store, session, work, taker, restorer, unsaved, alone: (action) => gate.alone(action) });
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

  async dispose(): Promise<void> {
    this.disposed = true;
    this.unsaved[Symbol.dispose]();
    await this.pool?.stop();
  }
}
