import { l10n } from 'vscode';
import { engineWords } from '../engineWords.ts';
import type { NoteNode } from '../snapshots/notes.ts';
import { stateOf } from '../state.ts';
import type { Databases } from './databases.ts';
import { tablesNodeId, type DatabaseNode, type TablesNode } from './tableNodes.ts';

/** The rows below one about tables. Rejects when nothing can be read; what is wrong with one database is a row below it. */
export async function tableChildren(node: TablesNode, databases: Databases): Promise<readonly (TablesNode | NoteNode)[]> {
  switch (node.type) {
    case 'tables': {
      const found = await databases.list(node.instance, node.snapshot);
      if (found.length === 0) return [note(node, l10n.t('There is no SQLite database.'), false)];
      return found.map((database) => ({ ...stateOf(node), type: 'database', database }));
    }
    case 'database':
      return tablesOf(node, databases);
    case 'table':
      return [];
  }
}

/** What a virtual table stores in tables of its own is no table to anybody. */
async function tablesOf(node: DatabaseNode, databases: Databases): Promise<readonly (TablesNode | NoteNode)[]> {
  const { path } = node.database;
  const { tables, problem } = await databases.count(node.instance, node.snapshot, path);
  const shown = tables.filter(({ kind }) => kind !== 'shadow');
  if (shown.length === 0 && problem === null) return [note(node, l10n.t('There are no tables in it.'), false)];
  return [
    ...(problem === null ? [] : [note(node, engineWords(problem), true)]),
    ...shown.map((table): TablesNode => ({ ...stateOf(node), type: 'table', database: path, table })),
  ];
}

function note(above: TablesNode, text: string, isProblem: boolean): NoteNode {
  return { type: 'note', instance: above.instance, text, isProblem, above: tablesNodeId(above) };
}
