import type { CommandHandler, CommandId } from '../commandTable.ts';
import type { MergedFiles } from './mergedFiles.ts';

/** What the commands put to work. */
export interface ConflictCommandServices {
  readonly mergedFiles: MergedFiles;
}

/** The commands on conflicts. */
export function conflictCommands({ mergedFiles }: ConflictCommandServices) {
  return {
    'snapstage.doneMerging': ({ uris: [uri] }) => mergedFiles.done(uri),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}
