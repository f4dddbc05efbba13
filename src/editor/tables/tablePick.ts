import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Databases } from './databases.ts';
import type { TableIn } from './tablePages.ts';
import { tableKindWord } from './tableWords.ts';

/** The table of a state that the user picks. Throws when there is none to pick. */
export async function pickTable(
  databases: Databases,
  instance: Instance,
  snapshot: SnapshotInfo | undefined,
  title: string,
): Promise<TableIn | undefined> {
  const found = await databases.list(instance, snapshot);
  const items = found.flatMap(({ path, tables }) =>
    tables
      .filter(({ kind }) => kind !== 'shadow')
      .map(({ name, kind }) => ({
        label: plainLabel(name),
        description: [displayText(path), ...(kind === 'table' ? [] : [tableKindWord(kind)])].join(' · '),
        subject: { instance, database: path, table: name, ...(snapshot && { snapshot }) },
      })),
  );
  if (items.length === 0) throw new SnapstageError('usage', l10n.t('There is no table of an SQLite database.'));
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which table?'), matchOnDescription: true });
  return picked?.subject;
}
