import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SnapstageError } from '../../../base/errors.ts';
import { uncounted, Work } from '../../../base/work.ts';
import { fileOf, type ReadableStoreFile, type WritableStoreFile } from '../../../store/files.ts';
import { checkHubName, hubUnreachable, tooLarge, type Hub, type HubFile, type HubListing, type NewFile } from '../hub.ts';
import { unlessMissing } from '../plainFiles.ts';
import { absent, GitRemote, type Known, type Pushed, type RemoteOptions } from './gitRemote.ts';
import { listingOf, sorted } from './listing.ts';
import { NOTHING, PART, partsOf, sizeOfPart, SMALL, withFile, withoutFiles, type Contents, type Stored } from './objects.ts';
import { isLonely, markerOf, partsIn, ROOT, spanOf, spotOf, TOP, versionIn } from './refs.ts';
import { Turns } from './turns.ts';

const MARKER = 'SNAPSTAGE-HUB.txt';
const MARKER_TEXT = `Snapstage hub, version 1

Instances of a Space meet in the refs below refs/snapstage of this repository. What they have is signed and sealed; leave it as it is.
`;
/** Milliseconds. How long what was seen counts as what is there, where the hub's word is enough. */
const FRESH_MS = 10_000;
/** How often a push is tried that others were quicker than, and one of which nobody could say whether it happened. */
const RACES = 100;
const DOUBTS = 3;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2000;
/** Bytes of small files that are kept, and that are read at once. */
const MEMORY = 16 << 20;
const AT_ONCE = 4 << 20;

/** What a ref is to have. */
interface Wanted {
  readonly entry: string;
  readonly file: ReadableStoreFile;
}

/**
 * A hub in a git repository, on whatever server git reaches.
 *
 * Each log and each area is a ref of its own (refs.ts), so that a server can grant the right to write it. A ref is a commit without parents
 * over a flat tree, and changes only by a push that names what it was before: of two who write at once one looks again, and nothing is lost.
 *
 * What was seen a moment ago is asked for again only where it matters: a file that is there is one that is written once. After an answer
 * that was lost the hub is looked at before anything is sent again.
 *
 * Signing in is git's own affair. The repository is changed by pushes to these refs alone, and nothing of its settings acts here.
 */
export class RepositoryHub implements Hub {
  readonly place: string;
  private readonly options: RemoteOptions;
  private readonly remote: GitRemote;
  /** Another one for blobs, so that a large file keeps nobody from looking. */
  private readonly blobs: GitRemote;
  private readonly turns = new Turns();
  private readonly blobTurns = new Turns();
  /** Refs that came with a look at others, when: the next who lists them needs not look. */
  private readonly ahead = new Map<string, number>();
  /** Refs that somebody waits to list: who comes first looks at all of them at once. */
  private readonly asked = new Set<string>();
  /** Small files by the ids of their blobs. */
  private readonly memory = new Map<string, Buffer>();
  private remembered = 0;

  constructor(options: RemoteOptions) {
    this.place = options.place.path;
    this.options = options;
    this.remote = new GitRemote(options);
    this.blobs = new GitRemote(options);
  }

  /** @throws SnapstageError when the hub is not there. */
  async mustBeThere(): Promise<void> {
    await this.turns.take(() => this.remote.look([TOP], new Work()));
  }

  /** Makes the repository a hub, unless it is one; by a path, or where servers make what is pushed to, also the repository. */
  async make(work = new Work()): Promise<void> {
    await this.turns.take(async () => {
      await this.makeRepository(work);
      await this.remote.look([TOP], work, true).catch((error: unknown) => {
        if (!(error instanceof SnapstageError) || error.details['trouble'] !== 'absent') throw error;
      });
      if (this.remote.version !== undefined) return;
      const id = await this.remote.cache.writeObject('blob', Buffer.from(MARKER_TEXT));
      const contents = { ...NOTHING, strange: [{ mode: '100644', name: MARKER, id }] };
      const pushed = await this.remote.push(markerOf(1), absent(0), contents, work);
      await this.remote.look([TOP], work, pushed.kind === 'unclear');
      if (this.remote.version === undefined && pushed.kind === 'unclear') throw pushed.error;
    });
  }

