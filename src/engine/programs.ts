import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, SnapstageError } from '../base/errors.ts';
import type { Machine } from '../instance/applications/runtimes.ts';

/** What decides which program a name stands for. */
export interface Surroundings {
  /** Absolute path of the instance: nothing in it is a program of this machine. */
  readonly instance: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/** What Windows can start by itself, and what needs its command interpreter. */
const WINDOWS_PROGRAMS = ['.exe', '.com'];
const WINDOWS_SCRIPTS = ['.cmd', '.bat'];

/** A version is told at once; what waits for something else is not asked any longer. */
const TIMEOUT_MS = 5000;
const MAX_OUTPUT = 64 << 10;

/** Folders of PATH in which programs are looked for: absolute ones, outside of the instance. */
function programFolders({ instance, env, platform }: Surroundings): string[] {
  const inside = realPath(instance);
  const listed = (env['PATH'] ?? env['Path'] ?? '').split(platform === 'win32' ? ';' : ':');
  return listed.filter((folder) => path.isAbsolute(folder) && !isWithin(inside, realPath(folder)));
}

/**
 * Absolute path of the program that a plain name stands for; `undefined` where there is none, or it leads into the instance.
 * `scripts`: on Windows, also those that its command interpreter runs.
 */
export function findProgram(name: string, around: Surroundings, scripts = false): string | undefined {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const endings = around.platform === 'win32' ? [...WINDOWS_PROGRAMS, ...(scripts ? WINDOWS_SCRIPTS : [])] : [''];
  for (const folder of programFolders(around)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isExecutable(file) && !isWithin(realPath(around.instance), realPath(file))) return file;
    }
  }
  return undefined;
}

/** A command as it can be started. */
export interface FoundCommand {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  /** The command interpreter of Windows, which must start it: it is a script, and nothing in it needs quoting. */
  readonly interpreter?: string;
}

/** What that interpreter takes as it is. */
const PLAIN = /^[\w@.,:=/\\+-]+$/;

/**
 * The command as it can be started in a folder. Its program is a name, looked for on PATH, or a path in the folder.
 * @throws SnapstageError `not-found` where there is no such program, `refused` for arguments that Windows can't pass on safely.
 */
export function findCommand([program = '', ...args]: readonly string[], folder: string, around: Surroundings): FoundCommand {
  const file = program.includes('/') ? path.join(folder, program) : findProgram(program, around, true);
  if (file === undefined) {
    throw new SnapstageError('not-found', `There is no program “${program}” on this machine.`, {
      program,
      next: 'Install it so that PATH leads to it, and run this again.',
    });
  }
  if (!/\.(cmd|bat)$/i.test(file)) return { file, args };
  const odd = args.find((each) => !PLAIN.test(each)) ?? (/["%!^&]/.test(file) ? file : undefined);
  if (odd !== undefined) {
    throw new SnapstageError('refused', `“${odd}” can’t be handed to ${path.win32.basename(file)} safely.`, {
      argument: odd,
      next: 'Run the command yourself, in a terminal.',
    });
  }
  return { file, args, interpreter: path.win32.join(around.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'cmd.exe') };
}

/** The environment for programs that were found so: what they start in turn is found the same way. */
export function programEnvironment(around: Surroundings): NodeJS.ProcessEnv {
  const others = Object.entries(around.env).filter(([name]) => name.toUpperCase() !== 'PATH');
  return { ...Object.fromEntries(others), PATH: programFolders(around).join(around.platform === 'win32' ? ';' : ':') };
}

/** This machine, asked through programs on PATH: without a shell, away from the instance's folder, for a few seconds at most. */
export function thisMachine(around: Surroundings): Machine {
  return {
    output: async (name, args) => {
      const file = findProgram(name, around);
      if (file === undefined || isStandIn(file, around.platform)) return undefined;
      return outputOf(file, args, { ...programEnvironment(around), GOTOOLCHAIN: 'local' });
    },
  };
}

function outputOf(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // From the root: version managers obey files in the folder that they are started in.
  const options = {
    cwd: path.parse(file).root,
    env,
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
    killSignal: 'SIGKILL',
    windowsHide: true,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(file, args, options, (error, out, err) => resolve(error === null ? `${out}\n${err}` : undefined));
    child.stdin?.end();
  });
}

/** macOS has programs that only offer to install the real ones, in a window. */
function isStandIn(file: string, platform: NodeJS.Platform): boolean {
  const tools = ['/Library/Developer/CommandLineTools', '/Applications/Xcode.app'];
  return platform === 'darwin' && path.dirname(file) === '/usr/bin' && !tools.some((folder) => fs.existsSync(folder));
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync.native(file);
  } catch (error) {
    if (isSystemError(error)) return path.resolve(file);
    throw error;
  }
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
