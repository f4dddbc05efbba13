/** VS Code's own server, from the code-server package on npm, without that package's wrapper. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const vscodeRoot = join(import.meta.dirname, 'node_modules', 'code-server', 'lib', 'vscode');
const memoryLimit = 6 * 2 ** 30;
const serverMain = join(vscodeRoot, 'out', 'server-main.js');

export interface ServerOptions {
  /** Where all of the server's own files go; absent: a new temporary folder, removed by `stop`. */
  readonly root?: string;
  readonly userDataDir?: string;
  readonly extensionsDir?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** User settings over those of the rig. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Absent or false: every folder is trusted. True: Restricted Mode until trust is given. */
  readonly workspaceTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of VS Code's server. */
  readonly args?: readonly string[];
  readonly onOutput?: (text: string) => void;
}

export interface Server {
  readonly port: number;
  readonly origin: string;
  readonly root: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  /** Resolves with a word on how it ended. */
  readonly exited: Promise<string>;
  /** All it has printed. */
  output(): string;
  /** Numbers of the processes that are extension hosts now. */
  extensionHosts(): readonly number[];
  /** Kills the extension hosts as a crash would, without a word to them. Returns how many there were. */
  killExtensionHosts(): number;
  /** Ends the server with its extension hosts and removes its temporary folder. */
  stop(): Promise<void>;
}

/** Quiet, and nothing from the network. */
const rigSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'chat.disableAIFeatures': true,
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
  'window.confirmBeforeClose': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};

/** The version of VS Code in the rig. */
export function vscodeVersion(): string {
  return (JSON.parse(readFileSync(join(vscodeRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * Runs the server's command line (`--install-extension` and the like) to its end and returns its exit code.
 * @public
 */
export function serverCli(args: readonly string[], stdio: StdioOptions = 'inherit'): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const cli = spawn(process.execPath, [serverMain, '--accept-server-license-terms', ...args], { env: serverEnv(), stdio });
  cli.on('error', reject).on('exit', (code) => resolve(code ?? 1));
  return promise;
}

/** Installs a `.vsix` for a server. Returns the exit code. */
export function installExtension(server: Server, vsix: string): Promise<number> {
  const data = ['--user-data-dir', server.userDataDir, '--server-data-dir', join(server.root, 'server')];
  return serverCli(['--install-extension', vsix, '--extensions-dir', server.extensionsDir, ...data]);
}

/**
 * Starts a server on the loopback interface; resolves when it listens.
 * @throws Error with what the server printed, when it ends before or is silent for a minute
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'snapstage-rig-'));
  const userDataDir = options.userDataDir ?? join(root, 'user');
  const extensionsDir = options.extensionsDir ?? join(root, 'extensions');
  mkdirSync(extensionsDir, { recursive: true });
  writeSettings(userDataDir, options.settings ?? {});
  const places = ['--server-data-dir', join(root, 'server'), '--user-data-dir', userDataDir, '--extensions-dir', extensionsDir];
  const server = spawn(process.execPath, [serverMain, ...serverArgs(options), ...places], {
    env: serverEnv(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group, so that the end takes the extension host, terminals and file watcher along.
    detached: true,
  });
  const group = watchGroup(server);
  const output = collect(server, options.onOutput);
  const port = await listening(server, output, group.exited).catch((error: unknown) => {
    group.kill('SIGKILL');
    throw error;
  });
  const extensionHosts = (): number[] => (server.pid === undefined ? [] : inGroup(server.pid, '--type=extensionHost'));
  return {
    port,
    origin: `http://localhost:${port}`,
    root,
    userDataDir,
    extensionsDir,
    exited: group.exited,
    output,
    extensionHosts,
    killExtensionHosts() {
      const hosts = extensionHosts();
      for (const pid of hosts) process.kill(pid, 'SIGKILL');
      return hosts.length;
    },
    async stop() {
      group.kill('SIGTERM');
      await Promise.race([group.exited, new Promise((resolve) => setTimeout(resolve, 3000))]);
      group.kill('SIGKILL');
      if (options.root === undefined) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function serverArgs(options: ServerOptions): string[] {
  return [
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    '--force-disable-user-env',
    '--without-browser-env-var',
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...(options.args ?? []),
  ];
}

function writeSettings(userDataDir: string, settings: Readonly<Record<string, unknown>>): void {
  const file = join(userDataDir, 'User', 'settings.json');
  const prior = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...rigSettings, ...prior, ...settings }, null, 2));
}

/** The environment for a server: nothing of an outer editor, no extension marketplace. */
function serverEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const outer = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|TERM_PROGRAM|GIT_ASKPASS$|BROWSER$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  const gallery = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '' });
  return { ...env, EXTENSIONS_GALLERY: gallery, ...extra };
}

function watchGroup(server: ChildProcess): { exited: Promise<string>; kill: (signal: NodeJS.Signals) => void } {
  const kill = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGKILL') process.off('exit', atExit);
    try {
      if (server.pid !== undefined) process.kill(-server.pid, signal);
    } catch {
      // The whole group has gone already.
    }
  };
  const atExit = (): void => kill('SIGKILL');
  process.on('exit', atExit);
  const { promise, resolve } = Promise.withResolvers<string>();
  server.on('error', (error) => resolve(error.message)).on('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  // A runaway extension host would take the whole machine down before any time limit is reached.
  const memoryWatch = setInterval(() => {
    if (server.pid === undefined || groupMemory(server.pid) < memoryLimit) return;
    resolve(`it used more than ${memoryLimit / 2 ** 30} GiB of memory`);
    kill('SIGKILL');
  }, 1000);
  void promise.then(() => clearInterval(memoryWatch));
  return { exited: promise, kill };
}

/** Resident bytes of all processes of a group, as Linux counts them, for pages of 4 KiB. */
function groupMemory(group: number): number {
  return processesOf(group).reduce((bytes, { fields }) => bytes + Number(fields[21]) * 4096, 0);
}

/** Those of a group that have the argument. */
function inGroup(group: number, argument: string): number[] {
  const found = processesOf(group).filter(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument));
  return found.map(({ pid }) => pid);
}

/** The processes of a group with what Linux says of each after its name: state, parent, group, … */
function processesOf(group: number): { readonly pid: number; readonly fields: readonly string[] }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name stands in brackets and may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[2]) === group ? [{ pid: Number(name), fields }] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

function collect(server: ChildProcess, onOutput?: (text: string) => void): () => string {
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    onOutput?.(chunk.toString());
  };
  server.stdout?.on('data', take);
  server.stderr?.on('data', take);
  return () => output;
}

function listening(server: ChildProcess, output: () => string, exited: Promise<string>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const fail = (why: string): void => reject(new Error(`VS Code's server: ${why}\n${output()}`));
  const limit = setTimeout(() => fail('no port after a minute'), 60_000);
  server.stdout?.on('data', () => {
    const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  void exited.then((how) => fail(how));
  return promise.finally(() => clearTimeout(limit));
}
