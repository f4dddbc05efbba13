/** Stands in for commands of VS Code that a test run can't have carried out, such as opening a window. */
import * as vscode from 'vscode';

type Commands = Record<'executeCommand', (id: string, ...args: unknown[]) => Thenable<unknown>>;

/** The folders that were asked to be opened while it ran, with the options; none of them is. */
export async function withOpenedFolders(run: () => PromiseLike<unknown>): Promise<readonly (readonly [vscode.Uri, unknown])[]> {
  const seen: (readonly [vscode.Uri, unknown])[] = [];
  await withCommand('vscode.openFolder', (uri, options) => seen.push([uri as vscode.Uri, options]), run);
  return seen;
}

/** While it runs, calls of the command come here and are not carried out. */
export async function withCommand(id: string, called: (...args: unknown[]) => unknown, run: () => PromiseLike<unknown>): Promise<void> {
  const commands = vscode.commands as unknown as Commands;
  const { executeCommand } = commands;
  commands.executeCommand = async (asked, ...args) => {
    if (asked !== id) return executeCommand.call(commands, asked, ...args);
    called(...args);
    return undefined;
  };
  try {
    await run();
  } finally {
    commands.executeCommand = executeCommand;
  }
}
