/**
 * The test command: `npm test`, or `npm test -- unit cli` for these tiers only. Tiers, in order:
 * `check` (types, lint, format, dead code), `unit` (test/unit and the tests beside the sources), each further folder of test/ by its name,
 * `host` (test/editor, inside VS Code's extension host), `ui` (test/ui, a person at the editor).
 * Those with an editor run beside the others, and are shown when they have ended: an editor waits more than it works.
 * SNAPSTAGE_CODE names a desktop VS Code for the host tier; SNAPSTAGE_VSIX a package for the ui tier; SNAPSTAGE_GREP picks tests by name.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { setEnvironment } from './rig/environment.ts';
import { rigRunsHere, setUpRig } from './rig/setup.ts';
import type { Report } from './rig/suite.ts';
import { makeSample } from './sample.ts';

const project = dirname(import.meta.dirname);
const tierLimit = 30 * 60_000;
const nothing: Report = { passed: 0, failures: [], skipped: 0 };

/** Not tiers of plain tests: they have tiers of their own, or are no tests. */
const otherFolders = new Set(['rig', 'bench', 'unit', 'editor', 'ui', 'support']);

interface Tier {
  readonly name: string;
  readonly run: (temp: string) => Promise<Report>;
}

function allTiers(): Tier[] {
  const folders = readdirSync(join(project, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const plain = folders.map((folder) => folder.name).filter((name) => !otherFolders.has(name));
  return [
    { name: 'check', run: runCheck },
    ...(existsSync('test/unit') ? [{ name: 'unit', run: nodeTier('test/unit/**/*.test.ts', 'src/**/*.test.ts') }] : []),
    ...plain.map((name) => ({ name, run: nodeTier(`test/${name}/**/*.test.ts`) })),
    ...(existsSync('test/editor') ? [{ name: 'host', run: runHost }] : []),
    ...(existsSync('test/ui') ? [{ name: 'ui', run: runUi }] : []),
  ];
}

async function runBuild(): Promise<Report> {
  return (await run(process.execPath, ['esbuild.mjs'])) === 0 ? { ...nothing, passed: 1 } : failure('the build failed');
}

/** Every script of package.json whose name starts with `check:`; all of them, so that one failure hides no other. */
async function runCheck(): Promise<Report> {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'));
  const failures: string[] = [];
  for (const check of checks) if ((await run('npm', ['run', check])) !== 0) failures.push(`npm run ${check}`);
  return { passed: checks.length - failures.length, failures, skipped: 0 };
}

function nodeTier(...patterns: string[]): Tier['run'] {
  return (temp) => runFiles(globSync(patterns), temp);
}

/** All files in one process of their own, whose temporary files go with the tier. */
async function runFiles(files: readonly string[], temp: string): Promise<Report> {
  if (files.length === 0) return failure('no test files');
  const report = join(temp, 'report.json');
  const places = { SNAPSTAGE_REPORT: report, TMPDIR: temp, TMP: temp, TEMP: temp };
  const code = await run(process.execPath, ['test/rig/tier.ts', ...files.toSorted()], places);
  return outcome(report, code === 0);
}

async function runUi(temp: string): Promise<Report> {
  const files = globSync('test/ui/**/*.test.ts');
  if (!rigRunsHere) {
    process.stdout.write(`skipped: the editor rig runs on Linux only; this is ${process.platform}\n`);
    return { ...nothing, skipped: files.length };
  }
  setUpRig();
  return runFiles(files, temp);
}

async function runHost(temp: string): Promise<Report> {
  const tests = globSync('test/editor/**/*.test.ts');
  if (tests.length === 0) return failure('no test files');
  await bundleHostTests(tests);
  const desktop = process.env['SNAPSTAGE_CODE'];
  if (desktop === undefined && rigRunsHere) setUpRig();
  const program = desktop ?? (rigRunsHere ? join(project, 'test', 'rig', 'code.ts') : undefined);
  const report = join(temp, 'report.json');
  const workspace = join(temp, 'sample-course');
  makeSample(workspace);
  const ended = runTests({
    // Absent: a desktop VS Code is downloaded.
    ...(program === undefined ? {} : { vscodeExecutablePath: program }),
    extensionDevelopmentPath: project,
    extensionTestsPath: join(project, 'out', 'test', 'rig', 'host.cjs'),
    extensionTestsEnv: {
      SNAPSTAGE_REPORT: report,
      SNAPSTAGE_RIG_SHOTS: join(project, 'out', 'shots'),
      // Keys of test Spaces are none of the user's.
      SNAPSTAGE_HOME: join(temp, 'home'),
    },
    launchArgs: [workspace, `--user-data-dir=${join(temp, 'user')}`, `--extensions-dir=${join(temp, 'extensions')}`],
  });
  return ended.then(
    () => outcome(report, true),
    () => outcome(report, false),
  );
}

/** The extension host loads CommonJS, and mocha must be one for all test files. */
async function bundleHostTests(tests: readonly string[]): Promise<void> {
  rmSync('out/test', { recursive: true, force: true });
  await build({
    entryPoints: ['test/rig/host.ts', ...tests],
    outbase: 'test',
    outdir: 'out/test',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // As in the build: its other form asks for its parts at run time.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    outExtension: { '.js': '.cjs' },
    sourcemap: true,
    external: ['vscode', 'mocha'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    logLevel: 'warning',
  });
}

/** What a test process reported; one that ended badly without a failed test of its own, or said nothing, is a failure. */
function outcome(file: string, endedWell: boolean): Report {
  if (!existsSync(file)) return failure('the tests ended without a result');
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  if (endedWell || report.failures.length > 0) return report;
  return { ...report, failures: failure('the tests passed, but their process did not end well').failures };
}

function failure(why: string): Report {
  process.stderr.write(`FAILED: ${why}\n`);
  return { ...nothing, failures: [why] };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function line({ passed, failures, skipped }: Report): string {
  return `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Runs a program with its output shown, or written to a file; returns its exit code, 1 for one that was killed or took too long. */
function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: 'inherit' | number = 'inherit',
  limit = tierLimit,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const shell = process.platform === 'win32' && program !== process.execPath;
  const child = spawn(program, args, {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    shell,
    timeout: limit,
  });
  child.on('error', reject).on('exit', (code, signal) => {
    if (signal !== null) process.stderr.write(`FAILED: ended by ${signal}\n`);
    resolve(code ?? 1);
  });
  return promise;
}

async function runTier(tier: Tier): Promise<Report> {
  process.stdout.write(`\n=== ${tier.name} ===\n`);
  const temp = mkdtempSync(join(tmpdir(), `snapstage-${tier.name}-`));
  chmodSync(temp, 0o755); // some tests play another user
  try {
    return await tier.run(temp);
  } catch (error) {
    return failure(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Reports = [name: string, report: Report][];

async function runTiers(tiers: readonly Tier[]): Promise<Reports> {
  const reports: Reports = [];
  for (const tier of tiers) reports.push([tier.name, await runTier(tier)]);
  return reports;
}

/** The build comes first wherever a tier may start what was built. */
async function runAll(tiers: readonly Tier[]): Promise<Reports> {
  const needBuild = tiers.some(({ name }) => name !== 'check' && name !== 'unit');
  const built = needBuild ? await runTiers([{ name: 'build', run: runBuild }]) : [];
  const withEditor = tiers.filter(({ name }) => name === 'host' || name === 'ui');
  const others = tiers.filter((tier) => !withEditor.includes(tier));
  if (withEditor.length === 0 || others.length === 0) return [...built, ...(await runTiers(tiers))];
  const beside = runBeside(withEditor);
  // Who waits for an editor notices when it is late; the others take what is left of the processor.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const [first, second] = await Promise.all([runTiers(others), beside]);
  return [...built, ...first, ...second];
}

/** In a process of its own, whose output is shown at its end. */
async function runBeside(tiers: readonly Tier[]): Promise<Reports> {
  const temp = mkdtempSync(join(tmpdir(), 'snapstage-beside-'));
  const [output, reports] = [join(temp, 'output'), join(temp, 'reports.json')];
  const names = tiers.map(({ name }) => name);
  await run(process.execPath, ['test/run.ts', '--beside', reports, ...names], {}, openSync(output, 'w'), tierLimit * tiers.length);
  process.stdout.write(readFileSync(output));
  const told = existsSync(reports) ? (JSON.parse(readFileSync(reports, 'utf8')) as Reports) : [];
  rmSync(temp, { recursive: true });
  return names.map((name) => told.find(([one]) => one === name) ?? [name, failure(`${name} ended without a result`)]);
}

process.chdir(project);
setEnvironment();
// What the tests start must be this Node too.
process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

const { positionals: asked, values } = parseArgs({ allowPositionals: true, options: { beside: { type: 'string' } } });
const known = allTiers().map((tier) => tier.name);
if (!asked.every((name) => known.includes(name))) {
  process.stderr.write(`The tiers are: ${known.join(', ')}\n`);
  process.exit(1);
}
const chosen = allTiers().filter((tier) => asked.length === 0 || asked.includes(tier.name));
if (values.beside !== undefined) {
  writeFileSync(values.beside, JSON.stringify(await runTiers(chosen)));
  process.exit(0);
}
const reports = await runAll(chosen);

const all: Report = {
  passed: sum(reports.map(([, { passed }]) => passed)),
  failures: reports.flatMap(([tier, { failures }]) => failures.map((failed) => `${tier}: ${failed}`)),
  skipped: sum(reports.map(([, { skipped }]) => skipped)),
};
process.stdout.write('\n');
for (const [name, report] of reports) process.stdout.write(`${name.padEnd(12)} ${line(report)}\n`);
process.stdout.write(`\n${line(all)}\n`);
// Again and last: the end is what is left of a log that was cut.
for (const failed of all.failures) process.stdout.write(`\nFAILED: ${failed}\n`);
process.exitCode = all.failures.length > 0 || all.passed === 0 ? 1 : 0;
