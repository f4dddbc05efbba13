import { Worker } from 'node:worker_threads';
import {
  CancellationTokenSource,
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { fromErrorJson, SnapstageError } from '../base/errors.ts';
import type { OnProgress } from '../base/progress.ts';
import { CancelFlag } from '../base/work.ts';
import type { EngineApi, RestoreCall } from './api.ts';
import { workerFile } from './locate.ts';
import type { BucketKeys } from './opener.ts';
import {
  engineCall,
  engineKeys,
  engineProgress,
  engineRows,
  joinResult,
  WITHOUT_ARGUMENT,
  type EngineCall,
  type EngineRows,
} from './rpc.ts';

export interface EngineWorkerOptions {
  /** Absolute path of the instance. */
  readonly folder: string;
  /** The worker ended by itself; the next call starts another. */
  readonly onExit?: (error: SnapstageError) => void;
  readonly bucketKeys?: BucketKeys;
}

/** An engine in a thread of its own, started at the first call. */
export function startEngineWorker(options: EngineWorkerOptions): EngineApi {
  const client = new EngineClient(options);
  return new Proxy({} as EngineApi, {
    get: (_, method) => {
      if (method === 'dispose') return () => client.dispose();
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) => client.call(method as EngineCall['method'], args);
    },
  });
}

interface Running {
  readonly worker: Worker;
  readonly connection: MessageConnection;
  readonly ended: Promise<never>;
}

class EngineClient {
  private readonly options: EngineWorkerOptions;
  private readonly progress = new Map<number, OnProgress>();
  private running: Running | undefined;
  private calls = 0;
  private underWay = 0;
  private disposed = false;

  constructor(options: EngineWorkerOptions) {
    this.options = options;
  }

  async call(method: EngineCall['method'], args: readonly unknown[]): Promise<unknown> {
    if (this.disposed) throw new SnapstageError('bug', 'The engine was disposed.');
    const running = (this.running ??= this.start());
    const [argument, options] = (WITHOUT_ARGUMENT.has(method) ? [undefined, args[0]] : args) as [unknown, RestoreCall | undefined];
    const call = this.calls++;
    if (options?.signal?.aborted) throw new SnapstageError('cancelled', 'Cancelled.');
    const cancel = new CancellationTokenSource();
    const flag = new CancelFlag();
    const abort = (): void => {
      flag.cancel();
      cancel.cancel();
    };
    options?.signal?.addEventListener('abort', abort, { once: true });
    if (options?.onProgress !== undefined) this.progress.set(call, options.onProgress);
    this.underWay += 1;
    running.worker.ref();
    try {
      const items = options?.items;
      const answer = await Promise.race([
        running.connection.sendRequest(
          engineCall,
          { call, method, argument, cancelFlag: flag.buffer, ...(items && { items }) },
          cancel.token,
        ),
        running.ended,
      ]);
      if (answer.error !== undefined) throw fromErrorJson(answer.error);
      if (answer.long === undefined) return answer.result;
      const parts: EngineRows[] = [];
      for (let part: EngineRows; ; parts.push(part)) {
        part = await Promise.race([running.connection.sendRequest(engineRows, { call }), running.ended]);
        if (part.rows.length === 0) return joinResult(answer, parts);
      }
    } finally {
      options?.signal?.removeEventListener('abort', abort);
      this.progress.delete(call);
      cancel.dispose();
      this.underWay -= 1;
      if (this.underWay === 0) running.worker.unref(); // an idle engine keeps no process alive
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const running = this.running;
    this.running = undefined;
    running?.connection.dispose();
    await running?.worker.terminate();
  }

  private start(): Running {
    const worker = new Worker(workerFile('engineWorker'), {
      workerData: { folder: this.options.folder },
      resourceLimits: { maxOldGenerationSizeMb: 4096 },
    });
    const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
    connection.onNotification(engineProgress, ({ call, progress }) => this.progress.get(call)?.(progress));
    connection.onRequest(engineKeys, async ({ bucket }) => (await this.options.bucketKeys?.(bucket)) ?? null);
    connection.listen();
    const ended = new Promise<never>((_, reject) => {
      const end = (cause: unknown): void => {
        const error = new SnapstageError('bug', 'The engine ended unexpectedly.', {}, cause);
        if (this.running?.worker === worker) {
          this.running = undefined;
          this.options.onExit?.(error);
        }
        reject(error);
      };
      worker.once('error', end);
      worker.once('exit', end);
    });
    ended.catch(() => undefined); // whoever has a call under way hears of it there
    return { worker, connection, ended };
  }
}
