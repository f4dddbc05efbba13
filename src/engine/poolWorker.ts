/** Entry of a pool thread: makes workers of the asked kind, and calls their methods in the order of the messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { toSnapstageError } from '../base/errors.ts';
import { RestoreWorker } from '../instance/restoreWorker.ts';
import { TakeWorker } from '../instance/takeWorker.ts';
import { VerifyWorker } from '../store/verifyWorker.ts';
import { DiskFiles } from '../store/disk.ts';
import { nodeHost } from './nodeHost.ts';
import type { PoolCall, WorkerKind } from './pool.ts';

// Electron shows .asar archives as folders; a snapshot wants the file.
(process as { noAsar?: boolean }).noAsar = true;

const { store } = workerData as { store: string };
const files = new DiskFiles(store);
const host = nodeHost();
const makers: Record<WorkerKind, () => object> = {
  take: () => new TakeWorker(files, host),
  restore: () => new RestoreWorker(files),
  verify: () => new VerifyWorker(files),
};
const workers = new Map<number, Record<string, (argument: unknown) => unknown>>();
/** Calls that a crew ends with: its worker is not asked again. */
const LAST = new Set(['abandon', 'end']);

parentPort!.on('message', ({ crew, kind, call, argument }: PoolCall) => {
  try {
    let worker = workers.get(crew);
    if (worker === undefined) {
      worker = makers[kind]() as Record<string, (argument: unknown) => unknown>;
      workers.set(crew, worker);
    }
    parentPort!.postMessage({ result: worker[call]!(argument) });
  } catch (error) {
    parentPort!.postMessage({ error: toSnapstageError(error).toJSON() });
  } finally {
    if (LAST.has(call)) workers.delete(crew);
  }
});
