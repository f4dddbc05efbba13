import type { Chosen } from './chosen.ts';

/**
 * Every command of the extension, checked against package.json by a house test. `writes`: changes the folder or its
 * store, so it is refused in Restricted Mode.
 */
export const commandTable = {
  'snapstage.take': { writes: true },
  'snapstage.takeDescribed': { writes: true },
  'snapstage.restore': { writes: true },
  'snapstage.restoreEntry': { writes: true },
  'snapstage.restoreBeside': { writes: true },
  'snapstage.restoreTo': { writes: true },
  'snapstage.saveAs': { writes: true },
  'snapstage.clone': { writes: true },
  'snapstage.undoRestore': { writes: true },
  'snapstage.recover': { writes: true },
  'snapstage.compare': { writes: false },
  'snapstage.compareWithSnapshot': { writes: false },
  'snapstage.open': { writes: false },
  'snapstage.showChanges': { writes: false },
  'snapstage.compareStates': { writes: false },
  'snapstage.openAllChanges': { writes: false },
  'snapstage.swapComparison': { writes: false },
  'snapstage.closeComparison': { writes: false },
  'snapstage.showDetails': { writes: false },
  'snapstage.filter': { writes: false },
  'snapstage.clearFilter': { writes: false },
  'snapstage.rename': { writes: true },
  'snapstage.describe': { writes: true },
  'snapstage.pin': { writes: true },
  'snapstage.unpin': { writes: true },
  'snapstage.delete': { writes: true },
  'snapstage.verify': { writes: false },
  'snapstage.compact': { writes: true },
  'snapstage.showHistory': { writes: false },
  'snapstage.compareWithPrevious': { writes: false },
  'snapstage.closeHistory': { writes: false },
  'snapstage.find': { writes: false },
  'snapstage.findInSnapshot': { writes: false },
  'snapstage.openInNewWindow': { writes: false },
  'snapstage.openFolderOfSnapshot': { writes: false },
  'snapstage.previewTable': { writes: false },
  'snapstage.compareTable': { writes: false },
  'snapstage.compareTableWith': { writes: false },
  'snapstage.restoreTable': { writes: true },
  'snapstage.showMoreRows': { writes: false },
  'snapstage.checkApplications': { writes: false },
  'snapstage.recreate': { writes: true },
  'snapstage.showDependencies': { writes: false },
  'snapstage.openConfiguration': { writes: false },
  'snapstage.getStarted': { writes: false },
  'snapstage.refresh': { writes: false },
  'snapstage.showLog': { writes: false },
} as const satisfies Readonly<Record<`snapstage.${string}`, { readonly writes: boolean }>>;

export type CommandId = keyof typeof commandTable;

export type CommandHandler = (chosen: Chosen) => Promise<void>;