  async list(folder: string): Promise<HubListing> {
    if (folder !== '') checkHubName(folder);
    const span = spanOf(folder);
    if (span.kind === 'ref') this.asked.add(span.ref);
    return this.turns.take(async () => {
      const work = new Work();
      switch (span.kind) {
        case 'all': {
          await this.remote.look([TOP], work);
          return this.listAll(await this.remote.names(work));
        }
        case 'group':
          await this.remote.look([span.prefix], work);
          return this.listGroup(span.prefix);
        case 'ref': {
          this.asked.delete(span.ref);
          const seen = this.ahead.get(span.ref);
          this.ahead.delete(span.ref);
          if (seen === undefined || !this.isFresh(seen)) await this.lookFor(span.ref, work);
          return listingOf(this.remote.last(span.ref)?.contents ?? NOTHING, span.prefix);
        }
      }
    });
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    const found: Buffer[] = [];
    const size = await this.fetch(name, { append: (bytes) => found.push(Buffer.from(bytes)) }, limit, new Work());
    return size === undefined ? undefined : Buffer.concat(found);
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    checkHubName(name);
    const { ref, entry } = spotOf(name);
    const { contents } = await this.contentsWith(ref, entry, work);
    const stored = contents.files.get(entry);
    if (stored === undefined) return undefined;
    if (stored.size > limit) throw tooLarge(name, limit);
    let done = 0;
    const take = (part: Buffer): void => {
      work.check();
      done += part.length;
      if (done > limit) throw tooLarge(name, limit);
      into.append(part);
      work.advance(0, part.length);
    };
    if (stored.size <= SMALL) take(await this.small(stored, contents, ref, name, work));
    else for (const [i, id] of stored.blobs.entries()) await this.large(id, sizeOfPart(stored.size, i), ref, name, take, work);
    return done;
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work?: Work): Promise<boolean> {
    const [isMade] = await this.createTogether([{ name, content }], work);
    return isMade!;
  }

  /** In one push. */
  async createTogether(files: readonly NewFile[], work = new Work()): Promise<boolean[]> {
    for (const { name } of files) checkHubName(name);
    const { ref } = spotOf(files[0]!.name);
    const wanted = files.map(({ name, content }): Wanted => {
      return { entry: spotOf(name).entry, file: content instanceof Uint8Array ? fileOf(content) : content };
    });
    return this.turns.take(async () => {
      const known = this.remote.last(ref);
      // Who is wrong about what the ref was is told so by the push; that a file is there has to be seen.
      const isSeen = wanted.some(({ entry }) => known?.contents.files.has(entry) === true);
      const isPushable = known?.commit !== undefined && !isSeen && this.remote.version !== undefined;
      if (!isPushable && (known === undefined || !this.isFresh(known.at))) await this.remote.look([ref], work);
      const there = this.remote.last(ref)?.contents ?? NOTHING;
      const made = await this.push(
        ref,
        wanted.filter(({ entry }) => !there.files.has(entry)),
        work,
      );
      return wanted.map(({ entry }) => made.has(entry));
    });
  }

