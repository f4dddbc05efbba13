import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, quietly, SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { DiskFiles } from '../../store/disk.ts';
import type { StoreFiles } from '../../store/files.ts';
import { ExclusiveLock, Sessions, type Lock, type Session } from '../../store/sessions.ts';
import { boxKey } from '../crypto/hpke.ts';
import { signingKey } from '../crypto/signing.ts';
import { patiently } from '../hub/plainFiles.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import type { KnownSecret } from '../records/membership.ts';
import type { Head } from '../records/shapes.ts';
import { decodeKeyring, encodeKeyring, type InstanceEntry, type KeyringContent } from './keyringFile.ts';
import type { KeyPairs } from './keyPairs.ts';

/** What an instance needs to speak and to read in a Space. */
export interface InstanceKeys {
  readonly space: string;
  readonly log: string;
  readonly pairs: KeyPairs;
  /** Where the instance was when it was last used. */
  readonly folder: string;
  readonly secrets: readonly KnownSecret[];
  /** The newest record of each log that was ever seen here, by the log's id. */
  readonly heads: Readonly<Record<string, Head>>;
}

/** The private halves: 32 random bytes each. */
export interface InstanceSeeds {
  readonly signing: Uint8Array;
  readonly box: Uint8Array;
}

const FILE = 'keyring';
const TEMPORARY = /^keyring\..*\.tmp$/;
/** A lock lasts for milliseconds: somebody who holds it longer is told of. */
const PATIENCE_MS = 10_000;

/**
 * The private keys of one user on this machine, in one file that the editor and the command line share. It is replaced as a whole, under a
 * lock that ends with the process that holds it: whoever is killed leaves the keys of before or after, and two who add lose nothing.
 */
export class Keyring {
  /** Where the file is, for messages. */
  readonly file: string;
  private readonly folder: string;
  private readonly files: StoreFiles;
  private readonly sessions: Sessions;
  private readonly exclusive: ExclusiveLock;

  /** `folder` is the keyring's own. */
  constructor(folder: string, host: Host, files: StoreFiles = new DiskFiles(folder)) {
    this.file = path.join(folder, FILE);
    this.folder = folder;
    this.files = files;
    this.sessions = new Sessions(files, host);
    this.exclusive = new ExclusiveLock(files, this.sessions);
  }

  /**
   * The keys of all instances, or of those in one Space. @throws SnapstageError `damaged` once, after which the file is put aside;
   * `refused` once when others could read it; `newer-format`; `busy`.
   */
  async list(space?: string): Promise<InstanceKeys[]> {
    const { spaces } = await this.read();
    return Object.entries(spaces).flatMap(([id, logs]) =>
      space === undefined || space === id ? Object.entries(logs).map(([log, entry]) => keysOf(id, log, entry)) : [],
    );
  }

  /** The keys of the instance that writes this log; `undefined` when this user has none. @throws as `list`. */
  async get(space: string, log: string): Promise<InstanceKeys | undefined> {
    const entry = (await this.read()).spaces[space]?.[log];
    return entry && keysOf(space, log, entry);
  }

  /** Keeps the keys of a new instance, durably; resolves to the id of its log. @throws SnapstageError `exists`; else as `list`. */
  async add(space: string, { signing, box }: InstanceSeeds, folder: string): Promise<string> {
    const log = identityId(publicKeysOf({ signing: signingKey(signing), box: boxKey(box) }));
    await this.change(({ spaces }) => {
      const logs = (spaces[space] ??= {});
      if (logs[log] !== undefined) throw new SnapstageError('exists', 'These keys are there already.', { space, log });
      logs[log] = { signing: hex(signing), box: hex(box), folder, secrets: [], heads: {} };
    });
    return log;
  }

  /**
   * Keeps what an instance has learned. A head that is older than a known one changes nothing: they only move forward. So does a secret
   * that is known. @throws SnapstageError `not-found`; `damaged` for another secret of the same epoch; else as `list`.
   */
  async learn(
    space: string,
    log: string,
    news: { readonly secrets?: readonly KnownSecret[]; readonly heads?: Readonly<Record<string, Head>> },
  ): Promise<void> {
    await this.change((content) => {
      const entry = entryOf(content, space, log);
      learnSecrets(entry.secrets, news.secrets ?? []);
      for (const [of, head] of Object.entries(news.heads ?? {})) {
        if (head.sequence > (entry.heads[of]?.sequence ?? 0)) entry.heads[of] = { sequence: head.sequence, hash: head.hash };
      }
    });
  }

  /**
   * Says that the instance is in this folder now. `same` as before; `moved` from a folder that holds it no more, which is then kept; or
   * `copied`: the folder of before still holds it, and two that write one log would make a fork, so this one needs a log of its own.
   * `holds` tells whether a folder is an instance that writes this log. @throws SnapstageError `not-found`; else as `list`.
   */
  async settle(space: string, log: string, folder: string, holds: (folder: string) => boolean): Promise<'same' | 'moved' | 'copied'> {
    for (;;) {
      const before = entryOf(await this.read(), space, log).folder;
      if (before === folder) return 'same';
      if (isOtherFolder(before, folder) && holds(before)) return 'copied'; // looked at without the lock: it may be on a slow disk
      const isSettled = await this.change((content) => {
        const entry = entryOf(content, space, log);
        if (entry.folder !== before) return false;
        entry.folder = folder;
        return true;
      });
      if (isSettled) return 'moved';
    }
  }

  /** Forgets an instance's keys for good; nothing happens when there are none. @throws as `list`. */
  async remove(space: string, log: string): Promise<void> {
    await this.change(({ spaces }) => {
      const logs = spaces[space];
      if (logs === undefined) return;
      delete logs[log];
      if (Object.keys(logs).length === 0) delete spaces[space];
    });
  }

