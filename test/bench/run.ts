import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findRestic, installPackages, isRecent, versionOf } from './install.ts';
import { quote, Runner } from './measure.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { Borg, Git, Restic, Tar } from './peers.ts';
import { seededRandom } from './random.ts';
import { judge, renderReport, summarize } from './report.ts';
import type { Results } from './samples.ts';
import { Snapstage } from './snapstage.ts';
import type { Tool, ToolName } from './tool.ts';
import { TreeRun } from './treerun.ts';
import { copyTree, measureTree, pristineTree, trees, type TreeName } from './trees.ts';

/** A run on one tree can need this much of the disk. */
const roomForOneTree = 45e9;
const project = resolve(import.meta.dirname, '..', '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Snapstage's command as words of a script, with this Node and the project's own bundle in the place of bare names. */
function snapstageCommand(given: string | undefined): string {
  const bundle = join(project, 'dist', 'cli.js');
  if (given === undefined && !existsSync(bundle)) throw new Error(`${bundle} is missing: build it first (npm run build)`);
  const words = given?.split(' ').filter((word) => word !== '') ?? ['node', bundle];
  return words.map((word) => quote(word === 'node' ? process.execPath : existsSync(word) ? resolve(word) : word)).join(' ');
}

function makeTool(name: ToolName, options: Options, runner: Runner, scratch: string, restic: string): Tool {
  switch (name) {
    case 'snapstage':
      return new Snapstage(runner, snapstageCommand(options.snapstage), join(scratch, 'snapstage-home'));
    case 'restic':
      return new Restic(runner, restic, isRecent(restic));
    case 'borg':
      return new Borg(runner, join(scratch, 'borg-home'));
    case 'git':
      return new Git(runner);
    case 'tar':
      return new Tar(runner);
  }
}

function versions(options: Options, restic: string): Results['versions'] {
  const all: Record<ToolName, () => string> = {
    snapstage: () => spawnSync('bash', ['-c', `${snapstageCommand(options.snapstage)} --version`], { encoding: 'utf8' }).stdout.trim(),
    restic: () => versionOf(restic, 'version'),
    borg: () => versionOf('borg'),
    git: () => versionOf('git'),
    tar: () => `${versionOf('tar')}, ${versionOf('zstd')}`,
  };
  return Object.fromEntries(options.tools.map((name) => [name, all[name]()]));
}

/** Empties the scratch folders when the next tree needs their room, then waits until the disk is its old self. */
async function makeRoom(work: string, used: string[]): Promise<void> {
  const { bavail, bsize } = statfsSync(work);
  if (bavail * bsize > roomForOneTree || used.length === 0) return;
  say('Making room, then waiting a minute');
  for (const folder of used.splice(0)) rmSync(folder, { recursive: true, force: true });
  spawnSync('sync');
  await pause(60_000);
}

async function bench(options: Options): Promise<Results> {
  installPackages(options.tools, options.trees, say);
  mkdirSync(options.work, { recursive: true });
  const restic = options.tools.includes('restic') ? findRestic(join(options.work, 'newer'), say) : '';
  const machine = {
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? '',
    memory: totalmem(),
    kernel: release(),
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
  const results: Results = { machine, versions: versions(options, restic), trees: [], samples: [], comparisons: [], omissions: [] };
  const pristine = (name: TreeName): string => pristineTree(join(options.work, 'pristine'), name, say);
  for (const name of options.trees) pristine(name);
  const random = seededRandom(options.seed);
  const used: string[] = [];
  try {
    for (const name of options.trees) {
      await makeRoom(options.work, used);
      const scratch = mkdtempSync(join(options.work, `run-${name}-`));
      used.push(scratch);
      const tree = join(scratch, name);
      copyTree(pristine(name), tree);
      results.trees.push({ tree: name, ...measureTree(tree) });
      const runner = new Runner(join(scratch, 'log'));
      const tools = options.tools.map((tool) => makeTool(tool, options, runner, scratch, restic));
      const rounds = { heavy: Math.min(3, options.rounds), light: options.rounds };
      say(`${trees[name].title}: ${tree}`);
      new TreeRun({ name, tree, scratch, tools, runner, random, results, rounds, say }).run(options.operations);
      save(options, results);
    }
  } finally {
    say('Cleaning up');
    for (const folder of used) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

function save(options: Options, results: Results): void {
  if (options.json === undefined) return;
  writeFileSync(options.json, `${JSON.stringify({ ...results, summaries: summarize(results), verdicts: judge(results) }, undefined, 1)}\n`);
}

/** True when every tool did all it can, and Snapstage brought everything back exactly. */
function allWell({ comparisons, omissions }: Results): boolean {
  const inexact = comparisons.some(({ tool, differences }) => tool === 'snapstage' && differences.length > 0);
  return !inexact && !omissions.some(({ failed }) => failed);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${usage}\n`);
  else {
    const results = await bench(options);
    save(options, results);
    process.stdout.write(`${renderReport(results)}\n`);
    if (!allWell(results)) process.exitCode = 1;
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
