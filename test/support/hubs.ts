/** Hubs for tests: in memory, and one whose every operation can be seen, kept from happening, or answered otherwise. */
import { setImmediate as immediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { SnapstageError } from '../../src/base/errors.ts';
import { Work } from '../../src/base/work.ts';
import { checkHubName, hubReadOnly, hubUnreachable, tooLarge, type Hub, type HubListing } from '../../src/space/hub/hub.ts';
import { fileOf, type ReadableStoreFile, type WritableStoreFile } from '../../src/store/files.ts';

const PART_BYTES = 64 << 10;

/** A hub as a bucket is: names and contents, and folders only in so far as names begin like them. */
export class MemoryHub implements Hub {
  readonly place = 'memory';
  readonly contents: Map<string, Buffer>;

  constructor(contents: Iterable<readonly [string, Buffer]> = []) {
    this.contents = new Map(contents);
  }

  async list(folder: string): Promise<HubListing> {
    if (folder !== '') checkHubName(folder);
    const prefix = folder === '' ? '' : `${folder}/`;
    const below = [...this.contents]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { length }]) => [name.slice(prefix.length), length] as const);
    const files = below.filter(([name]) => !name.includes('/')).map(([name, size]) => ({ name, size }));
    const folders = new Set(below.filter(([name]) => name.includes('/')).map(([name]) => name.split('/')[0]!));
    return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), folders: [...folders].sort(), strangers: 0 };
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    checkHubName(name);
    const found = this.contents.get(name);
    if (found !== undefined && found.length > limit) throw tooLarge(name, limit);
    return found && Buffer.from(found);
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    checkHubName(name);
    const found = this.contents.get(name);
    if (found === undefined) return undefined;
    for (let at = 0; at < found.length; at += PART_BYTES) {
      work.check();
      const part = found.subarray(at, at + PART_BYTES);
      if (at + part.length > limit) throw tooLarge(name, limit);
      into.append(part);
      work.advance(0, part.length);
    }
    return found.length;
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work = new Work()): Promise<boolean> {
    checkHubName(name);
    if (this.contents.has(name)) return false;
    this.contents.set(name, readWhole(content, work));
    return true;
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    for (const name of names) this.contents.delete(name);
  }

  /** Forgets what was made last, as one does that had not flushed it: so many files, the last of them by half where `torn`. */
  lose(files: number, torn: boolean): void {
    const lost = [...this.contents.keys()].slice(-files);
    for (const [i, name] of lost.entries()) {
      const content = this.contents.get(name)!;
      if (torn && i === 0) this.contents.set(name, content.subarray(0, content.length >> 1));
      else this.contents.delete(name);
    }
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    checkHubName(name);
    this.contents.set(name, Buffer.from(bytes));
  }
}

function readWhole(content: Uint8Array | ReadableStoreFile, work: Work): Buffer {
  const file = content instanceof Uint8Array ? fileOf(content) : content;
  const bytes = Buffer.alloc(file.size);
  for (let done = 0; done < bytes.length;) {
    work.check();
    const got = file.read(bytes.subarray(done, done + PART_BYTES), done);
    done += got;
    work.advance(0, got);
  }
  return bytes;
}

type Kind = 'list' | 'read' | 'fetch' | 'create' | 'remove' | 'hint';

/** One operation about to happen. */
export interface HubOperation {
  readonly kind: Kind;
  readonly name: string;
  /** What it sends. */
  readonly bytes: number;
  /** Sends half of it, as a hub does that keeps what it got when a writer dies. */
  readonly tear: () => Promise<void>;
}

/** How a hub answers otherwise: `undefined` lets the operation happen. */
export interface Faults {
  /** May throw instead of letting the operation happen, or take its time. */
  readonly before?: (operation: HubOperation) => void | Promise<void>;
  /** May throw although the operation has happened: its answer was lost. */
  readonly after?: (operation: HubOperation) => void | Promise<void>;
  /** What a listing says instead. */
  readonly listing?: (folder: string, now: HubListing) => HubListing;
}

/** Shows every operation, and does with it what a bad hub does. */
export class FaultyHub implements Hub {
  readonly place: string;
  private readonly inner: Hub;
  private readonly faults: Faults;

  constructor(inner: Hub, faults: Faults) {
    this.place = inner.place;
    this.inner = inner;
    this.faults = faults;
  }

  async list(folder: string): Promise<HubListing> {
    return this.shown({ kind: 'list', name: folder }, async () => {
      const now = await this.inner.list(folder);
      return this.faults.listing?.(folder, now) ?? now;
    });
  }

  async read(name: string, limit: number): Promise<Buffer | undefined> {
    return this.shown({ kind: 'read', name }, () => this.inner.read(name, limit));
  }

