import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CommandId } from '../commandTable.ts';
import type { Reporter } from '../reporter.ts';
import type { SnapshotsNode } from '../snapshots/nodes.ts';

const URI_LIST = 'text/uri-list';

/** Takes in the files that are dropped on the Snapshots view. */
export class FileDrop implements vscode.TreeDragAndDropController<SnapshotsNode> {
  readonly dragMimeTypes = [];
  readonly dropMimeTypes = [URI_LIST];
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** As if the command was called on the row with the files. */
  async handleDrop(target: SnapshotsNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const list = (await dropped.get(URI_LIST)?.asString()) ?? '';
    const uris = list.split(/\r?\n/).flatMap((line) => (line === '' || line.startsWith('#') ? [] : [vscode.Uri.parse(line)]));
    if (uris.length === 0) {
      this.#reporter.error(new SnapstageError('usage', vscode.l10n.t("This can't be dropped here: choose the file with Import Snapshot.")));
      return;
    }
    const chosen = [...(target ? [target] : []), ...uris];
    await vscode.commands.executeCommand('snapstage.import' satisfies CommandId, chosen[0], chosen);
  }
}
