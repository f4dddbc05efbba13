import { joinPath } from '../base/paths.ts';
import { WHOLE_FILE } from '../store/chunker.ts';
import { ID_BYTES } from '../store/ids.ts';
import { Flag, Kind } from '../store/tree.ts';
import { Outcome, type ReadJob, type ReadResult } from './contentReader.ts';
import type { ChangedRow, Findings } from './findings.ts';
import type { LargeFile } from './largeFiles.ts';
import type { RowColumns } from './rows.ts';
import { isPending, VANISHED } from './scan.ts';

const JOB_BYTES = { min: 256 << 10, max: 4 << 20 };
const JOB_FILES = 512;
/** Jobs that the whole is split into, where that makes none too small: the last ones should end together. */
const JOBS = 64;

export interface PlannedReads {
  readonly jobs: ReadJob[];
  /** The rows that each job's results belong to. */
  readonly rows: ChangedRow[][];
  readonly large: LargeFile[];
}

/** Jobs for small files and links in folder order, and the large files. */
export function planReads(findings: Findings, folders: readonly string[]): PlannedReads {
  const jobs: ReadJob[] = [];
  const rows: ChangedRow[][] = [];
  const large: LargeFile[] = [];
  const limit = Math.min(JOB_BYTES.max, Math.max(JOB_BYTES.min, pendingBytes(findings, folders) / JOBS));
  let paths: string[] = [];
  let batch: ChangedRow[] = [];
  let bytes = 0;
  const close = (): void => {
    if (batch.length === 0) return;
    jobs.push(readJob(paths, batch));
    rows.push(batch);
    paths = [];
    batch = [];
    bytes = 0;
  };
  for (const path of [...new Set(folders)].sort()) {
    const changed = findings.changed.get(path)!;
    const { columns } = changed.scan;
    for (const [i, name] of changed.folder.names.entries()) {
      const row = changed.folder.start + i;
      if (!isPending(columns, row)) continue;
      if (columns.kind[row] === Kind.file && columns.size[row]! >= WHOLE_FILE) {
        large.push({ path: joinPath(path, name), changed, row });
        continue;
      }
      paths.push(joinPath(path, name));
      batch.push({ changed, row });
      bytes += columns.size[row]!;
      if (bytes >= limit || batch.length >= JOB_FILES) close();
    }
  }
  close();
  return { jobs, rows, large };
}

/** Bytes of files in the folders that are still to be read, as the scan saw them. */
export function pendingBytes(findings: Findings, folders: Iterable<string>): number {
  let bytes = 0;
  for (const path of folders) {
    const { scan, folder } = findings.changed.get(path)!;
    for (let row = folder.start; row < folder.start + folder.names.length; row++) {
      if (isPending(scan.columns, row)) bytes += scan.columns.size[row]!;
    }
  }
  return bytes;
}

/** Writes a job's results into the rows; returns files that have become large or are live databases, and paths that are no files or links any more. */
export function applyRead(
  findings: Findings,
  result: ReadResult,
  job: ReadJob,
  rows: readonly ChangedRow[],
): { grown: LargeFile[]; turned: string[] } {
  const grown: LargeFile[] = [];
  const turned: string[] = [];
  for (const [i, { changed, row }] of rows.entries()) {
    const { columns } = changed.scan;
    const path = job.paths[i]!;
    if (result.outcome[i] === Outcome.changing) findings.evidence.push({ path, reason: 'changed while it was being read' });
    switch (result.outcome[i]) {
      case Outcome.changing:
      case Outcome.good:
        findings.totals.bytes += result.size[i]! - (columns.kind[row] === Kind.file ? columns.size[row]! : result.size[i]!);
        setRow(columns, row, result, i);
        break;
      case Outcome.large:
      case Outcome.database:
        grown.push({ path, changed, row });
        break;
      case Outcome.gone:
        findings.evidence.push({ path, reason: VANISHED });
        findings.drop({ changed, row });
        break;
      case Outcome.turned:
        turned.push(path);
        findings.drop({ changed, row });
        break;
      default:
        findings.unreadable.push({ path, reason: result.reasons[i] ?? 'can’t be read' });
        findings.drop({ changed, row });
    }
  }
  return { grown, turned };
}

function readJob(paths: string[], rows: readonly ChangedRow[]): ReadJob {
  const count = rows.length;
  const job = {
    paths,
    kind: new Uint8Array(count),
    size: new Float64Array(count),
    mtimeMs: new Float64Array(count),
    ctimeMs: new Float64Array(count),
    previous: Buffer.alloc(count * ID_BYTES),
  };
  for (const [i, { changed, row }] of rows.entries()) {
    const { columns, previous, previousFlags } = changed.scan;
    job.kind[i] = columns.kind[row]!;
    job.size[i] = columns.size[row]!;
    job.mtimeMs[i] = columns.mtimeMs[row]!;
    job.ctimeMs[i] = columns.ctimeMs[row]!;
    const whole = (previousFlags[row]! & Flag.chunked) === 0;
    if (whole) previous.copy(job.previous, i * ID_BYTES, row * ID_BYTES, (row + 1) * ID_BYTES);
  }
  return job;
}

function setRow(columns: RowColumns, row: number, result: ReadResult, i: number): void {
  result.ids.copy(columns.ids, row * ID_BYTES, i * ID_BYTES, (i + 1) * ID_BYTES);
  columns.size[row] = result.size[i]!;
  columns.flags[row] = result.flags[i]!;
  columns.mtime[row] = result.mtime[i]!;
  columns.mode[row] = result.mode[i]!;
  columns.inode[row] = result.inode[i]!;
  columns.mtimeMs[row] = result.mtimeMs[i]!;
  columns.ctimeMs[row] = result.ctimeMs[i]!;
}