  /** Adds files to a ref; resolves to the entries that it has because of that. */
  private async push(ref: string, wanted: readonly Wanted[], work: Work): Promise<ReadonlySet<string>> {
    const store = async (counted: Work): Promise<Map<string, Stored>> => {
      const found = new Map<string, Stored>();
      for (const { entry, file } of wanted) found.set(entry, await this.store(file, counted));
      return found;
    };
    const stored = await store(work);
    let made: readonly string[] = [];
    /** Those that a push has brought of which nobody could say whether it happened. */
    const doubtful = new Set<string>();
    await this.change(
      ref,
      work,
      (contents, doubts) => {
        const isThere = ([entry, { size, blobs }]: readonly [string, Stored]): boolean => {
          const other = contents.files.get(entry);
          return other?.size === size && other.blobs.join() === blobs.join();
        };
        if (doubts > 0) for (const file of stored) if (isThere(file)) doubtful.add(file[0]);
        made = [...stored.keys()].filter((entry) => !contents.files.has(entry));
        return made.length === 0 ? undefined : made.reduce((next, entry) => withFile(next, entry, stored.get(entry)!), contents);
      },
      () => store(uncounted(work)),
    );
    for (const { size, blobs } of stored.values()) for (const id of size > SMALL ? blobs : []) await this.remote.drop(id);
    const bytes = made.reduce((sum, entry) => sum + stored.get(entry)!.size, 0);
    if (bytes > 0) await this.options.pace?.pass(bytes, work);
    return new Set([...made, ...doubtful]);
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    for (const [ref, spots] of Map.groupBy(names.map(spotOf), (spot) => spot.ref)) {
      const gone = spots.map(({ entry }) => entry);
      await this.turns.take(async () => {
        const work = new Work();
        await this.remote.look([ref], work);
        await this.change(ref, work, (contents) => withoutFiles(contents, gone));
      });
    }
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    checkHubName(name);
    const { ref, entry } = spotOf(name);
    await this.turns.take(async () => {
      const work = new Work();
      const isAlone = isLonely(ref);
      if (!isAlone || this.remote.version === undefined) await this.remote.look([ref], work);
      const store = (): Promise<Stored> => this.store(fileOf(bytes), work);
      const stored = await store();
      await this.change(ref, work, (contents) => withFile(isAlone ? NOTHING : contents, entry, stored), store, isAlone);
    });
  }

  /** By a path git can be told to make one; elsewhere the server's owner does. */
  private async makeRepository(work: Work): Promise<void> {
    const { address, protocol } = this.options.place;
    if (protocol !== 'file') return;
    const folder = fileURLToPath(address);
    const entries = await unlessMissing(readdir(folder));
    if (entries !== undefined && entries.length > 0) return;
    const { code, err } = await this.remote.cache.initialise(folder, work);
    if (code !== 0) throw hubUnreachable(this.place, err);
  }

  private isFresh(at: number): boolean {
    return Math.abs(this.options.host.now() - at) < FRESH_MS;
  }

  /** Looks at a ref, and at those that others wait for. */
  private async lookFor(ref: string, work: Work): Promise<void> {
    const others = [...this.asked].filter((one) => one !== ref);
    await this.remote.look([ref, ...others], work);
    const now = this.options.host.now();
    for (const one of others) this.ahead.set(one, now);
  }

  /** What a ref has, looked at anew unless the file was in it a moment ago. */
  private async contentsWith(ref: string, entry: string, work: Work): Promise<Known> {
    const known = this.remote.last(ref);
    if (known?.contents.files.has(entry) === true && this.isFresh(known.at) && !isLonely(ref)) return known;
    return this.turns.take(async () => {
      await this.remote.look([ref], work);
      return this.remote.last(ref)!;
    });
  }

  /**
   * Changes what a ref has until it is changed, or `edit` finds nothing to change: resolves to whether it was changed. `edit` gets the
   * number of pushes of which nobody could say whether they happened; after such a one `restore` writes anew what a cache may have lost.
   */
  private async change(
    ref: string,
    work: Work,
    edit: (contents: Contents, doubts: number) => Contents | undefined,
    restore: () => Promise<unknown> = async () => undefined,
    isAlone = false,
  ): Promise<boolean> {
    for (let [races, doubts] = [0, 0]; ;) {
      const known = this.remote.last(ref) ?? absent(0);
      const next = edit(known.contents, doubts);
      if (next === undefined) return false;
      const pushed: Pushed = await this.remote.push(ref, isAlone ? 'any' : known, next, work);
      if (pushed.kind === 'done') return true;
      if (pushed.kind === 'unclear') {
        doubts += 1;
        if (doubts === DOUBTS) throw pushed.error;
      } else if (++races === RACES) throw hubUnreachable(this.place, 'others write to it without a pause');
      await this.wait(races + doubts, work);
      await this.remote.look([ref], work);
      if (pushed.kind === 'unclear') await restore();
    }
  }

