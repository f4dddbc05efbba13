import type { Host } from '../base/host.ts';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';

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

function parseOwner(bytes: Buffer | undefined): Owner | undefined {
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as Owner;
  } catch {
    return undefined;
  }
}

export interface Session extends Disposable {
  readonly name: string;
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
    const name = this.host.randomHex(16);
    const file = this.files.create(`${SESSIONS}/${name}`);
    file.append(Buffer.from(JSON.stringify(ownerOf(this.host))));
    file.close();
    return { name, [Symbol.dispose]: () => this.files.remove(`${SESSIONS}/${name}`) };
  }

  /** Names of the sessions that may still be at work, without `own`; those of ended processes are cleared away. */
  others(own: string): string[] {
    const alive: string[] = [];
    for (const name of this.files.list(SESSIONS)) {
      if (name === own) continue;
      const owner = parseOwner(this.files.read(`${SESSIONS}/${name}`));
      if (owner !== undefined && ownerState(owner, this.host) === 'gone') this.files.remove(`${SESSIONS}/${name}`);
      else alive.push(name);
    }
    return alive;
  }
}

const RELEASED = 'released';

/**
 * The exclusive lock of those who take away or rebuild: files numbered upward, each created exclusively; the highest one owns,
 * unless it says that it is released. Taking over a dead owner's creates the next number and removes nothing that
 * another could still rely on, so two take-overs can't both win.
 */
export class ExclusiveLock {
  private readonly files: StoreFiles;
  private readonly host: Host;

  constructor(files: StoreFiles, host: Host) {
    this.files = files;
    this.host = host;
  }

  /** @throws SnapstageError `busy` while somebody else holds it. */
  acquire(): Disposable & { check(): void } {
    for (;;) {
      const highest = this.highest();
      if (highest > 0) this.refuseIfHeld(highest);
      const mine = highest + 1;
      if (!this.tryCreate(mine)) continue;
      for (const name of this.files.list(LOCKS)) if (Number(name) < mine) this.files.remove(`${LOCKS}/${name}`);
      return {
        check: () => {
          if (this.highest() !== mine) throw new SnapstageError('busy', 'Another process took over the store’s lock.');
        },
        [Symbol.dispose]: () => {
          if (this.highest() === mine) this.files.write(`${LOCKS}/${mine}`, Buffer.from(RELEASED), false);
        },
      };
    }
  }

  private highest(): number {
    return Math.max(0, ...this.files.list(LOCKS).map(Number).filter(Number.isSafeInteger));
  }

  private refuseIfHeld(generation: number): void {
    const bytes = this.files.read(`${LOCKS}/${generation}`);
    if (bytes === undefined || bytes.toString() === RELEASED) return;
    const owner = parseOwner(bytes);
    if (owner !== undefined && ownerState(owner, this.host) === 'gone') return;
    throw new SnapstageError('busy', 'Another process is working on this store.', { ...owner });
  }

  private tryCreate(generation: number): boolean {
    try {
      const file = this.files.create(`${LOCKS}/${generation}`);
      file.append(Buffer.from(JSON.stringify(ownerOf(this.host))));
      file.close();
      return true;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false;
      throw error;
    }
  }
}
