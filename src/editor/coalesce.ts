/**
 * A function that runs `run` at most once at a time: calls that come while it runs share one further run. Every caller
 * gets the end of a run that began after the call; it rejects as that run does.
 */
export function coalesce(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = async (): Promise<void> => {
    try {
      await run();
    } finally {
      running = next;
      next = undefined;
    }
  };
  return () => {
    if (running === undefined) return (running = begin());
    return (next ??= running.then(begin, begin));
  };
}
