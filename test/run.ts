/**
 * The test command: `npm test`, or `npm test -- unit cli` for these tiers only. Tiers, in order:
 * `check` (types, lint, format, dead code), `unit` (test/unit and the tests beside the sources), each further folder of test/ by its name,
 * `git` and `s3` (what passes between instances, over such hubs), `host` (test/editor, inside VS Code's extension host), `ui` (test/ui, a person at the editor).
 * One after the other, and the files of a tier on all cores, but those with an editor: beside others it is so late that people at it would be too.
 * SNAPSTAGE_CODE names a desktop VS Code for the host tier; SNAPSTAGE_VSIX a package for the ui tier; SNAPSTAGE_GREP picks tests by name.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { setEnvironment } from './rig/environment.ts';
import { rigRunsHere, setUpRig } from './rig/setup.ts';
import type { Report } from './rig/suite.ts';
import { makeSample } from './sample.ts';

const project = dirname(import.meta.dirname);
const tierLimit = 80 * 60_000;
const nothing: Report = { passed: 0, failures: [], skipped: 0 };

/** Not tiers of plain tests: they have tiers of their own, or are no tests. */
const otherFolders = new Set(['rig', 'bench', 'unit', 'editor', 'ui', 'support']);

/** Tiers for which it matters what the disk's file system does. */
const ofTheSystem = new Set(['instance', 'store']);
/** Whatever the kind of hub, these must pass. */
const acrossHubs = [
  'test/space/delivery/!(recallModel).test.ts',
  'test/space/assignments/{cases,classmate,handingIn,hostile,names}.test.ts',
  'test/space/{preview/previewing,audit/auditing,participant/moving,participant/newcomers}.test.ts',
];
/** So that all cores have work to the end. */
const batchesPerCore = 6;
const roomInMemory = 8 * 2 ** 30;

/** When what a program prints is shown: beside others, as a whole. */
type Output = 'at once' | 'at the end';

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
    { name: 'git', run: overHubs('git') },
    { name: 's3', run: overHubs('s3') },
    ...(existsSync('test/editor') ? [{ name: 'host', run: runHost }] : []),
    ...(existsSync('test/ui') ? [{ name: 'ui', run: runUi }] : []),
  ];
}

async function runBuild(): Promise<Report> {
  if ((await run(process.execPath, ['esbuild.mjs'])) !== 0) return failure('the build failed');
  process.env['SNAPSTAGE_COMMAND'] = join(project, 'dist', 'cli.js');
  return { ...nothing, passed: 1 };
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

/** The suites of what passes between instances, over hubs of another kind. */
function overHubs(kind: string): Tier['run'] {
  return (temp) => runFiles(globSync(acrossHubs), temp, { SNAPSTAGE_TEST_HUB: kind });
}

/** On all cores; temporary files go with the tier. */
async function runFiles(files: readonly string[], temp: string, more: NodeJS.ProcessEnv = {}): Promise<Report> {
  if (files.length === 0) return failure('no test files');
  const cores = availableParallelism();
  const batches = inBatches(files.toSorted(), Math.ceil(files.length / (cores * batchesPerCore)));
  const reports: Report[] = [];
  const workers = Array.from({ length: cores }, async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift())
      reports.push(await runBatch(batch, temp, more, 'at the end'));
  });
  await Promise.all(workers);
  return totalOf(reports);
}

/** These files in one process of their own. */
async function runBatch(files: readonly string[], temp: string, more: NodeJS.ProcessEnv, output: Output): Promise<Report> {
  const report = join(mkdtempSync(join(temp, 'report-')), 'report.json');
  const places = { SNAPSTAGE_REPORT: report, TMPDIR: temp, TMP: temp, TEMP: temp, ...more };
  const code = await run(process.execPath, ['test/rig/tier.ts', ...files], places, output);
  return outcome(report, code === 0);
}

function inBatches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

async function runUi(temp: string): Promise<Report> {
  const files = globSync('test/ui/**/*.test.ts');
  if (!rigRunsHere) {
    process.stdout.write(`skipped: the editor rig runs on Linux only; this is ${process.platform}\n`);
    return { ...nothing, skipped: files.length };
  }
  setUpRig();
  return runBatch(files.toSorted(), temp, {}, 'at once');
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
      // One disk for all, as the tests expect of their temporary folders.
      TMPDIR: temp,
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

function totalOf(reports: readonly Report[]): Report {
  return {
    passed: sum(reports.map(({ passed }) => passed)),
    failures: reports.flatMap(({ failures }) => failures),
    skipped: sum(reports.map(({ skipped }) => skipped)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function line({ passed, failures, skipped }: Report): string {
  return `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Runs a program and shows what it prints; returns its exit code, 1 for one that was killed or took too long. */
async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, output: Output = 'at once'): Promise<number> {
  const shell = process.platform === 'win32' && program !== process.execPath;
  const child = spawn(program, args, {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: output === 'at once' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    shell,
    timeout: tierLimit,
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => printed.push(bytes));
  const closed = new Promise((resolve) => child.on('close', resolve));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // What it started may outlive it, and keep its output open.
  await Promise.race([closed, wait(2000, undefined, { ref: false })]);
  process.stdout.write(Buffer.concat(printed));
  if (signal !== null) process.stderr.write(`FAILED: ended by ${signal}\n`);
  return code ?? 1;
}

async function runTier(tier: Tier): Promise<Report> {
  process.stdout.write(`\n=== ${tier.name} ===\n`);
  const begun = performance.now();
  const temp = mkdtempSync(join(ofTheSystem.has(tier.name) ? tmpdir() : quickFolder(), `snapstage-${tier.name}-`));
  chmodSync(temp, 0o755); // some tests play another user
  try {
    return await tier.run(temp);
  } catch (error) {
    return failure(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
    process.stdout.write(`--- ${tier.name}: ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
  }
}

/** Where temporary files are in memory, if there is much room: most tests would wait for flushes more than they work. */
function quickFolder(): string {
  const inMemory = '/dev/shm';
  if (process.platform !== 'linux' || !existsSync(inMemory)) return tmpdir();
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize >= roomInMemory ? inMemory : tmpdir();
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
  return [...built, ...(await runTiers(tiers))];
}

process.chdir(project);
setEnvironment();
// What the tests start must be this Node too.
process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

const { positionals: asked } = parseArgs({ allowPositionals: true });
const known = allTiers().map((tier) => tier.name);
if (!asked.every((name) => known.includes(name))) {
  process.stderr.write(`The tiers are: ${known.join(', ')}\n`);
  process.exit(1);
}
const chosen = allTiers().filter((tier) => asked.length === 0 || asked.includes(tier.name));
const reports = await runAll(chosen);

const all = totalOf(reports.map(([tier, report]) => ({ ...report, failures: report.failures.map((failed) => `${tier}: ${failed}`) })));
process.stdout.write('\n');
for (const [name, report] of reports) process.stdout.write(`${name.padEnd(12)} ${line(report)}\n`);
process.stdout.write(`\n${line(all)}\n`);
// Again, in brief and last: the end is what is left of a log that was cut.
for (const failed of all.failures) process.stdout.write(`FAILED: ${failed.replaceAll(/\s+/g, ' ').slice(0, 300)}\n`);
process.exitCode = all.failures.length > 0 || all.passed === 0 ? 1 : 0;
