import * as vscode from 'vscode';
import type { ChangeKind } from '../../engine/api.ts';
import { isOpenable } from '../files/snapshotUris.ts';
import { changeWord } from '../words.ts';

/** Decorations go by URI all over the window, so the tree's rows have a scheme of their own. */
const rowScheme = 'snapstage-row';

const marks: Readonly<Record<ChangeKind, { readonly letter: string; readonly color: string }>> = {
  added: { letter: 'A', color: 'gitDecoration.addedResourceForeground' },
  changed: { letter: 'M', color: 'gitDecoration.modifiedResourceForeground' },
  removed: { letter: 'D', color: 'gitDecoration.deletedResourceForeground' },
  moved: { letter: 'R', color: 'gitDecoration.renamedResourceForeground' },
};

/** Gives a row the icon of its file's type, and a change its letter. */
export function rowUri(folder: vscode.Uri, path: string, change?: ChangeKind): vscode.Uri {
  const shown = isOpenable(path) ? path : path.toWellFormed();
  return vscode.Uri.joinPath(folder, shown).with({ scheme: rowScheme, authority: '', query: change ?? '' });
}

/** Letters and colours of changes, as in Source Control. */
export class RowDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== rowScheme || !isChange(uri.query)) return undefined;
    const { letter, color } = marks[uri.query];
    return new vscode.FileDecoration(letter, changeWord(uri.query), new vscode.ThemeColor(color));
  }
}

function isChange(text: string): text is ChangeKind {
  return Object.hasOwn(marks, text);
}
