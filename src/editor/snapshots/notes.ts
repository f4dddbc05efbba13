import { ThemeColor, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import type { Instance } from '../instance.ts';
import type { Row } from './row.ts';

/** Says what is to be known of the row above, or why there is no more below it. */
export interface NoteNode {
  readonly type: 'note';
  readonly instance: Instance;
  readonly text: string;
  readonly isProblem: boolean;
  /** Of the row above. */
  readonly above: string;
}

export function noteId({ above, text }: NoteNode): string {
  return `${above}#note:${text}`;
}

export function noteRow({ text, isProblem }: NoteNode): Row {
  return {
    label: text,
    tooltip: text,
    icon: isProblem ? warningIcon : new ThemeIcon('info'),
    state: TreeItemCollapsibleState.None,
    context: 'note',
  };
}

export const warningIcon = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
