import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SoloCrew, type Calls, type Crew } from '../base/crew.ts';
import { fromErrorJson, SnapstageError, type ErrorCode } from '../base/errors.ts';
import { workerFile } from './locate.ts';

export type WorkerKind = 'take' | 'restore' | 'verify';

export interface PoolCall {
  /** Each crew has workers of its own: several calls of the engine may be under way at once. */
  readonly crew: number;
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

/** The threads beside the caller's own, started when first needed and kept until the engine ends. */
export class ThreadPool {
  private readonly store: string;
  private readonly cores: number;
  private readonly threads: Thread[] = [];
  private crews = 0;

  /** `store`: absolute folder of the store that the threads work on. */
  constructor(store: string, cores = Math.min(8, Math.max(2, availableParallelism()))) {
    this.store = store;
    this.cores = cores;
  }

  /** As many workers as the machine has cores; for medium work, one that `own` makes works in the caller's thread. */
  crew<W extends object>(kind: WorkerKind, scale: 'medium' | 'large', own: () => W): Crew<W> {
    const count = scale === 'medium' ? this.cores - 1 : this.cores;
    while (this.threads.length < count) this.threads.push(new Thread(this.store));
    const call = { crew: this.crews++, kind };
    return new ThreadCrew<W>(this.threads.slice(0, count), call, scale === 'medium' ? new SoloCrew(own()) : undefined);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.stop()));
  }
}

/** So many jobs for each worker, and the last ones don't keep the others waiting. */
const PLENTY = 4;

class ThreadCrew<W extends object> implements Crew<W> {
  private readonly threads: readonly Thread[];
  private readonly call: Pick<PoolCall, 'crew' | 'kind'>;
  private readonly own: SoloCrew<W> | undefined;

  constructor(threads: readonly Thread[], call: Pick<PoolCall, 'crew' | 'kind'>, own: SoloCrew<W> | undefined) {
    this.threads = threads;
    this.call = call;
    this.own = own;
  }

  get size(): number {
    return this.threads.length + (this.own === undefined ? 0 : 1);
  }

  async each<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Promise<Calls<W>[K]['result'][]> {
    const asked = this.threads.map((thread) => thread.ask<Calls<W>[K]['result']>({ ...this.call, call, argument }));
    const [own, ...answers] = await Promise.all([this.own?.each(call, argument) ?? [], ...asked]);
    return [...answers, ...own];
  }

  async share<K extends keyof W & string>(
    call: K,
    jobs: readonly Calls<W>[K]['argument'][],
    done: (result: Calls<W>[K]['result'], job: number) => void,
  ): Promise<void> {
    let next = 0;
    let failure: { error: unknown } | undefined;
    const work = async (run: (job: number) => Promise<Calls<W>[K]['result']>): Promise<void> => {
      while (next < jobs.length && failure === undefined) {
        const job = next++;
        try {
          const result = await run(job);
          if (failure === undefined) done(result, job);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    const ask = (thread: Thread) => (job: number) => thread.ask<Calls<W>[K]['result']>({ ...this.call, call, argument: jobs[job] });
    const working = this.threads.map((thread) => work(ask(thread)));
    // With plenty of jobs two are under way for each thread: it has the next one at hand when it ends one.
    if (jobs.length >= PLENTY * this.size) working.push(...this.threads.map((thread) => work(ask(thread))));
    const { own } = this;
    if (own !== undefined) working.push(work((job) => own.run(call, jobs[job])));
    await Promise.all(working);
    if (failure !== undefined) throw failure.error;
  }
}
