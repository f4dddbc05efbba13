import { quietly, SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import { STAGE_FOLDER } from '../../store/store.ts';
import { decodeRecord, encodeRecord, parseStaged, Unreadable } from './stageBorder.ts';
import { placeId, type StagedRecord } from './stagedObject.ts';

const NAME = /^[0-9a-f]{32}$/;
/** Whoever has more means a folder. */
const MAX_OBJECTS = 10_000;

/** Something whose record can't be read: its id, and why. */
export interface UnreadableRecord {
  readonly id: string;
  readonly reason: string;
}

export interface StagedRecords {
  /** By id. */
  readonly objects: ReadonlyMap<string, StagedRecord>;
  readonly unreadable: readonly UnreadableRecord[];
}

/**
 * The Stage in the files of a store: one small file for each object, named by the place that it goes to. So damage touches one object,
 * readers need no lock, and a crash leaves each as it was or as it was to be. Who writes holds the store's lock `staging`.
 */
export class StageFiles {
  private readonly files: StoreFiles;

  constructor(files: StoreFiles) {
    this.files = files;
  }

  read(): StagedRecords {
    const objects = new Map<string, StagedRecord>();
    const unreadable: UnreadableRecord[] = [];
    for (const id of this.ids()) {
      const bytes = this.files.read(fileOf(id));
      if (bytes === undefined) continue; // removed just now
      const record = readStaged(id, bytes);
      if (record instanceof Unreadable) unreadable.push({ id, reason: record.reason });
      else objects.set(id, record);
    }
    return { objects, unreadable };
  }

  ids(): string[] {
    return this.files.list(STAGE_FOLDER).filter((name) => NAME.test(name));
  }

  /**
   * Puts objects in their places, durably. `before` is called before each, and `last` has the last word: when one of them throws, or
   * something can't be written, all is again as it was. @throws SnapstageError `refused` when it would be too many.
   */
  put(records: readonly StagedRecord[], { before = nothing, last = nothing }: { before?: () => void; last?: () => void } = {}): void {
    const all = new Set([...this.ids(), ...records.map(placeId)]);
    if (all.size > MAX_OBJECTS) {
      throw new SnapstageError('refused', `There is room for ${MAX_OBJECTS} objects on the Stage. Stage the folder that they lie in.`, {
        most: MAX_OBJECTS,
        objects: all.size,
      });
    }
    const replaced: (readonly [file: string, bytes: Buffer | undefined])[] = [];
    try {
      for (const record of records) {
        before();
        const file = fileOf(placeId(record));
        replaced.push([file, this.files.read(file)]);
        this.files.write(file, encodeRecord(record), true);
      }
      last();
    } catch (error) {
      for (const [file, bytes] of replaced.toReversed()) {
        quietly(() => (bytes === undefined ? this.files.remove(file) : this.files.write(file, bytes, true)));
      }
      throw error;
    }
  }

  /** Removes what is there of these, durably; returns how many were. */
  remove(ids: readonly string[]): number {
    const there = new Set(this.ids());
    const found = ids.filter((id) => there.has(id));
    for (const id of found) this.files.remove(fileOf(id));
    if (found.length > 0) this.files.flushFolder(STAGE_FOLDER);
    return found.length;
  }
}

function nothing(): void {
  // Nobody has something to say.
}

function readStaged(id: string, bytes: Buffer): StagedRecord | Unreadable {
  const fields = decodeRecord(bytes);
  if (fields instanceof Unreadable) return fields;
  const record = parseStaged(fields);
  // One under another's name would be replaced, or removed, in place of that one.
  return record !== undefined && placeId(record) === id ? record : new Unreadable();
}

function fileOf(id: string): string {
  return `${STAGE_FOLDER}/${id}`;
}