  private async read(): Promise<KeyringContent> {
    try {
      return await patiently(async () => this.load());
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.locked(async () => this.loadOrPutAside()); // another one may have been quicker
    }
  }

  /** All that is decided on what is there is decided under the lock; nothing is written when nothing has changed. */
  private async change<T>(edit: (content: KeyringContent) => T): Promise<T> {
    return this.locked(async (lock) => {
      const content = this.loadOrPutAside();
      const before = encodeKeyring(content);
      const result = edit(content);
      const after = encodeKeyring(content);
      if (after.equals(before)) return result;
      decodeKeyring(after); // what can't be read back must not be written
      lock.check();
      await patiently(async () => this.files.write(FILE, after, true));
      return result;
    });
  }

  /** @throws SnapstageError `damaged`; `newer-format`; `refused` when others could read the file. */
  private load(): KeyringContent {
    this.checkRights();
    return decodeKeyring(this.files.read(FILE));
  }

  private loadOrPutAside(): KeyringContent {
    try {
      return this.load();
    } catch (error) {
      if (!isDamage(error)) throw error;
      const aside = path.join(this.folder, this.putAside());
      throw new SnapstageError(
        'damaged',
        `The file of your keys was damaged. It is kept as ${aside}; put one from a backup at ${this.file}, or ask for new invites.`,
        { file: this.file, aside },
        error,
      );
    }
  }

  /** The new name of the damaged file, which nothing had before. */
  private putAside(): string {
    const bytes = this.files.read(FILE) ?? Buffer.alloc(0);
    for (let number = 1; ; number++) {
      const name = `${FILE}-damaged-${number}`;
      try {
        const file = this.files.create(name);
        file.append(bytes);
        file.flush();
        file.close();
      } catch (error) {
        if (isSystemError(error, 'EEXIST')) continue;
        throw error;
      }
      this.files.flushFolder('');
      this.files.remove(FILE);
      return name;
    }
  }

  /**
   * A file that others can read is closed to them at once, and the work stops once, so that its owner learns of it: whoever could read
   * the keys may have done so. To refuse alone would leave them open; to close them alone would hide it.
   */
  private checkRights(): void {
    if (!isOpenToOthers(this.file)) return;
    quietly(() => fs.chmodSync(this.file, 0o600));
    if (isOpenToOthers(this.file)) {
      throw new SnapstageError(
        'refused',
        `Others can read your keys in ${this.file}, and its file system lets nobody change that. Set SNAPSTAGE_HOME to a folder on another one.`,
        { file: this.file },
      );
    }
    throw new SnapstageError(
      'refused',
      `Others could read your keys in ${this.file}. That is mended now; if somebody may have done so, ask for new invites. Then try again.`,
      { file: this.file },
    );
  }

  private async locked<T>(action: (lock: Lock) => Promise<T>): Promise<T> {
    this.files.makeFolder('');
    if (isOpenToOthers(this.folder)) quietly(() => fs.chmodSync(this.folder, 0o700));
    using session = this.sessions.begin();
    using lock = await this.acquire(session);
    const left = this.files.list('').filter((name) => TEMPORARY.test(name)); // by somebody who was killed
    for (const name of left) quietly(() => this.files.remove(name));
    return await action(lock);
  }

  private async acquire(session: Session): Promise<Lock> {
    try {
      return await this.exclusive.acquireSoon(session, PATIENCE_MS);
    } catch (error) {
      if (!(error instanceof SnapstageError) || error.code !== 'busy') throw error;
      throw new SnapstageError('busy', `Another window or command is using your keys in ${this.file}. Try again.`, {}, error);
    }
  }
}

function keysOf(space: string, log: string, { signing, box, folder, secrets, heads }: InstanceEntry): InstanceKeys {
  return {
    space,
    log,
    folder,
    secrets,
    heads,
    pairs: { signing: signingKey(Buffer.from(signing, 'hex')), box: boxKey(Buffer.from(box, 'hex')) },
  };
}

function entryOf({ spaces }: KeyringContent, space: string, log: string): InstanceEntry {
  const entry = spaces[space]?.[log];
  if (entry === undefined) throw new SnapstageError('not-found', 'This user has no keys for this instance.', { space, log });
  return entry;
}

function learnSecrets(known: KnownSecret[], news: readonly KnownSecret[]): void {
  const keyOf = ({ audience, epoch }: KnownSecret): string => `${audience} ${epoch}`;
  const secrets = new Map(known.map((secret) => [keyOf(secret), secret.secret]));
  for (const { audience, epoch, secret } of news) {
    const before = secrets.get(keyOf({ audience, epoch, secret }));
    if (before === secret) continue;
    if (before !== undefined) throw new SnapstageError('damaged', 'There are two secrets of one epoch.', { audience, epoch });
    known.push({ audience, epoch, secret });
    secrets.set(keyOf({ audience, epoch, secret }), secret);
  }
}

/** True when the first is there and is not the second by another path. */
function isOtherFolder(before: string, now: string): boolean {
  const [a, b] = [before, now].map(fileIdentity);
  return a !== undefined && a !== b;
}

/** What two paths of the same folder have in common; `undefined` for one that can't be looked at. */
function fileIdentity(folder: string): string | undefined {
  try {
    const { dev, ino } = fs.statSync(folder, { bigint: true });
    return `${dev} ${ino}`;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function isOpenToOthers(place: string): boolean {
  if (process.platform === 'win32') return false; // there the user's own folders are the user's alone
  return ((fs.statSync(place, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
}

function isDamage(error: unknown): boolean {
  return error instanceof SnapstageError && error.code === 'damaged';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
