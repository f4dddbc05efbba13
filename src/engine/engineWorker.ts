/** Entry of the engine's thread in the editor. */
import { parentPort, workerData } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { toSnapstageError } from '../base/errors.ts';
import type { RestoreCall } from './api.ts';
import { openEngine } from './engine.ts';
import {
  engineCall,
  engineKeys,
  engineProgress,
  engineRows,
  splitResult,
  WITHOUT_ARGUMENT,
  type EngineAnswer,
  type EngineRows,
} from './rpc.ts';

// Electron shows .asar archives as folders; a snapshot wants the file.
(process as { noAsar?: boolean }).noAsar = true;

const connection = createMessageConnection(new PortMessageReader(parentPort!), new PortMessageWriter(parentPort!));
const engine = openEngine({
  folder: (workerData as { folder: string }).folder,
  bucketKeys: async (bucket) => (await connection.sendRequest(engineKeys, { bucket })) ?? undefined,
});

/** What is left of long answers, by call, until it has been fetched. */
const unsent = new Map<number, EngineRows[]>();

connection.onRequest(engineCall, async ({ call, method, argument, items, cancelFlag }, token): Promise<EngineAnswer> => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  const options: RestoreCall = {
    ...(items && { items }),
    signal: cancel.signal,
    cancelFlag,
    onProgress: (progress) => void connection.sendNotification(engineProgress, { call, progress }),
  };
  try {
    const run = engine[method].bind(engine) as (...args: unknown[]) => Promise<unknown>;
    const result = await (WITHOUT_ARGUMENT.has(method) ? run(options) : run(argument, options));
    // A view would take all of the memory behind it along.
    const { answer, rows } = splitResult(result instanceof Uint8Array ? result.slice() : result);
    if (rows.length > 0) unsent.set(call, rows);
    return answer;
  } catch (error) {
    return { error: toSnapstageError(error).toJSON() };
  }
});
connection.onRequest(engineRows, ({ call }): EngineRows => {
  const rows = unsent.get(call);
  const next = rows?.shift();
  if (rows?.length === 0) unsent.delete(call);
  return next ?? { list: '', rows: [] };
});
connection.listen();
