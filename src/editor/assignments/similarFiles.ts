import * as vscode from 'vscode';
import type { AssignmentDetails, HandInInfo, SimilarRegion, SimilarSide } from '../../engine/assignmentApi.ts';
import { stateUri, type Viewer } from '../files/viewer.ts';
import type { Instance } from '../instance.ts';
import { handInState } from './keptStates.ts';
import type { ChosenPlace } from './openSimilarity.ts';

/** Two alike files side by side, with what they have in common marked. */
export class SimilarFiles implements vscode.Disposable {
  readonly #viewer: Viewer;
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
  });

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  dispose(): void {
    this.#mark.dispose();
  }

  /** Goes to the passage that is meant, or to the first. */
  async show(instance: Instance, assignment: AssignmentDetails, { pair, place, passage }: ChosenPlace): Promise<void> {
    const { One, Two } = vscode.ViewColumn;
    const sides = [
      { side: pair.one, path: place.one, regions: place.regions.map((region) => region.one), column: One },
      { side: pair.other, path: place.other, regions: place.regions.map((region) => region.other), column: Two },
    ];
    for (const { side, path, regions, column } of sides) {
      const handIn = handInOf(assignment, side);
      const snapshot = handIn && handInState(handIn);
      if (!snapshot) continue;
      const goal = regions[passage ?? 0];
      // Lines of a notebook are those of its cells' sources, which its editor shows in its own way.
      const isMarked = goal && !path.toLowerCase().endsWith('.ipynb');
      if (isMarked) await this.#open(stateUri(instance, snapshot, path), regions, goal, column);
      else await this.#viewer.open({ instance, snapshot, path });
    }
  }

  async #open(uri: vscode.Uri, regions: readonly SimilarRegion[], goal: SimilarRegion, viewColumn: vscode.ViewColumn): Promise<void> {
    const { showTextDocument } = vscode.window;
    const selection = rangeOf({ ...goal, toLine: goal.fromLine });
    const preserveFocus = viewColumn !== vscode.ViewColumn.One;
    const editor = await showTextDocument(uri, { viewColumn, preview: false, preserveFocus, selection });
    editor.setDecorations(this.#mark, regions.map(rangeOf));
    editor.revealRange(rangeOf(goal), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function rangeOf({ fromLine, toLine }: SimilarRegion): vscode.Range {
  return new vscode.Range(fromLine - 1, 0, toLine - 1, 0);
}

function handInOf({ standings }: AssignmentDetails, { handIn }: SimilarSide): HandInInfo | undefined {
  return standings.flatMap(({ handIns }) => handIns).find(({ id }) => id === handIn);
}
