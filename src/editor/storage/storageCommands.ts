import { l10n } from 'vscode';
import { instanceOf, mustHavePaths, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { Instance } from '../instance.ts';
import { pickInstance } from '../pickers.ts';
import type { Workspace } from '../workspace.ts';
import type { SpaceFreer } from './freeUp.ts';
import type { StoragePanels } from './storagePanel.ts';
import type { WhyStored } from './whyStored.ts';

/** What the commands put to work. */
export interface StorageServices {
  readonly workspace: Workspace;
  readonly storagePanels: StoragePanels;
  readonly spaceFreer: SpaceFreer;
  readonly whyStored: WhyStored;
}

/** The commands on the room that snapshots take. */
export function storageCommands({ workspace, storagePanels, spaceFreer, whyStored }: StorageServices) {
  const inFolder = async (chosen: Chosen, title: string, run: (instance: Instance) => Promise<void>): Promise<void> => {
    const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
    if (instance) await run(instance);
  };
  return {
    'snapstage.showStorage': (chosen) => inFolder(chosen, l10n.t('Show Storage'), (instance) => storagePanels.show(instance)),
    'snapstage.freeUp': (chosen) =>
      inFolder(chosen, l10n.t('Free Up Space'), async (instance) => {
        await spaceFreer.freeUp(instance);
        // Where no snapshot had to go, nothing else tells that the store is another.
        storagePanels.pageOf(instance)?.refresh();
      }),
    'snapstage.whyStored': async (chosen) => {
      for (const { instance, paths } of mustHavePaths(workspace, chosen)) await whyStored.show(instance, paths[0] ?? '');
    },
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}
