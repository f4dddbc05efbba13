import { SnapstageError } from '../base/errors.ts';
import type { Host } from '../base/host.ts';
import { isSystemError } from '../base/errors.ts';
import type { StoreFiles } from './files.ts';
import { ObjectReader } from './objectReader.ts';
import { readReservations } from './reservations.ts';
import { ExclusiveLock, Sessions, type Session } from './sessions.ts';
import { SnapshotFiles } from './snapshots.ts';
import { loadIndex, StoreIndex, wantsMerge, writeMerged, type LoadedIndex } from './storeIndex.ts';

/** The folder of the store inside an instance. */
export const STORE_FOLDER = '.snapstage';
export const FORMAT_FILE = 'format';
const FORMAT = {
  format: 1,
  minReader: 1,
  minWriter: 1,
  features: [] as string[],
  hash: 'sha256',
  chunker: { name: 'fastcdc-gear', min: 32 << 10, avg: 128 << 10, max: 512 << 10, whole: 512 << 10 },
};
const FOLDERS = ['packs', 'snapshots', 'index', 'cache', 'locks', 'sessions', 'trash', 'journal', 'restoring', 'damaged'];
/** Fixed small files: the first keeps git out, the second backup tools that know the convention of bford.info/cachedir. */
export const FIXED_FILES: Readonly<Record<string, string>> = {
  '.gitignore': '*\n',
  'CACHEDIR.TAG':
    'Signature: 8a477f597d28d172789f06886806bc55\n# The snapshots of Snapstage. Leave it out of what copies this folder for other ends.\n',
};

export function formatText(): string {
  return `${JSON.stringify(FORMAT, null, 2)}\n`;
}

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
  private loaded: LoadedIndex | undefined;
  private storeIndex: StoreIndex | undefined;
  private objectReader: ObjectReader | undefined;

  constructor(files: StoreFiles, host: Host) {
    this.files = files;
    this.host = host;
    this.snapshots = new SnapshotFiles(files);
    this.sessions = new Sessions(files, host);
    this.lock = new ExclusiveLock(files, this.sessions);
    this.restoring = new ExclusiveLock(files, this.sessions, 'restoring');
  }

  /** Makes an empty store. The format file comes last: without it there is none. */
  static create(files: StoreFiles): void {
    files.makeFolder('');
    for (const folder of FOLDERS) files.makeFolder(folder);
    for (const [name, text] of Object.entries(FIXED_FILES)) files.write(name, Buffer.from(text), false);
    files.write(FORMAT_FILE, Buffer.from(formatText()), true);
  }

  static exists(files: StoreFiles): boolean {
    return files.size(FORMAT_FILE) !== undefined;
  }

  /** @throws SnapstageError `not-found`, `newer-format`, `damaged`. */
  checkFormat(): void {
    const bytes = this.files.read(FORMAT_FILE);
    if (bytes === undefined) throw new SnapstageError('not-found', 'There is no store here.', { reason: 'not-initialized' });
    let format: Partial<typeof FORMAT>;
    try {
      format = JSON.parse(bytes.toString('utf8')) as Partial<typeof FORMAT>;
    } catch (error) {
      throw new SnapstageError('damaged', 'The store’s format file is damaged.', { part: FORMAT_FILE }, error);
    }
    if (typeof format.minReader !== 'number')
      throw new SnapstageError('damaged', 'The store’s format file is damaged.', { part: FORMAT_FILE });
    if (format.minReader > FORMAT.format) {
      throw new SnapstageError('newer-format', 'This store was written by a newer Snapstage.', { format: format.format });
    }
  }

  /** Starts work; dispose the session at its end. */
  begin(): Session {
    this.checkFormat();
    try {
      return this.sessions.begin();
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
      for (const folder of FOLDERS) this.files.makeFolder(folder); // an empty folder is lost by some copies
      return this.sessions.begin();
    }
  }

  get index(): StoreIndex {
    if (this.storeIndex === undefined) {
      this.loaded = loadIndex(this.files);
      this.storeIndex = new StoreIndex(this.loaded.segments, readReservations(this.files));
    }
    return this.storeIndex;
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

  /** Forgets what was read, after packs were added or taken away. */
  reload(): void {
    this.close();
    this.loaded = undefined;
    this.storeIndex = undefined;
    this.objectReader = undefined;
  }

  close(): void {
    this.objectReader?.close();
  }
}