  /** Longer each time, and never as long as others. */
  private async wait(times: number, work: Work): Promise<void> {
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** times);
    const until = performance.now() + most * (Number.parseInt(this.options.host.randomHex(4), 16) / 2 ** 32);
    for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
      work.check();
      await sleep(Math.min(left, 50));
    }
  }

  /** Makes blobs of a file, here. */
  private async store(file: ReadableStoreFile, work: Work): Promise<Stored> {
    const blobs: string[] = [];
    for (let i = 0; i < partsOf(file.size); i++)
      blobs.push(await this.remote.cache.writeBlob(file, i * PART, sizeOfPart(file.size, i), work));
    return { size: file.size, blobs };
  }

  /** Fetches blobs of a ref. */
  private async bring(ref: string, ids: readonly string[], bytes: number, work: Work): Promise<void> {
    if (!(await this.blobs.fetchBlobs(ids, bytes, work))) await this.turns.take(() => this.remote.lookPlainly(ref, work));
    await this.options.pace?.pass(bytes, work);
  }

  /** A small file's bytes, and others with them that are likely to be read next. */
  private async small(stored: Stored, { files }: Contents, ref: string, name: string, work: Work): Promise<Buffer> {
    const id = stored.blobs[0]!;
    return this.blobTurns.take(async () => {
      const kept = this.memory.get(id);
      if (kept !== undefined) return kept;
      const wanted = new Map([[id, stored.size]]);
      let bytes = 0;
      for (const { size, blobs } of files.values()) {
        if (size > SMALL || bytes + size > AT_ONCE || this.memory.has(blobs[0]!)) continue;
        wanted.set(blobs[0]!, size);
        bytes += size;
      }
      let found = await this.blobs.cache.read([...wanted.keys()]);
      if (!found.has(id)) {
        const missing = [...wanted.keys()].filter((one) => !found.has(one));
        await this.bring(ref, missing, bytes, work).catch((error: unknown) => {
          // One that is larger than it says must not keep others from being read.
          if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
          return this.bring(ref, [id], stored.size, work);
        });
        found = await this.blobs.cache.read([...wanted.keys()]);
      }
      for (const [one, { kind, content }] of found) if (kind === 'blob') this.keep(one, Buffer.from(content));
      const content = this.memory.get(id);
      if (content === undefined) throw this.lost(name);
      return content;
    });
  }

  private keep(id: string, content: Buffer): void {
    this.memory.set(id, content);
    this.remembered += content.length;
    for (const [old, { length }] of this.memory) {
      if (this.remembered <= MEMORY || old === id) break;
      this.memory.delete(old);
      this.remembered -= length;
    }
  }

  /** Hands out a large blob's bytes. */
  private async large(id: string, size: number, ref: string, name: string, take: (part: Buffer) => void, work: Work): Promise<void> {
    await this.blobTurns.take(async () => {
      let taken = 0;
      const stream = (): Promise<boolean> => this.blobs.cache.stream(id, (part) => ((taken += part.length), take(part)), work);
      if (await stream()) return;
      if (taken === 0) {
        await this.bring(ref, [id], size, work);
        if (await stream()) return;
      }
      await this.blobs.renew();
      throw this.lost(name);
    });
  }

  private lost(name: string): SnapstageError {
    return new SnapstageError('io', `The hub ${this.place} names “${name}”, but does not give it.`, { part: name, hub: this.place });
  }

  private listAll(refs: readonly string[]): HubListing {
    const files: HubFile[] = [];
    for (const [, { contents }] of this.remote.refs(TOP)) files.push(...listingOf(contents, '').files);
    const named = refs.filter((ref) => versionIn(ref) === undefined).map(partsIn);
    const folders = new Set(named.flatMap((parts) => parts?.first ?? []));
    return { files: sorted(files), folders: [...folders].sort(), strangers: named.filter((parts) => parts === undefined).length };
  }

  private listGroup(prefix: string): HubListing {
    const direct = this.remote.last(spotOf(`${prefix.slice(ROOT.length)}x`).ref)?.contents ?? NOTHING;
    const { files, folders, strangers } = listingOf(direct, '');
    const names = new Set(folders);
    let odd = 0;
    for (const [ref, { contents, at }] of this.remote.refs(prefix)) {
      const parts = partsIn(ref);
      if (parts === undefined) odd += 1;
      else if (parts.second !== undefined && contents.files.size > 0) {
        names.add(parts.second);
        this.ahead.set(ref, at);
      }
    }
    return { files, folders: [...names].sort(), strangers: strangers + odd };
  }
}
