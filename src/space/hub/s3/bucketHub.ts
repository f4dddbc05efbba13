import { SnapstageError } from '../../../base/errors.ts';
import type { Host } from '../../../base/host.ts';
import { parentPath } from '../../../base/paths.ts';
import { Work } from '../../../base/work.ts';
import { fileOf, type ReadableStoreFile, type WritableStoreFile } from '../../../store/files.ts';
import { checkHubName, hubUnreachable, isHubPart, tooLarge, type Hub, type HubFile, type HubListing } from '../hub.ts';
import type { Found } from './answers.ts';
import { Bucket, type BucketOptions } from './bucket.ts';
import type { BucketPlace } from './bucketPlace.ts';
import { explained, Refusal } from './refusal.ts';
import { contentOf, LARGE, markOf, sendParts } from './sending.ts';

/** Says that the hub is there: a prefix is there whenever something begins with it. */
const MARKER = 'SNAPSTAGE-HUB.txt';
const MARKER_TEXT = Buffer.from(`Snapstage hub, version 1

Instances of a Space meet here. What lies below this prefix is signed and sealed; leave it as it is.
`);
const MARKER_LINE = /^Snapstage hub, version (\d{1,9})\r?\n/;
const MARKER_LIMIT = 64 << 10;
const VERSION = 1;
/** Where the marker may not be written it shows whether the server keeps names. */
const PROBE = '!probe';
/** An object of a name that several writers may have made, each its own. */
const APART = /^(?<name>[^!]+)!(?<token>[0-9a-f]{32})$/;
/** How servers say that they know no condition for writing. */
const UNKNOWN = new Set(['NotImplemented', 'InvalidArgument', 'InvalidRequest']);
/** An upload that is so much older, by the server's clock, is a dead writer's. */
const GRACE_MS = 7 * 24 * 60 * 60 * 1000;
/** What takes longer to send than to ask for is asked for first. */
const WORTH_ASKING = 1 << 20;

/**
 * A hub in a bucket of a server that speaks S3: each file is an object, below a prefix.
 *
 * **What is made once.** Most servers refuse to make what is there already (`If-None-Match: *`): of all who make a name one is told that
 * they did, and what it holds never changes. Whether a server does is tried before the first file is made, and remembered as long as this
 * object lives. Where it does not, each writer makes an object of its own (`name!token`) after a look, and looks again: of those that are
 * there the one that was made first by the server's clock is the file, for writers and readers alike, and the other writers remove theirs.
 * So no write ever replaces another's, however late it arrives. What can still happen is that a name changes its content once, when two
 * objects were made in the same moment of the server's clock, or when its listing comes late; and that both writers are told that they made
 * it. Readers take both kinds of objects whatever the server does: a hub may have been copied from another one. A plain one comes first.
 *
 * That nothing is there is only said after the marker was found. Writers look for it once.
 */
export class BucketHub implements Hub {
  readonly place: string;
  private readonly of: BucketPlace;
  private readonly host: Pick<Host, 'now' | 'randomHex'>;
  private readonly bucket: Bucket;
  /** Objects of names that have no plain one, as far as listings showed. */
  private readonly apart = new Map<string, string>();
  private isThere = false;
  private keepsNames: boolean | undefined;
  /** Folders in which dead writers' uploads were looked for. */
  private readonly tidied = new Set<string>();

  constructor(place: BucketPlace, options: BucketOptions) {
    this.place = place.path;
    this.of = place;
    this.host = options.host;
    this.bucket = new Bucket(place, options);
  }

  /** How many requests this has cost. */
  get requests(): number {
    return this.bucket.requests;
  }

  /** Makes the place a hub, unless it is one. The bucket is there already. */
  async make(): Promise<void> {
    await this.explaining(undefined, true, async () => {
      if ((await this.version()) === undefined && !(await this.conditionally(MARKER, MARKER_TEXT)).isKnown)
        await this.bucket.put(this.at(MARKER), MARKER_TEXT, { token: this.host.randomHex(16) });
      await this.mustBeThere();
    });
  }

