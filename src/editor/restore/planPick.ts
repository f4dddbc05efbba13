import * as vscode from 'vscode';
import type { RestoreAction, RestoreItem, RestorePlan } from '../../engine/api.ts';
import { formatNumber, formatSize } from '../../base/format.ts';
import { displayText } from '../formats.ts';
import { plainLabel } from '../pickers.ts';

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
  /** Opens all of the plan as a document. */
  readonly openList: () => void;
}

/**
 * Shows the changes of a plan, and how many more there are than it tells. True when the user wants it carried out; an item that is chosen shows its difference
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
    ...restRow(options.plan),
  ];
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      resolve(answer);
      pick.dispose();
    };
    pick.onDidTriggerButton(options.openList);
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
    for (const item of of) {
      rows.push({
        label: plainLabel(item.path),
        description: item.kind === 'folder' ? '' : formatSize(item.size, vscode.env.language),
        item,
      });
    }
  }
  return rows;
}

function restRow({ items, counts }: RestorePlan): PlanRow[] {
  const rest = counts.add + counts.replace + counts.delete + counts.attributes + counts.keep - items.length;
  if (rest === 0) return [];
  return [{ label: vscode.l10n.t('{0} more: open the list to see them', formatNumber(rest, vscode.env.language)), alwaysShow: true }];
}

/** One line for each item, by what is done to it. */
export function planLines(items: readonly RestoreItem[]): string[] {
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
