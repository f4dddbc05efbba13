import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../base/host.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import type { StoreFiles, WritableStoreFile } from './files.ts';
import { BEAT_MS, Heartbeats } from './heartbeats.ts';
import { idOf } from './ids.ts';

const SESSIONS = 'sessions';
/** Between two looks at a lock. */
const RETRY_MS = 10;
const LOCKS = 'locks';
const BEAT = Buffer.from('.');

const SESSION_NAME = /^[0-9a-f]{32}\.(?<pid>\d+)\.(?<start>\w*)\.(?<boot>[0-9a-f]{16})\.(?<machine>[0-9a-f]{16})$/;

/** A session's owner is in its name: a file's name is there whole or not at all, its content may be cut off by a crash. */
function newSessionName(host: Host): string {
  return `${host.randomHex(16)}.${host.pid}.${host.processStart}.${shortHash(host.bootId)}.${shortHash(host.hostName)}`;
}

function shortHash(text: string): string {
  return idOf(Buffer.from(text)).toString('hex', 0, 8);
}

/** Who is at work on the store, while it lasts: what was in the store when it began is not taken away. */
export class Session implements Disposable {
  readonly name: string;
  private readonly path: string;
  private readonly files: StoreFiles;
  private readonly host: Host;
  private readonly file: WritableStoreFile;
  private readonly timer: Disposable;
  private last: number;

  /** `folder` is of the store; `said` stands at the beginning of the session's file. */
  constructor(files: StoreFiles, host: Host, folder: string, said: Buffer) {
    this.name = newSessionName(host);
    this.path = `${folder}/${this.name}`;
    this.files = files;
    this.host = host;
    this.file = files.create(this.path);
    if (said.length > 0) this.file.append(said);
    this.last = host.now();
    this.timer = host.every(BEAT_MS, () => this.beat());
  }

  /** Lets other machines see that it lasts. A timer does; long work that holds up this thread calls it now and then. */
  beat(): void {
    const now = this.host.now();
    if (Math.abs(now - this.last) < BEAT_MS / 2) return;
    this.last = now;
    try {
      this.file.append(BEAT);
    } catch (error) {
      if (!isSystemError(error)) throw error; // a full disk, say: at worst the session is taken for ended, which `check` finds
    }
  }

  /** False once others took it for ended. */
  lasts(): boolean {
    return this.files.size(this.path) !== undefined;
  }

  /** @throws SnapstageError `busy` when others took it for ended: what it relied on may be gone. */
  check(): void {
    if (this.lasts()) return;
    throw new SnapstageError(
      'busy',
      'This was interrupted for so long (a computer asleep, say) that others went on with the store without it. Nothing was changed; try again.',
      { session: this.name },
    );
  }

  [Symbol.dispose](): void {
    this.timer[Symbol.dispose]();
    this.file.close();
    this.files.remove(this.path);
  }
}

/** Everyone at work on the store. */
export class Sessions {
  private readonly files: StoreFiles;
  private readonly host: Host;
  private readonly folder: string;
  private readonly heartbeats: Heartbeats;

  /** `folder` of the store holds their files: those of each kind of session have one. */
  constructor(files: StoreFiles, host: Host, folder: string = SESSIONS) {
    this.files = files;
    this.host = host;
    this.folder = folder;
    const watcher = shortHash(host.hostName);
    this.heartbeats = new Heartbeats(files, host, folder === SESSIONS ? watcher : `${folder}-${watcher}`);
  }

  /** `said` is for others to read, at the beginning of the session's file. */
  begin(said: Buffer = Buffer.alloc(0)): Session {
    return new Session(this.files, this.host, this.folder, said);
  }

  /** Names of the sessions that may still be at work, without `own`; those that have ended are cleared away. */
  others(own: string): string[] {
    const fileOf = (name: string): string => `${this.folder}/${name}`;
    const names = this.files.list(this.folder).filter((name) => name !== own && SESSION_NAME.test(name));
    const known = new Map(names.map((name) => [name, this.isAlive(name)]));
    const silent = this.heartbeats.silent(names.filter((name) => known.get(name) === undefined).map(fileOf));
    return names.filter((name) => {
      if (known.get(name) ?? !silent.has(fileOf(name))) return true;
      this.files.remove(fileOf(name));
      return false;
    });
  }

  /** True for a session that may still be at work. */
  has(name: string): boolean {
    return this.others('').includes(name);
  }

  /** True for a session of this machine, at work or ended. */
  isOfThisMachine(name: string): boolean {
    return SESSION_NAME.exec(name)?.groups?.['machine'] === shortHash(this.host.hostName);
  }