  async list(folder: string): Promise<HubListing> {
    if (folder !== '') checkHubName(folder);
    return this.explaining(folder, false, async () => {
      const prefix = folder === '' ? this.at('') : `${this.at(folder)}/`;
      const { objects, folders } = await this.bucket.listAll(prefix);
      const below = objects.filter(({ key }) => key.startsWith(prefix) && key !== prefix); // a folder that a console made
      const inside = folders.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length, -1));
      if (below.length + inside.length === 0 || folder === '') await this.mustBeThere();
      const byName = new Map<string, Found>();
      let strangers = inside.filter((name) => !isHubPart(name)).length;
      for (const found of below.sort(byAge)) {
        const own = found.key.slice(prefix.length);
        const name = APART.exec(own)?.groups?.['name'] ?? own;
        if (!isHubPart(name)) strangers += own === MARKER || own === PROBE ? 0 : 1;
        else if (own === name || !byName.has(name)) byName.set(name, found);
      }
      for (const [name, { key }] of byName) this.remember(folder === '' ? name : `${folder}/${name}`, key);
      const files = Array.from(byName, ([name, { size }]): HubFile => ({ name, size }));
      return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), folders: inside.filter(isHubPart).sort(), strangers };
    });
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    checkHubName(name);
    return this.explaining(name, false, () => this.found(name, (key) => this.bucket.read(key, limit, () => tooLarge(name, limit))));
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    checkHubName(name);
    return this.explaining(name, false, () =>
      this.found(name, (key) => this.bucket.fetch(key, into, limit, () => tooLarge(name, limit), work)),
    );
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work = new Work()): Promise<boolean> {
    checkHubName(name);
    return this.explaining(name, true, async () => {
      if (!this.isThere) await this.mustBeThere();
      const file = content instanceof Uint8Array ? fileOf(content) : content;
      this.keepsNames ??= await this.isKeepingNames(name);
      return this.keepsNames ? this.createPlain(name, file, work) : this.createApart(name, file, work);
    });
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    for (const name of names) {
      await this.explaining(name, true, async () => {
        await this.bucket.remove(this.at(name));
        for (const { key } of await this.writersOf(name)) await this.bucket.remove(key);
        this.apart.delete(name);
        if (!this.isThere) await this.mustBeThere();
      });
    }
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    checkHubName(name);
    await this.explaining(name, true, async () => {
      if (!this.isThere) await this.mustBeThere();
      await this.bucket.put(this.at(name), bytes, { token: this.host.randomHex(16) });
    });
  }

  private at(name: string): string {
    return this.of.prefix === '' ? name : `${this.of.prefix}/${name}`;
  }

  /** Takes a file as what it is known as, else as its plain object, else as the first of its writers'. */
  private async found<T>(name: string, take: (key: string) => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.apart.get(name);
    const taken = (known === undefined ? undefined : await take(known)) ?? (await take(this.at(name)));
    if (taken !== undefined) return taken;
    const [first] = await this.writersOf(name);
    if (first === undefined) this.apart.delete(name);
    else this.remember(name, first.key);
    const last = first && (await take(first.key));
    if (last === undefined) await this.mustBeThere();
    return last;
  }

  /** What writers made for a name, each its own, the oldest first. */
  private async writersOf(name: string): Promise<readonly Found[]> {
    const { objects } = await this.bucket.listAll(`${this.at(name)}!`);
    return objects.filter(({ key }) => APART.test(key.slice(key.lastIndexOf('/') + 1))).sort(byAge);
  }

  private remember(name: string, key: string): void {
    if (key === this.at(name)) this.apart.delete(name);
    else this.apart.set(name, key);
  }

  private async createPlain(name: string, file: ReadableStoreFile, work: Work): Promise<boolean> {
    const key = this.at(name);
    if (this.apart.has(name)) return false;
    if (file.size > WORTH_ASKING && (await this.bucket.tokenOf(key, work)) !== undefined) return false;
    return this.send(key, file, true, this.host.randomHex(16), work);
  }

  private async createApart(name: string, file: ReadableStoreFile, work: Work): Promise<boolean> {
    const plain = this.at(name);
    // Nothing that a hub makes comes between a name and what its writers have made of it.
    const { objects } = await this.bucket.list(plain, undefined, work);
    if (objects.some(({ key }) => key === plain || (key.startsWith(`${plain}!`) && APART.test(key.slice(plain.lastIndexOf('/') + 1)))))
      return false;
    const token = this.host.randomHex(16);
    const key = `${plain}!${token}`;
    await this.send(key, file, false, token, work);
    const [first] = await this.writersOf(name);
    if (first === undefined || first.key === key) {
      this.remember(name, key);
      return true;
    }
    this.remember(name, first.key);
    await this.bucket.remove(key);
    return false;
  }

  private async send(key: string, file: ReadableStoreFile, isNew: boolean, token: string, work: Work): Promise<boolean> {
    if (file.size > LARGE) {
      await this.tidy(parentPath(key), work);
      return sendParts(this.bucket, { key, file, isNew, mark: markOf(file, token, work) }, work);
    }
    const body = contentOf(file, 0, file.size, work);
    let told = 0;
    const onSent = (done: number): void => {
      work.advance(0, Math.max(0, done - told));
      told = Math.max(told, done);
    };
    if (isNew) return this.bucket.putNew(key, body, { token }, work, onSent);
    await this.bucket.put(key, body, { token }, work, onSent);
    return true;
  }

  /** Aborts what dead writers began to send to a folder, once: nobody sees it, and it is paid for. */
  private async tidy(folder: string, work: Work): Promise<void> {
    if (this.tidied.has(folder)) return;
    this.tidied.add(folder);
    try {
      const { uploads, now } = await this.bucket.unfinished(folder === '' ? '' : `${folder}/`, work);
      for (const { key, upload, begun } of uploads) if (now - begun > GRACE_MS) await this.bucket.abort(key, upload);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // whoever may not do that leaves it to others
    }
  }

  /**
   * Whether the server refuses to make what is there: tried at the marker, which stays the same if it does not, or else at a name beside
   * the one that is to be made. @throws Refusal when nothing may be written there.
   */
  private async isKeepingNames(name: string): Promise<boolean> {
    for (const at of [MARKER, `${name.slice(0, name.lastIndexOf('/') + 1)}${PROBE}`]) {
      try {
        let probe = await this.conditionally(at, MARKER_TEXT);
        if (probe.isKnown && probe.isMade) probe = await this.conditionally(at, MARKER_TEXT);
        return probe.isKnown && !probe.isMade;
      } catch (error) {
        if (!(error instanceof Refusal && error.status === 403 && at === MARKER)) throw error;
      }
    }
    return false;
  }

  /** Makes a file of the hub's own where it is missing. `isKnown` unless the server says that it knows no such condition. */
  private async conditionally(name: string, bytes: Uint8Array): Promise<{ readonly isKnown: boolean; readonly isMade: boolean }> {
    try {
      return { isKnown: true, isMade: await this.bucket.putNew(this.at(name), bytes, { token: this.host.randomHex(16) }) };
    } catch (error) {
      if (error instanceof Refusal && (error.status === 501 || UNKNOWN.has(error.code))) return { isKnown: false, isMade: false };
      throw error;
    }
  }

  private async version(): Promise<number | undefined> {
    const bytes = await this.bucket.read(this.at(MARKER), MARKER_LIMIT, () => tooLarge(MARKER, MARKER_LIMIT));
    const version = MARKER_LINE.exec(bytes?.toString('latin1') ?? '')?.[1];
    return version === undefined ? undefined : Number(version);
  }

  /** @throws SnapstageError `io` when the hub is not there, `newer-format`. */
  private async mustBeThere(): Promise<void> {
    const version = await this.explaining(undefined, false, () => this.version());
    if (version === undefined) throw hubUnreachable(this.place, `it holds no ${MARKER} that can be read`);
    if (version > VERSION) {
      throw new SnapstageError('newer-format', `The hub ${this.place} was made by a newer Snapstage.`, { format: version });
    }
    this.isThere = true;
  }

  private async explaining<T>(part: string | undefined, isWriting: boolean, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw explained(error, { at: this.of, part, isWriting, now: this.host.now() });
    }
  }
}

function byAge(a: Found, b: Found): number {
  return a.made === b.made ? (a.key < b.key ? -1 : 1) : a.made < b.made ? -1 : 1;
}
