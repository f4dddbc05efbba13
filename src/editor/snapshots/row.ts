import type { MarkdownString, ThemeIcon, TreeItemCollapsibleState, Uri } from 'vscode';
import type { CommandId } from '../commandTable.ts';

/** How a row of a tree looks and what it says. */
export interface Row {
  readonly label: string;
  readonly description?: string;
  /** Said to a screen reader after the label, in place of the description. */
  readonly spoken?: string;
  readonly icon?: ThemeIcon;
  readonly resourceUri?: Uri;
  readonly tooltip?: string | MarkdownString;
  readonly state: TreeItemCollapsibleState;
  /** Words that menus look for. */
  readonly context: string;
  readonly command?: CommandId;
}
