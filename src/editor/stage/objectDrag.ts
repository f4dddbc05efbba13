import * as vscode from 'vscode';
import type { HistoryNode } from '../history/historyNodes.ts';
import type { SnapshotsNode } from '../snapshots/nodes.ts';
import { encodeObjects, objectsType } from './objects.ts';

/** Lets rows be dragged to the Stage; takes in nothing. */
export class ObjectDrag<T extends SnapshotsNode | HistoryNode> implements vscode.TreeDragAndDropController<T> {
  readonly dragMimeTypes: readonly string[] = [objectsType];
  readonly dropMimeTypes: readonly string[] = [];

  handleDrag(source: readonly T[], transfer: vscode.DataTransfer): void {
    transfer.set(objectsType, new vscode.DataTransferItem(encodeObjects(source)));
  }
}
