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
    for (const [i, job] of jobs.entries()) {
      done(this.call(call, job), i);
      if (i % 16 === 15) await new Promise((resume) => setImmediate(resume)); // lets a cancellation arrive
    }
  }

  private call<K extends keyof W & string>(call: K, argument: Calls<W>[K]['argument']): Calls<W>[K]['result'] {
    const method = this.worker[call] as (argument: Calls<W>[K]['argument']) => Calls<W>[K]['result'];
    return method.call(this.worker, argument);
  }
}
