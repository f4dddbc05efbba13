/** Runs test files with mocha, strictly: the same in a tier's own Node and inside the extension host. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import Mocha from 'mocha';
import mocharc from '../../.mocharc.json' with { type: 'json' };
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

/** Seconds. */
const slowFrom = 5;

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
  // A timeout is there to end what hangs: a slow machine is no failure.
  const mocha = new Mocha({ ui: 'bdd', ...mocharc, forbidOnly: true, ...(grep === undefined ? {} : { grep }) });
  for (const file of files) mocha.addFile(file);
  const problems: string[] = [];
  const failures: string[] = [];
  const stats = { passes: 0, pending: 0 };
  try {
    await mocha.loadFilesAsync();
    const { promise, resolve } = Promise.withResolvers<void>();
    const runner = mocha.run(() => resolve());
    const times = fileTimes(runner);
    runner.on('test', endPropertiesInTime);
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
    tellSlowest(times);
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

/** A property that fails, or hangs, names its case before the time of its test is over: a smaller case may take long to find. */
function endPropertiesInTime(test: Mocha.Test): void {
  fc.configureGlobal({ interruptAfterTimeLimit: test.timeout() * 0.8, markInterruptAsFailure: true });
}

/** How many seconds each file took, hooks included; filled while the runner runs. */
function fileTimes(runner: Mocha.Runner): Map<string, number> {
  const times = new Map<string, number>();
  let begun = 0;
  runner.on('suite', ({ parent }) => {
    if (parent?.root === true) begun = performance.now();
  });
  runner.on('suite end', ({ parent, file }) => {
    if (parent?.root === true && file !== undefined) times.set(file, (times.get(file) ?? 0) + (performance.now() - begun) / 1000);
  });
  return times;
}

/** Where the time of a tier went. */
function tellSlowest(times: ReadonlyMap<string, number>): void {
  const slow = [...times].filter(([, seconds]) => seconds >= slowFrom).toSorted(([, a], [, b]) => b - a);
  for (const [file, seconds] of slow) process.stdout.write(`${seconds.toFixed(0).padStart(6)} s  ${basename(file)}\n`);
}

function text(error: unknown, mapStack: (stack: string) => string): string {
  return error instanceof Error ? mapStack(error.stack ?? error.message) : String(error);
}
