import { SnapstageError } from '../../base/errors.ts';
import { findCommand, type Surroundings } from '../../engine/programs.ts';

/** A program and its arguments as a task of VS Code starts them. */
export interface TaskCommand {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
}

/**
 * The command as a task can start it in a folder, its program found outside of the workspace.
 * @throws SnapstageError `not-found` where there is none, `refused` for words that VS Code or Windows would read anew.
 */
export function taskCommand(command: readonly string[], cwd: string, around: Surroundings): TaskCommand {
  const { file, args, interpreter } = findCommand(command, cwd, around);
  // VS Code puts values in for variables such as ${command:…} wherever they stand in a task.
  const variable = [cwd, file, ...args].find((word) => word.includes('${'));
  // The interpreter of Windows keeps a path together only where nothing of this is in it.
  const odd = variable ?? (interpreter !== undefined && /[&<>()@^|]/.test(file) ? file : undefined);
  if (odd !== undefined)
    throw new SnapstageError('refused', `“${odd}” can’t be handed on safely.`, {
      word: odd,
      next: 'Run the command yourself, in a terminal.',
    });
  return interpreter === undefined ? { file, args, cwd } : { file: interpreter, args: ['/d', '/c', file, ...args], cwd };
}
