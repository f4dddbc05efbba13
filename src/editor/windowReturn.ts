import { window, type Disposable } from 'vscode';

/** Calls when somebody comes to the window again: it gets the focus, or is used after a while in which it was not. */
export function onReturnToWindow(listener: () => void): Disposable {
  return window.onDidChangeWindowState(({ focused, active }) => {
    if (focused && active) listener();
  });
}