  async fetch(name: string, into: Pick<WritableStoreFile, 'append'>, limit: number, work: Work): Promise<number | undefined> {
    return this.shown({ kind: 'fetch', name }, () => this.inner.fetch(name, into, limit, work));
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile, work = new Work()): Promise<boolean> {
    const tear = async (): Promise<void> => {
      const half = readWhole(content, new Work());
      await this.inner.create(name, half.subarray(0, half.length >> 1));
    };
    const bytes = content instanceof Uint8Array ? content.length : content.size;
    return this.shown({ kind: 'create', name, bytes, tear }, () => this.inner.create(name, content, work));
  }

  async remove(...names: readonly string[]): Promise<void> {
    for (const name of names) checkHubName(name);
    for (const name of names) await this.shown({ kind: 'remove', name }, () => this.inner.remove(name));
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    return this.shown({ kind: 'hint', name, bytes: bytes.length }, () => this.inner.hint(name, bytes));
  }

  private async shown<T>(operation: Pick<HubOperation, 'kind' | 'name'> & Partial<HubOperation>, act: () => Promise<T>): Promise<T> {
    const shown = { bytes: 0, tear: async () => undefined, ...operation };
    await this.faults.before?.(shown);
    const answer = await act();
    await this.faults.after?.(shown);
    return answer;
  }
}

/** One that goes away at the operation number `at`, and does not come back. */
export function vanishesAt(at: number): Faults {
  let count = 0;
  return {
    before: () => {
      count += 1;
      if (count >= at) throw hubUnreachable('memory', 'it is gone');
    },
  };
}

/** One that only lets itself be read. */
export const readOnly: Faults = {
  before: (operation) => {
    if (isHubWrite(operation)) throw hubReadOnly('memory', undefined);
  },
};

/** One with room for `room` more bytes. */
export function fullHub(room: number): Faults {
  let left = room;
  return {
    before: ({ kind, name, bytes }) => {
      if (kind !== 'create') return;
      if (bytes > left) throw new SnapstageError('no-space', `No space left for ${name}.`);
      left -= bytes;
    },
  };
}

/**
 * A hub as bad as one can be that loses nothing for good: it answers late and in another order, shows old listings, and does not always
 * say that it did what it was told. `random` gives numbers in [0, 1).
 */
export function unsteady(random: () => number): Faults {
  const shown = new Map<string, HubListing[]>();
  const flaky = (): void => {
    if (random() < 0.1) throw new SnapstageError('io', 'No answer.', { reason: 'hub-unreachable' });
  };
  return {
    before: async () => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns--) await immediate();
      flaky();
    },
    after: flaky,
    listing: (folder, now) => {
      const before = shown.get(folder) ?? [];
      shown.set(folder, [...before, now]);
      return random() < 0.4 ? (before.at(-1) ?? { files: [], folders: [], strangers: 0 }) : now;
    },
  };
}

/** What somebody does, one after the other, and when somebody else reads. */
export const attacks = fc.array(fc.record({ kind: fc.nat(7), at: fc.nat(10_000), reads: fc.boolean() }), { minLength: 5, maxLength: 40 });

/** What somebody does to a hub who may write it all and has no keys. */
export function attack(hub: MemoryHub, kind: number, at: number, past: ReadonlyMap<string, Buffer>): void {
  const names = [...hub.contents.keys()].toSorted();
  const name = names[at % names.length];
  if (name === undefined) return;
  const bytes = hub.contents.get(name)!;
  const other = names[(at * 31 + 7) % names.length]!;
  const changed = Buffer.from(bytes);
  if (kind === 0) hub.contents.delete(name);
  else if (kind === 1 && changed.length > 0) {
    changed[at % changed.length]! ^= 1 << (at % 8);
    hub.contents.set(name, changed);
  } else if (kind === 2) hub.contents.set(name, bytes.subarray(0, at % (bytes.length + 1)));
  else if (kind === 3) hub.contents.set(name, hub.contents.get(other)!);
  else if (kind === 4) hub.contents.set(`${other.slice(0, other.lastIndexOf('/'))}/${name.slice(name.lastIndexOf('/') + 1)}`, bytes);
  else if (kind === 5) hub.contents.set(`${name}-conflicted-copy`, bytes);
  else if (kind === 6) for (const gone of names.slice(at % names.length)) hub.contents.delete(gone);
  else if (kind === 7) for (const [was, content] of past) hub.contents.set(was, content);
}

function isHubWrite({ kind }: HubOperation): boolean {
  return kind === 'create' || kind === 'remove' || kind === 'hint';
}
