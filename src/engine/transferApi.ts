/** Snapshots that leave a store and come into one, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { SnapshotInfo } from './api.ts';

export interface ExportRequest {
  readonly state: string;
  /** A file, absolute, or the number of an open descriptor. */
  readonly to: string | number;
  /** `bundle` for `importSnapshot`; `tar`, compressed by zstd, for other programs. */
  readonly format: 'bundle' | 'tar';
  /** Replace a file that is there. */
  readonly force?: boolean;
}

export interface ExportReport {
  readonly snapshot: SnapshotInfo;
  /** Bytes of the file. */
  readonly bytes: number;
}

export interface ImportRequest {
  /** A file, absolute, or the number of an open descriptor. */
  readonly from: string | number;
}

export interface CopyRequest {
  readonly state: string;
  /** Folder of the other instance, absolute. */
  readonly to: string;
  /** Make the folder an instance where it is none. */
  readonly init?: boolean;
}

export interface TransferPlan {
  readonly snapshot: SnapshotInfo;
  /** It is there already, and nothing of it is missing. */
  readonly present: boolean;
}

/** With what is missing there: of how many objects, and how many bytes when decompressed. */
export interface CopyPlan extends TransferPlan {
  readonly objects: number;
  readonly bytes: number;
  /** Of what is there already. */
  readonly presentBytes: number;
}

export interface TransferReport {
  /** `present`: it was there, and nothing was done. `mended`: it was there, but something of it was missing. */
  readonly outcome: 'imported' | 'present' | 'mended';
  readonly snapshot: SnapshotInfo;
  /** What the store grew by, compressed. */
  readonly storedBytes: number;
}

export interface TransferApi {
  /** One snapshot as one file, written beside and put in place when whole. Rejects with `exists`. */
  exportSnapshot(request: ExportRequest, options?: CallOptions): Promise<ExportReport>;
  /** What a file of `exportSnapshot` says it holds; of that only what is needed to say it is read. */
  planImport(request: ImportRequest, options?: CallOptions): Promise<TransferPlan>;
  /** Takes in a file of `exportSnapshot` with its id and labels, whoever it is from; rejects with `damaged`, and nothing is there then. */
  importSnapshot(request: ImportRequest, options?: CallOptions): Promise<TransferReport>;
  planCopy(request: CopyRequest, options?: CallOptions): Promise<CopyPlan>;
  /** Brings a snapshot, with its id and labels, to another instance's store; only what is missing there is written. */
  copySnapshot(request: CopyRequest, options?: CallOptions): Promise<TransferReport>;
}
