import { SnapstageError } from '../base/errors.ts';
import type { ChunkList } from '../store/chunkList.ts';
import { ID_BYTES, isNoId } from '../store/ids.ts';
import type { StoreIndex } from '../store/storeIndex.ts';
import { Flag, Kind, type TreeEntry } from '../store/tree.ts';
import type { Step } from './restorePlan.ts';
import type { PartJob, WriteJob } from './restoreWorker.ts';

export interface FileToWrite {
  readonly step: Step;
  readonly entry: TreeEntry;
  /** Where it is written, relative to the target root: its place, or a staged name. */
  readonly at: string;
}

/** One more name of a file that `first` is written as. */
export interface FurtherName {
  readonly step: Step;
  readonly first: string;
}

export interface FilesToWrite {
  readonly writes: readonly FileToWrite[];
  readonly names: readonly FurtherName[];
}

const JOB_BYTES = 8 << 20;
const JOB_FILES = 1000;
const PART_CHUNKS = 512;

/** Files with content of their own, and further names of one of them. `staging`: the folder that they are written to first. */
export function filesToWrite(steps: readonly Step[], groups: ReadonlyMap<string, string>, staging: string | undefined): FilesToWrite {
  const writes: FileToWrite[] = [];
  const names: FurtherName[] = [];
  const firsts = new Map<string, string>();
  for (const step of steps) {
    if (!isWritten(step) || step.to!.kind !== Kind.file) continue;
    const group = step.original === undefined ? groups.get(step.path) : undefined;
    const first = group === undefined ? undefined : firsts.get(group);
    if (first !== undefined) {
      names.push({ step, first });
      continue;
    }
    if (group !== undefined) firsts.set(group, step.path);
    writes.push({ step, entry: step.to!, at: staging === undefined ? step.path : `${staging}/${writes.length}` });
  }
  return { writes, names };
}

/** True for a file that is stored in chunks, and written in parts. */
export function isLarge({ entry }: FileToWrite): boolean {
  return (entry.flags & Flag.chunked) !== 0;
}

/** @throws SnapstageError `damaged` when the chunks are not as long as the file. */
export function partJobs({ at, entry, step }: FileToWrite, list: ChunkList): PartJob[] {
  const jobs: PartJob[] = [];
  let offset = 0;
  for (let from = 0; from < list.count; from += PART_CHUNKS) {
    const to = Math.min(list.count, from + PART_CHUNKS);
    jobs.push({ path: at, list: list.bytes, from, to, offset, sparse: (entry.flags & Flag.sparse) !== 0 });
    for (let chunk = from; chunk < to; chunk++) offset += list.length(chunk);
  }
  if (offset === entry.size) return jobs;
  throw new SnapstageError('damaged', `The stored chunks of “${step.path}” have another length than the file.`, { path: step.path });
}

/** Of files that are not large, in the order of the store, so that each block is read once. */
export function smallJobs(files: readonly FileToWrite[], index: StoreIndex): WriteJob[] {
  const segments = new Map(index.withLent.map((segment, i) => [segment, i]));
  const placed = files.map((file) => {
    const location = isNoId(file.entry.id) ? undefined : index.find(file.entry.id);
    const segment = location?.segment;
    const block = segment === undefined ? 0 : segment.objectBlock[location!.row]!;
    return { file, segment: segment === undefined ? -1 : segments.get(segment)!, block };
  });
  placed.sort((a, b) => a.segment - b.segment || a.block - b.block);
  const jobs: WriteJob[] = [];
  let batch: FileToWrite[] = [];
  let bytes = 0;
  for (const [i, { file, segment, block }] of placed.entries()) {
    const before = placed[i - 1];
    const newBlock = before === undefined || before.segment !== segment || before.block !== block;
    if (newBlock && (bytes >= JOB_BYTES || batch.length >= JOB_FILES)) {
      jobs.push(writeJob(batch));
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.entry.size;
  }
  if (batch.length > 0) jobs.push(writeJob(batch));
  return jobs;
}

function writeJob(files: readonly FileToWrite[]): WriteJob {
  const ids = Buffer.allocUnsafeSlow(files.length * ID_BYTES);
  for (const [i, file] of files.entries()) file.entry.id.copy(ids, i * ID_BYTES);
  return {
    paths: files.map((file) => file.at),
    ids,
    mode: Uint16Array.from(files, (file) => file.entry.mode),
    flags: Uint8Array.from(files, (file) => file.entry.flags),
    mtime: BigInt64Array.from(files, (file) => file.entry.mtime),
  };
}

/** True for a step that makes what is to be there anew. */
export function isWritten(step: Step): boolean {
  return step.action === 'add' || step.action === 'replace';
}
