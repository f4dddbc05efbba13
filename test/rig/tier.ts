/** Runs the test files named as arguments in this process, which must then end by itself. */
import { setEnvironment } from './environment.ts';
import { runSuite } from './suite.ts';

setEnvironment();
const report = await runSuite(process.argv.slice(2));
process.exitCode = report.failures.length > 0 ? 1 : 0;

const patience = 10_000;
setTimeout(() => {
  process.stderr.write(`FAILED: the tests ended, but left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(1);
}, patience).unref();
