/**
 * Every command of the extension, checked against package.json by a house test. `writes`: changes the folder or its
 * store, so it is refused in Restricted Mode.
 */
export const commandTable = {
  'snapstage.take': { writes: true },
  'snapstage.takeDescribed': { writes: true },
  'snapstage.restore': { writes: true },
  'snapstage.restoreEntry': { writes: true },
  'snapstage.undoRestore': { writes: true },
  'snapstage.recover': { writes: true },
  'snapstage.compare': { writes: false },
  'snapstage.open': { writes: false },
  'snapstage.listChanges': { writes: false },
  'snapstage.rename': { writes: true },
  'snapstage.describe': { writes: true },
  'snapstage.pin': { writes: true },
  'snapstage.unpin': { writes: true },
  'snapstage.delete': { writes: true },
  'snapstage.refresh': { writes: false },
  'snapstage.showLog': { writes: false },
} as const satisfies Readonly<Record<`snapstage.${string}`, { readonly writes: boolean }>>;

export type CommandId = keyof typeof commandTable;
