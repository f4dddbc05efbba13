import * as vscode from 'vscode';
import type { SnapshotKind } from '../../engine/api.ts';
import { isFiltering, noFilter, type SnapshotFilter, type SnapshotMark } from './snapshotFilter.ts';
import { kindName, markWord } from '../words.ts';

interface FilterRow extends vscode.QuickPickItem {
  readonly kindOf?: SnapshotKind;
  readonly mark?: SnapshotMark;
}

const kinds = ['described', 'quick', 'automatic', 'hand-in'] as const;
const marks = ['pinned', 'partial'] as const;

/**
 * Asks which snapshots to show: kinds by ticking them, and text by typing it. `onChange` hears of it while one types;
 * on escape it hears of what was before.
 */
export function pickFilter(before: SnapshotFilter, onChange: (filter: SnapshotFilter) => void): Promise<void> {
  const pick = vscode.window.createQuickPick<FilterRow>();
  const clear: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('clear-all'), tooltip: vscode.l10n.t('Show All Snapshots') };
  pick.title = vscode.l10n.t('Filter Snapshots');
  pick.placeholder = vscode.l10n.t('Words of the name or description; tick what to show');
  pick.canSelectMany = true;
  pick.value = before.text;
  pick.buttons = isFiltering(before) ? [clear] : [];
  // Always shown: the typed text is looked for in the snapshots, not in these rows.
  pick.items = [
    { label: vscode.l10n.t('kind'), kind: vscode.QuickPickItemKind.Separator },
    ...kinds.map((kindOf) => ({ label: kindName(kindOf), alwaysShow: true, kindOf })),
    { label: vscode.l10n.t('only'), kind: vscode.QuickPickItemKind.Separator },
    ...marks.map((mark) => ({ label: markWord(mark), alwaysShow: true, mark })),
  ];
  pick.selectedItems = pick.items.filter(
    ({ kindOf, mark }) => (kindOf && before.kinds.includes(kindOf)) ?? (mark && before.marks.includes(mark)),
  );
  const chosen = (): SnapshotFilter => ({
    text: pick.value,
    kinds: pick.selectedItems.flatMap(({ kindOf }) => kindOf ?? []),
    marks: pick.selectedItems.flatMap(({ mark }) => mark ?? []),
  });
  return new Promise((resolve) => {
    let result = before;
    pick.onDidChangeValue(() => onChange(chosen()));
    pick.onDidChangeSelection(() => onChange(chosen()));
    pick.onDidTriggerButton(() => {
      result = noFilter;
      pick.hide();
    });
    pick.onDidAccept(() => {
      result = chosen();
      pick.hide();
    });
    pick.onDidHide(() => {
      onChange(result);
      pick.dispose();
      resolve();
    });
    pick.show();
  });
}
