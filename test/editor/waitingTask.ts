import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from './extension.ts';

export interface WaitingTask {
  end(): Promise<void>;
}

/** A task that lasts until it is told to end, and ends by itself then: what VS Code ends in the wrong moment goes on for ever. */
export async function startTask(name: string): Promise<WaitingTask> {
  const wanted = mkdtempSync(join(tmpdir(), 'snapstage-task-'));
  const wait = `setInterval(() => require('fs').existsSync(${JSON.stringify(wanted)}) || process.exit(), 50)`;
  const execution = new vscode.ProcessExecution(process.execPath, ['-e', wait], { env: { ELECTRON_RUN_AS_NODE: '1' } });
  const running = Promise.withResolvers<void>();
  const started = vscode.tasks.onDidStartTaskProcess(({ execution: { task } }) => {
    if (task.name === name) running.resolve();
  });
  const folder = vscode.workspace.workspaceFolders![0]!;
  await vscode.tasks.executeTask(new vscode.Task({ type: 'process' }, folder, name, 'test', execution));
  await running.promise;
  started.dispose();
  return {
    async end() {
      rmSync(wanted, { recursive: true });
      await until('the task ends', () => vscode.tasks.taskExecutions.length === 0);
    },
  };
}
