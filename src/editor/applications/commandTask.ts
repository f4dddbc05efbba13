import { join } from 'node:path';
import { l10n, ProcessExecution, Task, TaskPanelKind, TaskRevealKind, tasks } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { findCommand, programEnvironment, type FoundCommand } from '../../engine/programs.ts';
import type { Instance } from '../instance.ts';

/** A command that can be started in a folder of an instance. */
export interface ReadyCommand {
  readonly instance: Instance;
  /** Absolute. */
  readonly cwd: string;
  readonly found: FoundCommand;
}

/**
 * Finds the program outside of the workspace. Throws `not-found` where there is none, and `refused` for words that the editor or
 * Windows would read anew.
 */
export function readyCommand(instance: Instance, folder: string, command: readonly string[]): ReadyCommand {
  const cwd = join(instance.folder.uri.fsPath, ...folder.split('/'));
  const found = findCommand(command, cwd, { instance: instance.folder.uri.fsPath, env: process.env, platform: process.platform });
  // VS Code puts values in for variables such as ${command:…} wherever they stand in a task.
  const odd = [cwd, found.file, ...found.args].find((word) => word.includes('${')) ?? strangeScript(found);
  if (odd === undefined) return { instance, cwd, found };
  throw new SnapstageError('refused', l10n.t('“{0}” can’t be handed on safely. Run the command in a terminal of your own.', odd), {
    word: odd,
  });
}

/** As a task, whose terminal stays: the program with its list of words, without a shell. Resolves to its exit code; to nothing where it was stopped, or could not start. */
export async function runAsTask(name: string, { instance, cwd, found }: ReadyCommand): Promise<number | undefined> {
  const { PATH } = programEnvironment({ instance: instance.folder.uri.fsPath, env: process.env, platform: process.platform });
  const [file, args] = startOf(found);
  const execution = new ProcessExecution(file, args, { cwd, ...(PATH !== undefined && { env: { PATH } }) });
  const run = String(nextRun++);
  const task = new Task({ type: 'snapstage', run }, instance.folder, name, 'Snapstage', execution, []);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Shared, focus: false, echo: true };
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const isThis = (one: Task): boolean => one.definition['run'] === run && one.definition.type === 'snapstage';
  const ended = [
    tasks.onDidEndTaskProcess(({ execution: { task: one }, exitCode }) => isThis(one) && resolve(exitCode)),
    tasks.onDidEndTask(({ execution: { task: one } }) => isThis(one) && resolve(undefined)),
  ];
  try {
    await tasks.executeTask(task);
    return await promise;
  } finally {
    for (const subscription of ended) subscription.dispose();
  }
}

let nextRun = 1;

function startOf({ file, args, interpreter }: FoundCommand): [string, string[]] {
  return interpreter === undefined ? [file, [...args]] : [interpreter, ['/d', '/c', file, ...args]];
}

/** The interpreter of Windows keeps a path together only where nothing of this is in it. */
function strangeScript({ file, interpreter }: FoundCommand): string | undefined {
  return interpreter !== undefined && /[&<>()@^|]/.test(file) ? file : undefined;
}
