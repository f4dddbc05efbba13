declare module 'mocha' {
  interface Runnable {
    skipReason?: string;
  }
  interface Suite {
    skipReason?: string;
  }
}

/** Skips the running test, or from a hook all the tests it stands before, for a reason that the run prints. Any other skip fails the run. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable();
  const skipped = runnable.title.startsWith('"before ') ? runnable.parent : runnable;
  if (skipped !== undefined) skipped.skipReason = reason;
  return context.skip();
}

/** Why a test that did not run was skipped; `undefined` when nobody said. */
export function skipReason(test: Mocha.Test): string | undefined {
  if (test.skipReason !== undefined) return test.skipReason;
  for (let suite = test.parent; suite !== undefined; suite = suite.parent) if (suite.skipReason !== undefined) return suite.skipReason;
  return undefined;
}
