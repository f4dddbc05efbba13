import * as vscode from 'vscode';
import type { CallOptions, Progress } from '../base/progress.ts';
import { progressInWords } from './words.ts';

/** Something long that is under way. */
export interface Job {
  readonly title: string;
  /** From 0 to 1, where it is known. */
  fraction?: number;
}

/** As every call of the engine takes them; all that is run can be cancelled. */
type WorkOptions = CallOptions & { readonly signal: AbortSignal };

/** What lasts shorter shows in the status bar only; what lasts longer also in the view. */
const quietMilliseconds = 400;

/** Long work: each with a notification that shows its progress and can cancel it. */
export class Work implements vscode.Disposable {
  readonly #jobs = new Set<Job>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** The one that has been running longest. */
  get current(): Job | undefined {
    return this.#jobs.values().next().value;
  }

  /** Runs the task to its end, and hands on what it returns or throws. What is quiet shows in the status bar alone, and logs for itself. */
  async run<T>(title: string, task: (options: WorkOptions) => Promise<T>, { isQuiet = false } = {}): Promise<T> {
    const job: Job = { title };
    const abort = new AbortController();
    let show: ((progress: Progress) => void) | undefined;
    const onProgress = (progress: Progress): void => {
      const fraction = fractionOf(progress);
      if (fraction !== undefined) job.fraction = fraction;
      show?.(progress);
      this.#changed.fire();
    };
    const started = performance.now();
    this.#jobs.add(job);
    this.#changed.fire();
    if (!isQuiet) this.#log.info(title);
    const result = task({ signal: abort.signal, onProgress });
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    const timer = setTimeout(() => {
      if (isQuiet) return;
      void vscode.window.withProgress({ location: { viewId: 'snapstage.snapshots' } }, () => ended);
      void notify(title, abort, ended, (sink) => (show = sink));
    }, quietMilliseconds);
    try {
      return await result;
    } finally {
      clearTimeout(timer);
      this.#jobs.delete(job);
      this.#changed.fire();
      if (!isQuiet) this.#log.info(`${title}: ${Math.round(performance.now() - started)} ms`);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function notify(
  title: string,
  abort: AbortController,
  ended: Promise<void>,
  onSink: (sink: (progress: Progress) => void) => void,
): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (notification, token) => {
    token.onCancellationRequested(() => abort.abort());
    let percent = 0;
    onSink((progress) => {
      const now = (fractionOf(progress) ?? 0) * 100;
      notification.report({ message: progressInWords(progress), ...(now > percent && { increment: now - percent }) });
      percent = Math.max(percent, now);
    });
    return ended;
  });
}

function fractionOf(progress: Progress): number | undefined {
  if (progress.totalBytes) return Math.min(1, progress.bytes / progress.totalBytes);
  return progress.totalFiles ? Math.min(1, progress.files / progress.totalFiles) : undefined;
}
