/** Stands in for a person at the dialogs, which VS Code refuses to show in a test run. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What was asked: the message of a dialog, the prompt of an input box, the title of a quick pick. */
export interface Asked {
  readonly text: string;
  readonly choices: readonly string[];
}

const questions = ['showWarningMessage', 'showInputBox', 'showQuickPick', 'showOpenDialog', 'showSaveDialog'] as const;

type Window = Record<(typeof questions)[number], (...args: unknown[]) => unknown>;

/**
 * Answers modal dialogs, input boxes, quick picks and file dialogs in the order they come, by the button's or row's label,
 * the text to type or the path; `undefined` is escape. `run` sees what has been asked so far; `beforeAnswer` is what happens while a
 * quick pick waits. Toasts are let through. Fails when more or fewer are asked than answered.
 */
export async function withAnswers(
  answers: readonly (string | undefined)[],
  run: (asked: readonly Asked[]) => PromiseLike<unknown>,
  beforeAnswer: () => PromiseLike<unknown> = () => Promise.resolve(),
): Promise<readonly Asked[]> {
  const window = vscode.window as unknown as Window;
  const real = Object.fromEntries(questions.map((name) => [name, window[name]]));
  const { showWarningMessage } = window;
  const left = [...answers];
  const asked: Asked[] = [];
  const answer = (text: string, choices: readonly string[]): string | undefined => {
    asked.push({ text, choices });
    assert.ok(left.length > 0, `unexpected question: ${text}`);
    return left.shift();
  };
  window.showWarningMessage = async (...args: unknown[]) => {
    const [message, options, ...items] = args as [string, vscode.MessageOptions | string, ...(string | vscode.MessageItem)[]];
    if (typeof options === 'string' || !options.modal) return showWarningMessage.apply(window, args);
    const titleOf = (item: string | vscode.MessageItem): string => (typeof item === 'string' ? item : item.title);
    const wanted = answer([message, options.detail].filter(Boolean).join('\n'), items.map(titleOf));
    return items.find((item) => titleOf(item) === wanted) ?? wanted;
  };
  window.showInputBox = async (...args: unknown[]) => answer((args[0] as vscode.InputBoxOptions).prompt ?? '', []);
  window.showQuickPick = async (...args: unknown[]) => {
    const [items, options] = args as [readonly vscode.QuickPickItem[], vscode.QuickPickOptions];
    const wanted = answer(
      options.title ?? '',
      items.map(({ label }) => label),
    );
    await beforeAnswer();
    if (wanted === undefined) return undefined;
    const found = items.find(({ label }) => label === wanted) ?? assert.fail(`no such choice: ${wanted}`);
    return options.canPickMany ? [found] : found;
  };
  const place = (options: unknown): vscode.Uri | undefined => {
    const path = answer((options as { readonly title?: string }).title ?? '', []);
    return path === undefined ? undefined : vscode.Uri.file(path);
  };
  window.showOpenDialog = async (options) => {
    const uri = place(options);
    return uri && [uri];
  };
  window.showSaveDialog = async (options) => place(options);
  try {
    await run(asked);
  } finally {
    Object.assign(window, real);
  }
  assert.deepEqual(left, [], 'fewer questions than answers');
  return asked;
}

/** While it runs, presses the button in every warning toast that has it. Returns what these toasts said. */
export async function pressInWarnings(button: string, run: () => PromiseLike<unknown>): Promise<readonly string[]> {
  const window = vscode.window as unknown as Window;
  const { showWarningMessage } = window;
  const said: string[] = [];
  window.showWarningMessage = async (...args: unknown[]) => {
    if (!args.includes(button)) return showWarningMessage.apply(window, args);
    said.push(String(args[0]));
    return button;
  };
  try {
    await run();
  } finally {
    window.showWarningMessage = showWarningMessage;
  }
  return said;
}
