/**
 * Stands in for the extension host: measures how late the main thread's event loop runs while the engine works in
 * its worker, and what the warm engine costs. `node test/bench/loop.ts [--work DIR] [--tree NAME] [--rounds N] [--json FILE]`.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineApi } from '../../src/engine/api.ts';
import { startEngineWorker } from '../../src/engine/client.ts';
import { Runner } from './measure.ts';
import { insertLine } from './mutate.ts';
import { Git } from './peers.ts';
import { shuffled, seededRandom } from './random.ts';
import { median, pairedRatio } from './statistics.ts';
import { copyTree, pristineTree, treeNames, trees, type TreeName } from './trees.ts';

/** How late the event loop ran, in milliseconds; the loop looks each millisecond. */
interface Delay {
  readonly percentile99: number;
  readonly maximum: number;
}

interface Figures {
  readonly tree: TreeName;
  readonly idle: Delay[];
  readonly beside: Delay[];
  /** Seconds. */
  readonly first: number[];
  readonly unchanged: Map<number, number>;
  readonly hinted: Map<number, number>;
  readonly gitUnchanged: Map<number, number>;
  readonly gitEdited: Map<number, number>;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The event loop's delay while `work` runs, and how many seconds that took. */
async function delayDuring(work: () => Promise<unknown>): Promise<{ delay: Delay; seconds: number }> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const seconds = await secondsOf(work);
  histogram.disable();
  return { delay: { percentile99: histogram.percentile(99) / 1e6, maximum: histogram.max / 1e6 }, seconds };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** First takes into a fresh store each, by a fresh engine, with the main thread's event loop watched. */
async function measureFirst(tree: string, scratch: string, rounds: number, figures: Figures): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    figures.idle.push((await delayDuring(() => pause(5000))).delay);
    const engine: EngineApi = startEngineWorker({ folder: tree });
    await engine.init();
    const { delay, seconds } = await delayDuring(() => engine.take({}));
    figures.beside.push(delay);
    figures.first.push(seconds);
    await engine.dispose();
    say(`first ${round}: ${seconds.toFixed(3)} s, delay ${delay.percentile99.toFixed(2)} / ${delay.maximum.toFixed(2)} ms`);
    if (round < rounds) renameSync(join(tree, '.snapstage'), join(scratch, `before-${round}`));
  }
}

/** Takes by an engine that stays, with git beside it in random order; then takes of one edited file that the caller names. */
async function measureWarm(tree: string, git: Git, runner: Runner, rounds: number, figures: Figures): Promise<void> {
  const engine: EngineApi = startEngineWorker({ folder: tree });
  const random = seededRandom(1);
  const { one } = trees[figures.tree];
  const byGit = (): number => runner.measure({ script: git.take(), cwd: tree, env: git.env }).wall;
  await engine.take({});
  byGit();
  await pause(2500);
  for (let round = 1; round <= rounds; round++) {
    const turns = [
      async () => figures.unchanged.set(round, await secondsOf(() => engine.take({}))),
      () => Promise.resolve(figures.gitUnchanged.set(round, byGit())),
    ];
    for (const turn of shuffled(turns, random)) await turn();
  }
  for (let round = 1; round <= rounds; round++) {
    insertLine(join(tree, one), round);
    await pause(2500);
    const turns = [
      async () => figures.hinted.set(round, await secondsOf(() => engine.take({ hint: [one] }))),
      () => Promise.resolve(figures.gitEdited.set(round, byGit())),
    ];
    for (const turn of shuffled(turns, random)) await turn();
  }
  await engine.dispose();
}

function report(figures: Figures): string {
  const { idle, beside, first, unchanged, hinted, gitUnchanged, gitEdited } = figures;
  const delays = (title: string, found: readonly Delay[]): string =>
    `${title}: 99th percentile ${median(found.map(({ percentile99 }) => percentile99)).toFixed(2)} ms, ` +
    `maximum ${Math.max(...found.map(({ maximum }) => maximum)).toFixed(2)} ms`;
  const seconds = (values: Iterable<number>): string => {
    const all = [...values];
    return `${median(all).toFixed(4)} s (minimum ${Math.min(...all).toFixed(4)}, ${all.length} rounds)`;
  };
  return [
    `${trees[figures.tree].title}; the event loop is looked at every millisecond`,
    delays('event loop, idle', idle),
    delays('event loop, beside the first snapshot', beside),
    `first snapshot, engine in its worker: ${seconds(first)}`,
    `unchanged, warm engine: ${seconds(unchanged.values())}; git ${seconds(gitUnchanged.values())}; ` +
      `${pairedRatio(gitUnchanged, unchanged).toFixed(2)} times as fast as git`,
    `one edited file, hinted: ${seconds(hinted.values())}; git ${seconds(gitEdited.values())}; ` +
      `${pairedRatio(gitEdited, hinted).toFixed(2)} times as fast as git`,
  ].join('\n');
}

function save(file: string, figures: Figures): void {
  const plain = Object.entries(figures).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Map ? [...value.values()] : value,
  ]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(plain), undefined, 1)}\n`);
}

async function bench(name: TreeName, work: string, rounds: number): Promise<Figures> {
  mkdirSync(work, { recursive: true });
  const scratch = mkdtempSync(join(work, 'loop-'));
  const tree = join(scratch, name);
  try {
    copyTree(pristineTree(join(work, 'pristine'), name, say), tree);
    const runner = new Runner(join(scratch, 'log'));
    const git = new Git(runner);
    git.init({ tree, store: join(scratch, 'git') });
    const warm = { unchanged: new Map(), hinted: new Map(), gitUnchanged: new Map(), gitEdited: new Map() };
    const figures: Figures = { tree: name, idle: [], beside: [], first: [], ...warm };
    await measureFirst(tree, scratch, Math.min(3, rounds), figures);
    await measureWarm(tree, git, runner, rounds, figures);
    return figures;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: join(tmpdir(), 'snapstage-bench') },
    tree: { type: 'string', default: 'linux' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const tree = treeNames.find((name) => name === values.tree);
const rounds = Number(values.rounds);
if (tree === undefined || !Number.isInteger(rounds) || rounds < 1) {
  say(`--tree is one of ${treeNames.join(', ')}, --rounds a positive whole number`);
  process.exitCode = 2;
} else {
  const figures = await bench(tree, resolve(values.work), rounds);
  process.stdout.write(`${report(figures)}\n`);
  if (values.json !== undefined) save(resolve(values.json), figures);
}
