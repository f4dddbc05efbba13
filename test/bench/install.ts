import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolName } from './tool.ts';
import type { TreeName } from './trees.ts';

/** A restic that restores in place needs this; Debian 12 has 0.14. */
const wantedRestic = [0, 17] as const;
const newerSuite = 'trixie';

/** Installs the Debian packages that the chosen tools and trees need and that are not there yet. Throws when it cannot. */
export function installPackages(tools: readonly ToolName[], trees: readonly TreeName[], say: (line: string) => void): void {
  const missing: string[] = [];
  const want = (there: boolean, ...packages: string[]): void => void (there || missing.push(...packages));
  want(existsSync('/usr/bin/time'), 'time');
  if (tools.includes('restic')) want(isCommand('restic'), 'restic');
  if (tools.includes('borg')) want(isCommand('borg'), 'borgbackup');
  if (tools.includes('git')) want(isCommand('git'), 'git');
  if (tools.includes('tar')) want(isCommand('zstd'), 'zstd');
  const hasSource = existsSync('/usr/src') && readdirSync('/usr/src').some((name) => /^linux-source-.*\.tar\.xz$/.test(name));
  if (trees.includes('linux')) want(hasSource, 'linux-source', 'xz-utils');
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isCommand('apt-get')) {
    throw new Error(`Missing: ${missing.join(', ')}. As root: apt-get install --no-install-recommends ${missing.join(' ')}`);
  }
  say(`Installing ${missing.join(', ')}`);
  execute('apt-get', ['update', '-q']);
  execute('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
}

/** The restic to use: the system's when it is new enough, otherwise one from a newer Debian suite, unpacked in `folder`. */
export function findRestic(folder: string, say: (line: string) => void): string {
  if (isRecent('restic')) return 'restic';
  const beside = join(folder, 'usr', 'bin', 'restic');
  try {
    if (!existsSync(beside)) unpackNewer(folder);
    if (isRecent(beside)) return beside;
  } catch (error) {
    say(`No newer restic from Debian ${newerSuite}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return 'restic';
}

/** True when this restic has `restore --delete`. */
export function isRecent(restic: string): boolean {
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(versionOf(restic, 'version'))?.slice(1).map(Number) ?? [];
  return major > wantedRestic[0] || (major === wantedRestic[0] && minor >= wantedRestic[1]);
}

/** First line that a program says about its version; empty when there is no such program. */
export function versionOf(program: string, option = '--version'): string {
  return spawnSync(program, [option], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? '';
}

function isCommand(name: string): boolean {
  return spawnSync('which', [name]).status === 0;
}

/** Downloads and unpacks the package of a newer suite with package lists of its own, so that the system's apt stays as it is. */
function unpackNewer(folder: string): void {
  const lists = join(folder, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const sources = join(folder, 'newer.list');
  writeFileSync(sources, `deb ${debianMirror()} ${newerSuite} main\n`);
  const options = { 'Dir::Etc::sourcelist': sources, 'Dir::Etc::sourceparts': '-', 'Dir::State::lists': lists };
  const own = [...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), '-o', 'APT::Sandbox::User=root'];
  execute('apt-get', [...own, 'update', '-q'], folder);
  execute('apt-get', [...own, 'download', '-q', 'restic'], folder);
  const archive = readdirSync(folder).find((name) => /^restic_.*\.deb$/.test(name));
  if (archive === undefined) throw new Error('apt-get download brought nothing');
  execute('dpkg-deb', ['-x', join(folder, archive), folder]);
}

/** The address that this system takes Debian's main packages from. */
function debianMirror(): string {
  const parts = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [])];
  for (const file of files.filter((name) => existsSync(name))) {
    const found = /^(?:URIs:|deb(?: \[.*\])?)\s+(\S+\/debian\/?)(?:\s|$)/m.exec(readFileSync(file, 'utf8'));
    if (found?.[1] !== undefined) return found[1];
  }
  throw new Error('no Debian mirror among the sources of apt');
}

function execute(command: string, args: readonly string[], cwd?: string): void {
  const outcome = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (outcome.error) throw outcome.error;
  if (outcome.status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${outcome.status}`);
}
