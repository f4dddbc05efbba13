import { quietly, SnapstageError } from '../base/errors.ts';
import type { Host } from '../base/host.ts';
import type { StoreFiles } from './files.ts';
import { findParent, grantedIds } from './lending.ts';
import { currentLink, type Link } from './links.ts';
import { checkFormat, encodeFormat, FORMAT, FORMAT_FILE, type Access } from './format.ts';
import { ObjectReader } from './objectReader.ts';
import { readReservations } from './reservations.ts';
import { ExclusiveLock, Sessions, type Session } from './sessions.ts';
import { SnapshotFiles, type Labels, type SnapshotRecord } from './snapshots.ts';
import { loadIndex, StoreIndex, wantsMerge, writeMerged, type Lent, type LoadedIndex } from './storeIndex.ts';

/** The folder of the store inside an instance. */
export const STORE_FOLDER = '.snapstage';
/** In which the Stage and its bundles are kept. */
export const STAGE_FOLDER = 'stage';
export const BUNDLE_FOLDER = 'bundles';
/** More than anybody makes by cloning clones. */
const MAX_LINKS = 16;
const FOLDERS = [
  'packs',
  'snapshots',
  'index',
  'cache',
  'locks',
  'sessions',
  'trash',
  'journal',
  'restoring',
  'automatic',
  'damaged',
  STAGE_FOLDER,
];
/** Fixed small files: the first keeps git out, the second backup tools that know the convention of bford.info/cachedir. */
export const FIXED_FILES: Readonly<Record<string, string>> = {
  '.gitignore': '*\n',
  'CACHEDIR.TAG':
    'Signature: 8a477f597d28d172789f06886806bc55\n# The snapshots of Snapstage. Leave it out of what copies this folder for other ends.\n',
};

/**
 * A store on its files: what is needed to read it, loaded when first asked for.
 * One lives as long as one operation; `begin` protects what it reads from a compaction by somebody else.
 */
export class Store {
  readonly files: StoreFiles;
  readonly host: Host;
  readonly snapshots: SnapshotFiles;
  readonly sessions: Sessions;
  /** Held by who takes objects away. */
  readonly lock: ExclusiveLock;
  /** Held by who changes the user's files. */
  readonly restoring: ExclusiveLock;
  /** Held by who takes a snapshot without being asked. */
  readonly automatic: ExclusiveLock;
  /** Held by who writes the instance's log in its Space. */
  readonly speaking: ExclusiveLock;
  /** Held by who changes the Stage. */
  readonly staging: ExclusiveLock;
  private session: Session | undefined;
  /** The store that this one is linked to, and the session in it: open while this one is read. */
  private parent: { readonly store: Store; readonly session: Session } | undefined;
  private readonly depth: number;
  private loaded: LoadedIndex | undefined;
  private storeIndex: StoreIndex | undefined;
  private objectReader: ObjectReader | undefined;

  /** `depth`: so many stores lead here, each linked to the next. */
  constructor(files: StoreFiles, host: Host, depth = 0) {
    this.depth = depth;
    this.files = files;
    this.host = host;
    this.snapshots = new SnapshotFiles(files);
    this.sessions = new Sessions(files, host);
    this.lock = new ExclusiveLock(files, this.sessions);
    this.restoring = new ExclusiveLock(files, this.sessions, 'restoring');
    this.automatic = new ExclusiveLock(files, this.sessions, 'automatic');
    this.speaking = new ExclusiveLock(files, this.sessions, 'speaking');
    this.staging = new ExclusiveLock(files, this.sessions, 'staging');
  }

  /** Makes an empty store. The format file comes last: without it there is none. */
  static create(files: StoreFiles): void {
    files.makeFolder('');
    for (const folder of FOLDERS) files.makeFolder(folder);
    for (const [name, text] of Object.entries(FIXED_FILES)) files.write(name, Buffer.from(text), false);
    files.write(FORMAT_FILE, encodeFormat(FORMAT), true);
  }

