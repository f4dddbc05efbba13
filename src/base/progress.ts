/** Where a long call stands. Totals are absent until they are known. */
export interface Progress {
  /** What is being done now. */
  readonly phase: 'scan' | 'read' | 'plan' | 'write' | 'verify' | 'compact' | 'delete' | 'finish';
  /** In `delete`: snapshots. */
  readonly files: number;
  readonly totalFiles?: number;
  readonly bytes: number;
  readonly totalBytes?: number;
  /** Bytes a second, over the last few seconds. */
  readonly rate?: number;
  /** Seconds left, where totals are known. */
  readonly eta?: number;
}

export type OnProgress = (progress: Progress) => void;

/** What every long call takes beside its request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Memory of a `CancelFlag` that another thread sets: it is seen also where the call lets no message in. */
  readonly cancelFlag?: SharedArrayBuffer;
}
