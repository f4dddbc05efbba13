import { quietly, SnapstageError } from '../base/errors.ts';
import type { InstalledExtension } from './extensions.ts';
import type { StoreFiles } from './files.ts';
import { idOf } from './ids.ts';

const FOLDER = 'snapshots';
const NAME = /^[0-9a-f]{32}$/;

/** A remark on a path, kept with the snapshot. */
export interface Note {
  readonly path: string;
  readonly reason: string;
}

/** The immutable record of a snapshot. Its id is the start of the record's SHA-256, so no byte of it can change unseen. */
export interface SnapshotRecord {
  readonly version: 1;
  /** Random: two snapshots that are alike in all else, taken in the same millisecond, are two. */
  readonly nonce: string;
  /** Tree id of the folder, hex. */
  readonly root: string;
  readonly rootMode: number;
  /** Nanoseconds since 1970, as a decimal string. */
  readonly rootMtime: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Orders snapshots of one store, also when the clock was set back. */
  readonly sequence: number;
  readonly kind: 'manual' | 'automatic' | 'hand-in';
  readonly reason: string | null;
  readonly consistency: 'consistent' | 'quiesced' | 'crash-consistent';
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  readonly addedBytes: number;
  /** True when some file may have several names. */
  readonly linked: boolean;
  readonly excluded: readonly Note[];
  readonly unreadable: readonly Note[];
  readonly evidence: readonly Note[];
  /** What the editor's profile had installed; absent where no editor took the snapshot. */
  readonly extensions?: readonly InstalledExtension[];
}

/** What may be edited later. */
export interface Labels {
  readonly name: string | null;
  readonly description: string | null;
  readonly pinned: boolean;
  /** When it came here from another store: ISO 8601, UTC. Absent for one that was taken here. */
  readonly imported?: string;
}

export const NO_LABELS: Labels = { name: null, description: null, pinned: false };

/** Damaged ones: nobody knows that the snapshot was not pinned. */
const LOST_LABELS: Labels = { ...NO_LABELS, pinned: true };

export interface StoredSnapshot {
  readonly id: string;
  readonly record: SnapshotRecord;
  readonly labels: Labels;
}

/** The snapshots of a store: one small file each, its labels in another beside it. */
export class SnapshotFiles {
  private readonly files: StoreFiles;

  constructor(files: StoreFiles) {
    this.files = files;
  }

  /** Ids of what is there, in no order. */
  ids(): string[] {
    return this.files.list(FOLDER).filter((name) => NAME.test(name));
  }

  /** All readable snapshots, newest first, and the ids of the damaged ones. */
  list(): { readonly snapshots: StoredSnapshot[]; readonly damaged: string[] } {
    const snapshots: StoredSnapshot[] = [];
    const damaged: string[] = [];
    for (const id of this.ids()) {
      try {
        const snapshot = this.get(id);
        if (snapshot !== undefined) snapshots.push(snapshot);
      } catch (error) {
        if (!(error instanceof SnapstageError) || error.code !== 'damaged') throw error;
        damaged.push(id);
      }
    }
    return { snapshots: newestFirst(snapshots), damaged };
  }

  /** @throws SnapstageError `damaged` when the record is not the one that its id names; `undefined` when there is none. */
  get(id: string): StoredSnapshot | undefined {
    const bytes = this.files.read(`${FOLDER}/${id}`);
    if (bytes === undefined) return undefined;
    if (snapshotId(bytes) !== id) throw damagedRecord(id, 'its record is changed');
    const record = JSON.parse(bytes.toString('utf8')) as SnapshotRecord;
    if (record.version !== 1) throw new SnapstageError('newer-format', `Snapshot ${id} was written by a newer Snapstage.`, { id });
    const labels = this.labels(id);
    return { id, record, labels: labels === 'damaged' ? LOST_LABELS : (labels ?? NO_LABELS) };
  }

  /** The labels, where there are any. */
  labels(id: string): Labels | 'damaged' | undefined {
    const bytes = this.files.read(labelFile(id));
    if (bytes === undefined) return undefined;
    if (bytes.length < 65) return 'damaged';
    const body = bytes.subarray(65);
    if (bytes.toString('latin1', 0, 65) !== `${idOf(body).toString('hex')}\n`) return 'damaged';
    return JSON.parse(body.toString('utf8')) as Labels;
  }

  /** Writes labels, then the record, durably: a snapshot is there with its name, or, when this throws, not at all. Returns its id. */
  add(record: SnapshotRecord, labels: Labels): string {
    const bytes = Buffer.from(JSON.stringify(record));
    const id = snapshotId(bytes);
    try {
      if (labels.name !== null || labels.description !== null || labels.pinned || labels.imported !== undefined) this.setLabels(id, labels);
      this.files.write(`${FOLDER}/${id}`, bytes, true);
    } catch (error) {
      // A record may be there to be seen, and only its flush have failed: a power cut could still take it. Who is told that
      // no snapshot was taken must not find one, and who finds one must be able to rely on it.
      quietly(() => this.remove(id));
      throw error;
    }
    return id;
  }

  setLabels(id: string, labels: Labels): void {
    const body = Buffer.from(JSON.stringify(labels));
    this.files.write(labelFile(id), Buffer.concat([Buffer.from(`${idOf(body).toString('hex')}\n`), body]), true);
  }

  remove(id: string): void {
    for (const file of recordFiles(id)) this.files.remove(file);
    this.files.flushFolder(FOLDER);
  }
}

/** Those taken here in the order they were taken in; those of other stores where their times put them. */
function newestFirst(snapshots: readonly StoredSnapshot[]): StoredSnapshot[] {
  const isOwn = ({ labels }: StoredSnapshot): boolean => labels.imported === undefined;
  const byTime = (a: StoredSnapshot, b: StoredSnapshot): number => (a.record.created < b.record.created ? 1 : -1);
  const own = snapshots.filter(isOwn).sort((a, b) => b.record.sequence - a.record.sequence || byTime(a, b));
  const foreign = snapshots.filter((one) => !isOwn(one)).sort(byTime);
  let next = 0;
  const merged = own.flatMap((one) => {
    const from = next;
    while (next < foreign.length && foreign[next]!.record.created > one.record.created) next += 1;
    return [...foreign.slice(from, next), one];
  });
  return [...merged, ...foreign.slice(next)];
}

/** The number of the next snapshot to be taken here. */
export function nextSequence(snapshots: readonly StoredSnapshot[]): number {
  return snapshots.reduce((last, { record, labels }) => (labels.imported === undefined ? Math.max(last, record.sequence) : last), 0) + 1;
}

/** The files of a snapshot: its record, and its labels where it has any. */
export function recordFiles(id: string): [record: string, labels: string] {
  return [`${FOLDER}/${id}`, labelFile(id)];
}

function labelFile(id: string): string {
  return `${FOLDER}/${id}.labels`;
}

/** The id of the snapshot with this record. */
export function snapshotId(bytes: Buffer): string {
  return idOf(bytes).toString('hex', 0, 16);
}

function damagedRecord(id: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `Snapshot ${id} is damaged: ${why}.`, { part: `${FOLDER}/${id}` });
}
