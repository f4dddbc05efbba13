import * as vscode from 'vscode';
import type { PathNote } from '../../engine/api.ts';
import { taskType } from '../automatic/taskType.ts';
import { pathIn } from '../files/snapshotUris.ts';
import type { Instance } from '../instance.ts';

/**
 * What the editor sees at work on a folder: tasks, the active debug session, terminals with shell integration, notebooks whose runs
 * began since the extension started. Others are not seen, so nothing found does not mean that nothing is at work.
 */
export class AtWork implements vscode.Disposable {
  /** The folders that programs run in. */
  readonly #programs = new Map<vscode.Terminal, vscode.Uri | undefined>();
  readonly #cells = new Set<vscode.NotebookCell>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => void this.#programs.set(terminal, execution.cwd)),
      vscode.window.onDidEndTerminalShellExecution(({ terminal }) => void this.#programs.delete(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => void this.#programs.delete(terminal)),
      vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
        for (const { cell, executionSummary } of cellChanges) if (executionSummary !== undefined) this.#note(cell, executionSummary);
      }),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        for (const cell of notebook.getCells()) this.#cells.delete(cell);
      }),
    ];
  }

  /** What is at work on this folder now, in the engine's plain English. */
  on(instance: Instance): PathNote[] {
    const notebooks = new Set([...this.#cells].map(({ notebook }) => notebook));
    return [
      ...vscode.tasks.taskExecutions.flatMap(({ task }) => {
        const isElsewhere = typeof task.scope === 'object' && task.scope.uri.toString() !== instance.folder.uri.toString();
        // The one that takes a snapshot disturbs none.
        return isElsewhere || task.definition.type === taskType ? [] : [{ path: '', reason: `the task “${task.name}” is running` }];
      }),
      ...debugSession(instance),
      ...[...this.#programs].flatMap(([terminal, cwd]) => {
        const isElsewhere = cwd !== undefined && pathIn(instance.folder.uri, cwd) === undefined;
        return isElsewhere || isTasks(terminal) ? [] : [{ path: '', reason: `a program is running in the terminal “${terminal.name}”` }];
      }),
      ...[...notebooks].flatMap(({ uri }) => {
        const path = pathIn(instance.folder.uri, uri);
        return path === undefined ? [] : [{ path, reason: 'a notebook that is running' }];
      }),
    ];
  }

  /** VS Code tells how a run ended, not that it runs: one with a number and no end has begun. */
  #note(cell: vscode.NotebookCell, { executionOrder, success }: vscode.NotebookCellExecutionSummary): void {
    if (executionOrder !== undefined && success === undefined) this.#cells.add(cell);
    else this.#cells.delete(cell);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

/** Tasks are told as such; their terminals have no name, or theirs, and stay when they have ended. */
function isTasks({ name, exitStatus }: vscode.Terminal): boolean {
  return name === '' || exitStatus !== undefined || vscode.tasks.taskExecutions.some(({ task }) => task.name === name);
}

function debugSession(instance: Instance): PathNote[] {
  const session = vscode.debug.activeDebugSession;
  const isElsewhere = session?.workspaceFolder !== undefined && session.workspaceFolder.uri.toString() !== instance.folder.uri.toString();
  return session === undefined || isElsewhere ? [] : [{ path: '', reason: `the debug session “${session.name}” is running` }];
}
