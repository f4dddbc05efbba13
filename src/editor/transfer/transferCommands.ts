import { l10n } from 'vscode';
import { instanceOf } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import { pickInstance } from '../pickers.ts';
import type { Workspace } from '../workspace.ts';
import type { Transfers } from './transfers.ts';

/** What takes in files. */
export interface ImportServices {
  readonly workspace: Workspace;
  readonly transfers: Transfers;
}

/** Takes in files of the explorer or dropped ones; from the palette or a row, the one that is picked. */
export function importCommand({ workspace, transfers }: ImportServices) {
  return {
    'snapstage.import': async (chosen) => {
      const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, l10n.t('Import Snapshot')));
      if (instance) await transfers.import(instance, chosen.uris);
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}
