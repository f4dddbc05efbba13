/** How each row about tables looks and what it says to a screen reader. */
import { env, l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { formatSize } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { engineWords } from '../engineWords.ts';
import { displayText } from '../formats.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import { stateTitle } from '../words.ts';
import type { DatabaseNode, TableNode, TablesNode } from './tableNodes.ts';
import { rowCount, tableCount, tableKindWord } from './tableWords.ts';

export function tablesRow(node: TablesNode): Row {
  switch (node.type) {
    case 'tables':
      return {
        label: l10n.t('Tables'),
        spoken: l10n.t('in {0}', stateTitle(node.snapshot)),
        tooltip: l10n.t('The tables of the SQLite databases in {0}.', stateTitle(node.snapshot)),
        icon: new ThemeIcon('database'),
        state: TreeItemCollapsibleState.Collapsed,
        context: 'tables',
      };
    case 'database':
      return databaseRow(node);
    case 'table':
      return tableRow(node);
  }
}

function databaseRow({ database, snapshot }: DatabaseNode): Row {
  const path = displayText(database.path);
  const shown = database.tables.filter(({ kind }) => kind !== 'shadow').length;
  const facts = [
    formatSize(database.size, env.language),
    ...(shown > 0 || database.problem === null ? [tableCount(shown)] : []),
    ...(database.problem === null ? [] : [engineWords(database.problem)]),
  ];
  return {
    label: baseName(path),
    description: [parentPath(path), ...facts].filter(Boolean).join(' · '),
    spoken: [l10n.t('database'), parentPath(path), ...facts, l10n.t('in {0}', stateTitle(snapshot))].filter(Boolean).join(', '),
    tooltip: [path, ...facts].join(' · '),
    icon: database.problem === null ? new ThemeIcon('database') : warningIcon,
    state: TreeItemCollapsibleState.Collapsed,
    context: 'database',
  };
}

function tableRow({ database, table, snapshot }: TableNode): Row {
  const { kind, rows, bytes, columns, together } = table;
  const counts = [...(rows === null ? [] : [rowCount(rows)]), ...(bytes === null ? [] : [formatSize(bytes, env.language)])];
  const facts = [...(kind === 'table' ? [] : [tableKindWord(kind)]), ...counts];
  const names = columns.filter(({ hidden }) => !hidden).map(({ name, type }) => displayText(type === '' ? name : `${name} ${type}`));
  return {
    label: displayText(table.name),
    description: facts.join(' · '),
    spoken: [tableKindWord(kind), ...counts, l10n.t('in {0} · {1}', displayText(database), stateTitle(snapshot))].join(', '),
    tooltip: [
      [displayText(table.name), ...facts].join(' · '),
      l10n.t('Columns: {0}', names.join(', ')),
      ...(together === null ? [] : [engineWords(together)]),
    ].join('\n'),
    icon: new ThemeIcon(kind === 'view' ? 'eye' : 'table'),
    state: TreeItemCollapsibleState.None,
    context: `table ${kind} ${snapshot ? 'stored' : 'current'}`,
    command: 'snapstage.previewTable',
  };
}
