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
const workers = new Map<WorkerKind, Record<string, (argument: unknown) => unknown>>();

parentPort!.on('message', ({ kind, call, argument }: PoolCall) => {
  try {
    let worker = workers.get(kind);
    if (worker === undefined) {
      worker = makers[kind]() as Record<string, (argument: unknown) => unknown>;
      workers.set(kind, worker);
    }
    parentPort!.postMessage({ result: worker[call]!(argument) });
  } catch (error) {
    parentPort!.postMessage({ error: toSnapstageError(error).toJSON() });
  }
});
