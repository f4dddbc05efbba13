import type { CancellationToken } from 'vscode';

/** Runs the work with a signal that aborts when VS Code's token is cancelled. */
export async function abortable<T>(token: CancellationToken | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  if (token?.isCancellationRequested) abort.abort();
  const subscription = token?.onCancellationRequested(() => abort.abort());
  try {
    return await work(abort.signal);
  } finally {
    subscription?.dispose();
  }
}
