import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { csvName, makeDataset } from './dataset.ts';
import { pick, seededRandom } from './random.ts';

export type TreeName = 'linux' | 'node_modules' | 'data' | 'small';
export const treeNames: readonly TreeName[] = ['linux', 'node_modules', 'data', 'small'];

/** What the bench has to know about a tree. */
export interface TreeKind {
  readonly title: string;
  /** The file that *restore one* brings back, and that *edit* edits. */
  readonly one: string;
  /** Few large files, changed inside; otherwise many small ones, 1 % of which get a new line. */
  readonly large: boolean;
  make(folder: string): void;
}

export const trees: Readonly<Record<TreeName, TreeKind>> = {
  linux: { title: 'W1 linux source', one: 'kernel/sched/core.c', large: false, make: makeLinux },
  node_modules: {
    title: 'W2 node_modules',
    one: 'node_modules/next/dist/compiled/webpack/bundle5.js',
    large: false,
    make: makeNodeModules,
  },
  data: { title: 'W3 data set', one: csvName, large: true, make: (folder) => makeDataset(folder, 500_000_000) },
  small: { title: 'small', one: 'src/folder-1/file-7.txt', large: false, make: makeSmall },
};

/**
 * The pristine tree's folder below `folder`, made first if it is not there yet.
 * It is for copying only: runs change their copies.
 */
export function pristineTree(folder: string, name: TreeName, say: (line: string) => void): string {
  const place = join(folder, name);
  if (existsSync(place)) return place;
  say(`Making the tree ${name}`);
  const unfinished = `${place}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  trees[name].make(unfinished);
  renameSync(unfinished, place);
  return place;
}

/** Copies a tree with its modes, times and links. */
export function copyTree(from: string, to: string): void {
  execute('cp', ['-a', from, to]);
}

/** How many plain files a tree holds, and their bytes. */
export function measureTree(folder: string): { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  const walk = (inside: Buffer): void => {
    for (const entry of readdirSync(inside, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([inside, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        files++;
        bytes += lstatSync(path).size;
      }
    }
  };
  walk(Buffer.from(folder));
  return { files, bytes };
}

function execute(command: string, args: readonly string[], cwd?: string): void {
  const outcome = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (outcome.error) throw outcome.error;
  if (outcome.status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${outcome.status}`);
}

function makeLinux(folder: string): void {
  const sources = '/usr/src';
  const tarball = readdirSync(sources).find((name) => /^linux-source-[\d.]+\.tar\.xz$/.test(name));
  if (tarball === undefined) throw new Error('No kernel source in /usr/src: apt-get install linux-source');
  execute('tar', ['xJf', join(sources, tarball), '--strip-components=1', '-C', folder]);
}

function makeNodeModules(folder: string): void {
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(import.meta.dirname, 'packages', name), join(folder, name));
  }
  execute('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

/** About 2,000 files with a bit of everything, to try the bench itself in seconds. */
function makeSmall(folder: string): void {
  const random = seededRandom(3);
  const vocabulary = Array.from({ length: 500 }, () => Math.floor(random.next() * 36 ** 6).toString(36));
  const line = (): string => Array.from({ length: 8 }, () => pick(vocabulary, random)).join(' ');
  for (let number = 0; number < 2000; number++) {
    const inside = join(folder, 'src', `folder-${number % 40}`);
    mkdirSync(inside, { recursive: true });
    const text = Array.from({ length: 20 + random.below(200) }, line).join('\n');
    writeFileSync(join(inside, `file-${Math.floor(number / 40)}.txt`), text);
  }
  writeFileSync(join(folder, '.gitignore'), 'build/\n');
  mkdirSync(join(folder, 'build'));
  writeFileSync(join(folder, 'build', 'ignored.txt'), line());
  mkdirSync(join(folder, 'empty', 'inside'), { recursive: true });
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(folder, 'run.sh'), 0o751);
  symlinkSync('run.sh', join(folder, 'link'));
  symlinkSync('/nowhere/at all', join(folder, 'dangling'));
  linkSync(join(folder, 'run.sh'), join(folder, 'build', 'hard-link.sh'));
  writeFileSync(Buffer.concat([Buffer.from(join(folder, 'latin-')), Buffer.from([0xe9])]), 'a name that is not UTF-8');
  makeDataset(join(folder, 'tables'), 2_000_000);
  utimesSync(join(folder, 'empty'), 1_234_567_890.5, 1_234_567_890.5);
}
