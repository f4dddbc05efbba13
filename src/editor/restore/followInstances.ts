import * as vscode from 'vscode';
import type { Reporter } from '../reporter.ts';
import type { Workspace } from '../workspace.ts';
import type { Recovery } from './recovery.ts';

/** Offers to end what was cut off, and keeps in the log why a folder can't be read. */
export function followInstances(folders: Workspace, recovery: Recovery, reporter: Reporter): vscode.Disposable {
  return folders.onDidChange(({ instance }) => {
    if (instance?.state.kind === 'failed') reporter.logError(instance.state.error, instance.name);
    if (instance && vscode.workspace.isTrusted) recovery.offerOnce(instance);
  });
}
