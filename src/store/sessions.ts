import type { Host } from '../base/host.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { idOf } from './ids.ts';

/** Who holds a session or a lock. */
export interface Owner {
  readonly pid: number;
  readonly processStart: string;
  readonly bootId: string;
  readonly hostName: string;
}

const SESSIONS = 'sessions';
const LOCKS = 'locks';

export function ownerOf(host: Host): Owner {
  return { pid: host.pid, processStart: host.processStart, bootId: host.bootId, hostName: host.hostName };
}

/** `gone`: certainly ended. `alive`: certainly not. `unknown`: of another machine or container, no way to tell from here. */
export function ownerState(owner: Owner, host: Host): 'alive' | 'gone' | 'unknown' {
  if (owner.hostName !== host.hostName) return 'unknown';
  if (owner.bootId !== host.bootId) return 'gone';
  return host.isAlive(owner.pid, owner.processStart) ? 'alive' : 'gone';
}

export interface Session extends Disposable {
  readonly name: string;
}

const SESSION_NAME = /^[0-9a-f]{32}\.(?<pid>\d+)\.(?<start>\w*)\.(?<boot>[0-9a-f]{16})\.(?<machine>[0-9a-f]{16})$/;

/** A session's owner is in its name: a file's name is there whole or not at all, its content may be cut off by a crash. */
function newSessionName(host: Host): string {
  return `${host.randomHex(16)}.${host.pid}.${host.processStart}.${shortHash(host.bootId)}.${shortHash(host.hostName)}`;
}

function shortHash(text: string): string {
  return idOf(Buffer.from(text)).toString('hex', 0, 8);
}

/** True for a session whose process has certainly ended. */
function isGone(name: string, host: Host): boolean {
  const { pid = '', start = '', boot, machine } = SESSION_NAME.exec(name)?.groups ?? {};
  if (machine !== shortHash(host.hostName)) return false;
  return boot !== shortHash(host.bootId) || !host.isAlive(Number(pid), start);
}

/**
 * Everyone at work on the store has a session: what was in the store when it began is not taken away while it lasts.
 */
export class Sessions {
  private readonly files: StoreFiles;
  private readonly host: Host;

  constructor(files: StoreFiles, host: Host) {
    this.files = files;
    this.host = host;
  }

  begin(): Session {
    const name = newSessionName(this.host);
    this.files.create(`${SESSIONS}/${name}`).close();
    return { name, [Symbol.dispose]: () => this.files.remove(`${SESSIONS}/${name}`) };
  }

  /** Names of the sessions that may still be at work, without `own`; those of ended processes are cleared away. */
  others(own: string): string[] {
    const alive: string[] = [];
    for (const name of this.files.list(SESSIONS)) {
      if (name === own || !SESSION_NAME.test(name)) continue;
      if (isGone(name, this.host)) this.files.remove(`${SESSIONS}/${name}`);
      else alive.push(name);
    }
    return alive;
  }
}

const RELEASED = 'released';

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
  acquire(session: Session): Disposable & { check(): void } {
    for (;;) {
      const highest = this.highest();
      if (highest > 0) this.refuseIfHeld(highest, session);
      const mine = highest + 1;
      if (!this.tryCreate(mine, session)) continue;
      if (this.highest() !== mine) {
        this.files.remove(`${this.folder}/${mine}`); // others came and went since the look, and one of them is ahead
        continue;
      }
      for (const name of this.files.list(this.folder)) if (Number(name) < mine) this.files.remove(`${this.folder}/${name}`);
      return {
        check: () => {
          if (this.highest() !== mine) throw new SnapstageError('busy', 'Another process took over the store’s lock.');
        },
        [Symbol.dispose]: () => this.release(mine),
      };
    }
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

  private refuseIfHeld(generation: number, own: Session): void {
    const holder = this.files.read(`${this.folder}/${generation}`)?.toString();
    if (holder === undefined || holder === RELEASED) return;
    const others = this.sessions.others(own.name);
    // A name cut off by a crash may be anybody's who is still there.
    const isHeld = SESSION_NAME.test(holder) ? holder === own.name || others.includes(holder) : others.length > 0;
    if (isHeld) throw new SnapstageError('busy', 'Another process is working on this store.', { session: holder });
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
