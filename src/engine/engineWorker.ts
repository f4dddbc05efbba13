/** Entry of the engine's thread in the editor. */
import { parentPort, workerData } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { toSnapstageError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { openEngine } from './engine.ts';
import { engineCall, engineProgress, WITHOUT_ARGUMENT, type EngineAnswer } from './rpc.ts';

// Electron shows .asar archives as folders; a snapshot wants the file.
(process as { noAsar?: boolean }).noAsar = true;

const engine = openEngine({ folder: (workerData as { folder: string }).folder });
const connection = createMessageConnection(new PortMessageReader(parentPort!), new PortMessageWriter(parentPort!));

connection.onRequest(engineCall, async ({ call, method, argument }, token): Promise<EngineAnswer> => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  const options: CallOptions = {
    signal: cancel.signal,
    onProgress: (progress) => void connection.sendNotification(engineProgress, { call, progress }),
  };
  try {
    const run = engine[method].bind(engine) as (...args: unknown[]) => Promise<unknown>;
    const result = await (WITHOUT_ARGUMENT.has(method) ? run(options) : run(argument, options));
    return result instanceof Uint8Array ? { bytes: Buffer.from(result).toString('base64') } : { result };
  } catch (error) {
    return { error: toSnapstageError(error).toJSON() };
  }
});
connection.listen();
