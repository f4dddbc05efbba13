import { SnapstageError } from './errors.ts';
import type { CallOptions, OnProgress, Progress } from './progress.ts';

/** Set from one thread, seen by all: 0 runs, 1 is cancelled. */
export class CancelFlag {
  readonly cell: Int32Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.cell = new Int32Array(shared);
  }

  get buffer(): SharedArrayBuffer {
    return this.cell.buffer as SharedArrayBuffer;
  }

  cancel(): void {
    Atomics.store(this.cell, 0, 1);
  }

  /** @throws SnapstageError `cancelled` once `cancel` was called. */
  check(): void {
    if (Atomics.load(this.cell, 0) === 1) throw new SnapstageError('cancelled', 'Cancelled.');
  }
}

const WINDOW_MS = 3000;
const REPORT_MS = 50;

/** One long call: its cancellation, and its progress as counters that are reported at most 20 times a second. */
export class Work {
  readonly cancel: CancelFlag;
  private readonly onProgress: OnProgress | undefined;
  private readonly now: () => number;
  private readonly beat: () => void;
  private readonly marks: { at: number; bytes: number }[] = [];
  private phase: Progress['phase'] = 'scan';
  private files = 0;
  private bytes = 0;
  private totalFiles: number | undefined;
  private totalBytes: number | undefined;
  private reported = 0;

  /** `beat` is called at each check: by it others see that the call lasts, also while it lets no timer go off. */
  constructor(options: CallOptions = {}, now: () => number = performance.now.bind(performance), beat: () => void = () => undefined) {
    this.cancel = new CancelFlag(options.cancelFlag);
    this.onProgress = options.onProgress;
    this.now = now;
    this.beat = beat;
    if (options.signal?.aborted) this.cancel.cancel();
    else options.signal?.addEventListener('abort', () => this.cancel.cancel(), { once: true });
  }

  /** Starts the counters anew for the next part of the call. */
  begin(phase: Progress['phase'], totalFiles?: number, totalBytes?: number): void {
    this.check();
    this.phase = phase;
    this.files = 0;
    this.bytes = 0;
    this.totalFiles = totalFiles;
    this.totalBytes = totalBytes;
    this.marks.length = 0;
    this.report(true);
  }

  advance(files: number, bytes: number): void {
    this.files += files;
    this.bytes += bytes;
    this.report(false);
  }

  /** @throws SnapstageError `cancelled`. */
  check(): void {
    this.beat();
    this.cancel.check();
  }

  /** Gives way to whatever else the thread has to do, a cancellation for one. @throws SnapstageError `cancelled`. */
  async pause(): Promise<void> {
    await new Promise((resume) => setImmediate(resume));
    this.check();
  }

  private report(always: boolean): void {
    if (this.onProgress === undefined) return;
    const at = this.now();
    if (!always && at - this.reported < REPORT_MS) return;
    this.reported = at;
    this.marks.push({ at, bytes: this.bytes });
    while (this.marks.length > 2 && at - this.marks[0]!.at > WINDOW_MS) this.marks.shift();
    const first = this.marks[0]!;
    const rate = at > first.at ? ((this.bytes - first.bytes) * 1000) / (at - first.at) : undefined;
    this.onProgress({
      phase: this.phase,
      files: this.files,
      bytes: this.bytes,
      ...(this.totalFiles === undefined ? {} : { totalFiles: this.totalFiles }),
      ...(this.totalBytes === undefined ? {} : { totalBytes: this.totalBytes }),
      ...(rate === undefined ? {} : { rate }),
      ...(rate !== undefined && rate > 0 && this.totalBytes !== undefined ? { eta: (this.totalBytes - this.bytes) / rate } : {}),
    });
  }
}

/** The same cancellation, without progress: of what is part of something that is counted otherwise. */
export function uncounted(work: Work): Work {
  return new Work({ cancelFlag: work.cancel.buffer });
}
