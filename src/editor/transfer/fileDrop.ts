import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CommandId } from '../commandTable.ts';
import { droppedUris, uriListType } from '../droppedUris.ts';
import type { Reporter } from '../reporter.ts';
import type { SnapshotsNode } from '../snapshots/nodes.ts';
import { ObjectDrag } from '../stage/objectDrag.ts';
import { objectsType } from '../stage/objects.ts';

/** Takes in the files that are dropped on the Snapshots view, whose own rows can be dragged to the Stage. */
export class FileDrop extends ObjectDrag<SnapshotsNode> {
  override readonly dropMimeTypes: readonly string[] = [uriListType];
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    super();
    this.#reporter = reporter;
  }

  /** As if the command was called on the row with the files. */
  async handleDrop(target: SnapshotsNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    // Its own rows: nothing happens to them here.
    if (dropped.get(objectsType) !== undefined) return;
    const uris = await droppedUris(dropped);
    if (uris.length === 0) {
      this.#reporter.error(new SnapstageError('usage', vscode.l10n.t("This can't be dropped here: choose the file with Import Snapshot.")));
      return;
    }
    const chosen = [...(target ? [target] : []), ...uris];
    await vscode.commands.executeCommand('snapstage.import' satisfies CommandId, chosen[0], chosen);
  }
}
