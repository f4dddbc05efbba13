/** Calls of a worker: plain synchronous methods, each with one argument that survives a structured clone. */
export type Calls<W> = { [K in keyof W]: W[K] extends (argument: infer A) => infer R ? { argument: A; result: R } : never };

/** Several workers of one kind, in threads or in the caller's own. Jobs go to whoever is free. */
export interface Crew<W> {
  readonly size: number;
  /** Calls every worker once; results in the workers' order. */
  each<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Promise<Calls<W>[K]['result'][]>;
  /** Shares the jobs out, and tells of each when it is done. The first failure is thrown, after the rest has stopped. */
  share<K extends keyof W & string>(
    call: K,
    jobs: readonly Calls<W>[K]['argument'][],
    done: (result: Calls<W>[K]['result'], job: number) => void,
  ): Promise<void>;
}

/**
 * How much there is to do: `small` is done in the caller's own thread; `medium` there and in others; `large` in others alone, because
 * work on much content beside a large heap keeps the garbage collector busy.
 */
export type Scale = 'small' | 'medium' | 'large';

/** Where work gets its crew. */
export type CrewFor<W> = (scale: Scale) => Promise<Crew<W>>;

/** One worker in the caller's own thread. */
export class SoloCrew<W extends object> implements Crew<W> {
  readonly size = 1;
  private readonly worker: W;

  constructor(worker: W) {
    this.worker = worker;
  }

  async each<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Promise<Calls<W>[K]['result'][]> {
    return [this.call(call, argument)];
  }

  async share<K extends keyof W & string>(
    call: K,
    jobs: readonly Calls<W>[K]['argument'][],
    done: (result: Calls<W>[K]['result'], job: number) => void,
  ): Promise<void> {
    for (const [i, job] of jobs.entries()) done(await this.run(call, job), i);
  }

  /** Does one job, after giving way to whatever else the thread has to do: a cancellation, answers of others. */
  async run<K extends keyof W & string>(call: K, job: Calls<W>[K]['argument']): Promise<Calls<W>[K]['result']> {
    await new Promise((resume) => setImmediate(resume));
    return this.call(call, job);
  }

  private call<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Calls<W>[K]['result'] {
    const method = this.worker[call] as (argument: Calls<W>[K]['argument']) => Calls<W>[K]['result'];
    return method.call(this.worker, argument);
  }
}
