/** Sets the rig up: VS Code's server with its own modules, and Chromium. Quick when all is there. Alone: `node test/rig/setup.ts`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './browser.ts';
import { vscodeRoot } from './server.ts';

const rig = import.meta.dirname;
const stamp = join(rig, 'node_modules', '.snapstage-rig');

/** Big modules that only VS Code's chat, its agents and other platforms ask for; the server runs without them. */
const unneeded = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
  'tar',
  'zod',
];

/** Whether VS Code's server runs here: its prebuilt modules are for Linux with glibc. Elsewhere the tests use desktop VS Code. */
export const rigRunsHere = process.platform === 'linux';

/**
 * Installs what is missing of the rig: the server, and Chromium.
 * @throws Error that names the command to run, when something can't be installed from here
 */
export function setUpRig(): void {
  setUpServer();
  installChromium();
}

/** Installs VS Code's server alone: enough for a person with a browser. */
export function setUpServer(): void {
  const version = `${readFileSync(join(rig, 'package-lock.json'), 'utf8')}${process.version}`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== version) {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], rig);
    installVscodeModules();
    writeFileSync(stamp, version);
  }
}

function installVscodeModules(): void {
  const manifest = join(vscodeRoot, 'package.json');
  const { dependencies, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> };
  const needed = Object.fromEntries(Object.entries(dependencies).filter(([name]) => !unneeded.includes(name)));
  writeFileSync(manifest, JSON.stringify({ ...rest, dependencies: needed }, null, 2));
  run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscodeRoot);
  try {
    run('npm', ['rebuild', '--ignore-scripts=false', '--no-audit', '@vscode/spdlog', '@vscode/native-watchdog'], vscodeRoot);
  } catch {
    process.stderr.write('rig: no compiler (g++, make, python3): going on without log files of the editor\n');
  }
}

function installChromium(): void {
  if (findChromium() !== undefined) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-q'], rig);
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium-headless-shell'], rig);
  }
  if (findChromium() === undefined) {
    throw new Error(
      'The editor tests need Chromium: run `sudo apt-get install chromium-headless-shell` (or `chromium`), or name its program in SNAPSTAGE_CHROMIUM.',
    );
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  process.stdout.write(`rig: ${command} ${args.join(' ')}\n`);
  const { status, error } = spawnSync(command, args, { cwd, env: installEnv(), stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`\`${command} ${args.join(' ')}\` failed in ${cwd}`, { cause: error });
}

/** npm under this very Node, compiling against its headers where they are at hand; nothing of an outer npm's own package. */
function installEnv(): NodeJS.ProcessEnv {
  const outer = /^npm_(package|lifecycle|config_(local_prefix|prefix|ignore_scripts|omit|global))/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  const home = dirname(dirname(process.execPath));
  const headers = existsSync(join(home, 'include', 'node', 'node.h')) ? { npm_config_nodedir: home } : {};
  return {
    ...env,
    ...headers,
    DEBIAN_FRONTEND: 'noninteractive',
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
}

if (import.meta.main) setUpRig();
