/** Starting programs of the machine for somebody who agreed to it: never through a shell that reads what a file of the workspace says. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { findCommand, programEnvironment, type Surroundings } from '../engine/programs.ts';

export interface Start {
  /** A program (a name, looked for on PATH; or a path in the folder) and its arguments. */
  readonly command: readonly string[];
  /** Absolute. */
  readonly folder: string;
  /** Absolute path of the instance. */
  readonly instance: string;
  /** Where its standard output goes: with `err`, ours stays free for a document. */
  readonly output: 'out' | 'err';
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end, on our own streams. Returns its exit code; after a signal 128 and the signal's number, as shells tell it.
 * @throws SnapstageError `not-found` where there is no such program, `refused` for arguments that Windows can't pass on safely.
 */
export async function startProgram({ command, folder, instance, output, signal }: Start): Promise<number> {
  const around = { instance, env: process.env, platform: process.platform };
  const { file, args, options } = invocationOf(command, folder, around);
  const out = output === 'out' ? 1 : 2;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      cwd: folder,
      env: programEnvironment(around),
      stdio: [0, out, 2],
      windowsHide: true,
      signal,
    });
    child.once('error', reject);
    child.once('exit', (code, by) => resolve(code ?? 128 + (by === null ? 0 : constants.signals[by])));
  });
}

interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/**
 * How a command is started in a folder: the program's absolute path, and what its arguments must look like. Since CVE-2024-27980
 * Node.js starts no `.cmd` by itself (https://nodejs.org/api/child_process.html#spawning-bat-and-cmd-files-on-windows).
 */
export function invocationOf(command: readonly string[], folder: string, around: Surroundings): Invocation {
  const { file, args, interpreter } = findCommand(command, folder, around);
  if (interpreter === undefined) return { file, args, options: {} };
  return { file: interpreter, args: ['/d', '/s', '/c', `""${file}" ${args.join(' ')}"`], options: { windowsVerbatimArguments: true } };
}
