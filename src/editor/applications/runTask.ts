import { ProcessExecution, Task, TaskPanelKind, TaskRevealKind, tasks } from 'vscode';
import { programEnvironment, type Surroundings } from '../../engine/programs.ts';
import type { Instance } from '../instance.ts';
import type { TaskCommand } from './taskCommand.ts';

/** What decides which programs a folder's commands stand for. */
export function surroundingsOf(instance: Instance): Surroundings {
  return { instance: instance.folder.uri.fsPath, env: process.env, platform: process.platform };
}

/**
 * Runs a command as a task, whose terminal stays: the program with its list of words, without a shell. Resolves to its exit code; to
 * nothing where it was stopped, or could not start.
 */
export async function runTask(instance: Instance, name: string, { file, args, cwd }: TaskCommand): Promise<number | undefined> {
  const { PATH } = programEnvironment(surroundingsOf(instance));
  const execution = new ProcessExecution(file, [...args], { cwd, ...(PATH !== undefined && { env: { PATH } }) });
  const run = String(nextRun++);
  const task = new Task({ type: 'snapstage', run }, instance.folder, name, 'Snapstage', execution, []);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Shared, focus: false, echo: true };
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const isThis = ({ definition }: Task): boolean => definition.type === 'snapstage' && definition['run'] === run;
  const ended = [
    tasks.onDidEndTaskProcess((event) => isThis(event.execution.task) && resolve(event.exitCode)),
    tasks.onDidEndTask((event) => isThis(event.execution.task) && resolve(undefined)),
  ];
  try {
    await tasks.executeTask(task);
    return await promise;
  } finally {
    for (const subscription of ended) subscription.dispose();
  }
}

let nextRun = 1;