  /**
   * Whether its process lives; `undefined` where only its heartbeat can tell: on another machine or in another container, in this
   * process, of which a thread may have ended, and where the system does not tell when a process started: its number may be
   * another's by now. Where it does not, the boot's id is an estimate that may change while the machine runs, and proves nothing.
   */
  private isAlive(name: string): boolean | undefined {
    const { pid = '', start = '', boot, machine } = SESSION_NAME.exec(name)?.groups ?? {};
    if (machine !== shortHash(this.host.hostName)) return undefined;
    const isTold = start !== '';
    if ((isTold && boot !== shortHash(this.host.bootId)) || !this.host.isAlive(Number(pid), start)) return false;
    return isTold && Number(pid) !== this.host.pid ? true : undefined;
  }
}

const RELEASED = 'released';

export interface Lock extends Disposable {
  /** @throws SnapstageError `busy` when it, or the session it was taken in, is another's by now. */
  check(): void;
}

/**
 * The exclusive lock of those who take away or rebuild: files numbered upward, each created exclusively and naming a
 * session; the highest one owns while that session lasts, unless it says that it is released. Taking over a dead owner's
 * creates the next number and removes nothing that another could still rely on, so two take-overs can't both win.
 */
export class ExclusiveLock {
  private readonly files: StoreFiles;
  private readonly sessions: Sessions;
  private readonly folder: string;

  /** `folder` holds the lock's files: one for each thing that can be locked. */
  constructor(files: StoreFiles, sessions: Sessions, folder: string = LOCKS) {
    this.files = files;
    this.sessions = sessions;
    this.folder = folder;
  }

  /** Held until it is disposed of, or at the latest until the session ends. @throws SnapstageError `busy` while somebody else holds it. */
  acquire(session: Session): Lock {
    for (;;) {
      const highest = this.highest();
      const holder = this.holder(highest, session);
      if (holder !== undefined) throw new SnapstageError('busy', 'Another process is working on this store.', { session: holder });
      const mine = highest + 1;
      if (!this.tryCreate(mine, session)) continue;
      if (this.highest() !== mine) {
        this.files.remove(`${this.folder}/${mine}`); // others came and went since the look, and one of them is ahead
        continue;
      }
      for (const name of this.files.list(this.folder)) if (Number(name) < mine) this.files.remove(`${this.folder}/${name}`);
      return {
        check: () => {
          session.check();
          if (this.highest() !== mine) throw new SnapstageError('busy', 'Another process took over the store’s lock.');
        },
        [Symbol.dispose]: () => this.release(mine),
      };
    }
  }

  /**
   * As `acquire`, but waits for who holds it, up to so many milliseconds. `check` is called meanwhile, and may throw.
   * @throws SnapstageError `busy` after that.
   */
  async acquireSoon(session: Session, ms: number, check: () => void = () => undefined): Promise<Lock> {
    for (let waited = 0; ; waited += RETRY_MS) {
      try {
        return this.acquire(session);
      } catch (error) {
        if (!(error instanceof SnapstageError) || error.code !== 'busy' || waited >= ms) throw error;
      }
      check();
      await sleep(RETRY_MS);
    }
  }

  /** True while somebody holds it. */
  isHeld(own: Session): boolean {
    return this.holder(this.highest(), own) !== undefined;
  }

  private release(mine: number): void {
    try {
      if (this.highest() === mine) this.files.write(`${this.folder}/${mine}`, Buffer.from(RELEASED), false);
    } catch (error) {
      if (!isSystemError(error)) throw error; // a full disk, say: the lock ends with the session
    }
  }

  private highest(): number {
    return Math.max(0, ...this.files.list(this.folder).map(Number).filter(Number.isSafeInteger));
  }

  /** The session that holds this generation, if it is one that may still be at work. */
  private holder(generation: number, own: Session): string | undefined {
    const holder = this.files.read(`${this.folder}/${generation}`)?.toString();
    if (holder === undefined || holder === RELEASED) return undefined;
    const others = this.sessions.others(own.name);
    // A name cut off by a crash may be anybody's who is still there.
    const isHeld = SESSION_NAME.test(holder) ? holder === own.name || others.includes(holder) : others.length > 0;
    return isHeld ? holder : undefined;
  }

  private tryCreate(generation: number, session: Session): boolean {
    try {
      const file = this.files.create(`${this.folder}/${generation}`);
      file.append(Buffer.from(session.name));
      file.close();
      return true;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false;
      throw error;
    }
  }
}
