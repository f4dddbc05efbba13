import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { droppedUris, uriListType } from '../droppedUris.ts';
import type { Reporter } from '../reporter.ts';
import { namesInWords } from '../words.ts';
import type { Workspace } from '../workspace.ts';
import { chosenObjects, decodeObjects, objectsType, type Stageable } from './objects.ts';
import type { StageEditor } from './stageEditor.ts';
import type { StageNode } from './stageNodes.ts';

/** What VS Code adds where rows of the view itself are dragged: there is no order to be changed. */
const ownRowsType = 'application/vnd.code.tree.snapstage.stage';

/** Puts on the Stage what is dropped on its view: rows of our other views, and files. */
export class StageDrop implements vscode.TreeDragAndDropController<StageNode> {
  readonly dragMimeTypes: readonly string[] = [];
  readonly dropMimeTypes: readonly string[] = [objectsType, uriListType];
  readonly #workspace: Workspace;
  readonly #editor: StageEditor;
  readonly #reporter: Reporter;

  constructor(workspace: Workspace, editor: StageEditor, reporter: Reporter) {
    this.#workspace = workspace;
    this.#editor = editor;
    this.#reporter = reporter;
  }

  /** Where in the view it is dropped makes no difference: everything goes to the Stage of its own folder. */
  async handleDrop(_: StageNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    if (dropped.get(ownRowsType) !== undefined || !this.#reporter.requireTrust()) return;
    try {
      await this.#editor.add(await this.#objectsOf(dropped));
    } catch (error) {
      this.#reporter.error(error);
    }
  }

  async #objectsOf(dropped: vscode.DataTransfer): Promise<readonly Stageable[]> {
    const rows = await draggedRows(dropped);
    if (rows !== undefined) {
      const objects = decodeObjects(rows, this.#workspace.instances);
      if (objects.length === 0) throw refusal([]);
      return objects;
    }
    const uris = await droppedUris(dropped);
    const { objects, outside } = chosenObjects(this.#workspace, { nodes: [], uris });
    if (outside.length > 0 || uris.length === 0) this.#reporter.error(refusal(outside));
    return objects;
  }
}

/** Rows of our other views. Before what the view of the rows gave stands what the browser has of that type: nothing. */
async function draggedRows(dropped: vscode.DataTransfer): Promise<string | undefined> {
  for (const [type, item] of dropped) {
    const text = type === objectsType ? await item.asString() : '';
    if (text !== '') return text;
  }
  return undefined;
}

function refusal(outside: readonly vscode.Uri[]): SnapstageError {
  const names = outside.map((uri) => (uri.scheme === 'file' ? uri.fsPath : uri.path));
  const message =
    names.length === 0
      ? vscode.l10n.t(
          "This can't be staged: drop files and folders of this window, or files, tables, applications and snapshots of the Snapshots view.",
        )
      : vscode.l10n.t('Only what lies in a folder of this window can be staged, unlike {0}.', namesInWords(names));
  return new SnapstageError('usage', message);
}
