import * as vscode from 'vscode';
import type { RestoreAction, RestoreItem, RestorePlan } from '../../engine/api.ts';
import { formatSize } from '../../base/format.ts';
import { displayText } from '../formats.ts';
import { plainLabel } from '../pickers.ts';

/** Rows shown one by one; all of them are in the list that opens as a document. */
const mostRows = 1000;

interface PlanRow extends vscode.QuickPickItem {
  readonly item?: RestoreItem;
  readonly go?: true;
}

export interface PlanPickOptions {
  readonly plan: RestorePlan;
  readonly title: string;
  /** What the plan does, in one sentence. */
  readonly sentence: string;
  /** The word of the button that carries it out. */
  readonly go: string;
  /** Shows the difference that one item makes, and leaves the focus here. */
  readonly preview: (item: RestoreItem) => void;
  readonly openList: (lines: readonly string[]) => void;
}

/**
 * Shows every change of a plan. True when the user wants it carried out; an item that is chosen shows its difference
 * beside the list.
 */
export function pickFromPlan(options: PlanPickOptions): Promise<boolean> {
  const pick = vscode.window.createQuickPick<PlanRow>();
  const asDocument: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('go-to-file'),
    tooltip: vscode.l10n.t('Open the List as a Document'),
  };
  pick.title = options.title;
  pick.placeholder = vscode.l10n.t('Choose a file to see its difference, or the first row to go on');
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.buttons = [asDocument];
  pick.items = [
    { label: `$(check) ${options.go}`, description: options.sentence, alwaysShow: true, go: true },
    ...planRows(options.plan.items),
  ];
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      resolve(answer);
      pick.dispose();
    };
    pick.onDidTriggerButton(() => options.openList([options.sentence, '', ...planLines(options.plan.items)]));
    pick.onDidAccept(() => {
      const [row] = pick.selectedItems;
      if (row?.go) end(true);
      else if (row?.item) options.preview(row.item);
    });
    pick.onDidHide(() => end(false));
    pick.show();
  });
}

function planRows(items: readonly RestoreItem[]): PlanRow[] {
  const rows: PlanRow[] = [];
  for (const [action, of] of byAction(items)) {
    rows.push({ label: actionWord(action), kind: vscode.QuickPickItemKind.Separator });
    for (const item of of.slice(0, Math.max(0, mostRows - rows.length))) {
      rows.push({
        label: plainLabel(item.path),
        description: item.kind === 'folder' ? '' : formatSize(item.size, vscode.env.language),
        item,
      });
    }
  }
  return rows;
}

function planLines(items: readonly RestoreItem[]): string[] {
  return byAction(items).flatMap(([action, of]) => [actionWord(action), ...of.map((item) => `    ${displayText(item.path)}`), '']);
}

function byAction(items: readonly RestoreItem[]): readonly (readonly [RestoreAction, readonly RestoreItem[]])[] {
  const order = ['delete', 'replace', 'add', 'attributes', 'keep'] as const;
  return order.map((action) => [action, items.filter((item) => item.action === action)] as const).filter(([, of]) => of.length > 0);
}

function actionWord(action: RestoreAction): string {
  switch (action) {
    case 'add':
      return vscode.l10n.t('bring back');
    case 'replace':
      return vscode.l10n.t('replace');
    case 'delete':
      return vscode.l10n.t('delete, came later');
    case 'attributes':
      return vscode.l10n.t('set times or permissions');
    case 'keep':
      return vscode.l10n.t('keep');
  }
}
