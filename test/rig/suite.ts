/** Runs test files with mocha, strictly: the same in a tier's own Node and inside the extension host. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { skipReason } from './skip.ts';

export interface Report {
  readonly passed: number;
  /** What failed, with the reason of each. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

export interface SuiteOptions {
  /** Whether a rejection that nobody caught is ours; absent: all are. */
  readonly isOurs?: (stack: string) => boolean;
  /** Where a stack's frames are mapped back to the sources. */
  readonly mapStack?: (stack: string) => string;
}

/**
 * Runs the files, prints the results, and writes the report as JSON to the file named by SNAPSTAGE_REPORT.
 * Failures are, besides failed tests: no test at all, `.only`, a skip without a reason, a rejection that nobody caught.
 * A regular expression in SNAPSTAGE_GREP picks tests by name.
 */
export async function runSuite(files: readonly string[], options: SuiteOptions = {}): Promise<Report> {
  const { isOurs = () => true, mapStack = (stack: string) => stack } = options;
  const stray = new Set<unknown>();
  const onStray = (reason: unknown): void => void stray.add(reason);
  process.on('unhandledRejection', onStray);

  const grep = process.env['SNAPSTAGE_GREP'];
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, forbidOnly: true, ...(grep === undefined ? {} : { grep }) });
  for (const file of files) mocha.addFile(file);
  const problems: string[] = [];
  const failures: string[] = [];
  const stats = { passes: 0, pending: 0 };
  try {
    await mocha.loadFilesAsync();
    const { promise, resolve } = Promise.withResolvers<void>();
    const runner = mocha.run(() => resolve());
    runner.on('pass', () => (stats.passes += 1));
    runner.on('fail', (test, error: { stack?: string } | undefined) => {
      if (typeof error?.stack === 'string') error.stack = mapStack(error.stack);
      failures.push(`${test.fullTitle()}: ${text(error, mapStack)}`);
    });
    runner.on('pending', (test) => {
      stats.pending += 1;
      const reason = skipReason(test);
      if (reason === undefined) problems.push(`skipped without a reason: ${test.fullTitle()}`);
      else process.stdout.write(`  skipped: ${test.fullTitle()}: ${reason}\n`);
    });
    await promise;
    if (stats.passes + failures.length + stats.pending === 0) problems.push('no test ran');
  } catch (error) {
    problems.push(`the tests could not be loaded: ${text(error, mapStack)}`);
  }
  // A rejection is reported one turn after its cause.
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off('unhandledRejection', onStray);
  for (const reason of stray) {
    const stack = text(reason, mapStack);
    if (isOurs(stack)) problems.push(`unhandled rejection: ${stack}`);
  }

  for (const problem of problems) process.stderr.write(`FAILED: ${problem}\n`);
  const unexplained = problems.filter((problem) => problem.startsWith('skipped')).length;
  const report = { passed: stats.passes, failures: [...failures, ...problems], skipped: stats.pending - unexplained };
  const file = process.env['SNAPSTAGE_REPORT'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(report));
  return report;
}

function text(error: unknown, mapStack: (stack: string) => string): string {
  return error instanceof Error ? mapStack(error.stack ?? error.message) : String(error);
}
