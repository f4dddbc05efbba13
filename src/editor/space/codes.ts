import { env, l10n, window, type MessageItem } from 'vscode';

/** Something secret that is shown once, and what of it can be copied. */
export interface Shown {
  readonly message: string;
  readonly detail: string;
  readonly done: string;
  readonly copies: readonly { readonly title: string; readonly text: string }[];
}

/** Shows it until it is put away: copying it does not. It goes to the clipboard alone, never into a log. */
export async function showCodes({ message, detail, done, copies }: Shown): Promise<void> {
  const away: MessageItem = { title: done, isCloseAffordance: true };
  const buttons = [...copies, away];
  for (let said = detail; ; said = `${detail}\n\n${l10n.t('Copied.')}`) {
    const answer = await window.showWarningMessage(message, { modal: true, detail: said }, ...buttons);
    const copy = copies.find(({ title }) => title === answer?.title);
    if (!copy) return;
    await env.clipboard.writeText(copy.text);
  }
}

/** Nothing where that was given up. */
export async function askForRecoveryCode(title: string): Promise<string | undefined> {
  const code = await window.showInputBox({
    title,
    prompt: l10n.t('The recovery code, which was shown when the Space was created'),
    password: true,
    ignoreFocusOut: true,
  });
  return code?.trim() || undefined;
}
