/** One run of the command line, from arguments to exit code. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isSystemError, SnapstageError, toSnapstageError } from '../base/errors.ts';
import type { EngineApi } from '../engine/api.ts';
import { parseCommandLine, wantsJson } from './args.ts';
import type { Command, CommandLine } from './args.ts';
import { commands } from './commandTable.ts';
import type { Context } from './context.ts';
import { cancelled, errorLines, exitCodeOf, exitCodes, noInstance } from './exit.ts';
import type { Io } from './io.ts';
import { instancePath } from './place.ts';
import { commandHelpLines, helpDocument, helpLines } from './render/help.ts';
import { Report } from './report.ts';

/** What the command line stands on. */
export interface Core {
  readonly version: string;
  openEngine(options: { folder: string }): EngineApi;
  /** The nearest folder upward that is an instance. */
  findInstance(start: string): string | undefined;
}

/** Carries out one command line and returns the exit code; everything that goes wrong is reported here. */
export async function run(argv: readonly string[], io: Io, core: Core): Promise<number> {
  const json = wantsJson(argv);
  let report = new Report(io, { json, dryRun: false, yes: false, quiet: false });
  try {
    const line = parseCommandLine(argv, commands);
    report = new Report(io, line.flags);
    if (line.kind === 'help') return await printHelp(report, line.command);
    if (line.kind === 'version') return await printVersion(report, core.version);
    return await runCommand(line, report, io, core);
  } catch (error) {
    return await reportError(error, json, report);
  }
}

async function runCommand(line: CommandLine & { kind: 'run' }, report: Report, io: Io, core: Core): Promise<number> {
  const { command, invocation, flags } = line;
  const folder = instanceFolder(command, line.folder, io.cwd, core);
  const place = { cwd: realPath(io.cwd), roots: [folder, realPath(folder)] };
  const engine = core.openEngine({ folder });
  const call = { signal: io.signal, onProgress: report.onProgress };
  const context: Context = { engine, folder, io, flags, report, call, path: (argument) => instancePath(argument, place) };
  try {
    io.signal.throwIfAborted();
    return await command.run(invocation, context);
  } catch (error) {
    throw await withState(error, command, context);
  } finally {
    report.endProgress();
    await engine.dispose();
  }
}

/** `-C` names the folder itself; otherwise it is the nearest one upward, for `init` the current one, and the same where none is needed. Throws `not-found`. */
function instanceFolder(command: Command, named: string | undefined, cwd: string, core: Core): string {
  const start = path.resolve(cwd, named ?? '');
  if (command.needs === 'folder') return start;
  const found = core.findInstance(start);
  if (command.needs === 'nothing') return found ?? start;
  if (found === undefined) throw noInstance(start);
  if (named !== undefined && realPath(found) !== realPath(start)) throw noInstance(start);
  return found;
}

/** A cancellation says what state things are in. */
async function withState(error: unknown, command: Command, context: Context): Promise<unknown> {
  const aborted = context.io.signal.aborted;
  if (!aborted || isBrokenPipe(error)) return error;
  if (toSnapstageError(error).code !== 'cancelled') return error;
  try {
    return cancelled((await command.cancelled?.(context)) ?? 'Nothing was changed.');
  } catch {
    return cancelled('`snapstage status` says how the instance stands.');
  }
}

async function reportError(thrown: unknown, json: boolean, report: Report): Promise<number> {
  // Whoever read our output has seen enough.
  if (isBrokenPipe(thrown)) return exitCodes.done;
  const error = toSnapstageError(thrown);
  try {
    if (error.code === 'cancelled') await report.clearEcho();
    if (json) await report.document({ error });
    else await report.warn(...errorLines(error));
  } catch (unprintable) {
    if (!isBrokenPipe(unprintable)) throw unprintable;
  }
  return exitCodeOf(error);
}

async function printHelp(report: Report, command: Command | undefined): Promise<number> {
  const shown = command === undefined ? commands : [command];
  await report.result(helpDocument(shown), () => (command === undefined ? helpLines(commands) : commandHelpLines(command)));
  return exitCodes.done;
}

async function printVersion(report: Report, version: string): Promise<number> {
  await report.result({ version }, () => [version]);
  return exitCodes.done;
}

function isBrokenPipe(error: unknown): boolean {
  const cause = error instanceof SnapstageError ? error.cause : error;
  return isSystemError(cause, 'EPIPE') || (cause instanceof Error && 'code' in cause && cause.code === 'ERR_STREAM_DESTROYED');
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return folder;
    throw error;
  }
}
