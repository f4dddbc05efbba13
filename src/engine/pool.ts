import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Calls, Crew } from '../base/crew.ts';
import { fromErrorJson, SnapstageError, type ErrorCode } from '../base/errors.ts';
import { workerFile } from './locate.ts';

export type WorkerKind = 'take' | 'restore' | 'verify';

export interface PoolCall {
  readonly kind: WorkerKind;
  readonly call: string;
  readonly argument: unknown;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly details: Record<string, unknown> };
}

/** Small, so that compressed blocks, which lie outside the heap, are let go soon. */
const YOUNG_MB = 6;

/** One thread: answers calls one after the other. */
class Thread {
  private readonly worker: Worker;
  private readonly waiting: { resolve: (result: unknown) => void; reject: (error: unknown) => void }[] = [];
  private ended: SnapstageError | undefined;

  constructor(store: string) {
    this.worker = new Worker(workerFile('poolWorker'), {
      workerData: { store },
      resourceLimits: { maxOldGenerationSizeMb: 4096, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker.on('message', (answer: Answer) => {
      const call = this.waiting.shift()!;
      if (answer.error !== undefined) call.reject(fromErrorJson(answer.error));
      else call.resolve(answer.result);
      if (this.waiting.length === 0) this.worker.unref();
    });
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(undefined));
    this.worker.unref();
  }

  /** The method's result; `R` is what that method returns. */
  ask<R>(call: PoolCall): Promise<R> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.worker.ref();
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ resolve: (result) => resolve(result as R), reject });
      this.worker.postMessage(call);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private end(cause: unknown): void {
    this.ended ??= new SnapstageError('bug', 'A worker thread ended unexpectedly.', {}, cause);
    for (const call of this.waiting.splice(0)) call.reject(this.ended);
  }
}

/** As many threads as the machine has cores, started when first needed and kept until the engine ends. */
export class ThreadPool {
  private readonly store: string;
  private readonly size: number;
  private threads: Thread[] = [];

  /** `store`: absolute folder of the store that the threads work on. */
  constructor(store: string, size = Math.min(8, Math.max(2, availableParallelism()))) {
    this.store = store;
    this.size = size;
  }

  crew<W>(kind: WorkerKind): Crew<W> {
    while (this.threads.length < this.size) this.threads.push(new Thread(this.store));
    return new ThreadCrew<W>(this.threads, kind);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.stop()));
  }
}

class ThreadCrew<W> implements Crew<W> {
  private readonly threads: readonly Thread[];
  private readonly kind: WorkerKind;

  constructor(threads: readonly Thread[], kind: WorkerKind) {
    this.threads = threads;
    this.kind = kind;
  }

  get size(): number {
    return this.threads.length;
  }

  async each<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Promise<Calls<W>[K]['result'][]> {
    return Promise.all(this.threads.map((thread) => thread.ask<Calls<W>[K]['result']>({ kind: this.kind, call, argument })));
  }

  async share<K extends keyof W & string>(
    call: K,
    jobs: readonly Calls<W>[K]['argument'][],
    done: (result: Calls<W>[K]['result'], job: number) => void,
  ): Promise<void> {
    let next = 0;
    let failure: { error: unknown } | undefined;
    const one = async (thread: Thread): Promise<void> => {
      while (next < jobs.length && failure === undefined) {
        const job = next++;
        try {
          const result = await thread.ask<Calls<W>[K]['result']>({ kind: this.kind, call, argument: jobs[job] });
          if (failure === undefined) done(result, job);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    // Two jobs under way for each thread: it has the next one at hand when it ends one.
    await Promise.all(this.threads.flatMap((thread) => [one(thread), one(thread)]));
    if (failure !== undefined) throw failure.error;
  }
}
