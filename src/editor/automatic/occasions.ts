/** What people do that an automatic snapshot is taken on: runs and debug sessions, tasks, and a task that is one. */
import * as vscode from 'vscode';
import type { Instance } from '../instance.ts';
import { setting } from '../settings.ts';
import type { Workspace } from '../workspace.ts';
import type { AutomaticSnapshots } from './automaticSnapshots.ts';
import { fitsAny } from './patterns.ts';
import { taskType } from './taskType.ts';

export function followOccasions(workspace: Workspace, automatic: AutomaticSnapshots): vscode.Disposable {
  const snapshotTasks = new SnapshotTasks(workspace, automatic);
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider('*', {
      // Called when the task before it has ended, and waited for.
      resolveDebugConfigurationWithSubstitutedVariables: async (folder, configuration, token) => {
        if (!vscode.debug.activeDebugSession && fitsAny(setting('automatic.beforeDebug'), configuration.name)) {
          await beforeDebugging(automatic, instancesOf(workspace, folder), configuration.name, token);
        }
        return configuration;
      },
    }),
    vscode.tasks.onDidStartTask(({ execution: { task } }) => {
      if (task.definition.type === taskType || !fitsAny(setting('automatic.whenTaskStarts'), task.name)) return;
      for (const instance of instancesOf(workspace, task.scope)) void automatic.take(instance, `start of task ${task.name}`);
    }),
    vscode.tasks.registerTaskProvider(taskType, snapshotTasks),
  );
}

/** A session starts also when no snapshot could be taken, or when it was given up. */
async function beforeDebugging(
  automatic: AutomaticSnapshots,
  instances: readonly Instance[],
  name: string,
  token: vscode.CancellationToken | undefined,
): Promise<void> {
  const abort = new AbortController();
  const subscription = token?.onCancellationRequested(() => abort.abort());
  try {
    await Promise.all(instances.map((instance) => automatic.take(instance, `before debugging ${name}`, { signal: abort.signal })));
  } finally {
    subscription?.dispose();
  }
}

/** Of the folder; of all of them for what belongs to none. */
function instancesOf(workspace: Workspace, scope: vscode.WorkspaceFolder | vscode.TaskScope | undefined): readonly Instance[] {
  if (typeof scope !== 'object') return workspace.instances;
  const instance = workspace.instanceOf(scope.uri);
  return instance ? [instance] : [];
}

/** Offers a task that takes an automatic snapshot: another one that depends on it (`dependsOn`) starts when that has been taken. */
class SnapshotTasks implements vscode.TaskProvider {
  readonly #workspace: Workspace;
  readonly #automatic: AutomaticSnapshots;

  constructor(workspace: Workspace, automatic: AutomaticSnapshots) {
    this.#workspace = workspace;
    this.#automatic = automatic;
  }

  provideTasks(): vscode.Task[] {
    return this.#workspace.instances.map(({ folder }) => this.#task({ type: taskType }, folder));
  }

  resolveTask({ definition, scope }: vscode.Task): vscode.Task {
    return this.#task(definition, scope ?? vscode.TaskScope.Workspace);
  }

  #task(definition: vscode.TaskDefinition, scope: NonNullable<vscode.Task['scope']>): vscode.Task {
    const execution = new vscode.CustomExecution(async () => new SnapshotTerminal(() => this.#take(scope)));
    const task = new vscode.Task(definition, scope, 'snapshot', taskType, execution, []);
    task.detail = vscode.l10n.t('Takes an automatic snapshot; for the dependsOn of tasks that shall start after it.');
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, echo: false, close: true };
    return task;
  }

  async #take(scope: vscode.Task['scope']): Promise<boolean> {
    const taken = instancesOf(this.#workspace, scope).map((instance) => this.#automatic.take(instance, 'before task', {}));
    return (await Promise.all(taken)).every(Boolean);
  }
}

/** The terminal of a task that runs here. */
class SnapshotTerminal implements vscode.Pseudoterminal {
  readonly #ended = new vscode.EventEmitter<number>();
  readonly onDidClose = this.#ended.event;
  readonly onDidWrite = new vscode.EventEmitter<string>().event;
  readonly #run: () => Promise<boolean>;

  constructor(run: () => Promise<boolean>) {
    this.#run = run;
  }

  open(): void {
    void this.#run().then((isDone) => this.#ended.fire(isDone ? 0 : 1));
  }

  close(): void {
    this.#ended.dispose();
  }
}