  static exists(files: StoreFiles): boolean {
    return files.size(FORMAT_FILE) !== undefined;
  }

  /**
   * Starts work; dispose of the session at its end.
   * @throws SnapstageError `not-found`, `damaged`, and `newer-format` for who may not read, or not write, a store of this format.
   */
  begin(access: Access): Session {
    checkFormat(this.files, access);
    return (this.session = this.sessions.begin());
  }

  /**
   * Adds a snapshot, durably; returns its id.
   * @throws SnapstageError `busy` when others took this session for ended: what the snapshot relies on may be gone.
   */
  publish(record: SnapshotRecord, labels: Labels): string {
    this.session?.check();
    const id = this.snapshots.add(record, labels);
    try {
      this.session?.check();
    } catch (error) {
      this.snapshots.remove(id);
      throw error;
    }
    return id;
  }

  /** @throws SnapstageError `not-found` (reason `no-parent`) when the store is linked to one that can't be found. */
  get index(): StoreIndex {
    if (this.storeIndex === undefined) {
      const lent = this.lent();
      this.loaded = loadIndex(this.files);
      this.storeIndex = new StoreIndex(this.loaded.segments, readReservations(this.files), lent);
    }
    return this.storeIndex;
  }

  private lent(): Lent | undefined {
    const link = currentLink(this.files);
    if (link === undefined) return undefined;
    const { store } = (this.parent ??= this.openParent(link));
    const { index, reader, files } = store;
    return {
      segments: index.withLent,
      reserved: index.reservations,
      granted: grantedIds(this.files, link.root, index, reader),
      places: [files.place, ...(index.lent?.places ?? [])],
    };
  }

  private openParent(link: Link): { store: Store; session: Session } {
    if (this.depth === MAX_LINKS) throw new SnapstageError('refused', 'Too many instances are linked to one another in a row.');
    const store = new Store(
      findParent(this.files, link, () => this.host.randomHex(16)),
      this.host,
      this.depth + 1,
    );
    return { store, session: store.begin('read') };
  }

  get reader(): ObjectReader {
    return (this.objectReader ??= new ObjectReader(this.files, this.index));
  }

  /** True for a pack that the loaded index knows to be whole. */
  knowsPack(pack: string): boolean {
    return this.index.all.some((segment) => segment.packs.includes(pack));
  }

  /** Files in `packs/` that were no finished packs when the index was loaded. */
  get unfinished(): readonly string[] {
    void this.index;
    return this.loaded?.unfinished ?? [];
  }

  /** Packs whose index could not be used when it was loaded. */
  get broken(): readonly string[] {
    void this.index;
    return this.loaded?.broken.map(({ pack }) => pack) ?? [];
  }

  /** Saves the index as one file once many packs stand beside it. Nothing depends on it. */
  saveIndex(newPacks: number): void {
    if (this.loaded === undefined || !wantsMerge(this.loaded.loose + newPacks)) return;
    writeMerged(this.files, this.index.all);
  }

  /**
   * All snapshots, as `snapshots.list` gives them, and from now on an index that was read after them: so what they need is in it,
   * whoever took one just now.
   */
  survey(): ReturnType<SnapshotFiles['list']> {
    const listed = this.snapshots.list();
    this.reload();
    return listed;
  }

  /** Forgets what was read, after packs were added or taken away. What the parent had when it was opened stays there meanwhile. */
  reload(): void {
    this.objectReader?.close();
    this.loaded = undefined;
    this.storeIndex = undefined;
    this.objectReader = undefined;
    this.parent?.store.reload();
  }

  /** Lets others see that the session lasts, and the one in the parent. */
  beat(): void {
    this.session?.beat();
    this.parent?.store.beat();
  }

  close(): void {
    this.objectReader?.close();
    const { parent } = this;
    this.parent = undefined;
    if (parent === undefined) return;
    parent.store.close();
    quietly(() => parent.session[Symbol.dispose]());
  }
}
